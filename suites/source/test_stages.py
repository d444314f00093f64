"""Each stage has a key of its own, wherever pipelines and deployments take it from."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_golive.golive import Golive
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.source.files import Searched
from pytest_golive.source.leaks import Leak
from pytest_golive.source.pipelines.stages import crossed, places_by_stage, shared
from pytest_golive.source.pipelines.uses import Use, stage_of_path

SHOWN = 5


def test_each_stage_takes_its_own_key(golive: Golive, planned: PlannedCheck) -> None:
    """No pipeline or deployment gives production and another stage the same key.

    If this fails: make a variable for each stage, or scope the one to environments, groups, contexts or namespaces.
    """
    uses = _uses(golive, planned)
    same = [f"{first.told()}, and so does {second.where} in {second.file}" for first, second in shared(uses)]
    golive.must(
        "production and other stages must not take one key",
        not same,
        expected="a variable, or a scope of it, for each stage",
        actual="; ".join(same[:SHOWN]),
    )
    wrong = [f"{use.told()}, although it is {_stage(use)}" for use in crossed(uses)]
    golive.must(
        "no stage may take the key of another one",
        not wrong,
        expected="names that tell the stage that takes them",
        actual="; ".join(wrong[:SHOWN]),
    )
    if not uses:
        golive.note(f"no file of a pipeline or a deployment here takes a key of {planned.vendor}")


def test_production_holds_no_test_key(golive: Golive, planned: PlannedCheck) -> None:
    """What production is configured with refers to no key of a test environment, and holds none.

    If this fails: give production its own key, and let nothing that is deployed there name another one.
    """
    uses = [use for use in crossed(_uses(golive, planned)) if use.stage == "production"]
    golive.must(
        "production must not take the key of another stage",
        not uses,
        expected="names of production's own keys",
        actual="; ".join(use.told() for use in uses[:SHOWN]),
    )
    found: Searched = golive.once("keys in files", lambda: golive.source.search(golive.searcher))
    held = [leak for leak in _in_production(found.leaks) if leak.vendor == planned.vendor and leak.production is False]
    golive.must(
        "no file of production may hold a key of a test environment",
        not held,
        expected="files without one",
        actual="; ".join(leak.told() for leak in held[:SHOWN]),
    )


def test_key_is_kept_in_one_place(golive: Golive, planned: PlannedCheck) -> None:
    """Each environment's key has a place of its own, and no second one.

    If this fails: delete the copy, let everything read from the one place, and replace the key that was copied.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    name = vendor.pack.authentication.credential
    mine = vendor.target.credential_sources.get(name, "")
    same = [
        other.name
        for other in golive.environments.values()
        if other.name != planned.environment
        and planned.vendor in other.targets
        and other.targets[planned.vendor].credential_sources.get(name) == mine
    ]
    golive.must(
        "every environment needs a place of its own for its key",
        golive.sandbox or not same,
        expected="a variable, file or command for each environment",
        actual=f"{planned.environment} and {', '.join(same)} read it from the {mine}",
    )
    for stage, places in places_by_stage(_uses(golive, planned)).items():
        if len(places) > 1:
            golive.warn(f"{stage} takes keys of {planned.vendor} from several places: {', '.join(places)}")


def _uses(golive: Golive, planned: PlannedCheck) -> list[Use]:
    uses: list[Use] = golive.once(
        ("uses of keys", planned.vendor), lambda: golive.source.uses(golive.searcher.shape(planned.vendor))
    )
    return uses


def _in_production(leaks: Sequence[Leak]) -> list[Leak]:
    return [leak for leak in leaks if stage_of_path(leak.path) == "production"]


def _stage(use: Use) -> str:
    return "production" if use.stage == "production" else "another stage"
