"""Mutants that take no event but those they were written for."""

from __future__ import annotations

from tests.handlers.handler_mutants import Mutant

MUTANTS = [
    Mutant(
        "WH-63",
        '        return "ignored", 200\n',
        '        return "unknown", 422\n',
        "an event of an unknown kind answered 422 in NUMBER ms",
        "a 2xx",
    ),
    Mutant(
        "WH-64",
        "    if name not in KNOWN:\n",
        '    if set(event) - {"event", "event_id", "timestamp", "workspace_id", "data"}:\n'
        '        return "unusable", 400\n'
        "    if name not in KNOWN:\n",
        "an event with new fields answered 400 in NUMBER ms",
        "a 2xx",
    ),
    Mutant(
        "WH-65",
        '    subject = data.get("conversation_id")\n',
        '    subject = data.get("conversation_id")\n'
        '    if "channel_type" in data:\n'
        '        log.info("over %s", {"whatsapp": "WhatsApp", "widget": "the shop"}[data["channel_type"]])\n',
        "conversation.created with an unknown value in data.channel_type answered 500 in NUMBER ms",
        "a 2xx or 4xx",
    ),
    Mutant(
        "WH-66",
        '    subject = data.get("conversation_id")\n',
        '    subject = data.get("conversation_id")\n'
        '    if name == "conversation.created":\n'
        '        log.info("it is %s\'s", data["assigned_to"] or "nobody")\n',
        "conversation.created without its optional fields answered 500 in NUMBER ms",
        "a 2xx or 4xx",
    ),
    Mutant(
        "WH-67",
        "    with database() as db:\n        row = (event_id, name, at, subject, raw.decode())\n",
        "    with database() as db:\n"
        "        db.execute(\"INSERT INTO effects VALUES ('', ?, ?, ?)\", (subject, name, at))\n"
        '    if "contact_id" not in data:\n'
        '        return "unusable", 400\n'
        "    with database() as db:\n"
        "        row = (event_id, name, at, subject, raw.decode())\n",
        "conversation.created without data.contact_id answered 400 in NUMBER ms, took no effect,"
        " and yet its subject has a state",
        "all of its effect, or none",
    ),
    Mutant(
        "WH-70",
        "    except (ValueError, TypeError, KeyError, RecursionError):\n",
        "    except (UnicodeError, TypeError, KeyError, RecursionError):\n",
        "a signed delivery with a body that breaks off answered 500 in NUMBER ms",
        "a 2xx or 4xx",
    ),
    Mutant(
        "WH-71",
        "    except (ValueError, TypeError, KeyError, RecursionError):\n",
        "    except (ValueError, TypeError, KeyError):\n",
        "a signed delivery with lists nested 100000 deep answered 500 in NUMBER ms",
        "a 2xx or 4xx",
    ),
    Mutant(
        "WH-72",
        "    if not is_understood(event):\n",
        "    if False:\n",
        "an event of the API version 99.0.golive answered 200 in NUMBER ms, and took effect once",
        "no effect",
        source="handler.py",
        vendor="augno",
    ),
    Mutant(
        "WH-73",
        'is_test(event) != (MODE == "test")',
        "False",
        "a test event answered 200 in NUMBER ms, and took effect once",
        "no effect",
        source="handler.py",
        vendor="augno",
    ),
    Mutant(
        "WH-76",
        '        return "not for us", 200\n',
        '        return "not for us", 503\n',
        "an event of another tenant answered 503 in NUMBER ms",
        "a 2xx or 4xx",
    ),
    Mutant(
        "WH-78",
        '        return "not for us", 200\n',
        '        return "not for us", 410\n',
        "an event of another tenant answered 410 in NUMBER ms",
        "any answer but 410",
    ),
]
