"""No sum of the kernels leaves its word: the proofs that their docstrings promise.

A linear filter's output is at most its input's range times the sum of its impulse
response's magnitudes (the L1 norm), and the input that reaches it is the sign of the
response, backwards. Constants are read from the firmware in the VM.
"""

import ast
from array import array
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import butter, freqz_sos, lfilter, sosfilt
from sleepsync.paths import ROOT

RATE_HZ = 50
ONE = 1 << 14  # coefficients are Q14
INT32 = 1 << 31
SMALL_INT = 1 << 30
SWING_MOST = 8191  # `swing` clamps to this
MOTION_MOST = 2048 * 4  # 12 bits of 1 mg, in units of 0.25 mg
LIGHT_MOST = 0x3FFFF
RESPONSE = 4000  # samples: the slowest pole, 0.957, has forgotten all by then
MODULES = {"pulse": SWING_MOST, "motion": MOTION_MOST}


@pytest.fixture(scope="module", params=MODULES)
def band(request, worker):
    """(name, coefficients as in the firmware, largest input)."""
    source = f"from firmware.senses.{request.param} import BAND_Q14\nresult = list(BAND_Q14)"
    return request.param, worker.call("snippet:run", source, {}), MODULES[request.param]


def sections(coefficients):
    """scipy's second-order sections: b0 b1 b2 1 a1 a2."""
    rows = np.array(coefficients, dtype=float).reshape(-1, 5) / ONE
    return np.c_[rows[:, :3], np.ones(len(rows)), -rows[:, 3:]]


def impulse():
    return np.eye(1, RESPONSE)[0]


def most_out(sos, section, most_in):
    """The largest magnitude that `section` can give out, rounding included.

    Each section's rounding, one unit at most and fed back (1 - z^-1), passes its own
    poles and all sections after it.
    """
    most = most_in * np.abs(sosfilt(sos[: section + 1], impulse())).sum()
    for noisy in range(section + 1):
        noise = lfilter([1, -1], sos[noisy, 3:], impulse())
        after = sos[noisy + 1 : section + 1]
        most += np.abs(sosfilt(after, noise) if len(after) else noise).sum()
    return most


def largest_sums(coefficients, most_in):
    """Of each section: every product at its largest, all of one sign, and the error."""
    sos = sections(coefficients)
    rows = np.abs(np.array(coefficients)).reshape(-1, 5)
    for section, row in enumerate(rows):
        entering = most_in if section == 0 else most_out(sos, section - 1, most_in)
        yield row[:3].sum() * entering + row[3:].sum() * most_out(sos, section, most_in) + ONE


def biquads32(x, coefficients, state, count):
    """The kernel in Python's integers; asserts at each step that 32 bits would have held it."""
    for at in range(0, 5 * count, 5):
        b0, b1, b2, a1, a2 = coefficients[at : at + 5]
        x1, x2, y1, y2, e = state[at : at + 5]
        for i, x0 in enumerate(x):
            total = 0
            for product in (b0 * x0, b1 * x1, b2 * x2, a1 * y1, a2 * y2, e):
                total += product
                assert -INT32 <= product < INT32
                assert -INT32 <= total < INT32
            e = total % ONE
            x1, x2, y1, y2 = x0, x1, total // ONE, y1
            x[i] = y1
        state[at : at + 5] = [x1, x2, y1, y2, e]
    return x


def in_vm(worker, x, coefficients, state):
    """(filtered, state after) from the kernel in the VM."""
    words = partial(array, "i")
    _, (y, _, after, *_) = worker.call_in_place(
        "fixed_kernels:biquads",
        words(x),
        words(coefficients),
        words(state),
        len(state) // 5,
        len(x),
    )
    return list(y), list(after)


# -- biquads


def test_no_input_drives_a_sum_out_of_32_bits(band):
    _, coefficients, most_in = band
    assert max(largest_sums(coefficients, most_in)) < INT32


