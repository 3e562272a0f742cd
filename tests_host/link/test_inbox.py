"""The buffer between the stack's interrupts and the link's task, and an answer that breaks off."""

import pytest

BOX = """
from firmware.link.inbox import Inbox
box = Inbox()
taken = lambda: [[event, conn, number, bytes(data)] for event, conn, number, data in box.take()]
"""
CAME, WRITTEN = 1, 3


@pytest.fixture
def box(run_in):
    return lambda source: run_in(BOX + source)


def test_what_is_put_down_is_taken_up_once_and_in_order(box):
    found = box(
        "box.put(1, 0, 1, b'abcdef'); box.put(3, 2, 517, b'', True)\n"
        "box.put(3, 2, 9, b'xy', True)\n"
        "result = box.has_some(), taken(), box.has_some(), taken()"
    )
    rows = [[CAME, 0, 1, b"abcdef"], [WRITTEN, 2, 517, b""], [WRITTEN, 2, 9, b"xy"]]
    assert found == [True, rows, False, []]


def test_what_comes_while_it_is_read_is_kept_for_the_next_time(box):
    found = box(
        "box.put(1, 0, 1)\n"
        "first = []\n"
        "for event in box.take():\n    first.append(event[0]); box.put(2, 0, 1)\n"
        "result = first, [event[0] for event in box.take()]"
    )
    assert found == [[1], [2]]


def test_who_floods_loses_his_own_and_nobody_else_s(box):
    found = box(
        "for _ in range(20):\n    box.put(3, 1, 17, bytes(500), True)\n"
        "box.put(3, 2, 17, bytes(1000), True); box.put(1, 5, 0, b'peer..')\n"
        "result = box.overflowed, box.is_deaf, [event[1] for event in box.take()][-2:]"
    )
    assert found == [2, False, [2, 5]]


def test_three_floods_leave_room_for_who_comes_and_goes(box):
    found = box(
        "for conn in (0, 1, 2, 3):\n"
        "    for _ in range(200):\n        box.put(3, conn, 17, bytes(20), True)\n"
        "for _ in range(39):\n    box.put(1, 7, 0, b'peer..')\n"
        "result = box.is_deaf"
    )
    assert found is False


def test_it_says_when_nobody_can_know_any_more_who_is_there(box):
    assert box("for _ in range(2000):\n    box.put(1, 7, 0, b'peer..')\nresult = box.is_deaf")


BROKEN = """
from firmware.link.peer import Peer
from firmware.link.serving import Serving

class Radio:
    handles = list(range(20))
    sent = []

    def send(self, conn, handle, data):
        self.sent.append(bytes(data))
        return True

def torn():
    yield bytes(100)
    raise OSError("flash")

serving, peer = Serving(None), Peer(0, bytes(7), 0)
serving.radio = Radio()
peer.own()
peer.answer(513, 0, torn())
peer.joiner.ident = 9  # another request, which was told that this one is busy
while peer.is_busy():
    serving._send_to(peer)
result = Radio.sent
"""


def test_an_answer_that_breaks_off_begins_anew_as_failed_with_its_own_number(run_in):
    sent = run_in(BROKEN)
    begun = [fragment for fragment in sent if fragment[0] & 0x80]
    assert len(begun) == 2
    assert [(fragment[2] | fragment[3] << 8, fragment[4]) for fragment in begun] == [
        (513, 0),
        (513, 11),
    ]
    assert sent[-1][0] & 0x40
