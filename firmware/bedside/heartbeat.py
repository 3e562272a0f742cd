"""Touch like a heart, lub and dub, that begins as the sleeper's own and slows down.

A tick is 40 ms, so a beat grows by a whole tick at a time: from 60 a minute to 57.7.
"""

from micropython import const

_MINUTE_TICKS = const(1500)
_RATE_BPM = const(60)  # of a sleeper whose own is unknown
_QUICKEST_BPM = const(100)  # beyond, the lane would have to rest
_LUB = const(2)  # ticks


class Heartbeat:
    """`most`: level of the lub (1-127), `dub` of the dub. After every `beats` (1-1000) a beat lasts
    a tick longer, down to `floor_bpm` (30-100).
    """

    def __init__(self, most: int, dub: int, beats: int, floor_bpm: int, facts):
        self._levels = most, dub
        self._beats = beats
        bpm = min(max(facts.rate_bpm or _RATE_BPM, floor_bpm), _QUICKEST_BPM)
        self._first, self._last = _MINUTE_TICKS // bpm, _MINUTE_TICKS // floor_bpm

    def level(self, tick: int) -> int:
        """What tick `tick` (from 0 on) is to be felt like, 0-127."""
        beat = self._first
        while beat < self._last and tick >= beat * self._beats:
            tick -= beat * self._beats
            beat += 1
        at = tick % beat
        if at < _LUB:
            return self._levels[0]
        return self._levels[1] if at == _LUB + beat // 4 else 0
