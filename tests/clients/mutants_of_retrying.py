"""Mutants that try again when they must not, or do not when they must."""

from __future__ import annotations

from tests.clients.client_mutants import Mutant

PASSING = "    if reply.status in (408, 425, 500, 502, 503, 504):\n"
"""The statuses after which a read is tried again."""

AGAIN = '            again = trouble in ("refused", "limited", "in progress") or (route.safe and trouble != "")\n'
ALWAYS = '            again = trouble != ""\n'

SEND = '        request.extensions["timeout"] = '
"""What comes before each try."""

CONNECTING = "        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:\n"

KEY = '            headers["Idempotency-Key"] = str(uuid.uuid4())\n'

LOOP = "        for attempt in range(4):\n            self.rest(deadline)\n"
SESSION = "        self.session.trust_env = False\n"


def by_urllib3(total: int) -> tuple[tuple[str, str], ...]:
    """Leave retries to urllib3, as it does them by itself."""
    adapter = f"Retry(total={total}, backoff_factor=0.1, status_forcelist=[429, 503], raise_on_status=False)"
    mounted = f'        self.session.mount("http://", requests.adapters.HTTPAdapter(max_retries={adapter}))\n'
    return (
        (SESSION, SESSION + mounted),
        ("import requests\n\nsys", "import requests\nfrom urllib3.util.retry import Retry\n\nsys"),
    )


