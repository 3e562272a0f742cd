"""What each kernel costs: bytes and instructions on both chips, beside the same in C.

Counts are of machine code that ran, runtime apart. A night's share of the CPU takes one
instruction a cycle at 240 MHz.
"""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from sleepsync.bench.figure import Figure
from sleepsync.isa import MARCHES, Kernels
from sleepsync.isa.c_peers import Peers, source_of
from sleepsync.isa.find import Kernel, firmware_kernels
from sleepsync.paths import ROOT
from sleepsync.train.shape import LIVE, Shape

CPU_HZ = 240_000_000
CPU_GOAL_PCT = 0.3
ACTING_GOAL_PCT = 3
DENSE_GOAL, FILTER_GOAL = 3, 5
# Neither filters nor detectors: they move numbers from one form to another.
MOVERS = {"unpack_light", "unpack_motion", "quarter_mg", "remember", "fill", "widen", "dim", "hush"}

_BLOCK, _BLOCKS_PER_S = 17, 50 / 17  # of both FIFOs: lib/max30102.py's BLOCK at 50 Hz
_AXES, _SENSORS = 3, 2
_PULSE_SECTIONS, _MOTION_SECTIONS = 2, 5  # of their band filters
_SOUND_BLOCK, _SOUND_BLOCKS_PER_S = 768, 5  # lib/microphone.py, one slice a second
_LIGHTS, _FRAME, _TICKS_PER_S = 24, 72, 25  # firmware/governor/light.py
_ACT_BLOCK, _SOUNDS_PER_S = 1536, 16000 / 1536  # firmware/governor/sound.py
_TONES_A_BLOCK = 3  # firmware/bedside/tone.py
_PAGE_NIBBLES, _PAGES_PER_S = 504, 16000 / 505  # firmware/bedside/clip.py
_BEATS_PER_S = 1
_EPOCHS_PER_S = 1 / 30
_MODULATIONS, _BEATS = 3, 32  # of firmware/senses/breath.py: beats in 32 s


@dataclass(frozen=True)
class Call:
    """A call as the firmware makes it, so often in a second of a night."""

    per_s: float
    arguments: tuple


@dataclass(frozen=True)
class Cost:
    """Of one kernel, by machine: bytes, and instructions of a second (`c`: in C, rv32imc)."""

    kernel: Kernel
    sizes: dict[str, int]
    per_s: dict[str, float]
    c_per_s: float
    calls_per_s: float

    @property
    def times_c(self) -> float:
        """Instructions on rv32imc over those of C there."""
        return self.per_s[MARCHES[0]] / self.c_per_s

    @property
    def goal(self) -> str:
        """Of `times_c`."""
        if self.kernel.function in MOVERS:
            return "-"
        return f"<={DENSE_GOAL if self.kernel.function == 'dense' else FILTER_GOAL}"


def figures() -> Iterator[Figure]:
    """Every figure of the kernels. CompilerMissing without a C compiler for rv32imc."""
    found = costs()
    for cost in found:
        name = cost.kernel.name.replace("_kernels:", ".")
        yield Figure(f"staging.kernel_vs_c.{name}", cost.times_c, "x", cost.goal)
        for march in MARCHES:
            yield Figure(f"staging.kernel_bytes.{name}.{march}", cost.sizes[march], "B")
            yield Figure(f"staging.kernel_instructions.{name}.{march}", cost.per_s[march], "1/s")
    for march in MARCHES:
        night, acts = share_pct(calls(), march), share_pct(acting(), march)
        yield Figure(f"staging.kernels_cpu_pct.{march}", night, "%", f"<={CPU_GOAL_PCT}")
        yield Figure(f"staging.kernels_acting_pct.{march}", acts, "%", f"<={ACTING_GOAL_PCT}")


@cache
def costs() -> list[Cost]:
    """Of every kernel, found by itself. KeyError for one whose calls are not known here."""
    used = {**sounding(), **acting(), **calls()}
    return [_cost(kernel, used[kernel.name]) for kernel in firmware_kernels()]


def share_pct(used: dict[str, list[Call]], march: str) -> float:
    """What these calls take of the CPU."""
    total = 0.0
    for kernel in firmware_kernels():
        if kernel.name in used:
            machine = Kernels.of(ROOT / kernel.path, march)
            total += _per_s(machine, kernel, used[kernel.name])
    return 100 * total / CPU_HZ


