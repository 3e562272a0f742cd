"""`sleepsync stage`: a file of features in, a line for each of its rows out."""

import re
import subprocess
import sys
import time
from array import array
from pathlib import Path

import made_features
import made_networks
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sleepsync.paths import records
from sleepsync.stage_file import SCORES, FeaturesDamaged, lines, read_features, staged
from sleepsync.train.shape import SHAPES

SLEEPSYNC = Path(sys.executable).with_name("sleepsync")
HEADING = "epoch,stage,p_wake,p_light,p_deep,p_rem"
LINE = re.compile(r"(\d+),(wake|light|deep|rem)((?:,[01]\.\d{4}){4})")
UNHEARD = -1
LEAST_EPOCHS_PER_S = 1000

LANES = """
from firmware.stages import model
result = list(getattr(model, score))
"""


def call(*words):
    return subprocess.run([SLEEPSYNC, *words], capture_output=True, text=True, timeout=60)


def said(path, score):
    """The lines of the answer, without heading, but for the command line itself."""
    heading, *rows = lines(staged(read_features(path), score))
    assert heading == HEADING
    return rows


# -- the command


@pytest.mark.parametrize("score", SCORES)
def test_the_command_prints_a_line_for_each_row(score, tmp_path):
    rows = made_features.rows(60, 1, gaps=0.2, empty=0.1)
    path = made_features.write(tmp_path / "somebody.csv", rows)
    ended = call("stage", str(path), "--score", score, "--format", "csv")
    assert ended.returncode == 0, ended.stdout
    heading, *answer = ended.stdout.splitlines()
    assert heading == HEADING
    assert answer == said(path, score)
    matched = [LINE.fullmatch(line) for line in answer]
    assert all(matched)
    assert [int(m[1]) for m in matched] == [round(t / made_features.EPOCH_H) for t, *_ in rows]
    for match in matched:
        assert abs(sum(map(float, match[3][1:].split(","))) - 1) <= 2.1e-4
    assert [path] == list(tmp_path.iterdir())


def test_the_command_tells_a_wrong_file_in_a_line_with_its_remedy(tmp_path):
    path = made_features.write(tmp_path / "x.csv", [(0, "fast", 3)])
    ended = call("stage", str(path), "--format", "csv")
    assert ended.returncode == 1
    assert "Traceback" not in ended.stdout + ended.stderr
    told = " ".join(ended.stdout.split())
    assert "line 2" in told and "'fast'" in told and "wanted numbers" in told


# -- causality


def test_live_a_row_says_the_same_wherever_the_file_ends(tmp_path):
    """Cut at eight random rows: the rows before the cut are the same, to the last digit."""
    rng = np.random.default_rng(11)
    rows = made_features.rows(150, 2, gaps=0.1, empty=0.1)
    whole = said(made_features.write(tmp_path / "whole.csv", rows), "live")
    assert len(set(whole)) > 30
    for cut in rng.integers(1, len(rows), 8):
        path = made_features.write(tmp_path / "cut.csv", rows[:cut])
        assert said(path, "live") == whole[:cut]


features = st.one_of(st.integers(0, 3000), st.integers(0, 1 << 24), st.just(UNHEARD))
deviations = st.one_of(st.integers(0, 700), st.integers(0, 32767), st.just(UNHEARD))
nights = st.lists(st.tuples(features, deviations), min_size=1, max_size=60)


def by_stager(worker, night, is_live):
    """(stages, probabilities in 1/255) of (activity, deviation) of each epoch."""
    columns = [array("i", column) for column in zip(*night, strict=True)]
    found = np.frombuffer(worker.call("stage:said", *columns, is_live), np.uint8).reshape(-1, 5)
    return found[:, 0], found[:, 1:]


@settings(max_examples=40, deadline=None)
@given(nights, nights, st.data())
def test_live_whatever_comes_later_changes_nothing(worker, night, other, data):
    cut = data.draw(st.integers(1, len(night)))
    whole = np.column_stack(by_stager(worker, night, True))
    changed = np.column_stack(by_stager(worker, night[:cut] + other, True))
    assert np.array_equal(whole[:cut], changed[:cut])


def test_the_morning_does_look_at_later_rows(tmp_path):
    rows = made_features.rows(120, 3)
    path = made_features.write(tmp_path / "night.csv", rows)
    whole, live = said(path, "morning"), said(path, "live")
    assert whole != live
    part = said(made_features.write(path, rows[:60]), "morning")
    assert part != whole[:60]


