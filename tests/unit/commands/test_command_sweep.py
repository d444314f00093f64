"""`golive sweep` against the embedded vendor, with a journal as a killed run leaves it."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from pytest_golive.exchange.journal import Created, Journal, unremoved
from pytest_golive.sandbox.uppzy import Uppzy
from pytest_golive.sandbox.world import Sandbox

Command = Callable[..., Any]

MANIFEST = """
golive: 1
project: shop
environments:
  staging:
    vendors:
      uppzy:
        base_url: {{env: BASE_URL}}
        api_key: {{env: API_KEY}}
        ids: {{tenant_id: {tenant_id}, site_id: {site_id}}}
  production:
    production: true
    vendors:
      uppzy:
        base_url: {{env: BASE_URL}}
        api_key: {{env: API_KEY}}
        ids: {{tenant_id: {tenant_id}, site_id: {site_id}}}
"""


class World:
    """A vendor with an API, and the folder of a project that called it.

    Attributes:
        folder: the project.
        api: the vendor's API.
        site: path of the site.
        journal: what runs wrote down.
    """

    def __init__(self, folder: Path, sandbox: Sandbox, api: httpx.Client) -> None:
        self.folder = folder
        self.place = folder / ".golive" / "journal.jsonl"
        self.journal = Journal(self.place)
        self.api = api
        self.site = f"/m2m/sites/{sandbox.connection('uppzy').ids['site_id']}"

    def document(self, title: str) -> str:
        """Create a document; return its id."""
        answer = self.api.post(f"{self.site}/documents/text", json={"title": title, "content": "c", "category": "x"})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def titles(self) -> set[str]:
        """Return the titles of the documents that are there."""
        body = self.api.get(f"{self.site}/documents").json()
        items = body if isinstance(body, list) else next(value for value in body.values() if isinstance(value, list))
        return {item["title"] for item in items}

    def left(
        self,
        name: str,
        identifier: str | None = None,
        environment: str = "staging",
        *,
        vendor: str = "uppzy",
        operation: str = "create_text_document",
        kind: str = "document",
    ) -> None:
        """Write down what a killed run created there."""
        created = Created("0badc0de", environment, vendor, operation, kind, name)
        self.journal.intend(created)
        if identifier is not None:
            self.journal.confirm(created, identifier)


@pytest.fixture
def world(here: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A project with two environments at one embedded vendor."""
    with Sandbox(apps={"uppzy": Uppzy(think_seconds=0)}) as sandbox:
        connection = sandbox.connection("uppzy")
        monkeypatch.setenv("BASE_URL", sandbox.base_url("uppzy"))
        monkeypatch.setenv("API_KEY", connection.api_key)
        (here / "golive.yaml").write_text(MANIFEST.format(**connection.ids), encoding="utf-8")
        headers = {"X-API-Key": connection.api_key}
        with httpx.Client(base_url=sandbox.base_url("uppzy"), headers=headers, trust_env=False) as api:
            yield World(here, sandbox, api)


def test_what_a_killed_run_left_is_removed(golive: Command, world: World) -> None:
    """Known by its id, or looked for by its name; nothing else is touched, and the journal is forgotten."""
    first, other = world.document("golive_document_1"), world.document("the team's own")
    world.document("golive_document_2")
    world.left("golive_document_1", first)
    world.left("golive_document_2")
    world.left("golive_document_3")

    told = golive("sweep")

    assert told == (
        0,
        [
            "staging: removed document golive_document_3 at uppzy, if it was ever made",
            "staging: removed document golive_document_2 at uppzy, if it was ever made",
            f"staging: removed document {first} at uppzy",
        ],
        [],
    )
    assert (world.titles(), bool(other)) == ({"the team's own"}, True)
    assert not world.place.exists()


def test_without_a_journal_nothing_is_left(golive: Command, here: Path) -> None:
    """No golive.yaml is needed to say so."""
    assert golive("sweep") == (0, ["nothing is left behind"], [])
    assert list(here.iterdir()) == []


def test_a_journal_in_which_all_was_removed_is_forgotten(golive: Command, world: World) -> None:
    """A run that was killed at its very end."""
    world.left("golive_document_1")
    world.journal.remove(world.journal.left()[0])

    assert golive("sweep") == (0, ["nothing is left behind"], [])
    assert not world.place.exists()


def test_a_dry_run_removes_nothing(golive: Command, world: World) -> None:
    """It tells what there is, with the exit code of what is still there."""
    identifier = world.document("golive_document_1")
    world.left("golive_document_1", identifier)
    world.left("golive_session_1", "golive_session_1", "sandbox", kind="session", operation="chat")

    told = golive("sweep", "--dry-run")

    assert told == (
        1,
        [
            "sandbox: would forget session golive_session_1 at uppzy",
            f"staging: would remove document {identifier} at uppzy",
        ],
        [],
    )
    assert world.titles() == {"golive_document_1"}
    assert len(unremoved(world.place)) == 2


def test_what_a_killed_run_replaced_is_put_back(golive: Command, world: World) -> None:
    """As it was before that run; nothing is removed then."""
    thing = Created("0badc0de", "staging", "uppzy", "update_widget_config", "state", "the widget")
    world.journal.intend(replace(thing, puts_back={"greeting": "Good day"}))

    would, done = golive("sweep", "--dry-run"), golive("sweep")

    assert would == (1, ["staging: would put back the former state of the widget at uppzy"], [])
    assert done == (0, ["staging: put back the former state of the widget at uppzy"], [])
    assert world.api.get(f"{world.site}/widget-config").json()["greeting"] == "Good day"
    assert not world.place.exists()


