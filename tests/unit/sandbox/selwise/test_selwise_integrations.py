from __future__ import annotations

from typing import Any

import httpx
import pytest

from pytest_golive.sandbox.connection import Connection
from pytest_golive.sandbox.selwise import Selwise

GADS = {"conversionId": "AW-100000001", "conversionLabel": "lbl"}


def read(api: httpx.Client, provider: str = "ga4") -> dict[str, Any]:
    body: dict[str, Any] = api.get(f"/integrations/{provider}").json()
    return body


def without_time(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name != "updatedAt"}


def test_secrets_read_masked(api: httpx.Client) -> None:
    """In the list and alone; what is no secret is shown."""
    assert read(api)["config"] == {"measurementId": "G-TEST000001", "apiSecret": "********"}
    assert [one["provider"] for one in api.get("/integrations").json()] == ["ga4", "meta", "gads"]
    assert "EAA" not in api.get("/integrations").text


def test_both_names_are_one_record(api: httpx.Client) -> None:
    """Written by one, read by the other, and shown under the name that is preferred."""
    api.put("/integrations/google_ads", json={"testMode": True})

    assert read(api, "gads") == read(api, "google_ads")
    assert (read(api, "gads")["provider"], read(api, "gads")["testMode"]) == ("gads", True)


@pytest.mark.parametrize("body", [{"enabled": False}, {"testMode": True}])
def test_a_switch_alone_keeps_the_rest(api: httpx.Client, body: dict[str, bool]) -> None:
    """The documented rollback costs nothing else."""
    before = read(api)
    answer = api.put("/integrations/ga4", json=body)

    assert answer.status_code == 200
    assert without_time(answer.json()) == without_time({**before, **body}) == without_time(read(api))


def test_a_field_that_is_sent_replaces_the_whole_of_it(api: httpx.Client) -> None:
    """Mappings are not merged."""
    api.put("/integrations/ga4", json={"eventMapping": {"purchase": "buy"}})

    assert read(api)["eventMapping"] == {"purchase": "buy"}
    assert read(api)["eventFilters"] != {}


def test_a_secret_that_is_left_out_is_kept(api: httpx.Client) -> None:
    """A config without it still passes the test."""
    api.put("/integrations/ga4", json={"config": {"measurementId": "G-OTHER0001"}})

    assert read(api)["config"] == {"measurementId": "G-OTHER0001", "apiSecret": "********"}
    assert api.post("/integrations/ga4/test").json()["success"] is True


def test_the_other_merge_rule_clears_what_is_left_out(api: httpx.Client, selwise: Selwise) -> None:
    """The double can be the vendor for whom an update is the whole."""
    selwise.integrations.merge = "replace"
    body = api.put("/integrations/ga4", json={"enabled": True}).json()

    assert (body["eventMapping"], body["reverseEventMapping"], body["eventFilters"], body["config"]) == ({}, {}, {}, {})


def test_a_masked_secret_is_never_stored(api: httpx.Client) -> None:
    """Sent back as it was read, it is refused, and what was there stays."""
    answer = api.put("/integrations/ga4", json={"config": read(api)["config"]})

    assert (answer.status_code, answer.json()["message"]) == (400, "config.apiSecret is a masked secret")
    assert api.post("/integrations/ga4/test").json()["success"] is True


def test_wrong_credentials_show_in_the_test_alone(api: httpx.Client) -> None:
    """They are stored; the test answers 200 and says no, and the log says why."""
    config = {"measurementId": "G-TEST000001", "apiSecret": "not the one"}
    assert api.put("/integrations/ga4", json={"config": config}).status_code == 200
    test = api.post("/integrations/ga4/test")
    newest = api.get("/integrations/ga4/logs?limit=1").json()["items"][0]

    assert (test.status_code, test.json()["success"]) == (200, False)
    assert test.json()["message"] == "the provider refuses config.apiSecret"
    assert (newest["status"], newest["httpStatus"], newest["error"]["code"]) == ("failed", 401, "unauthorized")


def test_the_first_save_takes_the_default_mapping(api: httpx.Client) -> None:
    """200, off, not in test mode, mapped as the provider begins with."""
    api.delete("/integrations/gads")
    answer = api.put("/integrations/gads", json={"config": GADS})
    body = answer.json()

    assert answer.status_code == 200
    assert (body["enabled"], body["testMode"]) == (False, False)
    assert body["eventMapping"] == api.get("/integrations/gads/mappings").json()["eventMapping"]


