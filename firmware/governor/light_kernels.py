"""Every frame of light is added up here, dimmed to its ceiling, and approached by whole counts.

A frame is 24 lights of green, red, blue. What a count is at the eye, half a metre away, is
rounded up from a WS2812B's luminous intensities (720, 420, 200 mcd): photopic 12, 7, 4 mlx;
melanopic EDI 11, 1, 36 mlx. Ranges are proved in tests_host/governor/test_light_kernels.py.
"""

import micropython
from micropython import const

_BYTES = const(72)
_MOST_COUNTS = const(9894)  # 24 mA idle, 20 mA a channel at 255, 800 mA for the ring
_NEXT = const(21)  # channels, 7 lights: where the next tick begins, so that none is favoured
_SPREAD_Q16 = const(19110)  # 7 of 24 parts
_FALLBACK = const(65520)


@micropython.viper
def add_up(frame: ptr8, sums: ptr32, amber: int):
    """Add up `frame`: sums 0 photopic mlx, 1 melanopic mlx, 2 counts.

    With `amber`, first take out of it all blue, and green above half of red.
    """
    greens = 0
    reds = 0
    blues = 0
    at = 0
    while at < _BYTES:
        green = int(frame[at])
        red = int(frame[at + 1])
        if amber:
            if green > red >> 1:
                green = red >> 1
                frame[at] = green
            frame[at + 2] = 0
        greens += green
        reds += red
        blues += int(frame[at + 2])
        at += 3
    sums[0] = greens * 12 + reds * 7 + blues * 4
    sums[1] = greens * 11 + reds + blues * 36
    sums[2] = greens + reds + blues


@micropython.viper
def dim(frame: ptr8, share: int):
    """Multiply `frame` by `share` (0 to 65536, of 65536), the fraction dithered around the ring."""
    at = 0
    dither = 0
    while at < _BYTES:
        frame[at] = (int(frame[at]) * share + dither) >> 16
        frame[at + 1] = (int(frame[at + 1]) * share + dither) >> 16
        frame[at + 2] = (int(frame[at + 2]) * share + dither) >> 16
        dither += _SPREAD_Q16
        if dither >= _FALLBACK:
            dither -= _FALLBACK
        at += 3


@micropython.viper
def furthest(frame: ptr8, goal: ptr8) -> int:
    """By how many counts that channel differs which is furthest from `goal`."""
    at = 0
    most = 0
    while at < _BYTES:
        d = int(goal[at]) - int(frame[at])
        if d < 0:
            d = 0 - d
        if d > most:
            most = d
        at += 1
    return most


@micropython.viper
def approach(frame: ptr8, goal: ptr8, rests: ptr16, s: ptr32, share: int, budget: int):
    """Move `frame` by `share` (0 to 65536, of 65536) of its way to `goal`, in whole counts.

    What is less than a count stays in `rests`, 65536ths of each channel. Never does the
    photopic sum change by more than `budget` mlx, nor rise any sum above its ceiling, nor, with
    amber, twice green above red: what would, moves less. So if `frame` obeyed before, it does
    after.
    s: 0-2 the sums of `frame` (see `add_up`), kept up; 3 ceiling, mlx, of the first two; 4 amber;
    5 the channel to begin with, 0-71 in the order red, green, blue of each light, set for the
    next tick; 6 scarce: a count that the budget does not pay is waited for, there, so that cheap
    colours do not outrun dear ones.
    """
    channel = int(s[5])
    photopic = int(s[0])
    melanopic = int(s[1])
    counts = int(s[2])
    ceiling = int(s[3])
    kind = channel - channel // 3 * 3
    net = 0
    n = 0
    while n < _BYTES:
        at = channel
        weight = 4
        blueness = 36
        if kind == 0:
            at += 1
            weight = 7
            blueness = 1
        elif kind == 1:
            at -= 1
            weight = 12
            blueness = 11
        count = int(frame[at])
        rest = (int(goal[at]) - count) * share + int(rests[at])
        move = rest >> 16
        if int(s[4]):
            if kind == 0:
                least = int(frame[at - 1]) * 2 - count
                if move < least:
                    move = least
            elif kind == 1:
                most = (int(frame[at + 1]) >> 1) - count
                if move > most:
                    move = most
        wanted = move
        while move < 0 and net + move * weight < 0 - budget:
            move += 1
        while move > 0 and net + move * weight > budget:
            move -= 1
        if int(s[6]) and wanted and move == 0:
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
        kind += 1
        if kind == 3:
            kind = 0
        channel += 1
        if channel == _BYTES:
            channel = 0
        n += 1
    if n == _BYTES:
        channel += _NEXT
        if channel >= _BYTES:
            channel -= _BYTES
    s[0] = photopic
    s[1] = melanopic
    s[2] = counts
    s[5] = channel
