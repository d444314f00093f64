"""Paging: all of it, once, and to an end. Every listing is made up, of as many pages as a fault needs."""

from __future__ import annotations

from collections import Counter
from typing import Any

from pytest_golive.clients.catalogue import fault
from pytest_golive.clients.judging.flaw import times
from pytest_golive.clients.judging.paging import asks_for_too_many_at_once, changes_its_question
from pytest_golive.clients.pages import DRAGGED, Pages
from pytest_golive.clients.script import Ask
from pytest_golive.clients.timeline import outcome_of
from pytest_golive.clients.trace import Call, Trace
from pytest_golive.clients.trial import Trial

MOST_PAGES = 1000
"""Who asks for more pages than this of one listing does not know an end."""

FILTERS = ("search", "q", "status", "order")
"""Arguments that listings are often narrowed down by."""

MANY_AT_ONCE = 8
"""Pages under way at once that nobody asks for who means well."""

PAGE_SECONDS = 0.3
"""Long enough for as many pages to be asked for as a client asks for at once, on a busy machine, too."""


def three_pages(trial: Trial) -> tuple[Pages, Trace]:
    """Have the client read a listing of three pages, the last one half full."""
    return listed(trial, "three pages", count=3)


def listed(trial: Trial, name: str, **knobs: Any) -> tuple[Pages, Trace]:
    """Have the client read a made-up listing; faults that need the same one share it."""
    pages: Pages = trial.lab.known((trial.name, name), lambda: Pages(trial.pack, trial.name, **knobs))
    if not pages.tells:
        trial.not_applicable(f"no answer of {trial.name} says whether there are further pages")
    trace = trial.run(name, script=pages.script(), prepare=pages.prepare)
    if not pages.asked_for(trace.of_operation(trial.name)):
        trial.cannot_tell(expected=f"a request for {trial.name}", actual="the client sent none")
    return pages, trace


@fault("CL-63")
def first_page_only(trial: Trial) -> None:
    """The client reads more than the first of three pages."""
    pages, trace = three_pages(trial)
    call = success(trial, trace)
    asked = pages.asked_for(trace.of_operation(trial.name))
    trial.must(
        asked != {1},
        expected="all of 3 pages to be asked for",
        actual=f"{call.operation} was asked for its first page only, and the call succeeded",
    )


@fault("CL-64")
def endless_listing(trial: Trial) -> None:
    """Each page says that there is another one; with cursors, it names the same one each time as well."""
    endless(trial, "a listing without an end")
    if Pages(trial.pack, trial.name).paging.style == "cursor":
        endless(trial, "a listing whose next page is always the same", repeats=True)


def endless(trial: Trial, name: str, *, repeats: bool = False) -> None:
    """Demand that a listing without an end is given up.

    Nobody says how many pages are too many: after a thousand they come slowly, so that a client that bounds the time
    of a call and not its pages comes to its own end. To ask a thousand times for the same page is too often for anyone.
    """
    promise = trial.lab.setup.patience_seconds
    _, trace = listed(trial, name, count=0, most=MOST_PAGES, wait=2 * promise / DRAGGED, repeats=repeats)
    asked = len(trace.of_operation(trial.name))
    call = trial.call(trace)
    too_many = asked > MOST_PAGES if repeats else asked > MOST_PAGES + DRAGGED
    trial.must(
        not too_many and not (call.outcome == "crash" and call.seconds >= promise),
        expected=f"an end that the client makes, within {promise:g} s",
        actual=f"{name}: {asked} requests, and {ending(call, too_many)}",
    )
    if asked > MOST_PAGES:
        trial.warn(f"{name}: {asked} requests before {trial.name} was given up; a limit of pages ends it sooner")


@fault("CL-65")
def off_by_one(trial: Trial) -> None:
    """The last of three pages is read, each page once, and none beyond it."""
    pages, trace = three_pages(trial)
    call = success(trial, trace)
    attempts = trace.of_operation(trial.name)
    asked = pages.asked_for(attempts)
    trial.must(
        {1, 2, 3} <= asked,
        expected="pages 1, 2 and 3 to be asked for",
        actual=f"{told(asked)} asked for, and the call succeeded",
    )
    # Where nothing but the number of items tells the end, one page too many is how it is found.
    beyond = asked - {1, 2, 3}
    trial.must(
        len(beyond) <= (0 if pages.paging.total_pages else 1),
        expected="no page beyond the third and last",
        actual=f"{told(beyond)} asked for as well",
    )
    twice = [one for one, count in Counter(ids_of(call)).items() if count > 1]
    trial.must(not twice, expected="each item once", actual=f"{len(twice)} items are in the result more than once")
    must_hold_all(trial, pages, call)


