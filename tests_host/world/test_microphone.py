"""The microphone from a WAV file to a level: driver, I2S and chip model, in the VM."""

import functools
import wave
from array import array

import numpy as np
import pytest
from hearing import QUIET
from sleepsync.bench import loudness, world
from sleepsync.bench.loudness import KINDS, LOOP_FRAMES, RATE_HZ, at_level
from sleepsync.world.sound import a_weighted_db

# Six levels of 24 tones and of two noises of each kind; eight low tones would be clipped.
RECORDINGS = {"sine": 6 * 24 - 8, "pink": 6 * 2, "white": 6 * 2, "speech": 6 * 2}
OCTAVES_HZ = 62.5 * 2.0 ** np.arange(7)


@pytest.fixture(scope="module")
def ear():
    """A microphone in a VM."""
    with loudness.Ear() as ear:
        yield ear


@pytest.fixture
def new_ear():
    """A microphone on a puck that has just been started."""
    with loudness.Ear() as ear:
        yield ear


@functools.cache
def recordings(kind):
    """All of `kind`, as the bench hears them."""
    return [recording for recording in loudness.recordings() if recording.kind == kind]


def tone(hz):
    """A sine of full scale that goes round."""
    return 32767 * np.sin(2 * np.pi * hz * np.arange(LOOP_FRAMES) / RATE_HZ)


# -- levels


@pytest.mark.parametrize(("kind", "most_db"), [("sine", 0.4), ("pink", 0.3), ("white", 0.3)])
def test_steady_sound_is_as_loud_as_the_standard_says(ear, kind, most_db):
    """A tenth of a second holds few turns of a low tone: the slice's own truth counts."""
    for recording in recordings(kind):
        assert np.abs(ear.errors_db(recording.samples)).max() < most_db, recording.level_dba


def test_speech_is_as_loud_as_it_is_in_each_slice(ear):
    """Slices differ by many decibels, so that no truth of another frame would pass."""
    spreads_db = []
    for recording in recordings("speech"):
        levels_dba, frames = ear.hear(recording.samples)
        errors_db = levels_dba - loudness.truth_dba(recording.samples, frames)
        assert np.abs(errors_db).max() < 0.5, recording.level_dba
        spreads_db.append(np.ptp(levels_dba))
    assert max(spreads_db) > 3


def test_a_tone_is_as_loud_as_its_amplitude(ear):
    """Without the transform: a sine of 1 kHz, 40 dB below full scale, is 80 dBA; of 63 Hz, 53.8."""
    for hz, level_dba in ((1000, 80.0), (63, 53.8), (4000, 81.0)):
        heard_dba, _ = ear.hear(np.rint(tone(hz) / 100).astype("<i2"))
        assert heard_dba == pytest.approx([level_dba] * loudness.SLICES, abs=0.4)


def test_a_silent_room_shows_the_part_s_own_noise(run_in):
    levels = run_in(QUIET + "result = hear(mic, 20)")
    assert all(abs(level / 100 - loudness.OWN_NOISE_DBA) < 0.6 for level in levels)


def test_too_loud_is_clipped_not_wrapped(ear):
    """A full-scale square wave raised by 12 dB stays one: 3 dB over a sine, and harmonics."""
    square = np.where(np.arange(LOOP_FRAMES) % 16 < 8, 32767, -32767).astype("<i2")
    levels_dba, _ = ear.hear(square, 2, raised_cdb=[1200])
    assert levels_dba == pytest.approx([a_weighted_db(square, RATE_HZ)] * 2, abs=0.6)


def test_the_room_s_level_is_followed_second_by_second(new_ear):
    """2 dB louder every second: each slice that lies within one second says so."""
    pink = next(r.samples for r in recordings("pink") if r.level_dba == 80)
    raised_cdb = [200 * second - 4000 for second in range(32)]
    levels_dba, frames = new_ear.hear(pink, 25, raised_cdb)
    compared = 0
    for level_dba, frame in zip(levels_dba, frames, strict=True):
        first_s, last_s = frame[0] // RATE_HZ, frame[-1] // RATE_HZ
        if first_s == last_s:
            compared += 1
            assert level_dba == pytest.approx(40 + 2 * first_s, abs=0.9)
    assert compared >= 15


# -- the figures of the bench


