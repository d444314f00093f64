"""The two names of the same API: Augno, and OpenMRP, as its vendor calls itself since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Brand:
    """Everything of the API that carries the vendor's name.

    Attributes:
        version_header: header that names the API version.
        account_header: header that names the account to act on.
        key_prefix: what every key begins with, before its mode.
        errors: where the error codes are explained; the code follows.
        request_logs: where the dashboard shows a request; its id follows.
        host: the public host, as request logs name it.
        user_agent: what webhooks are sent by.
        signature_header: header of a webhook's signature.
    """

    version_header: str
    account_header: str
    key_prefix: str
    errors: str
    request_logs: str
    host: str
    user_agent: str
    signature_header: str


BRANDS: Mapping[str, Brand] = {
    "augno": Brand(
        version_header="Augno-Version",
        account_header="Augno-Account",
        key_prefix="aug_sk_",
        errors="https://docs.augno.com/api/errors#",
        request_logs="https://augno.com/dashboard/request-logs/",
        host="api.augno.com",
        user_agent="Augno-Webhooks/1",
        signature_header="Augno-Signature",
    ),
    "openmrp": Brand(
        version_header="OpenMRP-Version",
        account_header="OpenMRP-Account",
        key_prefix="mrp_sk_",
        errors="https://docs.openmrp.ai/api/errors#",
        request_logs="https://openmrp.ai/dashboard/request-logs/",
        host="api.openmrp.ai",
        user_agent="OpenMRP-Webhooks/1",
        signature_header="OpenMRP-Signature",
    ),
}
