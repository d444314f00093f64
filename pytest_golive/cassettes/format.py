"""A cassette as text: written by vcrpy's serializer, laid out for people, and read as plain values only.

The layout is vcrpy's own, so that vcrpy plays these files by itself too. A JSON body stands there indented; the header
``golive-body`` says in which spelling it was sent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import yaml

from pytest_golive.cassettes.bodies import decoded, indented, parsed, spelled, spelling_of

SPELLING = "golive-body"

MOST_EVENTS = 500_000
DEEPEST = 60
TAGS = frozenset({"tag:yaml.org,2002:binary", "!"})
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DUMPER: Any = getattr(yaml, "CDumper", yaml.Dumper)


class NotACassette(Exception):
    """A file cannot be read as a cassette.

    Attributes:
        line: where.
        problem: what is wrong there; never what stands there.
    """

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(f"line {line}: {problem}")
        self.line = line
        self.problem = problem


class _Block(str):
    """A text that is written as a block, line by line."""

    __slots__ = ()


class _Quoted(str):
    """A text that is written with escapes, because a block does not keep its line ends."""

    __slots__ = ()


@cache
def _serializer() -> Any:
    """Return vcrpy's serializer; it is told how the two kinds of text above are written."""
    from vcr.serializers import yamlserializer

    tag = "tag:yaml.org,2002:str"
    DUMPER.add_representer(_Block, lambda dumper, text: dumper.represent_scalar(tag, str(text), style="|"))
    DUMPER.add_representer(_Quoted, lambda dumper, text: dumper.represent_scalar(tag, str(text), style='"'))
    return yamlserializer


def serialize(cassette: Mapping[str, Any]) -> str:
    """Return the text of a cassette; vcrpy calls this with requests and answers as plain values."""
    interactions = [
        {"request": _request_out(each["request"]), "response": _response_out(each["response"])}
        for each in cassette["interactions"]
    ]
    text: str = _serializer().serialize({**cassette, "interactions": interactions})
    return text


def deserialize(text: str) -> dict[str, Any]:
    """Return what a cassette holds; vcrpy calls this.

    Raises:
        NotACassette: it holds something else.
    """
    cassette: dict[str, Any] = plain_values(text)
    _check(cassette, text)
    for each in cassette["interactions"]:
        each["request"] = _request_in(each["request"])
        each["response"] = _response_in(each["response"])
    return cassette


def written(plain: Mapping[str, Any]) -> str:
    """Return plain values as YAML, by the same serializer."""
    text: str = _serializer().serialize(dict(plain))
    return text


def plain_values(text: str) -> Any:
    """Return what a file says, if it is plain.

    Raises:
        NotACassette: it is not.
    """
    refuse_what_is_not_plain(text)
    try:
        return _serializer().deserialize(text)
    except yaml.YAMLError as error:
        raise _of(error) from None
    except (ValueError, RecursionError):
        raise NotACassette(1, "this is not YAML that a cassette is written in") from None


def refuse_what_is_not_plain(text: str) -> None:
    """Look through a file before anything is made of it: no aliases, no tags, not too deep, one document.

    Raises:
        NotACassette: there is one of these, or it is no YAML at all.
    """
    depth = documents = 0
    try:
        for number, event in enumerate(yaml.parse(text, Loader=LOADER)):
            line = event.start_mark.line + 1 if event.start_mark is not None else 1
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise NotACassette(line, "aliases and anchors are not allowed in a cassette")
            tag = getattr(event, "tag", None)
            if tag is not None and tag not in TAGS:
                raise NotACassette(line, "a tag is not allowed in a cassette, but !!binary")
            documents += isinstance(event, yaml.DocumentStartEvent)
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > DEEPEST or number > MOST_EVENTS or documents > 1:
                raise NotACassette(line, "it is deeper or longer than any cassette, or a second document begins")
    except yaml.YAMLError as error:
        raise _of(error) from None


def _of(error: yaml.YAMLError) -> NotACassette:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = re.sub(r"'[^' ,]{4,}'", "what stands here", str(getattr(error, "problem", "") or "unreadable characters"))
    return NotACassette(mark.line + 1 if mark else 1, f"this is not YAML: {problem}")


