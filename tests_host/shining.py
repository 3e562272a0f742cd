"""What the ring's frames are at the eye, by formulas of the tests' own, and how they flicker."""

import ast

import numpy as np
from sleepsync.paths import ROOT

MCD = np.array([720, 420, 200])  # a WS2812B's green, red and blue at full, datasheet
AT_M = 0.5
# Melanopic equivalent daylight illuminance a lx of each colour, as the model rounds it.
MELANOPIC_MLX = np.array([11, 1, 36])
TICK_S = 0.04

_MS = 1000  # a window of 1 s, in ms
_RULE_LX, _RULE_SHARE = 0.02, 0.02


def lights(frames):
    """(frames, 24, 3) from the bytes of frames."""
    return np.frombuffer(frames, np.uint8).reshape(-1, 24, 3).astype(int)


def photopic_mlx(frames):
    """Of each frame, as a count's light is rounded up to a mlx."""
    return lights(frames).sum(1) @ np.ceil(MCD / AT_M**2 / 255).astype(int)


def melanopic_mlx(frames):
    """Of each frame."""
    return lights(frames).sum(1) @ MELANOPIC_MLX


def flicker(levels_mlx, hz, offsets=(0, 10, 20, 30)):
    """The strongest component over what the rule allows it, of any 1 s Hann window.

    Levels stand for 40 ms each (a zero-order hold, taken at 1 kHz, images included); windows
    begin `offsets` ms after each tick. The window's mean is taken off before, by its weights, so
    that steady light has no component between the bins either.
    """
    levels = np.asarray(levels_mlx, float) / 1000
    spans = np.lib.stride_tricks.sliding_window_view(levels, 26)
    return max(float(_excess(spans, *_window(tuple(hz), offset)).max()) for offset in offsets)


def _excess(spans, parts, weights):
    sizes = np.abs(spans @ parts)
    return sizes / (_RULE_LX + _RULE_SHARE * (spans @ weights)[:, None])


def _window(hz, offset):
    """(each of 26 ticks' part in each component, and in the mean)."""
    at = np.arange(_MS)
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * at / _MS)
    hann /= hann.sum()
    waves = np.exp(-2j * np.pi * np.outer(at, hz) / _MS)
    parts = 2 * hann[:, None] * (waves - hann @ waves)
    tick = (at + offset) // 40
    summed = np.zeros((26, len(hz)), complex)
    np.add.at(summed, tick, parts)
    return summed, np.bincount(tick, hann, 26)


def hardest_signs(hz, phase, ticks=25):
    """When to rise and when to fall, tick by tick, for the strongest component at `hz`."""
    parts, _ = _window((hz,), 0)
    after = np.cumsum(parts[::-1, 0])[::-1][1:]  # what a step at each tick adds
    signs = np.sign((np.exp(1j * phase) * after[:ticks]).real)
    return [int(s) or 1 for s in signs]


def hardest(level_mlx, base, share, saved, hz, phase):
    """What the worst signal from `level_mlx` on reaches of the rule: it changes each tick by
    base + share * level mlx at most, and once by `saved` more.

    Found by going up and down with the gradient of what lies above the rule, again and again.
    """
    parts, weights = _window((hz,), 0)
    gain = (np.exp(1j * phase) * parts[:, 0]).real - _RULE_SHARE * weights
    signs = np.ones(25)
    for _ in range(20):
        levels = [level_mlx]
        for sign in signs:
            levels.append(max(0, levels[-1] + sign * (base + share * levels[-1])))
        slopes = _slopes(gain, signs, share)
        signs = np.sign(slopes)
    size = gain @ levels + saved * np.abs(slopes).max()
    mean = _RULE_SHARE * (weights @ levels)
    return (size + mean) / (1000 * _RULE_LX + mean)


def _slopes(gain, signs, share):
    """What a mlx more at each tick adds, by all that follows."""
    slopes, later = np.zeros(25), 0.0
    for k in range(24, -1, -1):
        later = gain[k + 1] + later * (1 + share * signs[k + 1] if k < 24 else 0)
        slopes[k] = later
    return slopes


def constants(path):
    """{name: value} of a file's constants."""
    found = {}
    for node in ast.parse((ROOT / path).read_text()).body:
        if isinstance(node, ast.Assign) and "const(" in ast.unparse(node.value):
            found[ast.unparse(node.targets[0])] = eval(ast.unparse(node.value.args[0]), {})
    return found
