"""Whether every worker holds the new key: many answers of one address, each by whichever worker took the request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from pytest_golive.rotation.instances import Instance

SURE = 0.99
"""With this probability each worker has to have answered at least once."""

USUAL = 16
"""How often is asked where nobody says how many workers there are."""

EXACTLY = 64
"""Up to so many workers the probability is computed exactly; above, by a bound that is close."""

MOST = 2000
"""More answers than this are not asked for."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What many answers told.

    Attributes:
        answers: how many there were.
        keys: worker -> the fingerprints it told -> how often; the worker "" is one that does not say who it is.
        processes: whether a worker's name tells one process from another.
        together: whether one answer tells of several workers.
    """

    answers: int
    keys: Mapping[str, Mapping[str, int]]
    processes: bool = False
    together: bool = False

    @property
    def named(self) -> tuple[str, ...]:
        """The workers that say who they are."""
        return tuple(name for name in self.keys if name)


def seen(answers: Sequence[Sequence[Instance]]) -> Seen:
    """Return what many answers told, each the instances of one report."""
    keys: dict[str, Counter[str]] = {}
    for instances in answers:
        for each in instances:
            if each.fingerprint:
                keys.setdefault(each.name, Counter())[each.fingerprint] += 1
    told = [each for instances in answers for each in instances if each.fingerprint]
    return Seen(
        len(answers),
        keys,
        processes=bool(told) and all(each.is_a_process for each in told),
        together=any(sum(bool(each.fingerprint) for each in instances) > 1 for instances in answers),
    )


def met_all(workers: int, answers: int) -> float:
    """Return the probability that so many answers came from all workers, each as likely as any other."""
    if answers < workers:
        return 0.0
    if workers > EXACTLY:
        return max(0.0, 1 - workers * (1 - 1 / workers) ** answers)
    met = [1.0] + [0.0] * workers  # how likely it is that exactly so many workers have answered
    for _ in range(answers):
        met = [
            (met[count] * count / workers) + (met[count - 1] * (workers - count + 1) / workers if count else 0.0)
            for count in range(workers + 1)
        ]
    return met[workers]


def needed(workers: int) -> int:
    """Return how many answers are needed to have met all workers as good as surely."""
    if workers == 1:
        return 1
    low, high = workers, MOST
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if met_all(workers, middle) >= SURE else (middle + 1, high)
    return low


def stale(found: Seen, mine: Collection[str], known: Mapping[str, str], workers: int | None = None) -> tuple[str, ...]:
    """Return who holds another key, one sentence each.

    Args:
        found: what the answers told.
        mine: fingerprints that are right: of the new key, and of a key that the service has of its own.
        known: further fingerprints -> what they are.
        workers: how many there are; None: nobody says.
    """
    told: list[str] = []
    for name, keys in found.keys.items():
        for other, times in keys.items():
            if other in mine:
                continue
            key = f"{other} ({known[other]})" if other in known else other
            if name:
                told.append(f"{name} holds {key} in {times} of {found.answers} answers")
                continue
            about = f", about {max(1, round(workers * times / found.answers))} of {workers} workers" if workers else ""
            told.append(f"{times} of {found.answers} answers tell {key}{about}")
    return tuple(told)


def unmet(found: Seen, workers: int) -> tuple[str, str] | None:
    """Return what would show all workers, and what there is instead; None where all were met."""
    named = found.named
    if len(named) >= workers:
        return None
    sure = met_all(workers, found.answers)
    if not found.processes and not found.together and sure >= SURE:
        return None
    expected = f"an answer of each of {workers} workers"
    if named and (found.processes or found.together):
        actual = f"{found.answers} answers told of {len(named)}: {', '.join(sorted(named))}"
        return expected, f"{actual}; {_chance(workers, found.answers, sure)}"
    return expected, _chance(workers, found.answers, sure)


def _chance(workers: int, answers: int, sure: float) -> str:
    least = f", {needed(workers)} with {100 * SURE:g} %" if sure < SURE else ""
    return f"{answers} answers meet all of them with {_percent(sure)}{least}"


def _percent(share: float) -> str:
    text = f"{100 * share:.3g}"
    return f"{'more than 99.9' if text == '100' else text} %"
