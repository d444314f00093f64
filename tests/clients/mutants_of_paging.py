"""Mutants that read listings wrongly."""

from __future__ import annotations

from tests.clients.client_mutants import Mutant

NUMBERED = 'return {**query, "page": str(number)} if number <= total else None'
CURSOR = 'return {**query, "cursor": str(cursor)} if cursor else None'
BODY = 'body = self._body(route, call, call["arguments"], query, deadline)'
READ = f"{BODY}\n            page ="
ONWARD = "query = api.next_page(route, body, query, len(page))"
SEEN = "if query in asked or len(asked) >= MOST_PAGES:"
NOTHING_NEW = 'if page and all(str(item["id"]) in items for item in page):'

AT_ONCE = """\
total = body["meta"]["total_pages"]
            with ThreadPoolExecutor(16) as pool:
                queries = [{**query, "page": str(number)} for number in range(2, total + 1)]
                bodies = pool.map(lambda each: self._body(route, call, call["arguments"], each, deadline), queries)
                items.update({str(item["id"]): item for each in bodies for item in api.items_of(each)})
            query = None"""

MUTANTS: list[Mutant] = [
    Mutant(
        fault="CL-63",
        source="vendor_api.py",
        old=NUMBERED,
        new="return None",
        expected="all of 3 pages to be asked for",
        actual="list_contacts was asked for its first page only, and the call succeeded",
    ),
    Mutant(
        fault="CL-63",
        name="cursor",
        vendor="augno",
        source="vendor_api.py",
        old=CURSOR,
        new="return None",
        expected="all of 3 pages to be asked for",
        actual="list_units was asked for its first page only, and the call succeeded",
    ),
    Mutant(
        fault="CL-64",
        old=SEEN,
        new="if False:",
        more=((NOTHING_NEW, "if False:"),),
        environ={"CALL_SECONDS": "60"},  # on a slow machine its own deadline would be an end, too
        expected="an end that the client makes, within 8 s",
        actual="a listing without an end: NUMBER requests, and TEXT",
    ),
    Mutant(
        fault="CL-65",
        source="vendor_api.py",
        old=NUMBERED,
        new='return {**query, "page": str(number)} if number < total else None',
        expected="pages 1, 2 and 3 to be asked for",
        actual="pages 1 and 2 were asked for, and the call succeeded",
    ),
    Mutant(
        fault="CL-65",
        name="beyond",
        source="vendor_api.py",
        old=NUMBERED,
        new='return {**query, "page": str(number)} if number <= total + 1 else None',
        expected="no page beyond the third and last",
        actual="page 4 was asked for as well",
    ),
    Mutant(
        fault="CL-65",
        name="last item",
        old="return list(items.values())",
        new="return list(items.values())[:-1]",
        expected="all NUMBER items",
        actual="1 are missing from the result",
    ),
    Mutant(
        fault="CL-65",
        name="twice",
        old="return list(items.values())",
        new="return [*items.values(), *items.values()]",
        expected="each item once",
        actual="NUMBER items are in the result more than once",
    ),
    Mutant(
        fault="CL-66",
        old=READ,
        new=f"try:\n                {BODY}\n            except Failed:\n                break\n            page =",
        expected="the call to fail",
        actual="page 2 was answered 500 4 times, and the call succeeded with 50 items",
    ),
    Mutant(
        fault="CL-67",
        old=ONWARD,
        new=f"{ONWARD} if page else None",
        expected="the third page to be asked for, since the second one says that there is more",
        actual="pages 1 and 2 were asked for, and the call succeeded with 50 items",
    ),
    Mutant(
        fault="CL-67",
        name="cursor",
        vendor="augno",
        old=ONWARD,
        new=f"{ONWARD} if page else None",
        expected="the third page to be asked for, since the second one says that there is more",
        actual="pages 1 and 2 were asked for, and the call succeeded with 100 items",
    ),
    Mutant(
        fault="CL-68",
        source="vendor_api.py",
        old=NUMBERED,
        new='return {"page": str(number), "limit": "50", "per_page": "100"} if number <= total else None',
        expected="the same question on every page",
        actual="list_contacts was asked with another per_page, search on a later page",
    ),
    Mutant(
        fault="CL-69",
        old=ONWARD,
        new=AT_ONCE,
        more=(("self._limit = 8.0", "self._limit = 16.0"), ("min(8.0, self._limit + 0.25)", "16.0")),
        expected="at most 8 pages at once",
        actual="list_contacts was asked for NUMBER pages at once",
    ),
]
