"""The probe is asked until its answer stands still; nonsense is told word for word."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import pytest

from pytest_golive.handlers.downstream import Downstream
from pytest_golive.handlers.effects import Probe, ProbeProblem
from pytest_golive.handlers.parcel import Parcel
from pytest_golive.handlers.sender import send
from pytest_golive.manifest.model import Effects

LATE = """
import json, sys, time, pathlib
begun = pathlib.Path("begun")
if not begun.exists():
    begun.write_text(str(time.time()))
late = time.time() - float(begun.read_text())
count = {"count": 1 if late > 0.4 else 0}
print(json.dumps(count if sys.argv[1] == "--event-id" else {"state": sys.argv[2]}))
"""


def probe(folder: Path, source: str, settle: float = 3) -> Probe:
    Path(folder, "probe.py").write_text(source)
    return Probe(Effects(command=(sys.executable, "probe.py"), settle_seconds=settle), "http://127.0.0.1:1", folder)


def test_an_effect_that_comes_late_is_waited_for(tmp_path: Path) -> None:
    late = probe(tmp_path, LATE)

    answer = late.count("evt_1", at_least=1)

    assert answer.value == 1
    assert 0.3 < answer.seconds < 2


def test_an_effect_that_never_comes_is_waited_for_no_longer_than_settling_takes(tmp_path: Path) -> None:
    never = probe(tmp_path, "print('{\"count\": 0}')", settle=0.6)
    begun = time.monotonic()

    assert never.count("evt_1", at_least=1).value == 0
    assert 0.5 < time.monotonic() - begun < 1.5


def test_a_state_is_any_json(tmp_path: Path) -> None:
    assert probe(tmp_path, LATE).state("c1").value == "c1"


def test_a_function_is_called_by_name(tmp_path: Path) -> None:
    Path(tmp_path, "shop.py").write_text("def effects(event_id=None, subject=None): return {'count': len(event_id)}")
    asked = Probe(Effects(callable="shop:effects"), "", tmp_path)

    assert asked.count("four").value == 4


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("print('nothing')", "the probe's answer is no JSON: nothing"),
        ("print('{}')", 'the probe has to answer {"count": <how often>}, and answered {}'),
        ("print('{\"count\": true}')", 'the probe has to answer {"count": <how often>}, and answered {"count": true}'),
        ("print('{\"count\": -1}')", 'the probe has to answer {"count": <how often>}, and answered {"count": -1}'),
        ("raise SystemExit('no database')", f"the probe {sys.executable} ended with exit code 1: no database"),
        ("raise SystemExit(2)", f"the probe {sys.executable} ended with exit code 2: it said nothing"),
        ("print('x' * 300)", f"the probe's answer is no JSON: {'x' * 200}…"),
    ],
)
def test_nonsense_is_told(tmp_path: Path, source: str, told: str) -> None:
    with pytest.raises(ProbeProblem) as caught:
        probe(tmp_path, source).count("evt_1")

    assert str(caught.value) == told


def test_a_state_has_to_be_called_so(tmp_path: Path) -> None:
    with pytest.raises(ProbeProblem) as caught:
        probe(tmp_path, "print('{\"count\": 1}')").state("c1")

    assert str(caught.value) == 'the probe has to answer {"state": …}, and answered {"count": 1}'


def test_a_probe_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ProbeProblem) as caught:
        Probe(Effects(command=("golive-no-such",)), "", tmp_path).count("evt_1")

    assert str(caught.value) == "the probe golive-no-such was not found"


def test_a_probe_that_does_not_answer_is_told(tmp_path: Path) -> None:
    asked = Probe(Effects(path="/effects"), "http://127.0.0.1:1", tmp_path)
    with pytest.raises(ProbeProblem) as caught:
        asked.count("evt_1")
    asked.close()

    assert str(caught.value) == "the probe at http://127.0.0.1:1/effects does not answer: ConnectError"


def test_a_probe_that_refuses_is_told(tmp_path: Path) -> None:
    downstream = Downstream()
    try:
        asked = Probe(Effects(url=f"{downstream.url}/effects"), "", tmp_path)
        with downstream.behaving(status=503), pytest.raises(ProbeProblem) as caught:
            asked.count("evt_1")
        asked.close()
    finally:
        downstream.close()

    assert str(caught.value) == (
        f'the probe at {downstream.url}/effects answered 503: {{"error": "golive lets this call fail"}}'
    )


def test_downstream_fails_for_one_event_only() -> None:
    downstream = Downstream()
    try:
        with downstream.behaving(status=500, times=1, about="evt_1") as mood:
            first, second, other = (
                send(Parcel(f"{downstream.url}/work/{event}", body=b"{}")) for event in ("evt_1", "evt_1", "evt_2")
            )
        assert (first.status, second.status, other.status, mood.hits) == (500, 200, 200, 1)
        assert json.loads(second.body) == {}
        assert [asked.status for asked in downstream.asked("evt_1")] == [500, 200]
        assert len(downstream.asked()) == 3
    finally:
        downstream.close()


def test_downstream_may_be_slow() -> None:
    downstream = Downstream()
    try:
        with downstream.behaving(status=200, seconds=0.3):
            receipt = send(Parcel(downstream.url))

        assert receipt.status == 200
        assert receipt.seconds is not None
        assert receipt.seconds > 0.29
    finally:
        downstream.close()
