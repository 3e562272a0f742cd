"""Inputs for every kernel of the firmware, extremes among them. A new kernel needs its own here.

What a kernel asks of its buffers' lengths is kept; what it asks of their numbers is not,
since on any numbers all machines must do the same.
"""

from array import array

from hypothesis import strategies as st

LOW, HIGH = -(1 << 31), (1 << 31) - 1
_EXTREMES = (0, 1, -1, 255, 256, 8191, -8192, 1 << 18, 1 << 23, HIGH, LOW, HIGH - 1, LOW + 1)
_words = st.sampled_from(_EXTREMES) | st.integers(LOW, HIGH) | st.integers(-3000, 3000)
_bytes = st.sampled_from((0, 1, 127, 128, 255)) | st.integers(0, 255)
_lengths = st.integers(0, 9)


@st.composite
def _row(draw, length, elements=_words, kind="i"):
    return array(kind, draw(st.lists(elements, min_size=length, max_size=length)))


@st.composite
def _in_place(draw, rows, state=0):
    """`rows` rows of n words, then a row of state if there is one, then n."""
    n = draw(_lengths)
    of_state = [draw(_row(state))] if state else []
    return (*(draw(_row(n)) for _ in range(rows)), *of_state, n)


@st.composite
def _find_beats(draw):
    n = draw(_lengths)
    state = draw(_row(10))
    state[0] = draw(st.integers(0, (1 << 20) - 1))
    return draw(_row(n)), draw(_row(192)), state, array("i", bytes(4 * 2 * (n + 1))), n


@st.composite
def _swing(draw):
    n = draw(_lengths)
    return draw(_row(n)), draw(_row(n)), draw(_row(2)), draw(_row(256)), n


@st.composite
def _spectrum(draw):
    n = draw(_lengths)
    return draw(_row(n)), draw(_row(n)), draw(_row(28)), draw(_row(256)), n


@st.composite
def _biquads(draw):
    n, sections = draw(_lengths), draw(st.integers(0, 3))
    return draw(_row(n)), draw(_row(5 * sections)), draw(_row(5 * sections)), sections, n


@st.composite
def _differences(draw):
    n = draw(_lengths)
    return draw(_row(n)), draw(_row(2)), n


@st.composite
def _unpack_motion(draw):
    n = draw(_lengths)
    raw = draw(_row(3 * n, st.sampled_from((0, 1, 0x7FFF, 0x8000, 0xFFFF)) | _bytes, "H"))
    return raw, *(draw(_row(n)) for _ in range(3)), n


@st.composite
def _unpack_light(draw):
    n = draw(_lengths)
    return draw(_row(6 * n, _bytes, "B")), draw(_row(n)), draw(_row(n)), n


@st.composite
def _weigh(draw):
    n = 2 * draw(_lengths)
    return draw(_row(n)), draw(_row(6)), n


@st.composite
def _dense(draw):
    inputs, outputs = 2 * draw(st.integers(0, 4)), draw(st.integers(0, 3))
    weights = draw(_row(outputs * (3 + inputs), _bytes, "B"))
    floor = draw(st.sampled_from((0, -(1 << 29))) | _words)
    shift = draw(st.integers(0, 31))
    return draw(_row(inputs)), weights, draw(_row(outputs)), inputs, outputs, shift, floor


