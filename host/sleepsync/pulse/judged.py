"""Answers held against references: how far off, and how often there is one.

It must never drop a window or a record: what has a reference and no answer lowers the coverage.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

NEAR_BPM = 5.0


@dataclass(frozen=True)
class Judged:
    """(n,) each: what was said, its quality, and what was true; NaN where it is not known."""

    said: np.ndarray
    quality: np.ndarray
    true: np.ndarray

    @property
    def referred(self) -> int:
        """Windows with a reference: all that counts."""
        return int(np.isfinite(self.true).sum())

    @property
    def answered(self) -> np.ndarray:
        """(n,) whether there are both a reference and an answer."""
        return np.isfinite(self.said) & np.isfinite(self.true)

    @property
    def errors(self) -> np.ndarray:
        """(answered,) how far off each answer is, without sign."""
        return np.abs(self.said - self.true)[self.answered]

    @property
    def known(self) -> float:
        """Share of the windows with a reference that have an answer; NaN if there is none."""
        return int(self.answered.sum()) / self.referred if self.referred else np.nan

    @property
    def mae(self) -> float:
        """Mean of the errors; NaN without an answer, as are all that follow."""
        return float(self.errors.mean()) if len(self.errors) else np.nan

    @property
    def p95(self) -> float:
        """95th percentile of the errors."""
        return float(np.percentile(self.errors, 95)) if len(self.errors) else np.nan

    def within(self, limit: float) -> float:
        """Share of the answers that are off by no more than `limit`."""
        return float(np.mean(self.errors <= limit)) if len(self.errors) else np.nan

    def above(self, quality: float) -> "Judged":
        """The same with every answer of a lower quality, or of none, left unsaid."""
        trusted = self.quality >= quality
        return Judged(np.where(trusted, self.said, np.nan), self.quality, self.true)

    def mae_of_best(self, count: int) -> float:
        """MAE of the `count` answers of the highest quality; NaN if there are fewer, or none.

        Of equals at the end of the list, each counts with the share of them that is let in.
        """
        quality = np.nan_to_num(self.quality[self.answered], nan=-np.inf)
        if not 0 < count <= len(quality):
            return np.nan
        last = np.sort(quality)[::-1][count - 1]
        surely, perhaps = quality > last, quality == last
        weights = surely + perhaps * (count - surely.sum()) / perhaps.sum()
        return float((weights * self.errors).sum() / count)


def together(parts: Sequence[Judged]) -> Judged:
    """All windows of several records."""
    fields = ([getattr(part, name) for part in parts] for name in ("said", "quality", "true"))
    return Judged(*(np.concatenate(field) for field in fields))


def at_equal_coverage(one: Judged, other: Judged) -> tuple[float, float, float]:
    """(share answered, MAE of one, MAE of the other), each by its best answers, down to the
    lower of both coverages. Both of the same windows.
    """
    count = int(min(one.answered.sum(), other.answered.sum()))
    share = count / one.referred if one.referred else np.nan
    return share, one.mae_of_best(count), other.mae_of_best(count)
