"""The microphone from a WAV file to a level: driver, I2S and chip model, in the VM."""

import wave
from array import array

import numpy as np
import pytest
from hearing import QUIET, TABLE
from sleepsync.vm import Worker
from weighting import RATE_HZ, weighted

FULL_SCALE_DB = 120  # of a sine
OWN_NOISE_DB = 30
LOOP = 2 * RATE_HZ
LEVELS_DB = (35, 50, 65, 80, 100)
SINES_HZ = (31.5, 63, 125, 250, 500, 1000, 2000, 4000, 6300)

# As QUIET, with a WAV file; `spans`: the first frame of every block.
WAV = (
    TABLE
    + """
chip = I2SMicrophone(LoopedSound(path), seed)
spans, fill = [], chip.fill
def noted(start_us, first, words):
    spans.append(start_us * 16 // 1000 + first)
    fill(start_us, first, words)
chip.fill = noted
i2s = wired(chip)
mic = Microphone(i2s)
mic.start()
levels = hear(mic, slices)
i2s.deinit()
result = [levels, spans[:5 * slices]]
"""
)


@pytest.fixture(scope="module")
def heard():
    """Sounds (float, 1 is full scale) to WAV files to the VM: the worst error of each, in dB."""
    with Worker() as vm:
        yield lambda sound, path, slices=4: _errors(vm, sound, path, slices)


def _errors(vm, sound, path, slices):
    samples = np.clip(np.rint(sound * 32767), -32768, 32767).astype("<i2")
    save(path, samples)
    given = {"path": str(path), "seed": 7, "slices": slices}
    levels, spans = vm.call("snippet:run", WAV, given)
    powers = weighted(samples / 32768) ** 2
    truths = [truth_db(powers, spans[5 * i + 1 : 5 * i + 5]) for i in range(slices)]
    return np.array(levels) / 100 - truths


def truth_db(powers, firsts):
    """The level of the blocks that begin at `firsts`, with the microphone's own noise."""
    at = np.concatenate([np.arange(first, first + 768) for first in firsts]) % len(powers)
    sound = 2 * powers[at].mean() * 10 ** (FULL_SCALE_DB / 10)
    return 10 * np.log10(sound + 10 ** (OWN_NOISE_DB / 10))


def save(path, samples):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(samples.tobytes())


def at_level(sound, level_db):
    """`sound`, its A-weighted level set; None if it would be clipped."""
    now_db = FULL_SCALE_DB + 10 * np.log10(2 * np.mean(weighted(sound) ** 2))
    sound = sound * 10 ** ((level_db - now_db) / 20)
    return sound if np.abs(sound).max() < 1 else None


def noise(kind, seed):
    """Two seconds of pink, white or speech-like noise from 25 Hz to 7 kHz, without a seam."""
    rng = np.random.default_rng(seed)
    hz = np.fft.rfftfreq(LOOP, 1 / RATE_HZ)
    spectrum = np.exp(2j * np.pi * rng.random(len(hz))) * ((hz > 25) & (hz < 7000))
    if kind != "white":
        spectrum[1:] /= np.sqrt(hz[1:])
    sound = np.fft.irfft(spectrum, LOOP)
    if kind == "speech":  # syllables, four a second, half of them nearly silent
        t = np.arange(LOOP) / RATE_HZ
        sound *= 0.03 + np.clip(np.sin(2 * np.pi * 4 * t) + 0.6 * np.sin(2 * np.pi * t), 0, None)
    return sound


# -- levels


@pytest.mark.parametrize("hz", SINES_HZ)
def test_a_sine_is_as_loud_as_the_standard_says(heard, tmp_path, hz):
    t = np.arange(LOOP) / RATE_HZ
    tried = 0
    for level_db in LEVELS_DB:
        sound = at_level(np.sin(2 * np.pi * hz * t), level_db)
        if sound is not None:
            tried += 1
            # A tenth of a second holds few turns of a low tone: the slice's own truth counts.
            assert np.abs(heard(sound, tmp_path / "sine.wav", 2)).max() < 0.5, level_db
    assert tried >= (3 if hz < 63 else 4)


