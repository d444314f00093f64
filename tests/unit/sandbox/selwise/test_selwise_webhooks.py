from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import pytest

from pytest_golive.sandbox.courier import Endpoint, FastClock
from pytest_golive.sandbox.http import Request, Response
from pytest_golive.sandbox.selwise import Selwise
from pytest_golive.sandbox.server import Server
from pytest_golive.sandbox.world import Sandbox

SECRET = "a secret of sixteen and more"
FAR = "https://hooks.shop.example/selwise"
PURCHASE = {"event": "purchase", "eventId": "6f1c0d8e-0000-4000-8000-00000000000e", "order": {"id": "o_1", "total": 5}}


class Receiver:
    """A handler that remembers what it got, and answers by plan."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.statuses: list[int] = []

    def __call__(self, request: Request) -> Response:
        self.requests.append(request)
        return Response(self.statuses.pop(0) if self.statuses else 204)


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
def hook_url(receiver: Receiver) -> Iterator[str]:
    with Server(receiver) as server:
        yield f"{server.url}/hooks/selwise"


@pytest.fixture
def sandbox(selwise: Selwise) -> Iterator[Sandbox]:
    """With pauses a thousand times shorter than the vendor's."""
    with Sandbox(("selwise",), apps={"selwise": selwise}, clock=FastClock(1000)) as running:
        yield running
    assert running.server.failures == []


def make(api: httpx.Client, **fields: Any) -> dict[str, Any]:
    answer = api.post("/integrations/webhooks", json={"name": "mine", "url": FAR, **fields})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def log_of(api: httpx.Client, webhook: Mapping[str, Any], least: int = 1) -> list[dict[str, Any]]:
    """Return the log once it holds enough."""
    for _ in range(200):
        items: list[dict[str, Any]] = api.get(f"/integrations/webhooks/{webhook['id']}/logs").json()["items"]
        if len(items) >= least:
            break
        time.sleep(0.02)
    return items


def test_a_webhook_lives_and_dies(api: httpx.Client) -> None:
    """Made, read, listed, changed in one field, deleted, gone."""
    made = make(api)
    path = f"/integrations/webhooks/{made['id']}"
    listed = api.get("/integrations/webhooks").json()
    changed = api.put(path, json={"url": FAR, "isActive": False})

    assert (made["events"], made["authType"], made["isActive"]) == ([], "none", True)
    assert made in listed
    assert changed.json() | {"isActive": True, "updatedAt": made["updatedAt"]} == made
    assert api.get(path).json() == changed.json()
    assert [api.delete(path).status_code for _ in range(2)] == [200, 404]
    assert [api.get(path).status_code, api.get(f"{path}/logs").status_code] == [404, 404]
    assert [api.put(path, json={"url": FAR}).status_code, api.post(f"{path}/test").status_code] == [404, 404]


def test_what_is_left_out_is_shown_with_its_default(api: httpx.Client) -> None:
    """Also the part of a retry policy that was left out; a policy that is sent replaces the stored one whole."""
    made = make(api, retryPolicy={"maxRetries": 1, "backoff": "fixed"})
    path = f"/integrations/webhooks/{made['id']}"
    changed = api.put(path, json={"url": FAR, "retryPolicy": {"maxRetries": 2}}).json()
    usual = make(api)

    assert (usual["timeoutMs"], usual["retryPolicy"]) == (
        10000,
        {"maxRetries": 3, "backoff": "exponential", "initialDelaySeconds": 60},
    )
    assert made["retryPolicy"] == {"maxRetries": 1, "backoff": "fixed", "initialDelaySeconds": 60}
    assert changed["retryPolicy"] == {"maxRetries": 2, "backoff": "exponential", "initialDelaySeconds": 60}


def test_without_a_way_to_prove_deliveries_nothing_is_told_of_one(api: httpx.Client) -> None:
    """Whoever turns it off sees no secret of the time before, not even masked."""
    made = make(api, authType="bearer", authConfig={"token": "t_1"})
    changed = api.put(f"/integrations/webhooks/{made['id']}", json={"url": FAR, "authType": "none"}).json()

    assert made["authConfig"] == {"token": "********"}
    assert "authConfig" not in changed


def test_a_second_one_is_another_one(api: httpx.Client, selwise: Selwise) -> None:
    """Unless the double is told to call that a conflict."""
    assert make(api)["id"] != make(api)["id"]
    selwise.hooks.refuse_twins = True

    assert api.post("/integrations/webhooks", json={"name": "mine", "url": FAR}).status_code == 409


