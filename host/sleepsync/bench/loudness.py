"""The area `world`: are known recordings as loud as the puck says they are?

WAV files go through chip model, I2S and driver in the VM. The truth is the waveform weighted
in floating point by IEC 61672-1, over the very frames that the driver heard: it hears a
quarter of each second, and speech is not equally loud in all of them. The part's own noise
belongs to the truth, for no driver can tell it from the room's; it lifts 35 dBA by 1.2 dB.
Never measure a sound that 16 bits would clip: its level would not be the one it was made for.
"""

import tempfile
import wave
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import fft

from sleepsync.bench.figure import Figure
from sleepsync.vm import Worker
from sleepsync.world.noise import band_noise, stream
from sleepsync.world.sound import FULL_SCALE, RATE_HZ, SINE_DB, a_weighted_db, a_weighting

GOAL = "<=1"
KINDS = ("sine", "pink", "white", "speech")
LEVELS_DBA = (35, 50, 65, 80, 90, 100)
# Third-octaves of IEC 61672-1, table 3: from what a wall lets through to near half the rate.
SINES_HZ = (
    *(31.5, 40, 50, 63, 80, 100, 125, 160, 200, 250, 315, 400, 500, 630, 800),
    *(1000, 1250, 1600, 2000, 2500, 3150, 4000, 5000, 6300),
)
SEEDS = (1, 2)
LOOP_FRAMES = 2 * RATE_HZ  # holds whole turns of every sine and syllable, so it has no seam
SLICES = 4
OWN_NOISE_DBA = 30.0  # of the chip model
_BLOCK_FRAMES = 768  # of lib/microphone.py: the first of a slice's five blocks is not counted
_BLOCKS = 5
_BAND_HZ = (25.0, 7999.0)
_SYLLABLES_HZ, _PHRASES_HZ, _PAUSE = 4, 1, 0.03  # a pause has that much of a syllable's pressure

# A table with a microphone on it, in the VM's own Python.
TABLE = """
import time
from array import array
from clock import clock
from machine import I2S, Pin
from microphone import BLOCK, RATE_HZ, Microphone
from table import table
from chips.i2s_microphone import I2SMicrophone, LoopedSound

def wired(chip, ibuf=14336):
    table.i2s[0] = chip
    pins = dict(sck=Pin(11), ws=Pin(12), sd=Pin(13))
    return I2S(0, mode=I2S.RX, bits=32, format=I2S.MONO, rate=RATE_HZ, ibuf=ibuf, **pins)

def hear(mic, slices, step_ms=10):
    levels = []
    while len(levels) < slices:
        time.sleep_ms(step_ms)
        if mic.listen():
            levels.append(mic.level_cdb)
    return levels
"""
# `firsts`: the frame, counted from the puck's start, with which each block begins.
_HEAR = (
    TABLE
    + """
sound = LoopedSound(path, 0, lambda us: raised_cdb[min(us // 1000000, len(raised_cdb) - 1)])
chip = I2SMicrophone(sound, 7)
firsts, fill = [], chip.fill
def noted(start_us, first, words):
    firsts.append(start_us * RATE_HZ // 1000000 + first)
    fill(start_us, first, words)
chip.fill = noted
i2s = wired(chip)
mic = Microphone(i2s)
mic.start()
levels = hear(mic, slices)
mic.stop()
i2s.deinit()
result = [levels, firsts]
"""
)


@dataclass(frozen=True)
class Recording:
    """`samples`: int16 of shape (LOOP_FRAMES,); `level_dba`: how loud they were made.

    Rounding to 16 bits moves the quietest sine by 1.7 dB: the truth is that of `samples`.
    """

    kind: str
    level_dba: int
    samples: np.ndarray


