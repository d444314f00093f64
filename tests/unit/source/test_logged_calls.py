"""Logs as programs in many languages write them: what they tell of calls, and what is missing once it is taken out."""

# ruff: noqa: E501  # a line of a log is as long as it is

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from pytest_golive.source.logged.calls import Calls, calls_in, gaps, is_loud, shape_of_calls
from pytest_golive.source.logged.ids import ids_in, wanted_of
from pytest_golive.source.logged.reasons import reason_of, tells_a_reason
from pytest_golive.source.logged.records import Record, records_in, records_of
from pytest_golive.vendors.library import read_pack

AUGNO = read_pack("augno")
SHAPE = shape_of_calls([AUGNO, read_pack("augno", "openmrp")])
UPPZY = read_pack("uppzy")

RIGHT: dict[str, str] = {
    "pretty": r"""
[08:14:03.512] INFO (shop/1): augno request completed
    method: "GET"
    url: "https://api.augno.com/v1/catalog/units"
    status: 200
    durationMs: 84
    requestId: "rq_81"
    attempt: 1
""",
    "inspect": r"""
2026-11-20T08:14:03.512Z augno call { method: 'GET', path: '/v1/catalog/units', status: 200, durationMs: 84, requestId: 'rq_81', attempt: 1 }
""",
    "zap console": r"""
2026-11-20T08:14:03.512Z	INFO	augno/client.go:41	call	{"method": "GET", "url": "https://api.augno.com/v1/catalog/units", "status": 200, "elapsed": 0.084, "request_id": "rq_1", "attempt": 1}
""",
    "prefixed names": r"""
{"log_timestamp":"2026-11-20T08:14:03Z","augno_operation":"ListUnits","operation":"ListUnits","augno_status_code":"200 OK","augno_latency_ms":84,"augno_request_id":"rq_1","augno_attempt_no":1}
""",
    "httpx beside": r"""
2026-11-20 08:14:03,512 INFO httpx HTTP Request: GET https://api.augno.com/v1/catalog/units "HTTP/1.1 200 OK"
2026-11-20 08:14:03,513 INFO shop.augno GET /v1/catalog/units 200 in 84 ms request_id=rq_1 try=1
""",
    "jsonl": r"""
{"time":"2026-11-20T08:14:03.512Z","level":"info","vendor":"augno","method":"GET","route":"/v1/catalog/units","status":200,"milliseconds":84,"request_id":"rq_7c1d","try":1}
{"time":"2026-11-20T08:14:03.512Z","level":"info","vendor":"augno","method":"POST","route":"/v1/catalog/units","status":201,"milliseconds":84,"request_id":"rq_7c1e","try":1,"idempotency_key":"4b1f6f0e"}
{"time":"2026-11-20T08:14:03.512Z","level":"error","vendor":"augno","method":"GET","route":"/v1/catalog/units","error":"ConnectTimeout","milliseconds":84,"try":2}
""",
    "logfmt": r"""
ts=2026-11-20T08:14:03Z level=info msg="augno call" method=GET path=/v1/catalog/units/un_1 status=200 duration=84ms request_id=rq_7c1d attempt=1
ts=2026-11-20T08:14:03Z level=info msg="augno call" method=POST path=/v1/catalog/units status=201 duration=84ms request_id=rq_7c1d attempt=1 idempotency_key=4b1f6f0e
ts=2026-11-20T08:14:09Z level=error msg="augno call" method=GET path=/v1/catalog/units err="dial tcp: lookup api.augno.com: no such host" attempt=2
""",
    "python": r"""
2026-11-20 08:14:03,512 INFO shop.augno GET https://api.augno.com/v1/catalog/units -> 200 in 84 ms (request id rq_7c1dabc, try 1)
2026-11-20 08:14:04,512 INFO shop.augno POST https://api.augno.com/v1/catalog/units -> 201 in 132 ms (request id rq_7c1dabd, try 1, idempotency key 4b1f6f0e)
2026-11-20 08:14:04,512 WARNING shop.augno GET https://api.augno.com/v1/catalog/units/un_9 -> 404 in 32 ms (request id rq_7c1dabe, try 1)
2026-11-20 08:14:05,000 ERROR shop.augno GET https://api.augno.com/v1/catalog/units failed after try 3
Traceback (most recent call last):
  File "x.py", line 3, in <module>
httpx.ConnectError: [Errno 111] Connection refused
""",
    "access": r"""
10.0.0.3 - shop [20/Nov/2026:08:14:03 +0000] "GET https://api.augno.com/v1/catalog/units HTTP/1.1" 200 5123 0.084s request_id=rq_1234 attempt=1
10.0.0.3 - shop [20/Nov/2026:08:14:03 +0000] "POST https://api.augno.com/v1/catalog/units HTTP/1.1" 201 5123 0.084s request_id=rq_1235 attempt=1 idempotency-key=abcd-1
""",
    "pino": r"""
{"level":30,"time":1763626443512,"pid":1,"hostname":"web-1","name":"shop-sync","req":{"method":"GET","url":"https://api.augno.com/v1/catalog/units"},"res":{"statusCode":200,"headers":{"request-id":"rq_81"}},"responseTime":84,"attempt":1,"msg":"augno request completed"}
{"level":30,"time":1763626443512,"pid":1,"hostname":"web-1","name":"shop-sync","req":{"method":"POST","url":"https://api.augno.com/v1/catalog/units","headers":{"idempotency-key":"c0ffee01"}},"res":{"statusCode":201},"reqId":"rq_82","responseTime":84,"attempt":1,"msg":"augno request completed"}
{"level":50,"time":1763626443512,"name":"shop-sync","err":{"type":"Error","message":"connect ECONNREFUSED 1.2.3.4:443","code":"ECONNREFUSED"},"msg":"augno request failed"}
""",
    "winston": r"""
{"timestamp":"2026-11-20T08:14:03.512Z","level":"info","message":"GET /v1/catalog/units 200 84ms","service":"shop","requestId":"rq_1","retryCount":0}
{"timestamp":"2026-11-20T08:14:03.512Z","level":"info","message":"POST /v1/catalog/units 201 84ms","service":"shop","requestId":"rq_1","retryCount":0,"idempotencyKey":"abc-123"}
""",
    "log4j": r"""
2026-11-20 08:14:03.512  INFO 1 --- [pool-1-thread-3] c.s.augno.AugnoClient : GET /v1/catalog/units status=200 durationMs=84 requestId=rq_81 attempt=1
2026-11-20 08:14:03.512  INFO 1 --- [pool-1-thread-3] c.s.augno.AugnoClient : POST /v1/catalog/units status=201 durationMs=84 requestId=rq_81 attempt=1 idempotencyKey=xyz1
2026-11-20 08:14:03.512 ERROR 1 --- [pool-1-thread-3] c.s.augno.AugnoClient : GET /v1/catalog/units failed attempt=3
java.net.UnknownHostException: api.augno.com
	at java.base/sun.nio.ch.NioSocketImpl.connect(NioSocketImpl.java:567)
""",
    "ecs": r"""
{"@timestamp":"2026-11-20T08:14:03Z","log.level":"INFO","http":{"request":{"method":"GET","id":"rq_4"},"response":{"status_code":200}},"url":{"path":"/v1/catalog/units"},"event":{"duration":84000000},"service":{"name":"shop"},"labels":{"attempt":"1"}}
""",
    "docker": r"""
{"log":"{\"time\":\"2026-11-20T08:14:03Z\",\"path\":\"/v1/catalog/units\",\"status\":200,\"took_ms\":84,\"request_id\":\"rq_4\",\"try\":1,\"method\":\"GET\"}\n","stream":"stdout","time":"2026-11-20T08:14:03.1Z"}
""",
    "cri": r"""
2026-11-20T08:14:03.512Z stdout F {"time":"2026-11-20T08:14:03Z","path":"/v1/catalog/units","status":200,"took_ms":84,"request_id":"rq_4","try":1,"method":"GET"}
""",
    "rails": r"""
I, [2026-11-20T08:14:03.512345 #1]  INFO -- : [augno] method=GET path=/v1/catalog/units status=200 duration=84.12 request_id=rq_1 attempt=1
""",
    "monolog": r"""
[2026-11-20T08:14:03.512345+00:00] augno.INFO: API call {"method":"GET","uri":"/v1/catalog/units","status":200,"duration_ms":84,"request_id":"rq_1","attempt":1} []
""",
    "serilog": r"""
{"@t":"2026-11-20T08:14:03Z","@mt":"HTTP {Method} {Uri} responded {StatusCode} in {Elapsed} ms","Method":"GET","Uri":"https://api.augno.com/v1/catalog/units","StatusCode":200,"Elapsed":84.1,"VendorRequestId":"rq_1","Attempt":1,"SourceContext":"Shop.Augno"}
""",
    "goslog": r"""
time=2026-11-20T08:14:03.512Z level=INFO msg="call done" vendor=augno req.method=GET req.path=/v1/catalog/units resp.status=200 resp.latency=84.1ms request_id=rq_1 retries=0
""",
    "two_records": r"""
{"time":"2026-11-20T08:14:03Z","event":"request","vendor":"augno","method":"GET","path":"/v1/catalog/units","attempt":1,"call_id":"c1"}
{"time":"2026-11-20T08:14:03Z","event":"response","vendor":"augno","status":200,"duration_ms":84,"request_id":"rq_1","call_id":"c1"}
""",
    "pydict": r"""
2026-11-20 08:14:03 INFO augno call {'method': 'GET', 'route': '/v1/catalog/units', 'status': 200, 'ms': 84, 'request_id': 'rq_1', 'try': 1}
""",
    "structlog": r"""
2026-11-20T08:14:03.512Z [info     ] augno_call                     [shop.client] attempt=1 duration_ms=84 method=GET request_id=rq_1 route=/v1/catalog/units status=200
""",
    "loguru": r"""
2026-11-20 08:14:03.512 | INFO     | shop.augno:call:42 - GET /v1/catalog/units 200 in 0.084s request_id=rq_1 attempt=1/3
""",
    "gostd": r"""
2026/11/20 08:14:03 augno: GET /v1/catalog/units 200 OK 84.12ms request-id=rq_1 try=1
""",
    "zap": r"""
{"level":"info","ts":1763626443.512,"caller":"augno/client.go:41","msg":"call","method":"GET","url":"https://api.augno.com/v1/catalog/units","status":200,"elapsed":0.084,"requestID":"rq_1","attempt":1}
""",
    "laravel": r"""
[2026-11-20 08:14:03] production.INFO: augno GET /v1/catalog/units answered 200 in 84ms, request id: rq_1, attempt 1
""",
}