@fault("CL-66")
def failed_page(trial: Trial) -> None:
    """The second of three pages is answered 500 to the end."""
    pages, trace = listed(trial, "three pages, the second one fails", count=3, failing=frozenset({2}))
    attempts = [one for one in trace.of_operation(trial.name) if pages.number_of(one) == 2]
    if not attempts:
        trial.cannot_tell(expected="a request for the second page", actual="the client sent none")
    call = trial.call(trace)
    trial.must(
        call.outcome != "ok",
        expected="the call to fail",
        actual=f"page 2 was answered 500 {times(len(attempts))}, and the call succeeded with {count_of(call)}",
    )


@fault("CL-67")
def empty_page(trial: Trial) -> None:
    """The second of three pages is empty, and says like the others that the listing goes on."""
    if Pages(trial.pack, trial.name).paging.style == "offset":
        trial.not_applicable(f"{trial.name} is paged by offsets, which an empty page would not move")
    pages, trace = listed(trial, "three pages, the second one empty", count=3, empty=frozenset({2}))
    call = success(trial, trace)
    asked = pages.asked_for(trace.of_operation(trial.name))
    trial.must(
        3 in asked,
        expected="the third page to be asked for, since the second one says that there is more",
        actual=f"{told(asked)} asked for, and the call succeeded with {count_of(call)}",
    )


@fault("CL-68")
def other_question(trial: Trial) -> None:
    """What a listing is narrowed down by, and the size of its pages, stay the same on every page."""
    query = trial.described.query
    narrowed = next((name for name in FILTERS if name in query), None)
    if narrowed is not None:
        pages: Pages = trial.lab.known((trial.name, "narrowed"), lambda: Pages(trial.pack, trial.name))
        wanted = query[narrowed].json_schema.get("enum", ["golive"])[0]
        ask = Ask(trial.name, further={narrowed: wanted})
        trace = trial.run("three pages, narrowed down", asks=[ask], script=pages.script(), prepare=pages.prepare)
        if any(f"{narrowed}=" in one.query for one in trace.of_operation(trial.name)[:1]):
            trial.judge(changes_its_question(trace.attempts, trial.policy()), trace)
            return
    _, trace = three_pages(trial)
    trial.judge(changes_its_question(trace.attempts, trial.policy()), trace)


@fault("CL-69")
def pages_at_once(trial: Trial) -> None:
    """A listing of many pages, each of which takes a moment."""
    _, trace = listed(trial, "twelve slow pages", count=12, wait=PAGE_SECONDS)
    trial.judge(asks_for_too_many_at_once(trace.attempts, trial.policy(), most=MANY_AT_ONCE), trace)


def success(trial: Trial, trace: Trace) -> Call:
    """Go on only where the client could read the listing; why else it fails, no fault was done to it.

    Raises:
        CannotTell: it could not.
    """
    call = trial.call(trace)
    if call.outcome != "ok":
        trial.cannot_tell(expected=f"{trial.name} of three pages to succeed", actual=f"it {outcome_of(call)}")
    return call


def must_hold_all(trial: Trial, pages: Pages, call: Call) -> None:
    """Demand every item in the result, where the result is as the drive protocol says."""
    found = set(ids_of(call))
    if not found:
        trial.note(f"the result of {call.operation} has no items with ids to look at")
        return
    missing = [one for one in pages.ids() if one not in found]
    expected = f"all {len(pages.ids())} items"
    trial.must(not missing, expected=expected, actual=f"{len(missing)} are missing from the result")


def ids_of(call: Call) -> list[str]:
    """Return the ids of the items that a call came back with."""
    items = call.result.get("items") if isinstance(call.result, dict) else None
    there = items if isinstance(items, list) else []
    return [str(item["id"]) for item in there if isinstance(item, dict) and item.get("id") is not None]


def count_of(call: Call) -> str:
    """Return how many items a call came back with, in words."""
    items = call.result.get("items") if isinstance(call.result, dict) else None
    return f"{len(items)} items" if isinstance(items, list) else "something else than items"


def told(numbers: set[int]) -> str:
    """Return pages as the beginning of a sentence: page 2 was, pages 1 and 2 were."""
    *names, last = [str(number) for number in sorted(numbers)] or ["none"]
    return f"pages {', '.join(names)} and {last} were" if names else f"page {last} was"


def ending(call: Call, too_many: bool) -> str:
    """Return how a call on a listing without an end came to its own."""
    if call.outcome == "crash":
        return f"the client crashed: {call.crash}"
    return "it went on and on" if too_many else outcome_of(call)
