"""Uppzy, embedded."""

from pytest_golive.sandbox.uppzy.app import Uppzy

__all__ = ["Uppzy"]
