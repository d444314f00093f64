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
    # Says 400 for what is written well, and signed wrongly.
    Mutant(
        "WH-03",
        '        return "refused", 401\n',
        '        stamp, given = (request.headers.get(f"X-Timely-{name}", "") for name in ("Timestamp", "Signature"))\n'
        "        fresh = len(stamp) < 15 and stamp.isdecimal() and abs(time.time() - int(stamp)) < TOLERANCE_SECONDS\n"
        '        return "refused", 400 if fresh and len(given) == 64 else 401\n',
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
    Mutant(
        "WH-07",
        "    right = [hmac.new(secret.encode(), message, hashlib.sha256).hexdigest().encode() for secret in SECRETS]\n",
        "    kinds = (hashlib.sha256, hashlib.sha1)\n"
        "    pairs = [(key.encode(), kind) for key in SECRETS for kind in kinds]\n"
        "    right = [hmac.new(key, message, kind).hexdigest().encode() for key, kind in pairs]\n",
        "a delivery with an HMAC by SHA-1 answered 200 in NUMBER ms",
        "a 401",
    ),
    Mutant(
        "WH-07",
        "    right = [hmac",
        '    given = given.rpartition(b"=")[2]\n    right = [hmac',
        "a delivery with its right digest under the name 'sha1=' answered 200 in NUMBER ms",
        "a 401",
    ),
    Mutant(
        "WH-07",
        '"t=(?P<time>[0-9]{1,12})(?P<digests>(,v[0-9]+=[^,]*)+)"',
        '"t=(?P<time>[0-9]{1,12}),v[0-9]+=(?P<digest>[0-9a-f]+)(?P<digests>(,v[0-9]+=[^,]*)*)"',
        "a delivery with its right digest under the name 'v9=' answered 200 in NUMBER ms",
        "a refusal: 401, 400, 403 or another 4xx that is final",
        source="handler.py",
        vendor="augno",
    ),
    Mutant(
        "WH-09",
        """re.findall(",v1=([^,]*)", parts["digests"])""",
        """re.findall(",v1=([^,]*)", parts["digests"])[:1]""",
        "a delivery with its right signature behind another answered 401 in NUMBER ms",
        "a 2xx",
        source="handler.py",
        vendor="augno",
    ),
    Mutant(
        "WH-10",
        "(?P<digests>(,v[0-9]+=[^,]*)+)",
        "(?P<digests>(,v1=[^,]*)+)",
        "a delivery with an entry 'v9=' before its signature answered 401 in NUMBER ms",
        "a 2xx",
        source="handler.py",
        vendor="augno",
    ),
    Mutant(
        "WH-13",
        "right = [hmac.new(secret.encode(), message",
        'right = [hmac.new(secret.removeprefix("whsec_").encode(), message',
        "a delivery signed with a secret that has whsec_ before it and = behind it answered 401 in NUMBER ms",
        "a 2xx",
    ),
    Mutant(
        "WH-15",
        "        json.dumps(event, ensure_ascii=False).encode()\n",
        '        log.debug("%s", raw.decode())\n        json.dumps(event, ensure_ascii=False).encode("latin-1")\n',
        "an event with letters beyond ASCII answered 400 in NUMBER ms",
        "a 2xx",
    ),
    Mutant(
        "WH-15",
        "    raw = request.get_data(cache=False)\n",
        "    raw = request.get_data(cache=False).decode().encode()\n",
        "a signed delivery with a byte that is no UTF-8 answered 500 in NUMBER ms",
        "a 2xx or 4xx",
    ),
    Mutant(
        "WH-21",
        """    if TENANT and event.get("workspace_id") != TENANT:\n""",
        """    if TENANT and not event.get("workspace_id"):\n""",
        "an event of another tenant took effect once",
        "the event to take effect not at all",
    ),
    Mutant(
        "WH-22",
        "    return True in [hmac.compare_digest(given, one) for one in right]\n",
        "    if True not in [hmac.compare_digest(given, one) for one in right]:\n"
        """        raise Refused(f"the signature should be {right[0].decode()}")\n"""
        "    return True\n"
        "\n\n"
        "class Refused(Exception):\n    pass\n"
        "\n\n"
        "@app.errorhandler(Refused)\n"
        "def refused(why: Refused) -> tuple[str, int]:\n"
        "    return str(why), 401\n",
        "a delivery without its proof answered 401 in NUMBER ms, with the signature that would have been right",
        "an answer that gives nothing away",
    ),
    Mutant(
        "WH-22",
        "    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) < 15):\n        return False\n",
        "    try:\n"
        "        int(stamp)\n"
        "    except ValueError:\n"
        "        import traceback\n"
        "\n"
        "        from flask import abort\n"
        "\n"
        "        abort(Response(traceback.format_exc(), 401))\n"
        "    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) < 15):\n        return False\n",
        "a delivery with no time of today answered 401 in NUMBER ms, with a stack trace",
        "an answer that gives nothing away",
    ),
]
