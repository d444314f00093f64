"""A file that is no cassette is an error with its line, and is never taken for an absent one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from pytest_golive.cassettes.shelf import Shelf, Unreadable, slug
from pytest_golive.cassettes.tape import Mode
from pytest_golive.facts.scope import Scope
from tests.unit.cassettes.conftest import URL, Lab

NAME = "golive-cassettes/staging/prerelease/checks/limits_answer/shop.yaml"


@pytest.fixture
def recorded(lab: Lab) -> Path:
    """Return the file of a recording."""
    lab.run(Mode.ALL, lambda client: client.get(f"{URL}/limits"))
    return lab.file()


def problem(lab: Lab, path: Path) -> str:
    """Return why a file cannot be read."""
    with pytest.raises(Unreadable) as raised:
        Shelf(lab.shelf.root, "staging", "prerelease").read(path)
    assert Shelf(lab.shelf.root, "staging", "prerelease").problems() == [str(raised.value)]
    return str(raised.value)


def test_a_cassette_says_what_it_is(lab: Lab, recorded: Path) -> None:
    """For whom, where, when, by which version; and vcrpy alone could play it."""
    told = yaml.safe_load(recorded.read_text())
    moment = told["metadata"].pop("recorded")

    assert told["metadata"] == {
        "check": "limits_answer[shop]",
        "environment": "staging",
        "golive": told["metadata"]["golive"],
        "run": "11112222",
        "source": "live",
        "values": {"staging/shop/base_url": URL},
        "vendors": ["shop"],
    }
    assert recorded.read_text().startswith(
        f"# limits_answer[shop]: recorded {moment[:10]} by pytest-golive from shop in staging\n"
    )
    assert lab.shelf.read(recorded).label.day.isoformat() == moment[:10]
    from vcr.cassette import Cassette

    assert Cassette.load(path=str(recorded)).responses[0]["status"] == {"code": 200, "message": "OK"}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda t: t.replace("version: 1", "version: 2"), "line 1: a cassette is a mapping with `version: 1`"),
        (lambda _: "", "line 1: a cassette is a mapping with `version: 1`"),
        (lambda _: "- 1\n", "line 1: a cassette is a mapping with `version: 1`"),
        (lambda t: t.replace("metadata:", "other:"), "line 1: `metadata` is missing: golive did not record this"),
        (lambda t: t.replace("interactions:", "others:"), "line 1: `interactions` has to be a list"),
        (lambda t: t.replace("    method: GET\n", ""), "line 3: interaction 1 is no request with its response"),
        (lambda t: t.replace("code: 200", "code: ok"), "line 3: interaction 1 is no request with its response"),
        (
            lambda t: t.replace("      - shop@staging", "      - 1"),
            "line 3: interaction 1 is no request with its response",
        ),
        (
            lambda t: t.replace("method: GET", "method: [GET"),
            "line 13: this is not YAML: did not find expected ',' or ']'",
        ),
        (
            lambda t: t + "\n--- \na: 1\n",
            "line 41: it is deeper or longer than any cassette, or a second document begins",
        ),
        (lambda t: t.replace("  run: '11112222'", "  run: 1"), "line 28: `metadata.run` has to be text"),
        (
            lambda t: t.replace("  vendors:\n  - shop\n", "  vendors: a\n"),
            "line 28: `metadata.vendors` has to be a list",
        ),
        (lambda t: t.replace("  check:", "  checked:"), "line 28: `metadata` has to name one of check, test, shared"),
        (
            lambda t: re.sub("recorded: '.*'", "recorded: yesterday", t),
            "line 28: `recorded` has to be a time: 2026-11-28T09:00:00Z",
        ),
        (
            lambda t: t.replace("metadata:\n", "metadata:\n  clock: now\n"),
            "line 28: `metadata.clock` has to be a list of seconds",
        ),
        (
            lambda t: t.replace("environment: staging", "environment: production"),
            "line 28: it was recorded in production, and lies among the cassettes of staging",
        ),
        (
            lambda t: t.replace("check: limits_answer[shop]", "check: other[shop]"),
            "line 28: it belongs to golive-cassettes/staging/prerelease/checks/other/shop.yaml",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_line(lab: Lab, recorded: Path, change: object, told: str) -> None:
    """Whatever was done to the file."""
    recorded.write_text(change(recorded.read_text()))  # type: ignore[operator]

    assert problem(lab, recorded) == f"{NAME}, {told}"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "a: !!python/object/apply:os.system [touch owned]\n",
            "line 1: a tag is not allowed in a cassette, but !!binary",
        ),
        ("version: 1\na: !!python/name:os.system\n", "line 2: a tag is not allowed in a cassette, but !!binary"),
        ("a: !!python/tuple [1]\n", "line 1: a tag is not allowed in a cassette, but !!binary"),
        ("a: &a [x, x]\nb: [*a, *a]\n", "line 1: aliases and anchors are not allowed in a cassette"),
        ("a: *b\n", "line 1: aliases and anchors are not allowed in a cassette"),
        ("[" * 70 + "]" * 70, "line 1: it is deeper or longer than any cassette, or a second document begins"),
        ("a: !!binary '*'\nb: [\n", "line 3: this is not YAML: did not find expected node content"),
        ("a: \x00\n", "line 1: this is not YAML: unreadable characters"),
        ("a: 'secret-value-that-begins\n", "line 2: this is not YAML: found unexpected end of stream"),
    ],
)
def test_nothing_is_made_of_what_is_not_plain(lab: Lab, recorded: Path, text: str, told: str) -> None:
    """No object, no bomb, no flood; and the message repeats nothing that stands there."""
    recorded.write_text(text)

    assert problem(lab, recorded) == f"{NAME}, {told}"
    assert not Path("owned").exists()


def test_bytes_that_are_no_text(lab: Lab, recorded: Path) -> None:
    """Not taken for an empty file."""
    recorded.write_bytes(b"a: 1\nb: \xff\n")

    assert problem(lab, recorded) == f"{NAME}, line 2: this is not UTF-8 text"


def test_a_file_that_cannot_be_opened(lab: Lab, recorded: Path) -> None:
    """The system's reason is told."""
    recorded.unlink()
    recorded.mkdir()

    assert problem(lab, recorded) == f"{NAME} cannot be read: Is a directory"


@pytest.mark.parametrize(
    ("scope", "file"),
    [
        (Scope("checks", "limits_answer[shop]"), "checks/limits_answer/shop.yaml"),
        (Scope("checks", "reads[shop-a@live]"), "checks/reads/shop-a@live.yaml"),
        (Scope("checks", "bad[shop-a:missing]"), "checks/bad/shop-a-missing-3984e7.yaml"),
        (Scope("own", "tests/test_a.py::test_b[1]"), "own/tests-test_a.py-test_b-1-a55857.yaml"),
        (Scope("shared", "shop@live.example.chat"), "shared/shop@live.example.chat.yaml"),
    ],
)
def test_where_a_cassette_lies(tmp_path: Path, scope: Scope, file: str) -> None:
    """By its check and case; what no file may be called is told apart by a few digits."""
    shelf = Shelf(tmp_path / "golive-cassettes", "staging", "prerelease")

    assert shelf.path(scope).relative_to(shelf.folder).as_posix() == file


def test_long_names_are_cut_and_told_apart() -> None:
    """Two cases with the same beginning do not meet in one file."""
    one, other = slug("x" * 300 + "1"), slug("x" * 300 + "2")

    assert one != other
    assert len(one) < 100
