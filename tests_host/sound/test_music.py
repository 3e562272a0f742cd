"""Notes, and who plays them: in tune, in time, without a click, and never a night twice."""

import numpy as np
import pytest
from playing import BLOCK, RATE_HZ, envelope, play
from playing import voice as voiced
from scipy.signal import find_peaks

pytestmark = pytest.mark.sound
# What a voice strikes in so many blocks, and when: (sample, pitch, length, strength, instrument).
STRIKES = """
from firmware.bedside import music, pulses
from firmware.bedside.renderers import Facts
class Listened:
    def strike(self, at, *how):
        result.append((1536 * block + at,) + how)
    def add(self, out, gain, goal):
        pass
music.Notes = pulses.Notes = Listened
result = []
number, *args = layer[:1] + layer[6:]
voice = {2: music.Music, 4: pulses.Pulses}[number](args, seed, Facts(seed, rate_bpm, 0, 1200))
for block in range(blocks):
    voice.add(None, 0, 0)
"""
NOTE = """
from array import array
from firmware.bedside.notes import Notes
notes, out = Notes(), bytearray()
struck = {at // 1536: [] for at, *_ in strikes}
for at, *how in strikes:
    struck[at // 1536].append((at % 1536, how))
for block in range(blocks):
    for at, how in struck.get(block, ()):
        notes.strike(at, *how)
    buf = array("h", [0] * 1536)
    notes.add(buf, 32767, 32767)
    out.extend(buf)
result = bytes(out)
"""
BELL, PAD, PLUCK, FLUTE, BASS, CHIRP, THUMP = range(7)
HOUR = 37500  # blocks


def strikes(run_in, layer, blocks, seed=1, rate_bpm=0):
    given = {"layer": layer, "blocks": blocks, "seed": seed, "rate_bpm": rate_bpm}
    return [tuple(strike) for strike in run_in(STRIKES, **given)]


def notes(worker, struck, blocks):
    out = worker.call("snippet:run", NOTE, {"strikes": struck, "blocks": blocks})
    return np.frombuffer(out, np.int16).astype(float)


def second_difference(x):
    return np.abs(np.diff(x, 2))


# -- notes


@pytest.mark.parametrize("pitch", [33, 45, 57, 69, 81, 93])
def test_a_note_is_in_tune(worker, pitch):
    """Within two cents, by its strongest line."""
    x = notes(worker, [(0, pitch, 30000, 12, FLUTE)], 22)[4096:]
    spectrum = np.abs(np.fft.rfft(x * np.hanning(len(x)), 1 << 21))
    hz = spectrum.argmax() * RATE_HZ / (1 << 21)
    cents = 1200 * np.log2(hz / (440 * 2 ** ((pitch - 69) / 12)))
    assert cents == pytest.approx(0, abs=2)


@pytest.mark.parametrize("instrument", range(7))
def test_an_instrument_rises_and_is_let_go_without_a_click(worker, instrument):
    """Neither beginning nor end is sharper than the note itself."""
    at, length = 2000, 9000
    x = notes(worker, [(at, 69, length, 15, instrument)], 40)
    sharp = second_difference(x)
    sounding = sharp[at + 400 : at + length - 400].max()
    assert np.abs(x[:at]).max() == 0
    assert sharp[at - 5 : at + 400].max() <= 1.25 * sounding
    assert sharp[at + length - 5 : at + length + 400].max() <= 1.25 * sounding
    assert np.abs(x[-BLOCK:]).max() < np.abs(x).max() / 10


def test_a_strike_in_the_next_block_waits_for_it(worker):
    x = notes(worker, [(1536 + 100, 69, 4000, 10, PLUCK)], 8)
    late = worker.call("snippet:run", NOTE.replace("at % 1536", "at"), {"strikes": [], "blocks": 1})
    assert not any(late)
    source = NOTE.replace("at % 1536", "at % 1536 + 1536").replace("at // 1536", "at // 1536 - 1")
    out = worker.call(
        "snippet:run", source, {"strikes": [(1536 + 100, 69, 4000, 10, PLUCK)], "blocks": 8}
    )
    assert (np.frombuffer(out, np.int16) == x).all()


def test_a_seventh_note_bends_the_softest_without_a_click(worker):
    struck = [(3000 * i, 60 + 4 * i, 4000, 15, BELL) for i in range(12)]
    x = notes(worker, struck, 40)
    sharp = second_difference(x)
    for at, *_ in struck[6:]:
        assert sharp[at - 20 : at + 20].max() <= 1.25 * sharp[at + 100 : at + 2900].max()


