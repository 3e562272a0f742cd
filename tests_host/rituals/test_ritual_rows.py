"""The rows of the programmes, words of the reasons, and numbers that two rooms must agree on."""

import pytest

ROWS = """
from firmware.bedside.scenes import SCENES, names
from firmware.rituals import programmes
result = [[p.name, [list(s) for s in p.steps]] for p in programmes.PROGRAMMES]
result = [result, [[name, s.use, s.length_s, bool(s.sound)] for name, s in zip(names(), SCENES)]]
result += [programmes.PACES, programmes.FIRST_PACE_SCENE, programmes.SOUNDING]
result += [[programmes.length_s(i) for i in range(len(programmes.PROGRAMMES))]]
"""
WIND_DOWN = 3


@pytest.fixture(scope="module")
def rows(worker):
    return worker.call("snippet:run", ROWS, {})


def test_programmes_keep_their_numbers(rows):
    names = [name for name, _ in rows[0]]
    assert names == ["none", "wind-down", "breathing", "story", "music", "back to sleep"]
    assert rows[5] == [0, 1800, 1500, 1500, 1500, 600]


def test_steps_name_scenes_that_are_meant_for_it_and_end_with_their_last(rows):
    programmes, scenes, *_ = rows
    for name, steps in programmes:
        for lit, dark, length_s, is_paced in steps:
            for scene in () if is_paced else (lit, dark):
                assert scenes[scene][1] == WIND_DOWN, name
                assert length_s <= scenes[scene][2]
        if steps:
            assert {scenes[scene][2] for scene in steps[-1][:2]} == {steps[-1][2]}, name


def test_paces_are_the_scenes_that_breathe(rows, worker):
    _, scenes, paces, first, sounding, _ = rows
    assert [scenes[first + i][0] for i in range(len(paces))] == [f"breathe {n}" for n in paces]
    assert [scenes[i][0] for i in sounding] == ["evening", "story", "music"]
    assert all(scenes[i][3] for i in sounding)
    source = "from firmware.rituals import pacer\nresult = pacer.AGAIN_MS"
    again_s = worker.call("snippet:run", source, {}) / 1000
    for i, pace in enumerate(paces):
        assert (again_s * pace / 60).is_integer()  # it begins anew where a breath begins
        assert again_s < scenes[first + i][2]  # and before its scene is over


def test_numbers_are_those_of_the_room_that_judges(worker):
    source = """
from firmware.bedside import gestures
from firmware.governor import limits
from firmware.rituals import evening
result = [evening.HAND_MS, limits.HAND_MS, evening.OUT_OF_SCOPE, limits.OUT_OF_SCOPE]
result += [evening.NO_REASON, limits.NO_REASON, evening.DOUBLE, gestures.DOUBLE]
"""
    numbers = worker.call("snippet:run", source, {})
    assert numbers[::2] == numbers[1::2]


@pytest.mark.parametrize(
    ("why", "words"),
    [
        ((1, 5, 30_000), "evening: the room is lit (30.0 lx)"),
        ((2, 22, 2149), "embers: the room is dark (2.1 lx)"),
        ((3, 22), "embers: how light the room is, is unknown"),
        ((4, 22, 523), "embers: the room is loud (52.3 dBA)"),
        ((5, 23), "rest goes on"),
        ((6, 14, 118, 0), "breathe 12: the nearest that is not slower than 11.8 /min"),
        ((7, 14, 0, 0), "breathe 12: how they breathe is unknown"),
        ((8, 15, 118, 12), "one rung slower: breathing 11.8 /min follows 12"),
        ((9, 15, 0, 12), "one rung slower: breathing was unknown for two minutes"),
        ((10, 13, 162, 12), "one rung faster: breathing 16.2 /min is far above 12"),
        ((11, 14, 135, 12), "breathe 12 goes on: breathing 13.5 /min does not follow"),
        ((11, 19, 58, 6), "breathe 6 goes on: it is the slowest"),
        ((20, 5000), "the alarm's time has come"),
        ((21, 120_000), "louder: 120 s have passed"),
        ((22, 4), "light sleep: the score says light"),
        ((23, 5000), "dawn: the alarm is near"),
        ((0, 0), "no reason"),
        (
            (15, 804, 62, 140, 12),
            "heart rate 80.4 /min where 62 is usual (140 epochs asleep), motion 12",
        ),
    ],
    ids=lambda value: str(value),
)
def test_a_reason_has_words(worker, why, words):
    source = "from firmware.rituals.words import said\nresult = said(tuple(why))"
    assert worker.call("snippet:run", source, {"why": why}) == words
