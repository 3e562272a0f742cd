"""Recordings become clips: what is heard stays, what is not goes, and what cannot be is told."""

import io
import re

import numpy as np
import pytest
import soundfile
from clips_made import RATE_HZ, as_type, clip_of, sine, snr_db, voice, write
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.io import wavfile
from sleepsync.cli import app
from sleepsync.clips import ClipError, adpcm, read_recording, room, sum_of, unwrapped
from sleepsync.clips.adpcm import decoded, encoded
from sleepsync.clips.container import wrapped
from sleepsync.clips.prepared import LOUDNESS_DB, PEAK, limited, loudness, prepared, resampled
from sleepsync.flash import flash_map
from typer.testing import CliRunner

PAGE = 505


def heard_elsewhere(file):
    """(samples, rate) of a clip by libsndfile, which knows nothing of us."""
    return soundfile.read(io.BytesIO(file), dtype="int16")


def whole(kind):
    return np.round(voice(2) * 20000).astype(kind)


# -- reading


@pytest.mark.parametrize("kind", ["u1", "i2", "i4", "f4", "f8"])
@pytest.mark.parametrize("channels", [1, 2, 5])
def test_a_wav_of_any_width_and_channels_is_read(tmp_path, kind, channels):
    wanted = voice(0.5)
    shares = np.linspace(0.5, 1.5, channels) if channels > 1 else np.ones(1)
    path = tmp_path / "a.wav"
    wavfile.write(path, 44100, as_type(wanted[:, None] * shares / 2, kind))
    got, rate = read_recording(path)
    assert rate == 44100
    assert snr_db(wanted / 2, got) > (25 if kind == "u1" else 70)


def test_24_bits_are_read(tmp_path):
    path = tmp_path / "a.wav"
    soundfile.write(path, voice(0.5), 48000, subtype="PCM_24")
    assert snr_db(voice(0.5), read_recording(path)[0]) > 110


@pytest.mark.parametrize("subtype", ["ULAW", "IMA_ADPCM", "GSM610"])
def test_what_is_no_pcm_is_refused_with_the_words_that_convert_it(tmp_path, subtype):
    path = tmp_path / "old tape.wav"
    soundfile.write(path, voice(0.5), 16000, subtype=subtype)
    with pytest.raises(
        ClipError, match=r"old tape\.wav: no PCM WAV .*ffmpeg -i old tape\.wav .*old tape-pcm\.wav"
    ):
        read_recording(path)


@pytest.mark.parametrize("content", [b"", b"RIFF", b"ID3\x03 an mp3", bytes(100)])
def test_what_is_no_wav_is_refused(tmp_path, content):
    path = tmp_path / "a.wav"
    path.write_bytes(content)
    with pytest.raises(ClipError, match="no PCM WAV"):
        read_recording(path)


def test_a_torn_wav_never_passes_for_a_whole_one_s_error(tmp_path):
    path = write(tmp_path / "a.wav", voice(0.5))
    path.write_bytes(path.read_bytes()[:30])
    with pytest.raises(ClipError):
        read_recording(path)


@pytest.mark.parametrize(
    ("content", "says"),
    [(np.full(9, np.nan, "f4"), "no numbers"), (np.full(9, np.inf, "f8"), "no numbers")],
)
def test_samples_that_are_no_numbers_are_refused(tmp_path, content, says):
    wavfile.write(tmp_path / "a.wav", 16000, content)
    with pytest.raises(ClipError, match=says):
        read_recording(tmp_path / "a.wav")


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(ClipError, match="No such file"):
        read_recording(tmp_path / "a.wav")


def test_a_rate_that_no_voice_has(tmp_path):
    with pytest.raises(ClipError, match="4000 samples a second; wanted 8000 to 384000"):
        read_recording(write(tmp_path / "a.wav", voice(0.5), 4000))


# -- preparing


