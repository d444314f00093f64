from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from pytest_golive.sandbox.augno import Augno
from pytest_golive.sandbox.augno.problem import CATALOGUE
from pytest_golive.sandbox.connection import Connection

Open = Callable[..., httpx.Client]

UNITS = "/v1/catalog/units"
TERMS = "/v1/finance/payment-terms"
UNIT = {
    "name": "Dozen-x1",
    "abbreviation": "dzx1",
    "type": "quantity",
    "ratio_numerator": "12",
    "ratio_denominator": "1",
    "offset_numerator": "0",
    "offset_denominator": "1",
}


def problem(answer: httpx.Response) -> tuple[int, str, str, str | None]:
    error = answer.json()["error"]
    return answer.status_code, error["code"], error["message"], error["param"]


def test_an_error_has_eight_keys(api: httpx.Client) -> None:
    """Whatever it is about."""
    answer = api.post(TERMS, json={})

    assert answer.json() == {
        "error": {
            "code": "missing_field",
            "type": "invalid_request_error",
            "message": "name is required.",
            "param": "name",
            "doc_url": "https://docs.augno.com/api/errors#missing_field",
            "is_transient": False,
            "quota": None,
            "request_log_url": f"https://augno.com/dashboard/request-logs/{answer.headers['request-id']}",
        }
    }


@pytest.mark.parametrize("code", CATALOGUE)
def test_every_code_of_the_catalogue_can_be_had(augno: Augno, api: httpx.Client, code: str) -> None:
    """With its status, its type and whether to try again; once, and then the call succeeds."""
    augno.fail("list_units", code)
    answer, after = api.get(UNITS), api.get(UNITS)
    error, kind = answer.json()["error"], CATALOGUE[code]

    assert (answer.status_code, error["code"], error["type"]) == (kind.status, code, kind.type)
    assert error["is_transient"] is (code in TRANSIENT)
    assert error["message"] == "This failure was asked for."
    assert after.status_code == 200


TRANSIENT = {
    "request_timeout",
    "idempotency_in_progress",
    "rate_limit_exceeded",
    "internal_error",
    "external_service_error",
    "connection_error",
    "service_unavailable",
    "timeout",
}


def test_there_are_33_codes_and_no_other_can_be_asked_for(augno: Augno) -> None:
    """A typing mistake is told to the test."""
    assert len(CATALOGUE) == 33
    with pytest.raises(KeyError):
        augno.fail("list_units", "teapot")


@pytest.mark.parametrize(
    "path", ["/v1/catalog", "/v1/catalog/", "/v1/sales/unicorns", "/v1/core/customers", "/v1/catalog/units/a/b"]
)
def test_an_unknown_route_is_not_found(api: httpx.Client, path: str) -> None:
    """Among them the path that some samples show."""
    assert problem(api.get(path)) == (404, "resource_not_found", "There is no such endpoint.", None)


def test_an_unsupported_method_is_told_with_those_there_are(api: httpx.Client) -> None:
    """In the header that is for it."""
    answer = api.put(UNITS, json={})

    assert problem(answer) == (405, "method_not_allowed", "PUT is not possible here.", None)
    assert answer.headers["allow"] == "GET, POST"


def test_an_unknown_id_is_not_found(api: httpx.Client) -> None:
    """For all that can be done with one."""
    answers = [api.request(method, f"{UNITS}/un_none", json={"name": "n"}) for method in ("GET", "PATCH", "DELETE")]

    assert {problem(answer) for answer in answers} == {(404, "resource_not_found", "No such unit.", None)}


@pytest.mark.parametrize(
    ("body", "code", "message", "param"),
    [
        ({**UNIT, "colour": "red"}, "parameter_unknown", "Unknown field: colour.", "colour"),
        ({**UNIT, "name": 7}, "invalid_format", "name must be a string.", "name"),
        ({**UNIT, "name": None}, "invalid_format", "name may not be null.", "name"),
        ({**UNIT, "name": "  "}, "missing_field", "name is required.", "name"),
        ({**UNIT, "name": "n" * 256}, "invalid_format", "name must be at most 255 characters.", "name"),
        ({**UNIT, "type": 7}, "invalid_format", "type must be a string.", "type"),
        (
            {**UNIT, "type": "mood"},
            "parameter_invalid",
            "type must be one of: currency, quantity, time, mass, volume, length, temperature, area.",
            "type",
        ),
        (
            {**UNIT, "ratio_numerator": 12},
            "invalid_format",
            "ratio_numerator must be a decimal number, written as a string.",
            "ratio_numerator",
        ),
        (
            {**UNIT, "ratio_numerator": "twelve"},
            "invalid_format",
            "ratio_numerator must be a decimal number, written as a string.",
            "ratio_numerator",
        ),
        (
            {**UNIT, "offset_denominator": "0.00"},
            "invalid_format",
            "offset_denominator may not be zero.",
            "offset_denominator",
        ),
        (["a"], "invalid_format", "The request body must be a JSON object.", None),
    ],
)
def test_each_wrong_field_has_its_code(
    api: httpx.Client, body: object, code: str, message: str, param: str | None
) -> None:
    """And nothing is made."""
    before = api.get(UNITS).json()

    assert problem(api.post(UNITS, json=body)) == (400, code, message, param)
    assert api.get(UNITS).json() == before


