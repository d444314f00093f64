"""Stands in the vendor's place: answers a client over real sockets, misbehaves as scripted, writes all of it down."""

from pytest_golive.clients.standin.loop import Loop
from pytest_golive.clients.standin.seen import Seen
from pytest_golive.clients.standin.server import StandIn, StandInError

__all__ = ["Loop", "Seen", "StandIn", "StandInError"]
