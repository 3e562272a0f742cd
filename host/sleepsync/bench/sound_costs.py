"""What the synthesiser costs: instructions of each kernel and sample, and of the richest scene.

Which kernels a scene runs is counted in the VM while it plays; what each takes of a sample is
counted in the chip's machine code.
"""

from array import array
from collections.abc import Iterator
from functools import cache

from sleepsync.bench.figure import Figure
from sleepsync.bench.kernels import CPU_HZ
from sleepsync.isa import MARCHES, Kernels
from sleepsync.paths import ROOT
from sleepsync.vm import Worker

GOAL_PCT = 15  # of a core at 240 MHz, one instruction a cycle
_RATE_HZ = 16000
_BLOCK = 1536
_LEVEL, _GAIN = 20 << 20, 1 << 26
_KINDS = {0: "low pass", 1: "band pass", 2: "high pass", 3: "no filter"}
_POLES = {0: "white", 1: "sparks", 2: "brown", 3: "pink"}  # poles of each colour: noise.py
_COUNT = """
from array import array
from firmware.bedside import noise, notes
from firmware.bedside.renderers import Facts
from firmware.bedside.scenes import SCENES, lane_of
from firmware.bedside.scenes import names as scene_names
from firmware.bedside.sound import Sound

noised, sifted, noted = noise.noise, noise.sift, notes.note
counts = [0] * 9
def count_noise(s, end, out, n):
    counts[(end - 3) // 3] += n
    noised(s, end, out, n)
def count_sift(samples, out, s, n, gain, step):
    counts[4 + s[0]] += n
    sifted(samples, out, s, n, gain, step)
def count_note(s, out, at, end, gain, step):
    counts[8] += end - at
    noted(s, out, at, end, gain, step)
noise.noise, noise.sift, notes.note = count_noise, count_sift, count_note

def counted(spec, blocks):
    sound, buf, most = Sound(spec, Facts(1, 80, 0, 1200)), array("h", [0] * 1536), None
    for block in range(blocks):
        for i in range(9):
            counts[i] = 0
        sound.block(block, buf)
        weight = sum([counts[i] * weights[i] for i in range(9)])
        if most is None or weight > most[0]:
            most = [weight] + list(counts)
    return most[1:]

result, names = {}, scene_names()
for number in range(1, len(SCENES)):
    spec = lane_of(number, 1)
    if spec and spec[1][0]:
        result[names[number]] = counted(spec, blocks)
noise.noise, noise.sift, notes.note = noised, sifted, noted
"""


def figures() -> Iterator[Figure]:
    """Instructions a sample of each voice's parts, and a core's share of each scene at its most."""
    for march in MARCHES:
        for name, instructions in per_sample(march).items():
            kind = name.replace(" ", "_")
            yield Figure(f"sound.instructions_per_sample.{kind}.{march}", instructions, "1")
    for march in MARCHES:
        shares = share_pct(march)
        for name, share in shares.items():
            yield Figure(f"sound.cpu_pct.{name.replace(' ', '_')}.{march}", share, "%")
        yield Figure(f"sound.cpu_pct_richest.{march}", max(shares.values()), "%", f"<={GOAL_PCT}")


@cache
def per_sample(march: str) -> dict[str, float]:
    """Of each colour of noise, each filter, a note, and what every sound passes through."""
    folder = ROOT / "firmware" / "bedside"
    noises = Kernels.of(folder / "noise_kernels.py", march)
    notes = Kernels.of(folder / "note_kernels.py", march)
    samples = array("H", bytes(2 * _BLOCK))
    found = {}
    for poles, name in _POLES.items():
        state = array("i", [12345, 32768, 1024] + [0, 76, 3823] * poles)
        found[name] = _counted(noises, "noise", state, len(state), samples, _BLOCK)
    for kind, name in _KINDS.items():
        state = array("i", [kind, 1000 << 12, 1000, 4096, 0, 0])
        found[name] = _counted(noises, "sift", samples, samples, state, _BLOCK, _GAIN, 100)
    bell = array("i", [0, 461_373, 0, 1_621_000, 210, _LEVEL, 0, 41, 0xFFFFFF0, 0, 0])
    found["note"] = _counted(notes, "note", bell, samples, 0, _BLOCK, _GAIN, 100)
    found["every sound"] = _counted(notes, "hush", samples, _BLOCK) + _passed(march)
    return found


@cache
def share_pct(march: str, blocks: int = 5500) -> dict[str, float]:
    """{scene with a rich sound: per cent of a core in its dearest block}, of two minutes."""
    *parts, every = per_sample(march).values()
    with Worker() as vm:
        weights = [round(part) for part in parts]
        counts = vm.call("snippet:run", _COUNT, {"weights": weights, "blocks": blocks})
    return {
        name: 100
        * (every + sum(n * part for n, part in zip(ran, parts, strict=True)) / _BLOCK)
        * _RATE_HZ
        / CPU_HZ
        for name, ran in counts.items()
    }


def _passed(march):
    """Of a sample on its way through the governor: its gain, and the weighing."""
    samples, words = array("H", bytes(2 * _BLOCK)), array("i", bytes(4 * _BLOCK // 2))
    amplify = Kernels.of(ROOT / "firmware" / "governor" / "sound_kernels.py", march)
    widen = Kernels.of(ROOT / "lib" / "loudness_kernels.py", march)
    weigh = Kernels.of(ROOT / "lib" / "microphone_kernels.py", march)
    half = _BLOCK // 2
    return (
        _counted(amplify, "amplify", _GAIN, 0, _BLOCK, samples, 100)
        + _counted(widen, "widen", half, half, samples, words, samples=half)
        + _counted(weigh, "weigh", words, array("i", [0] * 6), half, samples=half)
    )


def _counted(machine, function, *arguments, samples=_BLOCK):
    machine.call(function, *(a if isinstance(a, int) else a[:] for a in arguments))
    return machine.instructions / samples
