"""What each pack adds to golive.yaml, in the words of the manifest."""

from __future__ import annotations

from pathlib import Path

from pytest_golive.manifest.document import read_document
from pytest_golive.manifest.keys import VendorKeys
from pytest_golive.manifest.mistake import Mistakes
from pytest_golive.vendors.library import PackError, add_pack, own_packs, packs, read_pack
from pytest_golive.vendors.pack import Pack


def all_vendor_keys() -> tuple[VendorKeys, ...]:
    """Return the keys of every vendor golive ships a pack for.

    Raises:
        PackError: a pack cannot be read.
    """
    return tuple(vendor_keys(read_pack(vendor)) for vendor in packs())


def keys_for(golive_yaml: Path) -> tuple[VendorKeys, ...]:
    """Return the keys of every vendor, those of the packs that a golive.yaml brings included.

    Raises:
        Mistakes: golive.yaml cannot be read, or a pack it names cannot be used.
    """
    document = read_document(golive_yaml)
    named = document.data.get("packs")
    for position, given in enumerate([named] if isinstance(named, str) else named if isinstance(named, list) else ()):
        folder = golive_yaml.parent / str(given)
        if folder.resolve() in {known.resolve() for known in own_packs().values()}:
            continue
        try:
            add_pack(folder)
        except PackError as error:
            place = ("packs",) if isinstance(named, str) else ("packs", position)
            raise Mistakes([document.mistake(place, one) for one in error.mistakes]) from None
    return all_vendor_keys()


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
        composites={name: pack.calls_of(name) for name in pack.composites},
    )
