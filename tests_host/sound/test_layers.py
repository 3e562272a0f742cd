"""Layers come, cross and go when their scene says; a score sounds as it is written."""

import numpy as np
import pytest
from playing import BLOCK, RATE_HZ, envelope, play
from sleepsync.scenes.kinds import Around
from sleepsync.scenes.sound import compiled
from sleepsync.scores import SCORES, packed, parsed, read_score

pytestmark = pytest.mark.sound
PAUSE_S = 8  # of firmware/bedside/score.py
TICK = 80_000  # samples of a twelfth of a quarter, at one quarter a minute
STRIKES = """
from firmware.bedside import score
class Listened:
    def strike(self, at, *how):
        result.append((1536 * block + at,) + how)
    def add(self, out, gain, goal):
        pass
score.Notes, result = Listened, []
voice = score.Score((bytes(data),), 1, None)
for block in range(blocks):
    voice.add(None, 0, 0)
"""
TUNE = """\
title: A tune
tempo: 100
metre: 2/4
{loop}
part one: bell
mf C4q E4 | G4e. A4s C5q | C4h |
"""


def levels(worker, folder, *entries, seconds):
    """Root mean square of each second."""
    spec = compiled(list(entries), Around(3600))[1:]
    return envelope(play(worker, folder, spec, round(seconds * RATE_HZ / BLOCK)), 1)


def test_a_layer_comes_when_it_is_to_and_goes(worker, tmp_path):
    keys = {"from_s": 5, "in_s": 4, "to_s": 20, "out_s": 5}
    e = levels(worker, tmp_path, {"voice": "white", **keys}, seconds=30)
    full = e[10:14].mean()
    assert e[10:14] == pytest.approx(full, rel=0.03)
    assert not e[:4].any()
    assert e[4] < 0.01 * full  # a block is 96 ms
    assert not e[21:29].any()
    assert e[20] < 0.01 * full
    assert (np.diff(e[5:10]) > 0).all()
    assert (np.diff(e[15:20]) < 0).all()
    assert 0.05 * full < e[5] < 0.35 * full
    assert 0.05 * full < e[19] < 0.35 * full


def test_what_crosses_stays_as_loud(worker, tmp_path):
    """Within a decibel; two noises with nothing in common."""
    first = {"voice": "white", "to_s": 20, "out_s": 12}
    second = {"voice": "white", "from_s": 8, "in_s": 12}
    e = levels(worker, tmp_path, first, second, seconds=30)
    assert np.abs(20 * np.log10(e[1:29] / e[1:6].mean())).max() < 1


def test_a_gain_is_an_amplitude(worker, tmp_path):
    whole, half = (
        levels(worker, tmp_path, {"voice": "white", "gain": gain}, seconds=3)[1]
        for gain in (1, 0.5)
    )
    assert half / whole == pytest.approx(0.5, rel=0.02)


# -- scores


def strikes(run_in, data, seconds):
    given = {"data": list(data), "blocks": round(seconds * RATE_HZ / BLOCK)}
    return [tuple(strike) for strike in run_in(STRIKES, **given)]


def written(score, first=0):
    """What a score has, as the voice is to strike it: (sample, pitch, length, strength, which)."""
    tick = TICK // score.tempo_bpm
    return [
        (first + n.start * tick, n.pitch, n.length * tick, n.strength, n.instrument)
        for n in score.notes
    ]


@pytest.mark.parametrize("path", sorted(SCORES.glob("*.score")), ids=lambda path: path.stem)
def test_a_lullaby_is_struck_as_it_is_written(run_in, path):
    score = read_score(path)
    found = strikes(run_in, packed(score), score.seconds)
    assert sorted(found[: len(score.notes)]) == sorted(written(score))


def test_a_score_without_a_loop_is_played_once(run_in):
    score = parsed(TUNE.format(loop=""))
    assert strikes(run_in, packed(score), 60) == written(score)


@pytest.mark.parametrize("loop", [1, 3])
def test_a_loop_goes_on_in_time_and_rests(run_in, loop):
    """Round after round without a gap, to the end of the last bar; then 8 s, and again."""
    score = parsed(TUNE.format(loop=f"loop: {loop}"))
    once = score.length * (TICK // score.tempo_bpm)
    rounds = [
        again * (loop * once + PAUSE_S * RATE_HZ) + each * once
        for again in range(3)
        for each in range(loop)
    ]
    wanted = [strike for first in rounds for strike in written(score, first)]
    found = strikes(run_in, packed(score), 90)
    assert found[: len(wanted)] == wanted
