from __future__ import annotations

import subprocess
import sys
import threading
import time

from pytest_golive.changes.turn import held_alone

HOLDER = """
import sys, time
from pytest_golive.changes.turn import held_alone
with held_alone("a place", sys.argv[1]):
    print("held", flush=True)
    time.sleep(60)
"""


def test_another_process_is_waited_for_until_it_ends() -> None:
    """Also when it is killed: what it held is free then."""
    with subprocess.Popen([sys.executable, "-c", HOLDER, "ga4"], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        got: list[float] = []

        def wait() -> None:
            with held_alone("a place", "ga4"):
                got.append(time.monotonic())

        thread = threading.Thread(target=wait)
        thread.start()
        time.sleep(0.3)
        waiting, killed = not got, time.monotonic()
        holder.kill()
        thread.join(10)

    assert waiting
    assert got
    assert got[0] >= killed


def test_other_things_are_not_held_up() -> None:
    """A change of one provider waits for no other's."""
    with held_alone("a place", "ga4"), held_alone("a place", "meta"), held_alone("another", "ga4"):
        pass
