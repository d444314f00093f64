"""A vendor that golive does not ship is a folder of data in the project."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pytest_golive.sandbox.bodies import read_json
from pytest_golive.sandbox.http import Request, Response, json_response
from pytest_golive.sandbox.server import Server
from tests.plugin.conftest import Project

PACK = Path(__file__).parent / "packs" / "acme"
KEY = "acme-key-0123456789"


class Acme:
    """The vendor, as its pack describes it."""

    def __init__(self) -> None:
        self.anvils = [{"id": f"an_{number:08}", "name": f"anvil {number}", "kilograms": 10} for number in range(7)]
        self.lacking = ""

    def __call__(self, request: Request) -> Response:
        if request.headers.get("authorization") != f"Bearer {KEY}":
            return json_response(401, {"error": "no key"})
        path, _, anvil = request.path.removeprefix("/v2").removeprefix("/").partition("/")
        assert path == "anvils", request.path
        if request.method == "POST":
            return self._create(request)
        if not anvil:
            begin, size = int(request.query.get("offset", 0)), int(request.query.get("limit", 50))
            return json_response(200, {"anvils": self.anvils[begin : begin + size], "total": len(self.anvils)})
        found = next((each for each in self.anvils if each["id"] == anvil), None)
        if found is None:
            return json_response(404, {"error": "not there"})
        if request.method == "DELETE":
            self.anvils.remove(found)
            return Response(204)
        return json_response(200, {name: value for name, value in found.items() if name != self.lacking})

    def _create(self, request: Request) -> Response:
        try:
            body = read_json(request)
            right = isinstance(body["name"], str) and body["name"] and type(body["kilograms"]) is int
        except (ValueError, TypeError, KeyError):
            right = False
        if not right:
            return json_response(422, {"error": "wrong data"})
        made = {"id": f"an_{len(self.anvils) + 100:08}", **body}
        self.anvils.append(made)
        return json_response(201, made)


@pytest.fixture
def acme() -> Acme:
    return Acme()


@pytest.fixture
def written(acme: Acme, project: Project, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """Write a project that names the pack, with the vendor listening."""
    shutil.copytree(PACK, project.folder / "golive" / "acme")
    monkeypatch.setenv("ACME_KEY", KEY)
    with Server(acme) as server:
        target = {"base_url": f"{server.url}/v2", "api_key": {"env": "ACME_KEY"}}
        environments = {"staging": {"vendors": {"acme": target}}}
        manifest = {"golive": 1, "project": "shop", "packs": "golive/acme", "environments": environments}
        project.write("golive.yaml", json.dumps(manifest))
        yield manifest


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["one process", "two workers"])
def test_a_folder_of_data_is_a_vendor(project: Project, acme: Acme, workers: tuple[str, ...]) -> None:
    """Its own rules and those of every vendor are planned and decided; nothing stays behind."""
    ran = project.run("-m", "prerelease", "--env", "staging", *workers)

    outcomes = {each["rule"]: each["outcome"] for each in ran.verdict["rules"]}
    assert outcomes["ACM-01"] == "passed", ran.verdict["reasons"]
    assert {outcomes[rule] for rule in ("API-01", "API-02", "API-03", "API-05", "API-06", "API-10", "API-12")} == {
        "passed"
    }
    assert len(acme.anvils) == 7


@pytest.mark.usefixtures("written")
def test_its_faults_are_found(project: Project, acme: Acme) -> None:
    """A documented field that is missing is a failure, with the schema file of the project's own pack."""
    acme.lacking = "kilograms"

    ran = project.run("-m", "prerelease", "--env", "staging")

    assert ran.word == "NO-GO"
    assert (
        "API-01 major failed: get_anvil has to fit schemas/acme/anvil.json; "
        "seen: the body lacks `kilograms` (documented)"
    ) in ran.verdict["reasons"]


def test_a_pack_that_contradicts_itself_is_told(project: Project, written: dict[str, Any]) -> None:
    """With the line of golive.yaml that names it."""
    rules = project.folder / "golive" / "acme" / "rules.yaml"
    rules.write_text(rules.read_text().replace("source: API", "source: NOWHERE"))

    ran = project.run("-m", "prerelease", "--env", "staging")

    assert ran.code == 4
    assert "golive.yaml:1: packs: rules.ACM-01.source: 'NOWHERE' is not one of the pages: API" in ran.text


@pytest.mark.usefixtures("written")
def test_a_folder_without_a_pack_is_told(project: Project) -> None:
    """And one that is called like a vendor of golive's."""
    text = (project.folder / "golive.yaml").read_text()
    project.write("golive.yaml", text.replace("golive/acme", "golive/nothing"))
    nothing = project.run("-m", "prerelease", "--env", "staging")
    shutil.copytree(PACK, project.folder / "golive" / "timely")
    project.write("golive.yaml", text.replace("golive/acme", "golive/timely"))
    taken = project.run("-m", "prerelease", "--env", "staging")

    assert f"golive.yaml:1: packs: there is no {project.folder}/golive/nothing/pack.yaml" in nothing.text
    assert (
        f"golive.yaml:1: packs: golive ships one of that name; call the folder {project.folder}/golive/timely otherwise"
    ) in taken.text


@pytest.mark.usefixtures("written")
def test_the_sandbox_leaves_it_out(project: Project) -> None:
    """Only golive's own vendors are embedded, and the run says so."""
    ran = project.run("-m", "weekly", "--env", "sandbox")

    assert "the sandbox has no acme: the rehearsal leaves it out" in ran.verdict["notes"]
