"""Send an event, an order of events, recorded deliveries or a fault to a webhook handler of golive.yaml.

For the desk, to see what it does: the handler is started where golive.yaml says how, or sent to where it runs. What is
sent is signed as the vendor signs. Printed are status, time and, with an effect probe, the effect.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_golive.commands.console import Refused, must_be_known, say
from pytest_golive.commands.manifest_file import USUAL, environment_must_be_known, load

if TYPE_CHECKING:
    from pytest_golive.handlers.lab import Lab
    from pytest_golive.handlers.parcel import Parcel, Receipt
    from pytest_golive.handlers.setup import Setup
    from pytest_golive.manifest.model import Manifest

SANDBOX = "sandbox"
MOST_TIMES = 1000


def declare(parser: argparse.ArgumentParser) -> None:
    """Name the options."""
    parser.add_argument("--handler", metavar="NAME", help="handler of golive.yaml; default: the only one")
    parser.add_argument("--env", default=SANDBOX, metavar="NAME", help="environment; default: sandbox")
    parser.add_argument("--event", metavar="NAME", help="event to send; default: the first that the handler acts upon")
    parser.add_argument("--data", type=_object, metavar="JSON", help="put over the pack's example of what it is about")
    parser.add_argument("--subject", metavar="ID", help="id of what the event is about; default: a new one")
    parser.add_argument("--event-id", metavar="ID", help="id of the event; default: a new one")
    parser.add_argument("--times", type=_times, default=1, metavar="N", help="copies, one after the other")
    parser.add_argument("--at-once", type=_times, metavar="N", help="copies in the same moment")
    parser.add_argument("--age-seconds", type=float, default=0.0, metavar="S", help="how long ago the event happened")
    parser.add_argument(
        "--order", metavar="EVENTS", help="events of one thing, in the order they arrive: a.created,a.updated"
    )
    parser.add_argument(
        "--recorded", type=Path, metavar="PATH", help="recorded delivery to send again, or a folder of them"
    )
    parser.add_argument("--fault", action="append", metavar="ID", help="fault to provoke: WH-30; may be repeated")
    parser.add_argument(
        "--manifest", type=Path, default=USUAL, metavar="PATH", help="golive.yaml; default: the one here"
    )


def run(arguments: argparse.Namespace) -> int:
    """Send, and tell; return 1 where something was not accepted or a fault was found.

    Raises:
        Refused: what was asked for does not exist, or golive.yaml is wrong.
    """
    manifest = load(arguments.manifest)
    environment_must_be_known(arguments.env, manifest)
    setup = _setup(arguments, manifest)
    if arguments.fault:
        return _in_the_lab(setup, lambda lab: _faults(lab, arguments.fault))
    if arguments.recorded is not None:
        return _in_the_lab(setup, lambda lab: _recorded(lab, arguments.recorded))
    events = arguments.order.split(",") if arguments.order else []
    for event in (*events, *([arguments.event] if arguments.event else [])):
        must_be_known(event, setup.webhooks.events, "event")
    if events:
        return _in_the_lab(setup, lambda lab: _ordered(lab, events, arguments.subject))
    return _in_the_lab(setup, lambda lab: _copies(lab, arguments))


def _setup(arguments: argparse.Namespace, manifest: Manifest) -> Setup:
    from pytest_golive.handlers.setup import set_up
    from pytest_golive.manifest.mistake import Mistakes

    names = list(manifest.handlers)
    if arguments.handler is None and len(names) != 1:
        raise Refused(f"name one with --handler; there are: {', '.join(names) or 'none'}")
    name = arguments.handler or names[0]
    must_be_known(name, names, "handler")
    environment = manifest.environments.get(arguments.env)
    target = environment.vendors.get(manifest.handlers[name].vendor) if environment is not None else None
    ids = {key: value for key, value in target.ids.items() if isinstance(value, str)} if target is not None else {}
    try:
        return set_up(
            manifest,
            name,
            arguments.manifest.resolve().parent,
            profile=target.profile if target is not None else None,
            sandbox=arguments.env == SANDBOX,
            production=environment is not None and environment.production,
            ids=ids,
        )
    except Mistakes as mistakes:
        raise Refused(str(mistakes)) from None


def _in_the_lab(setup: Setup, work: Any) -> int:
    from pytest_golive.credentials.redaction import Redactor
    from pytest_golive.facts.finding import CannotTell, NotVerified
    from pytest_golive.handling import labs_of

    labs = labs_of([setup], Redactor())
    try:
        code: int = work(labs.lab(setup.name))
    except CannotTell as error:
        raise Refused(error.finding.actual) from None
    except NotVerified as error:
        raise Refused(error.reason) from None
    finally:
        labs.close()
    return code


def _copies(lab: Lab, arguments: argparse.Namespace) -> int:
    parcel = lab.genuine(
        arguments.event,
        data=arguments.data,
        subject=arguments.subject,
        event_id=arguments.event_id,
        occurred_at=time.time() - arguments.age_seconds,
    )
    if arguments.at_once:
        receipts = lab.send_together([parcel] * arguments.at_once)
    else:
        receipts = tuple(lab.send(parcel) for _ in range(arguments.times))
    for receipt in receipts:
        say(f"{parcel.event}  {parcel.event_id}  {receipt.told}")
    for line in _effects(lab, [parcel], receipts):
        say(line)
    return 0 if all(receipt.accepted for receipt in receipts) else 1


def _ordered(lab: Lab, events: Sequence[str], subject: str | None) -> int:
    """Send events of one thing as they arrive; each happened when its place in the thing's life says."""
    known = lab.setup.webhooks.events
    now = time.time()
    subject = subject or lab.genuine(events[0]).subject or None
    parcels = [
        lab.genuine(event, subject=subject, occurred_at=now - 60 + (known[event].lifecycle or 0)) for event in events
    ]
    return _told(lab, parcels)


