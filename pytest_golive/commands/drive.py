"""Drive an API client of golive.yaml against a stand-in for its vendor, and print what happened, second by second.

For the desk: name a fault of the catalogue (CL-17), which is provoked and judged as in a run, or write steps that its
requests meet, such as "429 retry-after=2; 503 x2; real".
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_golive.commands.console import Refused, must_be_known, say
from pytest_golive.commands.manifest_file import USUAL, environment_must_be_known, load

if TYPE_CHECKING:
    from pytest_golive.clients.lab import Lab
    from pytest_golive.clients.setup import Setup
    from pytest_golive.clients.vendor_behind import StoodIn
    from pytest_golive.exchange.journal import Journal
    from pytest_golive.manifest.model import Manifest

SANDBOX = "sandbox"

FIRST, LAST = 60, 20
"""Lines of a timeline that are shown where there are more."""

NO_WORDS = "it takes the name of a client, and a fault or steps in quotes"

FAULT = re.compile(r"[A-Z]{2}-\d+")


def declare(parser: argparse.ArgumentParser) -> None:
    """Name the options."""
    parser.add_argument("client", metavar="CLIENT", help="client of golive.yaml")
    parser.add_argument(
        "what", metavar="FAULT|STEPS", help='fault to provoke: CL-17; or steps: "429 retry-after=2; 200"'
    )
    parser.add_argument("--operation", metavar="NAME", help="operation to ask for; default: the first it shows in")
    parser.add_argument(
        "--arguments", type=_object, metavar="JSON", help="arguments of the call; default: the pack's example"
    )
    parser.add_argument("--env", default=SANDBOX, metavar="NAME", help="environment; default: sandbox")
    parser.add_argument(
        "--real",
        action="store_true",
        help="what is no fault is answered by the vendor of --env, where it is really done; default: by golive's own",
    )
    parser.add_argument(
        "--trace", type=Path, metavar="PATH", help="file that the last drive is written to, as `golive judge` reads it"
    )
    parser.add_argument(
        "--manifest", type=Path, default=USUAL, metavar="PATH", help="golive.yaml; default: the one here"
    )


def run(arguments: argparse.Namespace) -> int:
    """Drive, and tell; return 1 where the client has the fault, or a call crashed.

    Raises:
        Refused: what was asked for does not exist, or golive.yaml is wrong.
    """
    manifest = load(arguments.manifest)
    environment_must_be_known(arguments.env, manifest)
    must_be_known(arguments.client, manifest.clients, "client")
    setup = _setup(arguments, manifest)
    if arguments.operation is not None:
        must_be_known(arguments.operation, setup.operations, "operation")
    if not arguments.real:
        return _in_the_lab(setup, None, lambda lab: _driven(lab, arguments))
    journal = _journal(arguments)
    try:
        return _in_the_lab(setup, _real(arguments, manifest, journal), lambda lab: _driven(lab, arguments))
    finally:
        if made := len(journal.left()):
            say(f"made or changed in {arguments.env}: {made}; golive sweep --env {arguments.env} takes it back")


def _driven(lab: Lab, arguments: argparse.Namespace) -> int:
    try:
        if FAULT.fullmatch(arguments.what):
            return _fault(lab, arguments.what, arguments.operation)
        return _steps(lab, arguments)
    finally:
        if arguments.trace is not None and lab.drives:
            _keep(lab, arguments.trace)


def _keep(lab: Lab, path: Path) -> None:
    from pytest_golive.clients.trace_file import written

    try:
        path.write_text("".join(f"{line}\n" for line in written(lab.drives[-1])), "utf-8")
    except OSError as error:
        raise Refused(f"{path} cannot be written: {error.strerror}") from None


def _setup(arguments: argparse.Namespace, manifest: Manifest) -> Setup:
    from pytest_golive.clients.setup import set_up

    client = manifest.clients[arguments.client]
    environment = manifest.environments.get(arguments.env)
    target = environment.vendors.get(client.vendor) if environment is not None else None
    return set_up(
        manifest,
        arguments.client,
        arguments.manifest.resolve().parent,
        profile=target.profile if target is not None else None,
        settings=target.settings if target is not None else None,
    )


def _journal(arguments: argparse.Namespace) -> Journal:
    from pytest_golive.exchange.journal import Journal
    from pytest_golive.run import journal_path

    return Journal(journal_path(arguments.manifest.resolve().parent))


def _real(arguments: argparse.Namespace, manifest: Manifest, journal: Journal) -> Callable[[Setup], StoodIn]:
    """Return what hands requests on to the vendor of the chosen environment."""
    from pytest_golive.clienting import real
    from pytest_golive.manifest.environment import resolve
    from pytest_golive.manifest.known_secrets import redactor_for
    from pytest_golive.manifest.mistake import Mistakes
    from pytest_golive.vendors.keys import keys_for

    vendor, name = manifest.clients[arguments.client].vendor, arguments.env
    declared = manifest.environments.get(name)
    if declared is None or vendor not in declared.vendors:
        raise Refused(f"--real: name an environment of golive.yaml with {vendor} by --env")
    if declared.production:
        raise Refused(f"--real: {name} is production: faults are not tried with real customers")
    try:
        environment = resolve(manifest, name, arguments.manifest.resolve().parent, keys_for(arguments.manifest))
    except Mistakes as mistakes:
        raise Refused(str(mistakes)) from None
    return real(environment, journal, redactor_for([environment]))


def _in_the_lab(setup: Setup, behind: Callable[[Setup], StoodIn] | None, work: Any) -> int:
    from pytest_golive.clienting import labs_of
    from pytest_golive.credentials.redaction import Redactor
    from pytest_golive.facts.finding import CannotTell, NotVerified

    labs = labs_of([setup], Redactor(), behind)
    try:
        code: int = work(labs.lab(setup.name))
    except CannotTell as error:
        raise Refused(error.finding.actual) from None
    except NotVerified as error:
        raise Refused(error.reason) from None
    finally:
        labs.close()
    return code


def _steps(lab: Lab, arguments: argparse.Namespace) -> int:
    from pytest_golive.clients.written_steps import StepMistake

    operation = arguments.operation or lab.setup.operations[0]
    try:
        driven = lab.call(operation, **(arguments.arguments or {})).under(arguments.what)
    except StepMistake as mistake:
        raise Refused(str(mistake)) from None
    _show(lab)
    return 1 if driven.call.outcome == "crash" else 0


def _fault(lab: Lab, fault_id: str, operation: str | None) -> int:
    from pytest_golive.clients.catalogue import functions
    from pytest_golive.clients.trying import try_fault
    from pytest_golive.facts.finding import CannotTell, CheckFailed, NotApplicable, NotVerified
    from pytest_golive.vendors.library import client_faults

    must_be_known(fault_id, client_faults(), "fault")
    fault = client_faults()[fault_id]
    if fault_id not in functions():
        raise Refused(f"{fault_id}: {fault.cannot or 'this version cannot provoke it yet'}")
    try:
        try_fault(lab, fault_id, _tried(lab, fault_id, operation))
    except (CheckFailed, CannotTell) as error:
        _show(lab)
        word = "FAILED" if isinstance(error, CheckFailed) else "INCONCLUSIVE"
        say(error.finding.text(f"{word} {fault_id} · {lab.name}"))
        return 1
    except NotVerified as error:
        if isinstance(error, NotApplicable):
            say(f"{fault_id} · {lab.name}: {error.reason}")
            return 0
        say(f"NOT VERIFIED {fault_id} · {lab.name}: {error.reason}")
        return 1
    _show(lab)
    say(f"passed {fault_id} · {lab.name}: {fault.title}")
    return 0


def _tried(lab: Lab, fault_id: str, operation: str | None) -> str | None:
    """Return what of the client a fault is tried with: the operation that was asked for, or the first it shows in."""
    from pytest_golive.readiness.client_cases import why_nobody
    from pytest_golive.vendors.client_fault import tried_with
    from pytest_golive.vendors.library import client_faults

    shown = tried_with(lab.pack, lab.setup.operations, client_faults()[fault_id])
    if not shown:
        raise Refused(f"{fault_id}: {why_nobody(fault_id, lab.pack)}")
    if operation is not None and shown != (None,):
        must_be_known(operation, [name for name in shown if name is not None], f"operation for {fault_id}")
        return operation
    return shown[0]


def _show(lab: Lab) -> None:
    for line in _told(lab):
        say(line)


def _told(lab: Lab) -> Iterator[str]:
    """Yield the timelines of all drives but those of the positive control."""
    from pytest_golive.clients.timeline import timeline

    for trace in lab.drives:
        if trace.name.endswith(": plain") and len(lab.drives) > 1:
            continue
        yield f"── {trace.name}"
        lines = list(timeline(trace))
        if len(lines) > FIRST + LAST:
            between = len(lines) - FIRST - LAST
            lines[FIRST:-LAST] = [f"          … {between} more lines …"]
        yield from lines
        yield from (f"          log: {line}" for line in trace.log[-5:])
        yield ""


def _object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise argparse.ArgumentTypeError(f"{text!r} is no JSON object")
    return value
