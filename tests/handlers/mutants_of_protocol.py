"""Mutants that know too little of HTTP."""

from __future__ import annotations

from tests.handlers.handler_mutants import Mutant

WEBHOOK = (
    '@app.post("/hooks/timely")\ndef webhook() -> tuple[str, int]:  # noqa: PLR0911  # one answer after the other\n'
)


def limited(answer: str) -> str:
    """Return the beginning of a webhook that takes sixty deliveries in three seconds, and answers others so."""
    return (
        "recent: list[float] = []\n\n\n"
        f"{WEBHOOK}"
        "    now = time.monotonic()\n"
        "    recent[:] = [at for at in recent if now - at < 3] + [now]\n"
        "    if len(recent) > 60:\n"
        f"        return {answer}\n"
    )


MUTANTS = [
    Mutant(
        "WH-55",
        '@app.post("/hooks/timely")\n',
        '@app.route("/hooks/timely", methods=["POST", "PUT"])\n',
        "a genuine delivery by PUT answered 200 in NUMBER ms",
        "no 2xx",
    ),
    Mutant(
        "WH-57",
        "    raw = request.get_data(cache=False)\n",
        '    raw = request.get_data(cache=False) if request.content_length else b""\n',
        "a delivery that came in chunks answered 401 in NUMBER ms",
        "a 2xx",
    ),
    Mutant(
        "WH-49",
        "    if new:\n        work.submit(carry_out, event_id)\n",
        "    if new:\n        carry_out(event_id)\n",
        "a delivery whose work takes 12 s answered 200 in NUMBER ms",
        "an answer within 10 s",
    ),
    Mutant(
        "WH-50",
        WEBHOOK,
        limited('"busy", 503'),
        "of 100 events within a second NUMBER failed: one answered 503 in NUMBER ms",
        "a 2xx or 4xx for each",
    ),
    Mutant(
        "WH-51",
        WEBHOOK,
        limited('"busy", 429'),
        "a delivery answered 429 without it",
        "Retry-After, in seconds or as a date of HTTP",
    ),
    Mutant(
        "WH-52",
        '@app.post("/hooks/timely")\n',
        '@app.post("/hooks/timely/")\n',
        "a delivery to the registered address answered 308 in NUMBER ms, to http://127.0.0.1:NUMBER/hooks/timely/",
        "no 3xx",
    ),
    Mutant(
        "WH-53",
        '@app.get("/healthz")\n',
        '@app.route("/<path:page>", methods=["GET", "POST"])\n'
        "def shop(page: str) -> str:\n"
        '    return "<!doctype html><title>Shop</title>"\n\n\n'
        '@app.get("/healthz")\n',
        "a delivery without proof to /hooks/golive-NUMBER answered 200 in NUMBER ms",
        "a 404, or no 2xx",
    ),
    Mutant(
        "WH-56",
        "LARGEST = 5 * 1024 * 1024\n",
        "LARGEST = 100 * 1024\n",
        "an event of 256 KiB answered 413 in NUMBER ms",
        "a 2xx",
    ),
    Mutant(
        "WH-58",
        "    raw = request.get_data(cache=False)\n",
        '    if request.headers.get("Content-Type") != "application/json":\n'
        '        return "unsupported", 415\n'
        "    raw = request.get_data(cache=False)\n",
        "a delivery of content type application/json; charset=utf-8 answered 415 in NUMBER ms",
        "a 2xx",
    ),
    Mutant(
        "WH-59",
        "    raw = request.get_data(cache=False)\n",
        "    # Written ahead, and taken back where the signature is wrong: but not where the body never comes.\n"
        '    early = request.headers.get("X-Timely-Event-Id", "") if (request.content_length or 0) < LARGEST else ""\n'
        "    with database() as db:\n"
        "        db.execute(\"INSERT INTO effects VALUES (?, '', '', 0)\", (early,))\n"
        "    raw = request.get_data(cache=False)\n"
        "    with database() as db:\n"
        "        db.execute(\"DELETE FROM effects WHERE event_id = ? AND subject = ''\", (early,))\n",
        "a delivery whose connection broke in its middle took effect once",
        "the event to take effect not at all",
    ),
    Mutant(
        "WH-61",
        "    raw = request.get_data(cache=False)\n",
        "    if request.authorization is None:\n"
        '        return "", 401, {"WWW-Authenticate": "Basic realm=shop"}\n'
        "    raw = request.get_data(cache=False)\n",
        "a delivery without cookie, token and login answered 401 in NUMBER ms and asks for Basic",
        "a 2xx",
    ),
]
