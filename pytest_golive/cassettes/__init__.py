"""Recorded exchanges: kept in one file per check, played again without a network.

::

    draws        names and random values that are the same in a recording and its replay
    filtering    what of an exchange is kept: listed headers, no secret
    bodies       how a body is written so that a person can read it and a replay gets its very bytes
    format       a cassette as text, by vcrpy's serializer; nothing but plain values is read
    matching     is this call that one, and what differs if not
    tape         the cassette of one check
    shelf        the folder, as it lies there
    recordings   the tapes of a run
    transport    the layer between the recorder of evidence and the vendor
    environments addresses and ids of a recording, with stand-ins in the place of keys
    aging        how old recordings are, and whether the vendor still answers so
    deliveries   webhook deliveries, signed anew when they are replayed
"""
