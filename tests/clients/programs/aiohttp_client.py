"""A right client with aiohttp: many calls in one loop, which share pauses, a budget of retries and a gate."""

from __future__ import annotations

import asyncio
import json
import os
import random
import ssl
import sys
import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiohttp

sys.path.insert(0, os.environ.get("EXAMPLE") or str(Path(__file__).parents[3] / "pytest_golive/sandbox/example"))

import vendor_api as api  # lies there
from vendor_api import Failed, Reply, Route

VENDOR = os.environ["VENDOR"]
BASE = float(os.environ["RETRY_BASE_SECONDS"])
TRY_SECONDS = float(os.environ["TRY_SECONDS"])
CALL_SECONDS = float(os.environ["CALL_SECONDS"])
POLL_SECONDS = float(os.environ["POLL_SECONDS"])
POLL_BUDGET_SECONDS = float(os.environ["POLL_BUDGET_SECONDS"])
LARGEST = 8 * 1024 * 1024
NOT_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)


class Gate:
    """How many requests may be under way, and from when on."""

    def __init__(self) -> None:
        self.changed = asyncio.Condition()
        self.opens_at = 0.0
        self.width = 10.0
        self.inside = 0
        self.retries = 8.0

    async def enter(self, deadline: float) -> None:
        async with self.changed:
            while (left := self.opens_at - time.monotonic()) > 0 or self.inside >= int(self.width):
                if max(self.opens_at, time.monotonic()) >= deadline:
                    raise api.later()
                spread = random.uniform(0.0, 0.3) if left > 0 else 0.05
                try:
                    async with asyncio.timeout(max(left, 0.0) + spread):
                        await self.changed.wait()
                except TimeoutError:
                    pass
            self.inside += 1

    async def leave(self, status: int, wait: float | None) -> None:
        async with self.changed:
            self.inside -= 1
            if status == 429:
                self.width = max(1.0, self.width / 2)
            elif 0 < status < 400:
                self.width = min(10.0, self.width + 0.2)
                self.retries = min(8.0, self.retries + 0.2)
            if wait is not None and wait < 3600:
                self.opens_at = max(self.opens_at, time.monotonic() + wait)
            self.changed.notify_all()


