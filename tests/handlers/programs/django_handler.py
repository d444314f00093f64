"""A right handler of Timely.ai's webhooks: Django with its ORM, work in threads."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import django
from django.conf import settings
from django.core.management.utils import get_random_secret_key

LARGEST = 5 * 1024 * 1024

settings.configure(
    SECRET_KEY=os.environ.get("DJANGO_SECRET_KEY") or get_random_secret_key(),
    ALLOWED_HOSTS=["127.0.0.1", "localhost"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    DATA_UPLOAD_MAX_MEMORY_SIZE=LARGEST,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
    ],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": os.environ["DATABASE"],
            "OPTIONS": {
                "timeout": 30,
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL",
            },
        }
    },
)
django.setup()

from django.core.exceptions import RequestDataTooBig  # noqa: E402  # models need the settings
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import close_old_connections, connection, models, transaction  # noqa: E402
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError  # noqa: E402
from django.urls import path  # noqa: E402
from django.views.decorators.csrf import csrf_exempt  # noqa: E402
from django.views.decorators.http import require_GET, require_POST  # noqa: E402

SECRETS = [os.environ[name] for name in ("WEBHOOK_SECRET", "PREVIOUS_WEBHOOK_SECRET") if os.environ.get(name)]
TENANT = os.environ.get("TENANT", "")
DOWNSTREAM_URL = os.environ.get("DOWNSTREAM_URL", "")
TOLERANCE_SECONDS = 300

STATUS = {
    "conversation.created": "open",
    "conversation.assigned": "assigned",
    "conversation.closed": "closed",
    "conversation.reopened": "open",
}
RANK = {name: rank for rank, name in enumerate(STATUS)}
KNOWN = {*STATUS, "message.received", "message.sent", "message.delivered", "message.read", "message.failed"}

work = ThreadPoolExecutor(16)


class Event(models.Model):
    """An event that was answered with a 2xx; the inbox."""

    event_id = models.TextField(primary_key=True)
    name = models.CharField(max_length=100)
    subject = models.TextField(db_index=True)
    at = models.DateTimeField()
    done = models.BooleanField(default=False)

    class Meta:
        app_label = "shop"


class Effect(models.Model):
    """What an event did."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE)

    class Meta:
        app_label = "shop"


def prepare() -> None:
    """Make the tables, and take up what was answered and not done."""
    there = connection.introspection.table_names()
    for model in (Event, Effect):
        if model._meta.db_table not in there:
            with connection.schema_editor() as editor:
                editor.create_model(model)
    for event_id in Event.objects.filter(done=False).values_list("event_id", flat=True):
        work.submit(carry_out, event_id)
    connection.close()


def is_genuine(request: HttpRequest, raw: bytes) -> bool:
    stamp = request.headers.get("X-Timely-Timestamp", "")
    given = request.headers.get("X-Timely-Signature", "").encode()
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) < 15):
        return False
    if abs(time.time() - int(stamp)) > TOLERANCE_SECONDS:
        return False
    message = stamp.encode() + b"." + raw
    right = [hmac.new(secret.encode(), message, hashlib.sha256).hexdigest().encode() for secret in SECRETS]
    return True in [hmac.compare_digest(given, one) for one in right]


def refuse_constant(name: str) -> None:
    raise ValueError(name)


def moment(text: Any) -> datetime:
    parsed = datetime.fromisoformat(text)
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).astimezone(UTC)


@csrf_exempt
@require_POST
def webhook(request: HttpRequest) -> HttpResponse:
    try:
        raw = request.body
    except RequestDataTooBig:
        return HttpResponse("too large", status=413)
    except UnreadablePostError:
        return HttpResponse("broken off", status=400)
    if not is_genuine(request, raw):
        return HttpResponse("refused", status=401)
    try:
        event = json.loads(raw, parse_constant=refuse_constant)
        json.dumps(event, ensure_ascii=False).encode()
        taken = take(event)
    except (ValueError, TypeError, KeyError, RecursionError, OverflowError):
        return HttpResponse("unusable", status=400)
    return HttpResponse("taken" if taken else "ignored")


def take(event: dict[str, Any]) -> bool:
    """Store an event that is for us, once, before it is answered."""
    event_id, name, data = event["event_id"], event["event"], event["data"]
    if not (isinstance(event_id, str) and event_id and isinstance(name, str)):
        raise TypeError
    if (TENANT and event.get("workspace_id") != TENANT) or name not in KNOWN:
        return False
    subject = data["conversation_id"]
    if not (isinstance(subject, str) and subject):
        raise TypeError
    _, new = Event.objects.get_or_create(
        event_id=event_id, defaults={"name": name, "subject": subject, "at": moment(event["timestamp"])}
    )
    if new:
        work.submit(carry_out, event_id)
    return True


def carry_out(event_id: str) -> None:
    """Do an event's work until it is done; what fails is tried again."""
    pause = 0.2
    while not call_downstream(event_id):
        time.sleep(pause)
        pause = min(pause * 2, 5)
    try:
        with transaction.atomic():
            if Event.objects.filter(event_id=event_id, done=False).update(done=True):
                Effect.objects.create(event_id=event_id)
    finally:
        close_old_connections()


def call_downstream(event_id: str) -> bool:
    if not DOWNSTREAM_URL:
        return True
    try:
        asked = urllib.request.Request(f"{DOWNSTREAM_URL}/work/{quote(event_id, safe='')}", data=b"{}")
        with urllib.request.urlopen(asked, timeout=60):
            return True
    except (OSError, urllib.error.HTTPError):
        return False


def state_of(subject: str) -> dict[str, Any] | None:
    """Return what follows from a conversation's events by their times, in whatever order they came."""
    rows = list(Event.objects.filter(subject=subject, done=True).values_list("at", "name"))
    if not rows:
        return None
    deciding = [(at, RANK[name], name) for at, name in rows if name in STATUS]
    status = STATUS[max(deciding)[2]] if deciding else "open"
    return {"status": status, "messages": sum(name.startswith("message.") for _, name in rows)}


@require_GET
def effects(request: HttpRequest) -> JsonResponse:
    if "event_id" in request.GET:
        return JsonResponse({"count": Effect.objects.filter(event_id=request.GET["event_id"]).count()})
    return JsonResponse({"state": state_of(request.GET["subject"])})


def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


urlpatterns = [
    path("hooks/timely", webhook),
    path("golive/effects", effects),
    path("healthz", healthz),
]

prepare()
application = get_wsgi_application()
