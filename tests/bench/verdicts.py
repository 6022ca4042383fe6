"""From samples to a verdict: paired ratios, what they may be at most, and whether the machine was quiet enough."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

from tests.bench.measure import Measured, Sample

NOISE = 0.30
"""How much the gauge may spread before a verdict says nothing."""

Verdict = Literal["ok", "over", "noisy", "no limit", "no partner", "work differs"]
Metric = Literal["cpu", "user", "memory"]


@dataclass(frozen=True, slots=True)
class Limit:
    """What a row may be at most, and what it should be."""

    at_most: float
    aim: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a row comes to.

    `value` is the median of the ratios of its rounds, or of bytes where there is no partner to a number; `before` the
    same of the commit before, or why there is none. `low` and `high` are the least and the greatest of these ratios,
    `spread` that of the gauge.
    """

    value: float | None
    low: float | None
    high: float | None
    before: float | str | None
    spread: float
    verdict: Verdict


DIFFERS = Outcome(None, None, None, None, 0.0, "work differs")
"""What a row comes to whose commands did not do the same."""


def outcome(measured: Measured, metric: Metric, limit: Limit | None) -> Outcome:
    """Return what the samples of a row come to."""
    spread = spread_of(measured.gauge)
    now = values(measured, "subject", metric)
    before: float | str | None = measured.refused.get("before")
    if before is None and (earlier := values(measured, "before", metric)):
        before = median(earlier)
    if not now:
        return Outcome(None, None, None, before, spread, "no partner")
    value = median(now)
    return Outcome(value, min(now), max(now), before, spread, verdict_of(value, limit, spread))


def values(measured: Measured, side: str, metric: Metric) -> list[float]:
    """Return the ratio of a side to its partner in each round, or its bytes for memory; empty without a partner."""
    of: Callable[[Sample], float] = _METRICS[metric]
    mine = measured.samples.get(side, [])
    if metric == "memory":
        return [of(sample) for sample in mine]
    partners = measured.samples.get(f"{side} partner") or measured.samples.get("partner", [])
    return [ratio(of(sample), of(partner)) for sample, partner in zip(mine, partners, strict=bool(partners and mine))]


def ratio(subject: float, partner: float) -> float:
    """Return how many times as much the subject takes; nothing is what cannot be compared with."""
    if partner <= 0:
        raise ValueError("the partner took no time that can be measured")
    return subject / partner


def verdict_of(value: float, limit: Limit | None, spread: float) -> Verdict:
    """Return the verdict on a value: none where there is no limit, or where the machine was too busy."""
    if limit is None:
        return "no limit"
    if spread > NOISE:
        return "noisy"
    return "ok" if value <= limit.at_most else "over"


def spread_of(gauge: Sequence[Sequence[Sample]]) -> float:
    """Return by how much the gauge of the slowest round is above that of the fastest, as a fraction.

    A round's gauge is the median of its runs: one that was disturbed says nothing about the machine.
    """
    rounds = [median(sample.cpu for sample in samples) for samples in gauge]
    return max(rounds) / min(rounds) - 1 if rounds else 0.0


_METRICS: dict[Metric, Callable[[Sample], float]] = {
    "cpu": lambda sample: sample.cpu,
    "user": lambda sample: sample.user,
    "memory": lambda sample: sample.memory,
}