def test_the_largest_outputs_are_those_the_docstrings_tell(band):
    name, coefficients, most_in = band
    sos = sections(coefficients)
    largest = max(most_out(sos, section, most_in) for section in range(len(sos)))
    assert largest < {"pulse": 19_300, "motion": 18_500}[name]


def test_the_worst_inputs_come_out_as_exact_integers(worker, band):
    """The reversed signs of each section's response reach its bound, with no bit lost."""
    _, coefficients, most_in = band
    sos = sections(coefficients)
    for section in range(len(sos)):
        response = sosfilt(sos[: section + 1], impulse())[:600]
        x = np.where(response[::-1] < 0, -most_in, most_in).tolist()
        for worst in (x, [-v for v in x]):
            count = section + 1
            state = [0] * 5 * count
            seen, after = in_vm(worker, worst, coefficients[: 5 * count], state)
            exact = biquads32(list(worst), coefficients, state, count)
            assert (seen, after) == (exact, state)
            assert abs(seen[-1]) > 0.98 * most_in * np.abs(response).sum()


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_biquads_is_its_formula_in_blocks_of_any_length(worker, data):
    """Any coefficients and any input whose sums stay inside; the state goes on."""
    count = data.draw(st.integers(1, 5))
    quarter = st.integers(-ONE // 4, ONE // 4)  # a section so gains 1.5 at most, 8 with five
    rows = [data.draw(st.tuples(*[quarter] * 5)) for _ in range(count)]
    coefficients = [value for row in rows for value in row]
    blocks = data.draw(
        st.lists(st.lists(st.integers(-2000, 2000), min_size=1, max_size=40), max_size=6)
    )
    exact_state, state = [0] * 5 * count, [0] * 5 * count
    for block in blocks:
        exact = biquads32(list(block), coefficients, exact_state, count)
        y, state = in_vm(worker, block, coefficients, state)
        assert (y, state) == (exact, exact_state)


# -- the filters are those that the comments name


def designs(name):
    if name == "motion":
        return butter(5, (3, 11), "bandpass", fs=RATE_HZ, output="sos")
    low = butter(2, 0.5, "highpass", fs=RATE_HZ, output="sos")
    return np.vstack((low, butter(2, 8, fs=RATE_HZ, output="sos")))


def test_the_bands_are_butterworth_s(band):
    """Gain and phase of the rounded coefficients within 0.2 % of full from 0.1 Hz to 24.9 Hz."""
    name, coefficients, _ = band
    hz = np.linspace(0.1, 24.9, 2000)
    _, designed = freqz_sos(designs(name), hz, fs=RATE_HZ)
    _, rounded = freqz_sos(sections(coefficients), hz, fs=RATE_HZ)
    assert np.abs(rounded - designed).max() < 0.002


@pytest.mark.parametrize("hz", [0.8, 1.2, 3.0, 5.0, 7.0, 10.0])
def test_the_kernel_passes_a_sine_as_designed(worker, band, hz):
    """What comes out of the VM has the design's size: coefficients in the kernel's own order."""
    name, coefficients, _ = band
    t = np.arange(1000) / RATE_HZ
    x = np.rint(4000 * np.sin(2 * np.pi * hz * t)).astype(int).tolist()
    y, _ = in_vm(worker, x, coefficients, [0] * len(coefficients))
    _, gain = freqz_sos(designs(name), [hz], fs=RATE_HZ)
    rms = np.std(y[500:]) * np.sqrt(2)
    assert rms == pytest.approx(4000 * abs(gain[0]), rel=0.02, abs=6)


# -- the other kernels


def test_find_beats_stays_in_small_integers(worker):
    """Of its comparison, with the largest input that the band-pass can give."""
    source = "from firmware.senses.pulse import BAND_Q14\nresult = list(BAND_Q14)"
    sos = sections(worker.call("snippet:run", source, {}))
    y = most_out(sos, 1, SWING_MOST)
    square = y * y / 256
    short, long, mean_q6 = 7 * square, 33 * square, 64 * square
    assert y * y < SMALL_INT
    assert mean_q6 < SMALL_INT
    assert short * 33 < SMALL_INT
    assert (long + 33 * mean_q6 / 4096) * 7 < SMALL_INT


def test_a_shape_stays_in_small_integers(worker):
    """The highest swing 64-fold, and what Python makes of 32 products of +-4095."""
    source = "from firmware.senses.pulse import BAND_Q14\nresult = list(BAND_Q14)"
    y = most_out(sections(worker.call("snippet:run", source, {})), 1, SWING_MOST)
    assert 2 * y * 64 < SMALL_INT
    energy = 32 * 4095 * 4095
    assert energy < 1 << 29
    assert energy + (32 * 4095 >> 5) * 32 * 4095 < SMALL_INT * 2
    assert SMALL_INT > (1 << 14) * (1 << 14)


def told(path):
    """{name: value} of every constant of a file of the firmware."""
    found = {}
    for node in ast.parse((ROOT / path).read_text()).body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call | ast.Tuple):
            names, values = node.targets[0], node.value
            pairs = (
                zip(names.elts, values.elts, strict=True)
                if isinstance(names, ast.Tuple)
                else [(names, values)]
            )
            for name, value in pairs:
                if ast.unparse(value).startswith("const("):
                    found[name.id] = eval(ast.unparse(value.args[0]), dict(found))
    return found


