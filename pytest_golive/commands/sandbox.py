"""Serve the embedded vendors on loopback until SIGINT or SIGTERM.

Prints one line of JSON when ready: for each vendor its base_url, a new api_key and its ids, and with --deliver
where its webhooks go and how a handler proves them. POST /golive/deliver on its port sends an event now.
"""

from __future__ import annotations

import argparse
import errno
import json
import math
import signal
import sys
from typing import TYPE_CHECKING

from pytest_golive.commands import variant_options, webhook_options
from pytest_golive.commands.console import Refused, must_be_known

if TYPE_CHECKING:
    from pytest_golive.sandbox.world import Sandbox

ENDING = {signal.SIGINT, signal.SIGTERM}


def declare(parser: argparse.ArgumentParser) -> None:
    """Name the options."""
    parser.add_argument("--port", type=_port, default=0, metavar="N", help="port to listen on; default: a free one")
    parser.add_argument("--latency-ms", type=_milliseconds, default=0.0, metavar="M", help="added to every answer")
    parser.add_argument(
        "--vendor", action="append", metavar="NAME", help="vendor to serve, may be repeated; default: all"
    )
    parser.add_argument(
        "--rate-limits", action="store_true", help="keep the vendors' limits of requests; default: answer any number"
    )
    variant_options.declare(parser)
    webhook_options.declare(parser)


def run(arguments: argparse.Namespace) -> int:
    """Serve until a signal ends it.

    Raises:
        Refused: there is no such vendor, or the port cannot be listened on.
    """
    # Blocked, a signal waits until it is asked for: none is lost during the start, and none cuts into it.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    handlers = {number: signal.signal(number, signal.SIG_DFL) for number in ENDING}
    try:
        sandbox = _started(arguments)
    except BaseException:
        for number, handler in handlers.items():
            signal.signal(number, handler or signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        raise
    sys.stdout.write(json.dumps(sandbox.describe()) + "\n")
    sys.stdout.flush()
    signal.sigwait(ENDING)
    # They stay blocked: a second Ctrl-C, while the first one is being obeyed, must not change the exit code.
    sandbox.stop()
    return 0


def _started(arguments: argparse.Namespace) -> Sandbox:
    from pytest_golive.sandbox.courier import FastClock
    from pytest_golive.sandbox.variants import PROFILE, serving
    from pytest_golive.sandbox.world import VENDORS, Sandbox

    for vendor in arguments.vendor or ():
        must_be_known(vendor, sorted(VENDORS), "vendor")
    vendors = dict.fromkeys(arguments.vendor or VENDORS)
    variants = variant_options.chosen(arguments, vendors)
    profiles = {vendor: chosen[PROFILE] for vendor, chosen in variants.items() if PROFILE in chosen}
    sandbox = Sandbox(
        vendors,
        port=arguments.port,
        latency_seconds=arguments.latency_ms / 1000,
        apps={vendor: serving(vendor, chosen) for vendor, chosen in variants.items()},
        deliver=webhook_options.destinations(arguments, vendors, profiles),
        clock=FastClock(arguments.clock_factor),
    )
    if arguments.rate_limits:
        sandbox.keep_rate_limits()
    try:
        sandbox.start()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise Refused(f"port {arguments.port} is taken; without --port a free one is found") from None
        raise Refused(f"port {arguments.port} cannot be listened on: {error.strerror}") from None
    return sandbox


def _port(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 5 and int(text) <= 65_535):
        raise argparse.ArgumentTypeError("has to be a whole number from 0 to 65535")
    return int(text)


def _milliseconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value <= 600_000:
        raise argparse.ArgumentTypeError("has to be a number of milliseconds from 0 to 600000")
    return value
