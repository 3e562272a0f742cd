"""How near a night's journal comes to what is known to be true of it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sleepsync.paths import records
from sleepsync.reading import read_journal
from sleepsync.simulate import journals

_NOT_CLEAN = records.NO_PULSE_SENSOR | records.OFF_BODY | records.LOST_SAMPLES | records.MOVING
_NEAR_BPM = 2.0
_NEAR_S = 0.020


@dataclass(frozen=True)
class Accuracy:
    """`clean`: share of the epochs that the puck itself calls clean; `answered`: share of
    those with a heart rate; `rate_near`: share of the answers within 2 /min of the truth;
    `beats_near`: share of true beats at rest that were heard within 20 ms; `beats_false`:
    share of the beats heard at rest that are not within 20 ms of a true one.
    """

    clean: float
    answered: float
    rate_near: float
    beats_near: float
    beats_false: float


def accuracy(folder: Path) -> Accuracy:
    """Of the night in `folder`, which was run with taps="beats"."""
    truth = np.load(folder / "truth.npz")
    epochs = read_journal(journals(folder)[-1]).of(records.EPOCH)
    still = ~(truth["moving"] | truth["off_body"])
    heard_s = np.loadtxt(folder / "beats.txt", ndmin=1) / 1000
    return Accuracy(
        **_rates(epochs, truth["rate_bpm"]),
        beats_near=_share_near(_within(truth["beats_s"], still), heard_s),
        beats_false=1 - _share_near(_within(heard_s, still), truth["beats_s"]),
    )


def _rates(epochs, true_bpm):
    rows = np.array([(e.index, e.flags, e.rate_dbpm) for e in epochs if e.index < len(true_bpm)])
    clean = rows[(rows[:, 1] & _NOT_CLEAN) == 0]
    answers = clean[clean[:, 2] > 0]
    off_bpm = np.abs(answers[:, 2] / 10 - true_bpm[answers[:, 0]])
    known = np.isfinite(off_bpm)
    return {
        "clean": len(clean) / len(rows),
        "answered": len(answers) / len(clean),
        "rate_near": float(np.mean(off_bpm[known] <= _NEAR_BPM)),
    }


def _within(times_s, still):
    """The times that lie in still epochs, away from their edges' neighbours."""
    index = (times_s // records.EPOCH_S).astype(int)
    return times_s[(index < len(still)) & still[np.minimum(index, len(still) - 1)]]


def _share_near(times_s, others_s):
    """Share of `times_s` that have one of `others_s` (sorted) within 20 ms."""
    at = np.clip(np.searchsorted(others_s, times_s), 1, len(others_s) - 1)
    nearest = np.minimum(abs(others_s[at - 1] - times_s), abs(others_s[at] - times_s))
    return float(np.mean(nearest <= _NEAR_S))
