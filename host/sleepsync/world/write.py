"""Writes a night as the files that the simulated chips and the report read.

`world.json` comes last and only when all else is whole: a folder without it is not
a world. Nothing here may depend on the clock, the platform or the folder's name.
"""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import numpy as np

from sleepsync.world import room, sound
from sleepsync.world.accel import Acceleration
from sleepsync.world.light import Light
from sleepsync.world.noise import stream
from sleepsync.world.sleeper import Sleeper
from sleepsync.world.truth import truth

VERSION = 2
RATE_HZ = 100
_BLOCK = 600 * RATE_HZ  # ten minutes: some 20 MB of working memory
_PUCK_EPOCH = datetime(2000, 1, 1)  # MicroPython on the ESP32 counts from here
# How far a chip's own oscillator is off, drawn evenly within these. An untrimmed RC
# oscillator of such parts keeps within some percent; neither has a crystal.
MAX30102_RATE_PPM = 30_000
LIS3DH_RATE_PPM = 30_000
DS3231_RATE_PPM = 2  # temperature-compensated (Maxim 19-5170, "Electrical characteristics")
_PILLOW_CDB = 8000, 9200  # a full-scale sine of 1 kHz from a small loudspeaker, 6 dB either way
_ROOM_UNITS = 1000, 1000, 1000, 100  # of lx, degrees C, %, dB, in the columns of `room.series`


def write_world(
    sleeper: Sleeper, folder: Path, progress: Callable[[float], None] = lambda share: None
) -> Path:
    """Write the files of a world into `folder`, `world.json` last; returns `folder`.

    All is little-endian. `light.bin` and `accel.bin`: 100 Hz from the night's start, light
    int32 (red, infrared in pA per mA of LED current, ambient in pA), acceleration int16 (x,
    y, z; 8192 = 1 g). `room.bin`: 1 Hz, int32 (light in mlx, temperature in 0.001 degrees C,
    humidity in 0.001 %, A-weighted level in 0.01 dB). `sound.bin`: int16 at 16 kHz, a loop
    whose own level is the head's `sound_loop_cdb`. `truth.npz`: see `truth`.
    `progress` is called with the share done, up to 1.0. Makes `folder` if it is not there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "world.json").unlink(missing_ok=True)
    samples = round(sleeper.duration_s * RATE_HZ)
    _write_samples(sleeper, folder, samples, progress)
    (folder / "room.bin").write_bytes(_room(sleeper).tobytes())
    noise = sound.loop(sleeper.seed)
    (folder / "sound.bin").write_bytes(noise.tobytes())
    np.savez(folder / "truth.npz", allow_pickle=False, **truth(sleeper))
    text = json.dumps(_head(sleeper, samples, noise), indent=1, sort_keys=True)
    (folder / "world.json").write_text(text + "\n", encoding="utf-8")
    return folder


def _write_samples(sleeper, folder, samples, progress) -> None:
    light, acceleration = Light(sleeper, RATE_HZ), Acceleration(sleeper, RATE_HZ)
    with (folder / "light.bin").open("wb") as seen, (folder / "accel.bin").open("wb") as felt:
        for first in range(0, samples, _BLOCK):
            count = min(_BLOCK, samples - first)
            seen.write(light.block(first, count).tobytes())
            felt.write(acceleration.block(first, count).tobytes())
            progress((first + count) / samples)


def _room(sleeper: Sleeper) -> np.ndarray:
    seconds = room.series(sleeper.room, sleeper.seed, sleeper.duration_s)
    return np.rint(seconds * _ROOM_UNITS).astype("<i4")


def _head(sleeper: Sleeper, samples: int, noise: np.ndarray) -> dict:
    rng = stream(sleeper.seed, "oscillators")
    return {
        "version": VERSION,
        "rate_hz": RATE_HZ,
        "samples": samples,
        "start_s": int((sleeper.start - _PUCK_EPOCH).total_seconds()),
        "seed": sleeper.seed,
        "name": sleeper.name,
        "chips": {
            "max30102": {"rate_ppm": _off_by(rng, MAX30102_RATE_PPM)},
            "lis3dh": {"rate_ppm": _off_by(rng, LIS3DH_RATE_PPM)},
            "ds3231": {"rate_ppm": _off_by(rng, DS3231_RATE_PPM)},
            "speaker": {"pillow_cdb": _pillow_cdb(sleeper.seed)},
        },
        "sound_loop_cdb": round(100 * sound.a_weighted_db(noise, sound.RATE_HZ)),
        "sources": sleeper.sources,
    }


def _pillow_cdb(seed: int) -> int:
    return int(stream(seed, "loudspeaker").integers(*_PILLOW_CDB, endpoint=True))


def _off_by(rng: np.random.Generator, limit_ppm: int) -> int:
    return int(rng.integers(-limit_ppm, limit_ppm + 1))