def test_six_notes_at_their_loudest_are_clipped_and_do_not_wrap(worker):
    x = notes(worker, [(0, 57, 20000, 15, PAD)] * 6, 16)
    assert np.abs(x).max() >= 32767
    assert np.abs(np.diff(x)).max() < 20000


# -- music


MUSIC = voiced("music", root="D3", scale="pentatonic")[0]


def test_music_never_plays_the_same_half_minute_twice_in_a_night(run_in):
    """Eight hours of it: no four phrases, of eight beats each, come again."""
    struck = strikes(run_in, MUSIC, 8 * HOUR)
    melody = [s for s in struck if s[4] == BELL]
    assert len(melody) > 8000
    onsets = np.array([s[0] for s in melody])
    pitches = np.array([s[1] for s in melody])
    seen = set()
    windows = range(0, len(melody) - 20, 5)
    for i in windows:
        rhythm = np.round(np.diff(onsets[i : i + 20]) / 1000)
        seen.add((*pitches[i : i + 20], *rhythm))
    assert len(seen) == len(windows)


def test_two_acts_play_different_music(run_in):
    first, second, again = (strikes(run_in, MUSIC, 2000, seed=s) for s in (3, 4, 3))
    assert first == again
    assert [s[1] for s in first] != [s[1] for s in second]


@pytest.mark.parametrize(("heart", "first", "last"), [(64, 64, 46), (0, 60, 46), (120, 80, 46)])
def test_music_goes_as_the_heart_does_and_then_slower(run_in, heart, first, last):
    """Beats a minute, from one chord (of eight beats) to the next."""
    struck = strikes(run_in, MUSIC, HOUR, rate_bpm=heart)
    chords = np.array(sorted({s[0] for s in struck if s[4] == PAD}))
    tempo = 8 * 60 * RATE_HZ / np.diff(chords)
    assert tempo[0] == pytest.approx(first, abs=0.5)
    assert tempo[-1] == pytest.approx(last, abs=0.5)
    assert (np.diff(tempo) < 0.1).all()


@pytest.mark.parametrize("scale", ["pentatonic", "dorian", "hirajoshi"])
def test_music_keeps_to_its_scale_and_comes_home(run_in, scale):
    (layer,) = voiced("music", root="D3", scale=scale, often=1)
    struck = strikes(run_in, layer, HOUR // 4)
    tones = {(s[1] - 50) % 12 for s in struck}
    assert tones <= set(layer[7])
    assert len(tones) == len(layer[7])
    chords = [s for s in struck if s[4] == PAD]
    roots = [s[1] for s in chords[::3]]
    assert all(root % 12 == 2 for root in roots[::4])
    assert all(root % 12 == 2 for root in roots[3::4])
    assert len(set(roots)) > 2


def test_a_melody_walks(run_in):
    """By small steps mostly, over more than an octave, with rests."""
    struck = [s for s in strikes(run_in, MUSIC, HOUR) if s[4] == BELL]
    steps = np.abs(np.diff([s[1] for s in struck]))
    assert 0.5 < (steps <= 5).mean() < 0.97
    assert (steps > 0).mean() > 0.7
    assert len({s[1] for s in struck}) > 10
    beats = np.diff([s[0] for s in struck]) / (RATE_HZ * 60 / 46)
    assert 0.1 < (beats > 1.4).mean() < 0.6


# -- pulses


def test_a_heart_beats_as_the_sleeper_s_does_and_then_slower(worker, tmp_path):
    x = play(worker, tmp_path, voiced("heartbeat"), 2 * 625, rate_bpm=58)
    e = envelope(x)
    beats, _ = find_peaks(e, height=0.6 * e.max(), distance=25)
    rates = 60 * 50 / np.diff(beats)
    assert np.median(rates[:8]) == pytest.approx(58, abs=1.5)
    assert rates[-8:].mean() < 50


def test_crickets_chirp_in_groups_and_leave_some_out(run_in):
    near = voiced("crickets")[0]
    at = np.array([s[0] for s in strikes(run_in, near, 625)]) / 16  # ms
    gaps = np.diff(at)
    inside, between = gaps[gaps < 100], gaps[gaps >= 100]
    assert inside == pytest.approx(36)
    assert len(inside) == pytest.approx(3 * (len(between) + 1), abs=3)
    assert between.min() > 600
    assert np.ptp(between[between < 900]) > 80
    assert (between > 1300).any()


def test_the_loops_of_a_drone_do_not_come_together_again(run_in):
    """An hour of each loop: the pauses between two strikes are never twice the same for long."""
    for layer in voiced("drone"):
        gaps = np.diff([s[0] for s in strikes(run_in, layer, HOUR)])
        runs = {tuple(gaps[i : i + 4]) for i in range(len(gaps) - 4)}
        assert len(runs) == len(gaps) - 4