def _cost(kernel: Kernel, used: list[Call]) -> Cost:
    machines = {march: Kernels.of(ROOT / kernel.path, march) for march in MARCHES}
    return Cost(
        kernel,
        {march: machine.bytes(kernel.function) for march, machine in machines.items()},
        {march: _per_s(machine, kernel, used) for march, machine in machines.items()},
        _per_s(Peers(source_of(kernel)), kernel, used),
        sum(call.per_s for call in used),
    )


def _per_s(machine: Kernels | Peers, kernel: Kernel, used: list[Call]) -> float:
    total = 0.0
    for call in used:
        machine.call(kernel.function, *(a if isinstance(a, int) else a[:] for a in call.arguments))
        total += machine.instructions * call.per_s
    return total


def calls() -> dict[str, list[Call]]:
    """{kernel: its calls} in a night with all sensors; the morning's one pass is left out."""
    random = np.random.default_rng(1)
    light = array("i", (95000 + 300 * np.sin(np.arange(_BLOCK) / 5)).astype(int).tolist())
    wave, still = _row(random, _BLOCK, 3000), array("i", [0] * _BLOCK)
    block, sound = _BLOCKS_PER_S, _row(random, _SOUND_BLOCK, 1 << 20)

    def every(per_s, *arguments):
        return [Call(per_s, arguments)]

    return {
        "fifo_kernels:unpack_light": every(
            block, _bytes(random, 6 * _BLOCK), still[:], still[:], _BLOCK
        ),
        "fifo_kernels:unpack_motion": every(
            block, array("H", _bytes(random, 3 * _BLOCK)), still[:], still[:], still[:], _BLOCK
        ),
        "pulse_kernels:swing": every(
            block, light, still[:], array("i", [95000 << 8, 0]), array("i", [0] * 256), _BLOCK
        ),
        "pulse_kernels:find_beats": every(
            block, wave, array("i", [0] * 192), array("i", [0] * 10), array("i", [0] * 36), _BLOCK
        ),
        "pulse_kernels:compare": every(
            _BEATS_PER_S, _row(random, 192, 3000), array("i", [0] * 32), array("i", [0] * 5), 0, 7
        ),
        "pulse_kernels:spectrum": every(
            _MODULATIONS * _EPOCHS_PER_S,
            _row(random, _BEATS, 2047),
            array("i", range(0, 1092 * _BEATS, 1092)),
            array("i", [0] * 28),
            _row(random, 256, 4096),
            _BEATS,
        ),
        "motion_kernels:quarter_mg": every(_AXES * block, wave, still[:], _BLOCK),
        "motion_kernels:count_seconds": every(block, wave, wave, wave, array("i", [0] * 6), _BLOCK),
        "fixed_kernels:biquads": [
            Call(block, _filter(wave, _PULSE_SECTIONS)),
            Call(_AXES * block, _filter(wave, _MOTION_SECTIONS)),
        ],
        "fixed_kernels:differences": every(_SENSORS * block, wave, array("i", [0, 0]), _BLOCK),
        "microphone_kernels:weigh": every(
            _SOUND_BLOCKS_PER_S, sound, array("i", [0] * 6), _SOUND_BLOCK
        ),
        **_network(random, LIVE),
    }