def test_a_rehearsal_left_nothing_that_still_exists(golive: Command, here: Path) -> None:
    """Its entries are forgotten, with or without a golive.yaml."""
    journal = Journal(here / ".golive" / "journal.jsonl")
    journal.intend(Created("0badc0de", "sandbox", "uppzy", "chat", "session", "golive_session_1"))
    dry = golive("sweep", "--dry-run")

    told = golive("sweep")

    assert dry.code == 0
    reason = "an embedded vendor remembers nothing once it has ended"
    assert told == (0, [f"sandbox: forgot session golive_session_1 at uppzy: {reason}"], [])
    assert not (here / ".golive" / "journal.jsonl").exists()


def test_one_environment_is_swept_alone(golive: Command, world: World) -> None:
    """The others stay in the journal."""
    identifier = world.document("golive_document_1")
    world.left("golive_document_1", identifier)
    world.left("golive_document_2", environment="production")

    told = golive("sweep", "--env", "staging")

    assert told == (0, [f"staging: removed document {identifier} at uppzy"], [])
    assert [thing.environment for thing in unremoved(world.place)] == ["production"]


def test_nothing_left_in_one_environment_is_told_of_it(golive: Command, world: World) -> None:
    """The others are not spoken of."""
    world.left("golive_document_2", environment="production")

    assert golive("sweep", "--env", "staging") == (0, ["nothing is left behind in staging"], [])
    assert world.place.exists()


def test_what_cannot_be_removed_is_told_with_the_reason(golive: Command, world: World) -> None:
    """And what can be is removed all the same."""
    identifier = world.document("golive_document_1")
    world.left("golive_document_1", identifier)
    world.left("golive_contact_1", vendor="selwise", kind="contact")
    world.left("golive_tag_1", operation="create_tag", kind="tag")
    world.left("golive_document_9", "doc_9", "production")

    told = golive("sweep")

    forbidden = "delete_documents is irreversible and production is marked production"
    key = "add `document_round_trip` to environments.production.allow to allow it"
    assert (told.code, told.err) == (1, [])
    assert told.out == [
        f"production: left behind: document doc_9 at uppzy: {forbidden}: {key}",
        "staging: left behind: tag golive_tag_1 at uppzy: the vendor's API has no call to remove it",
        "staging: left behind: contact golive_contact_1 at selwise: selwise is not in staging",
        f"staging: removed document {identifier} at uppzy",
    ]
    assert {thing.name for thing in unremoved(world.place)} == {
        "golive_contact_1",
        "golive_tag_1",
        "golive_document_9",
    }


def test_an_environment_that_cannot_be_read_holds_up_no_other(
    golive: Command, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was left there is still there, and the reason is the missing variable."""
    text = (world.folder / "golive.yaml").read_text(encoding="utf-8")
    before, _, after = text.rpartition("api_key: {env: API_KEY}")
    (world.folder / "golive.yaml").write_text(f"{before}api_key: {{env: OTHER_KEY}}{after}", encoding="utf-8")
    monkeypatch.delenv("OTHER_KEY", raising=False)
    world.left("golive_document_1")
    world.left("golive_document_2", environment="production")
    world.left("golive_document_3", environment="laboratory")

    told = golive("sweep")

    unset = "environment production, vendor uppzy, api_key: environment variable OTHER_KEY is not set"
    unknown = "environment 'laboratory' is not in golive.yaml; it has: production, staging (and sandbox is built in)"
    assert (told.code, told.err) == (1, [])
    assert told.out == [
        f"laboratory: left behind: document golive_document_3 at uppzy: golive.yaml:4: {unknown}",
        f"production: left behind: document golive_document_2 at uppzy: golive.yaml:16: {unset}",
        "staging: removed document golive_document_1 at uppzy, if it was ever made",
    ]


def test_a_vendor_that_is_silent_is_told(golive: Command, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once for each thing, without waiting for each."""
    monkeypatch.setenv("BASE_URL", "http://127.0.0.1:9/api/v1")
    world.left("golive_document_1", "doc_1")
    world.left("golive_document_2", "doc_2")

    told = golive("sweep")

    refused = f"[Errno {errno.ECONNREFUSED}] {os.strerror(errno.ECONNREFUSED)}"
    silence = f"http://127.0.0.1:9/api/v1: ConnectError: {refused}"
    assert (told.code, told.err) == (1, [])
    assert told.out == [
        f"staging: left behind: document doc_2 at uppzy: {silence}",
        f"staging: left behind: document doc_1 at uppzy: {silence}",
    ]


def test_the_root_and_golive_yaml_may_lie_elsewhere(
    golive: Command, world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As with pytest's rootdir and --golive-manifest."""
    identifier = world.document("golive_document_1")
    world.left("golive_document_1", identifier)
    monkeypatch.chdir(tmp_path)
    (world.folder / "golive.yaml").rename(tmp_path / "release.yaml")

    told = golive("sweep", "--root", "shop", "--manifest", "release.yaml")

    assert told == (0, [f"staging: removed document {identifier} at uppzy"], [])


def test_things_of_a_real_environment_need_golive_yaml(golive: Command, world: World) -> None:
    """Without it nobody knows where they are."""
    world.left("golive_document_1")
    (world.folder / "golive.yaml").unlink()

    assert golive("sweep") == (2, [], ["golive sweep: golive.yaml is not there; `golive init` writes one"])
    assert len(unremoved(world.place)) == 1


@pytest.mark.usefixtures("world")
def test_an_environment_that_nobody_knows_is_told(golive: Command) -> None:
    """`nothing is left behind` would be a false comfort."""
    told = golive("sweep", "--env", "stagin")

    message = "unknown environment 'stagin'; did you mean staging? There are: staging, production, sandbox"
    assert told == (2, [], [f"golive sweep: {message}"])
