"""The life of the things that a vendor's events are about: which events belong together, and in what order."""

from __future__ import annotations

from collections.abc import Mapping

from pytest_golive.vendors.webhooks import Webhooks


def lifecycles(webhooks: Webhooks) -> Mapping[str, tuple[str, ...]]:
    """Return by kind of thing the events of its life, in their order: created before closed.

    Events belong together when their examples are about the same kind of new id: ``{fresh:conversation}``.
    """
    found: dict[str, list[tuple[int, str]]] = {}
    for name, event in webhooks.events.items():
        kind = webhooks.kind_of(name)
        if event.lifecycle is not None and kind is not None:
            found.setdefault(kind, []).append((event.lifecycle, name))
    return {kind: tuple(name for _, name in sorted(events)) for kind, events in found.items() if len(events) > 1}
