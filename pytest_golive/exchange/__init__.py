"""golive's own calls to a vendor: guarded, budgeted, recorded, and cleaned up after.

Layers of transport, outermost first::

    guard      only the configured hosts
    recorder   what is sent and what comes back becomes evidence of the current check
    cassette   plays what was recorded, records what is asked; there only where a run asks for it
    budget     waits where the vendor said so
    wire       the socket
"""