class Crm:
    """Calls one vendor."""

    def __init__(self, http: aiohttp.ClientSession) -> None:
        self.http = http
        self.gate = Gate()

    async def call(self, call: Mapping[str, Any]) -> Any:
        deadline = time.monotonic() + CALL_SECONDS
        name, arguments = call["operation"], call["arguments"]
        if name == "chat_async_and_wait":
            return await self.asked(call, deadline)
        route = api.ROUTES[VENDOR][name]
        api.checked(route, arguments)
        if not route.pages:
            return api.result_of(route, await self.fetch(route, call, arguments, {}, deadline), arguments)
        query: dict[str, str] | None = api.first_page(route)
        items: dict[str, Any] = {}
        for _ in range(300):
            body = await self.fetch(route, call, arguments, query or {}, deadline)
            page = {item["id"]: item for item in api.items_of(body)}
            if page and page.keys() <= items.keys():
                break
            items |= page
            query = api.next_page(route, body, query or {}, len(page))
            if query is None:
                return {"items": list(items.values())}
        raise api.broken()

    async def asked(self, call: Mapping[str, Any], deadline: float) -> Any:
        route, poll = api.ROUTES[VENDOR]["chat_async"], api.ROUTES[VENDOR]["get_chat_request"]
        api.checked(route, call["arguments"])
        told = api.result_of(route, await self.fetch(route, call, call["arguments"], {}, deadline), {})
        end = min(deadline, time.monotonic() + POLL_BUDGET_SECONDS)
        while time.monotonic() + POLL_SECONDS < end:
            await asyncio.sleep(POLL_SECONDS)
            state = await self.fetch(poll, call, {"request_id": told["id"]}, {}, deadline)
            if not isinstance(state, dict) or state.get("status") == "failed":
                raise api.later()
            if state.get("status") == "completed":
                return {**state, "id": told["id"]}
        raise api.later()

    async def fetch(
        self,
        route: Route,
        call: Mapping[str, Any],
        arguments: Mapping[str, Any],
        query: Mapping[str, str],
        deadline: float,
    ) -> Any:
        path, left = api.target_of(route, call["ids"], arguments)
        headers = {**api.headers_of(VENDOR, call["api_key"]), "traceparent": f"00-{uuid.uuid4().hex}-{'1' * 16}-01"}
        content = None
        if route.method != "GET" and left:
            content = json.dumps(left).encode()
            headers["Content-Type"] = "application/json"
        if VENDOR == "augno" and route.method in ("POST", "PATCH"):
            headers["Idempotency-Key"] = uuid.uuid4().hex
        url = call["base_url"] + path
        for attempt in range(1, 5):
            await self.gate.enter(deadline)
            reply, untouched, wait = None, False, None
            try:
                reply = await self.once(route.method, url, dict(query), headers, content, deadline)
                wait = api.retry_after(reply)
            except aiohttp.ClientConnectorCertificateError:
                raise api.later() from None
            except NOT_SENT:
                untouched = True
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                print(f"{call['operation']}: {type(error).__name__}", file=sys.stderr)
            finally:
                asked = wait if reply is not None and reply.status in (429, 503) else None
                empty = api.nothing_left(reply) if reply is not None else None
                await self.gate.leave(reply.status if reply else 0, asked if asked is not None else empty)
            if reply is not None and not self.is_trouble(reply):
                return self.read(call["operation"], reply)
            untouched = untouched or (reply is not None and reply.status in (409, 429))
            pause = max(wait or 0.0, random.uniform(0.6, 1.0) * BASE * 2 ** (attempt - 1))
            self.gate.retries -= 1
            if attempt == 4 or not (untouched or route.safe) or self.gate.retries < 0:
                break
            if time.monotonic() + pause > deadline:
                break
            await asyncio.sleep(pause)
        raise api.later()

    async def once(
        self,
        method: str,
        url: str,
        query: dict[str, str],
        headers: Mapping[str, str],
        content: bytes | None,
        deadline: float,
    ) -> Reply:
        left = max(0.05, min(TRY_SECONDS, deadline - time.monotonic()))
        timeout = aiohttp.ClientTimeout(total=left, sock_connect=min(left, 3.0))
        async with self.http.request(
            method, url, params=query, data=content, headers=headers, timeout=timeout, allow_redirects=False
        ) as answer:
            body = bytearray()
            async for piece in answer.content.iter_chunked(65536):
                body += piece
                if len(body) > LARGEST:
                    raise aiohttp.ClientPayloadError("too large")
            found: dict[str, list[str]] = {}
            for name, value in answer.headers.items():
                found.setdefault(name.lower(), []).append(value)
            return Reply(answer.status, found, bytes(body))

    def is_trouble(self, reply: Reply) -> bool:
        if reply.status == 409:
            return b'"idempotency_in_progress"' in reply.body
        return reply.status in (408, 425, 429, 500, 502, 503, 504)

    def read(self, operation: str, reply: Reply) -> Any:
        readable = True
        try:
            body = api.json_of(reply)
        except Failed:
            readable, body = False, None
        error = api.error_in(body) or (body if isinstance(body, dict) and reply.status >= 300 else None)
        if readable and error is None and 200 <= reply.status < 300:
            return body
        said = {"status": reply.status, "request": reply.request_id, **api.kept_of(error)}
        print(f"{operation}: {json.dumps(said)}", file=sys.stderr)
        if not readable and reply.status < 300:
            raise api.broken()
        raise api.failure_of(reply.status, error or {})


async def main() -> None:
    """Answer calls as they come, in any order."""
    loop = asyncio.get_running_loop()
    connector = aiohttp.TCPConnector(ssl=ssl.create_default_context(), limit=20)
    async with aiohttp.ClientSession(connector=connector, headers={"User-Agent": "shop-async/0.9"}) as http:
        crm = Crm(http)
        under_way: set[asyncio.Task[None]] = set()

        async def work(call: Mapping[str, Any]) -> None:
            try:
                said: dict[str, Any] = {"ok": True, "result": await crm.call(call)}
            except Failed as failed:
                said = {"ok": False, "error": {"kind": failed.kind, "message": failed.message}}
            print(json.dumps({"call_id": call["call_id"], **said}), flush=True)

        while line := await loop.run_in_executor(None, sys.stdin.readline):
            task = asyncio.create_task(work(json.loads(line)))
            under_way.add(task)
            task.add_done_callback(under_way.discard)
        await asyncio.gather(*under_way)


if __name__ == "__main__":
    asyncio.run(main())
