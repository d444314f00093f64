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
    Mutant(
        "WH-04",
        "    return True in [hmac.compare_digest(given, one) for one in right]\n",
        "    if True in [hmac.compare_digest(given, one) for one in right]:\n"
        "        seen.add(given)\n"
        "    return given in seen\n"
        "\n\n"
        "seen: set[bytes] = set()\n",
        "a delivery with the signature of another one answered 200 in NUMBER ms",
        "a 401",
    ),
    Mutant(
        "WH-05",
        "    if not is_genuine(raw):\n",
        '    if request.headers.get("X-Timely-Signature") != "" and not is_genuine(raw):\n',
        "a delivery with an empty x-timely-signature answered 200 in NUMBER ms",
        "a 401",
    ),
    Mutant(
        "WH-06",
        "    return True in [hmac.compare_digest(given, one) for one in right]\n",
        "    return len(given) >= 8 and any(one.startswith(given[:64]) for one in right)\n",
        "a delivery with the first 8 characters of its signature answered 200 in NUMBER ms",
        "a 401",
    ),
    Mutant(
        "WH-11",
        'for name in ("WEBHOOK_SECRET", "PREVIOUS_WEBHOOK_SECRET") if',
        'for name in ("WEBHOOK_SECRET",) if',
        "a delivery signed with the previous secret answered 401 in NUMBER ms",
        "a 2xx",
    ),
    Mutant(
        "WH-12",
        '("WEBHOOK_SECRET", "PREVIOUS_WEBHOOK_SECRET")',
        '("WEBHOOK_SECRET", "PREVIOUS_WEBHOOK_SECRET", "RETIRED_WEBHOOK_SECRET")',
        "a delivery signed with the retired secret answered 200 in NUMBER ms",
        "a 401",
    ),
    Mutant(
        "WH-14",
        '    message = stamp.encode() + b"." + raw\n',
        '    tidy = json.dumps(json.loads(raw), separators=(",", ":"), ensure_ascii=False)\n'
        '    message = f"{stamp}.{tidy}".encode()\n',
        "a delivery with blanks between its parts answered 401 in NUMBER ms",
        "a 2xx",
    ),
    Mutant(
        "WH-16",
        "is_genuine(self.headers, raw)",
        "is_genuine(dict(self.headers), raw)",
        "a delivery with its header names in capitals answered 401 in NUMBER ms",
        "a 2xx",
        source="handler.py",
    ),
    Mutant(
        "WH-17",
        '    message = stamp.encode() + b"." + raw\n'
        "    right = [hmac.new(secret.encode(), message, hashlib.sha256).hexdigest().encode() for secret in SECRETS]\n",
        "    right = [\n"
        '        hmac.new(secret.encode(), f"{int(stamp) + n}.".encode() + raw, hashlib.sha256).hexdigest().encode()\n'
        "        for secret in SECRETS\n"
        "        for n in range(-5, 6)\n"
        "    ]\n",
        "a delivery whose time was changed after signing answered 200 in NUMBER ms",
        "a 401",
    ),
    Mutant(
        "WH-18",
        '    given = request.headers.get("X-Timely-Signature", "").encode()\n',
        "    values = {**request.args, **request.headers}\n"
        "    values = {name.lower(): value for name, value in values.items()}\n"
        '    stamp, given = (values.get(f"x-timely-{name}", "") for name in ("timestamp", "signature"))\n'
        "    given = given.encode()\n",
        "a delivery with its proof in the query answered 200 in NUMBER ms",
        "a 401",
    ),
    Mutant(
        "WH-20",
        '("WEBHOOK_SECRET", "PREVIOUS_WEBHOOK_SECRET")',
        '("WEBHOOK_SECRET", "PREVIOUS_WEBHOOK_SECRET", "FOREIGN_WEBHOOK_SECRET")',
        "a delivery signed with another environment's secret answered 200 in NUMBER ms",
        "a 401",
    ),
    Mutant(
        "WH-08",
        '    given = request.headers.get("X-Timely-Signature", "").encode()\n',
        '    given = request.headers.get("X-Timely-Signature", "").encode()\n    bytes.fromhex(given.decode())\n',
        "a delivery with 'no-signature' as its x-timely-signature answered 500 in NUMBER ms",
        "a 4xx",
    ),
]
