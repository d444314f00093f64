"""Asks a client for one call after the other, or several at once, and tells what each came to.

One driver is one scenario: it starts a process of its own, and `close` ends it. A client behind an address is asked
over HTTP instead; it has no log that golive could read.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import httpx

from pytest_golive.clients.answers import Answer, answer_of, crashed, is_answer, json_object, shown
from pytest_golive.clients.certificates import certificates
from pytest_golive.clients.program import Program, Unstarted, now
from pytest_golive.clients.setup import Setup, driven_arguments
from pytest_golive.credentials.redaction import Redactor
from pytest_golive.credentials.secret import SHORTEST, Secret

__all__ = ["Client", "Said", "Unstarted"]

PROTOCOL = 1

GRACE_SECONDS = 1.0
"""How much longer than its promise a client is waited for: so late a machine under load may be."""

FLUSHING_SECONDS = 1.0
"""How long golive looks whether a client that said nothing answers once its input is closed."""

PRIVATE = ("email", "phone")
"""Arguments with one of these words in their name are about a person, and belong into no log."""


class Said(NamedTuple):
    """What a client said besides its answers.

    Attributes:
        log: its lines, secrets masked.
        leaks: names of the secrets, and of the personal data, that stood there or in an answer.
    """

    log: tuple[str, ...]
    leaks: tuple[str, ...]


@dataclass(slots=True)
class _Pending:
    began_at: float
    allowed: float
    answered: threading.Event = field(default_factory=threading.Event)
    answer: Answer | None = None
    late: threading.Event | None = None
    """There once its time is up: set when it is answered all the same."""


class Client:
    """A client under way. Thread-safe; one that is not concurrent is asked for one call at a time.

    Args:
        setup: which client, and how it is reached.
        base_url: where its vendor is called.
        api_key: what it calls the vendor with.
        ids: of the vendor's configuration.
        environ: further variables of its process.
        redactor: knows what must stand neither in its log nor in its answers; None: the api key.
    """

    def __init__(
        self,
        setup: Setup,
        *,
        base_url: str,
        api_key: str,
        ids: Mapping[str, str] | None = None,
        environ: Mapping[str, str] | None = None,
        redactor: Redactor | None = None,
    ) -> None:
        self.setup = setup
        self._base_url = base_url
        self._api_key = api_key
        self._ids = dict(ids or {})
        self._secrets = redactor or Redactor([Secret(api_key, "api_key")])
        self._private = Redactor()
        self._places: set[tuple[str, str]] = set()
        self._pending: dict[str, _Pending] = {}
        self._lock = threading.RLock()
        self._turn = threading.Lock()
        self._answered = False
        self._asked = False
        self._ended = ""
        self._http: httpx.Client | None = None
        self._program: Program | None = None
        if setup.started:
            values = {"base_url": base_url, "api_key": api_key, **self._ids}
            if any("{ca_file}" in value for value in setup.client.environ.values()):
                values["ca_file"] = str(certificates().authority)
            self._program = Program(
                setup.argv,
                setup.directory,
                setup.environ(values, environ or {}),
                on_line=self._took,
                on_end=self._over,
                leaving=self._look_at_log,
            )

    @property
    def leak_places(self) -> tuple[tuple[str, str], ...]:
        """What leaked, and where: in the log, in a message, in a result."""
        return tuple(sorted(self._places))

    def give(self, api_key: str) -> None:
        """Call the vendor with another key from the next call on."""
        self._api_key = api_key

    def start(self, *, beside: bool = False) -> None:
        """Start its process; a client behind an address is there already.

        Args:
            beside: it runs beside another one of the same scenario; see :meth:`Program.start`.

        Raises:
            Unstarted: it cannot be started.
        """
        if self._program is not None:
            self._program.start(beside=beside)

    def call(self, call_id: str, operation: str, arguments: Mapping[str, Any], seconds: float | None = None) -> Answer:
        """Ask for a call, and return what it came to.

        Args:
            call_id: unique in the scenario.
            operation: what it is to do.
            arguments: with what, by the pack's names.
            seconds: how long it may take; None for its own promise.
        """
        if self.setup.concurrent:
            self.send(call_id, operation, arguments, seconds)
            return self.wait(call_id)
        with self._turn:
            self.send(call_id, operation, arguments, seconds)
            return self.wait(call_id)

    def send(self, call_id: str, operation: str, arguments: Mapping[str, Any], seconds: float | None = None) -> None:
        """Ask for a call without waiting for what it comes to; see :meth:`wait`.

        Raises:
            RuntimeError: a client that is not concurrent has not answered the call before.
        """
        self._watch(arguments)
        with self._lock:
            if not self.setup.concurrent and any(not each.answered.is_set() for each in self._pending.values()):
                raise RuntimeError(f"{self.setup.name} is not concurrent, and has not answered the call before")
            starting = 0.0 if self._asked or not self.setup.started else self.setup.start_seconds
            self._asked = True
            pending = _Pending(now(), starting + (seconds or self.setup.patience_seconds))
            self._pending[call_id] = pending
            if self._ended:
                self._settle(call_id, crashed(call_id, self._ended))
                return
        asked = self._asked_for(call_id, operation, arguments)
        if self._program is not None:
            self._program.write(json.dumps(asked).encode())
        else:
            threading.Thread(target=self._post, args=(call_id, asked), daemon=True, name="golive-client-post").start()

    def wait(self, call_id: str) -> Answer:
        """Return what a call came to that was asked for by :meth:`send`."""
        pending = self._pending[call_id]
        until = pending.began_at + pending.allowed + GRACE_SECONDS
        if not pending.answered.wait(max(0.0, until - now())):
            self._settle(call_id, crashed(call_id, self._silence(pending)))
        assert pending.answer is not None, "was settled"
        return pending.answer

    def close(self) -> Said:
        """End its process, and return what it said besides its answers."""
        if self._http is not None:
            self._http.close()
        if self._program is None:
            return Said((), tuple(sorted({name for name, _ in self._places})))
        self._program.close(at_once=any(not each.answered.is_set() for each in self._pending.values()))
        text = "\n".join(self._program.log.lines)
        self._look_at_log(text)
        masked = self._private.scrub(self._secrets.scrub(text))
        return Said(tuple(masked.split("\n")) if text else (), tuple(sorted({name for name, _ in self._places})))

    def _asked_for(self, call_id: str, operation: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "golive": PROTOCOL,
            "call_id": call_id,
            "operation": operation,
            "arguments": driven_arguments(self.setup.pack, operation, arguments),
            "base_url": self._base_url,
            "api_key": self._api_key,
            "ids": self._ids,
        }

    def _post(self, call_id: str, asked: Mapping[str, Any]) -> None:
        allowed = self._pending[call_id].allowed + GRACE_SECONDS
        try:
            answer = self._adapter().post(self.setup.url, json=asked, timeout=allowed)
        except httpx.ReadTimeout:
            return  # whoever waits tells it
        except (httpx.HTTPError, httpx.InvalidURL, RuntimeError, OSError) as error:  # closed meanwhile, too
            told = f"nobody takes calls at {self.setup.url}: {type(error).__name__}"
            self._settle(call_id, crashed(call_id, told))
            return
        said = json_object(answer.content)
        if said is None or "ok" not in said or said.get("call_id", call_id) != call_id:
            told = f"its adapter answered {answer.status_code}, and no answer: {shown(answer.text)}"
            self._settle(call_id, crashed(call_id, self._secrets.scrub(told)))
            return
        self._settle(call_id, self._looked_at(answer_of(said, call_id)))

    def _adapter(self) -> httpx.Client:
        with self._lock:
            if self._http is None:
                # Trust is read from files, which takes longer than a call does; plain http needs none.
                self._http = httpx.Client(trust_env=False, verify=self.setup.url.startswith("https:"))
            return self._http

    def _took(self, line: bytes) -> bool:
        """Take a line of standard output; tell whether it answers a call under way."""
        said = json_object(line) if line.lstrip()[:1] == b"{" else None
        if said is None or not is_answer(said):
            return False
        with self._lock:
            pending = self._pending.get(said["call_id"])
            if pending is None or pending.answered.is_set():
                return False
            if pending.late is not None:
                pending.late.set()
                return True
        self._answered = True
        self._settle(said["call_id"], self._looked_at(answer_of(said, said["call_id"])))
        return True

    def _over(self, how: str) -> None:
        """Take note that nothing more comes: whatever was asked for has crashed."""
        last = self._program.log.last if self._program is not None else ""
        told = self._secrets.scrub(f"{how}; it said: {shown(last)}" if last else how)
        with self._lock:
            self._ended = told
            open_ones = {name: each for name, each in self._pending.items() if not each.answered.is_set()}
            waiting = [call_id for call_id, each in open_ones.items() if each.late is None]
        for call_id in waiting:
            self._settle(call_id, crashed(call_id, told))

    def _settle(self, call_id: str, answer: Answer) -> None:
        with self._lock:
            pending = self._pending[call_id]
            if not pending.answered.is_set():
                pending.answer = answer.at(pending.began_at, now())
                pending.answered.set()

    def _silence(self, pending: _Pending) -> str:
        """Return in words that a call was not answered in time."""
        program = self._program
        if program is not None and not self._answered:
            with self._lock:
                late = pending.late = threading.Event()
            program.end_input()
            if late.wait(FLUSHING_SECONDS):
                return "it answered only once its input was closed: it does not flush its standard output"
        last = self._secrets.scrub(program.log.last) if program is not None else ""
        told = f"it gave no answer for {pending.allowed:g} s"
        return f"{told}; it said: {shown(last)}" if last else told

    def _looked_at(self, answer: Answer) -> Answer:
        """Return an answer with secrets masked, and take note of them."""
        self._note(self._secrets, answer.message, "message")
        self._note(self._secrets, json.dumps(answer.result, ensure_ascii=False), "result")
        return Answer(
            answer.call_id,
            answer.outcome,
            self._secrets.scrub_json(answer.result),
            self._secrets.scrub(answer.message),
            self._secrets.scrub(answer.crash),
        )

    def _look_at_log(self, text: str) -> None:
        for redactor in (self._secrets, self._private):
            self._note(redactor, text, "log")

    def _note(self, redactor: Redactor, text: str, place: str) -> None:
        with self._lock:
            self._places |= {(name, place) for name in redactor.holds(text)}

    def _watch(self, arguments: Any, name: str = "") -> None:
        """From now on know the personal data that a call is about, wherever it stands in the arguments."""
        if isinstance(arguments, Mapping):
            for key, value in arguments.items():
                self._watch(value, str(key))
        elif isinstance(arguments, list | tuple):
            for value in arguments:
                self._watch(value, name)
        elif isinstance(arguments, str) and len(arguments) >= SHORTEST:
            word = next((word for word in PRIVATE if word in name.lower()), None)
            if word is not None:
                self._private.add(Secret(arguments, word))
