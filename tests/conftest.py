"""Settings of all tests."""

from __future__ import annotations

import contextlib

# pytest reads this file for a rehearsal from the checkout, too, where what only the tests need is not installed.
with contextlib.suppress(ModuleNotFoundError):
    from hypothesis import settings

    # No deadline: the machines are shared, and how long one example takes says nothing about the code.
    settings.register_profile("golive", deadline=None)
    settings.load_profile("golive")