def test_an_explicit_empty_mapping_stays_empty(api: httpx.Client) -> None:
    """Nothing is forwarded then."""
    api.delete("/integrations/gads")

    assert api.put("/integrations/gads", json={"config": GADS, "eventMapping": {}}).json()["eventMapping"] == {}


def test_what_nobody_could_read_of_config_is_let_through(api: httpx.Client) -> None:
    """The pages that list its members could not be read to their ends."""
    config = {**GADS, "enhancedConversions": True}
    answer = api.put("/integrations/gads", json={"config": config})

    assert (answer.status_code, answer.json()["config"]) == (200, config)


def test_the_first_save_needs_a_config(api: httpx.Client) -> None:
    """Afterwards nothing is needed, and nothing changes."""
    before = read(api, "gads")
    assert without_time(api.put("/integrations/gads", json={}).json()) == without_time(before)
    api.delete("/integrations/gads")
    answer = api.put("/integrations/gads", json={"enabled": True})

    assert (answer.status_code, answer.json()["message"]) == (400, "config is required")


def test_what_was_deleted_is_gone_but_for_its_logs(api: httpx.Client) -> None:
    """The second time there is nothing to delete; a test has nothing to test."""
    gone = api.delete("/integrations/meta")

    assert (gone.status_code, gone.json()) == (200, {})
    assert [api.delete("/integrations/meta").status_code, api.get("/integrations/meta").status_code] == [404, 404]
    assert api.post("/integrations/meta/test").status_code == 404
    assert api.get("/integrations/meta/logs").json()["total"] == 24
    assert api.get("/integrations/meta/mappings").status_code == 200


@pytest.mark.parametrize(
    ("provider", "body", "message"),
    [
        ("ga4", {"config": {"measurementId": "UA-1"}}, "config is invalid"),
        ("ga4", {"config": {"measurementId": 7}}, "config is invalid"),
        ("ga4", {"config": {"pixelId": "100000000000001"}}, "config.measurementId is required"),
        ("ga4", {"config": {}}, "config is invalid"),
        ("ga4", {"enabled": "yes"}, "enabled is invalid"),
        ("ga4", {"testMode": 1}, "testMode is invalid"),
        ("ga4", {"eventMapping": {"purchase": 7}}, "eventMapping is invalid"),
        ("ga4", {"eventMapping": {"buy": "purchase"}}, "eventMapping: buy is not a canonical event"),
        ("ga4", {"eventMapping": {"purchase": "g" * 256}}, "eventMapping holds a name of more than 255 characters"),
        ("ga4", {"reverseEventMapping": {"a": "buy"}}, "reverseEventMapping: buy is not a canonical event"),
        ("ga4", {"eventFilters": {"purchase": {"enabled": True, "conditions": "no"}}}, "eventFilters is invalid"),
        ("ga4", {"eventFilters": {"buy": {"enabled": True}}}, "eventFilters: buy is not a canonical event"),
        (
            "ga4",
            {"eventFilters": {"purchase": {"enabled": True, "conditions": [{"field": "a", "operator": "~"}]}}},
            "operator must be one of eq, neq, gt, gte, lt, lte, in, not_in, contains, exists",
        ),
        (
            "ga4",
            {"eventFilters": {"purchase": {"enabled": True, "conditions": [{"field": "a", "operator": "eq"}] * 21}}},
            "eventFilters.purchase has too many conditions",
        ),
        ("meta", {"config": {"pixelId": "12a"}}, "config is invalid"),
        (
            "meta",
            {"config": {"pixelId": "100000000000001", "advancedMatching": "1"}},
            "config is invalid",
        ),
        ("gads", {"config": {"conversionId": "AW-100000001"}}, "config is invalid"),
        ("gads", {"config": {"conversionId": "100000001", "conversionLabel": "lbl"}}, "config is invalid"),
        ("tiktok", {"enabled": True}, "provider must be one of ga4, meta, gads, google_ads"),
    ],
)
def test_bad_configuration_is_refused_and_changes_nothing(
    api: httpx.Client, provider: str, body: dict[str, Any], message: str
) -> None:
    """400 with the reason, and what was there stays."""
    before = api.get("/integrations").json()
    answer = api.put(f"/integrations/{provider}", json=body)

    assert (answer.status_code, answer.json()["message"]) == (400, message)
    assert api.get("/integrations").json() == before


