"""Augno, embedded."""

from pytest_golive.sandbox.augno.app import Augno

__all__ = ["Augno"]
