from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_golive.manifest.keys import VendorKeys
from pytest_golive.manifest.load import load_manifest
from pytest_golive.manifest.mistake import Mistakes
from pytest_golive.manifest.model import Manifest

TIMELY = VendorKeys(
    "timely",
    "Timely.ai",
    credentials={"api_key": ("API key of the workspace", True)},
    ids={"workspace_id": ("Workspace", False), "agent_id": ("Agent", False)},
)
UPPZY = VendorKeys(
    "uppzy",
    "Uppzy",
    credentials={"api_key": ("API key of the tenant", True), "previous_api_key": ("replaced key", False)},
    ids={"tenant_id": ("Tenant", True), "site_id": ("Site", True)},
    features={"async_chat": "answers later", "feedback": "thumbs", "content_sync": "documents"},
    settings={
        "timeout_seconds": ("time a call may take", {"type": "number", "exclusiveMinimum": 0, "maximum": 60}),
        "release": ("what is released", {"type": "string"}),
        "retry": (
            "how calls are repeated",
            {
                "type": "object",
                "properties": {"max_retries": {"type": "integer", "minimum": 0}},
                "required": ["max_retries"],
                "additionalProperties": False,
            },
        ),
    },
    allowances={"chat_smoke": "one chat message"},
)
KEYS = (TIMELY, UPPZY)

Load = Callable[[str], Manifest]
Told = Callable[[str], list[str]]


@pytest.fixture
def keys() -> tuple[VendorKeys, ...]:
    """Return what two vendors add to golive.yaml."""
    return KEYS


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Return a function that loads the text as golive.yaml."""

    def loaded(text: str) -> Manifest:
        path = tmp_path / "golive.yaml"
        path.write_text(text, encoding="utf-8")
        return load_manifest(path, KEYS)

    return loaded


@pytest.fixture
def told(load: Load) -> Told:
    """Return a function that loads the text and gives the lines of its mistakes."""

    def lines(text: str) -> list[str]:
        with pytest.raises(Mistakes) as mistakes:
            load(text)
        return str(mistakes.value).splitlines()

    return lines
