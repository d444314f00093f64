from __future__ import annotations

import base64
import bz2
import gzip
import io
import lzma
import tarfile
import zipfile

import pytest

from pytest_golive.source.unpacking import DEEPEST, Room, inside


def zipped(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def tarred(**members: bytes) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return file.getvalue()


def _names(data: bytes, room: Room | None = None) -> list[str]:
    return [name for name, content in inside(data, room or Room()) if content == b"the key"]


PACKED = {
    "zip": (zipped(a=b"the key"), "a"),
    "tar": (tarred(a=b"the key"), "a"),
    "gzip": (gzip.compress(b"the key"), "(gzip)"),
    "bzip2": (bz2.compress(b"the key"), "(bzip2)"),
    "xz": (lzma.compress(b"the key"), "(xz)"),
    "tar in gzip": (gzip.compress(tarred(a=b"the key")), "(gzip)!a"),
    "gzip in tar in zip": (zipped(b=tarred(a=gzip.compress(b"the key"))), "b!a!(gzip)"),
    "gzip in base64": (
        b"body: " + base64.b64encode(gzip.compress(b"the key", mtime=0)),
        "(gzip in base64 at byte 6)",
    ),
}


@pytest.mark.parametrize(("data", "name"), PACKED.values(), ids=PACKED)
def test_what_lies_in_an_archive_is_found(data: bytes, name: str) -> None:
    assert _names(data) == [name]


def test_archives_are_opened_to_a_depth() -> None:
    data, room = b"the key", Room()
    for _ in range(DEEPEST + 1):
        data = gzip.compress(data)

    assert (_names(data, room), room.full) == ([], True)


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, lambda data: zipped(a=data)])
def test_an_archive_that_bursts_is_read_in_part(pack) -> None:  # type: ignore[no-untyped-def]
    room = Room(bytes_left=100_000)

    sizes = [len(content) for _, content in inside(pack(b"0" * 5_000_000), room)]

    assert sum(sizes) <= 200_000
    assert room.full


def test_no_more_members_than_there_is_room_for() -> None:
    room = Room(members_left=3)

    assert [name for name, _ in inside(zipped(**{f"m{n}": b"x" for n in range(9)}), room)] == ["m0", "m1", "m2"]
    assert room.full


def test_what_is_encrypted_is_told() -> None:
    data = bytearray(zipped(a=b"the key", b=b"the key"))
    central = data.index(b"PK\x01\x02")
    data[central + 8] |= 1
    room = Room()

    assert (_names(bytes(data), room), room.locked) == (["b"], True)


BROKEN = {
    "zip": zipped(a=b"x" * 99)[:-30],
    "gzip": gzip.compress(b"x" * 9999)[:20],
    "tar": tarred(a=b"x")[:600],
    "nothing": b"",
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
def test_what_is_broken_ends_where_it_breaks(data: bytes) -> None:
    assert _names(data) == []