def test_the_same_event_twice_is_stored_once(api: httpx.Client) -> None:
    """A list of events names each once."""
    assert make(api, events=["purchase", "purchase"])["events"] == ["purchase"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"url": FAR}, "name is required"),
        ({"name": "mine"}, "url is required"),
        ({"name": "mine", "url": "/hooks"}, "url must be an absolute https URL"),
        ({"name": "mine", "url": "http://hooks.shop.example"}, "url must be an absolute https URL"),
        ({"name": "mine", "url": "https://10.0.0.8/hooks"}, "url must not lead into a private network"),
        ({"name": "mine", "url": "https://printer.local/hooks"}, "url must not lead into a private network"),
        ({"name": "mine", "url": FAR, "authType": "magic"}, None),
        ({"name": "mine", "url": FAR, "events": "purchase"}, "events is invalid"),
        ({"name": "mine", "url": FAR, "events": ["buy"]}, "events: buy is not a canonical event"),
        ({"name": "mine", "url": FAR, "authType": "hmac"}, "authConfig.secret is required"),
        (
            {"name": "mine", "url": FAR, "authType": "hmac", "authConfig": {"secret": "short"}},
            "authConfig.secret has to have 16 characters",
        ),
        (
            {"name": "mine", "url": FAR, "authType": "hmac", "authConfig": {"secret": "********"}},
            "authConfig holds a masked secret",
        ),
        ({"name": "mine", "url": FAR, "retryPolicy": {"maxRetries": 11}}, "retryPolicy is invalid"),
        ({"name": "mine", "url": FAR, "timeoutMs": 50}, "timeoutMs is invalid"),
    ],
)
def test_a_bad_webhook_is_refused(api: httpx.Client, body: dict[str, Any], message: str | None) -> None:
    """400 with the reason, and none is made."""
    before = api.get("/integrations/webhooks").json()
    answer = api.post("/integrations/webhooks", json=body)

    assert answer.status_code == 400
    assert message is None or answer.json()["message"] == message
    assert api.get("/integrations/webhooks").json() == before


def test_an_update_always_needs_the_address(api: httpx.Client) -> None:
    """As the vendor's page says."""
    answer = api.put(f"/integrations/webhooks/{make(api)['id']}", json={"isActive": False})

    assert (answer.status_code, answer.json()["message"]) == (400, "url is required")


def signature_fits(request: Request) -> bool:
    sent = request.headers["x-selwise-signature"]
    stamp = dict(part.split("=", 1) for part in sent.split(","))
    message = f"{stamp['t']}.".encode() + request.body
    return hmac.compare_digest(stamp["v1"], hmac.new(SECRET.encode(), message, hashlib.sha256).hexdigest())


@pytest.mark.parametrize(
    ("auth_type", "config", "fits"),
    [
        ("none", None, lambda one: "authorization" not in one.headers and "x-selwise-signature" not in one.headers),
        ("bearer", {"token": SECRET}, lambda one: one.headers["authorization"] == f"Bearer {SECRET}"),
        (
            "basic",
            {"username": "shop", "password": SECRET},
            lambda one: one.headers["authorization"] == "Basic " + base64.b64encode(f"shop:{SECRET}".encode()).decode(),
        ),
        ("api_key", {"apiKey": SECRET}, lambda one: one.headers["x-api-key"] == SECRET),
        ("api_key", {"apiKey": SECRET, "headerName": "X-Shop"}, lambda one: one.headers["x-shop"] == SECRET),
        (
            "hmac",
            {"secret": SECRET},
            lambda one: (
                one.headers["x-selwise-signature"]
                == "sha256=" + hmac.new(SECRET.encode(), one.body, hashlib.sha256).hexdigest()
            ),
        ),
        ("signature", {"secret": SECRET}, signature_fits),
    ],
)
def test_a_delivery_is_proven_as_was_chosen(
    api: httpx.Client,
    public: httpx.Client,
    receiver: Receiver,
    hook_url: str,
    auth_type: str,
    config: dict[str, str] | None,
    fits: Any,
) -> None:
    """Each of the six ways; the secret reads masked."""
    further = {"authConfig": config} if config else {}
    webhook = make(api, url=hook_url, events=["purchase"], authType=auth_type, **further)
    public.post("/events/batch", json={"events": [PURCHASE]})
    entry = log_of(api, webhook)[0]
    (request,) = receiver.requests
    body = json.loads(request.body)

    assert fits(request)
    assert SECRET not in api.get("/integrations/webhooks").text
    assert request.headers["user-agent"] == "Selwise-Webhooks/1.0"
    assert (request.headers["x-selwise-event"], request.headers["x-selwise-attempt"]) == ("purchase", "1")
    assert (body["id"], body["event"], body["test"]) == (PURCHASE["eventId"], "purchase", False)
    assert body["data"] == {"orderId": "o_1", "order": {"id": "o_1", "total": 5}}
    assert (entry["status"], entry["attempt"], entry["httpStatus"]) == ("success", 1, 204)
    assert (str(uuid.UUID(entry["id"])), entry["requestPayload"]) == (entry["id"], body)


