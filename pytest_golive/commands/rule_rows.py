"""What `golive rules` knows of each rule: who decides it, and what it still waits for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel

from pytest_golive.facts.outcome import Suite
from pytest_golive.manifest.model import Environment, Manifest
from pytest_golive.people.gaps import declared
from pytest_golive.readiness.client_cases import ClientCase
from pytest_golive.readiness.handler_cases import HandlerCase
from pytest_golive.readiness.plan import Ground, Plan, PlannedRule, landed, make_plan
from pytest_golive.vendors.library import general_rules, read_pack, read_rules
from pytest_golive.vendors.rule import Rule

CHECK = "check"
IN_PART = "in part"
NO_CHECK = "no check yet"
NOT_APPLICABLE = "not applicable"

STATES = (CHECK, IN_PART, NO_CHECK, NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class Row:
    """One rule.

    Attributes:
        rule: what has to hold.
        vendor: for which vendor; None for every vendor.
        state: `check`, `in part`, `no check yet` or `not applicable`.
        undecided: kinds of its parts that this version cannot carry out.
        waits_for: keys that golive.yaml does not have, as dotted paths.
        not_applicable: why it does not apply; empty where it does.
    """

    rule: Rule
    vendor: str | None
    state: str
    undecided: tuple[str, ...] = ()
    waits_for: tuple[str, ...] = ()
    not_applicable: str = ""

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kinds of the parts that decide it, each once."""
        return tuple(dict.fromkeys(part.kind for part in self.rule.decided_by))

    @property
    def open(self) -> bool:
        """Whether something is missing before it is decided as a whole."""
        return self.state in {IN_PART, NO_CHECK} or bool(self.waits_for)

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        rule = self.rule
        return {
            "id": rule.id,
            "vendor": self.vendor,
            "title": rule.title,
            "severity": rule.severity.value,
            "suites": [suite.value for suite in rule.suites],
            "about": rule.about,
            "stage": rule.stage,
            "state": self.state,
            "decided_by": [{"kind": part.kind, "what": getattr(part, part.kind)} for part in rule.decided_by],
            "waits_for": list(self.waits_for),
            "not_applicable": self.not_applicable or None,
        }


@dataclass(frozen=True, slots=True)
class Told:
    """What golive.yaml says, as far as one of its environments is concerned. No value is read from anywhere.

    Attributes:
        manifest: the file.
        name: the environment.
    """

    manifest: Manifest
    name: str

    @property
    def environment(self) -> Environment:
        """The environment's part of the file."""
        return self.manifest.environments[self.name]

    def features(self, vendor: str) -> Mapping[str, bool]:
        """Return which parts of a vendor's API are used: as the file says, else as the pack supposes."""
        target = self.environment.vendors.get(vendor)
        given = target.features if target is not None else {}
        return {name: given.get(name, feature.default) for name, feature in read_pack(vendor).features.items()}

    def absent(self, rule: Rule, vendor: str) -> Iterator[str]:
        """Yield the keys a rule needs and the file does not have."""
        for key in rule.needs.keys:
            place, there = self._look(key, vendor)
            if not there:
                yield place
        target = self.environment.vendors.get(vendor)
        place = f"environments.{self.name}.vendors.{vendor}"
        if target is None:
            yield place
            return
        yield from (f"{place}.{name}" for name in rule.needs.credentials if name not in target.credentials)
        yield from (f"{place}.ids.{name}" for name in rule.needs.ids if name not in target.ids)
        yield from (f"{place}.settings.{name}" for name in rule.needs.settings if name not in target.settings)
        called = target.uses or any(client.vendor == vendor for client in self.manifest.clients.values())
        if any(part.each == "privileged" for part in rule.decided_by) and not called:
            yield f"{place}.uses"

    def forbidden(self, allowances: Sequence[str]) -> Iterator[str]:
        """Yield what would have to be allowed, where the environment is production."""
        if self.environment.production:
            for name in sorted(set(allowances) - set(self.environment.allow)):
                yield f"environments.{self.name}.allow: [{name}]"

    def _look(self, key: str, vendor: str) -> tuple[str, bool]:
        """Return the whole path of a key that a rule names, and whether something stands there."""
        head = key.partition(".")[0]
        if key == "releases_to" and self.environment.production:
            return key, True  # a release ends here
        if head in Environment.model_fields:
            return f"environments.{self.name}.{key}", _there(self.environment, key)
        if head in {"clients", "handlers"}:
            return key, any(program.vendor == vendor for program in getattr(self.manifest, head).values())
        return key, _there(self.manifest, key)


