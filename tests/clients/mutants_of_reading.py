"""Mutants that read answers wrongly."""

from __future__ import annotations

from tests.clients.client_mutants import Mutant

MUTANTS: list[Mutant] = []