OPENTELEMETRY: dict[str, str] = {
    "otel": r"""
{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeSpans":[{"spans":[{"traceId":"5b8aa5a2d2c872e8321cf37308d69df2","spanId":"051581bf3cb55c13","name":"GET","startTimeUnixNano":"1763626443512000000","endTimeUnixNano":"1763626443596000000","attributes":[{"key":"http.request.method","value":{"stringValue":"GET"}},{"key":"url.full","value":{"stringValue":"https://api.augno.com/v1/catalog/units"}},{"key":"http.response.status_code","value":{"intValue":"200"}},{"key":"http.response.header.request-id","value":{"arrayValue":{"values":[{"stringValue":"rq_9"}]}}}]}]}]}]}
""",
    "otel_logs": r"""
{"Timestamp":"2026-11-20T08:14:03Z","TraceId":"5b8aa5a2d2c872e8","SeverityText":"INFO","Body":"http call","Attributes":{"http.request.method":"GET","url.path":"/v1/catalog/units","http.response.status_code":200,"http.client.request.duration":0.084,"vendor.request_id":"rq_1"},"Resource":{"service.name":"shop"}}
""",
}
"""There a number of the try is told from the second on."""


def _calls(text: str) -> Calls:
    return calls_in(records_of(text.strip("\n").splitlines(), "app.log"), SHAPE)


