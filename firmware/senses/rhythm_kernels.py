"""From a row of heartbeats to their rhythm: kernels that run when somebody asks.

Beats lie in a ring of 128, five words each: when it came, in 1/256 samples modulo 2^29;
the interval that ended with it, in 1/256 samples, 0 if it is not believed; how alike its
two beats were, 0-256; its swing; and the mean light of the interval. All words of a beat
are 0 or more. Ranges are proved in tests_host/night/test_ranges.py.
"""

import micropython
from micropython import const

_BEATS = const(128)
_WORDS = const(5)
_TIME = const(0x1FFFFFFF)
_ROW = const(96)  # beats: as many as fit in 32 s at 180 /min
_SPAN = const(409600)  # 32 s
_STEP = const(1600)  # of them a 256th
_SLOWEST = const(5)  # breaths a minute: the spectrum's first line
_FASTEST = const(32)


@micropython.viper
def gather(ring: ptr32, ordered: ptr32, found: ptr32, at: int, now: int, span: int):
    """Sum up the intervals that ended within `span` (up to 30 s) before `now`.

    at: place of the oldest beat, 0-127. ordered: room for 128 words.
    found: 0 the intervals' median, 1 how many lie within 40 % of it, 2 their sum, 3 their sum
    weighted by likeness; of those within 20 %: 4 how many, 5 the sum of their differences from
    the median, 6 of those squared; 7 how many pairs of neighbours among them differ by 20 % or
    less, 8 the sum of these differences squared.
    """
    n = 0
    k = 1
    while k <= _BEATS:
        beat = ((at - k) & 127) * _WORDS
        if (now - int(ring[beat])) & _TIME < span:
            x = int(ring[beat + 1])
            if x > 0:
                i = n
                while i > 0:
                    if int(ordered[i - 1]) > x:
                        ordered[i] = ordered[i - 1]
                        i -= 1
                    else:
                        ordered[i] = x
                        x = 0
                        i = 0
                if x > 0:
                    ordered[0] = x
                n += 1
        k += 1
    median = 0
    if n > 0:
        median = int(ordered[n >> 1])
    i = 0
    while i < 9:
        found[i] = 0
        i += 1
    found[0] = median
    last = 0
    k = 1
    while k <= _BEATS:
        beat = ((at - k) & 127) * _WORDS
        x = 0
        if (now - int(ring[beat])) & _TIME < span:
            x = int(ring[beat + 1])
        d = x - median
        away = d
        if d < 0:
            away = 0 - d
        if x > 0:
            if away * 5 <= median * 2:
                found[1] = int(found[1]) + 1
                found[2] = int(found[2]) + x
                found[3] = int(found[3]) + ((x * int(ring[beat + 2])) >> 8)
        if away * 5 > median:
            x = 0
        if x > 0:
            found[4] = int(found[4]) + 1
            found[5] = int(found[5]) + d
            found[6] = int(found[6]) + d * d
            if last > 0:
                d = last - x
                away = d
                if d < 0:
                    away = 0 - d
                if away * 5 <= median:
                    found[7] = int(found[7]) + 1
                    found[8] = int(found[8]) + d * d
        last = x
        k += 1


@micropython.viper
def collect(ring: ptr32, rows: ptr32, sums: ptr32, cosine: ptr32, word: int, at: int, now: int):
    """Take one of the beats' words over the last 32 s into `rows`, under a Hann window.

    word: 1 interval, 3 swing, 4 light, of beats whose interval is believed; at: place of the
    oldest beat. rows: 3 x 96 words: the differences from the newest, cut at +-16383; their
    weights, 0-256; and how far a wave of one breath a minute turns back to each, in 1/65536
    turns. cosine: a turn in 256 steps, Q12. sums: 0 how many, 1 the sum of the weights, 2 that
    of the weighted differences.
    """
    n = 0
    weights = 0
    weighted = 0
    first = 0
    k = 1
    while k <= _BEATS:
        beat = ((at - k) & 127) * _WORDS
        ago = (now - int(ring[beat])) & _TIME
        if ago < _SPAN:
            if int(ring[beat + 1]) > 0:
                if n < _ROW:
                    x = int(ring[beat + word])
                    if n == 0:
                        first = x
                    x = x - first
                    if uint(x + 16383) > uint(32766):
                        x = 16383 if x > 0 else -16383
                    weight = (4096 - int(cosine[ago // _STEP])) >> 5
                    rows[n] = x
                    rows[n + _ROW] = weight
                    rows[n + 2 * _ROW] = (ago * 1398) >> 14
                    weights += weight
                    weighted += x * weight
                    n += 1
        k += 1
    sums[0] = n
    sums[1] = weights
    sums[2] = weighted


@micropython.viper
def spectrum(rows: ptr32, powers: ptr32, cosine: ptr32, n: int, mean: int):
    """Of `n` (0-96) values in `rows`, as `collect` left them, the powers of 28 lines.

    mean: what is taken from each value. powers: of 5 to 32 breaths a minute, each times its
    breaths: without that a slow drift would outweigh them. The beats are taken as they come
    (Lomb 1976, Astrophys Space Sci 39:447), his phases left out, so no beat need be made up.
    """
    peak = 0
    i = 0
    while i < n:
        x = int(rows[i]) - mean
        if x < 0:
            x = 0 - x
        if x > peak:
            peak = x
        i += 1
    peak = peak << 6
    shift = 0
    while peak > 2047:
        peak = peak >> 1
        shift += 1
    i = 0
    while i < n:
        x = ((int(rows[i]) - mean) << 6) >> (shift & 31)
        rows[i] = (x * int(rows[i + _ROW])) >> 8
        i += 1
    f = _SLOWEST
    while f <= _FASTEST:
        even = 0
        odd = 0
        i = 0
        while i < n:
            x = int(rows[i])
            turn = (int(rows[i + 2 * _ROW]) * f) >> 8
            even += x * int(cosine[turn & 255])
            odd += x * int(cosine[(turn - 64) & 255])
            i += 1
        even = even >> 15
        odd = odd >> 15
        powers[f - _SLOWEST] = ((even * even + odd * odd) >> 10) * f
        f += 1
