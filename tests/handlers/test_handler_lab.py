"""The lab: the control comes first, levers that are missing are named, a handler that dies is blamed rightly."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from pytest_golive.facts.current import CheckRecord, recording
from pytest_golive.facts.finding import CannotTell, CheckFailed, NotVerified
from pytest_golive.handlers import catalogue, trying
from pytest_golive.handlers.trial import Trial
from pytest_golive.handlers.turns import Turns
from pytest_golive.manifest.mistake import Mistakes
from tests.handlers.handler_mutants import PROGRAMS, Mutant, flask_setup, under_test, written

CONTROL = "a genuine event is accepted, and takes effect once"


def mutated(folder: Path, old: str, new: str, **changes: Any) -> Any:
    return flask_setup(folder, written(Mutant("WH-01", old, new, "", ""), folder), **changes)


def test_the_control_shows_the_event_that_works(tmp_path: Path) -> None:
    with under_test(flask_setup(tmp_path)) as lab:
        assert lab.event == "conversation.created"
        assert lab.control() is lab.control()


def test_an_event_the_handler_has_no_use_for_is_passed_over(tmp_path: Path) -> None:
    """What counts is that some event takes effect."""
    setup = mutated(tmp_path, "    if name not in KNOWN:\n", '    if name != "message.sent":\n')
    setup.handler.effects.__dict__["settle_seconds"] = 0.5
    with under_test(setup) as lab:
        assert lab.event == "message.sent"


def test_a_handler_that_refuses_what_is_genuine_is_inconclusive(tmp_path: Path) -> None:
    with (
        under_test(mutated(tmp_path, "    if not is_genuine(raw):\n", "    if True:\n")) as lab,
        pytest.raises(CannotTell) as caught,
    ):
        trying.try_fault(lab, "WH-01")

    finding = caught.value.finding
    assert (finding.requirement, finding.expected) == (CONTROL, "a 2xx and one effect")
    assert finding.actual.startswith("the positive control failed: conversation.created answered 401 in ")


def test_a_handler_that_does_not_start_is_inconclusive(tmp_path: Path) -> None:
    setup = mutated(tmp_path, "prepare()\n\nif", "raise SystemExit('no database')\n\nif")
    with under_test(setup) as lab, pytest.raises(CannotTell) as caught:
        lab.control()

    finding = caught.value.finding
    assert (finding.requirement, finding.expected) == (CONTROL, "a handler that can be started")
    assert finding.actual.endswith(" ended with exit code 1 before it was ready; it said: no database")


def test_a_probe_that_answers_nonsense_is_inconclusive(tmp_path: Path) -> None:
    setup = mutated(tmp_path, "jsonify(count=found.fetchone()[0])", "jsonify(counted=1)")
    with under_test(setup) as lab, pytest.raises(CannotTell) as caught:
        lab.control()

    assert caught.value.finding.actual == ('the probe has to answer {"count": <how often>}, and answered {"counted":1}')


LEVERLESS: dict[str, Any] = {
    "effects": None,
    "downstream": False,
    "restart": False,
    "environ": {"PORT": "{port}", "WEBHOOK_SECRET": "{secret}"},
}


@pytest.mark.parametrize(
    ("ask", "key"),
    [
        (lambda lab: lab.count("evt_1"), "effects"),
        (lambda lab: lab.downstream, "downstream"),
        (lambda lab: lab.restart(), "restart"),
        (lambda lab: lab.tenant, "tenant"),
        (lambda lab: lab.mode, "mode"),
        (lambda lab: lab.secret("previous_secret"), "previous_secret"),
    ],
)
def test_a_lever_that_is_missing_is_named(tmp_path: Path, ask: Any, key: str) -> None:
    environ = {**LEVERLESS["environ"], "DATABASE": str(tmp_path / "shop.sqlite")}
    setup = flask_setup(tmp_path, **{**LEVERLESS, "environ": environ})
    with under_test(setup) as lab, pytest.raises(NotVerified) as caught:
        ask(lab)

    assert caught.value.key == f"handlers.shop-hooks.{key}"
    assert caught.value.reason.startswith(f"handlers.shop-hooks.{key} is ")


def test_a_fault_without_its_lever_is_not_verified_before_anything_starts(tmp_path: Path) -> None:
    setup = flask_setup(tmp_path, **{**LEVERLESS, "command": ["golive-no-such"]})
    with under_test(setup) as lab, pytest.raises(NotVerified) as caught:
        trying.try_fault(lab, "WH-30")

    told = "handlers.shop-hooks.effects is missing: WH-30 cannot be tried without it"
    assert (caught.value.reason, caught.value.key) == (told, "handlers.shop-hooks.effects")


def test_a_handler_that_asks_the_vendor_nothing_is_not_verified_to_do_so(tmp_path: Path) -> None:
    environ = {**LEVERLESS["environ"], "DATABASE": str(tmp_path / "shop.sqlite")}
    with under_test(flask_setup(tmp_path, environ=environ)) as lab:
        with pytest.raises(NotVerified) as tried:
            trying.try_fault(lab, "WH-46")
        with pytest.raises(NotVerified) as asked:
            lab.vendor_api  # noqa: B018  # raises

    key = "handlers.shop-hooks.environ"
    assert {tried.value.key, asked.value.key} == {key}
    assert tried.value.reason == f"{key} names no {{base_url}}: WH-46 cannot be tried without it"
    assert asked.value.reason == f"{key} names no {{base_url}}: golive does not see what the vendor is asked"


def test_a_handler_in_production_is_left_alone(tmp_path: Path) -> None:
    setup = flask_setup(tmp_path)
    object.__setattr__(setup, "production", True)
    with under_test(setup) as lab, pytest.raises(NotVerified) as caught:
        lab.control()

    assert caught.value.reason == (
        "handlers.shop-hooks.url serves production: made-up events have no business there, "
        "test it in another environment"
    )


DIES = ('    return "taken", 200\n', '    if name == "message.sent":\n        os._exit(3)\n    return "taken", 200\n')


def test_a_handler_that_dies_is_told_and_started_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever shared the handler meanwhile tries again alone; only the one that kills it then has found something."""

    def kills(trial: Trial) -> None:
        trial.send(trial.genuine("message.sent"))

    def innocent(trial: Trial) -> None:
        time.sleep(0.5)
        parcel = trial.genuine()
        trial.must_accept(parcel, trial.send(parcel))

    monkeypatch.setattr(trying, "functions", lambda: {"WH-01": kills, "WH-02": innocent})
    ended: dict[str, BaseException | None] = {}

    def run(fault: str) -> None:
        try:
            trying.try_fault(lab, fault)
        except BaseException as error:
            ended[fault] = error
        else:
            ended[fault] = None

    with under_test(mutated(tmp_path, *DIES)) as lab:
        lab.control()
        threads = [threading.Thread(target=run, args=(fault,)) for fault in ("WH-01", "WH-02")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    error = ended["WH-01"]
    assert isinstance(error, CheckFailed)
    assert (error.finding.expected, error.finding.actual) == ("the handler to stay up", "its process ended")
    assert ended["WH-02"] is None


def test_what_was_found_among_others_has_to_show_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A handler that takes its time is behind with all that is sent to it at once; what is found alone stands."""
    tries: list[str] = []

    def behind(trial: Trial) -> None:
        tries.append("behind")
        trial.must(len(tries) > 1, expected="an effect", actual="took effect not at all")

    monkeypatch.setattr(trying, "functions", lambda: {"WH-01": lambda _: time.sleep(0.5), "WH-02": behind})
    with under_test(flask_setup(tmp_path)) as lab:
        lab.control()
        other = threading.Thread(target=trying.try_fault, args=(lab, "WH-01"))
        other.start()
        time.sleep(0.1)
        trying.try_fault(lab, "WH-02")
        other.join()
        assert tries == ["behind", "behind"]

        tries.clear()
        with pytest.raises(CheckFailed) as found:
            trying.try_fault(lab, "WH-02")
        assert (found.value.finding.actual, tries) == ("took effect not at all", ["behind"])


def test_a_handler_that_is_behind_is_waited_for_before_it_is_tried_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its work is done one after the other, and takes its time; one that never gets to an end is waited for once."""
    monkeypatch.setattr(trying, "functions", lambda: {"WH-30": lambda _: None, "WH-37": lambda _: None})
    with under_test(flask_setup(tmp_path)) as lab:
        lab.control()
        with lab.downstream.behaving(status=200, seconds=1.5):
            begun = time.monotonic()
            trying.try_fault(lab, "WH-37")
            waited = time.monotonic() - begun
            monkeypatch.setattr(trying, "BEHIND_SECONDS", 0.0)
            trying.try_fault(lab, "WH-37")
            stuck = lab.stuck
            begun = time.monotonic()
            trying.try_fault(lab, "WH-37")
            again = time.monotonic() - begun

    assert (waited > 1.0, stuck, again < 0.5) == (True, True, True)


def test_what_a_handler_says_of_its_failure_is_told(tmp_path: Path) -> None:
    reads = "    raw = request.get_data(cache=False)\n"
    changed = mutated(tmp_path, reads, f'{reads}    raise RuntimeError("no such table: inbox")\n')
    with under_test(changed) as lab, pytest.raises(CannotTell) as told:
        lab.control()

    assert told.value.finding.actual.startswith("the positive control failed: conversation.created answered 500 in ")
    assert told.value.finding.actual.endswith("; it said last: RuntimeError: no such table: inbox")


def test_a_handler_that_is_about_to_come_up_is_not_dead(tmp_path: Path) -> None:
    """Trials without a positive control ask whether it died, while another one starts it."""
    slow = mutated(tmp_path, "prepare()\n\nif", "time.sleep(0.3)\nprepare()\n\nif")
    with under_test(slow) as lab, ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(lambda: lab.deaths) for _ in range(8)]

        assert [each.result() for each in asked] == [0] * 8
        assert lab.event == "conversation.created"


