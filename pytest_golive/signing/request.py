"""What a signature over an HTTP request speaks of, besides the body: method, address, headers (RFC 9421, section 2)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qsl, quote, urlsplit

from pytest_golive.signing.structured import Component

PORTS = {"http": 80, "https": 443}


class Lacking(Exception):
    """A request has no such header."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it is signed.

    Attributes:
        method: as it is written.
        url: the whole address.
        headers: by lower-case name.
        body: the bytes.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


def value_of(component: Component, request: Request) -> str:
    """Return the value of a component.

    Raises:
        Lacking: the request has no such header.
        ValueError: there is no such component, or it cannot be told.
    """
    if component.name == "@query-param":
        return _query_parameter(component, request)
    if component.parameters:
        raise ValueError(f"{component.written} has parameters that nothing here reads")
    if component.name.startswith("@"):
        return _derived(component, request)
    if component.name not in request.headers:
        raise Lacking(component.name)
    # A header that was folded is one line again.
    return re.sub(r"[ \t]*\r?\n[ \t]+", " ", request.headers[component.name].strip(" \t\r\n"))


def _derived(component: Component, request: Request) -> str:
    parts = urlsplit(request.url)
    path = parts.path or "/"
    query = f"?{parts.query}"
    values = {
        "@method": request.method,
        "@target-uri": request.url,
        "@authority": _authority(parts),
        "@scheme": parts.scheme.lower(),
        "@request-target": path + (query if parts.query else ""),
        "@path": path,
        "@query": query,
    }
    if component.name not in values:
        raise ValueError(f"there is no component {component.name}")
    return values[component.name]


def _authority(parts: SplitResult) -> str:
    host = parts.netloc.rpartition("@")[2].lower()
    return host.removesuffix(f":{PORTS.get(parts.scheme.lower(), '')}")


def _query_parameter(component: Component, request: Request) -> str:
    name = component.parameters.get("name")
    if not isinstance(name, str) or len(component.parameters) != 1:
        raise ValueError(f"{component.written} has to have a name and nothing else")
    query = urlsplit(request.url).query
    found = [value for key, value in parse_qsl(query, keep_blank_values=True) if _encoded(key) == name]
    if len(found) != 1:
        raise ValueError(f"the query has {len(found)} parameters {name}; one can be signed")
    return _encoded(found[0])


def _encoded(text: str) -> str:
    # Of what quote() always leaves alone, forms encode this one.
    return quote(text, safe="*").replace("~", "%7E")
