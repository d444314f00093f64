"""`golive rotate plan`: every vendor's steps, what is checked at each, and commands that run exactly that."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pytest_golive.credentials.secret import fingerprint
from pytest_golive.facts.outcome import Suite
from pytest_golive.rotation.past import Past
from pytest_golive.rotation.story import SKIPPABLE
from pytest_golive.sandbox.world import Sandbox
from pytest_golive.vendors.library import packs, read_pack, read_rules

Command = Callable[..., Any]

MANIFEST = """
golive: 1
project: shop
environments:
  staging: {}
  production:
    production: true
    vendors:
      timely: {base_url: https://api.timelyai.com.br/v1, api_key: {env: K}, ids: {workspace_id: w, agent_id: a}}
"""


def test_the_steps_of_a_vendor_in_order(golive: Command) -> None:
    """The head of the plan, whole; the rest has the same form."""
    told = golive("rotate", "plan", "--vendor", "uppzy", "--env", "production")

    assert (told.code, told.err) == (0, [])
    assert told.out[:15] == [
        "Uppzy, production: replace the key",
        "",
        "Before the first step:",
        "    $ golive rotate begin --env production --vendor uppzy",
        "",
        " 1. Plan it, with a date, an owner and a way back.",
        "    documented: https://docs.uppzy.com/developer/operations-guide",
        "    UPZ-62  A rotation is planned before it begins",
        "    $ pytest -m postrotation --env production --golive-only UPZ-62",
        "",
        " 2. Create the replacement key in the dashboard (API Access), with its purpose and environment as its name.",
        "    documented: https://docs.uppzy.com/developer/operations-guide",
        "    UPZ-63  The new key exists, works and is not the old one",
        "    $ pytest -m postrotation --env production --golive-only UPZ-63",
        "",
    ]
    assert "    UPZ-65  Every instance was started or reloaded after the secret changed" in told.out
    assert "    assumed: the vendor's pages do not say it" in told.out
    assert told.out[-3:] == ["", "All of it, now and a day after:", "    $ pytest -m postrotation --env production"]


@pytest.mark.parametrize("vendor", packs())
def test_every_vendor_has_steps_and_rules_that_run_after_a_rotation(golive: Command, vendor: str) -> None:
    """A command that chose a rule of another suite would run nothing."""
    told = golive("rotate", "plan", "--vendor", vendor)

    known = {rule.id for rule in read_rules(vendor) if Suite.POSTROTATION in rule.suites}
    named = set(re.findall(r"[A-Z]{3}-\d+", "\n".join(told.out)))
    assert named
    assert named <= known
    assert [line for line in told.out if re.match(r" ?\d+\. ", line)] == [
        f"{number:>2}. {step.title}" for number, step in enumerate(read_pack(vendor).rotation, start=1)
    ]


def test_vendors_and_environment_are_those_of_golive_yaml(golive: Command, here: Path) -> None:
    """Production is what is rotated, unless another one is asked for."""
    (here / "golive.yaml").write_text(MANIFEST)

    assert [line for line in golive("rotate", "plan").out if line.endswith("replace the key")] == [
        "Timely.ai, production: replace the key"
    ]
    assert len([line for line in golive("rotate", "plan", "--env", "staging").out if "replace the key" in line]) == 4


def test_without_golive_yaml_the_environment_is_left_open(golive: Command) -> None:
    assert golive("rotate", "plan", "--vendor", "augno").out[0] == "Augno, NAME: replace the key"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("plam",), "unknown word 'plam'; did you mean plan? There are: plan, begin, rehearse"),
        (("begin", "--env", "sandbox"), "the sandbox remembers nothing: begin in an environment of golive.yaml"),
        (
            ("rehearse", "--skip", "restarts"),
            f"unknown step 'restarts'; did you mean restart? There are: {', '.join(SKIPPABLE)}",
        ),
        (
            ("rehearse", "--vendor", "upzy"),
            "unknown vendor 'upzy'; did you mean uppzy? There are: augno, timely, selwise, uppzy",
        ),
        (("plan", "--skip", "restart"), "--skip leaves out a step of `golive rotate rehearse`"),
        (("begin", "--vendor", "timeli"), "unknown vendor 'timeli'; did you mean timely? There are: timely"),
        (
            ("plan", "--vendor", "upzy"),
            "unknown vendor 'upzy'; did you mean uppzy? There are: augno, selwise, timely, uppzy",
        ),
        (
            ("plan", "--env", "prodution"),
            "unknown environment 'prodution'; did you mean production? There are: staging, production, sandbox",
        ),
        (("plan", "now"), "takes one word of plan, begin, rehearse, and was given another"),
        ((), "the following arguments are required: plan|begin|rehearse"),
    ],
)
def test_what_is_not_there_is_told(golive: Command, here: Path, words: tuple[str, ...], told: str) -> None:
    (here / "golive.yaml").write_text(MANIFEST)

    assert golive("rotate", *words) == (2, [], [f"golive rotate: {told}"])


def test_a_vendor_without_steps(golive: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pack of the team's own need not have any."""
    pack = read_pack("uppzy").model_copy(update={"rotation": ()})
    monkeypatch.setattr("pytest_golive.vendors.library.read_pack", lambda *_: pack)

    told = "no steps are known for uppzy; its pack has no `rotation`"
    assert golive("rotate", "plan", "--vendor", "uppzy") == (2, [], [f"golive rotate: {told}"])


BEGINNING = """
golive: 1
project: shop
environments:
  live:
    production: true
    allow: [{allow}]
    vendors:
      uppzy:
        base_url: {url}
        api_key: {{env: UPPZY_KEY}}
        ids: {{tenant_id: {tenant_id}, site_id: {site_id}}}
        features: {{async_chat: {asynchronous}}}
"""


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    with Sandbox() as made:
        monkeypatch.setenv("UPPZY_KEY", made.connection("uppzy").api_key)
        yield made


def _begins(here: Path, sandbox: Sandbox, allow: str = "chat_smoke", asynchronous: str = "true") -> str:
    """Write a golive.yaml for the embedded vendor; return the fingerprint of its key."""
    connection = sandbox.connection("uppzy")
    told = {"url": sandbox.base_url("uppzy"), "allow": allow, "asynchronous": asynchronous, **connection.ids}
    (here / "golive.yaml").write_text(BEGINNING.format(**told))
    return fingerprint(connection.api_key)


def test_what_is_used_before_the_switch_is_noted(golive: Command, here: Path, sandbox: Sandbox) -> None:
    """With a request that can be asked for afterwards; no key stands in the file."""
    key = _begins(here, sandbox)

    code, out, err = golive("rotate", "begin")

    (begun,) = Past(here).begun("live", "uppzy")
    request = begun.arguments["request_id"]
    assert (code, err) == (0, [])
    assert out == [
        f"Uppzy, live: the key is {key} now",
        f"    submitted: request_id {request}; get_chat_request asks for it with the new key",
        "    after the switch: pytest -m postrotation --env live",
        "noted in .golive/rotation/live.jsonl",
    ]
    assert (begun.fingerprint, begun.operation) == (key, "get_chat_request")
    assert sandbox.connection("uppzy").api_key not in (here / ".golive/rotation/live.jsonl").read_text()
    assert request.startswith("req_")
    swept = golive("sweep")
    assert (swept.code, len(swept.out)) == (0, 1)
    assert re.fullmatch(r"live: removed session golive-session-[0-9a-f]{8} at uppzy", swept.out[0])


ALLOWED = (
    "nothing was submitted: chat_async is irreversible and live is marked production: "
    "add `chat_smoke` to environments.live.allow to allow it"
)


@pytest.mark.parametrize(
    ("allow", "asynchronous", "told", "code"),
    [
        (
            "",
            "true",
            ALLOWED,
            1,
        ),
        ("", "false", "after the switch: pytest -m postrotation --env live", 0),
    ],
    ids=["not allowed", "not used"],
)
def test_what_cannot_be_submitted_is_told(
    golive: Command, here: Path, sandbox: Sandbox, allow: str, asynchronous: str, told: str, code: int
) -> None:
    """The key is noted all the same."""
    key = _begins(here, sandbox, allow, asynchronous)

    said = golive("rotate", "begin", "--vendor", "uppzy")

    assert (said.code, said.out[1]) == (code, f"    {told}")
    assert [(each.fingerprint, each.operation) for each in Past(here).begun("live", "uppzy")] == [(key, "")]


def test_a_vendor_that_refuses_the_key(
    golive: Command, here: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    _begins(here, sandbox)
    monkeypatch.setenv("UPPZY_KEY", sandbox.connection("uppzy").previous_api_key)

    said = golive("rotate", "begin")

    assert said.code == 1
    assert said.out[1].startswith("    nothing was submitted: chat_async has to answer 202; 401")


def test_a_vendor_that_does_not_say_what_it_took(
    golive: Command, here: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without its id a request cannot be asked for."""
    _begins(here, sandbox)
    monkeypatch.setattr("pytest_golive.exchange.answer.Answer.json", {})

    said = golive("rotate", "begin")

    assert said.out[1] == "    nothing was submitted: chat_async has to answer request_id; not there"


def test_a_place_that_cannot_be_written(golive: Command, here: Path, sandbox: Sandbox) -> None:
    _begins(here, sandbox)
    (here / ".golive" / "rotation").parent.mkdir()
    (here / ".golive" / "rotation").write_text("a file")

    told = ".golive/rotation/live.jsonl cannot be written: File exists"
    assert golive("rotate", "begin") == (2, [], [f"golive rotate: {told}"])


def test_a_key_that_cannot_be_read(golive: Command, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "golive.yaml").write_text(MANIFEST)
    monkeypatch.delenv("K", raising=False)

    told = "golive.yaml:9: environment production, vendor timely, api_key: environment variable K is not set"
    assert golive("rotate", "begin") == (2, [], [f"golive rotate: {told}"])