@pytest.mark.parametrize("kind", KINDS)
def test_recordings_are_of_every_level_and_are_not_clipped(kind):
    """Rounding to 16 bits moves what is quietest: from 50 dBA on it counts no more."""
    known = recordings(kind)
    assert len(known) == RECORDINGS[kind]
    assert {recording.level_dba for recording in known} == set(loudness.LEVELS_DBA)
    for recording in known:
        off_db = a_weighted_db(recording.samples, RATE_HZ) - recording.level_dba
        assert abs(off_db) < (2 if recording.level_dba < 50 else 0.4)
        assert np.abs(recording.samples.astype(int)).max() <= 32767


def test_the_tones_are_pure_and_each_is_another():
    """All power in one bin of the transform: whole turns, so that no seam clicks."""
    found_hz = []
    for recording in recordings("sine"):
        if recording.level_dba == 80:
            power = np.abs(np.fft.rfft(recording.samples)) ** 2
            assert power.max() > 0.9999 * power.sum()
            found_hz.append(np.argmax(power) * RATE_HZ / LOOP_FRAMES)
    assert found_hz == list(loudness.SINES_HZ)
    assert found_hz == pytest.approx(1000 * 10 ** (np.arange(-15, 9) / 10), rel=0.02)


@pytest.mark.parametrize(("kind", "db_per_octave"), [("pink", 0), ("white", 3), ("speech", 0)])
def test_each_noise_is_of_its_colour_and_no_two_are_alike(kind, db_per_octave):
    one, other = (r.samples.astype(float) for r in recordings(kind) if r.level_dba == 80)
    hz = np.fft.rfftfreq(LOOP_FRAMES, 1 / RATE_HZ)
    for samples in (one, other):
        power = np.abs(np.fft.rfft(samples)) ** 2
        octaves_db = [10 * np.log10(power[(f < hz) & (hz <= 2 * f)].sum()) for f in OCTAVES_HZ]
        assert np.polyfit(range(len(octaves_db)), octaves_db, 1)[0] == pytest.approx(
            db_per_octave, abs=0.4
        )
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.2


def test_what_16_bits_cannot_hold_is_no_recording():
    assert at_level(tone(1000), 120.1) is None
    assert at_level(tone(1000), 119.9) is not None
    assert at_level(tone(63), 100) is None


def test_the_figures_are_the_worst_of_each_kind_and_of_all(monkeypatch):
    """Of errors that are known: signs do not cancel, and neither the first nor the last wins."""
    errors_db = [("sine", -0.5), ("sine", 0.2), ("pink", 0.4), ("pink", -1.25), ("pink", 0.2)]
    errors_db += [("white", 0.3), ("speech", -0.25)]
    known = [loudness.Recording(kind, 50, np.array([off, 0.1])) for kind, off in errors_db]
    monkeypatch.setattr(loudness, "recordings", lambda: known)
    monkeypatch.setattr(loudness.Ear, "errors_db", lambda _, samples: samples)
    assert [str(figure) for figure in loudness.figures()] == [
        "world.dba_worst_error 1.25 dB <=1 SHORT",
        "world.dba_worst_error.sine 0.5 dB <=1 ok",
        "world.dba_worst_error.pink 1.25 dB <=1 SHORT",
        "world.dba_worst_error.white 0.3 dB <=1 ok",
        "world.dba_worst_error.speech 0.25 dB <=1 ok",
    ]


@pytest.mark.parametrize("off_cdb", [-140, 140])
def test_a_puck_that_is_off_falls_short(ear, off_cdb):
    """The room raises what the truth does not know of."""
    for kind in KINDS:
        samples = next(r.samples for r in recordings(kind) if r.level_dba == 65)
        assert np.all(np.abs(ear.errors_db(samples, raised_cdb=[off_cdb])) > 1)


def test_the_bench_of_the_world_begins_with_them(monkeypatch):
    monkeypatch.setattr(loudness, "figures", lambda: iter(["loud"]))
    assert next(world.figures()) == "loud"


def test_every_kind_is_within_the_goal():
    figures = list(loudness.figures())
    assert [figure for figure in figures if not figure.reached] == []
    assert len(figures) == 1 + len(KINDS)
    assert all(0.01 < figure.value < 0.5 for figure in figures)


# -- WAV files


def test_a_wav_of_another_kind_is_refused(worker, tmp_path):
    path = tmp_path / "stereo.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(array("h", [0] * 8).tobytes())
    source = (
        "from chips.i2s_microphone import LoopedSound\n"
        "try:\n    result = LoopedSound(path) and ''\n"
        "except ValueError as error:\n    result = str(error)"
    )
    said = worker.call("snippet:run", source, {"path": str(path)})
    assert said == "the WAV file is not mono, 16 bits, 16 kHz"
