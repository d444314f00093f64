"""The checks of what is known to be good, on files kept in many ways that are right, and on each way to be wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import suites.integrations.test_known_good as checks
from pytest_golive.papers.named import Papers
from pytest_golive.sandbox.rehearsal import PAPERS
from pytest_golive.sandbox.selwise import Selwise
from pytest_golive.sandbox.selwise.entries import entry
from pytest_golive.sandbox.selwise.example_changes import configured
from pytest_golive.sandbox.selwise.state import now
from pytest_golive.sandbox.world import Sandbox
from pytest_golive.source import git
from tests.suites.planned_checks import KNOWN_GOOD
from tests.suites.selwise_papers_asked import Asked, Check

KEPT = checks.test_known_good_is_kept
SAME = checks.test_mapping_is_the_known_good
FILTERS = checks.test_filters_are_the_known_good
ALL: dict[str, Check] = {
    name.removeprefix("test_"): check for name, check in vars(checks).items() if name.startswith("test_")
}


@pytest.fixture(scope="module")
def world() -> Iterator[tuple[Sandbox, Selwise]]:
    selwise = Selwise()
    sandbox = Sandbox(("selwise",), apps={"selwise": selwise})
    sandbox.start()
    yield sandbox, selwise
    sandbox.stop()


@pytest.fixture
def ask(world: tuple[Sandbox, Selwise], tmp_path: Path) -> Asked:
    return Asked(*world, tmp_path)


def _asked(ask: Asked, check: Check, files: dict[str, Any]) -> str:
    for name, held in files.items():
        ask.write(f"../good/{name}", held if isinstance(held, str) else json.dumps(held))
    return ask(check, papers=Papers(ask.folder, known_good="good"))


def _dated(**changed: Any) -> dict[str, Any]:
    return {"taken_at": "2026-11-20", "providers": {**configured(), **changed}}


def _changed(provider: str, field: str, **members: Any) -> dict[str, Any]:
    state = configured()[provider]
    held = {**state[field], **members}
    return _dated(**{provider: {**state, field: {name: value for name, value in held.items() if value is not None}}})


def test_every_check_of_known_good_is_here() -> None:
    """The list that other tests rest upon is whole."""
    assert sorted(ALL) == sorted(KNOWN_GOOD)


@pytest.mark.parametrize("check", ALL.values(), ids=ALL)
def test_the_example_project_is_right(ask: Asked, check: Check) -> None:
    assert ask(check, papers=PAPERS) == "passed"


@pytest.mark.parametrize("check", ALL.values(), ids=ALL)
def test_without_files_nothing_is_verified(ask: Asked, check: Check) -> None:
    assert ask(check, papers=Papers(ask.folder)) == (
        "not verified: operations.known_good is missing: nothing says which mapping is known to be good "
        "[operations.known_good]"
    )
    assert _asked(ask, check, {"notes.yaml": "about: mappings\n"}) == (
        "not verified: operations.known_good holds the mapping of no provider [operations.known_good]"
    )


ONE_EACH = {f"{name}.json": {"taken_at": "2026-11-20", **held} for name, held in configured().items()}
RIGHT: dict[str, dict[str, Any]] = {
    "a file for each": ONE_EACH,
    "the answer of the list": {"list.json": [{"provider": name, **held} for name, held in configured().items()]},
    "only mappings": {
        f"{name}-mapping.yaml": json.dumps({"as_of": "2026-11-20", **held["eventMapping"]})
        for name, held in configured().items()
        if name != "ga4"
    }
    | {"ga4.json": ONE_EACH["ga4.json"]},
    "in folders of environments": {f"staging/{name}": held for name, held in ONE_EACH.items()}
    | {f"production/{name}": {**held, "eventMapping": {"purchase": "order"}} for name, held in ONE_EACH.items()},
    "names in other forms": {
        "all.yaml": json.dumps(
            {
                "stand": "2026-11-20",
                "integrations": {
                    ("google_ads" if name == "gads" else name): {
                        "event_mapping": held["eventMapping"],
                        "event_filters": held["eventFilters"],
                    }
                    for name, held in configured().items()
                },
            }
        )
    },
    "rows of a table": {
        "mappings.csv": "provider,event,mapped_to,checked\n"
        + "".join(
            f"{name},{event},{mapped},2026-11-20\n"
            for name, held in configured().items()
            for event, mapped in held["eventMapping"].items()
        )
    },
    "columns of a page": {
        "README.md": "# What is known to be good, checked on 2026-11-20\n\n"
        "| Event | GA4 | Meta | Google Ads |\n|---|---|---|---|\n"
        "| `page_view` | page_view | PageView | - |\n"
        "| `search_query` | search | - | - |\n"
        "| `add_to_cart` | add_to_cart | AddToCart | add_to_cart |\n"
        "| `purchase` | purchase | Purchase | purchase |\n"
    },
    "a filter that filters nothing": {
        "all.json": _changed("meta", "eventFilters", purchase={"enabled": True, "conditions": []})
    },
}


@pytest.mark.parametrize("files", RIGHT.values(), ids=RIGHT)
@pytest.mark.parametrize("check", ALL.values(), ids=ALL)
def test_right_files_raise_no_alarm(ask: Asked, check: Check, files: dict[str, Any]) -> None:
    said = _asked(ask, check, files)

    undated = "noted: good/list.json tells no day, and git does not know it: how old it is cannot be told"
    whole = "; ".join([undated] * 3)
    expected = whole if check is KEPT and "list.json" in files else "passed"
    tabled = next((name for name in files if name.endswith((".csv", ".md"))), "")
    if check is FILTERS and tabled:
        expected = f"warned: ga4.eventFilters.purchase is stored, and good/{tabled} tells of no filters"
    assert said == expected


THERE = (
    "a mapping that is known to be good has to be kept for each provider that is on; a file, or a part of one, for each"
)
FIT = "what is known to be good has to be fit to be put back; an eventMapping with the name of each event, and filters"
BARE = "what is known to be good has to be kept without secrets; secrets masked or left out"
AGE = (
    "what is known to be good has to be looked through, or newer than the last change; "
    "at most 90 days old (review_age_days), or newer than the last recorded change"
)
EQUAL = "mapping and filters have to be those that are known to be good; the same events, names and conditions"
KNOWN = "every stored filter has to be known to be good; filters as the file has them"

WRONG: dict[str, tuple[Check, dict[str, Any], str]] = {
    "one provider without a file": (
        KEPT,
        {name: held for name, held in ONE_EACH.items() if name != "meta.json"},
        f"failed: {THERE}; there is none for meta",
    ),
    "no mapping": (
        KEPT,
        {"all.json": _dated(meta={"eventFilters": {}, "config": {}})},
        f"failed: {FIT}; good/all.json, meta: it holds no eventMapping",
    ),
    "no name of an event": (
        KEPT,
        {"all.json": _changed("meta", "eventMapping", purchase=7)},
        f"failed: {FIT}; good/all.json, meta: eventMapping.purchase is no name of an event",
    ),
    "filters that are none": (
        KEPT,
        {"all.json": _dated(meta={**configured()["meta"], "eventFilters": {"purchase": "off"}})},
        f"failed: {FIT}; good/all.json, meta: its eventFilters are no filters",
    ),
    "a secret": (
        KEPT,
        {"all.json": _changed("meta", "config", accessToken="EAAmade-up-for-a-test")},
        f"failed: {BARE}; good/all.json holds config.accessToken",
    ),
    "old": (
        KEPT,
        {"all.json": {**_dated(), "taken_at": "2026-01-05"}},
        f"failed: {AGE}; good/all.json is of 2026-01-05",
    ),
    "a mapping that is otherwise": (
        SAME,
        {"all.json": _changed("ga4", "eventMapping", purchase="order", checkout_begin="begin_checkout")},
        (
            f"failed: {EQUAL}; ga4 is not as good/all.json has it: lost eventMapping.checkout_begin; "
            "changed eventMapping.purchase"
        ),
    ),
    "a filter that is gone": (
        SAME,
        {"all.json": _changed("meta", "eventFilters", purchase={"enabled": False})},
        f"failed: {EQUAL}; meta is not as good/all.json has it: lost eventFilters.purchase",
    ),
    "a filter that nobody knows": (
        FILTERS,
        {"all.json": _changed("ga4", "eventFilters", purchase=None)},
        f"failed: {KNOWN}; not there, or otherwise: ga4.eventFilters.purchase (good/all.json)",
    ),
    "a filter that is stricter": (
        FILTERS,
        {
            "all.json": _changed(
                "ga4",
                "eventFilters",
                purchase={"conditions": [{"field": "order.total", "operator": "gte", "value": -1}]},
            )
        },
        f"failed: {KNOWN}; not there, or otherwise: ga4.eventFilters.purchase (good/all.json)",
    ),
    "only of a provider that is off": (
        SAME,
        {"tiktok.json": {"eventMapping": {}}, "ga4.json": "[]"},
        "not verified: operations.known_good holds the mapping of no provider [operations.known_good]",
    ),
    "no data": (
        SAME,
        {"ga4.json": "{"},
        (
            "cannot tell: what is known to be good has to be readable; YAML or JSON; "
            "good/ga4.json: line 1: expected the node content, but found '<stream end>'"
        ),
    ),
}


@pytest.mark.parametrize(("check", "files", "told"), WRONG.values(), ids=WRONG)
def test_wrong_files(ask: Asked, check: Check, files: dict[str, Any], told: str) -> None:
    assert _asked(ask, check, files) == told


def test_git_tells_the_day_of_a_file_that_tells_none(ask: Asked) -> None:
    """The last commit that changed it is when somebody looked at it."""
    files = {"all.json": {"providers": configured()}}
    assert "tells no day" in _asked(ask, KEPT, files)
    git.commit(ask.folder)

    assert _asked(ask, KEPT, files) == "passed"


def test_a_file_that_is_newer_than_the_last_change(ask: Asked) -> None:
    """However old it is: nothing was changed since."""
    ask.write("../good/all.json", json.dumps({**_dated(), "taken_at": "2026-01-05"}))
    changes = [
        {"provider": name, "config_at": "2026-01-04T09:00Z", "test_at": "2026-01-04T09:01Z", "test_result": "ok"}
        for name in configured()
    ]
    ask.write("all.json", json.dumps(changes))

    papers = Papers(ask.folder, known_good="good", change_records="changes")
    assert ask(KEPT, papers=papers) == "passed"


@pytest.mark.parametrize(
    ("held", "told"),
    [
        (
            10,
            (
                "failed: list_integration_logs has to hold few filtered purchase of meta: at most 5% (gap_ratio); "
                "to hold few filtered purchase of meta: at most 5% (gap_ratio); 10 of 58 purchase"
            ),
        ),
        (1, "passed"),
    ],
)
def test_critical_events_that_are_filtered(tmp_path: Path, held: int, told: str) -> None:
    """No filter of purchases is known to be good at Meta, and yet its log says that some were filtered."""
    selwise = Selwise()
    log = selwise.site("sandbox").logs["meta"]
    log += [entry("success", "purchase", provider="meta", httpStatus=204, createdAt=now(60)) for _ in range(40)]
    log += [entry("filtered", "purchase", provider="meta", createdAt=now(30)) for _ in range(held)]
    sandbox = Sandbox(("selwise",), apps={"selwise": selwise})
    sandbox.start()
    try:
        said = _asked(Asked(sandbox, selwise, tmp_path), FILTERS, {"all.json": _dated()})
    finally:
        sandbox.stop()

    assert said == told


def test_too_few_entries_to_tell_a_share(tmp_path: Path) -> None:
    selwise = Selwise()
    selwise.site("sandbox").logs["gads"] = [entry("filtered", "purchase", provider="gads")]
    sandbox = Sandbox(("selwise",), apps={"selwise": selwise})
    sandbox.start()
    try:
        said = _asked(Asked(sandbox, selwise, tmp_path), FILTERS, {"all.json": _dated()})
    finally:
        sandbox.stop()

    assert said == "warned: gads filtered 1 of 1 purchase: too few to tell a share"


def test_files_of_nothing_that_is_on(tmp_path: Path) -> None:
    """A provider that is off need not be as it is known to be good."""
    selwise = Selwise()
    for name in ("meta", "gads"):
        selwise.site("sandbox").integrations.pop(name)
    sandbox = Sandbox(("selwise",), apps={"selwise": selwise})
    sandbox.start()
    try:
        said = [
            _asked(Asked(sandbox, selwise, tmp_path), check, {"meta.json": ONE_EACH["meta.json"]})
            for check in (SAME, FILTERS)
        ]
    finally:
        sandbox.stop()

    assert said == ["not verified: operations.known_good holds nothing of ga4 [operations.known_good]"] * 2
