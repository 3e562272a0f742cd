"""A kernel gives the same bits on the chip, in the desktop VM and in a browser's VM."""

import json
import os
import re
import subprocess
import sys
from array import array
from dataclasses import dataclass
from pathlib import Path

import pytest
from kernel_edges import BUILTINS, EDGES
from kernel_examples import DSP, ELEMENTS, Programs
from oracle32 import Oracle
from sleepsync.build import ROOT, kernels
from sleepsync.build.compiler import compiled
from sleepsync.isa import MARCHES, Kernels

_PROGRAMS = 80  # random programs, each with two sets of arguments
_VM = Path(sys.executable).with_name("micropython")
_TOLERANCE = 0.15  # of the metered instructions against rv32imc's true count


@dataclass
class Case:
    """One call, and what a plain-integer reading of the source says of it."""

    module: str
    source: str
    function: str
    arguments: list  # integers and [typecode, elements]

    def fresh(self):
        return [a if isinstance(a, int) else array(*a) for a in self.arguments]

    def outcome(self, call):
        """(result, buffers) of `call(function, *arguments)`."""
        arguments = self.fresh()
        result = call(self.function, *arguments)
        return [result, [list(a) for a in arguments if not isinstance(a, int)]]


def _random_cases(seed):
    programs = Programs(seed)
    source = programs.module()
    for _ in range(2):
        a, b, u, *words = programs.words(3 + 3 * ELEMENTS)
        p, q, r = (words[i * ELEMENTS : (i + 1) * ELEMENTS] for i in range(3))
        buffers = [["i", p], ["H", [v & 0xFFFF for v in q]], ["B", [v & 0xFF for v in r]]]
        yield Case(f"random{seed}", source, "f", [a, b, u & 0xFFFFFFFF, *buffers])


def _dsp_cases(n=120):
    wave = [((i * 7919) % 2003 - 1000) * 9 for i in range(n)]
    wild = [(i * 0x9E3779B1 & 0xFFFFFFFF) - 0x80000000 for i in range(n)]
    for x in (wave, wild):
        calls = [
            ("peaks", [["i", x], ["H", [0] * n], ["i", [0] * 5], n]),
            ("ring", [["i", x], ["i", [-5] * 16], ["i", [-80, 3]], n]),
            ("mix", [["i", x], n]),
            ("find", [["i", x], n, x[-1]]),
            ("hash32", [["B", [v & 0xFF for v in x]], n]),
        ]
        for coefficients in ([3000, 6000, 3000, 16000, 65536 - 8000], [0x8000] * 5):
            samples = ["H", [v & 0xFFFF for v in x]]
            calls.append(("biquad", [samples, ["H", coefficients], ["i", [-1] * 5], n]))
        yield from (Case("dsp", DSP, *call) for call in calls)


def _edge_cases():
    ints = (0, 1, -1, 0x1FFFFFFF, 0x20000000, -0x20000001, 0x7FFFFFFF, -0x80000000, 0xFFFFFFFF)
    buffers = [["i", [-1] * ELEMENTS], ["H", [0xFFFF] * ELEMENTS], ["B", [0xFF] * ELEMENTS]]
    for function in re.findall(r"def (\w+)", EDGES):
        for a in ints:
            for b, u in ((0x7FFFFFFF, 0), (-0x80000000, -1)):
                yield Case("edges", EDGES, function, [a, b, u, *buffers])


@pytest.fixture(scope="module")
def cases():
    return [
        *_dsp_cases(),
        *_edge_cases(),
        *(c for seed in range(_PROGRAMS) for c in _random_cases(seed)),
    ]


@pytest.fixture(scope="module")
def truths(cases):
    return [case.outcome(Oracle(case.source).call) for case in cases]


def _in_vm(cases, folder, rewrite):
    """[result, buffers, metered] of each case in the VM, its module written by `rewrite`."""
    for name, source in {case.module: case.source for case in cases}.items():
        suffix, content = rewrite(source, name)
        (folder / f"{name}{suffix}").write_bytes(content)
    calls = folder / "calls.json"
    calls.write_text(json.dumps([[c.module, c.function, c.arguments] for c in cases]))
    build = ROOT / "host/sleepsync/build"  # words32
    path = f"{folder}:{ROOT / 'hw/sim'}:{build}:.frozen"
    argv = [_VM, "-X", "heapsize=64M", ROOT / "tests_host/vm_calls.py", calls]
    done = subprocess.run(argv, env={**os.environ, "MICROPYPATH": path}, capture_output=True)
    assert done.returncode == 0, done.stdout.decode()[-500:] + done.stderr.decode()[-500:]
    return json.loads(done.stdout)