@pytest.mark.parametrize("kind", ["pink", "white", "speech"])
@pytest.mark.parametrize("level_db", LEVELS_DB)
def test_noise_is_as_loud_as_the_standard_says(heard, tmp_path, kind, level_db):
    for seed in (1, 2):
        sound = at_level(noise(kind, seed), level_db)
        if level_db < 100 or kind != "speech":  # which would be clipped
            assert np.abs(heard(sound, tmp_path / "noise.wav")).max() < 0.6


def test_a_silent_room_shows_the_part_s_own_noise(run_in):
    levels = run_in(QUIET + "result = hear(mic, 20)")
    assert all(abs(level - 3000) < 60 for level in levels)


def test_too_loud_is_clipped_not_wrapped(run_in, tmp_path):
    """A full-scale square wave raised by 12 dB stays one: 3 dB over a sine, and harmonics."""
    t = np.arange(LOOP)
    save(tmp_path / "square.wav", np.where(t % 16 < 8, 32767, -32768).astype("<i2"))
    source = TABLE + (
        "chip = I2SMicrophone(LoopedSound(path, 10800, lambda us: 12000))\n"
        "mic = Microphone(wired(chip))\nmic.start()\nresult = hear(mic, 2)"
    )
    square = np.where(t % 16 < 8, 1, -1)
    truth = FULL_SCALE_DB + 10 * np.log10(2 * np.mean(weighted(square) ** 2))
    levels = run_in(source, path=str(tmp_path / "square.wav"))
    assert [level / 100 for level in levels] == pytest.approx([truth] * 2, abs=0.6)


