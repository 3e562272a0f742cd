"""Every frame of light is dimmed here to its ceiling, and approached by whole counts.

A frame is 24 lights of green, red, blue. What a count is at the eye, half a metre away, is
rounded up from a WS2812B's luminous intensities (720, 420, 200 mcd): photopic 12, 7, 4 mlx;
melanopic EDI 11, 1, 36 mlx. Ranges are proved in tests_host/governor/test_light_kernels.py.
"""

import micropython
from micropython import const

_BYTES = const(72)
_MOST_COUNTS = const(9894)  # 24 mA idle, 20 mA a channel at 255, 800 mA for the ring
_SLEW = const(10)  # counts a tick: 255 take more than 1 s
_SLEW_DOWN = const(-10)
_SPREAD_Q16 = const(19110)  # 7 of 24 parts: lights that step one after the other lie far apart
_FALLBACK = const(65520)


@micropython.viper
def dim(frame: ptr8, sums: ptr32, share: int, amber: int):
    """Multiply `frame` by `share` (0 to 65536, of 65536) and add it up.

    The fraction is dithered around the ring. With `amber`, all blue is taken out, and green
    above half of red. sums: 0 photopic mlx, 1 melanopic mlx, 2 counts.
    """
    at = 0
    dither = 0
    greens = 0
    reds = 0
    blues = 0
    while at < _BYTES:
        green = (int(frame[at]) * share + dither) >> 16
        red = (int(frame[at + 1]) * share + dither) >> 16
        blue = (int(frame[at + 2]) * share + dither) >> 16
        if amber:
            blue = 0
            if green > red >> 1:
                green = red >> 1
        frame[at] = green
        frame[at + 1] = red
        frame[at + 2] = blue
        greens += green
        reds += red
        blues += blue
        dither += _SPREAD_Q16
        if dither >= _FALLBACK:
            dither -= _FALLBACK
        at += 3
    sums[0] = greens * 12 + reds * 7 + blues * 4
    sums[1] = greens * 11 + reds + blues * 36
    sums[2] = greens + reds + blues


@micropython.viper
def approach(frame: ptr8, goal: ptr8, rests: ptr16, kinds: ptr8, s: ptr32, share: int):
    """Move `frame` by `share` (0 to 65536, of 65536) of its way to `goal`, in whole counts.

    What is less than a count stays in `rests`, 65536ths of each channel. Never does a channel
    move by more than 10, nor the photopic sum by more than its budget, nor does any sum rise
    above its ceiling, nor, with amber, twice green above red: what would, moves less. So if
    `frame` obeyed before, it does after.
    kinds: of red, green, blue: where from its place in that order, and 1; photopic and melanopic
    mlx. s: 0-2 the sums of `frame` (see `dim`), kept up; 3 ceiling, mlx, of the first two; 4
    amber; 5 the channel to begin with, 0-71 in the order red, green, blue of each light, set for
    the next tick; 6 budget, mlx; 7 scarce: a count that the budget does not pay is waited for,
    there, so that cheap colours do not outrun dear ones.
    """
    channel = int(s[5])
    photopic = int(s[0])
    melanopic = int(s[1])
    counts = int(s[2])
    ceiling = int(s[3])
    budget = int(s[6])
    kind = (channel - channel // 3 * 3) * 3
    net = 0
    n = 0
    while n < _BYTES:
        at = channel + int(kinds[kind]) - 1
        weight = int(kinds[kind + 1])
        blueness = int(kinds[kind + 2])
        count = int(frame[at])
        rest = (int(goal[at]) - count) * share + int(rests[at])
        move = rest >> 16
        if move > _SLEW:
            move = _SLEW
        if move < _SLEW_DOWN:
            move = _SLEW_DOWN
        if int(s[4]):
            if kind == 0:
                bound = int(frame[at - 1]) * 2 - count
                if move < bound:
                    move = bound
            elif kind == 3:
                bound = (int(frame[at + 1]) >> 1) - count
                if move > bound:
                    move = bound
        if move:
            towards = 1 if move < 0 else -1
            while move and uint(net + move * weight + budget) > uint(budget + budget):
                move += towards
            if move == 0 and int(s[7]):
                break
        while move > 0 and (
            photopic + move * weight > ceiling
            or melanopic + move * blueness > ceiling
            or counts + move > _MOST_COUNTS
        ):
            move -= 1
        frame[at] = count + move
        rests[at] = rest
        net += move * weight
        photopic += move * weight
        melanopic += move * blueness
        counts += move
        kind += 3
        if kind == 9:
            kind = 0
        channel += 1
        if channel == _BYTES:
            channel = 0
        n += 1
    s[0] = photopic
    s[1] = melanopic
    s[2] = counts
    s[5] = channel