def test_a_spectrum_stays_in_words():
    """All values at full range under a window whose weights are 256 at most, half on the mean."""
    breath = told("firmware/senses/breath.py")
    most, full, change = breath["_MOST"], breath["_FULL"], breath["_MOST_CHANGE"]
    fastest = breath["_SLOWEST"] + breath["_LINES"] - 1
    line = most * full * 4096
    assert line < SMALL_INT
    assert 2 * (line >> 15) ** 2 < INT32
    assert ((line >> 15) ** 2 >> 10) * fastest < SMALL_INT
    assert breath["_SPAN_Q8"] * 1398 < SMALL_INT  # where a wave has turned
    assert breath["_SPAN_Q8"] // breath["_STEP_Q8"] <= 256
    assert (breath["_SPAN_Q8"] * 1398 >> 14) * fastest < INT32
    assert most * change * 256 < SMALL_INT  # a mean under the window
    assert 2 * change * full < SMALL_INT
    assert most >= breath["_SPAN_Q8"] // told("firmware/senses/pulse.py")["_IBI_MIN_Q8"]


def test_a_rhythm_stays_in_small_integers():
    """Of the longest intervals, whose sum is the longest span: each word that `Rhythm` adds up."""
    rhythm = told("firmware/senses/rhythm.py")
    longest, span = told("firmware/senses/pulse.py")["_IBI_MAX_Q8"], rhythm["LONGEST_Q8"]
    normal = longest // 5
    assert longest * 256 < SMALL_INT
    assert longest * rhythm["_PAUSE"] < SMALL_INT
    assert span * 25 < SMALL_INT
    # Normal intervals are 0.8 of the median and more, their differences a fifth and less.
    assert span / (0.8 * longest) * normal**2 < SMALL_INT
    assert (span >> 3) * (20800 >> 3) < SMALL_INT
    assert longest * 20800 < SMALL_INT


def test_swing_stays_in_small_integers():
    """Its mean, and how far its running sum of light can go in the longest interval."""
    assert LIGHT_MOST << 8 < SMALL_INT
    assert LIGHT_MOST * 256 < SMALL_INT


def test_the_largest_shaking_stays_in_small_integers(band):
    """`count_seconds` multiplies a peak by 4, and fifteen bins of 128 by 307."""
    _, coefficients, most_in = band
    sos = sections(coefficients)
    assert most_out(sos, len(sos) - 1, most_in) * 4 < SMALL_INT
    most_bins = 15 * 128
    assert most_bins * 307 < SMALL_INT