def _check(cassette: Any, text: str) -> None:
    """Demand the layout of a cassette.

    Raises:
        NotACassette: at the first place that is not right.
    """
    if not isinstance(cassette, dict) or cassette.get("version") != 1:
        raise NotACassette(1, "a cassette is a mapping with `version: 1`")
    if not isinstance(cassette.get("metadata"), dict):
        raise NotACassette(1, "`metadata` is missing: golive did not record this")
    interactions = cassette.get("interactions")
    if not isinstance(interactions, list):
        raise NotACassette(1, "`interactions` has to be a list")
    for number, each in enumerate(interactions):
        if not _is_interaction(each):
            raise NotACassette(_line(text, number), f"interaction {number + 1} is no request with its response")


def _is_interaction(each: Any) -> bool:
    if not isinstance(each, dict) or set(each) != {"request", "response"}:
        return False
    request, response = each["request"], each["response"]
    if not isinstance(request, dict) or set(request) != {"method", "uri", "body", "headers"}:
        return False
    if not isinstance(response, dict) or set(response) != {"status", "headers", "body"}:
        return False
    status, body = response["status"], response["body"]
    return (
        isinstance(request["method"], str)
        and isinstance(request["uri"], str)
        and isinstance(request["body"], str | bytes | None)
        and _are_headers(request["headers"])
        and _are_headers(response["headers"])
        and isinstance(status, dict)
        and isinstance(status.get("code"), int)
        and isinstance(status.get("message"), str)
        and isinstance(body, dict)
        and isinstance(body.get("string"), str | bytes)
    )


def _are_headers(headers: Any) -> bool:
    return isinstance(headers, dict) and all(
        isinstance(name, str) and isinstance(values, list) and values and all(isinstance(one, str) for one in values)
        for name, values in headers.items()
    )


def _line(text: str, number: int) -> int:
    """Return the line on which an interaction begins."""
    root = yaml.compose(text, Loader=LOADER)
    for key, value in root.value if isinstance(root, yaml.MappingNode) else ():
        if key.value == "interactions" and number < len(value.value):
            return int(value.value[number].start_mark.line) + 1
    return 1


def _request_out(request: Mapping[str, Any]) -> dict[str, Any]:
    body, spelling = body_out(request["body"])
    headers = {name: list(value) for name, value in sorted(request["headers"].items())}
    return {**request, "body": body, "headers": headers | ({SPELLING: [spelling]} if spelling else {})}


def _response_out(response: Mapping[str, Any]) -> dict[str, Any]:
    body, spelling = body_out(response["body"]["string"])
    headers = {name: list(value) for name, value in sorted(response["headers"].items())}
    headers |= {SPELLING: [spelling]} if spelling else {}
    return {"status": dict(response["status"]), "headers": headers, "body": {"string": body}}


def body_out(body: Any) -> tuple[Any, str | None]:
    """Return a body as it is written, and the spelling it had where that is another one."""
    text = decoded(body) if isinstance(body, bytes) else body
    if not isinstance(text, str) or not text:
        return text, None
    if text[:1] in {"{", "["}:
        try:
            value = parsed(text)
        except ValueError:
            return _text_out(text), None
        spelling = spelling_of(text, value)
        if spelling is not None and value and parsed(indented(value)) == value:
            return _Block(indented(value)), spelling
    return _text_out(text), None


def _text_out(text: str) -> str | bytes:
    if decoded(text.encode("utf-8", "surrogatepass")) != text:
        return text.encode("utf-8", "surrogatepass")
    return _Quoted(text) if re.search("[\r\x85\u2028\u2029\ufeff]", text) else text


def _request_in(request: Mapping[str, Any]) -> dict[str, Any]:
    headers = dict(request["headers"])
    return {**request, "body": body_in(request["body"], headers.pop(SPELLING, None)), "headers": headers}


def _response_in(response: Mapping[str, Any]) -> dict[str, Any]:
    headers = dict(response["headers"])
    return {
        **response,
        "body": {"string": body_in(response["body"]["string"], headers.pop(SPELLING, None))},
        "headers": headers,
    }


def body_in(body: Any, spelling: list[str] | None) -> Any:
    """Return a body as it was sent."""
    if not spelling or not isinstance(body, str):
        return body
    # An unknown spelling, or text that somebody edited into something else: as it stands.
    try:
        return spelled(parsed(body), spelling[0])
    except (ValueError, KeyError):
        return body
