"""Mutants that write, or let themselves be observed, wrongly."""

from __future__ import annotations

from tests.clients.client_mutants import Mutant

REQUEST_ID = ', "X-Request-ID": str(uuid.uuid4())}'
SENT = "reply = self._sent(route, request, deadline)"
STATE = 'state = api.result_of(route, self._body(route, polling, polling["arguments"], {}, deadline), {})'
AGAIN = 'again = trouble in ("refused", "limited", "in progress") or (route.safe and trouble != "")'

STAMPED = """def stamped(request: httpx.Request) -> httpx.Request:
    if not request.content:
        return request
    body = json.loads(request.content) | {"sent_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}
    headers = {name: value for name, value in request.headers.items() if name.lower() != "content-length"}
    return httpx.Request(request.method, request.url, headers=headers, json=body)


def trouble_of("""

MUTANTS: list[Mutant] = [
    Mutant(
        fault="CL-84",
        old=REQUEST_ID,
        new=', "X-Request-ID": "shop-1"}',
        expected="a request id of its own for each call",
        actual="two calls carried the same one",
    ),
    Mutant(
        fault="CL-84",
        name="neither",
        vendor="augno",
        old=REQUEST_ID,
        new="}",
        more=(('said = {"request_id": reply.request_id, **api.kept_of(error)}', "said = api.kept_of(error)"),),
        expected="a request id of its own on every request, or the vendor's in the log",
        actual="requests carried none, and none of the NUMBER that the vendor answered with was logged",
    ),
    Mutant(
        fault="CL-85",
        old='headers={"User-Agent": USER_AGENT, "Accept": "application/json"}',
        new='headers={"Accept": "application/json"}',
        expected="a User-Agent with a name of its own",
        actual="User-Agent: python-httpx/TEXT",
    ),
    Mutant(
        fault="CL-87",
        old=REQUEST_ID,
        new=', "X-Request-ID": str(uuid.uuid4()), "X-Retry-Count": "0"}',
        expected="another x-retry-count with each try",
        actual="3 tries carried x-retry-count: 0",
    ),
    Mutant(
        fault="CL-88",
        old=SENT,
        new="reply = self._sent(route, stamped(request), deadline)",
        more=(("def trouble_of(", STAMPED),),
        expected="the time at which it happened, on every try",
        actual="create_contact was sent again with another sent_at",
    ),
    Mutant(
        fault="CL-89",
        vendor="selwise",
        source="batch_client.py",
        operation="send_events_batch",
        changes={"operations": ["send_events_batch"]},
        old='left = [each for each in left if each["eventId"] in refused]',
        new="left = left if refused else []",
        expected="nothing that was taken to be sent again",
        actual="2 of the 2 that were taken were sent again",
    ),
    Mutant(
        fault="CL-89",
        name="silent",
        vendor="selwise",
        source="batch_client.py",
        operation="send_events_batch",
        changes={"operations": ["send_events_batch"]},
        old='refused = {str(each["eventId"]) for each in said["rejected"]}',
        new="refused = set()",
        expected="the one that was rejected to be told, or sent again",
        actual="the call succeeded, and said nothing of the one that was rejected",
    ),
    Mutant(
        fault="CL-90",
        vendor="uppzy",
        old=STATE,
        new=f"try:\n                {STATE}\n            except Failed:\n"
        "                return self._asked_and_waited(call, deadline)",
        more=((AGAIN, f'{AGAIN} and operation != "get_chat_request"'),),
        expected="get_chat_request alone to be tried again",
        actual="chat_async was sent again after get_chat_request had failed",
    ),
    Mutant(
        fault="CL-91",
        old="if reply.status in (408, 425, 500, 502, 503, 504):",
        new="if reply.status in (408, 412, 425, 500, 502, 503, 504):",
        expected="what is there to be read before the next try",
        actual="update_contact was sent again after a 412, without reading what is there",
    ),
    Mutant(
        fault="CL-91",
        name="swallowed",
        old="    if 200 <= reply.status < 300:\n        return reply",
        new="    if 200 <= reply.status < 300:\n        return reply\n    if reply.status == 412:\n"
        '        return Reply(200, {}, b\'{"data": {"id": "1"}}\')',
        expected="the call to fail",
        actual="update_contact was answered 412 to the end, and the call succeeded",
    ),
    Mutant(
        fault="CL-92",
        source="vendor_api.py",
        old="    for name in route.needs:\n",
        new="    for name in ():\n",
        more=(("    if not users:\n", "    if True:\n"),),
        expected="a failure told as the user's mistake",
        actual="TEXT: create_contact failed as backend: TEXT",
    ),
    Mutant(
        fault="CL-92",
        name="unfit",
        old='json=left if route.method != "GET" and left else None',
        new='json={**left, "status": "new"} if route.method != "GET" and left else None',
        expected="a body that fits the vendor's schema",
        actual="create_contact was sent with one that does not: TEXT",
    ),
    Mutant(
        fault="CL-93",
        old="answer = self._http.send(request, stream=True)",
        new="hedge = threading.Timer(0.5, lambda: self._http.send(request))\n"
        "            hedge.start()\n"
        "            answer = self._http.send(request, stream=True)\n"
        "            hedge.cancel()",
        expected="one create_contact for one call",
        actual="a second one was sent while the first was under way",
    ),
    Mutant(
        fault="CL-93",
        name="twice",
        old='reply = self._tried(route, call["operation"], request, deadline)',
        new='reply = self._tried(route, call["operation"], request, deadline)\n'
        '        if route.method == "POST":\n'
        '            reply = self._tried(route, call["operation"], request, deadline)',
        expected="one create_contact for one call",
        actual="a second one was sent after the first had succeeded",
    ),
    Mutant(
        fault="CL-93",
        name="together",
        old='reply = self._tried(route, call["operation"], request, deadline)',
        new='reply = self._tried(route, call["operation"], request, deadline)\n'
        '        if route.method == "POST" and self._host._under_way:\n'
        '            reply = self._tried(route, call["operation"], request, deadline)',
        expected="2 writes for 2 calls",
        actual="3 succeeded",
    ),
]
