"""Logs of actuators whose every figure is known, in the layout of a night's folder `emitted`."""

import struct

import numpy as np
from sleepsync.emitted import measure
from sleepsync.emitted.eye import PHOTOPIC_LX

S = 1_000_000  # us
TICK_US = 40_000
SPEAKER_CDB = 9200
RATE_HZ = 16_000
NIGHT_US = 60 * S


def frame(green=0, red=0, blue=0, lights=24):
    """(24, 3) counts: the first `lights` alike, the others dark."""
    made = np.zeros((24, 3), np.uint8)
    made[:lights] = green, red, blue
    return made


def write(folder, light=(), sound=(), touch=()):
    """`light`: (us, frame); `sound`: (us, int16 samples); `touch`: (us, drive)."""
    folder.mkdir(exist_ok=True)
    rows = [struct.pack("<Q", us) + shown.tobytes() for us, shown in light]
    (folder / "light.bin").write_bytes(b"".join(rows))
    runs = [struct.pack("<QI", us, len(samples)) for us, samples in sound]
    (folder / "sound.bin").write_bytes(b"".join(runs))
    samples = [np.asarray(samples, "<i2").tobytes() for _, samples in sound]
    (folder / "sound.raw").write_bytes(b"".join(samples))
    rows = [struct.pack("<Qb", us, drive) for us, drive in touch]
    (folder / "touch.bin").write_bytes(b"".join(rows))
    return folder


def judged(folder, light=(), sound=(), touch=(), until_us=NIGHT_US):
    """The emissions of such a night of a minute."""
    return measure(write(folder, light, sound, touch), SPEAKER_CDB, until_us)


def ramp(begin_us, frames, every_us=TICK_US):
    """Frames one after the other, as rows of light."""
    return [(begin_us + k * every_us, shown) for k, shown in enumerate(frames)]


def dawn(shown, begin_us=S):
    """Rows that lead from dark to `shown` count by count, red first, slow enough for any eye."""
    rows, now, level_lx, us = [], frame(), 0.0, float(begin_us)
    for channel in (1, 0, 2):
        for count in range(shown[:, channel].max()):
            for light in np.flatnonzero(shown[:, channel] > count):
                now[light, channel] += 1
                us += S * PHOTOPIC_LX[channel] / (0.08 + 0.15 * level_lx)
                level_lx += PHOTOPIC_LX[channel]
                rows.append((int(us), now.copy()))
    return rows


def sine(hz, dbfs, seconds):
    """int16; 0 dBFS is a full-scale sine."""
    t_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    return np.rint(32767 * 10 ** (dbfs / 20) * np.sin(2 * np.pi * hz * t_s)).astype(np.int16)
