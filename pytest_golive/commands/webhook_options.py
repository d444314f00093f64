"""The options of `golive sandbox` that say where a vendor's events go, and how they are proven."""

from __future__ import annotations

import argparse
import math
import os
import re
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pytest_golive.commands.console import Refused, must_be_known

if TYPE_CHECKING:
    from pytest_golive.sandbox.deliveries.destination import Destination
    from pytest_golive.vendors.pack import Pack

Pair = tuple[str, str]
"""A vendor, and what is said of it."""

FASTEST = 1_000_000.0


def declare(parser: argparse.ArgumentParser) -> None:
    """Name the options."""
    for name, metavar, text in (
        ("--deliver", "VENDOR=URL", "send the vendor's webhooks there, may be repeated"),
        ("--scheme", "VENDOR=NAME", "how they are signed; default: the vendor's usual way"),
        ("--retry", "VENDOR=NAME", "by which schedule they come again; default: the vendor's usual one"),
        ("--webhook-secret-env", "VENDOR=NAME", "environment variable of the signing secret; default: one is made up"),
    ):
        parser.add_argument(name, action="append", type=_pair, default=[], metavar=metavar, help=text)
    parser.add_argument(
        "--clock-factor", type=_factor, default=1.0, metavar="F", help="retries come F times faster than the vendor's"
    )


def destinations(
    arguments: argparse.Namespace, vendors: Collection[str], profiles: Mapping[str, str]
) -> dict[str, Destination]:
    """Return where events go, by vendor.

    Args:
        arguments: of the command line.
        vendors: those that are served.
        profiles: the brands that some of them are served under, where it is not the pack's own.

    Raises:
        Refused: what was asked for cannot be done.
    """
    deliver = _by_vendor("--deliver", arguments.deliver, vendors)
    schemes = _by_vendor("--scheme", arguments.scheme, vendors)
    schedules = _by_vendor("--retry", arguments.retry, vendors)
    variables = _by_vendor("--webhook-secret-env", arguments.webhook_secret_env, vendors)
    for option, named in (("--scheme", schemes), ("--retry", schedules), ("--webhook-secret-env", variables)):
        for vendor in named:
            if vendor not in deliver:
                raise Refused(f"{option} {vendor}: its webhooks go nowhere; add --deliver {vendor}=URL")
    return {
        vendor: _destination(
            _pack(vendor, profiles.get(vendor)), url, schemes.get(vendor), schedules.get(vendor), variables.get(vendor)
        )
        for vendor, url in deliver.items()
    }


def _pack(vendor: str, profile: str | None) -> Pack:
    from pytest_golive.vendors.library import read_pack

    return read_pack(vendor, None if profile == vendor else profile)


def _destination(pack: Pack, url: str, scheme: str | None, retry: str | None, variable: str | None) -> Destination:
    from pytest_golive.sandbox.deliveries.destination import destination

    vendor = pack.vendor
    if pack.webhooks is None:
        raise Refused(f"--deliver {vendor}: {pack.title} sends no webhooks")
    _must_be_address(vendor, url)
    if scheme is not None:
        must_be_known(scheme, sorted(pack.webhooks.signing), f"signing scheme of {vendor}")
    if retry is not None:
        must_be_known(retry, sorted(pack.webhooks.retry), f"retry schedule of {vendor}")
    secret = None if variable is None else os.environ.get(variable)
    if variable is not None and not secret:
        # What does not look like a variable may be the secret itself.
        named = f" {variable}" if re.fullmatch(r"[A-Z][A-Z0-9_]*", variable) else ""
        raise Refused(f"--webhook-secret-env {vendor}: the environment variable{named} is not set, or empty")
    try:
        return destination(pack, url, scheme=scheme, retry=retry, secret=secret, secret_variable=variable)
    except ValueError as error:
        raise Refused(f"--webhook-secret-env {vendor}: {error}") from None


def _must_be_address(vendor: str, url: str) -> None:
    try:
        parts = urlsplit(url)
        right = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        right = False
    if not right:
        raise Refused(f"--deliver {vendor}: {url!r} is no address of http or https")


def _by_vendor(option: str, pairs: Sequence[Pair], vendors: Collection[str]) -> dict[str, str]:
    said: dict[str, str] = {}
    for vendor, value in pairs:
        must_be_known(vendor, sorted(vendors), "vendor")
        if vendor in said:
            raise Refused(f"{option} names {vendor} twice")
        said[vendor] = value
    return said


def _pair(text: str) -> Pair:
    vendor, mark, value = text.partition("=")
    if not (vendor and mark and value):
        raise argparse.ArgumentTypeError("has to name a vendor and, after a =, what is said of it")
    return vendor, value


def _factor(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value <= FASTEST:
        raise argparse.ArgumentTypeError(f"has to be a number above 0, at most {FASTEST:.0f}")
    return value
