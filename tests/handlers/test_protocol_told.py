"""What the faults of protocol and load say in their other cases, and where they cannot tell."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pytest_golive.facts.current import CheckRecord, recording
from pytest_golive.facts.finding import CannotTell, CheckFailed, NotVerified
from pytest_golive.handlers import lab as laboratory
from pytest_golive.handlers.faults import load
from pytest_golive.handlers.setup import Setup
from pytest_golive.handlers.trying import try_fault
from pytest_golive.vendors.library import handler_faults, read_pack
from tests.handlers.handler_mutants import Mutant, flask_setup, under_test, written

READS = "    raw = request.get_data(cache=False)\n"
WORKS = "    if new:\n        work.submit(carry_out, event_id)\n"
TAKEN = '    return "taken", 200\n'


def changed(folder: Path, old: str, new: str) -> Setup:
    setup = flask_setup(folder, written(Mutant("", old, new, "", ""), folder))
    assert setup.handler.effects is not None
    setup.handler.effects.__dict__["settle_seconds"] = 0.5
    return setup


def answering(folder: Path, answer: str, *, when: str = "True") -> Setup:
    """Return a handler that answers so before it looks at anything."""
    return changed(folder, READS, f"{READS}    if {when}:\n        return {answer}\n")


def with_numbers(folder: Path) -> None:
    """Give a changed handler numbers to count its deliveries by."""
    source = folder / "flask_handler.py"
    source.write_text(source.read_text().replace("STATUS = {", "burst = iter(range(1000))\nSTATUS = {", 1))


def found(setup: Setup, fault: str) -> tuple[str, str]:
    """Return what a finding expects, and what was seen, with its numbers left out."""
    with under_test(setup) as lab:
        try:
            try_fault(lab, fault)
        except (CheckFailed, CannotTell) as caught:
            finding = caught.finding
        else:
            pytest.fail("nothing was found")
    assert finding.requirement == handler_faults()[fault].title
    return finding.expected, re.sub(r"\b[0-9]+ ms", "N ms", finding.actual)


def test_work_that_calls_nothing_cannot_be_slowed_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "CALLED_SECONDS", 0.2)
    setup = changed(tmp_path, "    if not DOWNSTREAM_URL:\n", "    if True:\n")

    assert found(setup, "WH-49") == (
        "the handler to call what it depends on, which golive had slowed down",
        "it did not",
    )


def test_without_a_downstream_the_usual_time_alone_is_judged(tmp_path: Path) -> None:
    with under_test(flask_setup(tmp_path, downstream=False)) as lab, pytest.raises(NotVerified) as caught:
        try_fault(lab, "WH-49")

    assert str(caught.value) == (
        "handlers.shop-hooks.downstream is not true: golive stands in for nothing that the handler calls"
    )


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the vendor wait for half a second."""
    webhooks = read_pack("timely", None).webhooks
    assert webhooks is not None
    monkeypatch.setitem(webhooks.__dict__, "answer_within_seconds", 0.5)


@pytest.mark.usefixtures("impatient")
def test_a_handler_that_is_slow_without_reason_is_seen_without_a_downstream(tmp_path: Path) -> None:
    source = written(Mutant("", READS, f"{READS}    time.sleep(1)\n", "", ""), tmp_path)

    assert found(flask_setup(tmp_path, source, downstream=False), "WH-49") == (
        "an answer within 0.5 s",
        "a delivery answered 200 in N ms",
    )


@pytest.mark.usefixtures("impatient")
def test_a_handler_that_gives_no_answer_before_its_work_is_done_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(laboratory, "GRACE_SECONDS", 0.5)
    setup = changed(tmp_path, WORKS, "    if new:\n        carry_out(event_id)\n")

    assert found(setup, "WH-49") == (
        "an answer within 0.5 s",
        "a delivery whose work takes 2.5 s: no answer within 1 s",
    )


@pytest.mark.usefixtures("impatient")
def test_answers_of_a_burst_that_are_late_are_counted(tmp_path: Path) -> None:
    setup = changed(tmp_path, READS, f"{READS}    time.sleep(next(burst) // 90)\n")
    with_numbers(tmp_path)

    expected, actual = found(setup, "WH-50")

    assert expected == "an answer to each within 0.5 s"
    # Ten and the one whose turn it is; a busy machine may be late by itself once or twice more.
    assert actual in {f"of 100 events within a second {late} were answered later than that" for late in range(10, 16)}


def test_events_of_a_burst_that_are_lost_are_counted(tmp_path: Path) -> None:
    lossy = "    if new and next(burst) % 10 != 5:\n        work.submit(carry_out, event_id)\n"
    setup = changed(tmp_path, WORKS, lossy)
    with_numbers(tmp_path)

    assert found(setup, "WH-50") == (
        "each event that was answered 2xx to take effect",
        "of 100 events within a second 100 were answered 2xx, and 10 of these took no effect",
    )


