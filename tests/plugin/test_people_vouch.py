"""What people vouch for, as tests of a run: attested, not verified with the line to type, or failed."""

from __future__ import annotations

import pytest

from tests.plugin.conftest import Project, Ran
from tests.plugin.people_project import day, prerelease, word, words
from tests.unit.people.repository import repository

ASKED = "TIM-24"


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Timely's key, which no test here uses."""
    monkeypatch.setenv("SHOP_KEY", "tly_live_0123456789abcdefghij")


def told(ran: Ran, rule: str = ASKED) -> tuple[str, str]:
    """Return outcome of a rule, and why."""
    found = next(each for each in ran.partial["rules"] if each["rule"] == rule)
    return found["outcome"], found["why"]


def test_a_word_decides_a_rule(project: Project) -> None:
    """Attested: it is neither a pass of a program nor a gap; who said it stands in the verdict file."""
    words(project, word(ASKED))

    ran = prerelease(project, "--golive-only", ASKED)

    assert told(ran)[0] == "attested"
    assert ran.result.parseoutcomes() == {"passed": 1}
    (entry,) = ran.partial["attestations"]
    assert (entry["by"], entry["role"], entry["state"]) == ("Ana <ana@shop.example>", "QA lead", "holds")
    assert entry["until"] == day(89)


def test_nobody_vouched(project: Project) -> None:
    """Skipped, with the line to type."""
    words(project)

    ran = prerelease(project, "--golive-only", ASKED)

    assert told(ran) == (
        "not_verified",
        (
            "A named attendant has received the notification of a handover, and answered it: "
            "nobody has vouched for it; type: golive attest TIM-24"
        ),
    )
    assert ran.result.parseoutcomes() == {"skipped": 1}


def test_a_word_that_is_over(project: Project) -> None:
    """Not verified, since nothing is known now."""
    words(project, word(ASKED, -100))

    assert told(prerelease(project, "--golive-only", ASKED))[0] == "not_verified"


def test_a_word_that_ends_soon(project: Project) -> None:
    """Warned."""
    words(project, word(ASKED, -85))

    outcome, why = told(prerelease(project, "--golive-only", ASKED))

    line = f"the word of Ana <ana@shop.example> on TIM-24 ends on {day(5)}; type: golive attest TIM-24"
    assert (outcome, why) == ("warned", line)


def test_evidence_that_was_changed(project: Project) -> None:
    """Failed: it is not what it was."""
    words(project, word(ASKED, evidence="proof.txt", sha256="0" * 64))
    project.write("proof.txt", "x")

    outcome, why = told(prerelease(project, "--golive-only", ASKED))

    assert outcome == "failed"
    assert why.startswith(
        "a person has to vouch for it, with evidence that is still what it was; seen: attestations.yaml:3: "
        "the evidence proof.txt is not what it was: its SHA-256 is 2d711642"
    )


def test_the_author_does_not_review(project: Project) -> None:
    """Who wrote the change may not sign what reviews it."""
    words(project, word("TIM-22"))
    repo = repository(project.folder)
    repo.commit("shop.py", "Ana Souza <ana@shop.example>")

    ran = prerelease(project, "--golive-only", "TIM-22")

    reasons = [each for each in ran.partial["results"] if "person_vouches" in each["check"]]
    assert reasons[0]["outcome"] == "failed"
    assert reasons[0]["finding"]["actual"] == (
        "attestations.yaml:3: Ana <ana@shop.example> wrote a part of the change, so git; somebody else has to look"
    )


def test_dashboards_that_a_person_looked_at(project: Project) -> None:
    """With `monitoring: {attested: true}` a person vouches for what golive cannot read."""
    words(project, word("TIM-20"), more="monitoring: {attested: true}")

    ran = prerelease(project, "--golive-only", "TIM-20")

    found = [each["check"] for each in ran.partial["results"] if each["outcome"] == "attested"]
    assert found == ["golive/people/test_words.py::test_person_vouches[TIM-20]"]


def test_a_made_up_word_is_refused(project: Project) -> None:
    """The example's records count in the sandbox only."""
    words(project, word(ASKED, example="true"))

    ran = prerelease(project, "--golive-only", ASKED)

    line = "attestations.yaml:3: attestations[0].example: is made up for the sandbox; a person has to vouch for it here"
    assert (ran.code, ran.lines[-1]) == (4, f"ERROR: {line}")


@pytest.mark.parametrize(
    ("deployment", "outcome", "why"),
    [
        ("", "pending", "due after the deploy, which environments.production.deployment.deployed tells"),
        (
            "deployment: {{deployed: {ahead}}}",
            "pending",
            "due after the deploy, which environments.production.deployment.deployed tells",
        ),
        ("deployment: {{deployed: {today}}}", "pending", f"due after the deploy, until {day(2)}"),
        (
            "deployment: {{deployed: {late}}}",
            "failed",
            (
                "a person has to vouch for it, with evidence that is still what it was; seen: overdue: "
                f"due within 2 days after the deploy of {day(-3)}: nobody has vouched for it; "
                "type: golive attest TIM-27"
            ),
        ),
    ],
)
def test_what_follows_the_deploy(project: Project, deployment: str, outcome: str, why: str) -> None:
    """Pending before it and for some days after it; then it is overdue, and fails."""
    filled = deployment.format(ahead=day(1), today=day(0), late=day(-3))
    words(project, deployment=filled)

    ran = prerelease(project, "--golive-only", "TIM-27")

    assert told(ran, "TIM-27") == (outcome, why)


def test_what_follows_the_deploy_was_said(project: Project) -> None:
    """Then it is attested, before the deploy too: watchers are named ahead."""
    words(project, word("TIM-27"))

    assert told(prerelease(project, "--golive-only", "TIM-27"), "TIM-27")[0] == "attested"


def test_a_feature_with_blockers_is_not_switched_off_alone(project: Project) -> None:
    """What nobody agreed to is not verified, and names the entry that is missing."""
    words(project)
    text = (project.folder / "golive.yaml").read_text()
    project.write("golive.yaml", text.replace("ids: {", "features: {webhooks: false}, ids: {", 1))

    ran = prerelease(project, "--golive-only", "TIM-05,TIM-16")

    assert told(ran, "TIM-05") == (
        "not_verified",
        (
            "the feature webhooks is switched off, and with it a blocker: not_applicable needs an entry "
            "{feature: webhooks, vendor: timely, reason: …, by: …, approver: …, until: …}"
        ),
    )
    assert told(ran, "TIM-16")[0] == "not_applicable"


def test_a_blocker_that_does_not_apply_is_told_first(project: Project) -> None:
    """Like a waiver, with who agreed until when."""
    entry = f"{{rule: TIM-22, reason: no agent, by: Ben, approver: Ana, until: {day(60)}}}"
    words(project, more=f"not_applicable: [{entry}]")

    ran = prerelease(project, "--golive-only", "TIM-22")

    assert told(ran, "TIM-22")[0] == "not_applicable"
    unknown = "whether Ana wrote a part of the change cannot be told: the files lie in no git repository"
    assert f"not applicable TIM-22: no agent (accepted by Ana until {day(60)}); {unknown}" in ran.lines
    assert [each["name"] for each in ran.partial["accepted"]] == ["TIM-22"]
