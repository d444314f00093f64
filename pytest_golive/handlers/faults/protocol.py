"""Protocol: a public endpoint of HTTP, whoever calls it and however."""

from __future__ import annotations

from dataclasses import replace

from pytest_golive.handlers.catalogue import fault
from pytest_golive.handlers.trial import Trial


@fault("WH-55")
def other_methods(trial: Trial) -> None:
    """A genuine delivery by another method than POST. A GET may show a page, and still must do nothing."""
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        parcel = replace(trial.genuine(), method=method).saying(f"a genuine delivery by {method}")
        receipt = trial.send(parcel)
        if method != "GET":
            trial.must(not receipt.accepted, expected="no 2xx", actual=f"{parcel.said} {receipt.told}")
        if trial.lab.has_probe:
            trial.must_act(parcel, 0)


@fault("WH-57")
def ways_to_send_a_body(trial: Trial) -> None:
    """A body in chunks of unknown number, and one that asks for leave first."""
    in_chunks = replace(trial.genuine(), framing="chunked", chunk_bytes=50, said="a delivery that came in chunks")
    asking = replace(trial.genuine(), waits_for_continue=True, said="a delivery that asked with Expect: 100-continue")
    for parcel in (in_chunks, asking):
        trial.must_accept(parcel, trial.send(parcel))
