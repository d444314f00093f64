"""Selwise, embedded: integrations of a site, their logs, webhooks, public keys, and the events that pass through."""

from pytest_golive.sandbox.selwise.app import Selwise

__all__ = ["Selwise"]
