"""Mutants that read answers wrongly."""

from __future__ import annotations

from tests.clients.client_mutants import Mutant

CRASHED = "the call crashed: its process ended with exit code 1; it said: "

ORDERLY = "an answer of the client, a success or a failure in its own words"

AS_WITHOUT = "a success, as without it"

ITEMS = '    return [{**item, "id": item.get("id") or item.get("provider")} for item in found]\n'

MUTANTS: list[Mutant] = [
    Mutant(
        "CL-46",
        "    except Failed as failed:\n        error =",
        "    except Failed as failed:\n"
        '        if failed.kind == "backend":\n'
        '            return {"call_id": call["call_id"], "ok": True, "result": {"items": []}}\n'
        "        error =",
        "a failure, told as the backend's",
        "after 500 to the end the call succeeded",
    ),
    Mutant(
        "CL-46",
        "        raise api.later()\n\n    def _sent(",
        '        raise Failed("user", "Please look at what you have entered.")\n\n    def _sent(',
        "a failure, told as the backend's",
        "after 500 to the end the call failed as user: 'Please look at what you have entered.'",
        name="as the user's",
    ),
    Mutant(
        "CL-47",
        "        if error is not None:\n",
        "        if error is not None and reply.status >= 400:\n",
        "a failure",
        "after 200 with an error in the body the call succeeded",
        vendor="uppzy",
        operation="get_limits",
    ),
    Mutant(
        "CL-47",
        "    users = code in USER_CODES if code else",
        "    users = status in USER_STATUSES if code else",
        "a failure, told as the backend's",
        "after 400 api_version_required the call failed as user: 'The input was not accepted.'",
        source="vendor_api.py",
        vendor="augno",
        name="by status",
    ),
    Mutant(
        "CL-47",
        "    users = code in USER_CODES if code else",
        '    users = code == "missing_field" if code else',
        "a failure, told as the user's",
        "after 400 validation_failed the call failed as backend: 'The service cannot be reached at the moment. "
        "Please try again later.'",
        source="vendor_api.py",
        vendor="augno",
        operation="create_unit",
        name="hardly any",
    ),
    Mutant(
        "CL-48",
        "    except (ValueError, LookupError, RecursionError):\n",
        "    except RecursionError:\n",
        ORDERLY,
        f"after 204 {CRASHED}json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)",
        source="vendor_api.py",
    ),
    Mutant(
        "CL-49",
        "        raise broken() from None\n",
        "        return {}\n",
        "a failure",
        "after JSON that was cut off the call succeeded",
        source="vendor_api.py",
        vendor="uppzy",
        operation="get_limits",
    ),
    Mutant(
        "CL-49",
        "    except (ValueError, LookupError, RecursionError):\n",
        "    except RecursionError:\n",
        ORDERLY,
        f"after JSON that was cut off {CRASHED}json.decoder.JSONDecodeError: TEXT",
        source="vendor_api.py",
        name="crash",
    ),
    Mutant(
        "CL-50",
        "(httpx.TransportError, httpx.DecodingError)",
        "(httpx.TimeoutException, httpx.NetworkError)",
        ORDERLY,
        f"after a body shorter than its length {CRASHED}httpx.RemoteProtocolError: peer closed connection without "
        "sending complete message body (received NUMBER bytes, expected NUMBER)",
    ),
    Mutant(
        "CL-50",
        "        except requests.RequestException as error:\n",
        "        except requests.RequestException as error:\n"
        '            if "InvalidChunkLength" in str(error):\n'
        "                raise\n",
        ORDERLY,
        f"after a broken chunk {CRASHED}requests.exceptions.ChunkedEncodingError: TEXT",
        source="requests_client.py",
        name="chunk",
    ),
    Mutant(
        "CL-51",
        "    try:\n        body = api.json_of(reply)\n    except Failed:\n        return None\n"
        "    return api.error_in(body)",
        "    body = json.loads(reply.body)\n    return api.error_in(body)",
        "a failure in the client's own words",
        f"after 403 with a page of HTML {CRASHED}json.decoder.JSONDecodeError: Expecting value: TEXT",
    ),
    Mutant(
        "CL-52",
        '    said = {"request_id": reply.request_id, **api.kept_of(error)}\n',
        "    said = api.kept_of(error)\n",
        "the vendor's Request-ID in the log or in the answer",
        "it stands in neither",
        vendor="augno",
    ),
    Mutant(
        "CL-52",
        '    log("answered", operation=operation, attempt=attempt, status=reply.status, **said)\n',
        '    log("answered", operation=operation)\n',
        "status, code or message of the error in the log or in the answer",
        "it stands in neither",
        vendor="uppzy",
        name="status",
    ),
    Mutant(
        "CL-53",
        ITEMS,
        '    known = {"active": "A", "inactive": "I", "blocked": "B"}\n'
        '    return [{"id": item["id"], "status": known[item["status"]]} for item in found]\n',
        AS_WITHOUT,
        f"with values nobody knew (`status`) {CRASHED}KeyError: 'golive_new_value'",
        source="vendor_api.py",
    ),
    Mutant(
        "CL-54",
        ITEMS,
        "    fields = {\n"
        '        *("id", "customer_name", "customer_email", "customer_phone", "status"),\n'
        '        *("tags", "custom_fields", "created_at", "updated_at"),\n'
        "    }\n"
        "    if any(set(item) - fields for item in found):\n"
        "        raise broken()\n" + ITEMS,
        AS_WITHOUT,
        "after fields nobody knew the call failed as backend: 'The service gave an answer that cannot be used. "
        "Please try again later.'",
        source="vendor_api.py",
    ),
    Mutant(
        "CL-55",
        ITEMS,
        '    return [{**item, "email": item["customer_email"].lower()} for item in found]\n',
        AS_WITHOUT,
        f"with null in fields (`custom_fields`, `customer_email`, `customer_phone`, `tags`) {CRASHED}"
        "AttributeError: 'NoneType' object has no attribute 'lower'",
        source="vendor_api.py",
    ),
    Mutant(
        "CL-55",
        ITEMS,
        '    return [{"id": item["id"], "email": (item["customer_email"] or "").lower()} for item in found]\n',
        AS_WITHOUT,
        "with fields that are missing (`custom_fields`, `customer_email`, `customer_phone`, `tags`) "
        f"{CRASHED}KeyError: 'customer_email'",
        source="vendor_api.py",
        name="missing",
    ),
    Mutant(
        "CL-56",
        '    if route.method == "GET":\n        return said\n',
        '    if route.method == "GET":\n'
        '        amount = re.compile(r"-?[0-9]+([.][0-9]+)?")\n'
        "        text = {name: value for name, value in said.items() if isinstance(value, str)}\n"
        "        return said | {name: float(value) for name, value in text.items() if amount.fullmatch(value)}\n",
        '`ratio_numerator` as it was sent: "1234567.000000000000000001"',
        "the client answered with 1234567.0",
        source="vendor_api.py",
        vendor="augno",
        operation="get_unit",
    ),
    Mutant(
        "CL-57",
        ITEMS,
        '    return [{"id": item["id"], "created_at": item["created_at"][:19] + "Z"} for item in found]\n',
        '`created_at` as it was sent: "2026-03-29T01:30:00.250000+05:30"',
        'the client answered with "2026-03-29T01:30:00Z"',
        source="vendor_api.py",
    ),
    Mutant(
        "CL-57",
        ITEMS,
        '    written = "%Y-%m-%dT%H:%M:%SZ"\n'
        '    return [{**item, "since": time.strptime(item["created_at"], written)} for item in found]\n',
        AS_WITHOUT,
        f"after times with an offset {CRASHED}ValueError: time data '2026-03-29T01:30:00.250000+05:30' does not match "
        "format '%Y-%m-%dT%H:%M:%SZ'",
        source="vendor_api.py",
        name="crash",
    ),
    Mutant(
        "CL-58",
        'text.removeprefix("\\N{ZERO WIDTH NO-BREAK SPACE}")',
        "text",
        "an answer of the client, a success or a failure",
        f"after a byte order mark {CRASHED}json.decoder.JSONDecodeError: Unexpected UTF-8 BOM (decode using "
        "utf-8-sig): line 1 column 1 (char 0)",
        source="vendor_api.py",
        name="mark",
        more=(("    except (ValueError, LookupError, RecursionError):\n", "    except RecursionError:\n"),),
    ),
    Mutant(
        "CL-58",
        'charset[1] if charset else "utf-8"',
        'charset[1] if charset else "latin-1"',
        '`customer_name` as it was sent: "Zoë Ğüneş, 東京, Łódź 🦊 «ok»"',
        'the client answered with "ZoÃ«TEXT"',
        source="vendor_api.py",
    ),
    Mutant(
        "CL-59",
        "answer.iter_bytes()",
        "answer.iter_raw()",
        AS_WITHOUT,
        "it accepts gzip, and after an answer in it the call failed as backend: 'The service gave an answer that "
        "cannot be used. Please try again later.'",
    ),
    Mutant(
        "CL-59",
        '                        raise NotDone("unknown", "the answer is too large")\n',
        "                        raise MemoryError\n",
        "an answer of the client, a success or a failure",
        f"after 32 MiB in a few kilobytes {CRASHED}MemoryError",
        name="bomb",
    ),
    Mutant(
        "CL-60",
        "        deadline = min(deadline, time.monotonic() + POLL_BUDGET_SECONDS)\n",
        "        return submitted\n",
        "success once an answer of get_chat_request says completed",
        "success after 0 answers of get_chat_request, of which none said so",
        vendor="uppzy",
        operation="chat_async_and_wait",
    ),
    Mutant(
        "CL-61",
        "follow_redirects=False",
        "follow_redirects=True",
        "POST with the same body after 301, or a failure",
        "it went on with GET without a body, and told a success",
        operation="create_contact",
        name="httpx",
    ),
    Mutant(
        "CL-61",
        'redirect: "manual"',
        'redirect: "follow"',
        "POST with the same body after 301, or a failure",
        "it went on with GET without a body, and told a success",
        source="node_client.mjs",
        vendor="uppzy",
        operation="create_text_document",
        name="fetch",
    ),
    Mutant(
        "CL-61",
        "allow_redirects=False",
        "allow_redirects=True",
        "PUT with the same body after 301, or a failure",
        "it went on with PUT without a body, and told a success",
        source="requests_client.py",
        operation="update_contact",
    ),
    Mutant(
        "CL-62",
        ITEMS,
        '    return [{"id": item["id"] if list(item)[0] == "id" else item[0]} for item in found]\n',
        AS_WITHOUT,
        f"after fields in another order {CRASHED}KeyError: 0",
        source="vendor_api.py",
        name="crash",
    ),
    Mutant(
        "CL-62",
        ITEMS,
        '    return [{"id": next(iter(item.values()))} for item in found]\n',
        '`id` as it was sent: "TEXT"',
        'the client answered with "TEXT"',
        source="vendor_api.py",
    ),
]
