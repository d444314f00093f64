from __future__ import annotations

import gzip
import threading
from collections.abc import Callable

import pytest

from pytest_golive.credentials.secret import Secret
from pytest_golive.exchange.journal import Journal
from pytest_golive.exchange.silence import NoAnswer
from pytest_golive.exchange.vendor import Vendor
from pytest_golive.facts.current import CheckRecord
from pytest_golive.facts.finding import NotVerified
from pytest_golive.sandbox.http import Request, Response, json_response
from pytest_golive.sandbox.server import Server
from pytest_golive.vendors.library import read_pack
from tests.unit.exchange.conftest import KEY, MakeVendor, Talk, chatted


def _not_verified(demand: Callable[[], object]) -> NotVerified:
    with pytest.raises(NotVerified) as missing:
        demand()
    return missing.value


def test_a_call_carries_the_configured_key(talk: Talk, vendor: Vendor) -> None:
    """In the vendor's header; another key, or none, only where a check asks for it."""
    talk.say("get_limits", json_response(200, {"limits": {}}))
    vendor.call("get_limits")
    vendor.call_with_key(None, "get_limits")
    vendor.call_with_key(Secret("upz_other_key_12345", "other"), "get_limits")

    assert [request.headers.get("x-api-key") for _, request in talk.heard] == [KEY, None, "upz_other_key_12345"]


def test_a_call_carries_the_further_headers_of_the_pack(talk: Talk, make_vendor: MakeVendor) -> None:
    """Every request of such a vendor needs them, and evidence shows them."""
    talk.say("get_limits", json_response(200, {"limits": {}}))
    pack = read_pack("uppzy").model_copy(update={"headers": {"X-Version": "2026-01"}})
    make_vendor(pack=pack).call("get_limits")

    assert talk.heard[0][1].headers["x-version"] == "2026-01"


def test_any_body_can_be_sent_to_an_operation(talk: Talk, vendor: Vendor) -> None:
    """Arguments beside it fill the path."""
    talk.say("update_document", json_response(400, {}))
    vendor.call_with_body("update_document", b"{", document_id="doc_1")
    request = talk.heard[0][1]

    assert (request.path, request.body) == ("/api/v1/m2m/sites/s_1/documents/doc_1", b"{")


def test_an_unknown_operation_is_named_with_those_there_are(vendor: Vendor) -> None:
    """A typo in a check of a team's own is told at once."""
    with pytest.raises(LookupError, match=r"^uppzy has no operation 'get_limit'; it has: get_tenant, get_limits, "):
        vendor.call("get_limit")


def test_every_call_is_evidence(talk: Talk, vendor: Vendor, record: CheckRecord) -> None:
    """Of the current check, under its operation's name."""
    talk.say("get_limits", json_response(200, {"limits": {}}))
    vendor.call("get_limits")

    assert [(each.operation, each.method, each.status) for each in record.exchanges] == [("get_limits", "GET", 200)]


def test_what_is_not_configured_is_named_by_its_key(make_vendor: MakeVendor) -> None:
    """Credentials, ids and settings; where the manifest could not be read, its reason is told."""
    vendor = make_vendor(credentials={}, ids={}, missing={"api_key": "environment variable KEY is not set"})
    place = "environments.staging.vendors.uppzy"

    key = _not_verified(vendor.key)
    assert (key.reason, key.key) == ("environment variable KEY is not set", f"{place}.api_key")
    tenant = _not_verified(lambda: vendor.id("tenant_id"))
    assert (tenant.reason, tenant.key) == (f"{place}.ids.tenant_id is missing: the workspace", f"{place}.ids.tenant_id")
    unknown = _not_verified(lambda: vendor.id("region"))
    assert unknown.reason == f"{place}.ids.region is missing: region"
    retries = _not_verified(lambda: vendor.setting("max_retries"))
    assert (
        retries.reason
        == f"{place}.settings.max_retries is missing: how often the integration tries again after the first try"
    )


def test_without_its_key_a_call_creates_nothing(make_vendor: MakeVendor, journal: Journal) -> None:
    """What was never sent is not written down as created."""
    _not_verified(lambda: make_vendor(credentials={}).call("chat", session_id="s", message="m"))

    assert journal.left() == ()


def test_a_feature_is_as_golive_yaml_says(make_vendor: MakeVendor) -> None:
    """Else as the pack supposes."""
    vendor = make_vendor(features={"feedback": False})

    assert (vendor.has("feedback"), vendor.has("async_chat")) == (False, True)


def test_a_setting_that_is_there_is_given(make_vendor: MakeVendor) -> None:
    """As golive.yaml has it."""
    assert make_vendor(settings={"max_retries": 3}).setting("max_retries") == 3


