"""Settings of all tests."""

from __future__ import annotations

from hypothesis import settings

# No deadline: the machines are shared, and how long one example takes says nothing about the code.
settings.register_profile("golive", deadline=None)
settings.load_profile("golive")