def _gaps(text: str) -> set[tuple[str, str, int]]:
    return {(gap.field, gap.calls, gap.some) for gap in gaps(_calls(text))}


@pytest.mark.parametrize("text", RIGHT.values(), ids=RIGHT)
def test_a_log_that_tells_all_of_it(text: str) -> None:
    assert _calls(text).answered
    assert {gap for gap in _gaps(text) if not gap[2]} == set()


@pytest.mark.parametrize("text", OPENTELEMETRY.values(), ids=OPENTELEMETRY)
def test_opentelemetry_tells_no_first_try(text: str) -> None:
    assert _gaps(text) == {("try", "was answered", 0)}
    assert _calls(text).speaks_opentelemetry


ADDED = {"pretty", "inspect", "zap console", "prefixed names", "httpx beside"}
"""Written in a way that the patterns below do not cut."""

TAKEN_OUT: dict[str, str] = {
    "request_id": r"""(?ix) [(,]?\s* ["'\\]* \b(?:vendor)? request[ _-]?id ["'\\]*\s?[=: ]\s?["'\\]*rq_\w+["'\\]*,?
        | "reqId":"rq_82", | "headers":\{"request-id":"rq_81"\} | "id":"rq_4" """,
    "duration": r"""(?ix) (?:\s in \s | \s | [,{\s]["'\\]* (?:duration(?:_?ms)?|milliseconds|ms|took_ms|elapsed|responseTime
        |resp\.latency) ["'\\]* \s?[=:]\s? ) (?:84\.12ms|84\.1ms|84\.12|84\.1|84\ ms|84ms|84|132\ ms|0\.084s?)(?=\W)
        | ,?"event":\{"duration":84000000\}""",
    "try": r"""(?ix) [,\s{(]*["'\\]*(?:try|attempt|retries|retryCount)["'\\]*\s?[=: ]\s?["']?\d(?:/3)?"?""",
}


