"""Without pulse sensor: an empty bed is unknown, and somebody who lies still is not forgotten."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sleepsync.paths import records
from sleepsync.reading import read_night
from sleepsync.simulate import run_night
from sleepsync.world import from_library

BLIND = records.NO_PULSE_SENSOR
HOUR = 120
SCORE = """
from firmware.stages.live import LiveScore
from firmware import records
live = LiveScore()
scores = []
for index, (flags, counts) in enumerate(epochs):
    scores += live.step(records.EPOCH.tuple(index, flags, 0, 0, 0, 0, counts, *[0] * 9))
result = [score.stage for score in scores + live.finish()]
"""


def stages(worker, epochs):
    """The stages of (flags, counts) from epoch 0 on."""
    return worker.call("snippet:run", SCORE, {"epochs": [list(epoch) for epoch in epochs]})


def test_nobody_all_night_is_unknown(worker):
    assert set(stages(worker, [(BLIND, 0)] * 960)) == {records.UNKNOWN}


def test_somebody_is_there_for_an_hour_after_the_last_count(worker):
    seen = stages(worker, [(BLIND, 0)] * 20 + [(BLIND, 1)] + [(BLIND, 0)] * 200)
    asleep = [i for i, stage in enumerate(seen) if stage == records.ASLEEP]
    assert asleep == list(range(20, 20 + HOUR))
    assert set(seen) == {records.UNKNOWN, records.ASLEEP}


@pytest.mark.parametrize(("flags", "hours"), [(0, 1), (records.OFF_BODY, 0)])
def test_a_finger_counts_as_somebody_and_a_table_does_not(worker, flags, hours):
    """The pulse sensor is lost after 20 epochs."""
    seen = stages(worker, [(flags, 0)] * 20 + [(BLIND, 0)] * 200)
    assert seen[20:].count(records.ASLEEP) == max(0, hours * HOUR - 1)


def test_a_pulse_sensor_that_sees_a_finger_needs_no_movement(worker):
    assert set(stages(worker, [(0, 0)] * 400)) == {records.ASLEEP}


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([BLIND, BLIND, BLIND, 0, records.OFF_BODY]),
            st.integers(1, 150),
            st.sampled_from([0, 0, 1, 30]),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_unknown_is_where_nobody_was_seen_for_an_hour(worker, spans):
    """Against the same rule over the whole night; each span is (flags, epochs, counts)."""
    epochs = [(flags, counts) for flags, length, counts in spans for _ in range(length)]
    seen = stages(worker, epochs)
    signs = [i for i, (flags, counts) in enumerate(epochs) if counts or not flags]
    for i, (flags, _) in enumerate(epochs):
        last = max([sign for sign in signs if sign <= i], default=-HOUR)
        assert (seen[i] == records.UNKNOWN) == (flags == BLIND and i - last >= HOUR)


@pytest.mark.parametrize("missing", ["pulse", "motion", "pulse,motion"])
@pytest.mark.parametrize("seed", [4, 6])
def test_an_empty_bed_is_never_called_sleep_whatever_is_missing(tmp_path, missing, seed):
    """Through the whole puck. These two seeds once began with a movement nobody made."""
    run_night(from_library("nobody", seed, 0.5), tmp_path, missing=missing)
    seen = {score.stage for score in read_night(tmp_path).scores}
    assert seen == {records.NOT_WORN if missing == "motion" else records.UNKNOWN}


@pytest.mark.parametrize("hole", [1, 5, 200])
def test_a_hole_in_the_night_is_nobody(worker, hole):
    """Epochs that a restart lost show no finger: an empty bed stays unknown after them."""
    source = SCORE.replace("tuple(index,", "tuple(index + (hole if index >= 150 else 0),")
    epochs = [[BLIND, 0]] * 300
    seen = worker.call("snippet:run", source, {"epochs": epochs, "hole": hole})
    assert set(seen) == {records.UNKNOWN}
    assert len(seen) == 300 + hole


def test_a_hole_counts_towards_the_hour(worker):
    """Somebody moved, 60 epochs are lost, and 59 without a sign follow: the hour is full."""
    source = SCORE.replace("tuple(index,", "tuple(index + (60 if index > 0 else 0),")
    epochs = [[BLIND, 1]] + [[BLIND, 0]] * 100
    seen = worker.call("snippet:run", source, {"epochs": epochs})[61:]
    first = HOUR - 61
    assert set(seen[:first]) == {records.ASLEEP}
    assert set(seen[first:]) == {records.UNKNOWN}
