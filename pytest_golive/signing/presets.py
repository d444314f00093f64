"""Schemes that many senders share, by name."""

from __future__ import annotations

from collections.abc import Mapping

from pytest_golive.signing.scheme import Scheme

TOLERANCE_SECONDS = 300.0

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
}
