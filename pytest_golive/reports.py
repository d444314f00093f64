"""The views of a run that has ended: golive's own reports, and pytest-html's page with the verdict in it."""

from __future__ import annotations

import contextlib
import json
import os
import platform
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from pytest_golive.facts.ledger import Record, Written
from pytest_golive.readiness.results import Result
from pytest_golive.readiness.verdict import DecidedRule
from pytest_golive.report import junit, page
from pytest_golive.report.files import RunFiles, replace
from pytest_golive.report.sides import next_steps, standings
from pytest_golive.report.summary import summary
from pytest_golive.report.ticket.content import Place, Told
from pytest_golive.report.ticket.exhibits import Exhibits
from pytest_golive.report.ticket.seal import Seal, digest, seal_of
from pytest_golive.report.verdict_file import VerdictFile
from pytest_golive.run import BANNER, Run
from pytest_golive.vendors.library import read_pack

STEP_SUMMARY = "GITHUB_STEP_SUMMARY"
"""The variable by which GitHub names the file that it shows as a job's summary."""


class Reports:
    """Writes what a reader gets to see.

    Args:
        config: pytest's configuration.
        run: the run.
        files: where everything goes.
        opening: the page that stands in the place of every page since the start of the run.
    """

    def __init__(self, config: pytest.Config, run: Run, files: RunFiles, opening: str) -> None:
        self._config = config
        self._run = run
        self._files = files
        self._opening = opening
        self.exhibits = Exhibits()
        self.has_html = config.pluginmanager.hasplugin("html")

    @property
    def banner(self) -> str:
        """What every output of a rehearsal carries; empty for any other run."""
        return BANNER if self._run.sandbox else ""

    def block(self, file: VerdictFile, rules: Sequence[DecidedRule]) -> str:
        """Return the verdict as it stands on top of pytest-html's page."""
        return page.block(file, rules, self.banner)

    def complete_page(self, file: VerdictFile, rules: Sequence[DecidedRule]) -> None:
        """Write pytest-html's page where it left that of the start."""
        html = self._files.html
        if self.has_html and (not html.is_file() or _text(html) == self._opening):
            self.write_page(file, rules)

    def write_page(self, file: VerdictFile, rules: Sequence[DecidedRule]) -> None:
        """Write a page that says nothing but the verdict, in the place of pytest-html's."""
        if self.has_html:
            replace(self._files.html, self._run.redactor.scrub(page.plain_page(file, rules, self.banner)))

    def rewrite_block(self, before: str, file: VerdictFile, rules: Sequence[DecidedRule]) -> None:
        """Put the verdict that holds now into the place of the one that was written."""
        text = _text(self._files.html) if self._files.html.is_file() else ""
        if before in text:
            replace(self._files.html, text.replace(before, self.block(file, rules)))
        else:
            self.write_page(file, rules)

    def correct_junit(self, file: VerdictFile) -> None:
        """Write the verdict that holds now into a JUnit file that says another one."""
        given = self._config.getoption("xmlpath", None)
        if given:
            junit.correct(self._place(given), file)

    def leaks(self) -> list[str]:
        """Mask every known secret that got into a report of somebody else's; say which file held it."""
        return [leak for path in self._of_others() for leak in self._mask(path)]

    def write(
        self,
        file: VerdictFile,
        rules: Sequence[DecidedRule],
        results: Mapping[str, Result],
        note: Callable[[Record], None],
    ) -> None:
        """Write golive's own reports, each scrubbed of secrets, and name them in the ledger.

        Raises:
            CannotWrite: a file cannot be written.
        """
        seal = self._seal(file)
        texts = dict(self._texts(file, rules, results, seal))
        for path, text in texts.items():
            scrubbed = self._run.redactor.scrub(text)
            replace(path, scrubbed)
            if seal is not None:
                note(Written(path.name, digest(scrubbed.encode("utf-8"))))
        self._show_in_the_pipeline(self._run.redactor.scrub(texts[self._files.summary]))

    def write_plainly(self, file: VerdictFile, rules: Sequence[DecidedRule]) -> None:
        """Leave a report that says nothing but the verdict, where the whole one could not be made."""
        replace(self._files.report, self._run.redactor.scrub(page.plain_page(file, rules, self.banner)))

    def _texts(
        self, file: VerdictFile, rules: Sequence[DecidedRule], results: Mapping[str, Result], seal: Seal | None
    ) -> Iterator[tuple[Path, str]]:
        from pytest_golive.report.ticket.page import ticket

        files, plan = self._files, self._run.plan
        told = Told(
            file=file,
            rules=rules,
            plan=plan,
            results=results,
            exhibits=self.exhibits,
            places=self._places(),
            facts=self._facts(),
            banner=self.banner,
            whole_evidence=files.html.name if self.has_html else "",
            seal=seal,
        )
        yield files.report, ticket(told)
        steps = next_steps(plan, rules)
        yield files.summary, summary(file, rules, standings(plan, rules), steps, self.banner, files.report.name)
        if files.ctrf is not None:
            from pytest_golive.report.ctrf import ctrf

            yield files.ctrf, _json(ctrf(file, plan, results))
        if files.intoto is not None and seal is not None:
            from pytest_golive.report.intoto import statement

            yield files.intoto, _json(statement(file, rules, seal, file.hashes.items()))

        if files.sarif is not None:
            from pytest_golive.report.sarif import sarif

            yield files.sarif, _json(sarif(tuple(self.exhibits.leaks.values()), file.version))

    def _seal(self, file: VerdictFile) -> Seal | None:
        with contextlib.suppress(OSError):
            return seal_of(self._files.ledger, self._run.id, file.verdict)
        return None

    def _places(self) -> tuple[Place, ...]:
        return tuple(
            Place(
                vendor,
                read_pack(vendor).title,
                target.base_url,
                {name: secret.fingerprint for name, secret in target.credentials.items()},
            )
            for vendor, target in self._run.golive.environment.targets.items()
        )

    def _facts(self) -> tuple[tuple[str, str], ...]:
        packages = ("pytest", "httpx", "jsonschema", "pytest-xdist")
        return (
            ("Python", platform.python_version()),
            *((name, version(name)) for name in packages),
            ("System", f"{platform.system()} {platform.release()}"),
            ("Checks planned", str(len(self._run.plan.checks))),
        )

    def _show_in_the_pipeline(self, text: str) -> None:
        """Add the summary to what GitHub shows of a job; where that cannot be written, nothing is lost."""
        given = os.environ.get(STEP_SUMMARY)
        if given:
            with contextlib.suppress(OSError), Path(given).open("a", encoding="utf-8") as shown:
                shown.write(f"{text}\n")

    def _of_others(self) -> Iterator[Path]:
        """Yield every file a reporter may just have written."""
        if self.has_html:
            yield self._files.html
            if not self._config.getoption("self_contained_html", True):
                yield from sorted((self._files.html.parent / "assets").glob("*"))
        given = [self._config.getoption(option, None) for option in ("xmlpath", "log_file")]
        with contextlib.suppress(ValueError):  # -p no:logging
            given.append(self._config.getini("log_file"))
        for path in filter(None, given):
            yield self._place(path)

    def _place(self, given: str) -> Path:
        return self._config.invocation_params.dir / Path(os.path.expandvars(given)).expanduser()

    def _mask(self, place: Path) -> list[str]:
        if not place.is_file():
            return []
        text = _text(place)
        held = self._run.redactor.holds(text)
        if not held:
            return []
        replace(place, self._run.redactor.scrub(text))
        return [f"{place.name} held the secret {', '.join(held)}: masked there, replace it wherever it was shown"]


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def _json(told: Mapping[str, Any]) -> str:
    return json.dumps(told, indent=1) + "\n"
