"""Which operation an endpoint means, whatever way it is written."""

from __future__ import annotations

import pytest

from pytest_golive.review.endpoints import unseen

PATHS = {"chat": "/chat", "get_document": "/sites/{site_id}/documents/{id}"}


@pytest.mark.parametrize(
    "written",
    [
        "get_document",
        "/sites/{site_id}/documents/{id}",
        "/api/v1/sites/:site/documents/:id",
        "GET /sites/<site>/documents/<id>/",
        "https://api.example.com/api/v1/sites/1/documents/2?full=1",
    ],
)
def test_an_endpoint_is_known_however_it_is_written(written: str) -> None:
    assert unseen([written], PATHS) == ("chat",)


@pytest.mark.parametrize("written", ["", "/chats", "/sites/1/documents", "/chat/async"])
def test_another_endpoint_is_another(written: str) -> None:
    assert unseen([written], PATHS) == ("chat", "get_document")