@pytest.mark.parametrize("field", TAKEN_OUT)
@pytest.mark.parametrize("style", [name for name in RIGHT if name not in ADDED])
def test_what_is_taken_out_of_a_log_is_missed(style: str, field: str) -> None:
    """The wrong twin of each style."""
    lines = [re.sub(TAKEN_OUT[field], "", line) for line in RIGHT[style].strip("\n").splitlines()]

    assert field in {missed for missed, _, some in _gaps("\n".join(lines)) if not some}, lines


@pytest.mark.parametrize(
    ("pattern", "field"),
    [
        (r'(?i),?\s?"?idempotency[_ -]?key"?[=: ]\s?"?[\w-]+"?', "idempotency_key"),
        (
            r'^ts=\S+ |"time":"[^"]*",|^[\d:., -]{19,23} (?=INFO)|^\S+ - shop \[[^]]*\] |"time":\d+,|"timestamp":"[^"]*",',
            "time",
        ),
    ],
)
@pytest.mark.parametrize("style", ["jsonl", "logfmt", "python", "winston"])
def test_keys_and_times_that_are_taken_out(style: str, pattern: str, field: str) -> None:
    lines = [re.sub(pattern, "", line) for line in RIGHT[style].strip("\n").splitlines()]

    assert field in {missed for missed, _, some in _gaps("\n".join(lines)) if not some}, lines


FAILED = {
    "logfmt": "the name was not found",
    "python": "nobody took the connection",
    "pino": "nobody took the connection",
    "log4j": "the name was not found",
    "jsonl": "no answer in time",
}


@pytest.mark.parametrize(("style", "reason"), FAILED.items())
def test_a_call_that_got_no_answer(style: str, reason: str) -> None:
    (record,) = _calls(RIGHT[style]).failed

    assert (reason_of(record), tells_a_reason(record), is_loud(record)) == (reason, True, True)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{"level":"error","msg":"augno request failed"}', False),
        ('{"level":"error","msg":"augno request failed","error":"fetch failed"}', False),
        ('{"level":"error","msg":"augno: something went wrong","err":{"message":"Error"}}', False),
        ("2026-11-20 08:14:03 ERROR augno call failed", False),
        ("2026-11-20 08:14:03 ERROR augno call failed: ReadTimeout", True),
        ('{"level":"error","msg":"augno request failed","err":{"code":"EPROTO"}}', True),
        ('{"level":"error","msg":"augno request failed","reason":"circuit_open"}', True),
        ("level=error msg='augno unreachable' err='x509: certificate signed by unknown authority'", True),
        ('{"level":50,"vendor":"augno","err":{"message":"socket hang up"}}', True),
        ("ERROR augno: SSLCertVerificationError self-signed certificate", True),
        ("[2026-11-20 08:14:03] production.ERROR: augno cURL error 6: Could not resolve host: api.augno.com", True),
    ],
)
def test_whether_a_record_tells_why_a_call_failed(line: str, told: bool) -> None:
    (record,) = _calls(line).failed

    assert tells_a_reason(record) is told


