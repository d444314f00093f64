"""Everything that stands in one file: its text in whatever encoding, and what lies packed in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO, TypeVar

from pytest_golive.source.sightings import Searcher, Sighting
from pytest_golive.source.unpacking import Room, has_packed_text, inside, is_packed

WHOLE_BYTES = 16 * 1024 * 1024
"""A longer file is read in pieces, and not unpacked."""

_PIECE_BYTES = 4 * 1024 * 1024
_HEAP_BYTES = 1024 * 1024

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Seen:
    """A sighting with its place in the file.

    Attributes:
        inner: where in an archive it lies; empty for the file itself.
        line: the line there, from 1.
        sighting: what was seen.
    """

    inner: str
    line: int
    sighting: Sighting


def seen_in(data: bytes, searcher: Searcher, room: Room) -> Iterator[Seen]:
    """Yield what stands in a file that was read whole."""
    found = False
    for inner, content in inside(data, room):
        found = True
        for seen in _in_text(content, searcher):
            yield Seen(inner, seen.line, seen.sighting)
    if not (is_packed(data) and found):
        yield from _in_text(data, searcher)


def sifted(files: Iterable[tuple[T, bytes]], searcher: Searcher) -> Iterator[tuple[T, bytes]]:
    """Yield those files in which something may be seen; the others are passed over a thousand at a time.

    One search through many small files laid end to end takes a fraction of one search through each.
    """
    heap: list[tuple[T, bytes]] = []
    size = 0
    for label, data in files:
        if len(data) >= _HEAP_BYTES or is_packed(data) or as_utf8(data) is not data:
            yield label, data
            continue
        heap.append((label, data))
        size += len(data)
        if size >= _HEAP_BYTES:
            yield from _worth_a_look(heap, searcher)
            heap, size = [], 0
    yield from _worth_a_look(heap, searcher)


def _worth_a_look(heap: list[tuple[T, bytes]], searcher: Searcher) -> Iterator[tuple[T, bytes]]:
    joined = b"\n\0\n".join(data for _, data in heap)
    if has_packed_text(joined):
        yield from heap
        return
    starts = [sighting.start for sighting in searcher.find(joined)]
    begun = 0
    for label, data in heap:
        end = begun + len(data)
        if any(begun <= start <= end for start in starts):
            yield label, data
        begun = end + 3


def seen_in_stream(file: IO[bytes], size: int, searcher: Searcher, room: Room) -> Iterator[Seen]:
    """Yield what stands in the next `size` bytes of a stream, which are read in any case."""
    if size <= WHOLE_BYTES:
        yield from seen_in(file.read(size), searcher, room)
        return
    room.full = True
    line, kept, left = 1, b"", size
    last: set[tuple[int, str]] = set()
    while left > 0:
        fresh = file.read(min(_PIECE_BYTES, left))
        if not fresh:
            return
        left -= len(fresh)
        piece = kept + fresh
        these = {(line + seen.line - 1, seen.sighting.masked): seen for seen in _in_text(piece, searcher)}
        for (at, shown), seen in these.items():
            if (at, shown) not in last:
                yield Seen("", at, seen.sighting)
        last = set(these)
        kept = piece[-searcher.longest :]
        line += piece.count(b"\n", 0, len(piece) - len(kept))


def _in_text(data: bytes, searcher: Searcher) -> Iterator[Seen]:
    text = as_utf8(data)
    for sighting in searcher.find(text):
        yield Seen("", 1 + text.count(b"\n", 0, sighting.start), sighting)


def as_utf8(data: bytes) -> bytes:
    """Return text that was written in UTF-16, as editors and PowerShell on Windows do, in UTF-8; the rest as it is."""
    head = data[:512]
    if head[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        encoding = "utf-16"
    elif len(head) >= 16 and head[1::2].count(0) > 0.9 * len(head[1::2]) and 0 not in head[::2]:
        encoding = "utf-16-le"
    elif len(head) >= 16 and head[::2].count(0) > 0.9 * len(head[::2]) and 0 not in head[1::2]:
        encoding = "utf-16-be"
    else:
        return data
    return data.decode(encoding, "replace").encode("utf-8", "replace")
