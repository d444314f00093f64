"""Keys: where they go, whose they are, and where they are seen."""

from __future__ import annotations

from pytest_golive.clients.catalogue import fault
from pytest_golive.clients.certificates import HOST, VARIABLES, Proof
from pytest_golive.clients.driver import PRIVATE
from pytest_golive.clients.judging.identity import (
    carries_another_key,
    enters_by,
    gives_its_key_away,
    insists_on_a_refused_key,
    names_other_ids,
    says_its_key,
    sends_its_key_away,
    shows_what_is_for_the_team,
    speaks_plain_http,
)
from pytest_golive.clients.judging.sending import (
    carries_its_key_in_the_url,
    goes_past_the_address,
    keeps_a_refused_key,
    names_no_version,
)
from pytest_golive.clients.script import Script, Step
from pytest_golive.clients.timeline import outcome_of
from pytest_golive.clients.trace import Trace
from pytest_golive.clients.trial import Trial

REDIRECTS = (302, 307, 301, 308)
"""Two of them keep method and body, two need not."""

PROXIES = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
EXCEPTED = f"127.0.0.1,{HOST}"
"""The vendor's address, as NO_PROXY names it."""

BAD: tuple[tuple[Proof, str], ...] = (
    ("wrong_host", "a certificate of another host"),
    ("expired", "a certificate that has expired"),
)


@fault("CL-70")
def redirect_to_another_host(trial: Trial) -> None:
    """Redirects to another host, of every kind."""
    trace = trial.run("redirected to another host", *_redirects("{elsewhere}{target}"), calls=len(REDIRECTS))
    trial.must_have_fired(trace)
    trial.judge(sends_its_key_away(trace, "elsewhere", "another host"), trace)


@fault("CL-71")
def unknown_authority(trial: Trial) -> None:
    """A vendor whose certificate nobody vouches for."""
    trace = _secured(trial, "self_signed")
    trial.judge(enters_by(trace, "one whose certificate nobody vouches for"), trace)
    _must_have_tried(trial, trace)


@fault("CL-72")
def certificate_of_another(trial: Trial) -> None:
    """A vendor whose certificate is another host's, and one whose certificate has expired."""
    for proof, words in BAD:
        trace = _secured(trial, proof)
        trial.judge(enters_by(trace, f"one with {words}"), trace)
        _must_have_tried(trial, trace)
    _must_work_over_tls(trial)


@fault("CL-73")
def key_over_plain_http(trial: Trial) -> None:
    """A vendor with https, whose certificate is right or not; and one that redirects to plain http."""
    for proof in ("good", "self_signed"):
        secured = _secured(trial, proof)
        trial.judge(speaks_plain_http(secured), secured)
    _must_work_over_tls(trial)
    operation = trial.some("read", "operation", "polled")
    met = trial.pack.calls_of(operation)[0]
    script = Script(steps={met: _redirects("{plain}{target}")}, tls="good")
    calls = len(REDIRECTS)
    trace = trial.run("redirected to plain http", operation=operation, script=script, warm=False, calls=calls)
    trial.must_have_fired(trace)
    trial.judge(sends_its_key_away(trace, "plain", "plain http"), trace)


@fault("CL-74")
def key_in_address(trial: Trial) -> None:
    """A plain call; a vendor that takes no key from an address refuses it, and that shows as well."""
    trace = trial.lab.plain(trial.name)
    trial.judge(carries_its_key_in_the_url(trace.attempts, trial.policy()), trace)
    trial.lab.control(trial.name)


@fault("CL-75")
def key_in_log(trial: Trial) -> None:
    """Calls that fail in every way, and one that succeeds."""
    if not trial.lab.setup.started:
        trial.not_verified("command", "golive reads the log of what it starts itself")
    trace = _failing(trial)
    trial.judge(gives_its_key_away(trace, _secrets(trial), place="log", where="the log"), trace)
    personal = [name for name, place in trace.leak_places if place == "log" and name in PRIVATE]
    if personal:
        trial.warn(f"the log holds what calls were made with about a person: {' and '.join(sorted(personal))}")


@fault("CL-76")
def key_in_message(trial: Trial) -> None:
    """The same calls: what users are shown, and what the client says of itself in headers."""
    trace = _failing(trial)
    trial.judge(gives_its_key_away(trace, _secrets(trial), place="message", where="what users are shown"), trace)
    headers = [way.header for way in (trial.pack.authentication, *trial.pack.authentications.values())]
    trial.judge(says_its_key(trace, headers), trace)
    trial.judge(shows_what_is_for_the_team(trace), trace)


@fault("CL-77")
def key_of_another_environment(trial: Trial) -> None:
    """A plain call against a vendor that was made for this drive, whose key nobody else has."""
    trace = trial.run("whose key", operation=trial.some("read", "operation", "polled"), warm=False)
    if not trace.attempts:
        trial.cannot_tell(expected="a request", actual=f"none was sent{_instead(trace)}")
    trial.judge(carries_another_key(trace, trial.pack), trace)


@fault("CL-78")
def ids_of_another_environment(trial: Trial) -> None:
    """A plain call against a vendor that was made for this drive, whose ids nobody else has."""
    trace = trial.run("whose ids", warm=False)
    if not trace.attempts:
        trial.cannot_tell(expected="a request", actual=f"none was sent{_instead(trace)}")
    trial.judge(names_other_ids(trace, trial.pack), trace)


