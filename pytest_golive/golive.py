"""What the ``golive`` fixture gives: everything a check needs, the shipped ones and a team's own alike."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import httpx

from pytest_golive.cassettes.draws import Draws
from pytest_golive.cassettes.recordings import Recordings
from pytest_golive.cassettes.shelf import Shelf
from pytest_golive.cassettes.transport import pausing
from pytest_golive.clients.lab import Lab as ClientLab
from pytest_golive.clients.labs import Labs as ClientLabs
from pytest_golive.credentials.redaction import Redactor
from pytest_golive.exchange.deployment import Others, fetch_report, fingerprints_in, lacking_in, others_of
from pytest_golive.exchange.examples import Examples
from pytest_golive.exchange.journal import Journal
from pytest_golive.exchange.pace import Budgets, limits_of
from pytest_golive.exchange.permit import Permit
from pytest_golive.exchange.vendor import Vendor
from pytest_golive.facts.current import carry, current
from pytest_golive.facts.finding import CannotTell, CheckFailed, Finding, NotVerified
from pytest_golive.facts.once import Once
from pytest_golive.facts.scope import Scope, for_all
from pytest_golive.handlers.lab import Lab
from pytest_golive.handlers.labs import Labs
from pytest_golive.manifest.environment import CallBudget, Environment
from pytest_golive.manifest.questions import Questions, read_questions
from pytest_golive.papers.named import Papers
from pytest_golive.review.reviews import MISSING, Reviews
from pytest_golive.review.sources.records import VendorRecords, records_of
from pytest_golive.rotation.past import Past
from pytest_golive.rotation.probing import probe
from pytest_golive.source.files import SourceFiles, searcher_for
from pytest_golive.source.leaks import Leak
from pytest_golive.source.sightings import Searcher
from pytest_golive.vendors.library import read_pack


class Golive:
    """Leads a test to the vendors of the chosen environment. Session-scoped and thread-safe.

    Attributes:
        environment: the chosen environment.
        environments: it and the one it releases to, by name.
        run: id of this run; part of every name :meth:`fresh` gives.
        process: xdist's name of this worker, empty without xdist.
        repository: the integration's files.
        source: the same, with their history and what is delivered of them.
        papers: runbooks, owners and what else golive.yaml names under `operations`.
        pause: waits a number of seconds; not at all in a replay, where nothing is under way.
        shelf: the recordings of the chosen environment, as they lie there.
        recordings: what plays and records the calls of this run; None where all are asked and none is kept.
        draws: gives names and random values that a replay gives again.
        collected_rules: ids that the markers of all collected tests name; None where only part of them was collected.
        questions_file: what the assistant is asked; None where golive.yaml names nothing.
        labs: the team's webhook handlers.
        clients: the team's API clients.
        past: what earlier runs and `golive rotate begin` left.
    """

    def __init__(  # noqa: PLR0913  # everything a check may ask for
        self,
        environments: Mapping[str, Environment],
        chosen: str,
        *,
        run: str,
        sandbox: bool,
        redactor: Redactor,
        journal: Journal,
        repository: Path,
        process: str = "",
        recordings: Recordings | None = None,
        shelf: Shelf | None = None,
    ) -> None:
        self.environments = environments
        self.environment = environments[chosen]
        self.run = run
        self.process = process
        self.budgets = Budgets()
        self.repository = repository
        self.source = SourceFiles(repository, repository)
        self.papers = Papers(repository)
        self.questions_file: Path | None = None
        self.collected_rules: frozenset[str] | None = None
        self.sandbox = sandbox
        self.redactor = redactor
        self.journal = journal
        self._lock = threading.Lock()
        self._vendors: dict[tuple[str, str], Vendor] = {}
        self._shared = Once()
        self.labs = Labs()
        self.clients = ClientLabs()
        self._reviews = Reviews()
        self.past = Past()
        self.pause = pausing(recordings)
        self.shelf = shelf
        self.recordings = recordings
        # A recording is made by one process, and has to be played by any number of them.
        self.draws = Draws(self._run_of, "" if recordings is not None else process)

    @property
    def reviews(self) -> Reviews:
        """What the team's metrics or logs say about its traffic, else what the vendors keep of it."""
        return self._reviews

    @reviews.setter
    def reviews(self, reviews: Reviews) -> None:
        reviews.records = self.records
        self._reviews = reviews

    def records(self, vendor: str, environment: str) -> VendorRecords | None:
        """Return what a vendor itself keeps of the traffic in an environment; None where it keeps nothing."""
        return records_of(self.vendor(vendor, environment), self.once, MISSING)

    def vendor(self, name: str, environment: str | None = None) -> Vendor:
        """Return a vendor to call.

        Args:
            name: as golive.yaml writes it.
            environment: where; default: the chosen one. Elsewhere only reading is possible.

        Raises:
            LookupError: the chosen environment has no such vendor.
            NotVerified: another environment does not have it.
        """
        where = self.environments[environment or self.environment.name]
        if name not in where.targets and where is not self.environment:
            place = f"environments.{where.name}.vendors.{name}"
            raise NotVerified(f"{place} is missing: nothing can be looked at there", key=place)
        if name not in where.targets:
            raise LookupError(f"{where.name} has no vendor {name!r}; it has: {', '.join(where.targets) or 'none'}")
        with self._lock:
            key = (where.name, name)
            if key not in self._vendors:
                self._vendors[key] = self._make(name, where)
            return self._vendors[key]

    def examples(self, name: str, environment: str | None = None) -> Examples:
        """Return valid calls of a vendor, the costly ones shared by all checks; default: in the chosen environment."""
        vendor = self.vendor(name, environment)
        key = ("examples", name, vendor.permit.environment)
        made: Examples = self._shared.get(key, lambda: Examples(vendor, self.fresh, self.sharing))
        return made

    def fresh(self, kind: str) -> str:
        """Return a name for something this run creates, so that it can be found and removed."""
        return self.draws.name(kind)

    def once(self, key: object, make: Callable[[], Any]) -> Any:
        """Return what ``make`` returned the first time, so that a costly question is asked once a run.

        Threads that come while it is being made wait for it. What raised is raised again.
        """

        def made() -> Any:
            with self.sharing(told(key)):
                return make()

        return self._shared.get(key, made)

    def sharing(self, name: str) -> AbstractContextManager[object]:
        """Count what happens meanwhile to something that all checks share, and to none of them."""
        return for_all(name) if self.recordings is None else self.recordings.shared(name)

    @property
    def releases_to(self) -> str | None:
        """The environment a release goes to next, if this run may look at it."""
        there = self.environment.releases_to
        return there if there in self.environments else None

    @property
    def searcher(self) -> Searcher:
        """What searches files for the secrets of this run, and for what looks like a key of its vendors."""

        def made() -> Searcher:
            vendors = {name: target.profile for name, target in self.environment.targets.items()}
            return searcher_for(self.redactor, vendors, self.source.variables)

        searcher: Searcher = self._shared.get("searcher", made)
        return searcher

    @property
    def questions(self) -> Questions:
        """The questions that an assistant is tried with.

        Raises:
            NotVerified: golive.yaml names no file of questions.
        """
        file = self.questions_file
        if file is None:
            raise NotVerified("questions is missing: the file with what the assistant is asked", key="questions")
        asked: Questions = self._shared.get(("questions", file), lambda: read_questions(file))
        return asked

    def deployed_fingerprints(self, vendor: str, environment: str) -> tuple[str, ...]:
        """Return the fingerprints that an environment's deployment reports for a vendor's key, one per target.

        Raises:
            NotVerified: golive.yaml names no address that reports them.
            CannotTell: the address does not answer.
        """
        place = f"environments.{environment}.deployment.fingerprints"
        url = self.environments[environment].fingerprints_url
        if url is None:
            raise NotVerified(f"{place} is missing: nothing tells which keys are deployed", key=place)
        return fingerprints_in(self._report(url), vendor, read_pack(vendor).authentication.credential)

    def deployment_reports(self, environment: str, times: int) -> tuple[Any, ...]:
        """Return what an environment's deployment reports when it is asked many times, by whichever worker answers.

        Asked once a run, each time over a connection of its own.

        Raises:
            NotVerified: golive.yaml names no address that reports.
            CannotTell: the address does not answer.
        """
        place = f"environments.{environment}.deployment.fingerprints"
        url = self.environments[environment].fingerprints_url
        if url is None:
            raise NotVerified(f"{place} is missing: nothing tells which keys are deployed", key=place)

        def asked() -> tuple[Any, ...]:
            with self.sharing(f"deployment {httpx.URL(url).raw_path.decode()} {times} times"):
                fetch = carry(lambda: fetch_report(url, self.redactor.scrub, self.recordings))
                return probe(fetch, times, at_once=1 if self.recordings is not None else None)

        reports: tuple[Any, ...] = self._shared.get(("reports", url, times), asked)
        return reports

    def targets_without_key(self, vendor: str, environment: str) -> tuple[str, ...]:
        """Return the targets of a deployment that report no fingerprint of a vendor's key.

        Raises:
            NotVerified: golive.yaml names no address that reports them.
            CannotTell: the address does not answer.
        """
        self.deployed_fingerprints(vendor, environment)
        report = self._report(self.environments[environment].fingerprints_url or "")
        return lacking_in(report, vendor, read_pack(vendor).authentication.credential)

    def other_fingerprints(self, vendor: str, environment: str) -> Others:
        """Return the fingerprints of this vendor's key in all environments of golive.yaml but this one.

        Read from each environment's own source where that is possible here, else from what its deployment reports.
        """
        credential = read_pack(vendor).authentication.credential
        return others_of(self.environments.values(), environment, vendor, credential, self._report)

    def must(self, requirement: str, holds: object, *, expected: str, actual: str) -> None:
        """Demand something that is not about one answer.

        Raises:
            CheckFailed: it does not hold.
        """
        __tracebackhide__ = True
        if not holds:
            scrub = self.redactor.scrub
            raise CheckFailed(Finding(scrub(requirement), scrub(expected), scrub(actual)))

    def cannot_tell(self, requirement: str, *, expected: str, actual: str) -> None:
        """End the check: it was tried, and nothing can be said.

        Raises:
            CannotTell: always.
        """
        __tracebackhide__ = True
        scrub = self.redactor.scrub
        raise CannotTell(Finding(scrub(requirement), scrub(expected), scrub(actual)))

    def not_verified(self, reason: str, *, key: str) -> None:
        """End the check: something is not configured.

        Args:
            reason: what is missing and what for.
            key: the key of golive.yaml to add.

        Raises:
            NotVerified: always.
        """
        __tracebackhide__ = True
        raise NotVerified(self.redactor.scrub(reason), key=key)

    def observe(self, text: str) -> None:
        """Take note of something assumed that does not hold; the check still passes."""
        record = current()
        if record is not None:
            record.observations.append(self.redactor.scrub(text))

    def warn(self, text: str) -> None:
        """Take note of something that holds, but close to the edge; the check still passes."""
        record = current()
        if record is not None:
            record.warnings.append(self.redactor.scrub(text))

    def note(self, text: str) -> None:
        """Take note of something a reader of the report may want to know; it changes no outcome."""
        record = current()
        if record is not None:
            record.notes.append(self.redactor.scrub(text))

    def leaked(self, leaks: Iterable[Leak]) -> None:
        """Take note of keys that were found in files, for `--golive-sarif`; it changes no outcome."""
        record = current()
        if record is not None:
            record.leaks += map(asdict, leaks)

    carry = staticmethod(carry)

    def handler(self, name: str) -> Lab:
        """Return a webhook handler of the team's, to be sent to.

        Raises:
            LookupError: golive.yaml names none of this name for a vendor of the chosen environment.
        """
        return self.labs.lab(name)

    def client(self, name: str) -> ClientLab:
        """Return an API client of the team's, to be driven against a stand-in for its vendor.

        Raises:
            LookupError: golive.yaml names none of this name for a vendor of the chosen environment.
        """
        return self.clients.lab(name)

    def limits(self, vendor: str, environment: str) -> CallBudget | None:
        """Return how much may be asked of a vendor in an environment; None for as much as one likes."""
        where = self.environments[environment]
        target = where.targets[vendor]
        if self.sandbox:
            return None
        return limits_of(read_pack(vendor, target.profile), target, production=where.production)

    def close(self) -> None:
        """Close all connections, and stop the programs that were started."""
        self.labs.close()
        self.clients.close()
        self.reviews.close()
        self.source.close()
        for vendor in self._vendors.values():
            vendor.close()

    def _report(self, url: str) -> Any:
        def fetched() -> Any:
            with self.sharing(f"deployment {httpx.URL(url).raw_path.decode()}"):
                return fetch_report(url, self.redactor.scrub, self.recordings)

        return self._shared.get(("fingerprints", url), fetched)

    def _run_of(self, scope: Scope | None) -> str:
        return self.run if self.recordings is None else self.recordings.run_of(scope)

    def _make(self, name: str, where: Environment) -> Vendor:
        permit = Permit(
            environment=where.name,
            production=where.production,
            allowed=frozenset(where.allow),
            reads_only=where is not self.environment,
        )
        return Vendor(
            read_pack(name, where.targets[name].profile),
            where.targets[name],
            permit,
            strict=self.sandbox,
            scrub=self.redactor.scrub,
            journal=self.journal,
            fresh=self.fresh,
            run=self.run,
            recordings=self.recordings,
            pace=self.budgets.pace(name, where.name, self.limits(name, where.name)),
        )


def told(key: object) -> str:
    """Return what a value is made once for, as a recording names it."""
    return " ".join(map(told, key)) if isinstance(key, tuple) else str(key)
