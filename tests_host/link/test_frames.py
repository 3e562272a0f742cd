"""Messages come out of fragments as they went in, or not at all and with the reason."""

import struct
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sleepsync.link.frames import (
    Code,
    FrameError,
    Joiner,
    Message,
    Status,
    fragments,
    packed,
    unpacked,
)

pytestmark = pytest.mark.link

MTU_ROOM = st.integers(2, 514)  # an MTU of 23 to 517 leaves 20 to 514; less must do, too
MESSAGES = st.builds(Message, st.integers(0, 0xFFFF), st.integers(0, 255), st.binary(max_size=3000))
MOST = 1 << 22


def joined(pieces, most_bytes=MOST):
    """What comes out of these fragments, with errors as their status."""
    joiner, found = Joiner(most_bytes), []
    for piece in pieces:
        try:
            found.append(joiner.take(piece))
        except FrameError as error:
            found.append(error.status)
    return [each for each in found if each is not None]


def status_of(data):
    with pytest.raises(FrameError) as caught:
        unpacked(data)
    return caught.value.status


@given(MESSAGES, MTU_ROOM)
def test_a_message_of_any_length_crosses_any_mtu(message, room):
    pieces = list(fragments(packed(message), room))
    assert max(map(len, pieces)) <= room
    (whole,) = joined(pieces)
    assert unpacked(whole) == message


def test_the_layout_is_the_one_that_the_puck_speaks():
    data = packed(Message(0x1234, Code.SUM, b"abc"))
    head = bytes((1, 0x34, 0x12, 11)) + b"abc"
    assert data == head + struct.pack("<I", crc32(head))
    assert list(fragments(data, 8)) == [b"\x80" + data[:7], b"\x41" + data[7:]]
    assert list(fragments(b"", 20)) == [b"\xc0"]


def test_the_counter_starts_again_after_63():
    heads = [piece[0] & 0x3F for piece in fragments(bytes(200), 2)]
    assert heads == [number % 64 for number in range(200)]


@given(MESSAGES, MTU_ROOM, st.data())
def test_a_fragment_lost_doubled_or_moved_is_out_of_order(message, room, data):
    pieces = list(fragments(packed(message), room))
    at = data.draw(st.integers(0, len(pieces) - 1))
    kind = data.draw(st.sampled_from(["lost", "doubled", "moved"]))
    if kind == "lost" and at < len(pieces) - 1:
        assert joined(pieces[:at] + pieces[at + 1 :]) == [Status.OUT_OF_ORDER]
    elif kind == "doubled" and at > 0:
        assert joined([*pieces[: at + 1], *pieces[at:]])[0] in (
            Status.OUT_OF_ORDER,
            packed(message),  # the last one doubled: the message is whole, what follows is not
        )
    elif kind == "moved" and at > 1:
        assert joined([*pieces[: at - 1], pieces[at], pieces[at - 1]]) == [Status.OUT_OF_ORDER]


@given(MESSAGES, MTU_ROOM, MTU_ROOM)
def test_after_damage_it_is_silent_until_the_next_beginning(message, room, other):
    first, *rest = fragments(packed(message), room)
    good = list(fragments(packed(Message(7, 0, b"next")), other))
    got = joined([first, *rest[1:], *rest[1:], *good])
    assert got[-1] == packed(Message(7, 0, b"next"))
    assert got.count(Status.OUT_OF_ORDER) <= 1


@given(st.integers(1, 100), MTU_ROOM)
def test_too_long_is_said_once(most_bytes, room):
    pieces = fragments(bytes(most_bytes + 1), room)
    assert joined(pieces, most_bytes) == [Status.TOO_LONG]
    assert joined(fragments(bytes(most_bytes), room), most_bytes) == [bytes(most_bytes)]


@given(MESSAGES, st.integers(0, 7), st.data())
def test_a_changed_bit_is_a_bad_sum(message, bit, data):
    raw = bytearray(packed(message))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << bit
    assert status_of(bytes(raw)) == Status.BAD_SUM


@given(MESSAGES, st.integers(1, 8))
def test_a_cut_message_is_a_bad_sum(message, cut):
    assert status_of(packed(message)[:-cut]) == Status.BAD_SUM


@given(st.integers(0, 255).filter(lambda version: version != 1))
def test_another_version_is_told_apart_from_damage(version):
    data = bytes((version, 0, 0, 0))
    assert status_of(data + struct.pack("<I", crc32(data))) == Status.BAD_VERSION


@given(st.lists(st.binary(max_size=20), max_size=50))
def test_rubbish_never_raises_anything_else(pieces):
    joined(pieces, 60)