def test_the_room_s_level_is_followed_second_by_second(run_in, tmp_path):
    """2 dB louder every second: each slice that lies within one second says so."""
    path = tmp_path / "loop.bin"
    pink = noise("pink", 3)
    samples = (pink * 8000 / np.abs(pink).max()).astype("<i2")
    samples.tofile(path)
    loop_db = FULL_SCALE_DB + 10 * np.log10(2 * np.mean(weighted(samples / 32768) ** 2))
    source = WAV.replace("LoopedSound(path)", "LoopedSound(path, loop_cdb, lambda us: level(us))")
    source = "def level(us):\n    return 4000 + us // 1000000 * 200\n" + source
    given = {"path": str(path), "seed": 7, "slices": 25, "loop_cdb": round(loop_db * 100)}
    levels, spans = run_in(source, **given)
    compared = 0
    for i, level in enumerate(levels):
        first, last = spans[5 * i + 1], spans[5 * i + 4] + 767
        if first // RATE_HZ == last // RATE_HZ:
            compared += 1
            assert level / 100 == pytest.approx(40 + 2 * (first // RATE_HZ), abs=0.9)
    assert compared >= 15


# -- privacy, and the driver's manners


def test_no_sample_outlives_its_block(run_in):
    """Once the handlers that are due have run, the buffer holds zeros; after `stop` at once."""
    assert run_in(
        QUIET
        + """
seen = set()
for i in range(200):
    time.sleep_ms(11)
    mic.listen()
    clock.interrupts()
    seen.update(mic._words)
mic._begin()  # a block is there at once, and its handler has not run
filled = set(mic._words) != {0}
mic.stop()
seen.update(mic._words)
result = [list(seen), filled, mic._state[4] + mic._state[5] > 0]
"""
    ) == [[0], True, True]


def test_a_slice_a_second_of_a_quarter_second(run_in):
    result = run_in(
        QUIET
        + """
hear(mic, 1)
before, began, read = clock.charged_us["kernel"], clock.us, 0
levels = hear(mic, 60, 50)
result = [(clock.us - began) // 60, (clock.charged_us["kernel"] - before) // 60, chip.torn]
"""
    )
    period_us, kernel_us, torn = result
    assert 1_000_000 <= period_us < 1_060_000
    assert 1500 < kernel_us < 2000  # 0.2 % of a second
    assert torn == 0


def test_listening_never_waits(run_in):
    assert run_in(
        QUIET
        + """
result = []
for i in range(40):
    before = clock.us
    mic.listen()
    result.append(clock.us - before)
    time.sleep_ms(100)
result = max(result) < 700  # what the port's task and a kernel take
"""
    )


def test_the_wrap_of_the_ticks_goes_unnoticed(run_in):
    assert (
        run_in(
            QUIET
            + """
clock.us = ((1 << 30) - 2500) * 1000
mic.start()
result = len(hear(mic, 5))
"""
        )
        == 5
    )


@pytest.mark.parametrize(
    ("word", "what"),
    [
        (0, "nothing but zeros"),
        (-1, "the same word for ever"),
        (0x12345600, "the same word for ever"),
    ],
)
def test_a_line_that_stands_still_is_named(run_in, word, what):
    errors, after = run_in(
        QUIET
        + """
hear(mic, 2)
chip.is_dead, chip.stuck_word = True, word
errors = []
while len(errors) < 3:
    time.sleep_ms(100)
    try:
        mic.listen()
    except OSError as error:
        errors.append(str(error))
chip.is_dead = False
result = [errors, hear(mic, 3)[-1]]
""",
        word=word,
    )
    assert set(errors) == {f"microphone: {what}; check its wires"}
    assert abs(after - 3000) < 60


def test_a_line_that_dies_after_a_bang_is_named_at_once(run_in):
    """Each slice begins with filters at rest: no echo of the last one passes for sound."""
    assert (
        run_in(
            QUIET
            + """
hear(mic, 1)
for i in range(1, 4):
    mic._state[i] = 1 << 27
chip.is_dead = True
result = ""
while not result:
    time.sleep_ms(10)
    try:
        if mic.listen():
            result = "a level"
    except OSError as error:
        result = str(error)
"""
        )
        == "microphone: nothing but zeros; check its wires"
    )


def test_nothing_wired_is_nothing_but_zeros(run_in):
    assert (
        run_in(
            TABLE
            + """
mic = Microphone(wired(None))
mic.start()
result = ""
while not result:
    time.sleep_ms(100)
    try:
        mic.listen()
    except OSError as error:
        result = str(error)
"""
        )
        == "microphone: nothing but zeros; check its wires"
    )


def test_the_zeros_of_a_waking_part_are_no_fault(run_in):
    """It says nothing for 256 ms after its clock began: the first slice comes after that."""
    assert run_in(
        TABLE
        + """
chip = I2SMicrophone(None, 3)
words = array("i", [1] * 4864)
wired(chip).readinto(words)
said = list(words)
result = [set(said[:4096]) == {0}, set(said[4096:]) == {0}]
mic = Microphone(wired(chip))
mic.start()
result.append(abs(hear(mic, 1)[0] - 3000) < 60)
"""
    ) == [True, False, True]


def test_transfers_that_never_end_are_named_and_begun_anew(run_in):
    result = run_in(
        QUIET
        + """
hear(mic, 2)
mic._i2s._stream._on_time = mic._i2s._stream._alarm = lambda: None
errors, at = [], []
for i in range(60):
    time.sleep_ms(100)
    try:
        mic.listen()
    except OSError as error:
        errors.append(str(error))
result = errors
"""
    )
    assert 2 <= len(result) <= 4
    assert set(result) == {"microphone: no samples come; check its wires"}


def test_stop_and_start(run_in):
    result = run_in(
        QUIET
        + """
hear(mic, 1)
while mic._blocks < 1:
    time.sleep_ms(16)
    mic.listen()
mic.stop()
kernel_us = clock.charged_us["kernel"]
time.sleep(3)
idle = clock.charged_us["kernel"] - kernel_us
mic.start()
result = [idle, hear(mic, 2)]
"""
    )
    assert result[0] == 0
    assert all(abs(level - 3000) < 60 for level in result[1])


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
