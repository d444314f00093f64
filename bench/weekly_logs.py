"""The weekly review of ten million log lines, beside DuckDB's bare query over the same file: time and peak memory.

::

    python -m bench.weekly_logs [--lines 10000000] [--parquet]

Each way runs in a process of its own. The bare query counts calls by endpoint and status and takes the 95th percentile
of the week; the review asks for everything that `-m weekly` asks of a vendor's traffic.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)

LINES = """
    SELECT strftime(TIMESTAMP '2026-11-28 12:00:00' - INTERVAL (i % 3024000) SECOND, '%Y-%m-%dT%H:%M:%SZ')
            AS "timestamp",
        '/endpoint/' || (i % 30) AS "url.template",
        CASE WHEN i % 97 = 0 THEN 503 WHEN i % 89 = 0 THEN 429 ELSE 200 END AS "http.response.status_code",
        round((i % 100003) / 100003.0, 4) AS "http.client.request.duration",
        CASE WHEN i % 1009 = 0 THEN 'ReadTimeout' END AS "error.type",
        CASE WHEN i % 53 = 0 THEN 1 END AS "http.request.resend_count",
        'production' AS "deployment.environment.name",
        CASE WHEN i % 211 = 0 THEN 'good' WHEN i % 1303 = 0 THEN 'bad' END AS "feedback",
        CASE WHEN i % 7 = 0 THEN 'low' ELSE 'high' END AS "confidence_level"
    FROM range({lines}) AS numbers(i)
"""

BARE = """
    SELECT "url.template", "http.response.status_code", count(*), quantile_cont("http.client.request.duration", 0.95)
    FROM {source} WHERE "timestamp"::TIMESTAMP >= TIMESTAMP '2026-11-21 12:00:00' GROUP BY ALL
"""


def _write(path: Path, lines: int) -> None:
    import duckdb

    form = "FORMAT parquet" if path.suffix == ".parquet" else "FORMAT json"
    duckdb.sql(f"COPY ({LINES.format(lines=lines)}) TO '{path}' ({form})")


def _bare(path: Path) -> None:
    import duckdb

    source = f"read_parquet('{path}')" if path.suffix == ".parquet" else f"read_json('{path}')"
    duckdb.sql(BARE.format(source=source)).fetchall()


def _review(path: Path) -> None:
    from pytest_golive.review.chart import chart
    from pytest_golive.review.review import Review
    from pytest_golive.review.sources.logs import AccessLogs

    review = Review(AccessLogs([str(path)]), NOW, environment="production")
    review.errors()
    review.errors(review.before)
    for asked in (review.rate_limited, review.timed_out, review.low_confidence, review.bad_feedback, review.volume):
        asked()
    review.retried()
    review.quantile(0.95, "requests", "endpoint")
    chart("uppzy", review)


WAYS = {"bare": _bare, "review": _review}


def _measured(way: str, path: Path) -> tuple[float, float]:
    """Return the seconds and the peak MiB of a way in a process of its own."""
    begun = time.perf_counter()
    told = subprocess.run(
        [sys.executable, "-m", "bench.weekly_logs", "--way", way, "--file", str(path)],
        capture_output=True,
        text=True,
        check=True,
    )
    return time.perf_counter() - begun, float(told.stdout) / 1024


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=10_000_000)
    parser.add_argument("--parquet", action="store_true")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.way is not None:
        WAYS[given.way](given.file)
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "calls.parquet" if given.parquet else "calls.jsonl")
        _write(path, given.lines)
        print(f"{given.lines:,} lines, {path.stat().st_size / 1e6:,.0f} MB")
        rounds = [{way: _measured(way, path) for way in WAYS} for _ in range(given.rounds)]
    print(f"{'way':<8} {'seconds':>8} {'ratio':>6} {'peak MiB':>9}")
    for way in WAYS:
        seconds = sorted(each[way][0] for each in rounds)[len(rounds) // 2]
        ratio = sorted(each[way][0] / each["bare"][0] for each in rounds)[len(rounds) // 2]
        print(f"{way:<8} {seconds:>8.2f} {ratio:>6.2f} {max(each[way][1] for each in rounds):>9.0f}")


if __name__ == "__main__":
    main()
