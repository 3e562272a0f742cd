"""An INMP441 as its I2S port shows it, and the sound that reaches it.

24 bits in the upper part of 32, the left channel; a full-scale sine is 120 dB SPL
(datasheet DS-INMP441-00, "Understanding Sensitivity"). It knows no firmware.
"""

from array import array
from struct import unpack_from

from chips import i2s_microphone_kernels

RATE_HZ = 16000
# White noise to 8 kHz of 30 dB, A-weighted, is 183.7 of 2^23 (root mean square): the weighting
# lifts such noise by 0.18 dB. The kernel's bell has a deviation of 147.8. INMP441's own
# datasheet says 33 dB (table 1), the quieter parts that answer alike some 30.
_NOISE_GAIN_Q8 = 318
_WAKING_FRAMES = (1 << 18) // 64  # zeros for 2^18 clocks after power-up ("Normal Operation")
_MOST_GAIN_Q24 = (128 << 24) - 1


class LoopedSound:
    """A recording that goes round and round, as loud as the room is.

    `path`: int16 at 16 kHz, mono, bare or a WAV file of it. `loop_cdb`: its A-weighted
    level, 0.01 dB, where an int16 sine of full scale is 120 dB. `level(us)`: the level
    that the room has at the puck's time `us`; None: as recorded. ValueError for other WAVs.
    """

    def __init__(self, path: str, loop_cdb: int = 0, level=None):
        with open(path, "rb") as file:
            data = file.read()
        self.loop = _samples(data) if data[:4] == b"RIFF" else data
        self.length = len(self.loop) // 2
        self._loop_cdb = loop_cdb
        self._level = level

    def gain_q24(self, us: int) -> int:
        """By how much the recording is to be raised at `us`, from 16 bits to 24."""
        if self._level is None:
            return 1 << 24
        gain = 10 ** ((self._level(us) - self._loop_cdb) / 2000)
        return min(int(gain * (1 << 24) + 0.5), _MOST_GAIN_Q24)


class I2SMicrophone:
    """The microphone in a room with `sound` (LoopedSound; None: silence), its noise seeded.

    `speaker`: the Loudspeaker that stands beside it, if there is one.
    `is_dead`: its data line stands still at `stuck_word`. `unread`: samples that nobody
    fetched in time; `torn`: those of them that were lost out of a read under way.
    """

    def __init__(self, sound=None, seed: int = 1, speaker=None):
        self._sound = sound
        self._speaker = speaker
        self._state = array("I", [seed * 2654435761 & 0xFFFFFFFF | 1, 0, 1, 0, _NOISE_GAIN_Q8])
        self._loop = b"\0\0"
        if sound:
            self._loop = sound.loop
            self._state[2] = sound.length
        self.is_dead = False
        self.stuck_word = 0
        self.unread = 0
        self.torn = 0

    def fill(self, start_us: int, first: int, words) -> None:
        """The frames from `first` on, of a clock that began at `start_us`, into 32-bit `words`.

        The gain is taken anew at each whole second of the puck.
        """
        n = len(words)
        words = memoryview(words)
        done = 0
        while done < n:
            us = start_us + (first + done) * 1000000 // RATE_HZ
            count = min(n - done, -(-(1000000 - us % 1000000) * RATE_HZ // 1000000))
            self._hear(us, words[done : done + count])
            done += count
        if self._speaker:
            self._speaker.add_to(words, start_us, first)
        self._overwrite(first, words)

    def _hear(self, us, words):
        state = self._state
        state[1] = us * RATE_HZ // 1000000 % state[2]
        state[3] = self._sound.gain_q24(us) if self._sound else 0
        i2s_microphone_kernels.hear(words, self._loop, state, len(words))

    def _overwrite(self, first, words):
        """What the line says instead: nothing while the part wakes, one word if it is dead."""
        mute = len(words) if self.is_dead else _WAKING_FRAMES - first
        for i in range(min(mute, len(words))):
            words[i] = self.stuck_word if self.is_dead else 0


def _samples(wav):
    """The samples of a WAV file, if they are what the microphone can be given."""
    at = 12
    while at + 8 <= len(wav):
        name, size = unpack_from("<4sI", wav, at)
        if name == b"fmt ":
            form = unpack_from("<HHI", wav, at + 8), unpack_from("<H", wav, at + 22)
            if form != ((1, 1, RATE_HZ), (16,)):
                raise ValueError("the WAV file is not mono, 16 bits, 16 kHz")
        if name == b"data":
            return wav[at + 8 : at + 8 + size]
        at += 8 + size + size % 2
    raise ValueError("the WAV file has no data")
