from __future__ import annotations

import pytest

from pytest_golive.sandbox.routing import Route, Routes, UnknownPathError, WrongMethodError
from pytest_golive.vendors.library import read_pack

ROUTES = Routes(read_pack("uppzy"))
SITE = "/api/v1/m2m/sites/s_1"


def test_placeholders_are_filled() -> None:
    """The path tells the operation and its ids."""
    found = ROUTES.find("GET", f"{SITE}/chat/requests/req_1")

    assert found == Route("get_chat_request", {"site_id": "s_1", "request_id": "req_1"})


def test_a_literal_segment_is_never_an_id() -> None:
    """`bulk-status` is no document."""
    found = ROUTES.find("PATCH", f"{SITE}/documents/bulk-status")

    assert found == Route("update_documents_status", {"site_id": "s_1"})


def test_a_literal_segment_owns_its_path_for_every_method() -> None:
    """Patching `bulk-delete` is a wrong method, not a document of that name."""
    with pytest.raises(WrongMethodError) as caught:
        ROUTES.find("PATCH", f"{SITE}/documents/bulk-delete")

    assert caught.value.allowed == ("POST",)


def test_values_are_decoded_after_the_path_is_split() -> None:
    """An encoded slash or at sign belongs to its segment."""
    found = ROUTES.find("GET", f"{SITE}/users/a%2Fb%40example.com/statistics")

    assert found.arguments["email"] == "a/b@example.com"


@pytest.mark.parametrize(
    "path",
    [
        "/m2m/sites/s_1",
        "/api/v1/m2m/sites",
        "/api/v1/m2m/sites/",
        f"{SITE}/",
        f"{SITE}/nothing",
        "/api/v1m2m/sites/s_1",
        "",
    ],
)
def test_other_paths_are_unknown(path: str) -> None:
    """Neither a missing base, an empty id nor a slash too many leads anywhere."""
    with pytest.raises(UnknownPathError):
        ROUTES.find("GET", path)


def test_a_known_path_tells_its_methods() -> None:
    """Reading and uploading share a path; deleting it is neither."""
    with pytest.raises(WrongMethodError) as caught:
        ROUTES.find("DELETE", f"{SITE}/documents")

    assert caught.value.allowed == ("GET", "POST")
