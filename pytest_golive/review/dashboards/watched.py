"""What the files of dashboards and alerts are about, by the metrics they ask for and the words they use."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from pytest_golive.review.names import MetricNames

_LATENCY = r"quantile|p50|p95|p99|percentil|latenc|duration|latenz|latencia|latência"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Something that has to be watched.

    Attributes:
        rule: which rule says so.
        what: for a reader.
        words: how panels and alerts may call it.
        metric: the metric that tells it, as golive.yaml calls metrics; empty where words tell.
        feature: the part of the API it is about; empty where it is about all.
    """

    rule: str
    what: str
    words: str
    metric: str = ""
    feature: str = ""


PANELS = (
    Wanted(
        "UPZ-34",
        "calls per endpoint",
        r"requests?|calls|volume|traffic|throughput|anfragen|peticiones|requisiç",
        "requests",
    ),
    Wanted("UPZ-35", "share of success", r"success|availab|error rate|ok rate|2xx|2\.\.|erfolg|éxito|sucesso|status"),
    Wanted("UPZ-36", "4xx, 429 and 5xx", r"429|rate.?limit|4xx|4\.\.|5xx|5\.\.|status"),
    Wanted("UPZ-37", "latency", _LATENCY, "request_seconds"),
    Wanted("UPZ-38", "timeouts", r"time.?out|zeitüberschreit|tiempo de espera|tempo limite", "timeouts"),
    Wanted("UPZ-39", "time to an async answer", r"async|poll", "async_seconds", "async_chat"),
    Wanted("UPZ-40", "ratings", r"feedback|rating|thumb|bewertung|valoraci|avaliaç", "feedback", "feedback"),
)
"""What dashboards have to show."""

ALERTS = (
    Wanted("UPZ-45", "401", r"401|unauthori[sz]ed|auth(?:entication)?.?fail"),
    Wanted("UPZ-46", "403", r"403|forbidden"),
    Wanted("UPZ-47", "429", r"429|rate.?limit|too.?many|throttl"),
    Wanted("UPZ-48", "5xx", r"5xx|5\.\.|5\[0-9\]|5\\\\?d|50\d|server.?error|error.?rate"),
    Wanted("UPZ-49", "timeouts", r"time.?out", "timeouts"),
    Wanted("UPZ-50", "async timeouts", r"async|poll", "async_timeouts", "async_chat"),
    Wanted(
        "UPZ-51",
        "calls that cease",
        r"absent|offset|no.?(?:traffic|calls|data|requests)|volume|drop|ceas|silent|missing",
    ),
)
"""What alerts have to be there for."""


def unresolved(wanted: Collection[Wanted], text: str, names: MetricNames, used: Mapping[str, bool]) -> Iterator[Wanted]:
    """Yield what nothing in some files is about.

    Args:
        wanted: what has to be there.
        text: all that the files hold.
        names: how the project's metrics are called.
        used: which parts of the API are used.
    """
    for each in wanted:
        if each.feature and not used.get(each.feature, True):
            continue
        metric = names.selector(each.metric).name if each.metric else ""
        if metric and re.search(rf"(?<![\w:]){re.escape(metric)}", text):
            continue
        if not re.search(each.words, text, re.IGNORECASE):
            yield each