def _recorded(lab: Lab, path: Path) -> int:
    """Send what was recorded, in the order in which it was received."""
    from pytest_golive.cassettes.shelf import Unreadable
    from pytest_golive.handlers.recorded import NothingToReplay, parcel_of, recorded_at

    try:
        parcels = [parcel_of(lab.setup, lab.url, each) for each in recorded_at(path)]
    except (NothingToReplay, Unreadable) as problem:
        raise Refused(str(problem)) from None
    return _told(lab, parcels)


def _told(lab: Lab, parcels: Sequence[Parcel]) -> int:
    receipts = [lab.send(parcel) for parcel in parcels]
    for parcel, receipt in zip(parcels, receipts, strict=True):
        say(f"{parcel.event}  {parcel.event_id}  {receipt.told}")
    for line in _effects(lab, parcels, receipts):
        say(line)
    return 0 if all(receipt.accepted for receipt in receipts) else 1


def _effects(lab: Lab, parcels: Sequence[Parcel], receipts: Sequence[Receipt]) -> Iterator[str]:
    from pytest_golive.handlers.wording import times

    if not lab.has_probe:
        yield f"{lab.setup.key}.effects is missing: nothing tells what it did"
        return
    expected = 1 if any(receipt.accepted for receipt in receipts) else 0
    for parcel in parcels:
        yield f"{parcel.event}  {parcel.event_id}  took effect {times(lab.count(parcel.event_id, at_least=expected))}"
    subject = parcels[-1].subject
    if subject:
        yield lab.scrub(f"state of {subject}: {json.dumps(lab.state(subject), ensure_ascii=False)}")


def _faults(lab: Lab, asked: Sequence[str]) -> int:
    from pytest_golive.facts.finding import CannotTell, CheckFailed, NotVerified
    from pytest_golive.handlers.catalogue import functions
    from pytest_golive.handlers.trying import try_fault
    from pytest_golive.vendors.library import handler_faults

    for fault in asked:
        must_be_known(fault, handler_faults(), "fault")
        if fault not in functions():
            raise Refused(f"{fault}: this version cannot provoke it yet")
    found = 0
    for fault in asked:
        title = handler_faults()[fault].title
        begun = time.monotonic()
        try:
            try_fault(lab, fault)
        except (CheckFailed, CannotTell) as error:
            found = 1
            word = "FAILED" if isinstance(error, CheckFailed) else "INCONCLUSIVE"
            say(error.finding.text(f"{word} {fault} · {lab.name}"))
        except NotVerified as error:
            found = 1
            say(f"NOT VERIFIED {fault} · {lab.name}: {error.reason}")
        else:
            say(f"passed {fault} · {lab.name} in {time.monotonic() - begun:.1f} s: {title}")
    return found


def _object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise argparse.ArgumentTypeError('has to be a JSON object: {"content": "Hello"}')
    return value


def _times(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= MOST_TIMES):
        raise argparse.ArgumentTypeError(f"has to be a whole number from 1 to {MOST_TIMES}")
    return int(text)
