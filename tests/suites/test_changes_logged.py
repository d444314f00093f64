"""The checks of the change log against git: histories that are right in many ways, and those that lack one entry."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

import suites.papers.test_change_log as checks
from pytest_golive.credentials.redaction import Redactor
from pytest_golive.exchange.journal import Unwritten
from pytest_golive.facts.current import CheckRecord, recording
from pytest_golive.facts.finding import CannotTell, CheckFailed, NotVerified
from pytest_golive.facts.outcome import Severity
from pytest_golive.golive import Golive
from pytest_golive.manifest.environment import Environment, Target
from pytest_golive.manifest.model import Monitoring
from pytest_golive.papers.changes.entries import dated_entries, naming, tells_both
from pytest_golive.papers.named import Papers
from pytest_golive.papers.text.reading import Paper
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.review.reviews import Reviews, Watching
from pytest_golive.source.alert_thresholds import thresholds_in
from pytest_golive.source.files import SourceFiles
from pytest_golive.source.session_ids import builders_in
from pytest_golive.source.values import values_in

PLANNED = PlannedCheck("a_check", "uppzy", "uppzy", "staging", (), (), Severity.MINOR)
DAY = datetime.now(UTC).date() - timedelta(days=20)
LOG = "# Changes\n"

Check = Callable[[Golive, PlannedCheck], None]
CONFIGURATION, SESSIONS = checks.test_configuration_changes_are_logged, checks.test_session_changes_are_logged
CONCURRENCY = checks.test_concurrency_changes_are_logged
RETRIES, POLLING, ALERTS = (
    checks.test_retry_changes_are_logged,
    checks.test_polling_changes_are_logged,
    checks.test_alert_changes_are_logged,
)


@pytest.fixture(autouse=True)
def record() -> Iterator[CheckRecord]:
    with recording(CheckRecord("a check")) as current:
        yield current


@dataclass
class History:
    """A repository that git makes in one go.

    Attributes:
        folder: where it lies.
    """

    folder: Path
    _commits: list[str] = field(default_factory=list)

    def commit(self, day: date, files: Mapping[str, str | None], *, tag: str = "", message: str = "x") -> History:
        """Add a commit; a file that is None is removed."""
        when = f"Ana <ana@shop.example> {int(datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp())} +0000"
        lines = ["commit refs/heads/main", f"author {when}", f"committer {when}", _data(message)]
        for name, text in files.items():
            lines.append(f"D {name}" if text is None else f"M 100644 inline {name}\n{_data(text)}")
        self._commits.append("\n".join(lines) + "\n\n")
        if tag:
            self._commits.append(f"reset refs/tags/{tag}\nfrom refs/heads/main\n\n")
        return self

    def made(self) -> History:
        """Write it."""
        self.folder.mkdir()
        self.git("init", "-q", "-b", "main")
        subprocess.run(
            ["git", "-C", str(self.folder), "fast-import", "--quiet"],
            input="".join(self._commits).encode(),
            check=True,
        )
        self.git("reset", "-q", "--hard", "main")
        return self

    def git(self, *words: str) -> None:
        subprocess.run(["git", "-C", str(self.folder), *words], check=True, capture_output=True)


def _data(text: str) -> str:
    return f"data {len(text.encode())}\n{text}"


def _manifest(**values: object) -> str:
    told = {"max_retries": 3, "poll_budget_seconds": 90, "request_timeout_seconds": 10, **values}
    site = told.pop("site_id", "s_1")
    settings = "".join(f"          {name}: {value}\n" for name, value in told.items())
    return (
        "golive: 1\nproject: shop\nenvironments:\n  staging:\n    vendors:\n      uppzy:\n"
        "        base_url: https://api.uppzy.com/api/v1\n"
        f"        ids: {{site_id: {site}}}\n        settings:\n{settings}"
    )


def _history(folder: Path, *versions: str, log: str = LOG, **files: str) -> History:
    """Return a history in which golive.yaml changes every other day; the log is whole from the second version on."""
    made = History(folder / "shop")
    made.commit(DAY - timedelta(days=2), {"golive.yaml": versions[0], "CHANGES.md": LOG, **files})
    for number, text in enumerate(versions[1:]):
        made.commit(DAY + timedelta(days=2 * number), {"golive.yaml": text, "CHANGES.md": log})
    return made.made()


def _golive(history: History, *, alerts: tuple[str, ...] = (), **source: tuple[str, ...]) -> Golive:
    golive = Golive(
        {
            "staging": Environment(
                "staging", targets={"uppzy": Target("uppzy", "https://x"), "timely": Target("timely", "x")}
            )
        },
        "staging",
        run="r",
        sandbox=False,
        redactor=Redactor(),
        journal=Unwritten(),
        repository=history.folder,
    )
    golive.papers = Papers(history.folder, change_log="CHANGES.md")
    golive.source = SourceFiles(history.folder, history.folder, **source)  # type: ignore[arg-type]
    if alerts:
        golive.reviews = Reviews(Watching(history.folder, Monitoring(alerts=alerts)))
    return golive


def _failed(check: Check, golive: Golive) -> tuple[str, str, str]:
    with pytest.raises(CheckFailed) as failed:
        check(golive, PLANNED)
    finding = failed.value.finding
    return finding.requirement, finding.expected, re.sub(r"(?<=commit )[0-9a-f]{10}", "#", finding.actual)


BOTH = "an entry with the old and the new value, within 7 days"

# ---------------------------------------------------------------- what is missing


@pytest.mark.parametrize(
    ("check", "change", "told", "requirement", "expected"),
    [
        (
            CONFIGURATION,
            {"request_timeout_seconds": 30},
            "environments.staging.vendors.uppzy.settings.request_timeout_seconds: 10 -> 30",
            "a change of an environment's configuration has to have an entry",
            "an entry that names it, within 7 days",
        ),
        (
            CONFIGURATION,
            {"site_id": "s_2"},
            "environments.staging.vendors.uppzy.ids.site_id: s_1 -> s_2",
            "a change of an environment's configuration has to have an entry",
            "an entry that names it, within 7 days",
        ),
        (
            RETRIES,
            {"max_retries": 5},
            "environments.staging.vendors.uppzy.settings.max_retries: 3 -> 5",
            "a change of retries has to have an entry",
            BOTH,
        ),
        (
            POLLING,
            {"poll_budget_seconds": 120},
            "environments.staging.vendors.uppzy.settings.poll_budget_seconds: 90 -> 120",
            "a change of polling has to have an entry",
            BOTH,
        ),
        (
            CONCURRENCY,
            {"max_concurrent_calls": 16},
            "environments.staging.vendors.uppzy.settings.max_concurrent_calls: 4 -> 16",
            "a change of the number of calls at the same time has to have an entry",
            BOTH,
        ),
    ],
)
def test_a_change_without_an_entry(
    tmp_path: Path, check: Check, change: dict[str, object], told: str, requirement: str, expected: str
) -> None:
    """It is told with file, commit, day, old and new value; and the other three checks stay green."""
    calls = {"max_concurrent_calls": 4}
    history = _history(tmp_path, _manifest(**calls), _manifest(**{**calls, **change}))
    golive = _golive(history)

    assert _failed(check, golive) == (
        requirement,
        expected,
        f"CHANGES.md has none about {told} (golive.yaml, commit # of {DAY})",
    )
    for other in {CONFIGURATION, SESSIONS, RETRIES, POLLING, CONCURRENCY, ALERTS} - {check}:
        other(golive, PLANNED)


def test_a_session_strategy_without_an_entry(tmp_path: Path) -> None:
    history = _history(tmp_path, _manifest(session_strategy="per thread"), _manifest(session_strategy="per user"))

    assert _failed(SESSIONS, _golive(history)) == (
        "a change of how session ids are made has to have an entry",
        "an entry about sessions, within 7 days",
        (
            "CHANGES.md has none about environments.staging.vendors.uppzy.settings.session_strategy: "
            f"per thread -> per user (golive.yaml, commit # of {DAY})"
        ),
    )


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (f"## {DAY}\n\n- Retries were raised to 5.\n", ", and CHANGES.md:5 does not tell both values"),
        (f"## {DAY}\n\n- Poll budget 3 -> 5.\n", ""),
        (f"## {DAY - timedelta(days=12)}\n\n- max_retries 3 -> 5\n", ""),
        # The figures of a day, a ticket and a version are no values.
        (
            f"## {DAY}\n\n- Retry policy of 2026-03-05, see SHOP-3, v1.3.5\n",
            ", and CHANGES.md:5 does not tell both values",
        ),
    ],
)
def test_entries_that_do_not_do(tmp_path: Path, entry: str, why: str) -> None:
    history = _history(tmp_path, _manifest(), _manifest(max_retries=5), log=f"{LOG}\n{entry}")

    assert _failed(RETRIES, _golive(history))[2] == (
        "CHANGES.md has none about environments.staging.vendors.uppzy.settings.max_retries: 3 -> 5 "
        f"(golive.yaml, commit # of {DAY}){why}"
    )


# ---------------------------------------------------------------- the many right ways

ENTRIES = {
    "item": f"## {DAY}\n\n- Retries: 3 -> 5, since the vendor answers 429 more often. Owner: Platform.\n",
    "words": f"## {DAY + timedelta(days=3)}\n\nWe now try up to five times instead of three\n(retry policy).\n",
    "german": f"## {DAY:%d.%m.%Y}\n\n* Wiederholungen von 3 auf 5 erhöht\n",
    "nested": f"- {DAY}\n  - Retry policy\n    - max: 3 → 5\n",
    "table": f"| day | what | old | new |\n|---|---|---|---|\n| {DAY} | max_retries | 3 | 5 |\n",
    "versions": "## Unreleased\n\n### Changed\n\n- max retries (3 to 5)\n",
    "keep a changelog": f"## [1.4.0] - {DAY}\n\n### Changed\n- Reintentos: de 3 a 5\n",
    "long": f"## {DAY}\n\n"
    + "- Something else that was done on this day, told at length.\n" * 20
    + "- Retries 3 -> 5\n",
}


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=ENTRIES)
def test_entries_in_many_words(entry: str) -> None:
    """Each tells that retries went from three to five, near the day."""
    found = naming(dated_entries((Paper("c.md", LOG + "\n" + entry),)), checks.RETRY_WORDS)

    assert tells_both(found, ("3", "5"), checks.SCALES)
    assert {each.day for each in found} & {DAY, DAY + timedelta(days=3), None}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("c.yaml", f"- {{date: {DAY}, what: retries, old: 3, new: 5}}\n"),
        ("c.csv", f"date,what,from,to\n{DAY},max_retries,3,5\n"),
        ("c.json", f'[{{"date": "{DAY}", "what": "retries", "old": "3", "new": "5"}}]'),
    ],
)
def test_entries_of_programs(name: str, text: str) -> None:
    found = naming(dated_entries((Paper(name, text),)), checks.RETRY_WORDS)

    assert tells_both(found, ("3", "5"))
    assert [each.day for each in found] == [DAY]


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ("90", "120", "poll budget from 1.5 to 2 minutes"),
        ("0.5", "2", "backoff 500 ms -> 2,000 ms"),
        ("0.02", "0.05", "alert at 5 % instead of 2 %"),
        ("full", "equal", "jitter: full -> equal"),
        ("true", "false", "retries switched on -> off"),
    ],
)
def test_values_in_other_units(old: str, new: str, text: str) -> None:
    assert tells_both(dated_entries((Paper("c.md", text),)), (old, new), checks.SCALES)


def test_a_logged_change(tmp_path: Path, record: CheckRecord) -> None:
    log = f"{LOG}\n## {DAY + timedelta(days=1)}\n\n- Retries 3 -> 5.\n- Request timeout is 30 s now.\n"
    golive = _golive(_history(tmp_path, _manifest(), _manifest(max_retries=5, request_timeout_seconds=30), log=log))

    for check in (CONFIGURATION, SESSIONS, RETRIES, POLLING, CONCURRENCY, ALERTS):
        check(golive, PLANNED)

    assert record.warnings == []
    assert set(record.notes) == {
        "changes were looked at since the first version of the change log",
        "golive.yaml names no files under monitoring.alerts: only its own limits were compared",
    }


QUIET = {
    "another layout": _manifest().replace("ids: {site_id: s_1}", "ids:\n          site_id: 's_1'  # ours"),
    "another order": re.sub(r"(          max_retries: 3\n)(.*)", r"\2\1", _manifest(), flags=re.DOTALL),
    "another way to write a number": _manifest(max_retries="3.0", poll_budget_seconds="9_0"),
    "a value more": _manifest(max_concurrent_calls=4),
    "a value less": _manifest().replace("          max_retries: 3\n", ""),
    "an environment more": _manifest()
    + "  production:\n    vendors: {uppzy: {base_url: https://api.uppzy.com/api/v1}}\n",
    "another vendor": _manifest() + "      timely:\n        settings: {max_retries: 9}\n",
    "what golive is told": _manifest(smoke_message="Hello?"),
    "golive's own budget": _manifest() + "        budget: {requests: 9, in_flight: 2}\n",
    "no YAML": "golive: [",
}


@pytest.mark.parametrize("text", QUIET.values(), ids=QUIET)
def test_what_is_no_change(tmp_path: Path, text: str) -> None:
    first = _manifest(smoke_message="Hi?") if "Hello" in text else _manifest()
    first += "      timely:\n        settings: {max_retries: 3}\n" if "timely" in text else ""
    first += "        budget: {requests: 9, in_flight: 4}\n" if "budget: {" in text else ""
    golive = _golive(_history(tmp_path, first, text))

    for check in (CONFIGURATION, SESSIONS, RETRIES, POLLING, CONCURRENCY, ALERTS):
        check(golive, PLANNED)


def test_what_came_before_the_log(tmp_path: Path) -> None:
    """Nobody logs into a file that is not there yet; and the first commit changes nothing."""
    made = History(tmp_path / "shop").commit(DAY, {"golive.yaml": _manifest()})
    made.commit(DAY, {"golive.yaml": _manifest(max_retries=4)})
    made.commit(DAY, {"CHANGES.md": LOG, "golive.yaml": _manifest(max_retries=5)})

    RETRIES(_golive(made.made()), PLANNED)


def test_a_release_in_between(tmp_path: Path, record: CheckRecord) -> None:
    """What was tried and taken back since the last release is no change; nor is what an earlier one shipped."""
    made = History(tmp_path / "shop").commit(DAY, {"golive.yaml": _manifest(), "CHANGES.md": LOG})
    made.commit(DAY, {"golive.yaml": _manifest(max_retries=4)}, tag="v1.0")
    made.commit(DAY + timedelta(days=1), {"golive.yaml": _manifest(max_retries=9)})
    made.commit(DAY + timedelta(days=2), {"golive.yaml": _manifest(max_retries=4)})
    golive = _golive(made.made())

    RETRIES(golive, PLANNED)
    assert record.notes == ["changes were looked at since the release v1.0"]

    # Not committed yet: it is looked at all the same, and its entry may be of today.
    (made.folder / "golive.yaml").write_text(_manifest(max_retries=5))
    assert _failed(RETRIES, _golive(made))[2].endswith(
        f"max_retries: 4 -> 5 (golive.yaml, what is not committed yet of {datetime.now(UTC).date()})"
    )
    (made.folder / "CHANGES.md").write_text(f"{LOG}\n## {datetime.now(UTC).date()}\n\n- retries 4 -> 5\n")
    RETRIES(_golive(made), PLANNED)


def test_two_steps_with_an_entry_each(tmp_path: Path) -> None:
    log = f"{LOG}\n## {DAY}\n\n- retries 3 -> 4\n\n## {DAY + timedelta(days=2)}\n\n- retries 4 -> 5\n"

    RETRIES(
        _golive(_history(tmp_path, _manifest(), _manifest(max_retries=4), _manifest(max_retries=5), log=log)), PLANNED
    )


def test_a_file_that_was_renamed(tmp_path: Path) -> None:
    """Moved with a change in it, it is the same file still."""
    made = History(tmp_path / "shop").commit(DAY, {"old/golive.yaml": _manifest(), "CHANGES.md": LOG})
    made.commit(DAY, {"old/golive.yaml": None, "golive.yaml": _manifest(max_retries=5)})

    assert _failed(RETRIES, _golive(made.made()))[2].endswith(f"max_retries: 3 -> 5 (golive.yaml, commit # of {DAY})")


def test_a_merge_is_one_change(tmp_path: Path) -> None:
    """What a branch tried on its way does not count, only what it brought."""
    made = _history(tmp_path, _manifest(), log=f"{LOG}\n## {DAY}\n\n- Retries 3 -> 5\n")
    me = ("-c", "user.name=a", "-c", "user.email=a@b")
    made.git("checkout", "-q", "-b", "branch")
    for retries in (9, 5):
        (made.folder / "golive.yaml").write_text(_manifest(max_retries=retries))
        made.git(*me, "commit", "-qam", "x")
    made.git("checkout", "-q", "main")
    made.git(*me, "merge", "-q", "--no-ff", "-m", "x", "branch")
    golive = _golive(made)

    assert "max_retries: 3 -> 5" in _failed(RETRIES, golive)[2]
    (made.folder / "CHANGES.md").write_text(f"{LOG}\n## {datetime.now(UTC).date()}\n\n- retries 3 -> 5\n")
    RETRIES(golive, PLANNED)


def test_a_history_that_is_cut_off(tmp_path: Path) -> None:
    history = _history(tmp_path, _manifest())
    head = subprocess.run(
        ["git", "-C", str(history.folder), "rev-parse", "HEAD"], check=True, capture_output=True
    ).stdout
    (history.folder / ".git" / "shallow").write_bytes(head)

    with pytest.raises(CannotTell) as ended:
        RETRIES(_golive(history), PLANNED)

    finding = ended.value.finding
    assert (finding.requirement, finding.expected, finding.actual) == (
        "a change of retries has to have an entry",
        "the whole history",
        "it is cut off here (a shallow clone): fetch all of it, as with fetch-depth: 0",
    )


def test_no_history(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "CHANGES.md").write_text(LOG)

    with pytest.raises(NotVerified) as skipped:
        RETRIES(_golive(History(tmp_path / "shop")), PLANNED)

    assert (str(skipped.value), skipped.value.key) == (
        (
            "source.repository has no history of git that could be compared with CHANGES.md: "
            "fatal: not a git repository (or any of the parent directories): .git"
        ),
        "source.repository",
    )


def test_a_golive_yaml_that_git_does_not_keep(tmp_path: Path) -> None:
    """Where nothing can be compared nothing is green."""
    made = History(tmp_path / "shop").commit(DAY, {"CHANGES.md": LOG, ".gitignore": "golive.yaml\n"}).made()
    (made.folder / "golive.yaml").write_text(_manifest())

    with pytest.raises(NotVerified) as skipped:
        RETRIES(_golive(made), PLANNED)

    assert (str(skipped.value), skipped.value.key) == (
        "source.repository: git keeps no version of golive.yaml",
        "source.repository",
    )


# ---------------------------------------------------------------- other files than golive.yaml


def test_files_of_configuration(tmp_path: Path) -> None:
    """What may be a secret is named, and not shown."""
    env = "UPPZY_MAX_RETRIES=3\nUPPZY_SITE_ID=s_1\nTIMELY_MAX_RETRIES=3\nUPPZY_API_KEY=one\nDB=pg://a:one@db/shop\n"
    changed = "UPPZY_MAX_RETRIES=5\nUPPZY_SITE_ID=s_2\nTIMELY_MAX_RETRIES=4\nUPPZY_API_KEY=two\nDB=pg://a:two@db/shop\n"
    made = History(tmp_path / "shop").commit(
        DAY, {"golive.yaml": _manifest(), "CHANGES.md": LOG, "config/staging.env": env}
    )
    made.commit(DAY, {"config/staging.env": changed})
    golive = _golive(made.made(), configuration=("config/*.env",))
    where = f"(config/staging.env, commit # of {DAY})"

    assert _failed(RETRIES, golive)[2] == f"CHANGES.md has none about UPPZY_MAX_RETRIES: 3 -> 5 {where}"
    assert _failed(CONFIGURATION, golive)[2] == (
        f"CHANGES.md has none about UPPZY_SITE_ID: s_1 -> s_2 {where}; UPPZY_API_KEY {where}; DB {where}"
    )


ALERT = """groups:
- name: uppzy
  rules:
  - alert: UppzyServerErrors
    expr: sum(rate(requests_total{status=~"5.."}[10m])) / sum(rate(requests_total[10m])) > 0.02
    for: 10m
    labels: {severity: warning}