@pytest.mark.parametrize(
    "line",
    [
        'level=info msg="webhook of augno" method=POST path=/hooks/augno status=200 duration=3ms',
        '10.0.0.3 - - [20/Nov/2026:08:14:03 +0000] "POST /webhooks/augno HTTP/1.1" 200 12 0.004',
        '{"level":"info","msg":"GET /health 200 1ms"}',
        "2026-11-20 08:14:03 ERROR augno sync failed: 3 of 12 orders rejected",
        "2026-11-20 08:14:03 WARNING augno rate limited, waiting 2 s",
        "2026-11-20 08:14:03 INFO starting with augno at version 1.0.forge-preview.3",
    ],
)
def test_what_is_no_call_of_the_vendor(line: str) -> None:
    found = _calls(line)

    assert (found.answered, found.failed) == ((), ())


def _record(line: str) -> Record:
    (record,) = records_of([line], "app.log")
    return record


@pytest.mark.parametrize(
    ("line", "missing"),
    [
        (
            '{"route":"/m2m/sites/{site_id}/documents/{document_id}","tenant_id":"t_81","site_id":"s_2","document_id":"d_1"}',
            [],
        ),
        ("WARN uppzy GET /m2m/sites/s_204/documents/doc_9 answered 404 tenant=t_81", []),
        ("WARN uppzy GET https://api.uppzy.com/api/v1/m2m/tenants/t_81/limits 404 site=s_204", []),
        ("WARN uppzy POST /m2m/sites/s_204/chat 404 tenant=t_81", []),
        ("WARN uppzy GET /m2m/sites/s_204/documents/doc_9 answered 404", ["tenant"]),
        (
            "WARN uppzy DELETE /m2m/sites/{site_id}/documents/{document_id} 404 tenant=t_81 site=s_1",
            ["id of what was asked for"],
        ),
        ("WARN uppzy answered 404", ["tenant", "site", "id of what was asked for", "endpoint"]),
        ("WARN uppzy answered 404 tenant=t_81 site=s_204 document_id=doc_9", ["endpoint"]),
    ],
)
def test_what_the_record_of_a_404_does_not_name(line: str, missing: list[str]) -> None:
    assert wanted_of(_record(line), UPPZY) == missing


def test_a_vendor_without_sites_needs_none_named() -> None:
    assert wanted_of(_record("WARN augno GET /v1/catalog/units/un_9 404"), AUGNO) == []
    assert wanted_of(_record("WARN augno GET /v1/catalog/units/{unit_id} 404"), AUGNO) == ["id of what was asked for"]


@pytest.mark.parametrize(
    ("line", "ids"),
    [
        ("GET /m2m/sites/s_204/documents/text 200", [("site_id", "s_204")]),
        ("GET /m2m/sites/{site_id}/chat 200 tenant_id=t_81", [("tenant_id", "t_81")]),
        ("GET /m2m/sites/:site_id/chat 200 site_id=***", []),
        ('{"tenantId":"t_81","siteId":"s_204","status":200}', [("tenant_id", "t_81"), ("site_id", "s_204")]),
        ("GET /v1/other 200", []),
    ],
)
def test_ids_that_a_record_names(line: str, ids: list[tuple[str, str]]) -> None:
    assert list(ids_in(_record(line), UPPZY)) == ids


def test_logs_that_were_packed_away_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.log.gz").write_bytes(gzip.compress(RIGHT["jsonl"].encode()))
    (tmp_path / "b.log.gz").write_bytes(b"no gzip")

    assert len(list(records_in(tmp_path / "a.log.gz", "a.log.gz"))) == 3
    assert list(records_in(tmp_path / "b.log.gz", "b.log.gz")) == []
    assert list(records_in(tmp_path / "gone.log", "gone.log")) == []


def test_of_many_records_alike_some_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pytest_golive.source.logged.calls.MOST_OF_A_KIND", 2)
    lines = [f"INFO augno GET /v1/catalog/units {status}" for status in (200, 201, 200, 404, 422, 200, 401)]

    found = _calls("\n".join(lines))

    assert [record.told["status"] for record in found.answered] == ["200", "201", "404", "422", "401"]


def test_a_stack_trace_belongs_to_the_line_above() -> None:
    records = list(records_of(RIGHT["python"].splitlines(), "app.log"))

    assert [record.place for record in records] == ["app.log:2", "app.log:3", "app.log:4", "app.log:5"]
    assert records[-1].text.endswith("httpx.ConnectError: [Errno 111] Connection refused")