@fault("CL-80")
def replaced_key(trial: Trial) -> None:
    """The client is given the key before the last rotation, which is refused."""
    trace = trial.run("with a replaced key", key="replaced", warm=False)
    refused = trial.pack.authentication_of(trial.described).refused
    if not any(one.status in refused for one in trace.attempts):
        trial.cannot_tell(expected=f"a key that is refused with {' or '.join(map(str, refused))}", actual="it was not")
    _one_call_with_it(trial, trace, refused)
    if any("{api_key}" in value for value in trial.lab.setup.client.environ.values()):
        return  # it may take the key from its variables, and cannot know of another one
    renewed = trial.run("with a replaced key, then the right one", key="renewed", warm=False, calls=2)
    trial.judge(keeps_a_refused_key(renewed, trial.policy()), renewed)


def _one_call_with_it(trial: Trial, trace: Trace, refused: tuple[int, ...]) -> None:
    for call in trace.calls:
        flaw = insists_on_a_refused_key(trace.of_call(call), trial.policy(), call, statuses=refused)
        trial.judge(flaw, trace)


@fault("CL-81")
def version_of_the_api(trial: Trial) -> None:
    """A plain call."""
    trace = trial.run("which version", warm=False)
    if not trace.attempts:
        trial.cannot_tell(expected="a request", actual=f"none was sent{_instead(trace)}")
    trial.judge(names_no_version(trace.attempts, trial.policy()), trace)


@fault("CL-82")
def base_url(trial: Trial) -> None:
    """A plain call, at an address that nobody can know beforehand."""
    trace = trial.run("which address", warm=False)
    flaw = goes_past_the_address(trace)
    if flaw is None:
        return
    call = trial.call(trace)
    if call.outcome in {"user", "crash"}:
        trial.cannot_tell(expected="a request", actual=f"the client gave up before it sent one{_instead(trace)}")
    # Who takes no address without https, as some rightly do, is asked again over https.
    secured = _secured(trial, "good", operation=trial.name)
    trial.judge(flaw if goes_past_the_address(secured) and not secured.connections else None, trace)


@fault("CL-83")
def proxy_of_the_environment(trial: Trial) -> None:
    """Variables that name a proxy: https, and plain http to a host that NO_PROXY excepts, and that it does not.

    Whoever runs a program may send it through a proxy; a tunnel shows the proxy nothing. Giving it the key in what asks
    for the tunnel is a fault, and so is going through it to a host that is excepted. What goes over plain http is open
    to any proxy, and only an address for tests is without https: that is told, and no fault.
    """
    operation = trial.some("read", "operation", "polled")

    def through(name: str, excepted: str, script: Script) -> Trace:
        environ = dict.fromkeys(PROXIES, "{proxy}") | dict.fromkeys(("no_proxy", "NO_PROXY"), excepted)
        return trial.run(f"with a proxy, {name}", operation=operation, script=script, warm=False, environ=environ)

    plain = through("plain", "", Script())
    excepted = through("excepted", EXCEPTED, Script())
    secured = through("https", "", Script(tls="good"))
    if not any(trace.connections for trace in (plain, excepted, secured)):
        trial.cannot_tell(expected="a connection to the vendor or the proxy", actual=f"there was none{_instead(plain)}")
    trial.judge(sends_its_key_away(secured, "proxy", "the proxy"), secured)
    trial.judge(sends_its_key_away(excepted, "proxy", "a proxy that NO_PROXY excepts the vendor from"), excepted)
    if any(one.listener == "proxy" for trace in (plain, secured) for one in trace.attempts):
        trial.warn(f"{trial.lab.name} takes its proxy from the variables of its environment")


def _redirects(location: str) -> tuple[Step, ...]:
    return tuple(Step(status, headers=(("Location", location),), body=b"") for status in REDIRECTS)


def _secured(trial: Trial, proof: Proof, *, operation: str | None = None) -> Trace:
    """Return what a client does at a vendor that proves itself like this."""
    asked = operation or trial.some("read", "operation", "polled")
    return trial.run(f"over TLS: {proof}", operation=asked, script=Script(tls=proof), warm=False)


def _instead(trace: Trace) -> str:
    """Return what came of the call in the place of a request, as the end of a sentence."""
    return next((f"; {call.operation} {outcome_of(call)}" for call in trace.calls if call.outcome != "ok"), "")


def _must_have_tried(trial: Trial, trace: Trace) -> None:
    if not trace.connections:
        trial.cannot_tell(expected="a connection to the vendor", actual=f"there was none{_instead(trace)}")


def _must_work_over_tls(trial: Trial) -> None:
    """Go on only where the client trusts golive's own authority: else it refuses everything, and nothing is shown."""
    trace = _secured(trial, "good")
    if not trace.connections:
        trial.cannot_tell(expected="a connection to the vendor", actual=f"there was none{_instead(trace)}")
    if not any(one.status is not None for one in trace.attempts):
        trial.cannot_tell(
            expected=f"a client that trusts the authority named by {', '.join(VARIABLES)}, "
            "or by {ca_file} in its environ",
            actual="it trusts none of its certificates, not even the right one",
        )


def _failing(trial: Trial) -> Trace:
    """Return a drive in which calls fail in every way."""
    steps = (
        Step(500, said="500"),
        Step(breaks="reset", said="a reset"),
        Step(401, said="401"),
        Step(200, body=b'{"broken', said="half of a body"),
        Step(302, headers=(("Location", "{elsewhere}{target}"),), body=b"", said="302"),
        Step(400, said="400"),
        Step(429, said="429"),
    )
    trace = trial.run("failing in every way", *steps, calls=len(steps))
    trial.must_have_fired(trace)
    return trace


def _secrets(trial: Trial) -> frozenset[str]:
    return frozenset(f"{trial.pack.vendor}.{name}" for name in (*trial.pack.credentials, "api_key")) | {"api_key"}
