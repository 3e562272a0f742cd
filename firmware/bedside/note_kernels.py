"""One note: a sine that another sine bends, under an envelope. A kernel of the synthesiser.

Ranges are proved in tests_host/sound/test_synth_ranges.py.
"""

import micropython
from micropython import const

_FULL = const(32767)
_LEAST = const(-32768)
_TURN = const(0xFFFFFF)
# sin(z * pi / 2) for |z| up to 1, Q14: as in tone_kernels.
_A = const(25732)
_B = const(10524)
_C = const(1176)


@micropython.viper
def note(s: ptr32, out: ptr16, at: int, end: int, gain: int, step: int):
    """Add a note to `out[at:end]`; what leaves 16 bits is clipped.

    Frequency modulation (Chowning 1973) whose index falls and rises with the envelope. That
    follows its goal by a share of what is left each sample, and goes on to the second goal when
    it has come to the turn.
    gain: Q15 and 12 bits more, which grows by `step` each sample, 0 to 32767 << 12.
    s: 0 phase and 1 step of the note, 2 and 3 of what bends it, in 2^-24 turns; 4 index, 0 to
    1023, of which 163 are a radian; 5 envelope, Q15 and 12 bits more; 6 goal, 7 share (0 to
    16383, of 2^20), 8 turn (what no envelope reaches: never); 9 and 10 second goal and share.
    """
    phase = int(s[0])
    bend = int(s[2])
    level = int(s[5])
    while at < end:
        z = (bend >> 8) - 0x4000
        if z > 0x4000:
            z = 0x8000 - z
        square = (z * z) >> 14
        z = (z * (_A - ((square * (_B - ((square * _C) >> 14))) >> 14))) >> 14
        index = ((level >> 12) * int(s[4])) >> 15
        z = (((phase + z * index) & _TURN) >> 8) - 0x4000
        if z > 0x4000:
            z = 0x8000 - z
        square = (z * z) >> 14
        z = (z * (_A - ((square * (_B - ((square * _C) >> 14))) >> 14))) >> 14
        loud = ((level >> 12) * (gain >> 12)) >> 15
        z = ((int(out[at]) ^ 0x8000) - 0x8000) + ((z * loud) >> 14)
        if z > _FULL:
            z = _FULL
        elif z < _LEAST:
            z = _LEAST
        out[at] = z
        level += (((int(s[6]) - level) >> 12) * int(s[7])) >> 8
        if level < 0:
            level = 0
        if level >= int(s[8]):
            s[6] = s[9]
            s[7] = s[10]
            s[8] = _TURN << 4
        phase = (phase + int(s[1])) & _TURN
        bend = (bend + int(s[3])) & _TURN
        gain += step
        at += 1
    s[0] = phase
    s[2] = bend
    s[5] = level


@micropython.viper
def hush(out: ptr16, n: int):
    """Silence `out[:n]`."""
    while n > 0:
        n -= 1
        out[n] = 0
