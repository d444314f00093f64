"""A vendor that says what a test wants, as for single calls."""

from __future__ import annotations

from tests.unit.exchange.conftest import journal, make_vendor, record, redactor, server, talk, vendor

__all__ = ["journal", "make_vendor", "record", "redactor", "server", "talk", "vendor"]
