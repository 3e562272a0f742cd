"""A clip on the puck: what libsndfile hears in the file, and silence for whatever is wrong."""

import io

import numpy as np
import pytest
import soundfile
from clips_made import clip_of, voice
from hypothesis import given, settings
from hypothesis import strategies as st
from sleepsync.clips import sum_of, unwrapped
from sleepsync.clips.adpcm import encoded
from sleepsync.clips.container import wrapped

BLOCK, PAGE_BYTES, PAGE, HEAD = 1536, 256, 505, 72
PLAY = """
import io
from array import array
from firmware.bedside.clip import Clip

class Flash(io.BytesIO):  # a file whose reads fail from some byte on, or once it sounds
    def readinto(self, buf):
        if self.tell() >= fails_at:
            raise OSError(5)
        return super().readinto(buf)

fails_at = 1 << 29 if fails_at < 0 else fails_at
clip = Clip(Flash(file))
buf, out = array("h", [77] * 1536), bytearray()
for start in starts:
    for index in range(start):
        clip.block(index, buf)
        out.extend(buf)
result = [bytes(out), clip.sum, clip.wrong]
"""


def play(worker, file, *starts, fails_at=-1):
    """(samples, sum, what is wrong) after so many blocks from the beginning, each time anew."""
    given = {"file": file, "starts": list(starts), "fails_at": fails_at}
    out, sum_, wrong = worker.call("snippet:run", PLAY, given)
    return np.frombuffer(out, np.int16).astype(int), sum_, wrong


@pytest.fixture(scope="module")
def file():
    return clip_of(voice(2)).file


def elsewhere(file):
    return soundfile.read(io.BytesIO(file), dtype="int16")[0].astype(int)


def roughness(samples):
    """The largest second difference: what a click is made of."""
    return np.abs(np.diff(samples, 2)).max()


def blocks_of(file):
    return len(elsewhere(file)) // BLOCK + 2


def test_it_sounds_as_libsndfile_has_it_and_then_is_silent(worker, file):
    samples, sum_, wrong = play(worker, file, blocks_of(file) + 3)
    wanted = elsewhere(file)
    assert (samples[: len(wanted)] == wanted).all()
    assert not samples[len(wanted) + 400 :].any()
    assert (sum_, wrong) == (sum_of(unwrapped(file)), "")


@settings(deadline=None, max_examples=30)
@given(
    st.lists(
        st.tuples(
            st.binary(min_size=2, max_size=2),
            st.integers(0, 88),
            st.binary(min_size=252, max_size=252),
        ),
        min_size=1,
        max_size=7,
    )
)
def test_any_codes_sound_as_libsndfile_has_them(worker, pages):
    data = b"".join(first + bytes([index, 0]) + body for first, index, body in pages)
    clip = wrapped(data, len(pages) * PAGE)
    samples, *_ = play(worker, clip, 4)
    wanted = elsewhere(clip)
    assert (samples[: len(wanted)] == wanted).all()
    assert not samples[len(wanted) + 400 :].any()


def test_index_0_begins_anew(worker, file):
    some, once = play(worker, file, 3, 7, 7)[0], play(worker, file, 7)[0]
    assert (some == np.concatenate([once[: 3 * BLOCK], once, once])).all()


def test_it_ends_without_a_click_wherever_it_ends(worker):
    """Pages that stop at the height of a loud tone fall to 0 within 25 ms."""
    loud = np.round(20000 * np.sin(np.arange(3 * PAGE) * 0.1)).astype(np.int16)
    clip = wrapped(encoded(loud), len(loud))
    samples, *_ = play(worker, clip, 2)
    assert abs(samples[len(loud) - 1]) > 3000
    assert roughness(samples[len(loud) - 10 :]) < 2000
    assert not samples[len(loud) + 400 :].any()


# -- whatever is wrong is silent, and told


