"""Which rules there are, for files that name them: of every vendor, whether or not an environment uses it."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from pytest_golive.facts.outcome import Severity
from pytest_golive.people.claims import claim_of
from pytest_golive.vendors.library import general_rules, packs, read_pack, read_rules
from pytest_golive.vendors.rule import Rule


@dataclass(frozen=True)
class KnownRules:
    """The rules of all packs.

    Attributes:
        books: by vendor, its own rules; those of every vendor under an empty name.
    """

    books: Mapping[str, tuple[Rule, ...]]

    @cached_property
    def by_id(self) -> Mapping[str, Rule]:
        """Every rule by its id."""
        return {rule.id: rule for book in self.books.values() for rule in book}

    @property
    def vendors(self) -> tuple[str, ...]:
        """The names of the vendors."""
        return tuple(name for name in self.books if name)

    def __contains__(self, rule: object) -> bool:
        return rule in self.by_id

    def may_be_the_teams(self, rule: str) -> bool:
        """Whether an id may be one of the team's own tests: no pack has ids that begin so."""
        return rule.partition("-")[0] not in self._prefixes

    def is_blocker(self, rule: str) -> bool:
        """Whether a known rule is a blocker."""
        return rule in self.by_id and self.by_id[rule].severity is Severity.BLOCKER

    def vouched_for(self, rule: str) -> bool:
        """Whether a person's word decides a rule, or may with `monitoring: {attested: true}`."""
        return claim_of("", self.by_id[rule]) is not None

    def unknown(self, rule: str) -> str:
        """Return what is said of an id that nobody has."""
        alike = [each for each in self.by_id if each.partition("-")[0] == rule.partition("-")[0]]
        close = difflib.get_close_matches(rule.upper(), alike or self.by_id, n=1)
        return f"no rule has the id {rule!r}{f'; did you mean {close[0]}?' if close else ''}"

    def sections(self, vendor: str) -> tuple[str, ...]:
        """Return the sections of a vendor's page, in its order."""
        return tuple(dict.fromkeys(rule.section for rule in self.books.get(vendor, ())))

    def section(self, vendor: str, section: str) -> tuple[Rule, ...]:
        """Return the rules of one section of a vendor's page."""
        return tuple(rule for rule in self.books.get(vendor, ()) if rule.section == section)

    def about_feature(self, vendor: str, feature: str) -> tuple[Rule, ...]:
        """Return the rules of a vendor that fall away with a feature."""
        return tuple(rule for rule in self.books.get(vendor, ()) if rule.needs.feature == feature)

    @cached_property
    def _prefixes(self) -> frozenset[str]:
        return frozenset({*(rule.partition("-")[0] for rule in self.by_id), "WH", "CL"})


def known_rules() -> KnownRules:
    """Return the rules of every pack, those a project brings included."""
    return KnownRules({**{vendor: read_rules(vendor) for vendor in packs()}, "": general_rules()})


def is_switched_off_by_hand(vendor: str, features: Mapping[str, bool], feature: str) -> bool:
    """Whether golive.yaml switches off what the pack supposes to be used."""
    declared = read_pack(vendor).features.get(feature)
    return declared is not None and declared.default and features.get(feature, True) is False