def test_a_refused_delivery_comes_again_with_the_same_id(
    api: httpx.Client, public: httpx.Client, receiver: Receiver, hook_url: str
) -> None:
    """One entry for each attempt; the id of the delivery stays."""
    receiver.statuses = [503, 429, 204]
    webhook = make(api, url=hook_url, events=["purchase"])
    public.post("/events/batch", json={"events": [PURCHASE]})
    log = log_of(api, webhook, least=3)

    assert [(one["attempt"], one["status"], one["httpStatus"]) for one in reversed(log)] == [
        (1, "retrying", 503),
        (2, "retrying", 429),
        (3, "success", 204),
    ]
    assert len({one.headers["x-selwise-delivery"] for one in receiver.requests}) == 1
    assert len({json.loads(one.body)["id"] for one in receiver.requests}) == 1


@pytest.mark.parametrize(
    ("policy", "statuses", "due"),
    [
        (None, [404], ["failed"]),
        (None, [500] * 4, ["retrying", "retrying", "retrying", "failed"]),
        ({"maxRetries": 1, "backoff": "fixed", "initialDelaySeconds": 1}, [500] * 2, ["retrying", "failed"]),
        ({"maxRetries": 0}, [500], ["failed"]),
    ],
)
def test_what_is_refused_for_good_is_told(
    api: httpx.Client,
    public: httpx.Client,
    receiver: Receiver,
    hook_url: str,
    policy: dict[str, Any] | None,
    statuses: list[int],
    due: list[str],
) -> None:
    """A 4xx is not tried again, a 5xx as often as the policy says."""
    receiver.statuses = [*statuses]
    webhook = make(api, url=hook_url, events=["purchase"], **({"retryPolicy": policy} if policy else {}))
    public.post("/events/batch", json={"events": [PURCHASE]})
    log = log_of(api, webhook, least=len(due))

    assert [one["status"] for one in reversed(log)] == due
    assert log[0]["error"]["code"] == f"http_{statuses[-1]}"


def test_only_what_was_asked_for_is_sent(
    api: httpx.Client, public: httpx.Client, receiver: Receiver, hook_url: str
) -> None:
    """Not to a webhook that is off, and not another event."""
    make(api, url=hook_url, events=["page_view"])
    make(api, url=hook_url, isActive=False)
    webhook = make(api, url=hook_url)
    public.post("/events/batch", json={"events": [PURCHASE]})
    log_of(api, webhook)

    assert len(receiver.requests) == 1


@pytest.mark.parametrize(("status", "success"), [(204, True), (500, False)])
def test_a_test_is_sent_once_also_to_one_that_is_off(
    api: httpx.Client, receiver: Receiver, hook_url: str, status: int, success: bool
) -> None:
    """Marked as a test, told in the answer and in the log, and never again."""
    receiver.statuses = [status]
    webhook = make(api, url=hook_url, isActive=False)
    answer = api.post(f"/integrations/webhooks/{webhook['id']}/test")
    log = log_of(api, webhook)

    assert (answer.status_code, answer.json()["success"], answer.json()["responseStatus"]) == (200, success, status)
    assert [one["status"] for one in log] == ["test" if success else "failed"]
    assert [json.loads(one.body)["test"] for one in receiver.requests] == [True]


def test_nobody_s_host_takes_everything(api: httpx.Client) -> None:
    """So that a rehearsal needs no receiver and sends nothing to anybody."""
    webhook = make(api)
    answer = api.post(f"/integrations/webhooks/{webhook['id']}/test").json()

    assert (answer["success"], answer["responseStatus"]) == (True, 204)
    assert [one["status"] for one in log_of(api, webhook)] == ["test"]


@pytest.mark.parametrize("scheme", [None, "hmac", "bearer", "basic", "api_key", "none"])
def test_an_endpoint_from_outside_is_a_webhook(
    api: httpx.Client, public: httpx.Client, selwise: Selwise, receiver: Receiver, hook_url: str, scheme: str | None
) -> None:
    """As when the sandbox is started for a handler."""
    endpoint = Endpoint("from-outside", hook_url, SECRET, scheme=scheme, username="shop", header_name="X-Shop")
    selwise.deliver_to(endpoint)
    public.post("/events/batch", json={"events": [PURCHASE]})
    log = log_of(api, {"id": "from-outside"})

    assert [one["status"] for one in log] == ["success"]
    assert len(receiver.requests) == 1
    assert api.get("/integrations/webhooks/from-outside").json()["url"] == hook_url
