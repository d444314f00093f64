"""Which keys golive.yaml may hold for a vendor, as its pack declares them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class VendorKeys:
    """What a vendor adds to golive.yaml.

    Attributes:
        vendor: the vendor's name, as golive.yaml writes it.
        title: the vendor's name, as people write it.
        credentials: name -> (what it is, whether a target has to have it).
        ids: name -> (what it is, whether a target has to have it).
        features: name -> what is switched on or off by it.
        settings: name -> (what it is, JSON Schema of its value).
        allowances: name -> what it costs, for `allow`.
        profiles: name -> under which brand the same API is called.
        operations: names of the calls of its API, for `uses` and `forbidden`.
        composites: what clients offer as one operation -> the operations that it is made of.
    """

    vendor: str
    title: str
    credentials: Mapping[str, tuple[str, bool]] = field(default_factory=dict)
    ids: Mapping[str, tuple[str, bool]] = field(default_factory=dict)
    features: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, tuple[str, Mapping[str, Any]]] = field(default_factory=dict)
    allowances: Mapping[str, str] = field(default_factory=dict)
    profiles: Mapping[str, str] = field(default_factory=dict)
    operations: tuple[str, ...] = ()
    composites: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
