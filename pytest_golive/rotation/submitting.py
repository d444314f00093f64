"""Submits something that is answered later, to be asked for once the key was replaced."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from pytest_golive.exchange.examples import Examples
from pytest_golive.exchange.vendor import Vendor
from pytest_golive.facts.finding import CheckFailed, Finding


def submit(vendor: Vendor) -> tuple[str, Mapping[str, str]] | None:
    """Submit the vendor's example of what is answered later; None where it has nothing of the kind, or it is not used.

    Returns:
        The operation that asks for it, and by what.

    Raises:
        NotVerified: it is not allowed in this environment.
        CheckFailed: the vendor refused it.
        CannotTell: no answer came.
    """
    for name, operation in vendor.pack.operations.items():
        polling, feature = operation.polling, operation.feature
        if polling is None:
            continue
        if feature is not None and not vendor.target.features.get(feature, vendor.pack.features[feature].default):
            continue
        examples = Examples(vendor, lambda kind: f"golive-{kind}-{secrets.token_hex(4)}")
        answer = examples.made(name).answer
        answer.must_succeed()
        told = answer.json if isinstance(answer.json, Mapping) else {}
        found = {argument: str(told[field]) for argument, field in polling.arguments.items() if told.get(field)}
        if len(found) < len(polling.arguments):
            wanted = " and ".join(polling.arguments.values())
            raise CheckFailed(Finding(f"{name} has to answer {wanted}", wanted, "not there"))
        return polling.operation, found
    return None
