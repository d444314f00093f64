"""What the pipelines do after they have deployed."""

from __future__ import annotations

from pytest_golive.credentials.search import tracked_files
from pytest_golive.golive import Golive
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.source.pipelines.deploys import Deploy, deploys_in
from pytest_golive.source.pipelines.flows import flows_in

SHOWN = 5
KEY = "source.repository"


def test_smoke_follows_each_deploy(golive: Golive, planned: PlannedCheck) -> None:
    """Every pipeline that deploys the service runs a smoke afterwards.

    If this fails: run `pytest -m prerelease`, or your own smoke, as the step after the deploy, so that red fails it.
    """
    found = _deploys(golive)
    stage = "production" if golive.environments[planned.environment].production else "test"
    mine = [deploy for deploy in found if deploy.stage in {"", stage}]
    deploys = mine or found
    if not deploys:
        golive.not_verified(f"no pipeline in {golive.repository.name} deploys anything that could be told", key=KEY)
    without = [each for each in deploys if not each.smoke]
    missing = [each for each in without if not each.maybe]
    golive.must(
        "a smoke has to follow each deploy",
        not missing,
        expected="a later step, or a job that waits for the deploy, which runs it",
        actual="; ".join(f"{each.place}: none follows {each.job}" for each in missing[:SHOWN]),
    )
    if without:
        golive.cannot_tell(
            "a smoke has to follow each deploy",
            expected="a step that is called smoke, or runs golive",
            actual="; ".join(f"{each.place}: {each.maybe} may be one" for each in without[:SHOWN]),
        )
    for each in deploys:
        if each.lax:
            golive.warn(f"{each.smoke}: a red smoke would not fail the pipeline")
    golive.note(f"smokes: {', '.join(dict.fromkeys(each.smoke for each in deploys))}")


def _deploys(golive: Golive) -> tuple[Deploy, ...]:
    def made() -> tuple[Deploy, ...]:
        files = tracked_files(golive.repository)
        return deploys_in(flows_in(files, golive.repository), golive.repository, files)

    found: tuple[Deploy, ...] = golive.once("deploys", made)
    return found