MUTANTS: list[Mutant] = [
    # Knows only the status that its author met.
    Mutant(
        "CL-01",
        PASSING,
        "    if reply.status in (408, 425, 503):\n",
        "another try after a 502",
        "list_contacts was sent once and was answered 502; the call failed",
    ),
    # Looks at statuses only; an exception ends the call.
    Mutant(
        "CL-02",
        AGAIN,
        AGAIN.replace('trouble != ""', 'trouble == "failed"'),
        "another try after a connection that broke",
        "list_contacts was sent once and got no answer; the call failed",
    ),
    Mutant(
        "CL-03",
        AGAIN,
        AGAIN.replace('"limited", ', ""),
        "another try after a 429",
        "create_contact was sent once and was answered 429; the call failed",
        operation="create_contact",
    ),
    # urllib3's own retries: POST is not among the methods that it sends again.
    Mutant(
        "CL-03",
        LOOP,
        LOOP.replace("range(4)", "range(1)"),
        "another try after a 429",
        "send_message was sent once and was answered 429; the call failed",
        source="requests_client.py",
        operation="send_message",
        name="by urllib3",
        more=by_urllib3(3),
    ),
    Mutant(
        "CL-04",
        PASSING,
        "    if reply.status >= 400:\n",
        "no further try after a 400",
        "list_contacts was answered 400 and sent again 3 times: 400, 404, 409, 422",
    ),
    # The vendor's SDKs repeat every 409.
    Mutant(
        "CL-04",
        PASSING,
        "    if reply.status in (408, 409, 425, 500, 502, 503, 504):\n",
        "no further try after a 409",
        "create_unit was answered 409 and sent again once: 409, 422",
        vendor="augno",
        operation="create_unit",
        name="every 409",
        more=((AGAIN, ALWAYS),),
    ),
    Mutant(
        "CL-05",
        PASSING,
        "    if reply.status in (401, 403, 408, 425, 500, 502, 503, 504):\n",
        "no further try with a key that was refused",
        "list_contacts was sent 3 times: 401, 403, 200",
    ),
    Mutant(
        "CL-06",
        PASSING,
        "    if reply.status in (408, 425) or reply.status >= 500:\n",
        "no further try after a 501",
        "list_contacts was answered 501 and sent again twice: 501, 505, 200",
    ),
    # One rule for all methods.
    Mutant(
        "CL-07",
        AGAIN,
        ALWAYS,
        "no blind repetition of what may have been done",
        "create_contact was sent again after no answer",
        operation="create_contact",
    ),
    # A timeout is taken for a refusal: nothing came back, so nothing was done.
    Mutant(
        "CL-07",
        CONNECTING,
        '        except httpx.ReadTimeout:\n            raise NotDone("refused", "timeout") from None\n' + CONNECTING,
        "no blind repetition of what may have been done",
        "create_contact was sent again after no answer",
        operation="create_contact",
        name="after a timeout",
    ),
    # Has a key to send, as the vendor's SDKs do not.
    Mutant(
        "CL-07",
        AGAIN,
        ALWAYS,
        "no blind repetition of what may have been done",
        "create_unit was sent again without Idempotency-Key after no answer",
        vendor="augno",
        operation="create_unit",
        name="without a key",
        more=((KEY, "            pass\n"),),
    ),
    # The key is made where the request is sent, not where the call begins.
    Mutant(
        "CL-08",
        AGAIN,
        ALWAYS,
        "the Idempotency-Key of the first try",
        "create_unit was sent again after no answer with another one",
        vendor="augno",
        operation="create_unit",
        more=(
            (
                SEND,
                '        if "Idempotency-Key" in request.headers:\n'
                '            request.headers["Idempotency-Key"] = str(uuid.uuid4())\n' + SEND,
            ),
        ),
    ),
    # A key per process.
    Mutant(
        "CL-09",
        KEY,
        '            headers["Idempotency-Key"] = str(uuid.uuid5(uuid.NAMESPACE_URL, VENDOR))\n',
        "a Idempotency-Key of its own for each write",
        "create_unit and another body carried the same one",
        vendor="augno",
        operation="create_unit",
    ),
    # Writes the body anew for each try, and the time into it.
    Mutant(
        "CL-10",
        SEND,
        '        if request.method == "POST":\n'
        "            said = json.loads(request.content)\n"
        '            content = json.dumps({**said, "name": f"{said[\'name\']} {time.time_ns()}"}).encode()\n'
        '            kept = {name: value for name, value in request.headers.items() if name != "content-length"}\n'
        "            request = httpx.Request(request.method, request.url, headers=kept, content=content)\n" + SEND,
        "the same body under the same key",
        "create_unit was sent again with another body under the same Idempotency-Key",
        vendor="augno",
        operation="create_unit",
    ),
    Mutant(
        "CL-11",
        KEY,
        '            headers["Idempotency-Key"] = f"shop-{time.monotonic_ns() // 1_000_000:012d}"\n',
        "a random Idempotency-Key for each call",
        "20 of them differ in NUMBER bits only, as counters and times do",
        vendor="augno",
        operation="create_unit",
    ),
    # Longer than the vendor takes.
    Mutant(
        "CL-11",
        KEY,
        '            headers["Idempotency-Key"] = f"{uuid.uuid4()}{\'-\' * 300}"\n',
        "a random Idempotency-Key for each call",
        "one has 336 characters, and the vendor takes 255",
        vendor="augno",
        operation="create_unit",
        name="too long",
    ),
    Mutant(
        "CL-12",
        "    if reply.status == 409 and api.code_of(error_of(reply)) == api.IN_PROGRESS:\n",
        "    if reply.status == 425:\n",
        "another try under the same key",
        "create_unit was not sent again after the 409; the call failed",
        vendor="augno",
        operation="create_unit",
    ),
    Mutant(
        "CL-13",
        PASSING,
        "    if reply.status in (500, 502, 503, 504):\n",
        "another try after a 408",
        "list_units was sent once and was answered 408; the call failed",
        vendor="augno",
    ),
    # A stream that was read to its end by the first try.
    Mutant(
        "CL-14",
        '            json=left if route.method != "GET" and left else None,\n',
        "            data=io.BytesIO(json.dumps(left).encode()) if left else None,\n",
        "the whole body, each time it is sent",
        "create_contact was sent again with 0 of NUMBER bytes",
        source="requests_client.py",
        operation="create_contact",
        more=(
            ("import json\nimport logging\n", "import io\nimport json\nimport logging\n"),
            (
                "        request = requests.Request(\n",
                '        headers["Content-Type"] = "application/json"\n        request = requests.Request(\n',
            ),
        ),
    ),
    # Once in the loop, everything is tried again.
    Mutant(
        "CL-16",
        "                trouble = trouble_of(reply)\n",
        "                trouble = trouble_of(reply)\n"
        '                if attempt and reply.status >= 400:\n                    trouble = "failed"\n',
        "no further try after the 400",
        "list_contacts was sent 3 times: 503, 400, 200",
    ),
]
