"""Which of what the vendors' pages contradict each other about the embedded vendors can serve, in the packs' words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pytest_golive.sandbox.augno import Augno
from pytest_golive.sandbox.selwise import Selwise
from pytest_golive.sandbox.timely import Timely
from pytest_golive.sandbox.timely.dialects import Dialects
from pytest_golive.sandbox.world import VendorApp

PROFILE = "profile"
"""The brand under which an API is served; all other matters are contradictions of the pack."""

SERVED: Mapping[str, Mapping[str, tuple[str, Mapping[str, Any]]]] = {
    "augno": {
        PROFILE: ("profile", {"augno": "augno", "openmrp": "openmrp"}),
        "page_info": ("paging", {"urls": "url", "cursors": "cursor"}),
    },
    "timely": {
        "K1": ("paging", {"meta": "meta", "pagination": "pagination"}),
        "K5": ("errors", {"specific": "specific", "generic": "generic"}),
        "K10": ("health", {"bare": "bare", "wrapped": "wrapped"}),
        "K20": ("created", {"created": 201, "ok": 200}),
    },
    "selwise": {"merge_rule": ("merge", {"keep": "keep", "replace": "replace"})},
}
"""By vendor and matter: what the vendor is told it by, and the value of each variant."""


def serving(vendor: str, chosen: Mapping[str, str]) -> VendorApp:
    """Return an embedded vendor that serves these variants, by matter, and the usual ones of all others.

    Raises:
        KeyError: the vendor does not serve such a variant.
    """
    told: dict[str, Any] = {}
    for matter, variant in chosen.items():
        name, values = SERVED[vendor][matter]
        told[name] = values[variant]
    if vendor == "timely":
        return Timely(dialects=Dialects(**told))
    return Augno(**told) if vendor == "augno" else Selwise(**told)
