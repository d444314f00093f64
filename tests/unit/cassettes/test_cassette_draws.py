"""Names and random values belong to what they are for, whatever else runs and in which order."""

from __future__ import annotations

import re
from collections import Counter

from pytest_golive.cassettes.draws import Draws
from pytest_golive.credentials.secret import Secret
from pytest_golive.exchange.corruption import corrupted
from pytest_golive.exchange.unlike import unlike
from pytest_golive.facts.chance import chance, draw_from
from pytest_golive.facts.current import CheckRecord, recording
from pytest_golive.facts.outcome import Suite
from pytest_golive.facts.scope import Scope, check_scope, for_all, scope
from pytest_golive.readiness.plan import Ground, make_plan
from pytest_golive.vendors.library import general_rules, packs, read_pack, read_rules


def drawn(draws: Draws, check: str, kind: str = "document", times: int = 1) -> list[str]:
    """Return names that a check gets."""
    with recording(CheckRecord(check)):
        return [draws.name(kind) for _ in range(times)]


def test_the_same_check_gets_the_same_names_in_any_order() -> None:
    """What another check draws in between changes nothing."""
    one, other = (Draws(lambda _: "1a2b3c4d") for _ in range(2))

    mine = drawn(one, "a[x]", times=2)
    drawn(other, "b[x]", times=3)

    assert mine == drawn(other, "a[x]", times=2)
    assert re.fullmatch(r"golive_document_1a2b3c4d_\d{9}1", mine[0])
    assert len(set(mine)) == 2


def test_names_differ_by_run_process_check_and_kind() -> None:
    """Nothing a run creates has the name of something else."""
    draws = Draws(lambda _: "1a2b3c4d")
    names = [
        *drawn(draws, "a[x]"),
        *drawn(draws, "b[x]"),
        *drawn(draws, "a[x]", "session"),
        *drawn(Draws(lambda _: "5e6f7a8b"), "a[x]"),
        *drawn(Draws(lambda _: "1a2b3c4d", "gw1"), "a[x]"),
        draws.name("document"),
    ]

    assert len(set(names)) == len(names)


def test_no_two_planned_checks_share_their_digits() -> None:
    """Nine digits are enough to tell all checks of all vendors apart."""
    books = [(read_pack(vendor), (*read_rules(vendor), *general_rules())) for vendor in packs()]
    plan = make_plan(Ground("sandbox", frozenset(Suite), releases_to="sandbox-production", sandbox=True), books)
    draws = Draws(lambda _: "1a2b3c4d")

    names = Counter(drawn(draws, check)[0] for check in plan.checks)

    assert len(plan.checks) > 500
    assert [name for name, count in names.items() if count > 1] == []


def test_chance_is_the_same_in_a_replay() -> None:
    """Ids that nobody has, and keys that open nothing."""
    made = []
    for _ in range(2):
        undo = draw_from(Draws(lambda _: "1a2b3c4d").chance)
        with recording(CheckRecord("a[x]")):
            key = corrupted(Secret("sk_live_0123456789", "shop.api_key")).reveal()
            made.append([unlike("ten_0123456789"), unlike("00000000-0000-4000-8000-000000000001"), key])
        undo()

    assert made[0] == made[1]
    assert unlike("ten_0123456789") != made[0][0]


def test_without_a_run_chance_is_the_systems() -> None:
    """Nobody has to install anything."""
    assert chance("x").random() != chance("x").random()


def test_what_is_worked_for() -> None:
    """A planned check, a test of the team's own, or what all share; nothing outside."""
    assert scope() is None
    with recording(CheckRecord("a[x]")):
        assert scope() == Scope("checks", "a[x]")
        with for_all("shop@staging.example.chat"):
            assert scope() == Scope("shared", "shop@staging.example.chat")
        assert scope() == check_scope("a[x]")
    assert check_scope("tests/test_a.py::test_b") == Scope("own", "tests/test_a.py::test_b")
    assert [scope.told for scope in (Scope("own", "a"), Scope("shared", "b"))] == ["a", "b, which all checks share"]
