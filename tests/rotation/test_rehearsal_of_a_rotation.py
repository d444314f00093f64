"""A rotation is rehearsed as a whole, and with each of its steps left out in turn: each is missed by its own check."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import pytest

from pytest_golive.cli import main
from pytest_golive.rotation.rehearsal import Rehearsal, Run, Told, rules_of
from pytest_golive.rotation.story import SKIPPABLE, STEPS
from pytest_golive.sandbox.world import VENDORS, Sandbox
from tests.plugin.conftest import WITHOUT
from tests.suites.looking_directly import look
from tests.warm import WARM

pytest.importorskip("duckdb")


def by_pytest(folder: Path, arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run pytest in a child of the process that has imported everything."""
    return WARM.run(folder, [*WITHOUT, *arguments], {**os.environ, **environ})[0]


def _rehearsed(folder: Path, vendor: str, run: Run, skip: Collection[str] = ()) -> list[Told]:
    place = folder / "rehearsal"
    place.mkdir()
    with Sandbox((vendor,)) as sandbox:
        return list(Rehearsal(place, sandbox, vendor, run, skip).go())


FOUND: Mapping[str, Mapping[str, str]] = {
    "plan": {
        "rotation_is_planned": "operations.change_log is missing: nothing says where changes are written down",
        "rotation_is_dated": "operations.change_log is missing: nothing says where changes are written down",
    },
    "begin": {"job_from_before_the_switch_is_found": "nothing was submitted before the switch: `golive rotate begin"},
    "create": {
        "replaced_key_is_another": "both have the fingerprint FINGERPRINT",
        "key_is_another_than_before": "FINGERPRINT, as in `golive rotate begin` of ",
        "no_instance_holds_the_old_key": "reported: FINGERPRINT",
        "limits_answer": "401 ",
        "job_from_before_the_switch_is_found": "`golive rotate begin --env rehearsal --vendor uppzy` was called",
        "traffic_is_as_before_the_switch": "401: ",
        "refusals_do_not_pile_up": "",
        "nobody_is_refused_now": "401: ",
        "polls_are_not_refused_since_the_switch": "401: ",
    },
    "store": {
        "secret_is_newer_than_the_key": "it was stored on ",
        "workers_hold_the_new_key": "worker ",
        "deployment_reports_this_key": "reported: FINGERPRINT",
        "no_instance_holds_the_old_key": "reported: FINGERPRINT",
        "traffic_is_as_before_the_switch": "401: ",
        "refusals_do_not_pile_up": "",
        "nobody_is_refused_now": "401: ",
        "polls_are_not_refused_since_the_switch": "401: ",
    },
    "restart": {
        "instances_started_after_the_secret_changed": "worker 1 started on ",
        "workers_hold_the_new_key": "worker ",
        "deployment_reports_this_key": "reported: FINGERPRINT",
        "no_instance_holds_the_old_key": "reported: FINGERPRINT",
        "traffic_is_as_before_the_switch": "401: ",
        "refusals_do_not_pile_up": "",
        "nobody_is_refused_now": "401: ",
        "polls_are_not_refused_since_the_switch": "401: ",
    },
    "one": {
        "workers_hold_the_new_key": "worker 3 holds FINGERPRINT (the key that was replaced) in ",
        "instances_started_after_the_secret_changed": "worker 3 started on ",
        "traffic_is_as_before_the_switch": "401: ",
        "nobody_is_refused_now": "401: ",
        "polls_are_not_refused_since_the_switch": "401: ",
    },
    "smoke": {
        "smoke_came_before_the_revocation": "none in the runs that golive keeps since ",
        "revocation_came_last": "none in the runs that golive keeps since ",
    },
    "watch": {"revocation_came_last": "none in the runs that golive keeps since "},
    "revoke": {
        "old_key_is_refused": "200 ",
        "revocation_came_last": "the old key is not revoked yet",
        "refusals_do_not_pile_up": "environments.rehearsal.vendors.uppzy.rotation.revoked is missing: ",
    },
}
"""Step that is left out -> what is no longer green, and how it says why."""

BY_CHANCE = {"deployment_reports_this_key", "no_instance_holds_the_old_key"}
"""They ask once: of three workers, one of which is stale, they meet that one or another."""


def test_every_step_can_be_left_out() -> None:
    """The check that misses a step is one of those that it turns red."""
    assert FOUND.keys() == SKIPPABLE.keys()
    assert {name: step.missed_by for name, step in SKIPPABLE.items() if step.missed_by not in FOUND[name]} == {}


