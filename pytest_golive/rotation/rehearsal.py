"""A whole rotation with an embedded vendor and a small service of several workers, each step of which can be left out.

A day and more goes by within seconds: every step has a time of its own, and golive's runs read the clock of that time.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import httpx

from pytest_golive.credentials.secret import Secret, fingerprint
from pytest_golive.exchange.journal import Unwritten
from pytest_golive.exchange.permit import Permit
from pytest_golive.exchange.vendor import Vendor
from pytest_golive.exchange.wire import wire
from pytest_golive.manifest.environment import Target
from pytest_golive.rotation.fleet import Fleet, Service
from pytest_golive.rotation.past import Begun, Past
from pytest_golive.rotation.probing import probe
from pytest_golive.rotation.rehearsed_clock import VARIABLE
from pytest_golive.rotation.story import ASKING, CHECKS, READS, SMOKE, STEPS, WATCH, Step
from pytest_golive.rotation.submitting import submit
from pytest_golive.sandbox.rehearsal import QUICK
from pytest_golive.sandbox.world import Sandbox
from pytest_golive.vendors.library import general_rules, read_pack, read_rules
from pytest_golive.vendors.rule import Rule

ENVIRONMENT = "rehearsal"

BEHIND = "production"
"""Which environment of the embedded vendor it is."""

WORKERS = 3
STARTED = timedelta(days=20)
TRAFFIC_SINCE = timedelta(days=9)
CALLS_AN_HOUR = 30

RETRIED = 100
"""Every so manieth call is one that was tried again."""

Run = Callable[[Path, Sequence[str], Mapping[str, str]], int]
"""Runs pytest in a folder, with arguments and further variables; returns its exit code."""


@runtime_checkable
class MakesKeys(Protocol):
    """An embedded vendor whose keys are made and revoked, as in a dashboard."""

    def issue_key(self, environment: str) -> str:
        """Make a further key with the rights of the one there is."""

    def revoke(self, key: str) -> None:
        """Let a key open nothing any more."""


@dataclass(frozen=True, slots=True)
class Told:
    """What one step, or one look of golive's, came to.

    Attributes:
        step: which.
        at: when it was taken in the rehearsed rotation.
        what: what was done, one sentence.
        found: check -> why it is not green, of a look.
        held: the checks that are green, of a look.
    """

    step: Step
    at: datetime
    what: str
    found: Mapping[str, str] = field(default_factory=dict)
    held: tuple[str, ...] = ()


class Rehearsal:
    """One rotation of one vendor's key.

    Args:
        folder: an empty folder; golive.yaml, the secret, the log and golive's own files lie there.
        sandbox: the vendor, running.
        vendor: which.
        run: runs golive.
        skip: steps that are left out; `one` leaves out one worker of those that are started anew.
    """

    def __init__(self, folder: Path, sandbox: Sandbox, vendor: str, run: Run, skip: Collection[str] = ()) -> None:
        self.folder, self.sandbox, self.vendor = folder, sandbox, vendor
        self._run, self._skip = run, frozenset(skip)
        self._app = sandbox.apps[vendor]
        self._connection = sandbox.connection(vendor, BEHIND)
        self._pack = read_pack(vendor, self._connection.profile)
        self._old = self._new = self._connection.api_key
        self._now = datetime.now(UTC).replace(second=0, microsecond=0)
        self._served_until = self._now - TRAFFIC_SINCE
        self._rotation: dict[str, str] = {}
        self._secret = folder / "secret"

    @property
    def environ(self) -> Mapping[str, str]:
        """The variables that golive.yaml names."""
        return {"NEW_KEY": self._new, "OLD_KEY": self._old}

    def go(self) -> Iterator[Told]:
        """Go through the steps, and tell each; the last one is golive's look at all of it.

        Raises:
            OSError: the service cannot be started, or the folder not be written.
        """
        self._secret.write_text(self._old)
        with Fleet(self._service(), self._now - STARTED) as fleet:
            self._url = fleet.url
            self._fleet = fleet
            for step in STEPS.values():
                if step.name in self._skip or not step.is_of(self._pack.vendor):
                    continue
                yield self._taken(step)

    def _taken(self, step: Step) -> Told:
        at = self._at(step)
        self._serve_until(at)
        take: Mapping[str, Callable[[datetime], Told]] = {
            "plan": self._plan,
            "begin": self._begin,
            "create": self._create,
            "store": self._store,
            "restart": self._restart,
            "smoke": lambda when: self._look(STEPS["smoke"], when, SMOKE[self.vendor]),
            "watch": lambda when: self._look(STEPS["watch"], when, WATCH),
            "revoke": self._revoke,
            "look": lambda when: self._look(STEPS["look"], when, rules_of(self.vendor)),
        }
        return take[step.name](at)

    def _at(self, step: Step) -> datetime:
        return self._now - timedelta(hours=step.hours_ago)

    # ---------------------------------------------------------------- steps

    def _plan(self, at: datetime) -> Told:
        entry = f"- {at:%Y-%m-%d}: the {self.vendor} key is replaced. Owner: Shop Platform. Way back: the old key.\n"
        (self.folder / "changes.md").write_text(f"# Changes\n\n## {at:%Y-%m-%d}\n\n{entry}")
        return Told(STEPS["plan"], at, "the change log has an entry with day, owner and way back")

    def _begin(self, at: datetime) -> Told:
        submitted = self._submitted()
        key = fingerprint(self._old)
        begun = Begun(self.vendor, at.isoformat(), key, *(submitted or ()))
        Past(self.folder).note(ENVIRONMENT, begun)
        told = f"; {', '.join(f'{name} {value}' for name, value in begun.arguments.items())}" if submitted else ""
        return Told(STEPS["begin"], at, f"golive rotate begin: the key is {key}{told}")

    def _create(self, at: datetime) -> Told:
        assert isinstance(self._app, MakesKeys), "every embedded vendor makes keys"
        self._new = self._app.issue_key(BEHIND)
        self._rotation["created"] = at.isoformat()
        return Told(STEPS["create"], at, f"the vendor makes the key {fingerprint(self._new)}")

    def _store(self, at: datetime) -> Told:
        self._secret.write_text(self._new)
        self._rotation["stored"] = at.isoformat()
        return Told(STEPS["store"], at, f"the secret of the service is {fingerprint(self._new)}")

    def _restart(self, at: datetime) -> Told:
        workers = range(1, WORKERS + 1 - ("one" in self._skip))
        self._fleet.restart(workers, at)
        self._rotation["switched"] = at.isoformat()
        return Told(STEPS["restart"], at, f"workers {', '.join(map(str, workers))} are started anew")

    def _revoke(self, at: datetime) -> Told:
        assert isinstance(self._app, MakesKeys), "every embedded vendor revokes keys"
        self._app.revoke(self._old)
        self._rotation["revoked"] = at.isoformat()
        return Told(STEPS["revoke"], at, f"the vendor revokes the key {fingerprint(self._old)}")

    # ---------------------------------------------------------------- golive's looks

    def _look(self, step: Step, at: datetime, rules: Sequence[str]) -> Told:
        (self.folder / "golive.yaml").write_text(json.dumps(self._manifest()))
        words = ["-q", "-m", "postrotation", "--env", ENVIRONMENT, "--golive-only", ",".join(rules)]
        clock = ["-p", "pytest_golive.rotation.rehearsed_clock", "-p", "no:cacheprovider"]
        self._run(self.folder, [*clock, *words], {**self.environ, VARIABLE: at.isoformat()})
        verdict = json.loads((self.folder / "golive-verdict.partial.json").read_text(encoding="utf-8"))
        found: dict[str, str] = {}
        held: list[str] = []
        for result in verdict["results"]:
            name = result["check"].rpartition("::")[2].partition("[")[0].removeprefix("test_")
            if name not in CHECKS:
                continue
            if result["outcome"] in {"passed", "warned", "observed"}:
                held.append(name)
            else:
                found[name] = f"{result['outcome']}: {_why(result)}"
        return Told(step, at, f"pytest {' '.join(words[1:])}", found, tuple(sorted({*held})))

    def _manifest(self) -> dict[str, Any]:
        connection = self._connection
        settings = {name: each.example for name, each in self._pack.settings.items() if name not in UNSAID}
        quick = {name: value for name, value in QUICK.items() if name in settings and value != ""}
        rotation = {"stored": (self._now - STARTED).isoformat(), **self._rotation}
        # Who forgets a step says all the same that it was done.
        rotation.setdefault("created", self._at(STEPS["create"]).isoformat())
        rotation.setdefault("switched", self._at(STEPS["restart"]).isoformat())
        target = {
            "base_url": self.sandbox.base_url(self.vendor, BEHIND),
            "api_key": {"env": "NEW_KEY"},
            "previous_api_key": {"env": "OLD_KEY"},
            "ids": {name: value for name, value in connection.ids.items() if name in self._pack.ids},
            "settings": {**settings, **quick, **connection.settings},
            "rotation": rotation,
        }
        return {
            "golive": 1,
            "project": "rehearsal",
            "environments": {
                ENVIRONMENT: {
                    "production": True,
                    "allow": list(self._pack.allowances),
                    "deployment": {"fingerprints": f"{self._url}/golive/fingerprints", "workers": WORKERS},
                    "vendors": {self.vendor: target},
                }
            },
            "clients": {
                "service": {"vendor": self.vendor, "url": f"{self._url}/golive", "operations": [READS[self.vendor]]}
            },
            "traffic": "calls.jsonl",
            "operations": {"change_log": "changes.md"} if (self.folder / "changes.md").is_file() else {},
        }

    # ---------------------------------------------------------------- the service

    def _service(self) -> Service:
        pack, connection = self._pack, self._connection
        operation = pack.operations[READS[self.vendor]]
        version = {pack.versioning.header: connection.further.get("version", "")} if pack.versioning else {}
        return Service(
            vendor=self.vendor,
            credential=pack.authentication.credential,
            secret=str(self._secret),
            base_url=self.sandbox.base_url(self.vendor, BEHIND),
            path=operation.path,
            ids=dict(connection.ids),
            header=pack.authentication.header,
            scheme=pack.authentication.scheme,
            headers=version,
            workers=WORKERS,
        )

    def _serve_until(self, end: datetime) -> None:
        """Let the workers call the vendor, and log as many calls as they make until then, answered like these."""
        statuses: dict[int, int] = {}
        with httpx.Client(transport=wire(self._url)) as client:
            while len(statuses) < WORKERS:
                # Several at once: a worker that is busy leaves the next one to another.
                told = probe(lambda: client.get(f"{self._url}/work").json(), 2 * WORKERS)
                statuses |= {each["worker"]: each["status"] for each in told}
        begin, self._served_until = self._served_until, end
        count = round((end - begin) / timedelta(hours=1) * CALLS_AN_HOUR)
        called = (self._pack.operations[READS[self.vendor]].path, *self._polled)
        with (self.folder / "calls.jsonl").open("a", encoding="utf-8") as log:
            for number in range(count):
                at = begin + (end - begin) * number / count
                again = int(number % RETRIED == 0)
                status = statuses[number % WORKERS + 1]
                line = {"time": at.isoformat(), "status": status, "http.request.resend_count": again}
                log.writelines(json.dumps({**line, "endpoint": endpoint}) + "\n" for endpoint in called)

    @property
    def _polled(self) -> tuple[str, ...]:
        return tuple(self._pack.operations[each.poll].path for each in self._pack.composites.values())

    def _submitted(self) -> tuple[str, Mapping[str, str]] | None:
        """Submit what is asked for after the switch, with the key of before it."""
        target = Target(
            self.vendor,
            self.sandbox.base_url(self.vendor, BEHIND),
            credentials={self._pack.authentication.credential: Secret(self._old, "the old key")},
            ids=self._connection.ids,
        )
        vendor = Vendor(
            self._pack,
            target,
            Permit(ENVIRONMENT, production=False, allowed=frozenset()),
            strict=True,
            scrub=lambda text: text,
            journal=Unwritten(),
            fresh=lambda kind: f"golive-{kind}",
            run="rotation",
        )
        try:
            return submit(vendor)
        finally:
            vendor.close()


UNSAID = frozenset({"timeout_exception", "key_age_exception"})
"""Settings that excuse something: nothing has to be excused here."""


def rules_of(vendor: str) -> tuple[str, ...]:
    """Return the rules that a rehearsal looks at: those after a rotation that one of its checks decides."""

    def is_looked_at(rule: Rule) -> bool:
        return "postrotation" in rule.suites and any(part.check in CHECKS - ASKING for part in rule.decided_by)

    return tuple(rule.id for rule in (*read_rules(vendor), *general_rules()) if is_looked_at(rule))


def _why(result: Mapping[str, Any]) -> str:
    finding = result["finding"] or {}
    return str(finding.get("actual") or finding.get("requirement") or "no reason is told")