def test_a_delivery_can_be_demanded_of(tmp_path: Path) -> None:
    """The surface for a team's own tests."""
    with under_test(flask_setup(tmp_path, effects={"path": "/golive/effects", "settle_seconds": 1})) as lab:
        delivery = lab.deliver("message.received", age_seconds=259_200)

        delivery.must_be_accepted()
        delivery.must_take_effect(times=1)
        assert delivery.subject
        with pytest.raises(CheckFailed) as accepted:
            delivery.must_be_refused()
        with pytest.raises(CheckFailed) as twice:
            delivery.must_take_effect(times=2)
        with pytest.raises(CheckFailed) as forged:
            lab.deliver("message.received", secret="nobody-has-this-one", said="a forged one").must_be_accepted()
        lab.deliver(secret="nobody-has-this-one").must_be_refused()

    findings = [caught.value.finding for caught in (accepted, twice, forged)]
    assert [finding.requirement for finding in findings] == [
        "shop-hooks refuses message.received",
        "shop-hooks acts upon message.received",
        "shop-hooks accepts a forged one",
    ]
    assert [finding.expected for finding in findings] == [
        "a 4xx",
        "one that takes effect twice",
        "a 2xx within 10 s",
    ]
    assert findings[0].actual.startswith("answered 200 in ")
    assert findings[1].actual == "it took effect once"
    assert findings[2].actual.startswith("answered 401 in ")


