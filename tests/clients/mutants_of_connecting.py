"""Mutants that wait wrongly, hold connections wrongly, or mix them up."""

from __future__ import annotations

from tests.clients.client_mutants import Mutant

SOON = "an end by itself within 8 s"
CONNECT = 'request.extensions["timeout"] = httpx.Timeout(left, connect=min(CONNECT_SECONDS, left)).as_dict()'

ONE_SOCKET = """    def _over_one_socket(self, request: httpx.Request) -> Reply:
        import http.client, select, socket
        if not hasattr(self, "_one"):
            self._one = socket.create_connection((request.url.host, request.url.port))
            self._file = self._one.makefile("rb")
        fields = "".join(f"{name}: {value}\\r\\n" for name, value in request.headers.items())
        head = f"{request.method} {request.url.raw_path.decode()} HTTP/1.1\\r\\n{fields}\\r\\n"
        self._one.sendall(head.encode() + request.content)
        if not select.select([self._one], [], [], 1.0)[0]:
            raise NotDone("unknown", "no answer in time")
        status = int(self._file.readline().split()[1])
        said = http.client.parse_headers(self._file)
        body = self._file.read(int(said["Content-Length"]))
        return Reply(status, {name.lower(): [value] for name, value in said.items()}, body)

    def _sent("""

SOONEST = """    def _soonest(self, route: Route, request: httpx.Request, deadline: float) -> Reply:
        from concurrent.futures import FIRST_COMPLETED, wait
        pool = self.__dict__.setdefault("_pool", ThreadPoolExecutor(8))
        tries = self.__dict__.setdefault("_tries", {}).setdefault(id(request), [])
        tries.append(pool.submit(self._sent, route, request, deadline))
        done, _ = wait(tries, 1.2, FIRST_COMPLETED)
        if not done:
            raise NotDone("unknown", "no answer in time")
        return done.pop().result()

    def _sent("""

MUTANTS = [
    Mutant(
        "CL-37",
        CONNECT,
        'request.extensions["timeout"] = httpx.Timeout(None).as_dict()',
        SOON,
        "nothing was answered, and list_contacts was still under way after NUMBER s",
    ),
    Mutant(
        "CL-38",
        "time.monotonic() + (TRY_SECONDS or route.seconds)",
        "time.monotonic() + 5.0",
        "an answer to be waited for 14.5 s",
        "it left after NUMBER s",
    ),
    Mutant(
        "CL-39",
        """                    if time.monotonic() > until:
                        raise NotDone("unknown", "the answer is too slow")
""",
        "",
        SOON,
        "the answer dripped, and list_contacts was still under way after NUMBER s",
    ),
    Mutant(
        "CL-40",
        "connect=min(CONNECT_SECONDS, left)",
        "connect=None",
        SOON,
        "no connection was accepted, and list_contacts was still under way after NUMBER s",
    ),
    Mutant(
        "CL-41",
        "class NotDone(Exception):",
        """import httpcore._sync.http11 as pooled

pooled.HTTP11Connection.has_expired = lambda self: False


class NotDone(Exception):""",
        "a new connection, and a success",
        "the connection had been closed while idle, and the call failed",
        operation="create_contact",
    ),
    Mutant(
        "CL-42",
        "class Again(Exception):",
        """import http.client

http.client.HTTPResponse._check_close = lambda self: False


class Again(Exception):""",
        "no further request over a connection that was said to be over",
        "GET /v1/contacts was sent over it",
        source="requests_client.py",
    ),
    Mutant(
        "CL-43",
        """            answer = self._http.send(request, stream=True)
""",
        """            answer = self._http.send(request, stream=True)
            if answer.status_code == 404:
                return Reply(404, {}, b"")
""",
        "at most 5 open connections",
        "after 24 times in a row, NUMBER were open",
        name="unread",
    ),
    Mutant(
        "CL-43",
        "            answer = self._http.send(request, stream=True)\n",
        """            self.__dict__.setdefault("_all", []).append(httpx.Client(trust_env=False))
            answer = self._all[-1].send(request, stream=True)
""",
        "at most 5 open connections",
        "after 24 times in a row, NUMBER were open",
        name="a client each",
    ),
    Mutant(
        "CL-44",
        "self._limit = 8.0",
        "self._limit = 1.0",
        "list_contacts at once",
        "while TEXT hung, list_contacts was sent NUMBER s after it was asked for",
        more=(("self._limit = min(8.0, self._limit + 0.25)", "pass"),),
    ),
    Mutant(
        "CL-45",
        "                    reply = self._sent(route, request, deadline)\n",
        "                    reply = self._over_one_socket(request)\n",
        "the answer of the last try",
        "list_contacts came to what an earlier try was answered later",
        more=(("    def _sent(", ONE_SOCKET),),
        name="one socket",
    ),
    Mutant(
        "CL-45",
        "                    reply = self._sent(route, request, deadline)\n",
        "                    reply = self._soonest(route, request, deadline)\n",
        "the answer of the last try",
        "list_contacts came to what an earlier try was answered later",
        more=(("    def _sent(", SOONEST),),
        name="threads",
    ),
]
