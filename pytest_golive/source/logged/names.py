"""How log lines call what they tell: the usual names of each field, and what a value of it looks like."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

NAMES: Mapping[str, str] = {
    "time": """time timestamp ts t at date datetime asctime event_time log_time logged_at created written_at instant
        time_unix_nano observed_time_unix_nano start_time_unix_nano start_time time_iso8601 epoch_second time_millis
        timestamp_ms unix_time""",
    "method": "method http_method request_method verb http_request_method",
    "route": """route path url uri endpoint target full_url request_url request_path url_path url_template url_full
        http_route http_target http_url operation operation_id op api_path request_uri resource_path href action_url
        api_call call api_operation""",
    "status": """status status_code http_status http_status_code response_status response_code response_status_code
        http_response_status_code resp_status sc http_code code""",
    "duration": """duration duration_ms durationms duration_seconds duration_s milliseconds millis ms elapsed elapsed_ms
        elapsed_time elapsed_seconds elapsed_s took took_ms latency latency_ms latency_s latency_us latency_seconds
        response_time response_time_ms responsetime seconds secs event_duration http_client_request_duration time_ms
        time_taken time_taken_ms request_time request_time_ms request_duration rtt rt cost_ms dur dur_ms runtime
        execution_time total_time total_ms end_time_unix_nano duration_ns""",
    "request_id": """request_id requestid req_id reqid rid x_request_id vendor_request_id correlation_id
        x_correlation_id upstream_request_id augno_request_id uppzy_request_id selwise_request_id timely_request_id
        remote_request_id response_request_id provider_request_id""",
    "trace_id": "trace_id traceid traceparent span_id spanid trace dd_trace_id otel_trace_id",
    "idempotency_key": "idempotency_key idempotencykey idempotency idem_key idempotent_key x_idempotency_key idem",
    "try": """try tries attempt attempts attempt_number attempt_no attempt_count nth_try retry retries retry_count
        retry_number retries_count resend_count http_request_resend_count try_number retry_attempt num_retries
        retrycount""",
    "error": """error err exception exc exc_info exception_type exception_message exception_class error_type error_code
        error_message error_kind error_class error_name reason failure failure_reason cause stack stack_trace
        stacktrace error_stack fault problem""",
    "tenant": "tenant tenant_id tenantid tid account account_id workspace workspace_id",
    "site": "site site_id siteid sid",
    "resource": """document_id documentid doc_id document resource_id resource object_id request_ref chat_request_id
        session_id sessionid entity_id message_id uppzy_request_id request_id""",
    "service": """service service_name servicename integration integration_name app app_name application
        application_name component program programname job job_name worker worker_name process_name container
        container_name deployment appname app_kubernetes_io_name dd_service logger logger_name loggername
        caller_service client_name source_service source_context channel module
        client caller producer emitter""",
}
"""What a record tells -> how that may be called, words joined by underscores; what stands around it does not matter."""

NAME_OF_PROGRAM = frozenset({"name"})
"""At the top of a record, bunyan and pino call the program so, and Python's logging the logger."""

_WORDS: Mapping[str, str] = {
    "timestamp": "time",
    "idempotency": "idempotency_key",
    "attempt": "try",
    "retry": "try",
    "retries": "try",
    "duration": "duration",
    "latency": "duration",
    "elapsed": "duration",
    "status": "status",
}

_OF_ERRORS = frozenset({"err", "error", "exception", "exc", "cause"})
"""What lies in one of these objects tells of an error."""

_STATUS = re.compile(r"(?:HTTP )?[1-5]\d\d(?:\.0)?(?: [A-Za-z' -]+)?")
_DURATION = re.compile(
    r"-?\d+(?:[.,]\d+)?(?:e-?\d+)?\s*(?:[a-zµ]{1,12}\.?)?|PT[\d.]+[HMS].*|\d+:\d\d(?::\d\d)?(?:[.,]\d+)?"
)
_TRY = re.compile(r"#?\d{1,3}(?:\s*(?:/|of)\s*\d{1,3})?")
_ID = re.compile(r"[\w.:/+=-]{3,}")
_SERVICE = re.compile(r"[A-Za-z][^0-9]*\w.*")
_METHOD = re.compile(r"get|post|put|patch|delete|head|options", re.IGNORECASE)
_ROUTE = re.compile(
    r"(?:https?://|/)\S*|[a-z][\w.-]*[_./ :-]\S.*|[A-Za-z]+[A-Z]\w*|[A-Z]{3,7} +/\S*|\w+[.#]\w+", re.DOTALL
)

_SHAPES: Mapping[str, re.Pattern[str]] = {
    "status": _STATUS,
    "duration": _DURATION,
    "try": _TRY,
    "request_id": _ID,
    "trace_id": _ID,
    "idempotency_key": _ID,
    "service": _SERVICE,
    "method": _METHOD,
    "route": _ROUTE,
}

_EMPTY = frozenset({"", "-", "null", "none", "nil", "undefined", "nan", "{}", "[]", "n/a"})
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@cache
def _fields() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, words in NAMES.items():
        for word in words.split():
            found[word] = (*found.get(word, ()), name)
    return found


@cache
def told_by(place: str) -> tuple[str, ...]:
    """Return what a field tells, by its dotted place in a record, as `http.response.status_code`."""
    parts = [_plain(part) for part in place.split(".") if part]
    for begin in range(len(parts)):
        found = _fields().get("_".join(parts[begin:]))
        if found:
            return found
    if loose := _loosely(parts[-1].split("_") if parts else []):
        return (loose,)
    if _OF_ERRORS & set(parts):
        return ("error",)
    return ("service",) if len(parts) == 1 and parts[0] in NAME_OF_PROGRAM else ()


def _loosely(words: list[str]) -> str:
    """Return what a name tells by one of its words, whatever stands before and behind: `augno_latency_ms`."""
    told = set(words)
    if {"request", "id"} <= told or {"correlation", "id"} <= told:
        return "request_id"
    return next((name for word, name in _WORDS.items() if word in told), "")


def fits(name: str, value: str) -> bool:
    """Whether a value can be what a field of this name tells: a status of three digits, a duration that is a number."""
    if value.strip().casefold() in _EMPTY:
        return False
    shape = _SHAPES.get(name)
    return shape is None or shape.fullmatch(value.strip()) is not None


def canonical(flat: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield what a record's fields tell, each with its value, in the order they stand there."""
    for place, value in flat.items():
        for name in told_by(place):
            if fits(name, value):
                yield name, value


def _plain(part: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", _HUMP.sub("_", part).lower()).strip("_")
