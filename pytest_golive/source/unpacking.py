"""What lies inside of archives and compressed files: bounded, since an archive may be made to burst."""

from __future__ import annotations

import base64
import binascii
import bz2
import io
import lzma
import re
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

DEEPEST = 4
"""How many archives may lie in each other."""

MOST_BYTES = 64 * 1024 * 1024
"""How much is unpacked of one file, all that lies in it together."""

MOST_MEMBERS = 20_000
"""How many members of one file are looked at."""

_BLOCK = 64 * 1024
_GZIP_IN_BASE64 = re.compile(rb"H4sI[A-Za-z0-9+/_-]{20,}")
_BROKEN = (
    OSError,
    EOFError,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
    tarfile.TarError,
    RuntimeError,
    ValueError,
)


@dataclass(slots=True)
class Room:
    """How much may still be unpacked; says afterwards whether that was too little.

    Attributes:
        bytes_left: in all.
        members_left: in all.
        full: whether something was left out.
        locked: whether something is encrypted.
    """

    bytes_left: int = MOST_BYTES
    members_left: int = MOST_MEMBERS
    full: bool = False
    locked: bool = False

    def read(self, file: IO[bytes]) -> bytes:
        """Read a file as far as there is room."""
        pieces = []
        while piece := file.read(min(_BLOCK, self.bytes_left + 1)):
            self.bytes_left -= len(piece)
            if self.bytes_left < 0:
                self.bytes_left, self.full = 0, True
                break
            pieces.append(piece)
        return b"".join(pieces)


def inside(data: bytes, room: Room, name: str = "", depth: int = 0) -> Iterator[tuple[str, bytes]]:
    """Yield what lies in an archive or a compressed file, with its name there; nothing for any other file.

    What is broken ends where it breaks; what is encrypted or too much is left out, and `room` says so.
    """
    if depth >= DEEPEST:
        room.full = room.full or _opener(data) is not None
        return
    opener = _opener(data)
    members = opener(data, room) if opener is not None else _written_in_base64(data, room)
    try:
        for inner, content in members:
            path = f"{name}!{inner}" if name else inner
            yield path, content
            yield from inside(content, room, path, depth + 1)
    except _BROKEN:
        return


def is_packed(data: bytes) -> bool:
    """Whether something may lie inside."""
    return _opener(data) is not None


def has_packed_text(data: bytes) -> bool:
    """Whether something compressed stands in a text, written in base64."""
    return _GZIP_IN_BASE64.search(data) is not None


def _opener(data: bytes):  # type: ignore[no-untyped-def]  # one of the functions below
    if data[:4] in {b"PK\x03\x04", b"PK\x05\x06"}:
        return _zipped
    if data[257:262] == b"ustar":
        return _tarred
    for magic, opener in ((b"\x1f\x8b\x08", _gzipped), (b"BZh", _bzipped), (b"\xfd7zXZ\x00", _xzipped)):
        if data.startswith(magic):
            return opener
    return None


def _zipped(data: bytes, room: Room) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in archive.infolist():
            if info.is_dir():
                continue
            if not _has_room(room):
                return
            if info.flag_bits & 1:
                room.locked = True
                continue
            try:
                with archive.open(info) as file:
                    yield info.filename, room.read(file)
            except (*_BROKEN, NotImplementedError):
                continue


def _tarred(data: bytes, room: Room) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
        for info in archive:
            if not info.isfile():
                continue
            if not _has_room(room):
                return
            file = archive.extractfile(info)
            if file is not None:
                yield info.name, room.read(file)


def _has_room(room: Room) -> bool:
    room.members_left -= 1
    if room.members_left < 0 or room.bytes_left <= 0:
        room.full = True
        return False
    return True


def _gzipped(data: bytes, room: Room) -> Iterator[tuple[str, bytes]]:
    content, whole = _inflated(data, room)
    if content or whole:
        yield "(gzip)", content


def _inflated(data: bytes, room: Room) -> tuple[bytes, bool]:
    machine = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        content = machine.decompress(data, room.bytes_left + 1)
    except zlib.error:
        return b"", False
    if len(content) > room.bytes_left:
        content, room.full = content[: room.bytes_left], True
    room.bytes_left -= len(content)
    return content, True


def _bzipped(data: bytes, room: Room) -> Iterator[tuple[str, bytes]]:
    with bz2.open(io.BytesIO(data)) as file:
        yield "(bzip2)", room.read(file)


def _xzipped(data: bytes, room: Room) -> Iterator[tuple[str, bytes]]:
    with lzma.open(io.BytesIO(data)) as file:
        yield "(xz)", room.read(file)


def _written_in_base64(data: bytes, room: Room) -> Iterator[tuple[str, bytes]]:
    """Yield what was compressed and then written as text: bodies in recordings, release notes of Helm."""
    for match in _GZIP_IN_BASE64.finditer(data):
        text = match.group().translate(bytes.maketrans(b"-_", b"+/"))
        try:
            raw = base64.b64decode(text[: len(text) // 4 * 4])
        except binascii.Error:
            continue
        content, _ = _inflated(raw, room)
        if content:
            yield f"(gzip in base64 at byte {match.start()})", content
