from __future__ import annotations

from collections.abc import Callable

from pytest_golive.exchange.examples import Examples
from pytest_golive.sandbox.http import Request, Response, json_response
from tests.unit.exchange.conftest import MakeVendor, Talk


def _numbered() -> Callable[[Request], Response]:
    numbers = iter(range(1, 1000))
    return lambda request: json_response(201, {"id": f"doc_{next(numbers)}"})


def test_an_own_answer_is_made_for_each_call_alone(talk: Talk, make_vendor: MakeVendor) -> None:
    """While the answer of an example is shared by all that refer to it."""
    pack = make_vendor().pack
    shared, own = "{answer:create_text_document.id}", "{own:create_text_document.id}"
    operation = pack.operations["update_document"].model_copy(update={"example": {"document_id": shared, "title": own}})
    operations = {**pack.operations, "update_document": operation}
    vendor = make_vendor(pack=pack.model_copy(update={"operations": operations}))
    talk.say("create_text_document", _numbered())
    examples = Examples(vendor, lambda kind: f"golive_{kind}")

    assert [examples.arguments("update_document") for _ in range(2)] == [
        {"document_id": "doc_1", "title": "doc_2"},
        {"document_id": "doc_1", "title": "doc_3"},
    ]
