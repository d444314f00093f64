"""Many things are removed at once, and in the end as well as one after the other."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import replace

from pytest_golive.exchange.cleaning import remove_all
from pytest_golive.exchange.journal import Created, Journal
from pytest_golive.exchange.vendor import Vendor
from pytest_golive.sandbox.http import Request, Response, json_response
from tests.unit.exchange.conftest import Talk, listed

DOCUMENT = Created("r", "staging", "uppzy", "create_text_document", "document", "golive_document_r_1", id="doc_1")
DOCUMENTS = [replace(DOCUMENT, name=f"golive_document_r_{number}", id=f"doc_{number}") for number in range(6)]


def state(greeting: str) -> Created:
    """Return a journal entry that puts back a former greeting."""
    return Created("r", "staging", "uppzy", "update_widget_config", "state", greeting, puts_back={"greeting": greeting})


def test_many_are_under_way_at_once(talk: Talk, vendor: Vendor, journal: Journal) -> None:
    """And each is struck out."""
    lock, under_way, most = threading.Lock(), [0], [0]

    def slow(_: Request) -> Response:
        with lock:
            under_way[0] += 1
            most[0] = max(most[0], under_way[0])
        time.sleep(0.05)
        with lock:
            under_way[0] -= 1
        return json_response(200, {"deleted": 1})

    talk.say("delete_documents", slow)
    for thing in DOCUMENTS:
        journal.intend(thing)

    assert remove_all(journal.left(), {"uppzy": vendor}, journal, at_once=4) == ()
    assert (journal.left(), len(talk.called), 1 < most[0] <= 4) == ((), 6, True)


def test_what_others_still_need_is_removed_after_them(talk: Talk, vendor: Vendor, journal: Journal) -> None:
    """Refused while they are there, it is tried again, and nothing is left behind."""
    there = {str(thing.id) for thing in DOCUMENTS}
    lock = threading.Lock()

    def remove(request: Request) -> Response:
        (document,) = json.loads(request.body)["document_ids"]
        with lock:
            if document == "doc_5" and len(there) > 1:
                return json_response(409, {"error": "in use"})
            there.discard(document)
        return json_response(200, {"deleted": 1})

    talk.say("delete_documents", remove)
    talk.say("list_documents", lambda _: listed(*({"id": document, "title": document} for document in sorted(there))))

    newest_first = list(reversed(DOCUMENTS))
    assert remove_all(newest_first, {"uppzy": vendor}, journal, at_once=4) == ()
    assert there == set()


def test_former_states_are_put_back_in_order(talk: Talk, vendor: Vendor, journal: Journal) -> None:
    """The oldest last: it is what was there before the run; and nothing else is done meanwhile."""
    done: list[str] = []

    def put_back(request: Request) -> Response:
        done.append(json.loads(request.body)["greeting"])
        time.sleep(0.02)
        done.append("done")
        return json_response(200, {})

    def remove(_: Request) -> Response:
        done.append("removed")
        return json_response(200, {"deleted": 1})

    talk.say("update_widget_config", put_back)
    talk.say("delete_documents", remove)
    things = [*DOCUMENTS[:2], state("newest"), state("older"), DOCUMENTS[2], state("oldest")]

    assert remove_all(things, {"uppzy": vendor}, journal, at_once=8) == ()
    assert done == ["removed", "removed", "newest", "done", "older", "done", "removed", "oldest", "done"]
