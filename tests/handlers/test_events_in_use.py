"""A handler of golive.yaml says by being there that its vendor's events are used."""

from __future__ import annotations

from pathlib import Path

from pytest_golive.handlers.setup import Setup, set_up
from pytest_golive.handling import example_setups, features_of
from pytest_golive.manifest.model import Handler, Manifest
from pytest_golive.vendors.library import read_pack


def handler_of(vendor: str, folder: Path) -> Setup:
    given = Handler(vendor=vendor, command=("./hook",), path="/hook", environ={"PORT": "{port}", "S": "{secret}"})
    manifest = Manifest(golive=1, project="shop", handlers={"hooks": given})
    return set_up(manifest, "hooks", folder, sandbox=True)


def test_who_has_a_handler_uses_events_that_most_do_without(tmp_path: Path) -> None:
    """Augno's are a private preview: without a handler, nothing is asked about them."""
    pack = read_pack("augno")

    assert features_of(pack, {}, [])["webhooks"] is False
    assert features_of(pack, {}, [handler_of("augno", tmp_path)])["webhooks"] is True
    assert features_of(pack, {}, [handler_of("timely", tmp_path)])["webhooks"] is False
    assert features_of(pack, {"webhooks": False}, [handler_of("augno", tmp_path)])["webhooks"] is False


def test_the_example_projects_handlers_say_nothing(tmp_path: Path) -> None:
    pack = read_pack("augno")
    usual = {name: feature.default for name, feature in pack.features.items()}

    assert features_of(pack, {}, example_setups(["augno"], tmp_path)) == usual
