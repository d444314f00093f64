"""Why a call failed, as far as its record tells."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pytest_golive.source.logged.records import Record

REASONS: Mapping[str, re.Pattern[str]] = {
    "the name was not found": re.compile(
        r"getaddrinfo|gaierror|ENOTFOUND|EAI_AGAIN|NameResolution|name resolution|UnknownHost|no such host"
        r"|Name or service"
        r"|nodename nor servname|could not resolve|resolve host|\bdns\b|NXDOMAIN|SocketException.*host",
        re.IGNORECASE,
    ),
    "the certificate was not accepted": re.compile(
        r"certificate|\bcert\b|CERT_|\bssl\b|\btls\b|SSLError|handshake|x509|self[- _]signed", re.IGNORECASE
    ),
    "the key was refused": re.compile(
        r"\b401\b|unauthori[sz]ed|unauthenticated|invalid_credentials|api_key_(?:expired|revoked)|authentication"
        r"|(?:key|credential)s? (?:was |is |has been )?(?:revoked|expired|refused|invalid|rejected)|AuthError",
        re.IGNORECASE,
    ),
    "no answer in time": re.compile(
        r"time[-_ ]?d?[-_ ]?out|ETIMEDOUT|deadline exceeded|AbortError|UND_ERR_(?:HEADERS|BODY|CONNECT)_TIMEOUT"
        r"|tempo esgotado"
        r"|zeitüberschreitung|expirado",
        re.IGNORECASE,
    ),
    "nobody took the connection": re.compile(
        r"ECONNREFUSED|connection[ _]?refused|ConnectionRefused|ConnectException|connect(?:ion)? ?error"
        r"|ConnectError|refused"
        r"|EHOSTUNREACH|ENETUNREACH|no route to host|network is unreachable|failed to connect|couldn't connect"
        r"|max retries exceeded",
        re.IGNORECASE,
    ),
    "the connection broke": re.compile(
        r"ECONNRESET|reset by peer|connection reset|broken pipe|EPIPE|socket hang up|RemoteProtocolError"
        r"|ReadError|disconnected"
        r"|unexpected EOF|\bEOF\b|ChunkedEncodingError|IncompleteRead|premature|other side closed|UND_ERR_SOCKET"
        r"|connection (?:was )?(?:closed|aborted|lost)|ServerDisconnected|BadStatusLine|RemoteDisconnected",
        re.IGNORECASE,
    ),
}
"""What a record may tell of a failure -> how it is written."""

_OTHER = re.compile(
    r"\b[\w.]*(?:Exception|Error|Refused|Failure)\b(?<!fetch Error)|\b[45]\d\d\b|\bE[A-Z]{4,}\b"
    r"|\b[a-z]+(?:_[a-z]+)+\b"
)
_SAYS_NOTHING = re.compile(
    r"(?:type ?error: ?)?(?:fetch failed|network error|failed to fetch|request failed|error|exception|failed"
    r"|unknown(?: error)?"
    r"|something went wrong|an error occurred|call failed|api error|http error|internal error|typeerror)\W*",
    re.IGNORECASE,
)


_OF_ERRORS = re.compile(r"err|exc|cause|reason|stack", re.IGNORECASE)


def reason_of(record: Record) -> str:
    """Return why a call failed, as its record tells; empty where it does not."""
    return next((reason for reason, pattern in REASONS.items() if pattern.search(record.text)), "")


def tells_a_reason(record: Record) -> bool:
    """Whether a record tells why a call failed: a known reason, or the name or code of what happened."""
    if reason_of(record):
        return True
    error = record.told.get("error", "")
    if error and not _SAYS_NOTHING.fullmatch(error.strip()):
        return True
    return any(not _SAYS_NOTHING.fullmatch(match.group()) for match in _OTHER.finditer(_sentence(record)))


def _sentence(record: Record) -> str:
    """Return what a record says, without the names of its fields, which tell no reason."""
    if not record.fields:
        return record.text
    return "\n".join(value for place, value in record.fields.items() if _OF_ERRORS.search(place))
