"""The service's own code: one client layer, one place for the version, no call that nobody declared."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from pytest_golive.golive import Golive
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.source import branches, code, sdk
from pytest_golive.source.code import CodeFile, Place
from pytest_golive.vendors.library import read_pack
from pytest_golive.vendors.pack import Pack

SHOWN = 5

FRESH_DAYS = 30
"""A version of the library that was taken up so recently is no reason to look for a newer one."""


def test_one_place_calls_the_vendor(golive: Golive, planned: PlannedCheck) -> None:
    """The vendor's address, and the header its key goes into, stand in one place of each program.

    If this fails: let the other files call the shared client, and take address and header out of them.
    """
    pack = read_pack(planned.vendor)
    files = _files(golive)
    hosts = [urlsplit(each.base_url.production).netloc for each in _brands(pack)]
    names = [pack.vendor, *hosts, pack.base_url.variable]
    mine = code.naming(files, *names)
    if not mine:
        golive.not_verified(f"no code in {golive.repository.name} mentions {pack.vendor}", key="source.repository")
    headers = {each.header for each in (pack.authentication, *pack.authentications.values())} - {"Authorization"}
    for words, what in ((hosts, "the vendor's address"), (sorted(headers), "the header with the key")):
        wrong = list(code.several(code.written(mine, words), files, pack.vendor)) if words else []
        golive.must(
            f"{what} may stand in one place of a program only",
            not wrong,
            expected="one client that all calls go through",
            actual="; ".join(_told(places) for places in wrong),
        )
    where = code.written(mine, [*hosts, *headers])
    golive.note(f"the client: {', '.join(place.told() for place in where[:SHOWN]) or 'names neither in its code'}")


def test_version_is_set_in_one_place(golive: Golive, planned: PlannedCheck) -> None:
    """One place of each program sets the header with the API version, to the version golive.yaml names.

    If this fails: set the header where all calls go through, from one constant.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    pinned = str(vendor.setting("api_version"))
    files = _files(golive)
    headers = [each.versioning.header for each in _brands(read_pack(planned.vendor)) if each.versioning is not None]
    places = code.written(files, headers)
    if not places:
        if _libraries(golive, planned.vendor):
            golive.note("the vendor's library sets the version")
            return
        golive.not_verified(f"no code in {golive.repository.name} sets {headers[0]}", key="source.repository")
    wrong = list(code.several(places, files, planned.vendor))
    golive.must(
        f"{headers[0]} may be set in one place of a program only",
        not wrong,
        expected="one place that all calls go through",
        actual="; ".join(_told(each) for each in wrong),
    )
    others = _other_versions(files, places, pinned)
    golive.must(
        "the version in the code has to be the pinned one",
        not others,
        expected=pinned,
        actual="; ".join(f"{place.told()} says {place.text}" for place in others[:SHOWN]),
    )


def test_version_of_the_library_is_locked(golive: Golive, planned: PlannedCheck) -> None:
    """Where the vendor's library is used, a lock file holds its exact version, and somebody looks for newer ones.

    If this fails: commit the lock file, so that every build sends the API version that was tested.
    """
    found = _libraries(golive, planned.vendor)
    if not found:
        golive.note("calls are made without the vendor's library")
        return
    loose = [each for each in found if not each.version]
    golive.must(
        "the version of the vendor's library has to be locked",
        not loose,
        expected="a lock file with one exact version",
        actual="; ".join(f"{each.manifest} asks for {each.name}, and no lock file holds its version" for each in loose),
    )
    for each in found:
        days = sdk.days_since_change(golive.repository, each)
        golive.note(f"{each.lock}:{each.line} holds {each.name} {each.version}")
        if days is not None and days > FRESH_DAYS:
            golive.warn(f"{each.name} {each.version} was taken up {days} days ago: see whether there is a newer one")


def test_only_declared_operations_are_called(golive: Golive, planned: PlannedCheck) -> None:
    """Every path of the API that the code writes down belongs to an operation that golive.yaml declares.

    If this fails: declare the operation under `uses`, or take the call out of the code.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    declared = vendor.target.uses
    key = f"environments.{planned.environment}.vendors.{planned.vendor}.uses"
    if not declared:
        golive.not_verified(f"{key} is missing: nothing says which operations the service calls", key=key)
    operations = vendor.pack.operations
    files = _files(golive)
    pack = vendor.pack
    variables = [each.variable for each in pack.credentials.values()]
    about = code.naming(files, urlsplit(pack.base_url.production).netloc, pack.base_url.variable, *variables)
    about += tuple(file for file in files if pack.vendor in file.path.lower())
    found = code.paths_written(files, [each.path for each in operations.values()], about)
    if not found:
        golive.not_verified(
            f"no code in {golive.repository.name} writes down a path of {planned.vendor}", key="source.repository"
        )
    wrong = [
        f"{places[0].told()} calls {path}"
        for path, places in found.items()
        # A path that others begin with may be the part that they share.
        if not any(f"{operations[name].path}/".startswith(f"{path}/") for name in declared if name in operations)
    ]
    golive.must(
        "the code may call declared operations only",
        not wrong,
        expected=f"paths of {', '.join(declared)}",
        actual="; ".join(wrong[:SHOWN]),
    )


def test_other_error_codes_have_a_branch(golive: Golive, planned: PlannedCheck) -> None:
    """What branches on the vendor's error codes does something with those that nobody foresaw, too.

    If this fails: add the branch for all others, and let it do what the status of the answer says.
    """
    codes = set(read_pack(planned.vendor).errors.codes)
    found = branches.without_default(_files(golive), codes)
    golive.must(
        "a branch on error codes needs one for all others",
        not found,
        expected="a default in each",
        actual="; ".join(f"{place.told()}: {place.text} has none" for place in found[:SHOWN]),
    )


def _files(golive: Golive) -> tuple[CodeFile, ...]:
    files: tuple[CodeFile, ...] = golive.once("the service's code", lambda: code.code_of(golive.repository))
    return files


def _brands(pack: Pack) -> list[Pack]:
    """Return the pack under every brand that its vendor has or had."""
    return [read_pack(pack.vendor, name) for name in pack.profiles] or [pack]


def _libraries(golive: Golive, vendor: str) -> list[sdk.Library]:
    names = [name for pack in _brands(read_pack(vendor)) for name in pack.libraries]
    found: list[sdk.Library] = golive.once(("libraries", vendor), lambda: sdk.libraries(golive.repository, names))
    return found


def _other_versions(files: Sequence[CodeFile], places: Iterable[Place], pinned: str) -> list[Place]:
    """Return the versions of this form, and the word `latest`, that stand where the header is set and are another."""
    paths = {place.path for place in places}
    form = re.compile(re.sub(r"\d+", r"\\d+", re.escape(pinned)) + r"""(?![\w.-])|(?<=["'`])latest(?=["'`])""")
    return [
        Place(file.path, number, match.group())
        for file in files
        if file.path in paths
        for number, line in enumerate(file.lines, 1)
        for match in form.finditer(line)
        if match.group() != pinned
    ]


def _told(places: Sequence[Place]) -> str:
    return f"{places[0].text} in {', '.join(place.told() for place in places[:SHOWN])}"
