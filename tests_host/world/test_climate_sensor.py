"""The SHT4x: its driver against its commands."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

START = """
import time
import sht4x
from chips import sht4x as model
from clock import clock
from machine import I2C, Pin
from registers import PartError
from table import table

room = [21370, 45210]
asked_us = []
def climate(us):
    asked_us.append(us)
    return room
chip = model.SHT4x(climate)
table.connect(0, chip.ADDRESS, chip)
sensor = sht4x.SHT4x(I2C(0, scl=Pin(9), sda=Pin(8)))
def values():
    return [sensor.raw_temperature, sensor.raw_humidity, sensor.temperature_cdeg,
            sensor.humidity_cpct]
def measured():
    sensor.measure()
    time.sleep_ms(sht4x.MEASURE_MS)
    sensor.read()
    return values()
def error(call):
    try:
        call()
    except PartError as error:
        return str(error)
time.sleep_ms(5)
"""
WORDS = st.one_of(st.integers(0, 0xFFFF), st.sampled_from([0, 1, 0x7FFF, 0x8000, 0xFFFE, 0xFFFF]))
SILENT = "climate sensor: no answer at 0x44; check its wires to the bedside bus"


def nearest(parts):
    """`parts` of 65,535 to the nearest integer; there are no ties, since 65,535 is odd."""
    return (2 * parts + 65535) // (2 * 65535)


def true_cdeg(word):
    """100 (-45 + 175 S / 65535)."""
    return nearest(100 * (-45 * 65535 + 175 * word))


def true_cpct(word):
    """100 (-6 + 125 S / 65535), cropped."""
    return min(max(nearest(100 * (-6 * 65535 + 125 * word)), 0), 10000)


def test_every_word_means_what_the_datasheet_says(worker):
    temperatures, humidities = worker.call(
        "snippet:run",
        """
import sht4x
result = [[f(word) for word in range(65536)] for f in (sht4x.temperature_cdeg, sht4x.humidity_cpct)]
""",
        {},
    )
    assert temperatures == [true_cdeg(word) for word in range(65536)]
    assert humidities == [true_cpct(word) for word in range(65536)]
    assert (temperatures[0], temperatures[-1]) == (-4500, 13000)
    assert (humidities[0], humidities[-1]) == (0, 10000)


@settings(max_examples=40)
@given(st.lists(st.tuples(WORDS, WORDS), max_size=40))
def test_words_come_across_the_bus_unharmed(worker, words):
    seen = worker.call(
        "snippet:run",
        START
        + """
result = []
for pair in words:
    chip._measured = lambda: pair
    result.append(measured())
""",
        {"words": words},
    )
    assert seen == [[t, h, true_cdeg(t), true_cpct(h)] for t, h in words]


@pytest.mark.parametrize(
    ("mdeg", "mpct"), [(21370, 45210), (-12340, 100), (49990, 99900), (-44000, 50000)]
)
def test_the_room_is_read_with_the_part_s_own_scatter(run_in, mdeg, mpct):
    """Repeatability 0.04 C and 0.08 %, three deviations: 13 and 27 thousandths."""
    seen = run_in(
        START + "room[:] = given\nresult = [measured() for _ in range(1000)]", given=[mdeg, mpct]
    )
    for raw, foot, span, true, scatter in ((0, 45, 175, mdeg, 13), (1, 6, 125, mpct, 27)):
        values = [1000 * (-foot + span * words[raw] / 65535) - true for words in seen]
        mean = sum(values) / 1000
        deviation = (sum((value - mean) ** 2 for value in values) / 1000) ** 0.5
        assert abs(mean) < 4
        assert deviation == pytest.approx(scatter, rel=0.2)
        assert max(map(abs, values)) < 4 * scatter


def test_seeds_make_the_scatter(run_in):
    one, same, other = run_in(
        START
        + """
def some(seed):
    chip.__init__(climate, seed)
    time.sleep_ms(2)
    return [measured() for _ in range(5)]
result = [some(3), some(3), some(4)]
"""
    )
    assert one == same
    assert one != other


def test_a_measurement_is_of_the_moment_when_it_ends(run_in):
    asked_us, begun_us = run_in(
        START + "sensor.measure()\nbegun = clock.us\ntime.sleep(3)\nsensor.read()\n"
        "result = [asked_us, begun]"
    )
    assert asked_us == [begun_us + 8300]


@pytest.mark.parametrize(("after_us", "ready"), [(0, False), (7500, False), (8300, True)])
def test_it_does_not_answer_before_it_is_done(run_in, after_us, ready):
    """A read takes its bits' time, retries too, and never hands out a value of before."""
    message, before, after = run_in(
        START
        + """
before = measured()
room[0] += 5000
sensor.measure()
time.sleep_us(after_us)
message = error(sensor.read)
result = [message, before, values()]
""",
        after_us=after_us,
    )
    assert message == (None if ready else SILENT)
    assert (before == after) is not ready


def test_after_the_given_time_it_is_there_at_the_first_asking(run_in):
    wait_ms, retries = run_in(
        START + "measured()\nresult = [sht4x.MEASURE_MS, sensor.regs.retries]"
    )
    assert wait_ms >= 8.3
    assert retries == 0


def test_a_measurement_is_handed_out_once(run_in):
    assert run_in(
        START + "unasked = error(sensor.read)\nmeasured()\nresult = [unasked, error(sensor.read)]"
    ) == [SILENT, SILENT]


def test_no_command_is_taken_while_it_measures_but_the_reset(run_in):
    busy, started, fresh = run_in(
        START
        + """
sensor.measure()
busy = error(sensor.measure)
started = error(sensor.start)
result = [busy, started, measured()[2]]
"""
    )
    assert busy == SILENT
    assert started is None
    assert fresh == pytest.approx(2137, abs=6)


def test_the_bus_has_the_datasheet_s_checksum(run_in):
    """Section 4.4's example: 0xBEEF gives 0x92."""
    assert run_in(
        START + "result = [sht4x.crc(b'\\xbe\\xef', 0), list(model._with_checksum(0xBEEF))]"
    ) == [0x92, [0xBE, 0xEF, 0x92]]


def test_any_wrong_bit_is_noticed_and_changes_nothing(run_in):
    messages, kept = run_in(
        START
        + """
before = measured()
hand_out = chip.receive
messages = []
for bit in range(48):
    def garbled(buf):
        hand_out(buf)
        buf[bit >> 3] ^= 1 << (bit & 7)
    chip.receive = garbled
    messages.append(error(measured))
result = [messages, before == values()]
"""
    )
    assert len(messages) == 48
    assert set(messages) == {
        "climate sensor: garbled answer, its checksum is wrong; check its wires to the bedside bus"
    }
    assert kept


@pytest.mark.parametrize("seed", [1, 0xFEDCBA98])
def test_start_reads_the_serial_number(run_in, seed):
    assert (
        run_in(
            START + "chip.__init__(climate, seed)\nsensor.start()\nresult = sensor.serial",
            seed=seed,
        )
        == seed
    )


def test_start_fails_where_there_is_none_or_a_garbled_one(run_in):
    garbled, missing = run_in(
        START
        + """
def ones(buf):
    for i in range(len(buf)):
        buf[i] = 0xFF
chip.receive = ones
garbled = error(sensor.start)
del table.chips[0][0x44]
result = [garbled, error(sensor.start)]
"""
    )
    assert "garbled answer" in garbled
    assert missing == SILENT
