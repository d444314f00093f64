"""What each pack adds to golive.yaml, in the words of the manifest."""

from __future__ import annotations

from pytest_golive.manifest.keys import VendorKeys
from pytest_golive.vendors.library import packs, read_pack
from pytest_golive.vendors.pack import Pack


def all_vendor_keys() -> tuple[VendorKeys, ...]:
    """Return the keys of every vendor golive ships a pack for.

    Raises:
        PackError: a pack cannot be read.
    """
    return tuple(vendor_keys(read_pack(vendor)) for vendor in packs())


def vendor_keys(pack: Pack) -> VendorKeys:
    """Return the keys golive.yaml may hold for this pack's vendor."""
    return VendorKeys(
        vendor=pack.vendor,
        title=pack.title,
        credentials={name: (given.title, given.required) for name, given in pack.credentials.items()},
        ids={name: (given.title, given.required) for name, given in pack.ids.items()},
        features={name: given.title for name, given in pack.features.items()},
        settings={name: (given.title, given.json_schema) for name, given in pack.settings.items()},
        allowances={name: given.cost for name, given in pack.allowances.items()},
        profiles={name: given.title for name, given in pack.profiles.items()},
        operations=tuple(pack.operations),
    )