@pytest.mark.parametrize("at", [8, 20, 22, 24, 32, 36, 38, 40, 52, 64])
def test_another_header_is_silent(worker, file, at):
    changed = bytearray(file)
    changed[at] ^= 2
    samples, sum_, wrong = play(worker, bytes(changed), 2)
    assert (samples.any(), sum_, wrong) == (False, 0, "is no clip")


@pytest.mark.parametrize("size", [0, 5, 60])
def test_less_than_a_header_is_silent(worker, file, size):
    samples, _, wrong = play(worker, file[:size], 2)
    assert (samples.any(), wrong) == (False, "is no clip")


@pytest.mark.parametrize("change", [-1, -300, 1, 256])
def test_a_torn_file_is_silent_from_the_first(worker, file, change):
    torn = file[:change] if change < 0 else file + bytes(change)
    samples, _, wrong = play(worker, torn, 2)
    assert (samples.any(), wrong) == (False, "is torn")


def test_flash_that_cannot_be_read_at_all(worker, file):
    samples, _, wrong = play(worker, file, 2, fails_at=0)
    assert (samples.any(), wrong) == (False, "cannot be read")


@pytest.mark.parametrize("pages", [0, 1, 10, 40])
def test_flash_that_fails_while_it_sounds(worker, file, pages):
    samples, _, wrong = play(worker, file, 20, 2, fails_at=HEAD + pages * PAGE_BYTES)
    wanted = elsewhere(file)[: pages * PAGE]
    assert (samples[: len(wanted)] == wanted).all()
    assert not samples[len(wanted) + 400 : 20 * BLOCK].any()
    assert wrong == "is damaged"
    assert (samples[20 * BLOCK :][: min(len(wanted), 2 * BLOCK)] == wanted[: 2 * BLOCK]).all()


def test_a_page_that_no_encoder_writes_ends_it(worker, file):
    changed = bytearray(file)
    changed[HEAD + 30 * PAGE_BYTES + 2] = 89
    samples, _, wrong = play(worker, bytes(changed), 20)
    assert wrong == "is damaged"
    assert not samples[30 * PAGE + 400 :].any()
    assert roughness(samples[30 * PAGE - 5 :]) <= roughness(samples[: 30 * PAGE]) + 2000


# -- the kernel's numbers

DECODE = """
from array import array
from firmware.bedside.adpcm_kernels import decode
from firmware.bedside.clip import _STEPS
steps, out, result = array("H", _STEPS), array("h", [0]), []
for value in (-32768, -32767, -1, 0, 1, 32766, 32767):
    for index in range(89):
        for code in range(16):
            state = array("i", [value, index])
            decode(nibble, nibble + 1, bytes([code | code << 4]), steps, state, out, 0)
            result.append([value, index, code, out[0], state[0], state[1]])
"""
INDEX = (-1, -1, -1, -1, 2, 4, 6, 8)


@pytest.mark.parametrize("nibble", [0, 1])
def test_each_step_is_the_standard_s_and_stays_in_its_word(worker, nibble):
    """By the sums of the standard's text, and the steps as their table has them."""
    steps = steps_of_the_standard()
    for value, index, code, out, left, next_ in worker.call(
        "snippet:run", DECODE, {"nibble": nibble}
    ):
        step = steps[index]
        change = sum(step >> shift for bit, shift in ((4, 0), (2, 1), (1, 2)) if code & bit)
        change += step >> 3
        wanted = max(-32768, min(32767, value - change if code & 8 else value + change))
        assert (out, left) == (wanted, wanted)
        assert next_ == max(0, min(88, index + INDEX[code & 7]))


def steps_of_the_standard():
    """From libsndfile, which holds the table: what a lone code of 4 adds is step + step >> 3."""
    pages = b"".join(bytes([0, 0, index, 0, 4]) + bytes(251) for index in range(89))
    firsts = elsewhere(wrapped(pages, 89 * PAGE))[1::PAGE]
    return [
        next(s for s in range(40000) if min(32767, s + (s >> 3)) == first)
        if first < 32767
        else OF_88[i]
        for i, first in enumerate(firsts)
    ]


OF_88 = {87: 29794, 88: 32767}  # whose sums leave 16 bits
