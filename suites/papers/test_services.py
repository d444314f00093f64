"""Services that share a vendor, and the question their smoke asks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pytest_golive.credentials.search import tracked_files
from pytest_golive.golive import Golive
from pytest_golive.manifest.mistake import Mistakes
from pytest_golive.papers import asked
from pytest_golive.papers.content.sync_log import Row
from pytest_golive.papers.services import Service, differences, service_of
from pytest_golive.papers.text.moments import Moment, moments_in
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.source.leaks import is_example

SHOWN = 5
SERVICES = "operations.services"
WANTED = "the golive.yaml of each other service that calls {}, or [] where there is none"
SYNC_LOG = "operations.sync_log"

STABLE = timedelta(days=30)
"""Content that was changed since is not known to stay."""


def test_services_share_owner_and_escalation(golive: Golive, planned: PlannedCheck) -> None:
    """All services that call the vendor name one owning team and one escalation path.

    If this fails: agree on both, and write the same into the golive.yaml of every service.
    """
    papers = golive.papers
    own = Service(papers.manifest, papers.folder, frozenset(), papers.owners, papers.escalation)
    others = [each for each in _others(golive) if planned.vendor in each.vendors]
    if not others and papers.services is None:
        golive.not_verified(f"{SERVICES} is missing: {WANTED.format(planned.vendor)}", key=SERVICES)
    wrong = list(differences(own, others, planned.vendor))
    golive.must(
        "services that call one vendor have to share owner and escalation path",
        not wrong,
        expected="the same in each golive.yaml",
        actual="; ".join(wrong[:SHOWN]),
    )
    golive.note(f"other services: {', '.join(each.file for each in others) or 'none'}")


def test_smoke_question_rests_on_stable_content(golive: Golive, planned: PlannedCheck) -> None:
    """The answer to the smoke question rests on content that was approved, and not changed within 30 days.

    If this fails: ask about something else, whose source is approved and stays as it is, and name it in smoke_source.
    """
    given = golive.vendor(planned.vendor, planned.environment).setting("smoke_source")
    rows = asked.sync_log(golive.papers)
    wrong = [
        told
        for source in (given if isinstance(given, list) else [given])
        for told in _unstable(golive, str(source), rows)
    ]
    golive.must(
        "the smoke question has to rest on approved content that stays",
        not wrong,
        expected=f"a source of the sync log with an approver, unchanged for {STABLE.days} days",
        actual="; ".join(wrong[:SHOWN]),
    )


def _unstable(golive: Golive, source: str, rows: Sequence[Row]) -> Iterator[str]:
    mine = [row for row in rows if source in {row.told["source"], row.told["document"]}]
    if not mine:
        yield f"the sync log has no {source}"
        return
    moments = [(next(iter(moments_in(row.told["time"])), None), row) for row in mine]
    dated = [(moment, row) for moment, row in moments if moment is not None]
    newest = max(dated, key=lambda each: each[0].at)[1] if dated else mine[-1]
    if newest.is_gone:
        yield f"{source} is {newest.told['state']}"
    elif newest.is_unfit:
        yield f"{source} is {newest.told['state']}: nobody approved it"
    elif newest.lacks("approver"):
        yield f"row {newest.number} does not tell who approved {source}"
    last = max((moment.at for moment, _ in dated), default=None)
    # The example project's log was made up once and for all.
    if last is not None and last > datetime.now(UTC) - STABLE and not golive.sandbox:
        yield f"{source} was changed on {Moment(last, is_day=True).told}"


def _others(golive: Golive) -> list[Service]:
    """Return the services that golive.yaml names, and those that lie in the same repository."""
    __tracebackhide__ = True
    papers = golive.papers
    named = {(papers.folder / name).resolve(): name for name in papers.services or ()}
    found = {
        path.resolve(): path.relative_to(golive.repository).as_posix()
        for path in tracked_files(golive.repository)
        if path.name in {"golive.yaml", "golive.yml"} and not is_example(path.relative_to(golive.repository).as_posix())
    }
    mine = (papers.folder / papers.manifest).resolve()
    services = []
    for path, told in {**found, **named}.items():
        if path == mine:
            continue
        try:
            services.append(_read(path, told))
        except Mistakes as problem:
            if path in named:
                golive.must(
                    "what golive.yaml names has to be there",
                    holds=False,
                    expected="the golive.yaml of another service",
                    actual=f"{SERVICES}: {told}: {problem.mistakes[0].message}",
                )
    return services


def _read(path: Path, told: str) -> Service:
    return service_of(path / "golive.yaml" if path.is_dir() else path, told)