def acting() -> dict[str, list[Call]]:
    """{kernel: its calls} of a second in which light and sound act, both rising from nothing."""
    random = np.random.default_rng(2)
    samples = array("H", _bytes(random, _ACT_BLOCK))
    bright, dim = (array("B", random.integers(0, most, _FRAME).tolist()) for most in (200, 40))
    words, chunks = array("i", [0] * _SOUND_BLOCK), _ACT_BLOCK // _SOUND_BLOCK
    colours = array("B", (2, 7, 1, 0, 12, 11, 1, 4, 36))
    rests, often = array("H", range(0, 65536, 911)), _TICKS_PER_S
    state = array("i", [5000, 5000, 500, 100_000, 0, 0, 800, 0])
    shares = array("H", range(0, 2048, 2048 // _LIGHTS)[:_LIGHTS])

    def every(per_s, *arguments):
        return [Call(per_s, arguments)]

    return {
        "colour_kernels:fill": every(often, bright, 20_000, 40_000, 5_000),
        "ring_kernels:paint": every(
            often, bright, array("H", [20_000, 40_000, 5_000]), shares, shares, 5
        ),
        "light_kernels:dim": every(2 * often, bright, array("i", [0] * 3), 20_000, 0),
        "light_kernels:approach": every(often, dim, bright, rests, colours, state, 3000),
        "tone_kernels:tone": every(
            _TONES_A_BLOCK * _SOUNDS_PER_S,
            *(1 << 22, 0, _ACT_BLOCK // _TONES_A_BLOCK, samples, 692_060, 1 << 26, 100),
        ),
        "sound_kernels:amplify": every(_SOUNDS_PER_S, 1 << 26, 0, _ACT_BLOCK, samples, 100),
        "loudness_kernels:widen": every(
            chunks * _SOUNDS_PER_S, _SOUND_BLOCK, _SOUND_BLOCK, samples, words
        ),
        "microphone_kernels:weigh": every(
            chunks * _SOUNDS_PER_S,
            _row(random, _SOUND_BLOCK, 1 << 30),
            array("i", [0] * 6),
            _SOUND_BLOCK,
        ),
    }


def sounding() -> dict[str, list[Call]]:
    """{kernel: its calls} of a second of one pink noise through a filter, one bell and one clip."""
    samples, out = (array("H", bytes(2 * _ACT_BLOCK)) for _ in range(2))
    pink = array("i", [12345, 32768, 5, 0, 76, 3823, 0, 551, 896, 0, 2592, 468])
    filtered = array("i", [0, 1000 << 12, 1000, 4096, 0, 0])
    bell = array("i", [0, 461_373, 0, 1_621_000, 210, 20 << 20, 0, 41, 0xFFFFFF0, 0, 0])
    page = _bytes(np.random.default_rng(3), _PAGE_NIBBLES)
    steps, nibbles = array("H", range(7, 32767, 369)), (_PAGE_NIBBLES, 2 * _PAGE_NIBBLES)

    def every(*arguments):
        return [Call(_SOUNDS_PER_S, arguments)]

    return {
        "noise_kernels:noise": every(pink, len(pink), samples, _ACT_BLOCK),
        "noise_kernels:sift": every(samples, out, filtered, _ACT_BLOCK, 1 << 26, 100),
        "note_kernels:note": every(bell, out, 0, _ACT_BLOCK, 1 << 26, 100),
        "note_kernels:hush": every(out, _ACT_BLOCK),
        "adpcm_kernels:decode": [
            Call(_PAGES_PER_S, (*nibbles, page, steps, array("i", [0, 40]), out, 0))
        ],
    }


def _filter(wave: array, sections: int) -> tuple:
    """Of `biquads`: any coefficients take as long."""
    coefficients = array("i", [3000, 0, -3000, 30000, -14000] * sections)
    return wave, coefficients, array("i", [0] * 5 * sections), sections, len(wave)


def _network(random, shape: Shape) -> dict[str, list[Call]]:
    """The live network's calls: all lanes once an epoch."""
    often = shape.lanes * _EPOCHS_PER_S
    blocks = len(shape.dilations)
    wide, few = shape.channels, shape.few
    layers = [
        (6, wide, often),
        (wide, few, blocks * often),
        (few, wide, blocks * often),
        (wide, 4, often),
    ]
    rings = [_ring(random, shape, dilation * shape.steps_in_minute) for dilation in shape.dilations]
    return {
        "network_kernels:dense": [_dense(random, *layer) for layer in layers],
        "network_kernels:convolve": [
            Call(often, (ring, weights, array("i", [0] * few), few, shape.taps, 0, step))
            for ring, weights, step in rings
        ],
        "network_kernels:remember": [
            Call(blocks * often, (_row(random, few, 255), bytearray(few), 0, few))
        ],
    }


def _dense(random, inputs: int, outputs: int, per_s: float) -> Call:
    weights = _bytes(random, outputs * (3 + inputs))
    x = _row(random, inputs, 255)
    return Call(per_s, (x, weights, array("i", [0] * outputs), inputs, outputs, 5, 0))


def _ring(random, shape: Shape, dilation: int):
    step = dilation * shape.few
    size = (shape.taps - 1) * step + shape.few
    return _bytes(random, size), _bytes(random, shape.taps * shape.few), step


def _row(random, n: int, most: int) -> array:
    return array("i", random.integers(-most, most, n).tolist())


def _bytes(random, n: int) -> array:
    return array("B", random.integers(0, 256, n).tolist())