def test_an_unreachable_host_is_tried_once(make_vendor: MakeVendor, record: CheckRecord) -> None:
    """All further calls say the same without waiting for it, each with an error of its own."""
    vendor = make_vendor(base_url="http://127.0.0.1:9/api/v1")
    silences = []
    for _ in range(2):
        with pytest.raises(NoAnswer) as silent:
            vendor.call("get_limits")
        silences.append(silent.value)
    first, second = silences

    assert len(record.exchanges) == 1
    assert (first.finding, first.sent) == (second.finding, second.sent)
    assert first is not second
    assert first.finding.requirement == "get_limits has to be answered"
    assert first.finding.actual.startswith("http://127.0.0.1:9/api/v1: ConnectError: ")
    assert first.finding.fix == (
        "see that base_url is right and reachable from here: name, port, firewall, proxy, certificate"
    )


def test_what_could_not_be_sent_is_not_left_behind(make_vendor: MakeVendor, journal: Journal) -> None:
    """Without a connection nothing was created."""
    vendor = make_vendor(base_url="http://127.0.0.1:9/api/v1")
    with pytest.raises(NoAnswer):
        vendor.call("chat", session_id="s", message="m")

    assert journal.left() == ()


def test_silence_after_sending_leaves_the_question_open(
    talk: Talk, make_vendor: MakeVendor, journal: Journal, record: CheckRecord
) -> None:
    """Whether a session was made is not known, so that it is looked for at the end; the host is tried again."""
    released = threading.Event()

    def late(request: Request) -> Response:
        released.wait(5)
        return chatted()

    talk.say("chat", late)
    pack = read_pack("uppzy")
    hurried = pack.operations["chat"].model_copy(update={"timeout_seconds": 0.2})
    vendor = make_vendor(pack=pack.model_copy(update={"operations": {**pack.operations, "chat": hurried}}))
    for _ in range(2):
        with pytest.raises(NoAnswer) as silent:
            vendor.call("chat", session_id="s", message="m")
        assert silent.value.sent
        assert silent.value.finding.actual.endswith("/api/v1: ReadTimeout: timed out")
    released.set()

    assert [(left.name, left.id) for left in journal.left()] == [("s", None), ("s", None)]
    assert len(record.exchanges) == 2


def test_an_answer_that_cannot_be_decoded_is_no_answer(talk: Talk, vendor: Vendor) -> None:
    """A body that is not what its encoding says."""
    talk.say("get_limits", Response(200, {"Content-Encoding": "gzip"}, gzip.compress(b"{}")[4:]))
    with pytest.raises(NoAnswer, match="DecodingError"):
        vendor.call("get_limits")


@pytest.mark.parametrize(
    ("reply", "left"),
    [
        (json_response(201, {"id": "doc_1"}), [("hours", "doc_1")]),
        (json_response(201, {"document_id": "doc_1"}), [("hours", "doc_1")]),
        (json_response(201, {}), [("hours", None)]),
        (json_response(400, {}), []),
        (json_response(500, {}), []),
    ],
)
def test_what_a_call_creates_is_written_down(
    talk: Talk, vendor: Vendor, journal: Journal, reply: Response, left: list[tuple[str, str | None]]
) -> None:
    """By the name it was given and the id it got; what was refused was not made."""
    talk.say("create_text_document", reply)
    vendor.call("create_text_document", title="hours", content="Nine to six.")

    assert [(each.name, each.id) for each in journal.left()] == left


def test_the_same_call_twice_makes_two_things(talk: Talk, vendor: Vendor, journal: Journal) -> None:
    """Both have to be removed, though they have one name."""
    talk.say("create_text_document", json_response(201, {"id": "doc_1"}), json_response(201, {"id": "doc_2"}))
    for _ in range(2):
        vendor.call("create_text_document", title="hours", content="Nine to six.")

    assert [each.id for each in journal.left()] == ["doc_2", "doc_1"]


def test_a_name_is_made_where_the_body_gives_none(talk: Talk, vendor: Vendor, journal: Journal) -> None:
    """So that the journal can tell it from others."""
    talk.say("create_text_document", json_response(201, {"id": "doc_1"}))
    vendor.call_with_body("create_text_document", ["golive"])

    assert [(each.name, each.id) for each in journal.left()] == [("golive_document_r_1", "doc_1")]


def test_notes_belong_to_the_check_and_hold_no_secret(vendor: Vendor, record: CheckRecord) -> None:
    """Observations and warnings; the same one counts once."""
    vendor.observe(f"{KEY} is shown")
    vendor.observe(f"{KEY} is shown")
    vendor.warn("nearly")

    assert [KEY in note for note in record.observations] == [False]
    assert record.warnings == ["nearly"]


def test_a_closed_vendor_opens_again(talk: Talk, vendor: Vendor) -> None:
    """A run that cleans up after closing still reaches it."""
    talk.say("get_limits", json_response(200, {"limits": {}}))
    vendor.call("get_limits")
    vendor.close()

    assert vendor.call("get_limits").status == 200


def test_many_threads_share_one_vendor(talk: Talk, vendor: Vendor, server: Server) -> None:
    """One client for all, made once."""
    talk.say("get_limits", json_response(200, {"limits": {}}))
    answers: list[int] = []
    threads = [threading.Thread(target=lambda: answers.append(vendor.call("get_limits").status)) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    assert answers == [200] * 16