@st.composite
def _convolve(draw):
    channels, taps, dilation = (draw(st.integers(1, most)) for most in (3, 5, 4))
    step = dilation * channels
    size = (taps - 1) * step + channels
    oldest = channels * draw(st.integers(0, size // channels - 1))
    ring, weights = draw(_row(size, _bytes, "B")), draw(_row(taps * channels, _bytes, "B"))
    return ring, weights, draw(_row(channels)), channels, taps, oldest, step


@st.composite
def _remember(draw):
    n, at = draw(_lengths), draw(_lengths)
    return draw(_row(n)), draw(_row(at + n, _bytes, "B")), at, n


@st.composite
def _tone(draw):
    n = draw(_lengths)
    first = draw(_lengths)
    phase = draw(st.integers(0, (1 << 24) - 1))
    out = draw(_row(first + n, _halves, "H"))
    return phase, first, first + n, out, *(draw(_words) for _ in range(3))


@st.composite
def _decode(draw):
    first, n, at = draw(_lengths), draw(_lengths), draw(_lengths)
    state = draw(_row(2, st.sampled_from((0, 32767, -32768)) | st.integers(-32768, 32767)))
    state[1] = draw(st.integers(0, 88))
    data = draw(_row((first + n + 1) // 2, _bytes, "B"))
    return (
        first,
        first + n,
        data,
        draw(_row(89, _halves, "H")),
        state,
        draw(_row(at + n, _halves, "H")),
        at,
    )


@st.composite
def _widen(draw):
    n, first = draw(_lengths), draw(_lengths)
    return n, first, draw(_row(first + n, _halves, "H")), draw(_row(n))


@st.composite
def _amplify(draw):
    first, n = draw(_lengths), draw(_lengths)
    return draw(_words), first, n, draw(_row(n, _halves, "H")), draw(_words)


@st.composite
def _noise(draw):
    n, poles = draw(_lengths), draw(st.integers(0, 3))
    state = draw(_row(3 + 3 * poles))
    state[0] = draw(st.integers(1, (1 << 30) - 1))
    state[1] = draw(st.sampled_from((0, 1, 16000, 32768)) | _words)
    return state, len(state), draw(_row(n, _halves, "H")), n


@st.composite
def _sift(draw):
    n = draw(_lengths)
    state = draw(_row(6))
    state[0] = draw(st.integers(0, 3))
    samples, out = draw(_row(n, _halves, "H")), draw(_row(n, _halves, "H"))
    return samples, out, state, n, draw(_words), draw(_words)


@st.composite
def _note(draw):
    first, n = draw(_lengths), draw(_lengths)
    state = draw(_row(11))
    state[0], state[2] = (draw(st.integers(0, (1 << 24) - 1)) for _ in range(2))
    return state, draw(_row(first + n, _halves, "H")), first, first + n, draw(_words), draw(_words)


@st.composite
def _hush(draw):
    n = draw(_lengths)
    return draw(_row(n, _halves, "H")), n


@st.composite
def _approach(draw):
    """As the lane asks it, and with sums that are none of the frame's."""
    state = draw(_row(8))
    state[4], state[7] = draw(st.integers(0, 1)), draw(st.integers(0, 1))
    state[5] = draw(st.integers(0, 71))
    if draw(st.booleans()):
        state[0] = state[1] = state[2] = 0
        state[3] = draw(st.sampled_from((0, 1000, 300_000)))
    state[6] = draw(st.integers(0, 800) | _words)
    rests = draw(_row(72, _halves, "H"))
    return draw(_frames), draw(_frames), rests, array("B", COLOURS), state, draw(_shares)


COLOURS = (2, 7, 1, 0, 12, 11, 1, 4, 36)  # of firmware/governor/light.py
_halves = st.sampled_from((0, 1, 0x7FFF, 0x8000, 0xFFFF)) | st.integers(0, 0xFFFF)
_shares = st.sampled_from((0, 1, 65535, 65536)) | st.integers(0, 65536)
_frames = _row(72, _bytes, "B")

INPUTS = {
    "adpcm_kernels:decode": _decode(),
    "colour_kernels:fill": st.tuples(_frames, _words, _words, _words),
    "light_kernels:approach": _approach(),
    "light_kernels:dim": st.tuples(_frames, _row(3), _shares, st.integers(0, 1)),
    "loudness_kernels:widen": _widen(),
    "noise_kernels:noise": _noise(),
    "noise_kernels:sift": _sift(),
    "note_kernels:hush": _hush(),
    "note_kernels:note": _note(),
    "ring_kernels:paint": st.tuples(
        _frames, _row(3, _halves, "H"), _row(24, _halves, "H"), _row(24, _halves, "H"), _words
    ),
    "sound_kernels:amplify": _amplify(),
    "tone_kernels:tone": _tone(),
    "fixed_kernels:biquads": _biquads(),
    "fixed_kernels:differences": _differences(),
    "fifo_kernels:unpack_motion": _unpack_motion(),
    "fifo_kernels:unpack_light": _unpack_light(),
    "microphone_kernels:weigh": _weigh(),
    "motion_kernels:count_seconds": _in_place(3, 6),
    "motion_kernels:quarter_mg": _in_place(2),
    "network_kernels:convolve": _convolve(),
    "network_kernels:dense": _dense(),
    "network_kernels:remember": _remember(),
    "pulse_kernels:find_beats": _find_beats(),
    "pulse_kernels:compare": st.tuples(
        _row(192), _row(32), _row(5), st.integers(0, 127), st.integers(0, 31)
    ),
    "pulse_kernels:spectrum": _spectrum(),
    "pulse_kernels:swing": _swing(),
}