@pytest.mark.parametrize("way", ["app", "url"])
def test_a_handler_is_reached_as_app_or_where_it_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """An app is served by golive; a deployed one is sent to, and never started or stopped."""
    environ = {"WEBHOOK_SECRET": "{secret}", "DATABASE": str(tmp_path / "shop.sqlite")}
    app: dict[str, Any] = {"app": "flask_handler:app", "command": None, "directory": str(PROGRAMS), "downstream": False}
    with under_test(flask_setup(tmp_path, **app, environ=environ)) as served:
        if way == "app":
            trying.try_fault(served, "WH-31")
            with pytest.raises(NotVerified) as caught:
                served.restart()
            assert caught.value.key == "handlers.shop-hooks.command"
            return
        monkeypatch.setenv("SHOP_SECRET", served.secret("secret"))
        deployed = flask_setup(
            tmp_path, url=served.url, command=None, path=None, ready=None, environ={}, secret={"env": "SHOP_SECRET"},
            downstream=False,
        )  # fmt: skip
        with under_test(deployed) as lab:
            trying.try_fault(lab, "WH-30")
            with pytest.raises(NotVerified) as logs:
                lab.log()
            assert logs.value.key == "handlers.shop-hooks.logs"


def test_what_is_sent_is_evidence_of_its_check(tmp_path: Path) -> None:
    with under_test(flask_setup(tmp_path)) as lab, recording(CheckRecord("check")) as record:
        lab.send(lab.writer.write("message.sent", said="said by golive").with_header("X-Private", "me"))

    (exchange,) = record.exchanges
    (step,) = record.timeline
    assert (step["what"], step["came"], step["part"]) == ("message.sent: said by golive", "200", "deliveries")
    assert str(step["lane"]).startswith("message.sent evt_")
    assert 0 < float(step["ended"]) - float(step["begun"]) < 10
    assert (
        exchange.operation,
        exchange.method,
        exchange.status,
        exchange.error,
    ) == ("message.sent: said by golive", "POST", 200, None)
    assert {"Content-Type", "User-Agent", "X-Timely-Event-Id", "X-Timely-Signature", "X-Timely-Timestamp"} == set(
        exchange.request_headers
    )
    assert exchange.response_body == "taken"
    assert exchange.request_body.startswith('{"event":"message.sent"')