@pytest.mark.parametrize("rate_hz", [8000, 11025, 22050, 44100, 48000, 96000])
def test_resampling_keeps_what_both_rates_hold(rate_hz):
    hz = min(3000, rate_hz // 3)
    got = resampled(sine(hz, 1, rate_hz), rate_hz)
    assert len(got) == RATE_HZ
    inside = slice(1000, -1000)
    assert snr_db(sine(hz, 1)[inside], got[inside]) > 60


@pytest.mark.parametrize("hz", [8500, 10000, 13000, 20000])
def test_resampling_lets_nothing_fold_back(hz):
    got = resampled(sine(hz, 1, 48000), 48000)[1000:-1000]
    assert 20 * np.log10(got.std() / sine(hz, 1).std()) < -75


def test_silence_goes_and_what_is_heard_stays():
    spoken = voice(3)
    quiet = 0.0005 * np.random.default_rng(1).standard_normal(4 * RATE_HZ)
    around = np.concatenate([quiet, spoken, quiet])
    got = prepared(around, RATE_HZ)
    assert 2.5 * RATE_HZ < len(got) < 3.4 * RATE_HZ


def test_an_offset_goes():
    got = prepared(voice(3) * 0.3 + 0.4, RATE_HZ)
    assert abs(got.mean()) < 1e-3
    assert got[0] == got[-1] == 0


@pytest.mark.parametrize("gain", [0.002, 0.05, 1.0])
def test_all_are_equally_loud(gain):
    got = prepared(voice(5) * gain, RATE_HZ)
    assert 20 * np.log10(loudness(got)) == pytest.approx(LOUDNESS_DB, abs=0.7)


def test_a_pause_makes_nothing_louder():
    spoken = voice(4)
    pause = 0.002 * np.random.default_rng(2).standard_normal(12 * RATE_HZ)
    with_pause = np.concatenate([spoken, pause, spoken])
    assert loudness(with_pause) == pytest.approx(loudness(spoken), rel=0.03)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 1 << 30), st.floats(0.1, 50))
def test_nothing_clips(seed, gain):
    random = np.random.default_rng(seed)
    samples = random.standard_normal(3000) * gain * (random.random(3000) > random.random())
    assert np.abs(limited(samples)).max() <= PEAK * 1.000001


def test_what_is_below_the_peak_is_left_as_it_is():
    assert np.allclose(limited(sine(500, 1, amplitude=0.8)), sine(500, 1, amplitude=0.8))


def test_a_peak_is_turned_down_without_an_edge():
    samples = sine(300, 1, amplitude=0.3)
    samples[8000] = 6.0
    gain = limited(samples)[samples != 0] / samples[samples != 0]
    assert np.abs(np.diff(gain)).max() < 0.03


@pytest.mark.parametrize("samples", [np.zeros(20000), np.full(20000, 0.5), np.zeros(0)])
def test_nothing_to_be_heard_is_told(samples):
    with pytest.raises(ClipError, match="nothing is to be heard"):
        prepared(samples, RATE_HZ)


def test_both_ends_are_faded():
    got = prepared(np.ones(RATE_HZ) * sine(440, 1), RATE_HZ)
    for edge in (got[:160], got[::-1][:160]):
        assert edge[0] == 0
        assert np.abs(edge[:40]).max() < 0.2 * np.abs(got).max()


# -- the code, and the file


@settings(deadline=None, max_examples=50)
@given(
    st.binary(min_size=3 * 252, max_size=3 * 252),
    st.lists(st.integers(0, 88), min_size=3, max_size=3),
)
def test_any_code_is_decoded_as_libsndfile_does(body, indices):
    pages = [
        body[252 * i : 252 * i + 2] + bytes([index, 0]) + body[252 * i : 252 * i + 252]
        for i, index in enumerate(indices)
    ]
    data = b"".join(pages)
    got, rate = heard_elsewhere(wrapped(data, 3 * PAGE))
    assert rate == RATE_HZ
    assert (got == decoded(data)).all()


def test_a_voice_comes_back_with_little_noise():
    wanted = whole(np.int16)
    assert snr_db(wanted, decoded(encoded(wanted))[: len(wanted)]) > 20


@pytest.mark.parametrize("hz", [100, 440, 1000])
def test_a_tone_comes_back_with_less(hz):
    wanted = np.round(sine(hz, 1) * 32767)
    assert snr_db(wanted, decoded(encoded(wanted))[:RATE_HZ]) > 25


@pytest.mark.parametrize("level", [32767, -32768])
def test_extremes_come_back(level):
    square = np.repeat(np.where(np.arange(40) % 2, level, -level - 1), 100)
    assert np.abs(decoded(encoded(square))[:4000] - square)[50::100].max() < 8000


def test_the_best_first_step_is_taken():
    """A page that begins loudly has less noise than with the smallest step."""
    pages = np.round(sine(1000, 505 / RATE_HZ) * 32767).astype(int).reshape(1, -1)
    noise = ((decoded(encoded(pages[0])) - pages[0]) ** 2).sum()
    assert noise < adpcm._page(pages, 0)[1][0] / 2


def test_any_player_opens_the_file_and_hears_the_clip():
    clip = clip_of(voice(3))
    got, rate = heard_elsewhere(clip.file)
    wanted = np.round(prepared(voice(3), RATE_HZ) * 32767)
    assert rate == RATE_HZ
    assert clip.seconds == pytest.approx(len(wanted) / RATE_HZ)
    assert snr_db(wanted, got[: len(wanted)]) == pytest.approx(clip.snr_db, abs=0.01)
    assert clip.snr_db > 20
    assert not got[len(wanted) + 30 :].any()
    with soundfile.SoundFile(io.BytesIO(clip.file)) as file:
        assert (file.format, file.subtype, file.channels) == ("WAV", "IMA_ADPCM", 1)