class Ear:
    """The puck's microphone and what it hears, in a VM of its own. A context manager."""

    def __init__(self) -> None:
        self._vm = Worker()
        self._folder = tempfile.TemporaryDirectory(prefix="sleepsync-")
        self._path = Path(self._folder.name) / "known.wav"

    def __enter__(self) -> "Ear":
        return self

    def __exit__(self, *_: object) -> None:
        self._vm.close()
        self._folder.cleanup()

    def hear(
        self, samples: np.ndarray, slices: int = SLICES, raised_cdb: Sequence[int] = (0,)
    ) -> tuple[np.ndarray, np.ndarray]:
        """(levels in dBA, shape (slices,); frames that each is of, shape (slices, 3072)).

        `samples` (int16) go round and round. The room raises them by `raised_cdb` (0.01 dB)
        in each second of the puck, by the last one in all that follow.
        """
        save_wav(self._path, samples)
        given = {"path": str(self._path), "slices": slices, "raised_cdb": list(raised_cdb)}
        levels, firsts = self._vm.call("snippet:run", _HEAR, given)
        counted = np.reshape(firsts, (slices, _BLOCKS))[:, 1:]
        frames = counted[:, :, np.newaxis] + np.arange(_BLOCK_FRAMES)
        return np.array(levels) / 100, frames.reshape(slices, -1)

    def errors_db(self, samples: np.ndarray, raised_cdb: Sequence[int] = (0,)) -> np.ndarray:
        """What the puck says of `samples` less what is true of them as they are, each slice."""
        levels_dba, frames = self.hear(samples, raised_cdb=raised_cdb)
        return levels_dba - truth_dba(samples, frames)


def figures() -> Iterator[Figure]:
    """The largest error of all recordings, and of each kind of them; some seconds."""
    worst_db = dict.fromkeys(KINDS, 0.0)
    with Ear() as ear:
        for recording in recordings():
            error_db = float(np.abs(ear.errors_db(recording.samples)).max())
            worst_db[recording.kind] = max(worst_db[recording.kind], error_db)
    yield Figure("world.dba_worst_error", max(worst_db.values()), "dB", GOAL)
    for kind in KINDS:
        yield Figure(f"world.dba_worst_error.{kind}", worst_db[kind], "dB", GOAL)


def recordings() -> Iterator[Recording]:
    """Every sound at every level at which 16 bits do not clip it."""
    for kind, sound in _sounds():
        for level_dba in LEVELS_DBA:
            samples = at_level(sound, level_dba)
            if samples is not None:
                yield Recording(kind, level_dba, samples)


def at_level(sound: np.ndarray, level_dba: float) -> np.ndarray | None:
    """`sound` (any scale, going round) as int16 of that A-weighted level; None if clipped."""
    raised = sound * 10 ** ((level_dba - a_weighted_db(sound, RATE_HZ)) / 20)
    return np.rint(raised).astype("<i2") if np.abs(raised).max() <= FULL_SCALE else None


def truth_dba(samples: np.ndarray, frames: np.ndarray) -> np.ndarray:
    """The A-weighted level of each row of `frames` of `samples` and the part's own noise."""
    weights = a_weighting(fft.rfftfreq(len(samples), 1 / RATE_HZ))
    weighted = fft.irfft(fft.rfft(samples / FULL_SCALE) * weights, len(samples))
    mean_squares = np.mean(weighted[frames % len(samples)] ** 2, axis=1)
    powers = mean_squares / 0.5 * 10 ** (SINE_DB / 10)
    return 10 * np.log10(powers + 10 ** (OWN_NOISE_DBA / 10))


def save_wav(path: Path, samples: np.ndarray) -> None:
    """`samples` (int16) as a mono WAV file of 16 kHz."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(samples.astype("<i2").tobytes())


def _sounds() -> Iterator[tuple[str, np.ndarray]]:
    t_s = np.arange(LOOP_FRAMES) / RATE_HZ
    for hz in SINES_HZ:
        yield "sine", np.sin(2 * np.pi * hz * t_s)
    for seed in SEEDS:
        yield "pink", _noise(seed, 1)
        yield "white", _noise(seed, 0)
        yield "speech", _noise(seed, 1) * _syllables(seed, t_s)


def _noise(seed: int, slope: float) -> np.ndarray:
    rng = stream(seed, "known recordings")
    return band_noise(rng, (LOOP_FRAMES,), RATE_HZ, _BAND_HZ, slope)


def _syllables(seed: int, t_s: np.ndarray) -> np.ndarray:
    """The pressure of somebody who speaks: some four syllables a second, and pauses."""
    turns = stream(seed, "syllables").random(2)  # so that not all slices meet the same one
    syllables = np.sin(2 * np.pi * (_SYLLABLES_HZ * t_s + turns[0]))
    phrases = np.sin(2 * np.pi * (_PHRASES_HZ * t_s + turns[1]))
    return _PAUSE + np.clip(syllables + 0.6 * phrases, 0, None)
