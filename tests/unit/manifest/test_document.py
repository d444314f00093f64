from pathlib import Path

import pytest

from pytest_golive.manifest.document import dotted, parse_scalar, read_document
from pytest_golive.manifest.mistake import Mistakes


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "golive.yaml"


def mistakes(path: Path, text: str | bytes) -> str:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(Mistakes) as told:
        read_document(path)
    return str(told.value)


def data(path: Path, text: str) -> object:
    path.write_text(text, encoding="utf-8")
    return read_document(path).data


def test_lines_are_those_of_keys_and_items(path: Path) -> None:
    """What is not there has the line of the nearest thing around it."""
    path.write_text("a:\n  b:\n    - x\n    - c: 1\n\nd: 2\n")
    document = read_document(path)

    assert document.data == {"a": {"b": ["x", {"c": 1}]}, "d": 2}
    assert document.lines == {
        (): 1,
        ("a",): 1,
        ("a", "b"): 2,
        ("a", "b", 0): 3,
        ("a", "b", 1): 4,
        ("a", "b", 1, "c"): 4,
        ("d",): 6,
    }
    assert document.line(["a", "b", 1, "c"]) == 4
    assert document.line(["a", "b", 7, "x"]) == 2
    assert document.line(["nothing"]) == 1
    assert dotted(["a", "b", 1, "c"]) == "a.b[1].c"


def test_only_what_json_calls_a_number_or_boolean_is_one(path: Path) -> None:
    """The traps of YAML 1.1 stay text."""
    texts = ["yes", "no", "on", "off", "y", "12:30", "0123", "0x1F", "1_000", "2026-11-21", ".inf", "1.", "="]

    assert data(path, "a: [" + ", ".join(texts) + "]") == {"a": texts}
    assert data(path, "a: [true, False, null, ~, -7, 0, 1.5, 1e3, -0.5E-2]") == {
        "a": [True, False, None, None, -7, 0, 1.5, 1000.0, -0.005]
    }
    assert data(path, "a:\nb: x") == {"a": None, "b": "x"}


def test_quotes_and_plain_tags_say_the_kind(path: Path) -> None:
    """What is quoted is text, and `!!str` is the same."""
    assert data(path, "a: ['true', \"1\", !!str 1, !!int '7', !!null x]") == {"a": ["true", "1", "1", 7, None]}


@pytest.mark.parametrize(
    ("text", "value"),
    [("true", True), ("7", 7), ("1.5", 1.5), ("", None), ("yes", "yes"), ("0123", "0123"), ("a: b", "a: b")],
)
def test_a_variable_is_read_as_a_plain_value(text: str, value: object) -> None:
    """The text of an environment variable means what it would mean in the file."""
    assert parse_scalar(text) == value


def test_a_number_of_thousands_of_digits_stays_text() -> None:
    """Python refuses to convert it; nothing is lost."""
    assert parse_scalar("9" * 5000) == "9" * 5000


def test_anchors_and_merge_keys_are_fine(path: Path) -> None:
    """A key of the mapping itself wins over a merged one, the first merged one over the next."""
    text = "a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc:\n  <<: [*a, *b]\n  x: 3\nd: {<<: *b}\ne: *a\n"

    assert data(path, text) == {
        "a": {"x": 1, "y": 1},
        "b": {"y": 2, "z": 2},
        "c": {"x": 3, "y": 1, "z": 2},
        "d": {"y": 2, "z": 2},
        "e": {"x": 1, "y": 1},
    }


def test_a_file_that_is_not_there(path: Path) -> None:
    """The message names the place that was looked at."""
    with pytest.raises(Mistakes) as told:
        read_document(path)

    assert str(told.value) == f"golive.yaml is not there: {path}"


