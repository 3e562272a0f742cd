"""The pulse across a change of light; and what the LEDs' control takes of the heap."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lit_pod import BEATS, LOOP_S, LOOPED, dips_ppm

HEAR = """
from array import array
from firmware.senses.pulse import Pulse
from firmware.senses.sampling import SampleClock
pulse = Pulse(SampleClock(20000))
light = array("i", [0] * 32)
beats, at = [], 0
def block():
    global at
    for i in range(n):
        light[i] = counts[at + i]
    at += n
    before = pulse.epoch_beats
    pulse.block(light, n)
    first = pulse.beats - (pulse.epoch_beats - before)
    for k in range(first, pulse.beats):
        beats.append(at - 1 - pulse.beat_age_q8[k] / 256)
while at + n <= len(counts):
    if at in changes:
        pulse.relit()
    block()
pulse.rhythm.look_now()
result = [beats, pulse.rhythm.rate_dbpm, pulse.rhythm.quality, pulse.clamped]
"""
BLOCK = 10
CLIPPED = 32
GIVEN = {"dips_ppm": dips_ppm()}


def finger(seconds, level):
    """Counts at 50 Hz of a warm hand's pulse."""
    dips = np.tile(np.array(dips_ppm())[::2] / 1e6, seconds // LOOP_S + 1)[: seconds * 50]
    return level * (1 - dips)


def heard(worker, counts, changes):
    given = {"counts": np.rint(counts).astype(int).tolist(), "changes": changes, "n": BLOCK}
    return worker.call("snippet:run", HEAR, given)


@pytest.mark.parametrize("length_s", range(3, 8))
def test_no_beat_is_made_by_a_change_at_any_phase(worker, length_s):
    """The light halves and doubles every few seconds: only the heart's own beats are counted."""
    counts = finger(120, 100_000)
    changes = list(range(0, len(counts), length_s * 50 - 20))
    for on, off in zip(changes[::2], changes[1::2], strict=False):
        counts[on:off] /= 4
    beats, rate_dbpm, _, clamped = heard(worker, counts, changes)
    since = np.mod(np.array(beats) / 50, LOOP_S / BEATS)
    off_s = np.minimum(since, LOOP_S / BEATS - since)
    assert len(beats) > 20
    assert off_s.max() < 0.06, [b for b, o in zip(beats, off_s, strict=True) if o >= 0.06]
    assert rate_dbpm == 0 or abs(rate_dbpm - 660) <= 15
    assert clamped == 0


@pytest.mark.parametrize("level", [20_000, 200_000])
def test_what_rang_before_a_change_is_forgotten_with_it(worker, level):
    """A jolt half a second before; the light that follows is flat, and so is what is heard."""
    counts = np.full(60 * 50, 100_000.0)
    counts[1975:2000] = 60_000
    counts[2000:] = level
    before = [beat for beat in heard(worker, counts, [2000])[0] if beat > 1990]
    assert before == []


RELIT = """
from max30102 import MAX30102 as Driver
class Late(Driver):
    def shine(self, red, infrared):
        time.sleep_us(late_us)
        return super().shine(red, infrared)
finger(1, 300, pulses)
wiring.MAX30102 = Late
put_pod(light)
wiring.MAX30102 = Driver
hear(10000)
close()
beats, rounds, began = 0, 0, len(changes)
until_us = clock.us + 60000000
while clock.us < until_us:
    for wait_ms in waits_ms:
        time.sleep_ms(wait_ms)
        pod.drain(clock.us // 1000)
        beats += pod.pulse.beats
    rounds += 1
    if rounds % 8 == 0:
        pod.leds.doubt()
result = [list(close()), len(changes) - began, beats]
"""


@settings(max_examples=12, deadline=None)
@given(
    waits_ms=st.lists(st.integers(20, 600), min_size=1, max_size=4),
    late_us=st.sampled_from([0, 15_000, 35_000]),
)
def test_a_change_of_light_is_no_beat_and_no_jolt(worker, waits_ms, late_us):
    """Steady light, looked at again and again, late blocks and all: no beat, no clip."""
    epoch, changed, beats = worker.call(
        "snippet:run",
        LOOPED + RELIT,
        GIVEN | {"pulses": 0, "waits_ms": waits_ms, "late_us": late_us},
    )
    assert changed >= 2
    assert beats == 0
    assert epoch[2:5] == [0, 0, 0]
    assert not epoch[1] & CLIPPED


@settings(max_examples=12, deadline=None)
@given(
    waits_ms=st.lists(st.integers(200, 450), min_size=1, max_size=4),
    late_us=st.sampled_from([0, 15_000, 35_000]),
)
def test_no_interval_reaches_across_a_change_of_light(worker, waits_ms, late_us):
    """A heart of 66 /min is looked away from again and again: what is told of it stays true."""
    epoch, changed, _ = worker.call(
        "snippet:run",
        LOOPED + RELIT,
        GIVEN | {"pulses": 1, "waits_ms": waits_ms, "late_us": late_us},
    )
    assert changed >= 2
    assert not epoch[1] & CLIPPED
    assert epoch[3] == 0 or abs(epoch[3] - 660) <= 15


HEAP = """
import gc
finger(share)
put_pod(light)
hear(5000)
leds, red, infrared = pod.leds, sensor.red, sensor.infrared
n = sensor.newest
def taken():
    gc.collect()
    before = gc.mem_alloc()
    leds.block(red, infrared, n)
    leds.block(red, infrared, n)
    leds.block(red, infrared, n)
    return gc.mem_alloc() - before
taken()
took = [leds.lit, taken()]
leds.doubt()
leds.shine()
result = took + [leds.lit, taken()]
"""


@pytest.mark.parametrize("share", [0, 1])
def test_seeing_to_the_light_takes_no_heap(run_in, share):
    lit, watching, _, seeking = run_in(LOOPED + HEAP, dips_ppm=dips_ppm(), share=share)
    assert lit == bool(share)
    assert (watching, seeking) == (0, 0)
