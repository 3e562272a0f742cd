"""A night in the field's terms: the summary in the VM against its definitions.

The oracle counts letters, one for each epoch, as docs/scoring.md tells.
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sleepsync.paths import records

EPOCH_S = 30
STAGES = {
    "?": records.UNKNOWN,
    "-": records.NOT_WORN,
    "W": records.WAKE,
    "S": records.ASLEEP,
    "L": records.LIGHT,
    "D": records.DEEP,
    "R": records.REM,
}


def summary(worker, letters):
    stages = bytes(STAGES[letter] for letter in letters)
    return worker.call("firmware.stages.morning:summarise", stages)


def by_definition(letters):
    """The figures of docs/scoring.md, by counting letters of a string."""
    slept = [i for i, letter in enumerate(letters) if letter in "SLDR"]
    after = letters[slept[0] :] if slept else ""
    coarse = slept and set(letters) & set("SLDR") == {"S"}
    seconds = {letter: EPOCH_S * letters.count(letter) for letter in STAGES}
    return {
        "unknown_s": seconds["?"],
        "not_worn_s": seconds["-"],
        "wake_s": seconds["W"],
        "asleep_s": seconds["S"],
        "light_s": -1 if coarse else seconds["L"],
        "deep_s": -1 if coarse else seconds["D"],
        "rem_s": -1 if coarse else seconds["R"],
        "time_in_bed_s": EPOCH_S * len(letters),
        "sleep_onset_latency_s": EPOCH_S * slept[0] if slept else -1,
        "total_sleep_time_s": EPOCH_S * len(slept),
        "waso_s": EPOCH_S * after.count("W"),
        "awakenings": len([run for run in _runs(after) if run[0] == "W"]),
        "efficiency_pct": 100 * len(slept) // len(letters) if letters else 0,
    }


def _runs(letters):
    runs = []
    for letter in letters:
        if runs and runs[-1][0] == letter:
            runs[-1] += letter
        else:
            runs.append(letter)
    return runs


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text("WSSW?", max_size=30), st.text("?-WSLDR", max_size=60)))
def test_a_summary_is_its_definitions(worker, letters):
    assert summary(worker, letters) == by_definition(letters)


@pytest.mark.parametrize(
    ("letters", "figures"),
    [
        # 2 min to fall asleep, one waking of a minute, another of 30 s before getting up
        (
            "WWWW" + "S" * 10 + "WW" + "S" * 3 + "W",
            {"sleep_onset_latency_s": 120, "waso_s": 90, "awakenings": 2, "efficiency_pct": 65},
        ),
        # unknown is neither: it ends a waking, and lowers the efficiency
        (
            "SW?W?S",
            {"waso_s": 60, "awakenings": 2, "unknown_s": 60, "total_sleep_time_s": 60}
            | {"efficiency_pct": 33, "sleep_onset_latency_s": 0},
        ),
        # nobody slept
        (
            "WW-?",
            {"sleep_onset_latency_s": -1, "waso_s": 0, "awakenings": 0, "wake_s": 60}
            | {"not_worn_s": 30, "efficiency_pct": 0, "light_s": 0},
        ),
        # depth known in part: the stages are told
        ("SLDRR", {"asleep_s": 30, "light_s": 30, "deep_s": 30, "rem_s": 60}),
        # sleep and wake only: depth is not known, not none
        ("WSS", {"asleep_s": 60, "light_s": -1, "deep_s": -1, "rem_s": -1}),
        ("", {"time_in_bed_s": 0, "efficiency_pct": 0, "sleep_onset_latency_s": -1}),
    ],
)
def test_summaries_worked_out_by_hand(worker, letters, figures):
    seen = summary(worker, letters)
    assert {name: seen[name] for name in figures} == figures
