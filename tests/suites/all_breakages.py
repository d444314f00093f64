"""Every wrong vendor, and every right one that is right in another way than the sandbox."""

from __future__ import annotations

from tests.suites import augno_breakages, selwise_breakages, timely_breakages, uppzy_breakages
from tests.suites.breakage import Breakage

MODULES = (uppzy_breakages, augno_breakages, timely_breakages, selwise_breakages)

BREAKAGES: tuple[Breakage, ...] = tuple(each for module in MODULES for each in module.BREAKAGES)
RIGHT: tuple[Breakage, ...] = tuple(each for module in MODULES for each in module.RIGHT)
