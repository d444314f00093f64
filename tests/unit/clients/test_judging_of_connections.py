"""Who ends a call, who hangs up, what stays open; whose key is carried, and where it goes: on traces made by hand."""

from __future__ import annotations

import pytest

from pytest_golive.clients.judging.connections import (
    does_not_end_by_itself,
    fails_by_an_idle_connection,
    hangs_up_early,
    is_held_up,
    leaves_connections_open,
    takes_a_late_answer,
    uses_a_closing_connection,
)
from pytest_golive.clients.judging.flaw import Flaw
from pytest_golive.clients.judging.identity import (
    carries_another_key,
    enters_by,
    gives_its_key_away,
    insists_on_a_refused_key,
    names_other_ids,
    says_its_key,
    sends_its_key_away,
    speaks_plain_http,
)
from pytest_golive.clients.policy import Policy
from pytest_golive.clients.standin.serving import AFTER_CLOSE
from pytest_golive.clients.trace import Call, Connection
from tests.unit.clients.traces import LISTING, TIMELY, UPPZY, called, row, seen, sent

KEY = "0123456789ab"
OTHER = "ba9876543210"


def connection(number: int, opened_at: float = 0.0, closed_at: float | None = None, **more: object) -> Connection:
    by = None if closed_at is None else more.pop("closed_by", "client")
    return Connection(number, "vendor", opened_at, closed_at, by, requests=1, **more)  # type: ignore[arg-type]


# ---------------------------------------------------------------------- ends


@pytest.mark.parametrize(
    "call",
    [
        called("ok", ended_at=60.0),
        called("backend", ended_at=60.0),
        called("crash", ended_at=2.0, crash="its process ended with 1"),
    ],
    ids=["late success", "late failure", "a crash at once"],
)
def test_a_call_that_ends_by_itself_is_right(call: Call) -> None:
    """Even with a crash, which is another fault's matter."""
    assert does_not_end_by_itself(call, 60.0, why="nothing was answered") is None


def test_a_call_that_never_ends_is_told() -> None:
    """With what it met, and how long was waited for it."""
    call = called("crash", ended_at=61.0, crash="it said nothing for 60 s")

    assert does_not_end_by_itself(call, 60.0, why="nothing was answered") == Flaw(
        "an end by itself within 60 s", "nothing was answered, and list_contacts was still under way after 61.0 s"
    )


@pytest.mark.parametrize(("left_at", "told"), [(None, None), (14.6, None), (5.0, "it left after 5.00 s")])
def test_hanging_up_is_judged_by_the_vendor_s_time(left_at: float | None, told: str | None) -> None:
    """Who leaves later is right."""
    flaw = hangs_up_early([sent(0.0, None, left_at=left_at)], 14.5)

    assert flaw == (None if told is None else Flaw("an answer to be waited for 14.5 s", told, (0,)))


def test_who_seems_to_leave_early_since_golive_looked_late_does_not() -> None:
    """With 15 s of patience, and a request that was there 0.8 s before a busy golive saw it."""
    request = sent(0.0, None, left_at=14.2)

    assert hangs_up_early([request], 14.5) is not None
    assert hangs_up_early([request], 14.5, lambda moment: 0.8 if moment == 0.0 else 0.0) is None


# ---------------------------------------------------------------------- connections


def test_an_idle_connection_that_was_closed_is_told() -> None:
    """Only where the later call failed."""
    first = (sent(0.0, 200, connection=3),)
    trace = seen(first, connections=(connection(3, closed_at=0.4, closed_by="standin"), connection(4)))

    assert fails_by_an_idle_connection(trace, called("ok", id="c2"), first) is None
    assert fails_by_an_idle_connection(trace, called("backend", id="c2"), first) == Flaw(
        "a new connection, and a success", "the connection had been closed while idle, and the call failed", (0,)
    )


def test_a_request_after_connection_close_is_told() -> None:
    """By what was sent."""
    assert uses_a_closing_connection(row(200, 200)) is None
    assert uses_a_closing_connection([*row(200), sent(1.0, None, number=1, fired=AFTER_CLOSE)]) == Flaw(
        "no further request over a connection that was said to be over", "GET /v1/things was sent over it", (1,)
    )


