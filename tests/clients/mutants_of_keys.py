"""Mutants that let keys out, carry other ones, or trust anybody."""

from __future__ import annotations

from tests.clients.client_mutants import Mutant

ONLY = "the key to go to the vendor only"
VERIFY = "verify=ssl.create_default_context()"
HEADERS = 'headers = {**api.headers_of(VENDOR, call["api_key"]), "X-Request-ID": str(uuid.uuid4())}'
SENT = "                    reply = self._sent(route, request, deadline)\n"


def lenient(change: str) -> tuple[tuple[str, str], ...]:
    """Return the further replacement that defines a context which is changed like this."""
    lines = ("def lenient() -> ssl.SSLContext:", "context = ssl.create_default_context()", change, "return context")
    made = "\n    ".join(lines)
    return (("class NotDone(Exception):", f"{made}\n\n\nclass NotDone(Exception):"),)


MUTANTS = [
    Mutant(
        "CL-70",
        "follow_redirects=False",
        "follow_redirects=True",
        ONLY,
        "another host got it in its headers",
        name="httpx",
    ),
    Mutant(
        "CL-70",
        "allow_redirects=False",
        "allow_redirects=True",
        ONLY,
        "another host got it in its headers",
        source="requests_client.py",
        vendor="uppzy",
        operation="chat",
        name="requests",
    ),
    Mutant(
        "CL-71",
        VERIFY,
        "verify=False",
        "no request",
        "GET /v1/contacts was sent to one whose certificate nobody vouches for, and the key with it",
    ),
    Mutant(
        "CL-72",
        VERIFY,
        "verify=lenient()",
        "no request",
        "GET /v1/contacts was sent to one with a certificate of another host, and the key with it",
        more=lenient("context.check_hostname = False"),
        name="host",
    ),
    Mutant(
        "CL-72",
        VERIFY,
        "verify=lenient()",
        "no request",
        "GET /v1/contacts was sent to one with a certificate that has expired, and the key with it",
        more=lenient("context.verify_flags |= 0x200000  # X509_V_FLAG_NO_CHECK_TIME"),
        name="date",
    ),
    Mutant(
        "CL-73",
        "follow_redirects=False",
        "follow_redirects=True",
        ONLY,
        "plain http got it in its headers",
        name="redirect",
    ),
    Mutant(
        "CL-73",
        'call["base_url"].rstrip("/")',
        'call["base_url"].replace("https://", "http://")',
        "https, as the address says",
        "a request was sent there over plain http",
        name="scheme",
    ),
    Mutant(
        "CL-74",
        "            params=query,\n",
        '            params={**query, "api_key": call["api_key"]},\n',
        "the key in a header",
        "GET /v1/contacts carried it in its query",
    ),
    Mutant(
        "CL-74",
        'headers = {**api.headers_of(VENDOR, call["api_key"]),',
        "headers = {",
        "the key in a header",
        "GET /v1/contacts carried it in its query",
        more=(("            params=query,\n", '            params={**query, "api_key": call["api_key"]},\n'),),
        name="nowhere else",
    ),
    Mutant(
        "CL-75",
        HEADERS,
        f'{HEADERS}\n        log("sending", headers=headers)',
        "no key in the log",
        "timely.api_key stood there",
    ),
    Mutant(
        "CL-76",
        '"message": failed.message}',
        '"message": f"{failed.message} {call}"}',
        "no key in what users are shown",
        "timely.api_key stood there",
        name="message",
    ),
    Mutant(
        "CL-76",
        HEADERS,
        f'{HEADERS}\n        headers["User-Agent"] = f"shop/1.0 ({{call[\'api_key\']}})"',
        "no key in what is said of the client",
        "it stood in User-Agent",
        name="agent",
    ),
    Mutant(
        "CL-76",
        "    raise api.failure_of(reply.status, error_of(reply) or {})\n",
        '    raise Failed("backend", f"It failed: {reply.body.decode()}")\n',
        "a text of the client's own",
        "after a NUMBER, list_contacts showed the vendor's answer as it came: 'It failed: TEXT'",
        name="answer",
    ),
    Mutant(
        "CL-76",
        "    raise api.failure_of(reply.status, error_of(reply) or {})\n",
        '    raise Failed("backend", f"Error: {error_of(reply)}")\n',
        "a text of the client's own",
        "after a NUMBER, list_contacts showed the vendor's answer as it came: TEXTError: TEXT",
        name="error",
    ),
    Mutant(
        "CL-76",
        '"message": failed.message}',
        '"message": failed.message + traceback.format_exc()}',
        "a text of the client's own",
        "list_contacts showed a stack trace: TEXT",
        name="trace",
    ),
    Mutant(
        "CL-77",
        'api.headers_of(VENDOR, call["api_key"])',
        'api.headers_of(VENDOR, "tly_live_of_another_environment")',
        "the key that it was given",
        "list_contacts was sent with another key",
        name="another",
    ),
    Mutant(
        "CL-77",
        'api.headers_of(VENDOR, call["api_key"])',
        "{}",
        "the key that it was given",
        "list_contacts was sent with no key",
        name="none",
    ),
    Mutant(
        "CL-78",
        'api.target_of(route, call["ids"], arguments)',
        'api.target_of(route, {**call["ids"], "tenant_id": "t_81"}, arguments)',
        "the tenant_id that it was given",
        "get_limits was sent with another one",
        vendor="uppzy",
    ),
    Mutant(
        "CL-80",
        "if reply.status in (408, 425,",
        "if reply.status in (401, 408, 425,",
        "a refused key at most twice in a call",
        "list_contacts sent it 4 times",
        name="again",
    ),
    Mutant(
        "CL-80",
        'api.headers_of(VENDOR, call["api_key"])',
        'api.headers_of(VENDOR, self.__dict__.setdefault("_key", call["api_key"]))',
        "the key to be read again after a 401",
        "a later list_contacts carried the key that was answered 401",
        name="kept",
    ),
    Mutant(
        "CL-81",
        HEADERS,
        f'{HEADERS}\n        headers.pop("Augno-Version")',
        "Augno-Version: 1.0.forge-preview.3 on every request",
        "list_units was sent without it",
        vendor="augno",
    ),
    Mutant(
        "CL-82",
        'call["base_url"].rstrip("/")',
        '"http://127.0.0.1:9/v1"',
        "requests at the address that it was given",
        "once called, and nothing arrived there",
    ),
    Mutant(
        "CL-83",
        "trust_env=False,",
        'trust_env=False, mounts={"http://": os.environ.get("HTTP_PROXY") and httpx.HTTPTransport('
        'proxy=os.environ["HTTP_PROXY"]) or None},',
        ONLY,
        "a proxy that NO_PROXY excepts the vendor from got it in its headers",
        name="excepted",
    ),
    Mutant(
        "CL-83",
        SENT,
        f"""                    if "HTTPS_PROXY" in os.environ:
                        proxy = httpx.Proxy(os.environ["HTTPS_PROXY"], headers=request.headers)
                        with suppress(httpx.HTTPError), httpx.Client(proxy=proxy, trust_env=False) as by_proxy:
                            by_proxy.send(request)
{SENT}""",
        ONLY,
        "the proxy got it in its headers",
        more=(("from contextlib import contextmanager", "from contextlib import contextmanager, suppress"),),
        name="tunnel",
    ),
]
