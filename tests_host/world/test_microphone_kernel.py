"""The microphone's kernel and logarithm: the curve, the ranges, bit for bit, and the cost."""

import json
import math
import os
import subprocess
import sys
from array import array
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import lfilter
from sleepsync.build import ROOT
from sleepsync.isa import Kernels
from sleepsync.world.sound import a_weighting

RATE_HZ = 16000
BLOCK = 768
SLICE_BLOCKS, COUNTED_BLOCKS = 5, 4
SHARES = (1 / 64, 19 / 512, 1 / 4)
INT32, SMALL_INT = 1 << 31, 1 << 30
INPUT_MOST = 1 << 27  # a word >> 4
ROUNDING = (1, 19, 1)  # most that the floor of a share is off, in the filter's units
KERNEL = "microphone_kernels:weigh"


def word(value):
    """`value` as 32 bits hold it; AssertionError if they do not."""
    assert -INT32 <= value < INT32
    return value


def weigh(words, s):
    """The kernel in Python's integers, each intermediate checked."""
    x1, outputs, energy = s[0], list(s[1:4]), [0, 0, 0]
    for w in words:
        x = w >> 4
        d = word(x - x1)
        x1 = x
        for i, own in enumerate((lambda p: p >> 6, lambda q: (q >> 9) * 19, lambda r: r >> 2)):
            d = word(d - word(own(outputs[i])))
            outputs[i] = word(outputs[i] + d)
        y = word(outputs[2] - (d >> 3)) >> 7
        kind = (not -1024 <= y < 1024) + (not -65536 <= y < 65536)
        y >>= (0, 6, 11)[kind]
        energy[kind] = word(energy[kind] + word(y * y))
    total = (s[5] << 26) + s[4] + energy[0] + (energy[1] << 12) + (energy[2] << 22)
    return [x1, *outputs, total & 0x3FFFFFF, word(total >> 26)]


def in_vm(worker, words, s):
    given_arrays = array("i", words), array("i", s)
    _, (_, state, _) = worker.call_in_place(KERNEL, *given_arrays, len(words))
    return list(state)


def impulses(count=12000):
    """(response of each high-pass, what enters each and leaves the last) to a unit input."""
    change = np.diff(np.eye(1, count)[0], prepend=0)
    outputs, changes = [], [change]
    for share in SHARES:
        outputs.append(lfilter([1], [1, share - 1], changes[-1]))
        changes.append(np.diff(outputs[-1], prepend=0))
    return outputs, changes


def most(stage):
    """The largest |output of high-pass `stage`|, rounding of this and those before included."""
    largest = INPUT_MOST * np.abs(impulses()[0][stage]).sum()
    for noisy in range(stage + 1):
        noise = np.eye(1, 12000)[0]
        for share in SHARES[noisy : stage + 1]:
            out = lfilter([1], [1, share - 1], noise)
            noise = np.diff(out, prepend=0)
        largest += ROUNDING[noisy] * np.abs(out).sum()
    return largest


# -- ranges


def test_no_input_drives_a_sum_out_of_31_bits():
    for stage in range(3):
        assert 3 * most(stage) < INT32  # an output, and its change, which is at most twice it


def test_energies_stay_in_31_bits():
    _, changes = impulses()
    y = 1.001 * INPUT_MOST * np.abs(impulses()[0][2] - changes[3] / 8).sum() / 128
    assert y < 1 << 21
    assert BLOCK * 1024**2 < INT32 // 2  # below each of the first two bounds
    assert BLOCK * (y / 2048) ** 2 < SMALL_INT
    rest_a_block = BLOCK * (y / 2048) ** 2 / 16 + BLOCK * 2**20 / 2**14 + 64
    assert SLICE_BLOCKS * rest_a_block < SMALL_INT