def calls(count: int) -> list[Call]:
    return [called(id=f"c{number}", began_at=float(number), ended_at=number + 0.5) for number in range(1, count + 1)]


def test_connections_that_stay_open_are_told() -> None:
    """One for each failed call; a pool of some, connections closed in time and those of other listeners are right."""
    leaked = [connection(number, number, number + 100.0) for number in range(24)]
    closed = [connection(number, number, number + 0.4) for number in range(24)]
    proxy = [Connection(number, "proxy", 1.0) for number in range(24)]

    assert leaves_connections_open(seen((), *calls(24), connections=tuple(leaked))) == Flaw(
        "at most 5 open connections", "after 24 times in a row, 24 were open"
    )
    assert leaves_connections_open(seen((), *calls(24), connections=(*closed, *leaked[:5]))) is None
    assert leaves_connections_open(seen((), *calls(30), connections=tuple(leaked[:7]))) is None
    assert leaves_connections_open(seen((), *calls(24), connections=tuple(proxy))) is None
    assert leaves_connections_open(seen(())) is None


def test_a_call_that_waits_for_another_endpoint_is_told() -> None:
    """By when it was sent, or that it never was; golive's own lateness is taken off."""
    hanging = called("backend", "send_message", ended_at=8.0)
    beside = called("ok", id="c2", began_at=0.3, ended_at=6.5)

    def judged(at: float | None, call: Call = beside, lag: float = 0.0) -> Flaw | None:
        own = [] if at is None else [sent(at, 200, call="c2")]
        return is_held_up(seen(own, hanging, call, lag_seconds=lag), hanging, call)

    assert judged(0.5) is None
    assert judged(6.0, lag=4.0) is None
    assert judged(None) is None
    assert judged(6.0) == Flaw(
        "list_contacts at once", "while send_message hung, list_contacts was sent 5.70 s after it was asked for", (0,)
    )
    assert judged(None, called("backend", id="c2", began_at=0.3, ended_at=6.5)) == Flaw(
        "list_contacts at once", "while send_message hung, list_contacts was never sent; the call failed"
    )


def test_a_late_answer_that_was_taken_is_told() -> None:
    """Wherever in the result it stands; who sends a second request early means to take whichever comes first."""
    late = called("ok", result={"items": [{"id": "late-1"}]})

    assert takes_a_late_answer(late, row(200, 200), "late") == Flaw(
        "the answer of the last try", "list_contacts came to what an earlier try was answered later"
    )
    assert takes_a_late_answer(late, row(200, 200, every=0.5), "late") is None
    assert takes_a_late_answer(late, row(200), "late") is None
    assert takes_a_late_answer(called("ok", result={"items": [{"id": "1"}]}), row(200, 200), "late") is None
    assert takes_a_late_answer(called("backend", result="late"), row(200, 200), "late") is None


# ---------------------------------------------------------------------- keys


def test_a_request_over_a_connection_that_proves_nothing_is_told() -> None:
    """With the key, where it carried it."""
    assert enters_by(seen([sent(0.0, None, listener="elsewhere")]), "nobody") is None
    assert enters_by(seen(row(200)), "nobody") == Flaw(
        "no request", "GET /v1/things was sent to nobody, and the key with it", (0,)
    )
    assert enters_by(seen(row(200, credential=None)), "nobody") == Flaw(
        "no request", "GET /v1/things was sent to nobody", (0,)
    )


def test_plain_http_where_https_is_asked_for_is_told() -> None:
    """By how the handshake failed."""
    handshakes = {
        how: seen((), connections=(Connection(0, "vendor", 0.0, 0.1, "standin", handshake=how),))
        for how in ("http request", "tlsv1 alert unknown ca", "")
    }

    assert {how: speaks_plain_http(trace) for how, trace in handshakes.items()} == {
        "http request": Flaw("https, as the address says", "a request was sent there over plain http"),
        "tlsv1 alert unknown ca": None,
        "": None,
    }


