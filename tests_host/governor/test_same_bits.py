"""An act gives the same bits in 32 and in 64 bits: a desktop replays what the puck did."""

import json

import pytest
from acting import LIGHT, SOUND, TOUCH
from sleepsync.vm import lines_in_32_bits

LIGHTS = (
    LIGHT
    + """
from firmware.bedside.colour import Colour
result = []
for colour, ceiling, amber in (
    (((0, 12, 0), (130, 200, 75), 20), 300000, False),
    (((60, 150, 0), (60, 150, 0), 0), 1000, True),
):
    result.append(lane.begin(Colour(*colour), ceiling, amber, 400, 100000))
    shown(lane)
    result.append(figures(lane))
"""
)
SOUNDS = (
    SOUND
    + """
result = []
for hz, ceiling, speaker in (((1000, 2500), 9000, 8000), ((150,), 3500, 9200)):
    lane.begin(Tone(hz, 3, 5, 1), ceiling, speaker, 15, 10000000)
    heard(lane)
    result.append(figures(lane))
"""
)
TOUCHES = (
    TOUCH
    + """
from firmware.bedside.buzz import Buzz
lane.begin(Buzz(127, 20, 25, 3), 100, 1000, 1000000)
felt(lane)
result = figures(lane)
"""
)


@pytest.mark.parametrize("source", [LIGHTS, SOUNDS, TOUCHES], ids=["light", "sound", "touch"])
def test_the_32_bit_vm_does_the_same(worker, tmp_path, source):
    (tmp_path / "act.py").write_text(source + "import json\nprint(json.dumps(result))\n")
    *_, last = lines_in_32_bits("run_file.py", "/3/act.py", folders=(tmp_path,))
    assert json.loads(last) == worker.call("snippet:run", source, {})
