"""One vendor in one environment: what a check calls."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from functools import cache
from typing import Any

import httpx
from jsonschema import Draft202012Validator

from pytest_golive.cassettes.recordings import Recordings
from pytest_golive.cassettes.transport import pausing
from pytest_golive.contract.judge import validator
from pytest_golive.credentials.secret import Secret
from pytest_golive.exchange.answer import Answer
from pytest_golive.exchange.call import Call, authorization, call_of, given_name, path_names, with_body
from pytest_golive.exchange.journal import Created, Journal
from pytest_golive.exchange.layers import client, scrubbing
from pytest_golive.exchange.pace import Pace
from pytest_golive.exchange.permit import Permit
from pytest_golive.exchange.restoring import Before
from pytest_golive.exchange.silence import NoAnswer
from pytest_golive.facts.current import current
from pytest_golive.facts.finding import Finding, NotVerified
from pytest_golive.facts.scope import for_all
from pytest_golive.manifest.environment import Target
from pytest_golive.vendors.library import read_schema
from pytest_golive.vendors.operation import Operation
from pytest_golive.vendors.pack import Pack

UNSET: Any = object()


class Vendor:
    """One vendor's API in one environment, called with its configured key. Safe to use from several threads.

    Args:
        pack: the vendor's contract.
        target: where it is and with which credentials.
        permit: what calls may do there.
        strict: whether assumed facts have to hold too, as in the sandbox.
        scrub: masks known secrets in a text.
        journal: where creations are written down.
        fresh: names what a call creates.
        run: id of the run, for the journal.
        pace: how fast it may be asked; None for as fast as one likes.
        recordings: plays and records calls; None where every call is asked and nothing is kept.
        observe: takes note of an assumed fact that does not hold.
    """

    def __init__(  # noqa: PLR0913  # everything a call passes on its way
        self,
        pack: Pack,
        target: Target,
        permit: Permit,
        *,
        strict: bool,
        scrub: Callable[[str], str],
        journal: Journal,
        fresh: Callable[[str], str],
        run: str,
        recordings: Recordings | None = None,
        pace: Pace | None = None,
    ) -> None:
        self.pack = pack
        self.target = target
        self.permit = permit
        self.strict = strict
        self.scrub = scrubbing(pack, scrub)
        self.run = run
        self.pause = pausing(recordings)
        self._recordings = recordings
        self._pace = pace
        self._journal = journal
        self._fresh = fresh
        self.before = Before(self, journal)
        self._lock = threading.Lock()
        self._client: httpx.Client | None = None
        self._unreachable: Finding | None = None

    @property
    def name(self) -> str:
        """The vendor's name, as golive.yaml writes it."""
        return self.pack.vendor

    def call(self, operation: str, /, **arguments: Any) -> Answer:
        """Call an operation of the pack.

        Path and query take the arguments they name, configured ids fill the rest of the path, and what is left is
        the body.

        Raises:
            NotVerified: the call is not allowed in this environment, or an id it needs is not configured.
            NoAnswer: no answer came.
        """
        model = self.operation(operation)
        return self._send(operation, model, self._call(operation, model, arguments), arguments)

    def call_with_key(self, key: Secret | None, operation: str, /, **arguments: Any) -> Answer:
        """Call an operation with another key, or without any."""
        model = self.operation(operation)
        return self._send(operation, model, self._call(operation, model, arguments), arguments, key=key)

    def call_with_headers(self, headers: Mapping[str, str | None], operation: str, /, **arguments: Any) -> Answer:
        """Call an operation with further header fields; None leaves out one that would be sent."""
        model = self.operation(operation)
        return self._send(operation, model, self._call(operation, model, arguments), arguments, headers=headers)

    def call_with_body(
        self, operation: str, body: Any, /, *, headers: Mapping[str, str | None] | None = None, **arguments: Any
    ) -> Answer:
        """Call an operation with exactly this body: a JSON value, or bytes as they are."""
        model = self.operation(operation)
        call = with_body(self._call(operation, model, arguments), model, body)
        return self._send(operation, model, call, body if isinstance(body, dict) else {}, headers=headers)

    def follow(self, operation: str, url: str) -> Answer:
        """Call an operation by an address that an earlier answer gave: relative to the base URL's host, or whole.

        Raises:
            HostNotAllowed: it leads to another host.
        """
        model = self.operation(operation)
        return self._send(operation, model, Call(model.method, url), {}, followed=True)

    def call_unkept(self, operation: str, /, **arguments: Any) -> Answer:
        """Call an operation without reading before what it replaces: it puts something back."""
        model = self.operation(operation)
        return self._send(operation, model, call_of(operation, model, self.target.ids, arguments), arguments)

    def operation(self, name: str) -> Operation:
        """Return an operation of the pack.

        Raises:
            LookupError: the pack has no such operation.
        """
        if name not in self.pack.operations:
            raise LookupError(f"{self.name} has no operation {name!r}; it has: {', '.join(self.pack.operations)}")
        return self.pack.operations[name]

    def judge(self, file: str) -> Draft202012Validator:
        """Return the validator of one of the vendor's schema files, compiled once."""
        return _judge(self.name, file)

    def observe(self, text: str) -> None:
        """Take note of an assumed fact that does not hold."""
        record = current()
        if record is not None and self.scrub(text) not in record.observations:
            record.observations.append(self.scrub(text))

    def note(self, text: str) -> None:
        """Take note of something a reader may want to know; it changes no outcome."""
        record = current()
        if record is not None and self.scrub(text) not in record.notes:
            record.notes.append(self.scrub(text))

    def warn(self, text: str) -> None:
        """Take note of something that holds, but close to the edge."""
        record = current()
        if record is not None and self.scrub(text) not in record.warnings:
            record.warnings.append(self.scrub(text))

    @property
    def base_url(self) -> str:
        """Where the vendor's API is called.

        Raises:
            NotVerified: golive.yaml names it, and it cannot be read here.
        """
        if not self.target.base_url:
            raise self._missing("base_url", "where the vendor's API is called")
        return self.target.base_url

    def key(self, name: str = "api_key") -> Secret:
        """Return a configured credential.

        Raises:
            NotVerified: it is not in golive.yaml.
        """
        if name not in self.target.credentials:
            raise self._missing(name, self.pack.credentials[name].title if name in self.pack.credentials else name)
        return self.target.credentials[name]

    def id(self, name: str) -> str:
        """Return a configured id.

        Raises:
            NotVerified: it is not in golive.yaml.
        """
        if name not in self.target.ids:
            raise self._missing(f"ids.{name}", self.pack.ids[name].title if name in self.pack.ids else name)
        return self.target.ids[name]

    def setting(self, name: str) -> Any:
        """Return a setting of golive.yaml.

        Raises:
            NotVerified: it is not there.
        """
        if name not in self.target.settings:
            raise self._missing(f"settings.{name}", self.pack.settings[name].title)
        return self.target.settings[name]

    @property
    def api_version(self) -> str:
        """The API version that calls name: golive.yaml's, else the pack's; empty for a vendor without versions."""
        versioning = self.pack.versioning
        return "" if versioning is None else str(self.target.settings.get("api_version", versioning.version))

    def sharing(self, name: str) -> AbstractContextManager[object]:
        """Count what happens meanwhile to something that all checks share, and to none of them."""
        whole = f"{self.name}@{self.permit.environment}.{name}"
        return for_all(whole) if self._recordings is None else self._recordings.shared(whole)

    @property
    def replays(self) -> bool:
        """Whether answers come from a recording."""
        return self._recordings is not None and self._recordings.replays

    def has(self, feature: str) -> bool:
        """Whether the team uses a part of the API: as golive.yaml says, else as the pack supposes."""
        return self.target.features.get(feature, self.pack.features[feature].default)

    def close(self) -> None:
        """Close all connections."""
        with self._lock:
            if self._client is not None:
                self._client.close()
                self._client = None

    def _missing(self, key: str, title: str) -> NotVerified:
        place = self._place(key)
        reason = self.target.missing.get(key)
        return NotVerified(reason or f"{place} is missing: {title}", key=place)

    def _place(self, key: str) -> str:
        return f"environments.{self.permit.environment}.vendors.{self.name}.{key}"

    def _call(self, name: str, model: Operation, arguments: Mapping[str, Any]) -> Call:
        for needed in path_names(model):
            if needed in self.pack.ids and needed not in arguments:
                self.id(needed)
        if model.overwrites is not None:
            self.permit.check(name, model)
            self.before.keep(name, arguments)
        return call_of(name, model, self.target.ids, arguments)

    def _send(
        self,
        name: str,
        model: Operation,
        call: Call,
        arguments: Mapping[str, Any],
        key: Secret | None = UNSET,
        headers: Mapping[str, str | None] | None = None,
        *,
        followed: bool = False,
    ) -> Answer:
        self.permit.check(name, model)
        used = self._usual_key(model) if key is UNSET else key
        if self._unreachable is not None:
            # A new one each time: an exception that is raised again keeps the traceback of every time before.
            raise NoAnswer(self._unreachable, sent=False)
        created = self._intend(name, model, arguments)
        try:
            url = str(httpx.URL(self.base_url).join(call.path)) if followed else self.base_url.rstrip("/") + call.path
            sent = self._sent(model, call, used, headers or {})
            answer = self._exchange(name, model, call, url, sent, "none" if used is None else used.name)
        except NoAnswer as silence:
            if created is not None and not silence.sent:
                self._journal.remove(created)
            raise
        if created is not None:
            self._confirm(created, model, answer)
        return answer

    def _usual_key(self, model: Operation) -> Secret | None:
        return None if model.open else self.key(self.pack.authentication_of(model).credential)

    def _sent(
        self, model: Operation, call: Call, key: Secret | None, instead: Mapping[str, str | None]
    ) -> dict[str, str]:
        """Return the header fields of a call: the pack's, the version, the key, and what was given instead."""
        headers: dict[str, str | None] = {**self.pack.headers, **call.headers}
        if self.pack.versioning is not None:
            headers[self.pack.versioning.header] = self.api_version
        if key is not None:
            headers |= authorization(self.pack.authentication_of(model), key.reveal())
        return {name: value for name, value in {**headers, **instead}.items() if value is not None}

    def _exchange(
        self, name: str, model: Operation, call: Call, url: str, headers: Mapping[str, str], credential: str
    ) -> Answer:
        client = self._connected()
        request = client.build_request(
            call.method,
            url,
            params=dict(call.query) or None,
            content=call.content,
            files=call.files,
            data=dict(call.form) if call.form else None,
            headers=headers,
            timeout=model.timeout_seconds,
            extensions={"golive_operation": name, "golive_credential": credential},
        )
        begun = time.monotonic()
        try:
            response = client.send(request)
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise self._no_answer(name, error) from None
        return Answer(self, name, response, time.monotonic() - begun)

    def _no_answer(self, name: str, error: httpx.RequestError) -> NoAnswer:
        """Explain the silence; a host that cannot be connected to is not tried again in this run."""
        finding = Finding(
            requirement=f"{name} has to be answered",
            expected="an answer",
            actual=self.scrub(f"{self.target.base_url}: {type(error).__name__}: {error}"),
            fix="see that base_url is right and reachable from here: name, port, firewall, proxy, certificate",
        )
        unreachable = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
        if unreachable:
            self._unreachable = finding
        return NoAnswer(finding, sent=not unreachable)

    def _connected(self) -> httpx.Client:
        with self._lock:
            if self._client is None:
                place = f"{self.name}@{self.permit.environment}"
                self._client = client(self.pack, self.base_url, place, self.scrub, self._pace, self._recordings)
            return self._client

    def _intend(self, name: str, model: Operation, arguments: Mapping[str, Any]) -> Created | None:
        if model.creates is None:
            return None
        given = given_name(model, arguments) or self._fresh(model.creates.kind)
        created = Created(
            self.run,
            self.permit.environment,
            self.name,
            name,
            model.creates.kind,
            given,
            # The same call twice makes two things of one name, and both have to go.
            call=secrets.token_hex(4),
        )
        self._journal.intend(created)
        return created

    def _confirm(self, created: Created, model: Operation, answer: Answer) -> None:
        if not answer.succeeded or answer.played:
            self._journal.remove(created)
            return
        fields = model.creates.id if model.creates is not None else ()
        self._journal.confirm(created, answer.identifier(fields) if fields else created.name)


@cache
def _judge(vendor: str, file: str) -> Draft202012Validator:
    return validator(read_schema(vendor, file))
