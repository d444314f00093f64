"""Timely.ai, embedded."""

from pytest_golive.sandbox.timely.app import Timely

__all__ = ["Timely"]
