"""Whether a listing is walked through to its end, and no further."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from pytest_golive.clients.judging.beside import most_at_once
from pytest_golive.clients.judging.flaw import Flaw, came_to, rows, times
from pytest_golive.clients.judging.tries import own_of
from pytest_golive.clients.policy import Policy, error_of, succeeded
from pytest_golive.clients.trace import Attempt, Call
from pytest_golive.facts.body_path import at, first_at
from pytest_golive.vendors.operation import Paging


def pages_of(attempts: Sequence[Attempt], policy: Policy) -> tuple[Attempt, ...]:
    """Return the requests for pages that were answered, in order."""
    return tuple(one for one in own_of(attempts, policy) if succeeded(one))


def place(attempt: Attempt, paging: Paging) -> str:
    """Return which page a request asks for: a number, an offset, a cursor; "" for the first without one."""
    return dict(parse_qsl(attempt.query, keep_blank_values=True)).get(paging.page or "", "")


def items_of(attempt: Attempt, paging: Paging) -> list[Any]:
    """Return the items of an answered page."""
    found = first_at(error_of(attempt), paging.items)
    return found if isinstance(found, list) else []


def has_more(attempt: Attempt, paging: Paging) -> bool | None:
    """Whether an answered page says that another one follows; None: it does not say."""
    body = error_of(attempt)
    if paging.style == "cursor":
        return first_at(body, [following.path for following in paging.next]) is not None
    if paging.style == "page_number":
        total = first_at(body, paging.total_pages)
        return _number(attempt, paging) < total if isinstance(total, int) else None
    total = first_at(body, paging.total)
    if not isinstance(total, int):
        return None
    return int(place(attempt, paging) or 0) + len(items_of(attempt, paging)) < total


def stops_at_the_first(attempts: Sequence[Attempt], policy: Policy, call: Call | None = None) -> Flaw | None:
    """Judge whether a call read one page of several, and took it for all: CL-63."""
    pages = pages_of(attempts, policy)
    paging = policy.paging
    if paging is None or not _took_it_for_all(call, attempts, policy) or not pages:
        return None
    if len({place(page, paging) for page in pages}) == 1 and has_more(pages[-1], paging):
        actual = f"{policy.operation} was asked for its first page only, and {came_to(call)}"
        return Flaw("every page to be asked for", actual, rows(pages))
    return None


def stops_before_the_last(attempts: Sequence[Attempt], policy: Policy, call: Call | None = None) -> Flaw | None:
    """Judge whether a call stopped between the first and the last page: CL-65, and CL-67 after an empty page."""
    pages = pages_of(attempts, policy)
    paging = policy.paging
    if paging is None or not _took_it_for_all(call, attempts, policy) or len(pages) < 2:
        return None
    furthest = max(pages, key=lambda page: _number(page, paging)) if paging.style == "page_number" else pages[-1]
    if len({place(page, paging) for page in pages}) > 1 and has_more(furthest, paging):
        empty = ", which was empty" if not items_of(furthest, paging) else ""
        which = place(furthest, paging) if paging.style != "cursor" else f"{len(pages)}"
        actual = f"{policy.operation} was read to page {which}{empty}, and {came_to(call)}"
        return Flaw("every page to be asked for", actual, rows(pages))
    return None


def goes_beyond_the_last(
    attempts: Sequence[Attempt], policy: Policy, call: Call | None = None, *, tolerated: int = 1
) -> Flaw | None:
    """Judge whether pages beyond the last were asked for: CL-65.

    Args:
        attempts: a call's.
        policy: of the listing.
        call: the call.
        tolerated: pages beyond the last that a client may ask for which goes by empty pages.
    """
    del call
    paging = policy.paging
    if paging is None:
        return None
    pages = own_of(attempts, policy)
    ended = False
    beyond = []
    for page in pages:
        if ended and place(page, paging) not in {place(one, paging) for one in pages if one.at < page.at}:
            beyond.append(page)
        if succeeded(page) and has_more(page, paging) is False:
            ended = True
    if len(beyond) <= tolerated:
        return None
    actual = f"{policy.operation} was asked for {len(beyond)} more after the last"
    return Flaw("no page beyond the last", actual, rows(beyond))


def walks_for_ever(
    attempts: Sequence[Attempt], policy: Policy, call: Call | None = None, *, most_pages: int = 1000
) -> Flaw | None:
    """Judge whether a page that was answered is asked for again, or far too many are: CL-64."""
    del call
    paging = policy.paging
    if paging is None:
        return None
    seen: dict[str, Attempt] = {}
    pages = pages_of(attempts, policy)
    for page in pages:
        where = place(page, paging)
        first = seen.setdefault(where, page)
        later = [one for one in pages if place(one, paging) == where]
        if first is not page and len(later) > 2 and where:
            actual = f"{policy.operation} was asked for the same page {times(len(later))}"
            return Flaw("each page to be asked for once", actual, rows(later))
    if len(seen) > most_pages:
        actual = f"{policy.operation} was asked for {len(seen)} pages"
        return Flaw(f"an end after {most_pages} pages", actual, rows(pages[-1:]))
    return None


def hides_a_failed_page(attempts: Sequence[Attempt], policy: Policy, call: Call) -> Flaw | None:
    """Judge whether a call succeeded although a page of its listing was never answered: CL-66."""
    paging = policy.paging
    if paging is None or call.outcome != "ok":
        return None
    good = {place(page, paging) for page in pages_of(attempts, policy)}
    failed = [one for one in own_of(attempts, policy) if not succeeded(one) and place(one, paging) not in good]
    if failed and good:
        actual = f"a page of {policy.operation} failed {times(len(failed))}, and {came_to(call)}"
        return Flaw("the call to fail", actual, rows(failed))
    return None


def changes_its_question(attempts: Sequence[Attempt], policy: Policy, call: Call | None = None) -> Flaw | None:
    """Judge whether filters or the page's size change from page to page: CL-68.

    What a cursor holds itself need not be repeated beside it.
    """
    del call
    paging = policy.paging
    pages = own_of(attempts, policy)
    if paging is None or len(pages) < 2:
        return None
    first = _question(pages[0], paging)
    for page in pages[1:]:
        asked = _question(page, paging)
        changed = sorted(name for name in first.keys() & asked.keys() if first[name] != asked[name])
        if paging.style != "cursor":
            changed += sorted(first.keys() ^ asked.keys())
        if changed:
            actual = f"{policy.operation} was asked with another {', '.join(changed)} on a later page"
            return Flaw("the same question on every page", actual, rows([pages[0], page]))
    return None


def asks_for_too_many_at_once(
    attempts: Sequence[Attempt], policy: Policy, call: Call | None = None, *, most: int = 8
) -> Flaw | None:
    """Judge how many pages of one listing are asked for at once: CL-69."""
    del call
    pages = own_of(attempts, policy)
    at_once = most_at_once(pages)
    if policy.paging is None or at_once <= most:
        return None
    actual = f"{policy.operation} was asked for {at_once} pages at once"
    return Flaw(f"at most {most} pages at once", actual, rows(pages))


def _took_it_for_all(call: Call | None, attempts: Sequence[Attempt], policy: Policy) -> bool:
    """Whether a call ended as if it had everything; where nobody knows, one whose last page failed did not."""
    if call is not None:
        return call.outcome == "ok"
    own = own_of(attempts, policy)
    return bool(own) and succeeded(own[-1])


def _number(attempt: Attempt, paging: Paging) -> int:
    said = place(attempt, paging)
    return int(said) if said.isdecimal() else 1


def _question(attempt: Attempt, paging: Paging) -> dict[str, str]:
    """Return what a page is asked with, besides which page it is."""
    query = parse_qsl(urlsplit(attempt.target).query, keep_blank_values=True)
    return {name: value for name, value in query if name != paging.page}


def total_of(attempt: Attempt, path: str) -> Any:
    """Return a total that an answered page tells."""
    return at(error_of(attempt), path)
