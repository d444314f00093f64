"""Mutants that take no event but those they were written for."""

from __future__ import annotations

from tests.handlers.handler_mutants import Mutant

MUTANTS = [
    Mutant(
        "WH-63",
        '        return "ignored", 200\n',
        '        return "unknown", 422\n',
        "an event of an unknown kind answered 422 in NUMBER ms",
        "a 2xx",
    ),
    Mutant(
        "WH-64",
        "    if name not in KNOWN:\n",
        '    if set(event) - {"event", "event_id", "timestamp", "workspace_id", "data"}:\n'
        '        return "unusable", 400\n'
        "    if name not in KNOWN:\n",
        "an event with new fields answered 400 in NUMBER ms",
        "a 2xx",
    ),
    Mutant(
        "WH-70",
        "    except (ValueError, TypeError, KeyError, RecursionError):\n",
        "    except KeyError:\n",
        "a signed delivery with a body that breaks off answered 500 in NUMBER ms",
        "a 2xx or 4xx",
    ),
    Mutant(
        "WH-78",
        '        return "not for us", 200\n',
        '        return "not for us", 410\n',
        "an event of another tenant answered 410 in NUMBER ms",
        "any answer but 410",
    ),
]
