"""The layer between the evidence and the vendor: plays what was recorded, records what was asked."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import httpx

from pytest_golive.cassettes.filtering import CREDENTIAL, ERROR, LIMITED, OPERATION, Called, header_of
from pytest_golive.cassettes.tape import Mode
from pytest_golive.facts.finding import CheckFailed, Finding
from pytest_golive.facts.scope import scope

if TYPE_CHECKING:
    from vcr.request import Request

    from pytest_golive.cassettes.recordings import Recordings

PLAYED = "golive_played"
"""Extension of a request whose answer was recorded."""


class NotRecorded(CheckFailed):
    """A replay was asked for a call that is not in the recording."""


class Playback(httpx.BaseTransport):
    """Answers from the cassette of the current check, and asks the vendor where that is wanted.

    Args:
        recordings: the tapes of the run.
        called: whom this layer calls.
        inner: makes the next layer, the first time it is needed; in a replay never.
    """

    def __init__(self, recordings: Recordings, called: Called, inner: Callable[[], httpx.BaseTransport]) -> None:
        self._recordings = recordings
        self._called = called
        self._make = inner
        self._inner: httpx.BaseTransport | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request.

        Raises:
            NotRecorded: in a replay, the call is not in the recording.
        """
        request.read()
        mine = scope()
        if mine is None:
            if self._recordings.mode is Mode.NONE:
                raise self._not_recorded(request, "it is made outside of any check, where nothing is recorded")
            return self._live(request)
        tape = self._recordings.tape(mine)
        recorded = self._recordings.filter.request(request, self._called)
        answer = tape.play(recorded) if tape.mode is not Mode.ALL else None
        if answer is not None:
            return _played(self._recordings.unmasked(answer), request)
        if tape.mode is Mode.NONE:
            raise self._not_recorded(request, tape.why_not(recorded), recorded, self._recordings.told(mine))
        return self._recorded(request, recorded, tape.record)

    def close(self) -> None:
        """Close the layers below."""
        if self._inner is not None:
            self._inner.close()

    def _live(self, request: httpx.Request) -> httpx.Response:
        with self._recordings.lock:
            if self._inner is None:
                self._inner = self._make()
        return self._inner.handle_request(request)

    def _recorded(
        self, request: httpx.Request, recorded: Request, keep: Callable[[Request, dict[str, Any]], None]
    ) -> httpx.Response:
        try:
            response = self._live(request)
            response.read()
        except (httpx.TransportError, httpx.DecodingError) as error:
            keep(recorded, self._recordings.filter.silence(error))
            raise
        limited = bool(request.extensions.get("golive_rate_limited"))
        keep(recorded, self._recordings.filter.response(response, self._called, limited=limited))
        return response

    def _not_recorded(
        self, request: httpx.Request, why: str, recorded: Request | None = None, file: str = "the recording"
    ) -> NotRecorded:
        operation = str(request.extensions.get("golive_operation", "")) or "this call"
        url = httpx.URL(request.url)
        place = recorded.uri if recorded is not None else str(url.copy_with(query=None))
        with_key = f" with {header_of(recorded.headers, CREDENTIAL)}" if recorded is not None else ""
        return NotRecorded(
            Finding(
                requirement=f"{operation} has to be in {file}",
                expected="a recorded call",
                actual=f"{request.method} {place}{with_key}: {why}",
                fix="record what is missing with --golive-record missing, or the whole suite anew with "
                "--golive-record all; a call that changes from run to run takes its values from golive.fresh()",
            )
        )


def _played(answer: dict[str, Any], request: httpx.Request) -> httpx.Response:
    """Return a recorded answer as if it had just come, or raise what came in its place."""
    request.extensions[PLAYED] = True
    headers: dict[str, list[str]] = dict(answer["headers"])
    error = headers.pop(ERROR, None)
    if error:
        name, _, text = error[0].partition(": ")
        kind = getattr(httpx, name, None)
        known = isinstance(kind, type) and issubclass(kind, httpx.TransportError | httpx.DecodingError)
        raise (kind if known else httpx.TransportError)(text, request=request)  # type: ignore[misc]  # judged above
    if headers.pop(LIMITED, None):
        request.extensions["golive_rate_limited"] = True
    message = answer["status"]["message"]
    return httpx.Response(
        answer["status"]["code"],
        headers=[(name, value) for name, values in headers.items() for value in values],
        stream=httpx.ByteStream(answer["body"]["string"]),
        request=request,
        extensions={"reason_phrase": message.encode("ascii", "replace")} if message else None,
    )


def pausing(recordings: Recordings | None) -> Callable[[float], None]:
    """Return how a check waits: a replay has nothing to wait for."""
    replays = recordings is not None and recordings.mode is Mode.NONE
    return (lambda _: None) if replays else time.sleep


__all__ = ["OPERATION", "PLAYED", "NotRecorded", "Playback", "pausing"]