@pytest.mark.parametrize("skipped", SKIPPABLE)
def test_a_step_that_is_left_out_is_missed(tmp_path: Path, skipped: str) -> None:
    """By its own check, and by others that see what follows from it; by no other."""
    told = _rehearsed(tmp_path, "uppzy", look, {skipped})

    found = {name: _plain(why) for name, why in told[-1].found.items() if skipped != "one" or name not in BY_CHANCE}
    assert found.keys() == FOUND[skipped].keys()
    assert {name: why for name, why in found.items() if not why.startswith(FOUND[skipped][name])} == {}


def test_a_rotation_that_is_done_right(tmp_path: Path) -> None:
    """By golive's own runs of pytest: nothing is found at any of its looks, and every step was taken."""
    told = _rehearsed(tmp_path, "uppzy", by_pytest)

    assert {(each.step.name, *pair) for each in told for pair in each.found.items()} == set()
    assert [each.step.name for each in told] == list(STEPS)
    assert len(told[-1].held) >= 20


@pytest.mark.parametrize("vendor", [vendor for vendor in VENDORS if vendor != "uppzy"])
def test_every_vendors_rotation_is_rehearsed(tmp_path: Path, vendor: str) -> None:
    told = _rehearsed(tmp_path, vendor, look)

    assert {(each.step.name, *pair) for each in told for pair in each.found.items()} == set()
    assert {"workers_hold_the_new_key", REFUSED[vendor]} <= {*told[-1].held}
    assert next(each.held for each in told if each.step.name == "smoke")


def test_the_command_tells_each_step_and_what_was_checked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("pytest_golive.commands.rotate_rehearse.by_pytest", look)

    code = main(["rotate", "rehearse", "--vendor", "uppzy", "--skip", "one"])

    lines = [_plain_line(line) for line in capsys.readouterr().out.splitlines()]
    assert code == 1
    assert lines[0] == "Uppzy: the key of a service of 3 workers is replaced"
    assert [line for line in lines if line.startswith("  AT")] == [
        "  AT  plan     the change log has an entry with day, owner and way back",
        "  AT  begin    golive rotate begin: the key is FINGERPRINT; request_id REQUEST",
        "  AT  create   the vendor makes the key FINGERPRINT",
        "  AT  store    the secret of the service is FINGERPRINT",
        "  AT  restart  workers 1, 2 are started anew",
        "  AT  smoke    pytest -m postrotation --env rehearsal --golive-only UPZ-28,UPZ-31,UPZ-32,UPZ-25,UPZ-66",
        "  AT  watch    pytest -m postrotation --env rehearsal --golive-only UPZ-67",
        "  AT  revoke   the vendor revokes the key FINGERPRINT",
        f"  AT  look     pytest -m postrotation --env rehearsal --golive-only {','.join(rules_of('uppzy'))}",
    ]
    assert "      holds: async_chat_completes, limits_answer, smoke_variables_are_set, sync_chat_answers" in lines
    (stale,) = [line for line in lines if line.startswith("      workers_hold_the_new_key: failed: worker 3 holds ")]
    assert "(the key that was replaced)" in stale
    assert lines[-1] == "  left out: one; workers_hold_the_new_key misses it"


def test_a_rotation_in_which_nothing_is_found(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Selwise's rules do not ask for a smoke."""
    monkeypatch.setattr("pytest_golive.commands.rotate_rehearse.by_pytest", look)

    assert main(["rotate", "rehearse", "--vendor", "selwise", "--skip", "smoke"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "  left out: smoke; no rule of this vendor asks for it"


def test_a_service_that_does_not_start_ends_a_rehearsal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    nothing = tmp_path / "nothing.py"
    nothing.write_text("")
    monkeypatch.setattr("pytest_golive.rotation.fleet.PROGRAM", nothing)

    assert main(["rotate", "rehearse", "--vendor", "timely"]) == 2
    told = "the rehearsal ended: nothing.py ended before it answered"
    assert capsys.readouterr().err == f"golive rotate: {told}\n"


def test_a_rehearsal_needs_what_reads_its_traffic(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("pytest_golive.commands.rotate_rehearse.find_spec", lambda _: None)

    assert main(["rotate", "rehearse"]) == 2
    told = "the traffic of a rehearsal is read by DuckDB: pip install 'pytest-golive[logs]'"
    assert capsys.readouterr().err == f"golive rotate: {told}\n"


def _plain_line(line: str) -> str:
    line = re.sub(r"\b20\d\d-\d\d-\d\d \d\d:\d\d UTC", "AT", line)
    return re.sub(r"\breq_\w+", "REQUEST", re.sub(r"\b[0-9a-f]{12}\b", "FINGERPRINT", line))


REFUSED = {
    "augno": "replaced_key_is_refused",
    "selwise": "replaced_token_opens_nothing",
    "timely": "previous_key_is_refused",
}
"""The check that the old key is refused, by vendor."""


def _plain(why: str) -> str:
    return re.sub(r"\b[0-9a-f]{12}\b", "FINGERPRINT", why.partition(": ")[2])
