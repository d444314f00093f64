"""Print a Grafana dashboard for the vendors' dashboard checklists, with golive.yaml's names and limits."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_golive.commands.alerts import matchers_of, vendors_of
from pytest_golive.commands.manifest_file import USUAL, load

if TYPE_CHECKING:
    from pytest_golive.review.dashboards.dashboard import Watched


def declare(parser: argparse.ArgumentParser) -> None:
    """Name the options."""
    parser.add_argument("--vendor", metavar="NAME", help="only this vendor's; default: those of golive.yaml, or all")
    parser.add_argument("--manifest", metavar="PATH", type=Path, help="golive.yaml; default: the one here, if any")


def run(arguments: argparse.Namespace) -> int:
    """Print the dashboard.

    Raises:
        Refused: there is no such vendor, or golive.yaml is not right.
    """
    from pytest_golive.manifest.model import Monitoring
    from pytest_golive.review.dashboards.dashboard import Board
    from pytest_golive.review.reviews import Reviews, Watching

    path = arguments.manifest or USUAL
    manifest = load(path) if arguments.manifest is not None or path.is_file() else None
    monitoring = (manifest.monitoring if manifest is not None else None) or Monitoring()
    reviews = Reviews(Watching(path.parent, monitoring))
    watched = tuple(
        _watched(vendor, matchers_of(reviews.names, dict(monitoring.select.get(vendor, {}))))
        for vendor in vendors_of(manifest, arguments.vendor)
    )
    project = manifest.project if manifest is not None else "golive"
    sys.stdout.write(Board(project, watched, reviews.names, reviews.limits).as_json())
    return 0


def _watched(vendor: str, matchers: str) -> Watched:
    from pytest_golive.review.dashboards.dashboard import Watched
    from pytest_golive.vendors.library import read_pack

    pack = read_pack(vendor)
    return Watched(
        title=pack.title,
        matchers=matchers,
        polls=any(operation.polling is not None for operation in pack.operations.values()),
        rates="feedback" in pack.features,
        delivers=pack.webhooks is not None,
    )