@pytest.mark.parametrize("path", ["", "/logs", "/mappings"])
def test_an_unknown_provider_is_refused(api: httpx.Client, path: str) -> None:
    """400: it is no provider, not one that is absent."""
    assert api.get(f"/integrations/tiktok{path}").status_code == 400


def test_logs_come_newest_first_and_page_by_page(api: httpx.Client) -> None:
    """50 unless asked otherwise, up to 100; past the end there is nothing."""
    whole = api.get("/integrations/ga4/logs").json()
    pages = [api.get("/integrations/ga4/logs", params={"limit": 10, "offset": at}).json() for at in (0, 10, 20, 30)]
    times = [one["createdAt"] for one in whole["items"]]

    assert (whole["total"], whole["limit"], whole["offset"]) == (24, 50, 0)
    assert times == sorted(times, reverse=True)
    assert [len(page["items"]) for page in pages] == [10, 10, 4, 0]
    assert [one["id"] for page in pages for one in page["items"]] == [one["id"] for one in whole["items"]]


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=-1", "limit=x", "offset=-1", "offset=x"])
def test_a_page_that_cannot_be_is_refused(api: httpx.Client, query: str) -> None:
    """400, naming the parameter."""
    answer = api.get(f"/integrations/ga4/logs?{query}")

    assert (answer.status_code, answer.json()["message"]) == (400, f"{query.partition('=')[0]} is invalid")


def test_logs_of_what_never_was_are_not_found(api: httpx.Client, selwise: Selwise) -> None:
    """A provider that was never configured has none."""
    site = selwise.site("sandbox")
    del site.integrations["gads"], site.logs["gads"]

    assert api.get("/integrations/gads/logs").status_code == 404


def test_health_tells_what_is_configured_and_what_happened(api: httpx.Client, connection: Connection) -> None:
    """On, off, failing more often than not."""
    api.put("/integrations/gads", json={"enabled": False})
    config = {"pixelId": "100000000000001", "accessToken": "not the one"}
    api.put("/integrations/meta", json={"config": config})
    for _ in range(30):
        api.post("/integrations/meta/test")
    body = api.get("/integrations/health").json()
    told = {one["provider"]: one for one in body["integrations"]}

    assert body["status"] == "degraded"
    assert {name: one["status"] for name, one in told.items()} == {
        "ga4": "healthy",
        "meta": "degraded",
        "gads": "disabled",
    }
    assert (told["meta"]["failureCount24h"], told["meta"]["lastError"]) == (
        30,
        "the provider refuses config.accessToken",
    )
    assert told["ga4"]["successCount24h"] == 24
    assert [(one["name"], one["status"]) for one in body["webhooks"]] == [("orders", "healthy")]
    assert body["dataLayer"] == {"enabled": True, "status": "healthy"}


def test_the_data_layer_is_stored_field_by_field(api: httpx.Client, public: httpx.Client) -> None:
    """What nobody knows is kept too, and pages get it."""
    answer = api.put("/integrations/data-layer", json={"bufferSize": 20, "consentMode": "strict"})

    assert answer.json() == api.get("/integrations/data-layer").json()
    assert (answer.json()["bufferSize"], answer.json()["variableName"]) == (20, "selwiseLayer")
    assert public.get("/config").json()["dataLayerConfig"] == answer.json()
    assert public.get("/tracking-config").json() == public.get("/config").json()


@pytest.mark.parametrize(
    "body",
    [
        {"pageDetection": "x"},
        {"bufferSize": 0},
        {"bufferSize": -1},
        {"bufferSize": "10"},
        {"flushInterval": 0},
        {"variableName": "not a name"},
        {"reverseEventMapping": {"shopPurchase": "buy"}},
    ],
)
def test_a_bad_data_layer_is_refused(api: httpx.Client, body: dict[str, Any]) -> None:
    """400, and what was there stays."""
    before = api.get("/integrations/data-layer").json()

    assert api.put("/integrations/data-layer", json=body).status_code == 400
    assert api.get("/integrations/data-layer").json() == before