def test_a_burst_may_last_longer(tmp_path: Path) -> None:
    lossy = "    if new and next(burst) % 10 != 5:\n        work.submit(carry_out, event_id)\n"
    source = written(Mutant("", WORKS, lossy, "", ""), tmp_path)
    with_numbers(tmp_path)
    effects = {"path": "/golive/effects", "settle_seconds": 0.5}

    assert found(flask_setup(tmp_path, source, burst_seconds=2, effects=effects), "WH-50") == (
        "each event that was answered 2xx to take effect",
        "of 200 events within 2 seconds 200 were answered 2xx, and 20 of these took no effect",
    )


def test_a_retry_after_that_says_no_time_is_seen(tmp_path: Path) -> None:
    setup = answering(tmp_path, '"busy", 429, {"Retry-After": "soon"}', when="next(burst) > 50")
    with_numbers(tmp_path)

    assert found(setup, "WH-51") == (
        "Retry-After, in seconds or as a date of HTTP",
        "a delivery answered 429 with Retry-After: soon",
    )


@pytest.mark.parametrize("said", ["30", "Wed, 21 Oct 2026 07:28:00 GMT"])
def test_a_retry_after_is_written_in_either_way(tmp_path: Path, said: str) -> None:
    setup = answering(tmp_path, f'"busy", 429, {{"Retry-After": "{said}"}}', when="next(burst) > 50")
    with_numbers(tmp_path)
    with under_test(setup) as lab, recording(CheckRecord("handler_withstands")) as record:
        try_fault(lab, "WH-51")

    assert record.notes == []


def test_a_handler_without_limits_is_told_of_no_429(tmp_path: Path) -> None:
    with under_test(flask_setup(tmp_path)) as lab, recording(CheckRecord("handler_withstands")) as record:
        try_fault(lab, "WH-51")

    assert record.notes == ["none of 100 events within a second was answered 429"]


def test_a_body_far_too_large_that_breaks_something_is_seen(tmp_path: Path) -> None:
    setup = changed(
        tmp_path, READS, '    if (request.content_length or 0) > LARGEST:\n        return "", 500\n' + READS
    )

    assert found(setup, "WH-56") == ("a 413, another 4xx or a 2xx", "an event of 16 MiB answered 500 in N ms")


def test_a_handler_that_takes_nothing_after_a_body_far_too_large_is_seen(tmp_path: Path) -> None:
    setup = changed(
        tmp_path,
        READS,
        "    if (request.content_length or 0) > LARGEST:\n"
        "        app.extensions['full'] = True\n"
        "    if app.extensions.get('full'):\n"
        '        return "", 413\n' + READS,
    )

    assert found(setup, "WH-56") == ("a 2xx", "the delivery after an event of 16 MiB answered 413 in N ms")


def test_an_odd_content_type_that_breaks_something_is_seen(tmp_path: Path) -> None:
    setup = answering(tmp_path, '"", 500', when='request.mimetype == "multipart/form-data"')

    assert found(setup, "WH-58") == (
        "a 2xx or 4xx",
        "a delivery of content type 'multipart/form-data' answered 500 in N ms",
    )


def test_half_a_body_that_is_accepted_is_seen(tmp_path: Path) -> None:
    setup = changed(
        tmp_path,
        READS,
        '    try:\n        raw = request.get_data(cache=False)\n    except Exception:\n        return "taken", 200\n',
    )

    assert found(setup, "WH-59") == ("no 2xx", "a delivery that ended in its middle answered 200 in N ms")


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ('"", 302, {"Location": "/login"}', "answered 302 in N ms, to /login"),
        ('"<h1>CSRF verification failed.</h1>", 403', "answered 403 in N ms and asks for a CSRF token"),
        (
            '"<form><input name=p type=password></form>", 200',
            "answered 200 in N ms with a form that asks for a password",
        ),
    ],
)
def test_whatever_else_is_asked_for_is_seen(tmp_path: Path, answer: str, told: str) -> None:
    source = written(Mutant("", READS, f"{READS}    return {answer}\n", "", ""), tmp_path)

    assert found(flask_setup(tmp_path, source, effects=None), "WH-61") == (
        "a 2xx",
        f"a delivery without cookie, token and login {told}",
    )


def test_a_handler_that_refuses_for_another_reason_shows_no_login(tmp_path: Path) -> None:
    assert found(answering(tmp_path, '"", 401'), "WH-61") == (
        "a genuine event to be accepted",
        "a delivery without cookie, token and login answered 401 in N ms",
    )


def test_a_handler_that_breaks_the_connection_shows_no_redirect(tmp_path: Path) -> None:
    assert found(changed(tmp_path, READS, "    os._exit(1)\n"), "WH-52") == (
        "an answer",
        "a delivery to the registered address: the handler closed the connection without an answer",
    )
