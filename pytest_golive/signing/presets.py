"""Schemes that many senders share, by name."""

from __future__ import annotations

from collections.abc import Mapping

from pytest_golive.signing.scheme import Scheme

TOLERANCE_SECONDS = 300.0

COVERED = ("@method", "@target-uri", "content-type", "content-digest")

MESSAGE_HEADERS = {
    "Content-Digest": "{content_digest}",
    "Signature-Input": "{signature_input}",
    "Signature": "{signature}",
}

PRESETS: Mapping[str, Scheme] = {
    "standard_webhooks": Scheme(
        title="Standard Webhooks: id, time and body, in base64",
        strategy="hmac",
        encoding="base64",
        secret_encoding="base64",  # noqa: S106  # how a secret is written
        secret_prefix="whsec_",  # noqa: S106  # what stands before a secret
        signed="{event_id}.{timestamp}.{body}",
        headers={
            "webhook-id": "{event_id}",
            "webhook-timestamp": "{timestamp}",
            "webhook-signature": "v1,{signature}",
        },
        tolerance_seconds=TOLERANCE_SECONDS,
        several=" v1,",
    ),
    "standard_webhooks_v1a": Scheme(
        title="Standard Webhooks with two keys: the receiver can verify, and not sign",
        strategy="ed25519",
        encoding="base64",
        secret_encoding="base64",  # noqa: S106  # how a secret is written
        secret_prefix="whsk_",  # noqa: S106  # what stands before a secret
        public_prefix="whpk_",
        signed="{event_id}.{timestamp}.{body}",
        headers={
            "webhook-id": "{event_id}",
            "webhook-timestamp": "{timestamp}",
            "webhook-signature": "v1a,{signature}",
        },
        tolerance_seconds=TOLERANCE_SECONDS,
        several=" v1a,",
    ),
    "stripe": Scheme(
        title="Time and body, both told in one header",
        strategy="hmac",
        signed="{timestamp}.{body}",
        headers={"Stripe-Signature": "t={timestamp},v1={signature}"},
        tolerance_seconds=TOLERANCE_SECONDS,
        several=",v1=",
    ),
    "github": Scheme(
        title="The body alone",
        strategy="hmac",
        headers={"X-Hub-Signature-256": "sha256={signature}"},
    ),
    "rfc9421_hmac": Scheme(
        title="HTTP Message Signatures: method, address, type and digest of the body, with a secret shared by both",
        strategy="http_message",
        algorithm="hmac-sha256",
        secret_encoding="base64",  # noqa: S106  # how a secret is written
        covers=COVERED,
        headers=MESSAGE_HEADERS,
        tolerance_seconds=TOLERANCE_SECONDS,
        several=", ",
    ),
    "rfc9421_ed25519": Scheme(
        title="HTTP Message Signatures with two keys: the receiver can verify, and not sign",
        strategy="http_message",
        algorithm="ed25519",
        secret_encoding="base64",  # noqa: S106  # how a secret is written
        public_prefix="public_",
        covers=COVERED,
        headers=MESSAGE_HEADERS,
        tolerance_seconds=TOLERANCE_SECONDS,
        several=", ",
    ),
}