def rows_of(vendors: Sequence[str], suites: frozenset[Suite], told: Told | None) -> tuple[Row, ...]:
    """Return the rules of these vendors, then those of every vendor, as far as these suites have them.

    Args:
        vendors: at least one name.
        suites: when a rule has to be looked at.
        told: golive.yaml and the environment; None where there is none.
    """
    books = [(read_pack(vendor), (*read_rules(vendor), *general_rules())) for vendor in vendors]
    plan = make_plan(_ground(vendors, suites, told), books)
    own = {rule.id for vendor in vendors for rule in read_rules(vendor)}
    rows: dict[str, Row] = {}
    for planned in plan.rules:
        row = _row(planned, plan, told)
        known = rows.setdefault(row.rule.id, row if row.rule.id in own else replace(row, vendor=None))
        rows[row.rule.id] = replace(known, waits_for=tuple(dict.fromkeys([*known.waits_for, *row.waits_for])))
    general = [rule for rule in general_rules() if suites & set(rule.suites)]
    for rule in general:
        # What is only planned once golive.yaml asks for it is a rule all the same.
        rows.setdefault(rule.id, Row(rule, None, CHECK))
    order = [rule.id for rule in general]
    return tuple(sorted(rows.values(), key=lambda row: order.index(row.rule.id) if row.rule.id in order else -1))


def _ground(vendors: Sequence[str], suites: frozenset[Suite], told: Told | None) -> Ground:
    if told is None:
        return Ground(environment="", suites=suites)
    return Ground(
        environment=told.name,
        suites=suites,
        production=told.environment.production,
        releases_to=told.environment.releases_to,
        forbidden={vendor: target.forbidden for vendor, target in told.environment.vendors.items()},
        features={vendor: told.features(vendor) for vendor in vendors},
        handlers=tuple(
            HandlerCase(
                name,
                handler.vendor,
                handler.auth,
                production=told.environment.production and handler.url is not None,
                deployed=handler.url is not None,
            )
            for name, handler in told.manifest.handlers.items()
        ),
        clients=tuple(
            ClientCase(name, client.vendor, client.operations) for name, client in told.manifest.clients.items()
        ),
        allow=told.environment.allow,
        not_applicable=declared(told.manifest, told.name),
    )


def _row(planned: PlannedRule, plan: Plan, told: Told | None) -> Row:
    rule = planned.rule
    row = Row(rule, planned.vendor, _state(planned), not_applicable=planned.not_applicable)
    if planned.not_applicable:
        return row
    undecided = tuple(dict.fromkeys(part.kind for part in rule.decided_by if not landed(part)))
    waits: tuple[str, ...] = ()
    if told is not None:
        allowances = [allowance for check in planned.checks if (allowance := plan.checks[check].allow)]
        waits = (*told.absent(rule, planned.vendor), *told.forbidden(allowances))
    return replace(row, undecided=undecided, waits_for=waits)


def _state(planned: PlannedRule) -> str:
    if planned.not_applicable:
        return NOT_APPLICABLE
    if not planned.undecided:
        return CHECK
    return IN_PART if len(planned.undecided) < len(planned.rule.decided_by) else NO_CHECK


def _there(value: object, dotted: str) -> bool:
    around: object = None
    for part in dotted.split("."):
        around, value = value, value.get(part) if isinstance(value, Mapping) else getattr(value, part, None)
    # What may be missing and is written as empty, as a list of other services, is an answer.
    fields = around.__class__.model_fields if isinstance(around, BaseModel) else {}
    if value == () and part in fields and fields[part].default is None:
        return True
    return value not in (None, "", (), {})