def _viper64(source, name):
    return ".mpy", compiled(kernels.for_unix(source, name), name, "x64")


def _untouched(source, name):
    return ".mpy", compiled(source, name, "x64")


def _plain(source, name):
    return ".py", kernels.for_wasm(source, name).encode()


def _agree(cases, truths, results):
    for case, truth, result in zip(cases, truths, results, strict=True):
        assert result[:2] == truth, f"{case.module}.{case.function}\n{case.source}"


@pytest.mark.parametrize("march", MARCHES)
def test_machine_code_of_the_chips(cases, truths, march):
    sources = {case.module: case.source for case in cases}
    machines = {module: Kernels(source, march=march) for module, source in sources.items()}
    _agree(cases, truths, [case.outcome(machines[case.module].call) for case in cases])


def test_desktop_vm(cases, truths, tmp_path):
    _agree(cases, truths, _in_vm(cases, tmp_path, _viper64))


def test_plain_python(cases, truths, tmp_path):
    _agree(cases, truths, _in_vm(cases, tmp_path, _plain))


@pytest.mark.parametrize("rewrite", [_viper64, _plain])
def test_builtins(rewrite, tmp_path):
    words = (5, -7, -0x80000000, 0x7FFFFFFF)
    arguments = [[a, b, ["H", [0] * 3]] for a in words for b in words]
    cases = [Case("objects", BUILTINS, "f", a) for a in arguments]
    truths = [case.outcome(Oracle(BUILTINS).call) for case in cases]
    _agree(cases, truths, _in_vm(cases, tmp_path, rewrite))


def test_rewriting_is_needed(cases, truths, tmp_path):
    safe = [(c, t) for c, t in zip(cases, truths, strict=True) if c.module == "dsp"]
    results = _in_vm([case for case, _ in safe], tmp_path, _untouched)
    assert any(r[:2] != t for r, (_, t) in zip(results, safe, strict=True))


# -- the meter

_METERED = {
    "firmware/senses/pulse_kernels.py": {
        "swing": [
            ["i", [95000 - 3 * i for i in range(200)]],
            ["i", [0] * 200],
            ["i", [-1, 0]],
            ["i", [0] * 256],
            200,
        ],
    },
    "lib/fixed_kernels.py": {
        "biquads": [["i", [900] * 200], ["i", [99, -7, 5, 9, 4] * 2], ["i", [0] * 10], 2, 200],
    },
    "lib/fifo_kernels.py": {
        "unpack_light": [["B", [7] * 1200], ["i", [0] * 200], ["i", [0] * 200], 200],
    },
}


def _metered_cases():
    for path, calls in _METERED.items():
        for function, arguments in calls.items():
            yield Case(Path(path).stem, (ROOT / path).read_text(), function, arguments)
    # What a call or a division costs in the runtime is not in the true count.
    yield from (case for case in _dsp_cases() if case.function != "mix")


def _shares(folder):
    """(case, metered / true) of ordinary kernels."""
    cases = list(_metered_cases())
    for case, (_, _, metered) in zip(cases, _in_vm(cases, folder, _viper64), strict=True):
        machine = Kernels(case.source)
        machine.call(case.function, *case.fresh())
        yield case, metered / machine.instructions


def test_meter_is_near_the_true_count(tmp_path):
    for case, share in _shares(tmp_path):
        assert abs(share - 1) <= _TOLERANCE, f"{case.module}.{case.function}: {share:.2f}"


def test_meter_counts_on_every_way_out(tmp_path):
    x = ["i", list(range(100))]
    cases = [Case("dsp", DSP, "find", [x, 100, wanted]) for wanted in (0, 50, 99, -1)]
    early, halfway, late, never = (r[2] for r in _in_vm(cases, tmp_path, _viper64))
    assert 0 < early < halfway < late < never
    assert halfway - early == pytest.approx((late - early) * 50 / 99, rel=0.02)