# -- what is said is the network's


@pytest.mark.parametrize("score", SCORES)
@settings(max_examples=25, deadline=None)
@given(night=nights)
def test_an_epoch_is_said_to_be_what_the_network_answers(worker, score, night):
    """Inputs by the firmware, the network by numpy, and of its answers the verdict."""
    is_live = score == "live"
    leaning, lanes = worker.call("snippet:run", LANES, {"score": score.upper()})
    columns = [array("i", column) for column in zip(*night, strict=True)]
    rows = np.array(worker.call("stage:network_inputs", *columns, is_live))
    inputs = len(lanes[0][0][2]) // lanes[0][0][0] - made_networks.BIAS_BYTES
    rows = rows.reshape(-1, inputs)
    answers = made_networks.answers(lanes, rows) if is_live else by_odds(lanes, rows)
    each = np.repeat(answers, SHAPES[score].epochs, axis=0)[: len(night)].tolist()
    stages, probabilities = by_stager(worker, night, is_live)
    verdict = "firmware.stages.verdict:"
    for answer, stage, row in zip(each, stages, probabilities, strict=True):
        assert worker.call(f"{verdict}stage", answer, leaning) == stage
        assert list(worker.call(f"{verdict}probabilities", answer)) == row.tolist()


def by_odds(lanes, rows):
    """As the morning adds lanes up: odds over wake in 1/16 octave, within 127 of them."""
    odds = np.zeros((len(rows), 3), int)
    for lane in lanes:
        answers = made_networks.answers((lane,), rows)
        more = (answers[:, 1:] - answers[:, :1] + 8) >> 4
        odds = np.clip(odds + more, -127, 127)
    return np.column_stack([np.zeros(len(rows), int), odds << 4])


@pytest.mark.parametrize("score", SCORES)
@settings(max_examples=25, deadline=None)
@given(night=nights)
def test_every_epoch_has_one_of_four_stages_and_all_of_its_probability(worker, score, night):
    stages, probabilities = by_stager(worker, night, score == "live")
    assert len(stages) == len(night)
    assert set(stages.tolist()) <= {records.WAKE, records.LIGHT, records.DEEP, records.REM}
    assert np.all(probabilities.sum(axis=1, dtype=int) == 255)


# -- gaps, empty cells, other columns


@pytest.mark.parametrize("score", SCORES)
def test_a_gap_is_as_rows_with_empty_cells(score, tmp_path):
    rows = made_features.rows(100, 4)
    lost = {*range(10, 13), 40, *range(60, 85), 97}
    emptied = [(t, "", "") if i in lost else (t, *r) for i, (t, *r) in enumerate(rows)]
    holed = [row for i, row in enumerate(rows) if i not in lost]
    with_rows = said(made_features.write(tmp_path / "a.csv", emptied), score)
    without = said(made_features.write(tmp_path / "b.csv", holed), score)
    assert without == [line for i, line in enumerate(with_rows) if i not in lost]


@pytest.mark.parametrize("score", SCORES)
def test_an_empty_cell_leaves_the_other_one_known(score, tmp_path):
    rows = made_features.rows(80, 5)
    variants = [
        rows,
        [(t, "", counts) for t, _, counts in rows],
        [(t, hr, "") for t, hr, _ in rows],
        [(t, "", "") for t, *_ in rows],
    ]
    answers = [said(made_features.write(tmp_path / "x.csv", v), score) for v in variants]
    assert len({tuple(answer) for answer in answers}) == len(variants)
    assert {len(answer) for answer in answers} == {len(rows)}


@pytest.mark.parametrize("score", SCORES)
def test_an_empty_cell_of_activity_is_as_the_one_before(score, tmp_path):
    """It is no 0, which would be rest."""
    emptied, held, still = [], [], []
    last = 50.0
    for i, (time_h, hr, counts) in enumerate(made_features.rows(80, 9)):
        last = last if i % 3 == 1 else counts + 20
        held.append((time_h, hr, last))
        emptied.append((time_h, hr, "" if i % 3 == 1 else last))
        still.append((time_h, hr, 0 if i % 3 == 1 else last))
    files = [made_features.write(tmp_path / f"{i}.csv", r) for i, r in enumerate((emptied, held))]
    assert said(files[0], score) == said(files[1], score)
    assert said(files[0], score) != said(made_features.write(tmp_path / "s.csv", still), score)


