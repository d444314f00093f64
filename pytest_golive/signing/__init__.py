"""Webhook signatures: schemes as data, the headers that prove a delivery, and whether they do."""

from pytest_golive.signing.key import new_secret, public_of
from pytest_golive.signing.presets import PRESETS
from pytest_golive.signing.scheme import Scheme
from pytest_golive.signing.signer import sign
from pytest_golive.signing.verifier import NotGenuine, verify

__all__ = ["PRESETS", "NotGenuine", "Scheme", "new_secret", "public_of", "sign", "verify"]
