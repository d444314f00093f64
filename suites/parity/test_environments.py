"""Whether this environment and the one it releases to behave alike, and keep apart what belongs to each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from pytest_golive.contract.likeness import known_fields, unlike_parts
from pytest_golive.exchange.call import path_names
from pytest_golive.exchange.cleaning import items_of
from pytest_golive.exchange.vendor import Vendor
from pytest_golive.facts.body_path import at
from pytest_golive.facts.outcome import Evidence
from pytest_golive.golive import Golive
from pytest_golive.manifest.values import is_loopback_url
from pytest_golive.readiness.cases import path_id, reads_by_itself
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.vendors.operation import Parity

SHOWN = 5


def test_reads_are_alike_in_both_environments(golive: Golive, planned: PlannedCheck) -> None:
    """The same reading call is answered alike here and where a release goes.

    If this fails: what works here may break there; find out which of the two has the contract's shape.
    """
    here, there, name = _both(golive, planned)
    mine = here.call(name, **golive.examples(planned.vendor).arguments(name))
    other = there.call(name, **golive.examples(planned.vendor, there.permit.environment).arguments(name))
    mine.must_succeed()
    told = f"be answered in {there.permit.environment} as it is in {here.permit.environment}"
    other.must(told, mine.status == other.status, actual=f"{mine.status} here, {other.told} there")
    fields = known_fields(here.judge(here.operation(name).response.json_schema).schema)
    unlike = unlike_parts(mine.json, other.json, fields)
    if unlike:
        other.differs(Evidence.ASSUMED, told, "; ".join(unlike[:SHOWN]), mine.schema_file)


def test_configuration_is_in_both_environments(golive: Golive, planned: PlannedCheck) -> None:
    """What is configured here is there too, found by its natural key, with the same values.

    If this fails: create what the finding names in the environment a release goes to, with the same values.
    """
    here, there, name = _both(golive, planned)
    parity = here.operation(name).parity
    assert parity is not None, "the plan asks only for configuration"
    arguments = golive.examples(planned.vendor).arguments(name)
    mine = _by_key(items_of(here, name, **arguments), parity)
    elsewhere = golive.examples(planned.vendor, there.permit.environment).arguments(name)
    other = _by_key(items_of(there, name, **elsewhere), parity)
    lacking = [key for key in mine if key not in other]
    golive.must(
        f"the {parity.title} of {here.permit.environment} have to be in {there.permit.environment}, too",
        not lacking,
        expected=f"all {len(mine)} found by {', '.join(parity.natural_key)}",
        actual=f"{len(lacking)} are missing: {', '.join(map(_told, lacking[:SHOWN]))}",
    )
    differing = [
        f"{_told(key)}: {path} is {at(item, path)!r} here, {at(other[key], path)!r} there"
        for key, item in mine.items()
        for path in parity.compare
        if at(item, path) != at(other[key], path)
    ]
    golive.must(
        f"the {parity.title} of both environments have to be alike",
        not differing,
        expected=f"equal {', '.join(parity.compare)}",
        actual="; ".join(differing[:SHOWN]),
    )


def test_ids_of_one_environment_are_refused_by_the_other(golive: Golive, planned: PlannedCheck) -> None:
    """A thing of this environment cannot be read in the other one, and the other way round.

    If this fails: the two are not apart; nothing that is tested here may hold data of real customers.
    """
    here, there, name = _both(golive, planned)
    _must_be_foreign(golive, planned, here, there, name)
    if reads_by_itself(here.pack, here.operation(name)):
        _must_be_foreign(golive, planned, there, here, name)


def test_production_is_addressed_rightly(golive: Golive, planned: PlannedCheck) -> None:
    """Production is called at the vendor's documented address with a key of production, and nothing else is.

    If this fails: correct base_url or the key of the environment the finding names, here and in the deployment.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    where = golive.environments[planned.environment]
    credential = vendor.pack.credentials[vendor.pack.authentication.credential]
    url, due = vendor.base_url.rstrip("/"), vendor.pack.base_url.production
    if where.production and not is_loopback_url(url):
        golive.must(
            f"{where.name} has to call the vendor's production address",
            (urlsplit(url).scheme, urlsplit(url).netloc, urlsplit(url).path) == _parts(due),
            expected=due,
            actual=vendor.base_url,
        )
    key = vendor.key(vendor.pack.authentication.credential)
    production, test = credential.production_prefix, credential.test_prefix
    begins = key.reveal().startswith
    if where.production:
        right = (production is None or begins(production)) and not (test is not None and begins(test))
        expected = f"a key that begins with {production}" if production else f"none that begins with {test}"
    else:
        # A vendor may have further kinds of keys: only one that is surely production's is wrong here.
        right, expected = production is None or not begins(production), f"none that begins with {production}"
    golive.must(
        f"{where.name} has to be called with a key of its own kind",
        right,
        expected=expected,
        actual=f"the key {key.fingerprint} is of another kind",
    )


def _parts(url: str) -> tuple[str, str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc, parts.path


def _both(golive: Golive, planned: PlannedCheck) -> tuple[Vendor, Vendor, str]:
    there = golive.releases_to
    assert there is not None, "the plan compares only where there is an environment to compare with"
    assert planned.operation is not None, "this check is planned per operation"
    return golive.vendor(planned.vendor), golive.vendor(planned.vendor, there), planned.operation


def _must_be_foreign(golive: Golive, planned: PlannedCheck, owner: Vendor, asked: Vendor, name: str) -> None:
    """Take the id of something in one environment, and ask for it in the other."""
    __tracebackhide__ = True
    refused, argument = owner.pack.errors.foreign_id, path_id(owner.pack, owner.operation(name))
    assert refused is not None, "the plan asks only where the pack says how it is refused"
    assert argument is not None, "the plan asks only for operations that read one thing"
    arguments = golive.examples(planned.vendor, owner.permit.environment).arguments(name)
    # What a thing belongs to is part of its address, too: the site of an integration.
    belongs = {each: owner.id(each) for each in path_names(owner.operation(name)) if each in owner.pack.ids}
    answer = asked.call(name, **belongs, **arguments)
    told = f"refuse in {asked.permit.environment} a {argument} of {owner.permit.environment}"
    answer.must_be_refused_as(told, refused)


def _by_key(items: list[Mapping[str, Any]], parity: Parity) -> dict[tuple[object, ...], Mapping[str, Any]]:
    """Return the configured items by natural key, without what runs of golive made."""
    kept = [item for item in items if all(at(item, path) == value for path, value in parity.where.items())]
    keys = {tuple(at(item, path) for path in parity.natural_key): item for item in kept}
    return {key: item for key, item in keys.items() if not any("golive_" in str(part) for part in key)}


def _told(key: tuple[object, ...]) -> str:
    return " / ".join(map(str, key))
