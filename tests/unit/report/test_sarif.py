from __future__ import annotations

import json

from jsonschema import Draft202012Validator

from pytest_golive.report.sarif import sarif
from pytest_golive.source.leaks import Leak

TEXT = {"type": "string", "minLength": 1}


def _object(required: list[str], **properties: object) -> dict[str, object]:
    return {"type": "object", "required": required, "properties": properties, "additionalProperties": False}


LOGICAL = {"type": "array", "items": _object(["fullyQualifiedName"], fullyQualifiedName=TEXT)}
PHYSICAL = _object(
    ["artifactLocation"],
    artifactLocation=_object(["uri"], uri={"type": "string", "pattern": "^[^ !]+$"}, uriBaseId=TEXT),
    region=_object(["startLine"], startLine={"type": "integer", "minimum": 1}),
)
LEVEL = {"enum": ["none", "note", "warning", "error"]}
RULE = _object(
    ["id"], id=TEXT, shortDescription=_object(["text"], text=TEXT), defaultConfiguration=_object([], level=LEVEL)
)
RESULT = _object(
    ["message"],
    ruleId=TEXT,
    ruleIndex={"type": "integer", "minimum": -1},
    level=LEVEL,
    message=_object(["text"], text=TEXT),
    locations={"type": "array", "items": _object([], physicalLocation=PHYSICAL, logicalLocations=LOGICAL)},
    partialFingerprints={"type": "object", "additionalProperties": TEXT},
    properties={"type": "object"},
)
RUN = _object(
    ["tool"],
    tool=_object(["driver"], driver=_object(["name"], name=TEXT, version=TEXT, rules={"type": "array", "items": RULE})),
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    results={"type": "array", "items": RESULT},
)
STRUCTURE = _object(
    ["version", "runs"],
    **{"$schema": TEXT, "version": {"const": "2.1.0"}, "runs": {"type": "array", "items": RUN, "maxItems": 1}},
)
"""What the format demands of the parts that are used here."""

LEAKS = (
    Leak("src/my app.py", 3, "timely.api_key", "[timely.api_key 0123456789ab]", "configured", "timely"),
    Leak("a.zip!b.js", 2, "a key of timely", "tly_live_*** (29 characters, fingerprint 0)", "pattern", "timely"),
    Leak("message of the commit", 7, "uppzy.api_key", "[uppzy.api_key 0]", "configured", commit="c" * 40),
    Leak("docs/x.md", 1, "a value for UPPZY_API_KEY", "up*** (18 characters)", "assigned", "uppzy", why="an example"),
    Leak("bot.py", 1, "Slack Token", "xo***", "generic", why="a general rule, and no key of a vendor"),
)


def test_a_log_has_the_structure_that_the_format_asks_for() -> None:
    Draft202012Validator(STRUCTURE).validate(json.loads(json.dumps(sarif(LEAKS, "0.1.0"))))
    Draft202012Validator(STRUCTURE).validate(sarif((), "0.1.0"))


def test_each_key_is_a_result_with_its_place() -> None:
    (run,) = sarif(LEAKS, "0.1.0")["runs"]
    names = [rule["id"] for rule in run["tool"]["driver"]["rules"]]

    assert [(each["ruleId"], names[each["ruleIndex"]] == each["ruleId"], each["level"]) for each in run["results"]] == [
        ("configured-secret", True, "error"),
        ("vendor-key", True, "error"),
        ("configured-secret", True, "error"),
        ("key-variable", True, "warning"),
        ("general-rule", True, "warning"),
    ]
    assert [each["locations"] for each in run["results"][:3]] == [
        [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": "src/my%20app.py", "uriBaseId": "SRCROOT"},
                    "region": {"startLine": 3},
                }
            }
        ],
        [
            {
                "physicalLocation": {"artifactLocation": {"uri": "a.zip", "uriBaseId": "SRCROOT"}},
                "logicalLocations": [{"fullyQualifiedName": "a.zip!b.js:2"}],
            }
        ],
        [{"logicalLocations": [{"fullyQualifiedName": "message of the commit"}]}],
    ]
    assert run["results"][2]["properties"] == {"masked": "[uppzy.api_key 0]", "commit": "c" * 40}
    assert run["results"][0]["message"] == {"text": "src/my app.py:3 holds timely.api_key"}


def test_a_key_is_known_again_by_its_place_and_not_by_its_line() -> None:
    before, moved, other = (
        Leak("a.py", line, "timely.api_key", masked, "configured")
        for line, masked in ((1, "[a]"), (9, "[a]"), (1, "[b]"))
    )
    prints = [each["partialFingerprints"] for each in sarif((before, moved, other), "0")["runs"][0]["results"]]

    assert prints[0] == prints[1] != prints[2]