def test_a_key_that_reaches_another_listener_is_told() -> None:
    """If it is one of the vendor's: who asks another host with a key for that host is right."""

    def judged(credential: str | None, place: str = "header") -> Flaw | None:
        away = sent(1.0, 404, listener="elsewhere", credential=credential, credential_in=place)
        return sends_its_key_away(seen([*row(302), away]), "elsewhere", "another host")

    assert judged(None) is None
    assert judged(OTHER) is None
    assert judged(KEY) == Flaw("the key to go to the vendor only", "another host got it in its headers", (1,))
    assert judged(KEY, "query") == Flaw("the key to go to the vendor only", "another host got it in its query", (1,))


def test_a_key_that_was_not_given_is_told() -> None:
    """Further keys of the same vendor are right, and nothing is said where no key is known."""
    assert carries_another_key(seen(row(200)), TIMELY) is None
    assert carries_another_key(seen(row(200), keys=(OTHER, KEY)), TIMELY) is None
    assert carries_another_key(seen(row(200, operation=None), keys=(OTHER,)), TIMELY) is None
    assert carries_another_key(seen(row(401), keys=(OTHER,)), TIMELY) == Flaw(
        "the key that it was given", "list_contacts was sent with another key", (0,)
    )
    assert carries_another_key(seen(row(401, credential=None), keys=(OTHER,)), TIMELY) == Flaw(
        "the key that it was given", "list_contacts was sent with no key", (0,)
    )


LIMITS = Policy.of(UPPZY, "get_limits")


def test_an_id_that_was_not_given_is_told() -> None:
    """One that the call itself names is right; so is what no operation has."""

    def judged(named: str, answer: bytes = b"", **arguments: object) -> Flaw | None:
        path = f"/api/v1/m2m/tenants/{named}/limits"
        return names_other_ids(
            seen(
                [
                    sent(0.0, 200, LIMITS, target="/nowhere", answer=answer),
                    sent(0.1, 200, LIMITS, target=path),
                ],
                called(operation="get_limits", arguments=arguments),
                ids={"tenant_id": "t_1"},
            ),
            UPPZY,
        )

    assert judged("t_1") is None
    assert judged("t_2", tenant="t_2") is None
    assert judged("t_2", answer=b'{"tenants": [{"id": "t_2"}]}') is None
    assert judged("t_2") == Flaw("the tenant_id that it was given", "get_limits was sent with another one", (1,))


def test_a_refused_key_that_is_sent_again_and_again_is_told() -> None:
    """Twice is right: it was read anew, and turned out to be the same. So is another key each time."""
    renewed = [sent(number, 401, credential=f"{number}" * 12) for number in range(4)]

    assert insists_on_a_refused_key(row(401, 401), LISTING, called()) is None
    assert insists_on_a_refused_key(row(500, 500, 500, 401), LISTING, called()) is None
    assert insists_on_a_refused_key(renewed, LISTING, called()) is None
    assert insists_on_a_refused_key(row(403, 403, 403), LISTING, called()) is None
    assert insists_on_a_refused_key(row(403, 403, 403), LISTING, called(), statuses=(401, 403)) is not None
    assert insists_on_a_refused_key(row(401, 401, 401), LISTING, called()) == Flaw(
        "a refused key at most twice in a call", "list_contacts sent it 3 times", (0, 1, 2)
    )


def test_a_key_in_what_is_written_is_told() -> None:
    """By its name and place; personal data is another matter."""
    trace = seen((), leak_places=(("timely.api_key", "message"), ("email", "log")))

    def judged(place: str) -> Flaw | None:
        return gives_its_key_away(trace, {"timely.api_key"}, place=place, where="there")

    assert judged("log") is None
    assert judged("message") == Flaw("no key in there", "timely.api_key stood there")


def test_a_key_in_a_header_that_is_not_for_keys_is_told() -> None:
    """The vendor's own headers, Authorization and cookies are meant for it."""
    meant = {"X-API-Key": KEY, "authorization": f"Bearer {KEY}", "Cookie": KEY, "X-Access-Token": KEY}

    assert says_its_key(seen(row(200, headers=meant)), ["x-api-key"]) is None
    assert says_its_key(seen(row(200, headers={"User-Agent": f"shop [k {KEY}]"})), ["x-api-key"]) == Flaw(
        "no key in what is said of the client", "it stood in User-Agent", (0,)
    )