def test_the_log_holds_what_it_wrote(tmp_path: Path) -> None:
    Path(tmp_path, "more.log").write_text("from a file")
    with under_test(flask_setup(tmp_path, logs=["*.log"])) as lab:
        parcel = lab.genuine()
        lab.send(parcel)
        lab.count(parcel.event_id, at_least=1)

        assert f"done {parcel.event_id}" in lab.log()
        assert "from a file" in lab.log()


def test_turns_are_shared_or_held_alone() -> None:
    turns, order = Turns(), []
    inside = threading.Event()

    def holder() -> None:
        with turns.alone():
            order.append("alone")

    with turns.shared(), turns.shared():
        waiting = threading.Thread(target=holder)
        waiting.start()
        inside.wait(0.05)
        order.append("shared")
    waiting.join()

    assert order == ["shared", "alone"]


def test_a_fault_has_one_function() -> None:
    with pytest.raises(ValueError, match="nobody: there is no fault WH-99"):

        @catalogue.fault("WH-99")
        def nobody(trial: Trial) -> None: ...

    catalogue.functions()
    with pytest.raises(ValueError, match="second: WH-30 has a function already"):

        @catalogue.fault("WH-30")
        def second(trial: Trial) -> None: ...


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"vendor": "uppzy"}, "handlers.shop-hooks.vendor: Uppzy sends no webhooks"),
        (
            {"auth": "sig_x"},
            (
                "handlers.shop-hooks.auth: Timely.ai does not sign as 'sig_x'; did you mean sig_c? "
                "It signs as: sig_a, sig_b, sig_c"
            ),
        ),
        (
            {"secret": {"env": "GOLIVE_NO_SUCH"}},
            "handlers.shop-hooks.secret: environment variable GOLIVE_NO_SUCH is not set",
        ),
        (
            {"environ": {"PORT": "{port}"}},
            "handlers.shop-hooks.secret is missing: deliveries cannot be signed without it",
        ),
    ],
)
def test_what_is_wrong_in_golive_yaml_is_told(tmp_path: Path, changes: dict[str, Any], told: str) -> None:
    with pytest.raises(Mistakes) as caught:
        flask_setup(tmp_path, **changes)

    assert [told] == [mistake.message for mistake in caught.value.mistakes]
