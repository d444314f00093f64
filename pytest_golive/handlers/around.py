"""What golive has around a handler: its program where golive starts it, what it calls for its work, and the probe."""

from __future__ import annotations

from collections.abc import Callable

from pytest_golive.handlers.downstream import Downstream
from pytest_golive.handlers.effects import Probe
from pytest_golive.handlers.program import Program
from pytest_golive.handlers.setup import Setup
from pytest_golive.handlers.vendor_api import VendorApi


class Around:
    """Made before the program is started, which is up to the lab.

    Args:
        setup: the handler.
        scrub: masks known secrets in a text.

    Attributes:
        program: the handler's; None where golive does not start it.
        downstream: what it calls for its work; None where golive.yaml names none.
        vendor_api: the vendor's API as it calls it; None where it does not.
        probe: its effect probe; None where golive.yaml names none.
        url: the address of its webhook.
        origin: scheme, host and port of it.
    """

    def __init__(self, setup: Setup, scrub: Callable[[str], str]) -> None:
        self.downstream = Downstream() if setup.started and setup.handler.downstream else None
        self.vendor_api = VendorApi(setup.pack) if setup.asks_vendor else None
        self.program: Program | None = None
        launch = None
        if setup.started:
            launch = setup.launch(
                scrub,
                self.downstream.url if self.downstream else "",
                self.vendor_api.values if self.vendor_api else None,
            )
            self.program = Program(launch)
        self.url = setup.url(launch)
        self.origin = setup.origin(launch)
        effects = setup.handler.effects
        self.probe = Probe(effects, self.origin, setup.folder, scrub) if effects is not None else None

    def close(self) -> None:
        """Stop what was started."""
        if self.program is not None:
            self.program.stop()
        for one in (self.downstream, self.vendor_api, self.probe):
            if one is not None:
                one.close()
