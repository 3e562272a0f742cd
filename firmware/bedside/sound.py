"""What sounds together: layers of voices that fade in, cross over and fade out. A pure renderer."""

from array import array

from micropython import const

from firmware.bedside.note_kernels import hush

_BLOCK = const(1536)
_FULL_Q15 = const(32767)
_LAYER = const(6)  # fields before a voice's own
_BLOCKS_PER_12S = const(125)
# (module in this folder, class) of each voice, by number from 1 on, for ever.
_VOICES = ("noise", "Noise"), ("music", "Music"), ("score", "Score"), ("pulses", "Pulses")


class Sound:
    """`spec`: how much louder than a full-scale sine it may be made (0.01 dB), and its layers.

    Each is (voice, gain, from_s, in_s, to_s, out_s, ...): a voice that begins at `from_s` and is at
    its gain (Q15) `in_s` later; that is silent from `to_s` on (0: it goes on), and has been fading
    for `out_s`. The rest is the voice's own.
    """

    def __init__(self, spec: tuple, facts):
        self.lift_cdb, *self._layers = spec
        self._voices = [_voice(layer, i, facts) for i, layer in enumerate(self._layers)]

    def block(self, index: int, out: array) -> None:
        """Write block `index` (from 0 on) into `out` (1536 16-bit samples), asked for in order."""
        hush(out, _BLOCK)
        for layer, voice in zip(self._layers, self._voices):
            gain, goal = _gain(layer, index), _gain(layer, index + 1)
            if gain or goal:
                voice.add(out, gain, goal)


def _voice(layer, i, facts):
    """That of layer number `i`, with a seed of its own."""
    module, name = _VOICES[layer[0] - 1]
    found = __import__("firmware.bedside." + module, None, None, ("",))
    seed = (facts.seed ^ (i + 1) * 0x1F3D5) & 0x3FFFFFFF
    return getattr(found, name)(layer[_LAYER:], seed or 1, facts)


def _gain(layer, index):
    """Q15, where block `index` begins."""
    _, gain, from_s, in_s, to_s, out_s = layer[:_LAYER]
    share = _share(index - _blocks(from_s), _blocks(in_s))
    if to_s:
        share = share * _share(_blocks(to_s) - index, _blocks(out_s)) >> 10
    return gain * share >> 10


def _blocks(seconds):
    return seconds * _BLOCKS_PER_12S // 12


def _share(at, over):
    """Of 1024: a quarter of a sine, nearly, so that two sounds that cross stay as loud."""
    if at <= 0:
        return 0
    if at >= over:
        return 1024
    share = (at << 10) // over
    return share * (2048 - share) >> 10
