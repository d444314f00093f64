"""Shares and whether two of them differ by more than chance: plain statistics, exact where numbers are small."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many.

    Attributes:
        hits: how many are so.
        of: how many there are.
    """

    hits: float
    of: float

    @property
    def value(self) -> float:
        """The share; of nothing, none."""
        return self.hits / self.of if self.of else 0.0

    @property
    def told(self) -> str:
        """The share as a finding writes it: `2.5 % (50 of 2,000)`."""
        return f"{percent(self.value)} ({self.hits:,.0f} of {self.of:,.0f})"


def percent(value: float) -> str:
    """Return a share as people write it, with as many digits as tell something."""
    number = 100 * value
    return f"{number:.0f} %" if number >= 10 else f"{number:.2g} %"


def lower_bound(share: Share, sure: float) -> float:
    """Return the share that the true one lies above with certainty `1 - sure`: Wilson's interval, one-sided."""
    if not share.of:
        return 0.0
    z = _quantile(1 - sure)
    n, p = share.of, min(1.0, share.value)
    middle = p + z * z / (2 * n)
    spread = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return max(0.0, (middle - spread) / (1 + z * z / n))


def chance_of_more(now: Share, before: Share) -> float:
    """Return how likely chance alone lets `now` be so much larger than `before`: a one-sided test of two shares.

    Fisher's exact test where few are so, else the normal approximation.
    """
    if not now.of or not before.of:
        return 1.0
    if now.hits + before.hits <= 1000:
        return _fisher(round(now.hits), round(now.of), round(before.hits), round(before.of))
    pooled = (now.hits + before.hits) / (now.of + before.of)
    spread = math.sqrt(pooled * (1 - pooled) * (1 / now.of + 1 / before.of))
    return 1.0 if spread == 0 else 1 - _normal((now.value - before.value) / spread)


def _fisher(hits: int, of: int, other_hits: int, other_of: int) -> float:
    whole, marked = of + other_of, hits + other_hits
    most = min(of, marked)

    def log_chance(k: int) -> float:
        return _log_choose(marked, k) + _log_choose(whole - marked, of - k) - _log_choose(whole, of)

    return min(1.0, math.fsum(math.exp(log_chance(k)) for k in range(hits, most + 1) if of - k <= whole - marked))


def _log_choose(n: int, k: int) -> float:
    if not 0 <= k <= n:
        return -math.inf
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def _normal(z: float) -> float:
    return 0.5 * (1 + math.erf(z / math.sqrt(2)))


def _quantile(share: float) -> float:
    """Return the z below which this share of the normal distribution lies."""
    from statistics import NormalDist

    return NormalDist().inv_cdf(share)
