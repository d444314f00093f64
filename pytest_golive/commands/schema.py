"""Print the JSON Schema of golive.yaml, with the keys of every vendor, for editors that complete and check it."""

from __future__ import annotations

import argparse
import sys


def declare(parser: argparse.ArgumentParser) -> None:
    """Name the options: there are none."""
    del parser


def run(arguments: argparse.Namespace) -> int:
    """Print the schema."""
    del arguments
    from pytest_golive.report.schema_files import generated

    sys.stdout.write(generated()["golive.schema.json"])
    return 0
