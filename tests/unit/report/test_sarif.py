from __future__ import annotations

import json

import pytest
from pydantic import ValidationError
from pydantic_sarif.model import StaticAnalysisResultsFormatSarifVersion210JsonSchema as Log

from pytest_golive.report.sarif import sarif
from pytest_golive.source.leaks import Leak

LEAKS = (
    Leak("src/my app.py", 3, "timely.api_key", "[timely.api_key 0123456789ab]", "configured", "timely"),
    Leak("a.zip!b.js", 2, "a key of timely", "tly_live_*** (29 characters, fingerprint 0)", "pattern", "timely"),
    Leak("message of the commit", 7, "uppzy.api_key", "[uppzy.api_key 0]", "configured", commit="c" * 40),
    Leak("docs/x.md", 1, "a value for UPPZY_API_KEY", "up*** (18 characters)", "assigned", "uppzy", why="an example"),
    Leak("bot.py", 1, "Slack Token", "xo***", "generic", why="a general rule, and no key of a vendor"),
)


def read(log: object) -> Log:
    """Read a log as the format's published JSON Schema 2.1.0 has it: nothing unknown, nothing of another type."""
    return Log.model_validate_json(json.dumps(log), strict=True)


@pytest.mark.parametrize("leaks", [LEAKS, ()], ids=["keys", "none"])
def test_a_log_fits_the_published_schema(leaks: tuple[Leak, ...]) -> None:
    """By the model that is generated from it, in which no object may hold what the schema does not name."""
    made = read(sarif(leaks, "0.1.0"))

    assert len(made.runs[0].results or ()) == len(leaks)


@pytest.mark.parametrize(
    "change",
    [{"level": "fatal"}, {"ruleIndex": "0"}, {"message": {}, "masked": "x"}, {"partialFingerprints": {"a": 1}}],
    ids=lambda change: next(iter(change)),
)
def test_the_published_schema_would_find_mistakes(change: dict[str, object]) -> None:
    log = sarif(LEAKS, "0.1.0")
    log["runs"][0]["results"][0].update(change)

    with pytest.raises(ValidationError):
        read(log)


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
