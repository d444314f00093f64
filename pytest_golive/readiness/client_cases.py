"""The checks of a team's API clients: every fault, once for each operation, or each client, it may show in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pytest_golive.clients.catalogue import functions
from pytest_golive.vendors.client_fault import shown_by_api, tried_with
from pytest_golive.vendors.library import client_faults
from pytest_golive.vendors.pack import Pack

CHECK = "client_withstands"
"""The check that tries a fault."""


@dataclass(frozen=True, slots=True)
class ClientCase:
    """A client, as far as the plan needs to know it.

    Attributes:
        name: in golive.yaml.
        vendor: whom it calls.
        operations: what it can do, by the names of the pack.
    """

    name: str
    vendor: str
    operations: tuple[str, ...]


def is_provoked(fault: str | None) -> bool:
    """Whether this version can provoke a fault of clients."""
    return fault in functions()


def clients_of(clients: Sequence[ClientCase], pack: Pack) -> tuple[ClientCase, ...]:
    """Return the clients of a vendor."""
    return tuple(client for client in clients if client.vendor == pack.vendor)


def tried(clients: Sequence[ClientCase], pack: Pack, fault: str) -> Iterator[tuple[ClientCase, str | None]]:
    """Yield each client of a vendor with each operation a fault is tried with; None: the client as a whole."""
    for client in clients_of(clients, pack):
        for operation in tried_with(pack, client.operations, client_faults()[fault]):
            yield client, operation


def why_nobody(fault: str, pack: Pack) -> str:
    """Return why a fault concerns no client of a vendor, as the end of 'not applicable: '."""
    wanted = client_faults()[fault]
    if not set(wanted.applies) <= shown_by_api(pack):
        return "this vendor has nothing to get wrong here"
    kind = {
        "write": "only reads",
        "update": "changes nothing that is there",
        "batch": "sends no batches",
        "listing": "lists nothing that comes in pages",
        "polled": "waits for no work that ends later",
        "read": "only writes",
    }.get(wanted.each, "has no operation it could show in")
    return f"no client of this vendor could have it: it {kind}"


def why_not_tried(fault: str) -> str:
    """Return why a fault is tried with no client; '' where it is."""
    return client_faults()[fault].cannot
