"""Mutants that take what the vendor did not send."""

from __future__ import annotations

from tests.handlers.handler_mutants import Mutant

MUTANTS = [
    Mutant(
        "WH-01",
        "    if not is_genuine(raw):\n",
        '    if "X-Timely-Signature" in request.headers and not is_genuine(raw):\n',
        "a delivery without x-timely-signature answered 200 in NUMBER ms",
        "a 401",
    ),
    Mutant(
        "WH-02",
        "    return True in [hmac.compare_digest(given, one) for one in right]\n",
        "    return len(given) == len(right[0])\n",
        "a delivery signed with another secret answered 200 in NUMBER ms",
        "a 401",
    ),
    Mutant(
        "WH-03",
        '        return "refused", 401\n',
        '        return "refused", 400\n',
        "a delivery whose body was changed after signing answered 400 in NUMBER ms",
        "a 401",
    ),
]
