"""Print the alerts of the vendors' checklists as a Prometheus rule file, with golive.yaml's names and limits."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_golive.commands.console import must_be_known
from pytest_golive.commands.manifest_file import USUAL, load

if TYPE_CHECKING:
    from pytest_golive.manifest.model import Manifest
    from pytest_golive.review.names import MetricNames
    from pytest_golive.review.traffic import Label

GENERAL = ("unauthorized", "forbidden", "rate_limited", "server_errors", "timeouts", "volume")
"""What every vendor can be watched for; the others need asynchronous answers, or webhooks."""


def declare(parser: argparse.ArgumentParser) -> None:
    """Name the options."""
    parser.add_argument("--vendor", metavar="NAME", help="only this vendor's; default: those of golive.yaml, or all")
    parser.add_argument("--manifest", metavar="PATH", type=Path, help="golive.yaml; default: the one here, if any")


def run(arguments: argparse.Namespace) -> int:
    """Print the rule file.

    Raises:
        Refused: there is no such vendor, or golive.yaml is not right.
    """
    from pytest_golive.manifest.model import Monitoring
    from pytest_golive.review.alerts.rules import rule_file
    from pytest_golive.review.reviews import Reviews, Watching

    path = arguments.manifest or USUAL
    manifest = load(path) if arguments.manifest is not None or path.is_file() else None
    monitoring = (manifest.monitoring if manifest is not None else None) or Monitoring()
    reviews = Reviews(Watching(path.parent, monitoring))
    chosen = {
        vendor: (_needs(vendor), matchers_of(reviews.names, dict(monitoring.select.get(vendor, {}))))
        for vendor in vendors_of(manifest, arguments.vendor)
    }
    sys.stdout.write(rule_file(chosen, reviews.names, reviews.limits))
    return 0


def vendors_of(manifest: Manifest | None, asked: str | None) -> tuple[str, ...]:
    """Return the vendor that was asked for, else those of golive.yaml, else all.

    Raises:
        Refused: there is no such vendor.
    """
    from pytest_golive.vendors.library import packs

    if asked is not None:
        must_be_known(asked, packs(), "vendor")
        return (asked,)
    environments = manifest.environments.values() if manifest is not None else ()
    named = {vendor for environment in environments for vendor in environment.vendors}
    return tuple(vendor for vendor in packs() if vendor in named) or packs()


def _needs(vendor: str) -> tuple[str, ...]:
    from pytest_golive.vendors.library import read_pack

    pack = read_pack(vendor)
    polled = any(operation.polling is not None for operation in pack.operations.values())
    further = (("async_timeouts",) if polled else ()) + (("webhook_failures",) if pack.webhooks is not None else ())
    return (*GENERAL, *further)


def matchers_of(names: MetricNames, selected: dict[Label, str]) -> str:
    """Return the PromQL matchers that golive.yaml's labels of a vendor's calls come to."""
    return ",".join(f"{names.label(name)}={json.dumps(value)}" for name, value in selected.items())