@pytest.mark.parametrize("field", UNIT)
def test_each_required_field_is_demanded(api: httpx.Client, field: str) -> None:
    """The type by another code than the rest."""
    body = {name: value for name, value in UNIT.items() if name != field}
    code = "parameter_invalid" if field == "type" else "missing_field"

    assert problem(api.post(UNITS, json=body)) == (400, code, f"{field} is required.", field)


def test_broken_json_is_refused(api: httpx.Client) -> None:
    """No field can be named."""
    answer = api.post(UNITS, content=b'{"name": ')

    assert problem(answer) == (400, "validation_failed", "The request body is not valid JSON.", None)


def test_a_body_above_one_mebibyte_is_refused(api: httpx.Client) -> None:
    """The largest is read, one byte more is not."""
    largest = b'{"name": "' + b"n" * (1024 * 1024 - 12) + b'"}'
    answers = [api.post(TERMS, content=largest), api.post(TERMS, content=largest + b" ")]

    assert problem(answers[0])[2] == "name must be at most 255 characters."
    assert problem(answers[1]) == (400, "validation_failed", "The request body is larger than 1 MiB.", None)


@pytest.mark.parametrize(
    ("query", "code", "message", "param"),
    [
        ("colour=red", "parameter_unknown", "Unknown parameter: colour.", "colour"),
        ("type[]=mass", "parameter_unknown", "Unknown parameter: type[].", "type[]"),
        ("limit=0", "parameter_invalid", "limit must be from 1 to 1000.", "limit"),
        ("limit=1001", "parameter_invalid", "limit must be from 1 to 1000.", "limit"),
        ("limit=many", "parameter_invalid", "limit must be a whole number.", "limit"),
        (f"q={'q' * 501}", "parameter_invalid", "q must be at most 500 characters.", "q"),
        ("include[]=colour", "parameter_invalid", "include[] must be one of: owner, owner.account.", "include[]"),
        ("include=owner,colour", "parameter_invalid", "include[] must be one of: owner, owner.account.", "include[]"),
    ],
)
def test_each_wrong_parameter_has_its_code(api: httpx.Client, query: str, code: str, message: str, param: str) -> None:
    """Unknown ones are not passed over."""
    assert problem(api.get(f"{UNITS}?{query}")) == (400, code, message, param)


@pytest.mark.parametrize(
    ("path", "query", "message"),
    [
        ("/v1/sales/customers", "starts_at=yesterday", "starts_at must be a date."),
        ("/v1/sales/sales-orders", "past_due=perhaps", "past_due must be true or false."),
        ("/v1/core/request-logs", "methods[]=LOOK", "methods[] must be one of: GET, POST, PUT, PATCH, DELETE."),
    ],
)
def test_filters_are_read_by_what_they_hold(api: httpx.Client, path: str, query: str, message: str) -> None:
    """Dates, truth values and choices."""
    assert problem(api.get(f"{path}?{query}"))[:3] == (400, "parameter_invalid", message)


def test_an_endpoint_without_sub_objects_refuses_to_include(api: httpx.Client) -> None:
    """By the same code."""
    answer = api.get("/v1/sales/account-groups?include[]=owner")

    assert problem(answer) == (400, "parameter_invalid", "include[] must be left out here.", "include[]")


def test_an_empty_change_is_refused(api: httpx.Client) -> None:
    """There is nothing to do."""
    made = api.post(UNITS, json=UNIT).json()
    answer = api.patch(f"{UNITS}/{made['id']}", json={})

    assert problem(answer) == (400, "validation_failed", "At least one field is required.", None)


def test_every_answer_names_its_request(api: httpx.Client, opened: Open, connection: Connection) -> None:
    """Refusals too; every one another."""
    answers = [api.get(UNITS), api.get(UNITS), api.get("/v1/sales/x"), opened().get(UNITS)]
    ids = [answer.headers["request-id"] for answer in answers]

    assert len({*ids}) == 4
    assert all(len(each) == 22 and each.startswith("rq_") and each[3:].isalnum() for each in ids)
