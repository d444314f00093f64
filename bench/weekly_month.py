"""A month of an integration's life, with each kind of incident in its last week, and many months without any.

::

    python -m bench.weekly_month [--quiet 50] [--only-quiet]

Each incident is looked for through a real Prometheus (Debian's package) and through logs; quiet months in memory, with
many calls and with few. The table is the one of docs/weekly.md.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from pytest_golive.review.action import Action
from pytest_golive.review.review import Review
from pytest_golive.review.sources.logs import AccessLogs
from pytest_golive.review.sources.prometheus import Prometheus
from tests.review.month import KINDS, Kept, Month, found, metrics
from tests.review.prometheus_server import prometheus
from tests.review.traffic_made import write_logs

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)

Life = Literal["shop", "office", "night"]

LIVES: tuple[tuple[Life, float], ...] = (
    ("shop", 4.0),
    ("office", 4.0),
    ("night", 10.0),
    ("office", 20.0),
    ("shop", 20.0),
    ("shop", 60.0),
)
"""What kind of life, and the calls of the first endpoint in a mean hour."""


def _by_both(month: Month, folder: Path) -> tuple[dict[str, Action], dict[str, Action]]:
    """Return what a review finds by metrics and by logs."""
    with closing(AccessLogs([str(write_logs(folder / "calls.jsonl", month.events))])) as logs:
        by_logs = found(Review(logs, month.now, environment="production"))
    with prometheus(folder / "prometheus", metrics(month)) as url, closing(Prometheus(url)) as kept:
        return found(Review(kept, month.now, environment="production")), by_logs


def _incidents() -> int:
    """Print what is found of each kind; return how many are not found with their action, or not by both alike."""
    wrong = 0
    print("| what went wrong | found | next action | by metrics | by logs | found beside it |")
    print("|---|---|---|---|---|---|")
    for number, (kind, (name, action)) in enumerate(KINDS.items()):
        month = Month(NOW, 700 + number, 20.0, frozenset({kind}))
        with tempfile.TemporaryDirectory() as folder:
            both = _by_both(month, Path(folder))
        seen = ["yes" if one.get(name) is action else "NO" for one in both]
        beside = ", ".join(sorted({*both[0], *both[1]} - {name})) or "nothing"
        wrong += "NO" in seen or both[0] != both[1]
        print(f"| {kind} | `{name}` | {action} | {seen[0]} | {seen[1]} | {beside} |", flush=True)
    return wrong


def _quiet(count: int) -> None:
    """Print in how many quiet months something is found."""
    for life, volume in LIVES:
        begun = time.perf_counter()
        alarms = {}
        for seed in range(count):
            month = Month(NOW - timedelta(days=seed, hours=5 * seed), 1000 + seed, volume, life=life)
            told = found(Review(Kept(month), month.now))
            if told:
                alarms[seed] = sorted(told)
        took = time.perf_counter() - begun
        told = f"{len(alarms)} of {count} quiet months raise something {alarms}"
        print(f"{life}, {volume:g} calls an hour: {told} ({took:.0f} s)", flush=True)


def main() -> int:
    """Run both; return 1 where an incident is not found alike by both."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--only-quiet", action="store_true", help="no incidents")
    options.add_argument("--quiet", type=int, default=50, help="how many quiet months")
    arguments = options.parse_args()
    wrong = 0 if arguments.only_quiet else _incidents()
    _quiet(arguments.quiet)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
