from __future__ import annotations

from datetime import UTC, datetime

import httpx

from pytest_golive.sandbox.connection import Connection


def test_the_tenant_is_told(api: httpx.Client, tenant: str, connection: Connection) -> None:
    """Id and plan."""
    assert api.get(tenant).json() == {"id": connection.ids["tenant_id"], "plan": "level2"}


def test_the_limits_are_told(api: httpx.Client, tenant: str, connection: Connection) -> None:
    """The connectivity check answers with the tenant it reached."""
    assert api.get(f"{tenant}/limits").json()["tenant_id"] == connection.ids["tenant_id"]


def test_the_site_is_told(api: httpx.Client, site: str, connection: Connection) -> None:
    """A site knows its tenant."""
    ids = connection.ids

    assert api.get(site).json() == {"id": ids["site_id"], "tenant_id": ids["tenant_id"]}


def test_usage_counts_what_was_really_done(api: httpx.Client, tenant: str, site: str, connection: Connection) -> None:
    """Requests, documents, sessions and questions; this request is one of them."""
    api.post(f"{site}/documents/text", json={"title": "t", "content": "c"})
    for session in ("a", "a", "b"):
        api.post(f"{site}/chat", json={"session_id": session, "message": "hours?"})
    used = {"requests": 5, "documents": 1, "sessions": 2, "questions": 3}

    assert api.get(f"{tenant}/usage").json() == {"tenant_id": connection.ids["tenant_id"], "usage": used}


def test_the_history_has_the_current_period(api: httpx.Client, tenant: str) -> None:
    """The sandbox is as old as its process."""
    (item,) = api.get(f"{tenant}/usage/history", params={"from": "2026-01-01", "to": "2026-12-31"}).json()["items"]

    assert item["period"] == datetime.now(UTC).strftime("%Y-%m")


def test_a_date_that_is_none_is_refused(api: httpx.Client, tenant: str) -> None:
    """`from` is an ISO date."""
    assert api.get(f"{tenant}/statistics", params={"from": "yesterday"}).status_code == 400


def test_statistics_of_the_tenant_span_its_sites(
    api: httpx.Client, tenant: str, site: str, other_site: str, connection: Connection
) -> None:
    """A question on each site makes two."""
    for where in (site, other_site):
        api.post(f"{where}/chat", json={"session_id": "a", "message": "hours?"})

    assert api.get(f"{tenant}/statistics").json() == {
        "tenant_id": connection.ids["tenant_id"],
        "sites": 2,
        "sessions": 2,
        "questions": 2,
    }


def test_statistics_of_a_site_count_ratings(api: httpx.Client, site: str, connection: Connection) -> None:
    """A good rating shows, and how sure the answer was; of other days there is none."""
    asked = api.post(f"{site}/chat", json={"session_id": "a", "message": "hours?"}).json()
    rating = {"session_id": "a", "request_id": asked["request_id"], "feedback": "good"}
    api.post(f"{site}/chat/feedback", json=rating)

    assert api.get(f"{site}/statistics").json() == {
        "site_id": connection.ids["site_id"],
        "sessions": 1,
        "questions": 1,
        "feedback": {"good": 1, "bad": 0},
        "confidence": {"low": 0, "medium": 0, "high": 1},
    }
    earlier = api.get(f"{site}/statistics", params={"from": "2001-01-01", "to": "2001-01-01"}).json()
    assert (earlier["feedback"], earlier["confidence"]["high"]) == ({"good": 0, "bad": 0}, 0)


def test_statistics_of_a_visitor_are_found_by_mail(api: httpx.Client, site: str) -> None:
    """Others' questions do not count, and who never asked has asked nothing."""
    for session, email in (("a", "ann@example.com"), ("b", "bob@example.com")):
        api.post(f"{site}/chat", json={"session_id": session, "message": "hours?", "email": email})
    found = [api.get(f"{site}/users/{who}%40example.com/statistics").json() for who in ("ann", "eve")]

    assert found == [
        {"email": "ann@example.com", "sessions": 1, "questions": 1},
        {"email": "eve@example.com", "sessions": 0, "questions": 0},
    ]


def test_only_sent_and_known_widget_keys_change(api: httpx.Client, site: str) -> None:
    """A patch leaves the rest alone, ignores what it does not know, and twice is once."""
    before = api.get(f"{site}/widget-config").json()
    answers = [api.patch(f"{site}/widget-config", json={"title": "Ask", "sound": "on"}) for _ in range(2)]

    assert [(answer.status_code, answer.json()) for answer in answers] == [(200, {**before, "title": "Ask"})] * 2
    assert api.get(f"{site}/widget-config").json() == {**before, "title": "Ask"}


def test_an_empty_widget_patch_is_refused(api: httpx.Client, site: str) -> None:
    """Nothing to change is a mistake."""
    assert api.patch(f"{site}/widget-config", json={}).status_code == 400
