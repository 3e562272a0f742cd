"""Small files of the labelled sets, as their origins serve them, with known contents.

What makes them must never use the code under test: what is read is held against this.
"""

import gzip
from datetime import UTC, datetime

import numpy as np
from scipy.io import savemat

EPOCH_S = 30
SHAKEN_BIN = 13  # 0.5 g in bins of 5/128 g: the band passes 6 Hz whole
SHAKEN_COUNTS = (15 * SHAKEN_BIN - 18) * 3.07


def motion_rows(until_s, shaken_s, from_s=0.0, hz=50.0):
    """Rows (s, x, y, z); z is shaken by 0.5 g at 6 Hz within `shaken_s`."""
    at_s = np.arange(from_s, until_s, 1 / hz)
    inside = (at_s >= shaken_s[0]) & (at_s < shaken_s[1])
    z_g = -1 + inside * 0.5 * np.sin(2 * np.pi * 6 * at_s)
    return np.column_stack((at_s, at_s * 0, at_s * 0 + 0.1, z_g))


def without(rows, from_s, to_s):
    return rows[(rows[:, 0] < from_s) | (rows[:, 0] >= to_s)]


def write_sleep_accel(folder, name, labels, heart, motion):
    """One person of sleep-accel: three tables in three folders."""
    for kind, rows, delimiter, form in (
        ("labels/{}_labeled_sleep", labels, " ", "%d"),
        ("heart_rate/{}_heartrate", heart, ",", "%.5f"),
        ("motion/{}_acceleration", motion, " ", "%.6f"),
    ):
        path = folder / "sleep_accel" / f"{kind.format(name)}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savetxt(path, rows, delimiter=delimiter, fmt=form)


NIGHT_BEGAN = "2021-03-05 23:10:00"
NIGHT_BEGAN_S = datetime(2021, 3, 6, 4, 10, tzinfo=UTC).timestamp()  # five hours behind UTC


def write_bidsleep(
    folder, name, expert, heart, motion, began_s=NIGHT_BEGAN_S, packed=True, **labels
):
    """One night of BIDSleep, `name` as in Bidslab07/2: two tables and `labels.mat`.

    Times of `heart` and `motion` count from `began_s`. `labels` replace what is in the mat
    file; None takes a variable out.
    `packed`: compressed, as MATLAB has written since version 7.
    """
    night = folder / "bidsleep" / name
    night.mkdir(parents=True)
    scored = np.array(expert, np.uint8)
    found = {"recStart": NIGHT_BEGAN, "dreem_label": scored, "expert_label": scored} | labels
    kept = {name: value for name, value in found.items() if value is not None}
    savemat(night / "labels.mat", kept, do_compression=packed)
    shift = np.array([[began_s, 0]])
    np.savetxt(night / "hr.csv", heart + shift, delimiter=",", fmt="%.3f")
    shift = np.array([[began_s, 0, 0, 0]])
    np.savetxt(
        night / "motion.csv",
        motion + shift,
        delimiter=",",
        fmt="%.6f",
        header="Timestamp,x,y,z",
        comments="",
    )
    return night


def write_slpdb(folder, record, stages, beats_s):
    """One record as `make data` leaves it: `stages` are (s, letter) pairs."""
    within = folder / "slpdb"
    within.mkdir(exist_ok=True)
    lines = ["time_s,stage,events", *(f"{at_s:.3f},{stage}," for at_s, stage in stages)]
    (within / f"{record}_stages.csv").write_text("\r\n".join([*lines, ""]))
    text = "".join(f"{beat_s:.3f}\n" for beat_s in beats_s)
    (within / f"{record}_beats.txt.gz").write_bytes(gzip.compress(text.encode()))


def write_features(folder, name, rows):
    """One person of `sleep_accel_features`: `rows` (epoch, deviation, activity, stage)."""
    within = folder / "sleep_accel_features"
    within.mkdir(exist_ok=True)
    lines = ["time_h,hr_feature,count_feature,cosine_feature,stage"]
    lines += [f"{at / 120:.6f},{hr:.6f},{count:.6f},0.1,{stage}" for at, hr, count, stage in rows]
    (within / f"{name}.csv").write_text("\r\n".join([*lines, ""]))
