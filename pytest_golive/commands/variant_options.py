"""The option of `golive sandbox` that says which variant of a contradiction in a vendor's pages is served."""

from __future__ import annotations

import argparse
from collections.abc import Collection, Mapping

from pytest_golive.commands.console import Refused, must_be_known

Chosen = Mapping[str, Mapping[str, str]]
"""By vendor and matter: the name of the variant."""


def declare(parser: argparse.ArgumentParser) -> None:
    """Name the option."""
    parser.add_argument(
        "--variant",
        action="append",
        type=_said,
        default=[],
        metavar="VENDOR=MATTER:NAME",
        help="serve another variant of what the vendor's pages contradict each other about, by the pack's words: "
        "timely=K1:pagination; or another brand: augno=profile:openmrp; may be repeated",
    )


def chosen(arguments: argparse.Namespace, vendors: Collection[str]) -> Chosen:
    """Return which variants were asked for.

    Args:
        arguments: of the command line.
        vendors: those that are served.

    Raises:
        Refused: there is no such variant.
    """
    from pytest_golive.sandbox.variants import SERVED

    found: dict[str, dict[str, str]] = {}
    for vendor, matter, variant in arguments.variant:
        must_be_known(vendor, sorted(vendors), "vendor")
        if vendor not in SERVED:
            raise Refused(f"--variant {vendor}: it is served in one way only")
        must_be_known(matter, sorted(SERVED[vendor]), f"matter of {vendor}")
        must_be_known(variant, sorted(SERVED[vendor][matter][1]), f"variant of {vendor}'s {matter}")
        if matter in found.setdefault(vendor, {}):
            raise Refused(f"--variant names {matter} of {vendor} twice")
        found[vendor][matter] = variant
    return found


def _said(text: str) -> tuple[str, str, str]:
    vendor, _, rest = text.partition("=")
    matter, _, variant = rest.partition(":")
    if not (vendor and matter and variant):
        raise argparse.ArgumentTypeError("has to name a vendor, after a = the matter, and after a : the variant")
    return vendor, matter, variant
