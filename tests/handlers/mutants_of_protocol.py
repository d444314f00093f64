"""Mutants that know too little of HTTP."""

from __future__ import annotations

from tests.handlers.handler_mutants import Mutant

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
]