def test_a_file_that_cannot_be_read(path: Path) -> None:
    """A folder of that name, or missing rights."""
    path.mkdir()
    with pytest.raises(Mistakes) as told:
        read_document(path)

    assert str(told.value) == f"golive.yaml cannot be read: Is a directory: {path}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"a: 1\nb: \xff\n", "golive.yaml:2: this is not UTF-8 text"),
        ("", "golive.yaml:1: the file has to be a mapping of keys and values at its top level"),
        ("\n- a\n", "golive.yaml:2: the file has to be a mapping of keys and values at its top level"),
        ("a: 1\nb: [1\n", "golive.yaml:3: this is not YAML: expected ',' or ']', but got '<stream end>'"),
        ("a: b: c\n", "golive.yaml:1: this is not YAML: mapping values are not allowed here"),
        ("a:\n\t- b\n", "golive.yaml:2: this is not YAML: lines are indented with spaces, and here is a tab"),
        ("a: 1\nb: \x07\n", "golive.yaml:2: the character U+0007 is not allowed in YAML"),
        (
            "a: 1\n---\nb: 2\n",
            "golive.yaml:2: a second document begins here; the file has to be a single one",
        ),
        (
            "a: *s3cr3tvalue\n",
            "golive.yaml:1: no anchor (&name) defines this alias; put a text that begins with * in quotes",
        ),
        (
            "a: !s3cr3t!value x\n",
            "golive.yaml:1: this is not YAML: found undefined tag handle what stands here",
        ),
        (
            "a: !!python/object/apply:os.system [ls]\n",
            "golive.yaml:1: a tag is not allowed here; put a text that begins with ! in quotes",
        ),
        (
            "a: !!timestamp 1\n",
            "golive.yaml:1: a tag is not allowed here; put a text that begins with ! in quotes",
        ),
        ("a: !!int x\n", "golive.yaml:1: this is not what its tag !!int says"),
        ("a: !!bool yes\n", "golive.yaml:1: this is not what its tag !!bool says"),
        ("7: a\n", "golive.yaml:1: a key has to be text; put it in quotes"),
        ("? [a]\n: b\n", "golive.yaml:1: a key has to be text, not a list or a mapping"),
        ("a: {<<: 7}\n", "golive.yaml:1: '<<' merges mappings only"),
        ("a: &a {<<: &b {c: 1}}\nd: {<<: *a}\n", "golive.yaml:1: a merged mapping may not merge another one"),
    ],
)
def test_what_is_not_plain_yaml_is_refused(path: Path, text: str | bytes, message: str) -> None:
    """One sentence with its line, and nothing of what stands there."""
    assert mistakes(path, text) == message


def test_all_duplicate_keys_are_told_with_both_lines(path: Path) -> None:
    """YAML readers take the last one in silence."""
    assert mistakes(path, "a: 1\nb:\n  c: 1\n  c: 2\na: 3\n") == (
        "golive.yaml:4: the key c is already given in line 3\ngolive.yaml:5: the key a is already given in line 1"
    )


def test_an_alias_bomb_is_refused(path: Path) -> None:
    """Nine lines that stand for a billion values cost nothing."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]

    assert mistakes(path, "\n".join(lines)) == (
        "golive.yaml:1: the file holds more than 10000 values, counting what its aliases repeat"
    )


def test_a_merge_bomb_is_refused(path: Path) -> None:
    """Merging the same mapping over and over counts too."""
    text = "a: &a {x: 1}\nb: {<<: [" + ", ".join(["*a"] * 10_001) + "]}\n"

    assert mistakes(path, text) == (
        "golive.yaml:1: the file holds more than 10000 values, counting what its aliases repeat"
    )


@pytest.mark.parametrize("text", ["a: " + "[" * 60 + "]" * 60, "a: " + "[" * 2000, "a: &a [*a]"])
def test_bottomless_nesting_is_refused(path: Path, text: str) -> None:
    """Deep, very deep, and a list that holds itself."""
    assert mistakes(path, text) == "golive.yaml:1: values are nested more than 50 deep"
