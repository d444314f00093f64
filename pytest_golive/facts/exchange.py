"""One request golive sent and what came back, as evidence."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Exchange:
    """A call as it may be shown: headers listed one by one, known secrets already masked.

    Attributes:
        operation: name of the operation in the vendor's pack.
        method: request method.
        url: full address, query included.
        request_headers: the headers that may be shown.
        request_body: what was sent, as text, cut to a size.
        status: status code; None when no answer came.
        response_headers: the headers that may be shown.
        response_body: what came back, as text, cut to a size.
        seconds: from the first byte sent to the last byte read, on a monotonic clock.
        error: why no answer came, in one sentence.
        lab: whether it is no call of golive's to the vendor, but one of a client or to a handler under test.
    """

    operation: str
    method: str
    url: str
    request_headers: Mapping[str, str] = field(default_factory=dict)
    request_body: str = ""
    status: int | None = None
    response_headers: Mapping[str, str] = field(default_factory=dict)
    response_body: str = ""
    seconds: float = 0.0
    error: str | None = None
    lab: bool = False

    @property
    def line(self) -> str:
        """The exchange in one line, as a finding shows it."""
        came_back = f"{self.status}" if self.status is not None else f"no answer ({self.error})"
        return f"{self.method} {self.url} -> {came_back} in {self.seconds * 1000:.0f} ms"

    def curl(self, key_header: str, key_variable: str) -> str:
        """Return a command line that sends the same request, with the key taken from a variable."""
        words = ["curl", "-i", "-X", self.method]
        for name, value in self.request_headers.items():
            if name.lower() != key_header.lower():
                words += ["-H", shlex.quote(f"{name}: {value}")]
        if key_header.lower() in {name.lower() for name in self.request_headers}:
            prefix = "Bearer " if key_header.lower() == "authorization" else ""
            words += ["-H", f'"{key_header}: {prefix}${key_variable}"']
        if self.request_body:
            words += ["--data-binary", shlex.quote(self.request_body)]
        return " ".join([*words, shlex.quote(self.url)])

    def as_json(self) -> str:
        """Return the exchange as indented JSON, for the link in the HTML report."""
        shown = {name: getattr(self, name) for name in self.__slots__ if name != "lab"}
        return json.dumps(shown, indent=2, ensure_ascii=False, default=dict)
