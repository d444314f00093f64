"""With xdist a run says the same, faster."""

from __future__ import annotations

from typing import Any

from tests.plugin.conftest import Project, Ran

OWN = """
@pytest.mark.postrotation
@pytest.mark.rule(id="SHOP-01", severity="minor", title="Fails, and matters little")
def test_minor(golive):
    assert golive.environment.name == "staging"

@pytest.mark.postrotation
@pytest.mark.parametrize("number", range(3))
def test_own(golive_credentials, number):
    assert "api_key" in golive_credentials["uppzy"]
"""


def decided(ran: Ran) -> dict[str, Any]:
    """Return what a run decided, by check."""
    return {each["check"]: (each["outcome"], each["severity"], each["rules"]) for each in ran.verdict["results"]}


def test_workers_change_nothing(project: Project) -> None:
    """The same checks, each once, the same results, the same verdict."""
    project.tests(OWN)

    alone = project.run("-m", "postrotation", "--env", "sandbox")
    spread = project.run("-m", "postrotation", "--env", "sandbox", "-n", "2")

    assert (alone.code, alone.word) == (spread.code, spread.word) == (0, "GO")
    assert decided(alone) == decided(spread)
    for ran in (alone, spread):
        assert "minor and info, not deciding: 1 failed" in ran.lines
    decisions = [fact["test"] for fact in spread.ledger if fact["fact"] == "decided" and fact["phase"] == "call"]
    assert len(decisions) == len(set(decisions))