@pytest.mark.parametrize("score", SCORES)
def test_a_single_row_has_an_answer(score, tmp_path):
    for row in ((0, 0.5, 3), (7.25, "", ""), (0, 1e9, 1e9)):
        (line,) = said(made_features.write(tmp_path / "x.csv", [row]), score)
        assert LINE.fullmatch(line)[1] == "0"


def test_epochs_are_counted_from_the_first_row_and_times_may_be_short(tmp_path):
    """Times to three places, as 3.008: no step is 30 s exactly, and none is lost."""
    rows = made_features.rows(400, 6)
    short = [(round(3 + t, 3), *row) for t, *row in rows]
    path = made_features.write(tmp_path / "x.csv", short[:100] + short[250:])
    assert read_features(path).epochs.tolist() == [*range(100), *range(250, 400)]


def test_other_columns_their_order_and_a_byte_order_mark_do_not_matter(tmp_path):
    rows = made_features.rows(30, 7)
    plain = made_features.write(tmp_path / "a.csv", rows)
    other = tmp_path / "b.csv"
    text = [f"{counts},x,{hr},{time:.6f}" for time, hr, counts in rows]
    heading = "count_feature,stage,hr_feature,time_h"
    other.write_text("\ufeff" + "\r\n".join([heading, *text]), encoding="utf-8")
    assert said(other, "live") == said(plain, "live")


def test_features_are_taken_to_a_256th_and_held_at_their_most(tmp_path):
    for column in (1, 2):
        few = [list(row) for row in made_features.rows(20, 8)]
        huge = [list(row) for row in few]
        few[10][column], huge[10][column] = (127, 65536)[column - 1], 1e12
        answers = [said(made_features.write(tmp_path / "x.csv", r), "live") for r in (few, huge)]
        assert answers[0] == answers[1]


# -- files that are none

GOOD = (0.0, 0.5, 3)
WRONG = {
    "text": ([GOOD, (0.01, "fast", 3)], ("line 3", "'fast'", "wanted numbers")),
    "no time": ([GOOD, ("nan", 0.5, 3)], ("line 3", "no time_h", "wanted hours")),
    "below 0": ([GOOD, (0.01, 0.5, -3)], ("line 3", "below 0", "0 or more")),
    "below 0 beside nothing": ([GOOD, (0.01, "", -3)], ("line 3", "below 0", "0 or more")),
    "backwards": ([(1.0, 1, 1), GOOD], ("row 2", "15 s", "sort by time_h")),
    "twice": ([GOOD, GOOD], ("row 2", "15 s", "one row for each 30 s")),
    "long": ([GOOD, (48.1, 1, 1)], ("48 h", "one night at a time")),
    "empty": ([], ("no row", "one for each epoch of 30 s")),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_row_is_told_with_its_line_and_remedy(what, tmp_path):
    rows, told = WRONG[what]
    path = tmp_path / "x.csv"
    cells = [",".join(map(str, row)) + ",0" for row in rows]
    path.write_text("\n".join([made_features.HEADING, *cells, ""]))
    with pytest.raises(FeaturesDamaged) as damage:
        read_features(path)
    assert str(damage.value).startswith(f"{path}: ")
    for words in told:
        assert words in str(damage.value)


def test_a_file_that_is_no_table_is_told(tmp_path):
    path = tmp_path / "x.csv"
    with pytest.raises(FeaturesDamaged, match=r"x.csv: no such file; wanted .* hr_feature"):
        read_features(path)
    path.write_text("time_h,bpm\n0,60\n")
    with pytest.raises(FeaturesDamaged, match="no column hr_feature, count_feature; wanted"):
        read_features(path)
    path.write_bytes(b"\x89PNG\xff\xfe\x00")
    with pytest.raises(FeaturesDamaged, match=r"x.csv: not a CSV"):
        read_features(path)


def test_there_are_two_scores(tmp_path):
    path = made_features.write(tmp_path / "x.csv", [GOOD])
    with pytest.raises(ValueError, match="noon: no such score; there are live, morning"):
        staged(read_features(path), "noon")


# -- speed


@pytest.mark.parametrize("score", SCORES)
def test_a_night_is_staged_at_a_thousand_epochs_a_second(worker, score):
    count = 1500
    columns = array("i", [i * 37 % 4000 for i in range(count)]), array("i", range(count))
    took_s = []
    for _ in range(3):
        started = time.perf_counter()
        worker.call("stage:said", *columns, score == "live")
        took_s.append(time.perf_counter() - started)
    assert count / min(took_s) > LEAST_EPOCHS_PER_S
