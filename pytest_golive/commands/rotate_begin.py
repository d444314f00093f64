"""`golive rotate begin`: before a switch, note which key is used, and submit what is asked for after it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_golive.commands.console import Refused, say
from pytest_golive.commands.manifest_file import USUAL, load

if TYPE_CHECKING:
    from pytest_golive.credentials.redaction import Redactor
    from pytest_golive.exchange.vendor import Vendor
    from pytest_golive.golive import Golive
    from pytest_golive.manifest.environment import Environment
    from pytest_golive.rotation.past import Begun


def begin(arguments: argparse.Namespace, environment: str, vendors: tuple[str, ...]) -> int:
    """Note what is used now of each vendor's key; return 1 if something could not be submitted that should be.

    Args:
        arguments: the command's.
        environment: where.
        vendors: whose keys are replaced.

    Raises:
        Refused: golive.yaml or a value of it cannot be read, or nothing can be noted.
    """
    from pytest_golive.manifest.environment import resolve
    from pytest_golive.manifest.known_secrets import redactor_for
    from pytest_golive.manifest.mistake import Mistakes
    from pytest_golive.rotation.past import Past, noted_in
    from pytest_golive.vendors.keys import keys_for

    path: Path = arguments.manifest or USUAL
    manifest = load(path)
    folder = path.absolute().parent
    try:
        where = resolve(manifest, environment, folder, keys_for(path))
    except Mistakes as mistakes:
        raise Refused(str(mistakes)) from None
    past = Past(arguments.root, manifest.project)
    golive = _golive(where, redactor_for([where]), folder / manifest.source.repository, arguments.root)
    whole = True
    try:
        for name in vendors:
            begun, problem = _begun(golive.vendor(name))
            whole = whole and not problem
            past.note(environment, begun)
            for line in _lines(golive.vendor(name), environment, begun, problem):
                say(golive.redactor.scrub(line))
    except OSError as error:
        place = noted_in(arguments.root, environment)
        raise Refused(f"{place} cannot be written: {error.strerror}") from None
    finally:
        golive.close()
    say(f"noted in {noted_in(arguments.root, environment)}")
    return int(not whole)


def _golive(where: Environment, redactor: Redactor, repository: Path, root: Path) -> Golive:
    from pytest_golive.exchange.journal import Journal
    from pytest_golive.golive import Golive
    from pytest_golive.run import journal_path

    return Golive(
        {where.name: where},
        where.name,
        run="rotation",
        sandbox=False,
        redactor=redactor,
        # What was submitted has to outlive this command: `golive sweep` removes it after the rotation.
        journal=Journal(journal_path(root)),
        repository=repository,
    )


def _begun(vendor: Vendor) -> tuple[Begun, str]:
    """Return what is noted of a vendor, and why nothing was submitted that should be, "" where all is well."""
    from pytest_golive.facts.finding import CannotTell, CheckFailed, NotVerified
    from pytest_golive.facts.moment import moment
    from pytest_golive.rotation.past import Begun
    from pytest_golive.rotation.submitting import submit

    plain = Begun(vendor.name, moment().isoformat(), vendor.key(vendor.pack.authentication.credential).fingerprint)
    try:
        submitted = submit(vendor)
    except NotVerified as problem:
        return plain, problem.reason
    except (CheckFailed, CannotTell) as problem:
        return plain, f"{problem.finding.requirement}; {problem.finding.actual}"
    if submitted is None:
        return plain, ""
    return Begun(plain.vendor, plain.at, plain.fingerprint, *submitted), ""


def _lines(vendor: Vendor, environment: str, begun: Begun, problem: str) -> Iterator[str]:
    yield f"{vendor.pack.title}, {environment}: the key is {begun.fingerprint} now"
    if problem:
        yield f"    nothing was submitted: {problem}"
    elif begun.operation:
        told = ", ".join(f"{name} {value}" for name, value in begun.arguments.items())
        yield f"    submitted: {told}; {begun.operation} asks for it with the new key"
    yield f"    after the switch: pytest -m postrotation --env {environment}"
