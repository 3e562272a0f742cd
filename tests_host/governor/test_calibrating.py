"""What `puck.calibrate()` makes of what the microphone heard, and what it refuses."""

import pytest

QUIET = [3200, 3150, 3210]
SENT = -4200  # 0.01 dB re full scale
SOURCE = """
import puck_acts
from firmware.governor import limits
result = puck_acts._judged(room, heard, sent, limits)
"""


def judged(worker, room, heard, sent=SENT):
    given = {"room": room, "heard": heard, "sent": sent}
    return worker.call("snippet:run", SOURCE, given)


def test_a_steady_tone_over_a_quiet_room_tells_the_speaker(worker):
    """From the microphone to the pillow it is 20 dB; of two slices the softer one counts."""
    assert judged(worker, QUIET, [6609, 6600]) == ["", 6600 - SENT - 2000]


@pytest.mark.parametrize(
    ("room", "heard", "says"),
    [
        ([], [6600, 6600], "no levels"),
        (QUIET, [6600], "no levels"),
        (QUIET, [6600, 6499], "did not come in evenly"),
        ([3200, 5601, 3200], [6600, 6600], "too loud"),
        (QUIET, [5499, 5499], "not as it should be"),  # 76.99 dBA at the pillow
        (QUIET, [7301, 7301], "not as it should be"),  # 95.01
    ],
)
def test_what_cannot_be_believed_is_refused_with_a_reason(worker, room, heard, says):
    words, speaker_cdb = judged(worker, room, heard)
    assert says in words
    assert speaker_cdb == 0


@pytest.mark.parametrize(
    ("room", "heard"), [([3200, 5600], [6600, 6600]), (QUIET, [6600, 6500]), (QUIET, [5500] * 2)]
)
def test_what_just_can_be_believed_is(worker, room, heard):
    assert judged(worker, room, heard)[0] == ""


def test_what_was_heard_is_reckoned_with_and_never_beyond_what_a_speaker_can_be(worker):
    source = """
from firmware.bedside import scenes
from firmware.governor.limits import speaker_cdb
result = [speaker_cdb(use, heard) for use in (scenes.CUE, scenes.ALARM) for heard in heard_cdb]
"""
    given = {"heard_cdb": [0, 8600, 5000, 12000]}
    cue, alarm = [9200, 8700, 8000, 9200], [8000, 8700, 8000, 9200]
    assert worker.call("snippet:run", source, given) == cue + alarm
