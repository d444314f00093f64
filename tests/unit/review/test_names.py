"""Names of metrics: golive's own, OpenTelemetry's, the project's."""

from __future__ import annotations

import pytest

from pytest_golive.review.names import Selector, metric_names


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("requests_total", 'requests_total{a="b"}'),
        ('requests_total{code=~"5.."}', 'requests_total{code=~"5..",a="b"}'),
        ('a:b{ x="}", }', 'a:b{x="}",a="b"}'),
    ],
)
def test_a_selector_takes_further_matchers(text: str, written: str) -> None:
    assert Selector.read(text).written('a="b"', "") == written


@pytest.mark.parametrize("text", ["", "rate(x[5m])", "x{", "2x"])
def test_an_expression_is_no_selector(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no metric; write name or name\{label"):
        Selector.read(text)


def test_a_projects_own_names_win() -> None:
    names = metric_names("opentelemetry", {"retries": "shop_retries_total"}, {"endpoint": "route"})

    assert names.selector("requests").name == "http_client_request_duration_seconds_count"
    assert names.selector("retries").name == "shop_retries_total"
    assert (names.label("endpoint"), names.label("status"), names.label("tenant_id")) == (
        "route",
        "http_response_status_code",
        "tenant_id",
    )