"""


def _alerting(folder: Path, text: str, log: str = LOG) -> Golive:
    made = History(folder / "shop").commit(DAY, {"golive.yaml": _manifest(), "CHANGES.md": LOG, "alerts.yml": ALERT})
    made.commit(DAY, {"alerts.yml": text, "CHANGES.md": log})
    return _golive(made.made(), alerts=("alerts.yml",))


def test_a_threshold_without_an_entry(tmp_path: Path) -> None:
    golive = _alerting(tmp_path, ALERT.replace("0.02", "0.05").replace("for: 10m", "for: 1h"))

    assert _failed(ALERTS, golive) == (
        "a change of an alert's threshold has to have an entry",
        BOTH,
        (
            "CHANGES.md has none about UppzyServerErrors (warning).limit: 0.02 -> 0.05 "
            f"(alerts.yml, commit # of {DAY}); "
            f"UppzyServerErrors (warning).for: 600 -> 3600 (alerts.yml, commit # of {DAY})"
        ),
    )


@pytest.mark.parametrize(
    ("text", "log"),
    [
        (ALERT.replace("10m", "600s"), LOG),
        (ALERT.replace("requests_total", "http_requests_total"), LOG),
        (ALERT + ALERT.replace("UppzyServerErrors", "More").split("rules:\n")[1], LOG),
        (ALERT.replace("0.02", "0.05"), f"{LOG}\n## {DAY}\n\n- UppzyServerErrors fires at 5 % in place of 2 %.\n"),
        (
            ALERT.replace("for: 10m", "for: 15m"),
            f"{LOG}\n## {DAY}\n\n- Alert on 5xx: waits 15 instead of 10 minutes.\n",
        ),
    ],
    ids=["units", "a metric's name", "one alert more", "logged", "logged in minutes"],
)
def test_thresholds_that_are_as_they_should_be(tmp_path: Path, text: str, log: str) -> None:
    ALERTS(_alerting(tmp_path, text, log), PLANNED)


def test_session_ids_made_by_other_code(tmp_path: Path, record: CheckRecord) -> None:
    """Somebody has to look; a person vouches for it, or an entry tells of it."""
    before = 'def ask(user):\n    session_id = f"user-{user.id}"\n    return call(session_id=session_id)\n'
    made = History(tmp_path / "shop").commit(
        DAY, {"golive.yaml": _manifest(), "CHANGES.md": LOG, "shop/chat.py": before}
    )
    made.commit(DAY, {"shop/chat.py": before.replace('f"user-{user.id}"', "str(uuid4())")})
    golive = _golive(made.made())

    SESSIONS(golive, PLANNED)
    assert [re.sub(r"(?<=commit )\w{10}", "#", each) for each in record.warnings] == [
        (
            f"shop/chat.py, commit # of {DAY}: session ids are made by other code: "
            "see that they stay as they were, or add an entry"
        )
    ]

    record.warnings.clear()
    (made.folder / "CHANGES.md").write_text(f"{LOG}\n## {DAY}\n\n- A session is one chat now.\n")
    SESSIONS(golive, PLANNED)
    assert record.warnings == []


@pytest.mark.parametrize(
    ("name", "text", "made"),
    [
        ("a.ts", "const sessionId = `thread_${ticket.id}`;", ["`thread_${ticket.id}`"]),
        ("a.go", 'sessionID := "user-" + user.ID', ['"user-"+user.ID']),
        ("a.php", "$session_id = hash('sha256', $user);", ["hash('sha256',$user"]),
        ("a.rb", 'session_id: "user-#{user.id}",', ['"user-#{user.id}"']),
        ("a.py", "def session_id_of(user):\n    return f'u-{user.id}'\n", ["f'u-{user.id}'"]),
        ("a.py", "call(session_id=session_id)", []),
    ],
)
def test_where_session_ids_are_made(name: str, text: str, made: list[str]) -> None:
    assert list(builders_in(name, text).values()) == made


@pytest.mark.parametrize(
    ("name", "text", "values"),
    [
        ("a.yaml", "uppzy: {max_retries: 3, on: yes}\n", {"uppzy.max_retries": "3", "uppzy.on": "yes"}),
        ("a.json", '{"a": [1, 2.0], "b": {"c": true}}', {"a": "1, 2", "b.c": "true"}),
        ("a.toml", "[retry]\nmax = 3\nbase = 0.50\n", {"retry.max": "3", "retry.base": "0.5"}),
        ("a.env", "export A=3\n# B=4\nC='x y'  # why\n", {"A": "3", "C": "x y"}),
        ("a.xml", '<add key="MaxRetries" value="3"/>', {"MaxRetries": "3"}),
        ("Dockerfile", "ENV UPPZY_MAX_RETRIES=3", {"UPPZY_MAX_RETRIES": "3"}),
        (
            "a.ts",
            "const c = {\n  maxRetries: 3,\n}\nconst cap: number = 9_0;",
            {"maxRetries": "3", "cap": "90", "c": "{"},
        ),
        ("a.yaml", "a: {b: 3}\n---\na: {b: 5}\n", {"a.b": "3", "[2].a.b": "5"}),
        ("a.properties", "retry.max: 3\nid = 007\n", {"retry.max": "3", "id": "007"}),
        (
            "k.yaml",
            "env:\n- name: A\n  value: '3'\n- name: B\n  valueFrom: {key: b}\n",
            {"env.A": "3", "env.B.valueFrom.key": "b"},
        ),
        (
            "k.yaml",
            (
                "kind: ConfigMap\nmetadata: {name: one}\ndata: {A: 1}\n---\n"
                "kind: ConfigMap\nmetadata: {name: two}\ndata: {A: 2}\n"
            ),
            {"ConfigMap/one.kind": "ConfigMap", "ConfigMap/one.metadata.name": "one", "ConfigMap/one.data.A": "1"}
            | {"ConfigMap/two.kind": "ConfigMap", "ConfigMap/two.metadata.name": "two", "ConfigMap/two.data.A": "2"},
        ),
    ],
)
def test_values_of_files(name: str, text: str, values: dict[str, str]) -> None:
    assert values_in(name, text) == values


def test_thresholds_of_files() -> None:
    """Those of a PrometheusRule, and of files that are no rules of Prometheus."""
    inside = "".join(f"  {line}\n" for line in ALERT.splitlines())

    assert thresholds_in("a.yml", f"kind: PrometheusRule\nspec:\n{inside}") == {
        "UppzyServerErrors (warning).limit": "0.02",
        "UppzyServerErrors (warning).window": "600",
        "UppzyServerErrors (warning).for": "600",
    }
    assert thresholds_in(
        "m.json", '{"name": "5xx", "options": {"thresholds": {"critical": 0.05}}, "query": "avg(x)"}'
    ) == {"options.thresholds.critical": "0.05"}