def test_a_clip_is_known_by_its_sum():
    one, other = clip_of(voice(1, seed=1)).file, clip_of(voice(1, seed=2)).file
    assert sum_of(unwrapped(one)) != sum_of(unwrapped(other))
    assert sum_of(unwrapped(one)) < 1 << 30


@pytest.mark.parametrize("at", [0, 8, 21, 45, 53, 61, 66, 70, 72, 4000, -1])
def test_a_changed_byte_is_seen(at):
    file = bytearray(clip_of(voice(1)).file)
    file[at] ^= 1
    with pytest.raises(ClipError, match=r"torn or damaged|not made by sleepsync clip"):
        unwrapped(bytes(file))


@pytest.mark.parametrize("bytes_", [0, 10, 72, 73, 3000])
def test_a_torn_file_is_seen(bytes_):
    with pytest.raises(ClipError):
        unwrapped(clip_of(voice(1)).file[:bytes_])


# -- room


def test_what_fits_fits_and_what_does_not_says_how_long_it_may_be():
    most = room.most_seconds(room.all_bytes())
    assert 360 < most < 390
    pages = int(most * RATE_HZ / PAGE)
    room.check("a", 72 + 256 * pages)
    with pytest.raises(ClipError, match=r"enough for 6 min \d+ s; make it shorter$"):
        room.check("a", 72 + 256 * (pages + 17))


def test_other_clips_take_their_room():
    free = 10 * 4096
    with pytest.raises(ClipError, match=r"40,960 are free .* 0 min 5 s; .*take another clip off"):
        room.check("a", 60_000, room.all_bytes() - free)
    room.check("a", 40_000, room.all_bytes() - free)


def test_the_flash_map_holds_what_is_promised():
    assert room.all_bytes() == flash_map().clips_bytes
    assert room.flash_bytes(4088) == 4096
    assert room.flash_bytes(4089) == 8192


# -- the command


def run(*words):
    return CliRunner().invoke(app, ["clip", *map(str, words)])


def test_the_command_writes_a_clip_and_says_what_it_takes(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ended = run(write(tmp_path / "Good Night!.wav", voice(4, 44100), 44100))
    assert ended.exit_code == 0, ended.stderr
    file = (tmp_path / "good-night-clip.wav").read_bytes()
    clip = clip_of(*read_recording(tmp_path / "Good Night!.wav"))
    assert file == clip.file
    first, second, third = ended.output.splitlines()
    assert re.fullmatch(
        rf"good-night: {clip.seconds:.1f} s, {len(file):,} bytes, [\d,]+ of flash \(1\.\d % .*",
        first,
    )
    assert re.fullmatch(r"signal to noise 2\d dB; loudness -1\d\.\d dB of full scale", second)
    assert third == "Clip: good-night-clip.wav"


def test_names_and_places_can_be_chosen(tmp_path):
    source = write(tmp_path / "a.wav", voice(1))
    ended = run(source, "--name", "grandma", "--out", tmp_path / "b.wav")
    assert ended.output.startswith("grandma: ")
    assert (tmp_path / "b.wav").exists()


@pytest.mark.parametrize("name", ["Grandma", "a b", "../a", "x" * 25, "a.wav", "-a"])
def test_a_name_that_no_scene_could_call_is_refused(tmp_path, name):
    ended = run(write(tmp_path / "a.wav", voice(1)), f"--name={name}", "--out", tmp_path / "b.wav")
    assert (ended.exit_code, "choose another" in ended.stderr) == (1, True)


def test_the_recording_is_never_written_over(tmp_path):
    source = write(tmp_path / "a.wav", voice(1))
    before = source.read_bytes()
    assert "is the recording itself" in run(source, "--out", source).stderr
    assert source.read_bytes() == before


def test_what_is_too_long_is_refused_and_nothing_written(tmp_path):
    source = write(tmp_path / "a.wav", np.tile(voice(20), 25), kind="u1")
    ended = run(source, "--out", tmp_path / "b.wav")
    assert (ended.exit_code, "enough for 6 min" in ended.stderr) == (1, True)
    assert not (tmp_path / "b.wav").exists()


def test_a_folder_that_is_not_there_is_named(tmp_path):
    ended = run(write(tmp_path / "a.wav", voice(1)), "--out", tmp_path / "none" / "b.wav")
    assert "cannot be written (No such file" in ended.stderr


def test_a_recording_of_peaks_says_why_it_is_soft(tmp_path):
    clicks = 0.01 * voice(4)
    clicks[::1600] = 1.0
    ended = run(write(tmp_path / "a.wav", clicks), "--out", tmp_path / "b.wav")
    assert "its peaks keep it from being louder" in ended.output