@pytest.mark.parametrize("stage", range(3))
def test_the_worst_inputs_come_out_exact(worker, stage):
    """The reversed signs of a response reach its bound, and no bit is lost."""
    response = impulses()[0][stage][:BLOCK]
    signs = np.where(response[::-1] < 0, -1, 1)
    for sign in (1, -1):
        words = [int(v) for v in np.clip(signs * sign * 2.0**31, -(2**31), 2**31 - 256)]
        exact = weigh(words, [0] * 6)
        assert in_vm(worker, words, [0] * 6) == exact
        assert abs(exact[1 + stage]) > 0.97 * INPUT_MOST * np.abs(response).sum()


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1 << 32), st.sampled_from([3, 9, 14, 18, 23]))
def test_the_kernel_is_its_formula_in_blocks_of_any_length(worker, seed, bits):
    """Noise of every size: what was summed is the whole slice, in any blocks."""
    rng = np.random.default_rng(seed)
    exact = state = [int(rng.integers(-(2**27), 2**27)), 0, 0, 0, 0, 0]
    for n in rng.integers(1, BLOCK // 2, 4) * 2:
        words = (rng.integers(-(1 << bits), 1 << bits, n) << 8).tolist()
        exact, state = weigh(words, exact), in_vm(worker, words, state)
        assert state == exact


def test_machine_code_of_the_chip_and_its_cost():
    """rv32imc gives the same bits; a second's slice costs 0.2 % of 240 MHz, metered alike."""
    rng = np.random.default_rng(5)
    loud = (rng.integers(-(1 << 23), 1 << 23, BLOCK) << 8).tolist()
    quiet = (rng.integers(-400, 400, BLOCK) << 8).tolist()
    machine = Kernels((ROOT / "lib/microphone_kernels.py").read_text())
    metered = [spent_in_vm(words) for words in (quiet, loud)]
    for words, spent in zip((quiet, loud), metered, strict=True):
        state = array("i", [0] * 6)
        machine.call("weigh", array("i", words), state, BLOCK)
        assert list(state) == weigh(words, [0] * 6)
        assert spent == pytest.approx(machine.instructions, rel=0.15)
    assert metered[0] * SLICE_BLOCKS < 480_000
    assert metered[1] * SLICE_BLOCKS < 560_000  # above 60 dB a sample costs a little more


def spent_in_vm(words):
    """Instructions that the meter counts for one block."""
    build = ROOT / "build/unix"
    path = f"{build / 'hw/sim'}:{build / 'lib'}:.frozen"
    source = (
        "import json, meter, microphone_kernels as k\nfrom array import array\n"
        f"k.weigh(array('i', {words}), array('i', [0] * 6), {len(words)})\n"
        "print(meter.instructions[0])"
    )
    vm = Path(sys.executable).with_name("micropython")
    environment = {**os.environ, "MICROPYPATH": path}
    done = subprocess.run([vm, "-c", source], env=environment, capture_output=True, check=True)
    return json.loads(done.stdout)


# -- the curve


def gain_db(hz):
    """The filter's gain as its constants make it."""
    z = np.exp(-2j * np.pi * np.asarray(hz) / RATE_HZ)
    change = 1 - z
    for share in SHARES:
        out = change / (1 - (1 - share) * z)
        change = out * (1 - z)
    return 20 * np.log10(np.abs(out - change / 8))


def weighting_db(hz):
    """The standard's curve; tests_host/world/test_room_world.py holds its rows up to 4 kHz."""
    return 20 * np.log10(a_weighting(hz))


@pytest.mark.parametrize(("third_octave", "level_db"), [(7, 0.5), (8, -0.1), (9, -1.1)])
def test_the_curve_is_that_of_the_standard_s_table_above_4_khz(third_octave, level_db):
    """Table 3 of IEC 61672-1, 5 to 8 kHz, where the filter is tried but no room's noise is."""
    hz = 1000 * 10 ** (third_octave / 10)
    assert float(weighting_db(hz)) == pytest.approx(level_db, abs=0.06)


def test_the_filter_keeps_to_the_curve():
    off_db = gain_db(hz := np.geomspace(31.5, 7999, 400)) - gain_db(1000.0) - weighting_db(hz)
    assert np.abs(off_db[hz <= 6300]).max() < 0.3
    assert np.abs(off_db).max() < 0.6


@pytest.mark.parametrize("hz", [31.5, 63, 125, 250, 500, 1000, 2000, 4000, 6300])
def test_the_kernel_passes_a_sine_as_the_curve_says(worker, hz):
    """From the VM, settled: the coefficients of the kernel, in its own order."""
    t = np.arange(10 * BLOCK) / RATE_HZ
    words = (np.rint((1 << 20) * np.sin(2 * np.pi * hz * t)).astype(int) << 8).tolist()
    state = in_vm(worker, words[: 2 * BLOCK], [0] * 6)
    state[4] = state[5] = 0
    energy = 0
    for block in range(2, 10):
        state = in_vm(worker, words[block * BLOCK : (block + 1) * BLOCK], [*state[:4], 0, 0])
        energy += (state[5] << 26) + state[4]
    # 2^20 of 2^23 is 2^17 in the kernel's units, where full scale is 2^20.
    level_db = 10 * math.log10(energy / (8 * BLOCK) / (2**34 / 2)) + 0.535
    assert level_db == pytest.approx(float(weighting_db(hz)), abs=0.3)


# -- the logarithm


@settings(max_examples=150, deadline=None)
@given(st.integers(0, SMALL_INT - 1), st.integers(0, (1 << 26) - 1))
def test_the_logarithm_errs_by_0_0006_at_most(worker, high, low):
    if high or low:
        off = worker.call("microphone:log2_q12", high, low) / 4096 - math.log2((high << 26) + low)
        assert -0.0006 < off <= 0


@pytest.mark.parametrize("bits", range(56))
def test_powers_of_two_are_exact(worker, bits):
    high, low = divmod(1 << bits, 1 << 26)
    assert worker.call("microphone:log2_q12", high, low) == bits << 12


def test_a_full_scale_sine_is_120_db(worker):
    """At 1 kHz, which the filter lowers by 0.535 dB: mean square 2^39, over 3,072 samples."""
    filtered = 10 ** (float(gain_db(1000.0)) / 10)
    energy = round(2**39 * COUNTED_BLOCKS * BLOCK * filtered)
    assert abs(worker.call("microphone:slice_cdb", *divmod(energy, 1 << 26)) - 12000) <= 1


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 1 << 55))
def test_a_level_is_its_formula_to_a_hundredth(worker, energy):
    exact = 1000 * math.log10(energy) - 1000 * math.log10(2**39 * 3072 * 10**-0.053455) + 12000
    assert abs(worker.call("microphone:slice_cdb", *divmod(energy, 1 << 26)) - exact) <= 1.5
