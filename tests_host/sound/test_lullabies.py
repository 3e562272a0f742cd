"""The four lullabies: as long, as small and as quiet in the end as promised, and well led."""

from itertools import combinations, pairwise

import pytest
from sleepsync.scores import SCORES, packed, read_score

FILES = sorted(SCORES.glob("*.score"))
MOST_BYTES = 700
PERFECT = (0, 7)
OCTAVE, SIXTH, STEP = 12, 9, 2
MELODY = {"reed_cradle": 3, "still_water": 0, "low_tide": 3, "small_clock": 0}


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def name_and_score(request):
    return request.param.stem, read_score(request.param)


@pytest.fixture
def score(name_and_score):
    return name_and_score[1]


def voices(score):
    """{(instrument, rank in its chord): notes}: who sings what."""
    found = {}
    for instrument in {note.instrument for note in score.notes}:
        chords = {}
        for note in score.notes:
            if note.instrument == instrument:
                chords.setdefault(note.start, []).append(note)
        for chord in chords.values():
            for rank, note in enumerate(sorted(chord, key=lambda note: note.pitch)):
                found.setdefault((instrument, rank), []).append(note)
    return found


def at(voice, time):
    """The pitch that sounds, or None."""
    return next((n.pitch for n in voice if n.start <= time < n.start + n.length), None)


def parallels(one, other):
    """Times at which two voices move the same way from a fifth to a fifth, or octave to octave."""
    times = sorted({note.start for note in [*one, *other]})
    found = []
    for before, now in pairwise(times):
        pitches = at(one, before), at(other, before), at(one, now), at(other, now)
        if None in pitches:
            continue
        a, b, c, d = pitches
        moves_alike = (c - a) * (d - b) > 0
        if moves_alike and abs(a - b) % 12 == abs(c - d) % 12 in PERFECT:
            found.append(now)
    return found


def test_there_are_four_in_three_metres():
    scores = [read_score(path) for path in FILES]
    assert len(scores) == len({score.title for score in scores}) == 4
    assert {score.metre for score in scores} == {"3/4", "4/4", "6/8"}


def test_each_is_short_and_small(score):
    assert 16 <= score.bars <= 32
    assert len(packed(score)) < MOST_BYTES


def test_no_two_voices_move_in_parallel_fifths_or_octaves(score):
    found = {
        (one, other): [time // score.bar + 1 for time in parallels(*both)]
        for (one, other), both in (
            ((a, b), (first, second))
            for (a, first), (b, second) in combinations(voices(score).items(), 2)
        )
    }
    assert {pair: bars for pair, bars in found.items() if bars} == {}


def test_parallels_are_found():
    """In a copy of the cradle whose bass follows the song."""
    score = read_score(SCORES / "reed_cradle.score")
    song = voices(score)[3, 0]
    shadow = [note._replace(pitch=note.pitch - 19) for note in song]
    assert len(parallels(song, shadow)) > 40


def test_the_melody_can_be_sung(name_and_score):
    """Within a twelfth, no leap above an octave, and after a large one it turns."""
    name, score = name_and_score
    pitches = [note.pitch for note in voices(score)[MELODY[name], 0]]
    leaps = [after - before for before, after in pairwise(pitches)]
    assert max(pitches) - min(pitches) <= 19
    assert max(map(abs, leaps)) <= OCTAVE
    for leap, then in pairwise(leaps):
        assert abs(leap) <= SIXTH or leap * then <= 0
    assert sum(abs(leap) <= STEP for leap in leaps) > len(leaps) / 3


def test_the_middle_voices_move_little(score):
    for (instrument, _), voice in voices(score).items():
        if instrument == 1:
            moves = [abs(after.pitch - before.pitch) for before, after in pairwise(voice)]
            assert max(moves) <= 7
            assert sum(moves) / len(moves) <= 3


def test_it_ends_at_home_and_most_quietly(score):
    home = {"F": 5, "D": 2, "G": 7}[score.key[0]]
    last = [note for note in score.notes if note.start + note.length > score.length - score.bar]
    quietest = min(note.strength for note in score.notes)
    assert min(note.pitch for note in last) % 12 == home
    assert max(note.pitch for note in last if note.instrument != 1) % 12 == home
    assert max(note.strength for note in last) <= quietest + 2
