"""Operations on the providers of a site: configuration, test, logs, health."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pytest_golive.sandbox.front import Call, Refusal
from pytest_golive.sandbox.selwise.access import Caller
from pytest_golive.sandbox.selwise.entries import entry, page
from pytest_golive.sandbox.selwise.state import DEFAULTS, MASK, SECRETS, Integration, Site, State, new_id, now
from pytest_golive.sandbox.selwise.validation import check_integration, check_layer, provider_of

Merge = Literal["keep", "replace"]

FIELDS: Mapping[str, str] = {
    "enabled": "enabled",
    "testMode": "test_mode",
    "eventMapping": "event_mapping",
    "reverseEventMapping": "reverse_mapping",
    "eventFilters": "filters",
}
"""Fields of a body -> where they are kept; `config` stands apart, for its secrets."""


class Integrations:
    """What is configured of each provider, and of the data layer.

    Attributes:
        merge: what becomes of a field that an update leaves out: it is kept, or it is removed.
    """

    def __init__(self, state: State, merge: Merge) -> None:
        self._state = state
        self.merge: Merge = merge

    def list_integrations(self, call: Call[Caller]) -> list[dict[str, Any]]:
        """Return the providers that are configured."""
        with self._state.lock:
            site = self._site(call)
            return [shown(site, one) for one in site.integrations.values()]

    def get_integration(self, call: Call[Caller]) -> dict[str, Any]:
        """Return one provider."""
        with self._state.lock:
            site = self._site(call)
            return shown(site, _configured(site, call))

    def put_integration(self, call: Call[Caller]) -> dict[str, Any]:
        """Store a provider: what is sent replaces what was there, field by field."""
        provider = provider_of(call.path["provider"])
        with self._state.lock:
            site = self._site(call)
            known = site.integrations.get(provider)
            if known is None and "config" not in call.body:
                raise Refusal(400, "config is required", field="config")
            check_integration(provider, call.body)
            mine = known or _new(provider)
            before = _clear(mine, call.body) if self.merge == "replace" and known is not None else None
            _store(mine, call.body, before)
            site.integrations[provider] = mine
            site.logs.setdefault(provider, [])
            return shown(site, mine)

    def delete_integration(self, call: Call[Caller]) -> dict[str, Any]:
        """Remove a provider with its mappings and filters; its logs stay."""
        with self._state.lock:
            site = self._site(call)
            del site.integrations[_configured(site, call).provider]
        return {}

    def test_integration(self, call: Call[Caller]) -> dict[str, Any]:
        """Say whether the provider takes the credentials; what is wrong with them shows here and nowhere else."""
        with self._state.lock:
            site = self._site(call)
            mine = _configured(site, call)
            wrong = wrong_secret(site, mine)
            error = {"code": "unauthorized", "message": f"the provider refuses {wrong}"} if wrong else None
            site.logs[mine.provider].append(
                entry(
                    "failed" if wrong else "test",
                    "custom_event",
                    provider=mine.provider,
                    httpStatus=401 if wrong else 204,
                    error=error,
                    durationMs=12,
                )
            )
        return {
            "success": wrong is None,
            "message": error["message"] if error else "ok",
            "latencyMs": 12,
            "testedAt": now(),
            "details": None,
        }

    def list_integration_logs(self, call: Call[Caller]) -> dict[str, Any]:
        """Return what was sent to a provider, newest first, also once it was removed."""
        provider = provider_of(call.path["provider"])
        with self._state.lock:
            site = self._site(call)
            if provider not in site.logs:
                raise Refusal(404, "integration not found")
            return page([*reversed(site.logs[provider])], call.query)

    def get_default_mappings(self, call: Call[Caller]) -> dict[str, Any]:
        """Return what a provider's mapping begins with, whether it is configured or not."""
        provider = provider_of(call.path["provider"])
        return {"provider": provider, "eventMapping": dict(DEFAULTS[provider])}

    def get_data_layer(self, call: Call[Caller]) -> dict[str, Any]:
        """Return the data layer."""
        with self._state.lock:
            return dict(self._site(call).layer)

    def put_data_layer(self, call: Call[Caller]) -> dict[str, Any]:
        """Store the data layer; fields that nobody knows are kept as they are."""
        check_layer(call.body)
        with self._state.lock:
            layer = self._site(call).layer
            layer.update(call.body)
            return dict(layer)

    def _site(self, call: Call[Caller]) -> Site:
        return self._state.sites[call.path["site_id"]]


def shown(site: Site, mine: Integration) -> dict[str, Any]:
    """Return a provider as reading shows it: with its secrets masked."""
    hidden = SECRETS[mine.provider]
    return {
        "id": mine.id,
        "siteId": site.id,
        "provider": mine.provider,
        "enabled": mine.enabled,
        "testMode": mine.test_mode,
        "config": {name: MASK if name in hidden else value for name, value in mine.config.items()},
        "eventMapping": dict(mine.event_mapping),
        "reverseEventMapping": dict(mine.reverse_mapping),
        "eventFilters": dict(mine.filters),
        "createdAt": mine.created_at,
        "updatedAt": mine.updated_at,
    }


def wrong_secret(site: Site, mine: Integration) -> str | None:
    """Return which member of `config` the provider does not know; None where it knows all, or needs none."""
    for name in SECRETS[mine.provider]:
        given = mine.config.get(name)
        if given is not None and given != site.right_secrets.get((mine.provider, name)):
            return f"config.{name}"
    return None


def _configured(site: Site, call: Call[Caller]) -> Integration:
    mine = site.integrations.get(provider_of(call.path["provider"]))
    if mine is None:
        raise Refusal(404, "integration not found")
    return mine


def _new(provider: str) -> Integration:
    return Integration(new_id(), provider, now(), now(), event_mapping=dict(DEFAULTS[provider]))


def _clear(mine: Integration, body: Mapping[str, Any]) -> dict[str, Any]:
    """Empty a provider, as a vendor does for whom an update is the whole; return the secrets it had."""
    kept = {name: mine.config[name] for name in SECRETS[mine.provider] if name in mine.config}
    mine.enabled, mine.test_mode = False, False
    mine.event_mapping, mine.reverse_mapping, mine.filters = {}, {}, {}
    if "config" not in body:
        mine.config = {}
    return kept


def _store(mine: Integration, body: Mapping[str, Any], secrets: dict[str, Any] | None) -> None:
    for field, attribute in FIELDS.items():
        if field in body:
            value = body[field]
            setattr(mine, attribute, dict(value) if isinstance(value, Mapping) else value)
    if "config" in body:
        kept = {name: mine.config[name] for name in SECRETS[mine.provider] if name in mine.config}
        mine.config = {**(kept if secrets is None else secrets), **body["config"]}
    if body:
        mine.updated_at = now()
