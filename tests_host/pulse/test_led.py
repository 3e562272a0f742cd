"""The light of the LEDs: each finger has enough of it, soon; a desk has next to none."""

from itertools import pairwise

import pytest
from faulty_pod import START as FAULTY
from hypothesis import given, settings
from hypothesis import strategies as st
from lit_pod import LOOPED, PARTS, dips_ppm
from sleepsync.world import from_library, generate, write_world

FULL_SCALE = 1 << 18
BAND = range(FULL_SCALE // 4, FULL_SCALE * 3 // 4)
SEARCH = [0, 5]  # 1 mA, red dark
MOST = 100  # 20 mA
OFF_BODY, CLIPPED = 4, 32
GIVEN = {"dips_ppm": dips_ppm()}


@pytest.fixture
def run(worker):
    """Run lines with a pod whose light is looped, in the shared VM."""
    return lambda source, **names: worker.call("snippet:run", LOOPED + source, GIVEN | names)


def lightings(changes):
    return [change for change in changes if change[1] > 0]


# Fingers

TWO_HOURS = (
    PARTS
    + """
from world import Stream
put_pod(Stream(path, 12, 100), rate_ppm)
hear(10000)
settled, settling = list(chip.currents), len(changes)
least = most = newest[0]
rates = 0
for epoch in range(240):
    for third in range(3):
        hear(9900)
        least, most = min(least, newest[0]), max(most, newest[0])
    rates += close().rate_dbpm > 0
result = [settled, changes[:settling], changes[settling:], [least, most], rates]
"""
)


@pytest.mark.parametrize("name", ["dark-skin", "usual", "pale-skin"])
def test_a_finger_s_light_settles_in_seconds_and_stays_for_hours(run_in, tmp_path, name):
    """Two hours of a sleeper who moves and turns: one look at the start, and none after."""
    hours = 2.1
    write_world(generate(1, hours) if name == "usual" else from_library(name, 1, hours), tmp_path)
    settled, settling, later, levels, rates = run_in(
        TWO_HOURS, path=str(tmp_path / "light.bin"), rate_ppm=21_000
    )
    assert [change[1:] for change in settling[1:]] == [SEARCH, settled]
    assert settling[-1][0] - settling[0][0] < 2000
    assert later == []
    assert levels[0] in BAND
    assert levels[1] in BAND
    assert rates >= 228


@pytest.mark.parametrize("share", [0.2, 0.3, 1, 3, 9])
def test_the_current_follows_from_one_look(run, share):
    """What comes back of 1 mA tells it: half of the range, to a step, or as near as may be."""
    level, currents, changes = run(
        "finger(share, 300, 0)\nput_pod(light)\nhear(5000)\n"
        "result = [newest[0], list(chip.currents), changes]",
        share=share,
    )
    assert len(changes) == 3
    assert currents[0] == currents[1]
    a_step = 320_000 * share / 5 / 4_096_000 * FULL_SCALE
    if currents[1] < MOST:
        assert FULL_SCALE / 2 - a_step - 200 < level < FULL_SCALE / 2 + 200
    else:
        assert level > FULL_SCALE / 4


@pytest.mark.parametrize("room_counts", [20_000, 60_000, 120_000])
def test_light_of_the_room_leaves_room_for_the_finger_s(run, room_counts):
    """It is added to the LED's: less of that, but never less than half of the aim."""
    level, currents, changes = run(
        "finger(1, ambient, 0)\nput_pod(light)\nhear(10000)\n"
        "result = [newest[0], chip.currents[1], len(changes)]",
        ambient=room_counts * 4_096_000 // FULL_SCALE,
    )
    aim = room_counts + max(FULL_SCALE // 2 - room_counts, FULL_SCALE // 4)
    assert level == pytest.approx(aim, abs=4300)  # a step, which is cut off
    assert level - room_counts == pytest.approx(currents * 4096, rel=0.01)
    assert changes == 3


@pytest.mark.parametrize("factor", [0.4, 1.8])
def test_a_finger_that_is_lit_wrongly_for_long_is_looked_at_again(run, factor):
    """Half a second of it is nothing; from some seconds on it is another finger."""
    short, long, level = run(
        """
finger()
put_pod(light)
hear(10000)
began = len(changes)
finger(factor); hear(600); finger(); hear(5000)
short = changes[began:]
finger(factor); hear(10000)
result = [short, changes[began:], newest[0]]
""",
        factor=factor,
    )
    assert short == []
    assert [change[1:] for change in long] == [SEARCH, long[-1][1:]]
    assert level in BAND


def test_a_finger_that_is_still_coming_is_waited_for(run):
    """A second of less and of more light, and then one lighting that fits."""
    changes, level = run(
        """
desk()
put_pod(light)
hear(5000)
began = len(changes)
for share in (0.1, 0.2, 0.5, 0.3):
    finger(share); hear(330)
finger()
hear(10000)
result = [changes[began:], newest[0]]
"""
    )
    assert len(changes) == 1
    assert level == pytest.approx(FULL_SCALE / 2, rel=0.05)


# A sensor that is not well


def test_a_change_that_does_not_reach_the_chip_is_made_later(run):
    """Nine writes fail, twice, and every try is three of them: lit seconds later, no fault told."""
    changes, told, epoch = run(
        """
class Deaf:
    def read(self, reg, buf):
        chip.read(reg, buf)
    def write(self, reg, data):
        if reg == 0x0D and self.left:
            self.left -= 1
            raise OSError(116)
        chip.write(reg, data)
finger()
put_pod(light)
deaf = table.chips[pins.POD_BUS][0x57] = Deaf()
deaf.left = 9
while chip.currents[0]:
    hear(300)
deaf.left = 9
hear(30000); close(); hear(30000)
result = [changes, told, list(close())]
"""
    )
    assert [change[1:] for change in changes[1:]] == [SEARCH, [32, 32]]
    assert told == []
    assert abs(epoch[3] - 660) <= 10
    assert not epoch[1] & CLIPPED


def test_a_sensor_that_lost_its_power_is_lit_anew(run):
    """It starts with a current of its own: a jump in the light that is no jolt."""
    changes, epoch = run(
        """
finger(0.4)
put_pod(light)
hear(30000); close(); hear(10000)
began = len(changes)
chip.power_up()
hear(4000); pod.start(); hear(16000)
epoch = close()
result = [changes[began:], list(epoch)]
"""
    )
    start, search, lit = (change[1:] for change in changes)
    assert (start, search) == ([30, 30], SEARCH)
    assert lit[0] == lit[1]
    assert 75 <= lit[1] <= 80
    assert not epoch[1] & CLIPPED


# Nobody


@pytest.mark.parametrize("ambient", [0, 40_000, 1_600_000, 5_000_000])
def test_an_empty_desk_is_not_lit_and_has_no_pulse(run, ambient):
    """In the dark, in a dark room, under a lamp, in the sun: a look that lasts for ever."""
    changes, epoch = run(
        "desk(ambient)\nput_pod(light)\nhear(30000)\nclose()\nhear(600000)\n"
        "result = [changes, list(close())]",
        ambient=ambient,
    )
    assert [change[1:] for change in changes[1:]] == [SEARCH]
    assert changes[1][0] - changes[0][0] < 500
    assert epoch[1] & OFF_BODY
    assert epoch[2:6] == [0, 0, 0, 0]


@pytest.mark.parametrize("share", [0.3, 1, 3])
@pytest.mark.parametrize("ambient", [0, 40_000, 800_000, 5_000_000])
def test_the_pod_is_taken_off_and_put_on_again(run, share, ambient):
    """Both are noticed within two seconds, whatever shines on the desk; then there is a rate."""
    off_ms, on_ms, changes, epochs = run(
        """
finger(share)
put_pod(light)
hear(30000); close()
desk(ambient)
off_ms, began = clock.us // 1000, len(changes)
hear(30000); epochs = [list(close())]
finger(share)
on_ms = clock.us // 1000
hear(30000); close(); hear(30000)
result = [off_ms, on_ms, changes[began:], epochs + [list(close())]]
""",
        share=share,
        ambient=ambient,
    )
    assert len(changes) == 2
    assert changes[0][1:] == SEARCH
    assert 0 < changes[0][0] - off_ms < 2000
    assert changes[1][0] > on_ms
    assert changes[1][0] - on_ms < 2000
    off, on = epochs
    assert off[1] & OFF_BODY
    assert off[3] == 0
    assert not on[1] & OFF_BODY
    assert abs(on[3] - 660) <= 10


def test_a_lamp_that_looks_like_the_finger_does_so_for_an_epoch_at_most(run):
    """As bright as what came back: only that no heart beats in it gives it away."""
    changes, epoch = run(
        """
finger()
put_pod(light)
hear(30000); close()
began = len(changes)
desk(2000000)
hear(30000); close(); hear(30000); close(); hear(30000)
result = [changes[began:], list(close())]
"""
    )
    assert [change[1:] for change in changes] == [SEARCH]
    assert epoch[1] & OFF_BODY


def test_a_lamp_that_flickers_over_an_empty_desk_is_no_fault(run):
    told, changes = run(
        """
desk()
for i in range(FRAMES + 100):
    light.buffer[3 * i + 2] = 300000 + (i >> 1 & 1) * 200000
put_pod(light)
hear(30000)
result = [told, len(changes)]
"""
    )
    assert told == []
    assert changes == 2


# Bounds

LIGHTS = st.tuples(
    st.integers(0, 20_000_000), st.integers(0, 6_000_000), st.sampled_from([700, 2500, 9000])
)


@settings(max_examples=30, deadline=None)
@given(lights=st.lists(LIGHTS, min_size=1, max_size=40))
def test_no_light_asks_for_more_than_the_bound_or_for_ever_new_changes(worker, lights):
    """Never past 20 mA; six lightings at once and two a minute, each after one look."""
    changes, took_ms = worker.call(
        "snippet:run",
        LOOPED
        + """
put(0, 0, 0)
put_pod(light)
for back, ambient, ms in lights:
    put(back, back, ambient)
    hear(ms)
result = [changes, clock.us // 1000 - changes[0][0]]
""",
        GIVEN | {"lights": lights},
    )
    assert all(red in (0, infrared) and 1 <= infrared <= MOST for _, red, infrared in changes)
    assert len(lightings(changes)) <= 1 + 6 + took_ms // 30_000 + 1
    assert all((a[1] == 0) != (b[1] == 0) for a, b in pairwise(changes))


def test_a_light_that_never_rests_changes_the_leds_twice_a_minute(run):
    """Ten minutes of two fingers by turns: bounded, whatever they do."""
    changes = run(
        """
finger()
put_pod(light)
hear(60000)
del changes[:]
for i in range(150):
    finger(0.3 if i & 1 else 1); hear(4000)
result = changes
"""
    )
    assert 20 <= len(lightings(changes)) <= 6 + 20
    assert len(changes) <= 2 * 26 + 1


@pytest.mark.parametrize("steps", [-300, -1, 0, 1, 100, 101, 255, 256, 5000])
def test_the_driver_cuts_what_is_asked_for(run, steps):
    currents, told, started = run(
        """
finger()
put_pod(light)
told = sensor.shine(steps, steps)
currents = list(chip.currents)
sensor.start(51)
result = [currents, told, list(chip.currents)]
""",
        steps=steps,
    )
    cut = max(0, min(steps, MOST))
    assert (currents, told) == ([cut, cut], cut)
    assert started == [MOST, MOST]


NOISY = """
harm("pulse", "noise")
hear(8000)
resting = pulse_chip._regs[0x09]
for _ in range(3):
    pod.start()
    hear(20000)
result = [resting, pulse_chip._regs[0x0C], pulse_chip._regs[0x0D], told]
"""


def test_a_sensor_that_gives_nothing_but_noise_is_not_lit(run_in):
    """It rests until it is started anew; then it is not believed, but its light is low."""
    resting, *currents, told = run_in(FAULTY + NOISY)
    assert [4, 1] in told
    assert resting & 0x80
    assert currents == SEARCH
