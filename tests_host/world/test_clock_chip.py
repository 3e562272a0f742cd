"""The DS3231: its driver against its registers, both against Python's calendar."""

from datetime import datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sleepsync.vm import VmError

START = """
import time
import ds3231
from chips.ds3231 import DS3231 as Chip
from clock import clock
from machine import I2C, Pin
from registers import PartError
from table import table

chip = Chip(start_s, rate_ppm)
table.connect(0, Chip.ADDRESS, chip)
bus = I2C(0, scl=Pin(9), sda=Pin(8))
sensor = ds3231.DS3231(bus)
def regs(first=0, n=7):
    buf = bytearray(n)
    chip.read(first, buf)
    return list(buf)
def error(call):
    try:
        call()
    except PartError as error:
        return str(error)
"""
LATEST_S = 3_155_759_999
EPOCH = datetime(2000, 1, 1)
UNREADABLE = "clock chip: unreadable time "
REMEDY = "; check its wires to the bedside bus"

# The seconds around which calendars go wrong: ends of days, months and years, leap days.
EDGES_S = sorted(
    {
        int((datetime(year, month, 1) - EPOCH).total_seconds())
        for year in (2000, 2001, 2003, 2004, 2024, 2028, 2033, 2034, 2096, 2099)
        for month in range(1, 13)
    }
    | {int((datetime(year, 2, 29) - EPOCH).total_seconds()) for year in range(2000, 2100, 4)}
)
SECONDS = st.one_of(
    st.integers(0, LATEST_S),
    st.sampled_from(EDGES_S).flatmap(lambda s: st.integers(max(0, s - 2), s + 2)),
)


def called(vm, source, start_s=0, rate_ppm=0, **given):
    """`result` of lines that follow START; `vm` is the fixture `worker`."""
    given |= {"start_s": start_s, "rate_ppm": rate_ppm}
    return vm.call("snippet:run", START + source, given)


def bcd(number):
    return number // 10 << 4 | number % 10


def registers_of(s):
    """What the datasheet's figure 1 says the chip then holds."""
    t = EPOCH + timedelta(seconds=s)
    fields = (t.second, t.minute, t.hour, t.isoweekday(), t.day, t.month, t.year - 2000)
    return [bcd(field) for field in fields]


def true_seconds(regs):
    """Seconds since 2000 of seven registers, or None if no calendar has them."""
    if regs[2] & 0x80:
        return None
    if regs[2] & 0x40:
        clock = f"{regs[2] & 0x1F:02x} {'AM' if regs[2] < 0x60 else 'PM'}"
    else:
        clock = f"{regs[2]:02x}"
    text = f"20{regs[6]:02x}-{regs[5]:02x}-{regs[4]:02x} {regs[1]:02x}:{regs[0]:02x} {clock}"
    hours = "%I %p" if regs[2] & 0x40 else "%H"
    try:
        return int((datetime.strptime(text, f"%Y-%m-%d %M:%S {hours}") - EPOCH).total_seconds())
    except ValueError:
        return None


def test_the_calendar_of_a_century(worker):
    """Each of its 36,525 days, there and back."""
    dates, there_and_back = worker.call(
        "snippet:run",
        """
from ds3231 import date_of, days_since_2000
dates = [date_of(day) for day in range(36525)]
there_and_back = all(days_since_2000(*dates[day]) == day for day in range(36525))
result = [[(year * 100 + month) * 100 + day for year, month, day in dates], there_and_back]
""",
        {},
    )
    true = [EPOCH + timedelta(days=day) for day in range(36525)]
    assert dates == [((t.year - 2000) * 100 + t.month) * 100 + t.day for t in true]
    assert there_and_back


@given(st.lists(SECONDS, max_size=20))
@example([0, LATEST_S])
def test_what_is_set_is_what_is_kept_and_read(worker, seconds):
    seen = called(
        worker,
        """
result = []
for s in seconds:
    sensor.set_s(s)
    result.append([regs(), chip.now_s(), sensor.read_s(), sensor.stopped])
""",
        seconds=seconds,
    )
    assert seen == [[registers_of(s), s, s, False] for s in seconds]


@given(SECONDS, st.one_of(st.integers(0, 70), st.integers(0, 500 * 86400)))
@example(EDGES_S[14] - 1, 1)
def test_the_chip_carries_over_as_the_calendar_does(worker, s, elapsed_s):
    regs, read_s = called(
        worker,
        "time.sleep(elapsed_s)\nresult = [regs(), error(sensor.read_s) or sensor.read_s()]",
        start_s=s,
        elapsed_s=elapsed_s,
    )
    if s + elapsed_s <= LATEST_S:
        assert (regs, read_s) == (registers_of(s + elapsed_s), s + elapsed_s)
    else:
        assert regs[5] & 0x80  # the century's bit
        assert read_s.startswith(UNREADABLE)


def test_a_new_century_is_refused(worker):
    before_s, message, regs = called(
        worker,
        "before_s = sensor.read_s()\ntime.sleep(1)\n"
        "result = [before_s, error(sensor.read_s), regs()]",
        start_s=LATEST_S,
    )
    assert before_s == LATEST_S
    assert message == UNREADABLE + "00 00 00 05 01 81 00" + REMEDY
    assert regs == [0, 0, 0, 5, 1, 0x81, 0]


@pytest.mark.parametrize("s", [-1, LATEST_S + 1])
def test_what_the_chip_cannot_hold_is_not_set(worker, s):
    with pytest.raises(VmError, match="ValueError: the clock chip knows 2000 to 2099 only"):
        called(worker, "sensor.set_s(s)", s=s)


@settings(max_examples=60)
@given(st.lists(st.lists(st.integers(0, 255), min_size=7, max_size=7), max_size=20))
def test_no_time_is_made_of_nonsense(worker, times):
    """Random registers are nearly always nonsense; the next test is of the near misses."""
    check_reading(worker, times)


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(SECONDS, st.integers(0, 6), st.integers(0, 255)).map(
            lambda t: [*registers_of(t[0])[: t[1]], t[2], *registers_of(t[0])[t[1] + 1 :]]
        ),
        max_size=20,
    )
)
@example([[0, 0, hours, 1, 1, 1, 0x24] for hours in range(256)])
@example([[0, 0, 0, 1, day, 2, year] for day in (0x28, 0x29, 0x30) for year in (0x23, 0x24)])
@example([[0, 0, 0, 1, 1, month, 0x24] for month in (0, 0x12, 0x13, 0x1A, 0x81)])
def test_one_wrong_register_is_no_time_either(worker, times):
    check_reading(worker, times)


def check_reading(worker, times):
    seen = called(
        worker,
        """
class Fixed:
    def read(self, reg, buf):
        buf[:] = bytes(self.time) + bytes(len(buf) - 7)
table.connect(0, 0x68, Fixed())
result = []
for Fixed.time in times:
    result.append(error(sensor.read_s) or sensor.read_s())
""",
        times=times,
    )
    for regs, answer in zip(times, seen, strict=True):
        true_s = true_seconds(regs)
        if true_s is None:
            assert answer == UNREADABLE + bytes(regs).hex(" ") + REMEDY
        else:
            assert answer == true_s


@given(SECONDS)
def test_twelve_hours_are_read_as_well(worker, s):
    """Someone else has set the chip so; it goes on in the same manner."""
    t = EPOCH + timedelta(seconds=s)
    hours = 0x40 | (0x20 if t.hour >= 12 else 0) | bcd(int(t.strftime("%I")))
    read_s, later_s, mode = called(
        worker,
        "bus.writeto_mem(0x68, 2, bytes((hours,)))\nread_s = sensor.read_s()\n"
        "time.sleep(3600)\nresult = [read_s, error(sensor.read_s) or sensor.read_s(), regs()[2]]",
        start_s=s,
        hours=hours,
    )
    assert read_s == s
    assert later_s == s + 3600 or s + 3600 > LATEST_S
    assert mode & 0x40


def test_a_burst_is_never_torn(worker):
    """Around a new year, at every 20 us: the time is the old second or the new one."""
    s = int((datetime(2025, 1, 1) - EPOCH).total_seconds()) - 1
    seen = called(
        worker,
        """
result = []
for us in range(998000, 1000200, 20):
    chip.__init__(start_s)
    time.sleep_us(us)
    result.append(sensor.read_s())
""",
        start_s=s,
    )
    assert set(seen) == {s, s + 1}
    assert seen == sorted(seen)


def test_setting_begins_a_second(worker):
    """The countdown chain is reset with the seconds' register, and with no other."""
    seen = called(
        worker,
        """
time.sleep_ms(700)
sensor.set_s(1000)
time.sleep_ms(995)
seen = [chip.now_s()]
time.sleep_ms(10)
seen.append(chip.now_s())
time.sleep_ms(700)
bus.writeto_mem(0x68, 1, b"\\x20")
time.sleep_ms(280)
seen.append(chip.now_s())
time.sleep_ms(20)
result = seen + [chip.now_s()]
""",
    )
    assert seen == [1000, 1001, 1241, 1242]


@pytest.mark.parametrize(("rate_ppm", "tells_s"), [(40_000, 10_400), (-2, 9_999), (0, 10_000)])
def test_an_oscillator_that_is_off_drifts(worker, rate_ppm, tells_s):
    assert (
        called(
            worker,
            "time.sleep(9999)\ntime.sleep_ms(999)\nresult = sensor.read_s()"
            if rate_ppm < 0
            else "time.sleep(10000)\nresult = sensor.read_s()",
            rate_ppm=rate_ppm,
        )
        == tells_s
    )


def test_a_clock_that_lost_its_supply_says_so_until_it_is_set(worker):
    first, message, told_s, after = called(
        worker,
        """
sensor.start()
first = sensor.stopped
message = error(sensor.expect_running)
time.sleep(3)
told_s = [sensor.read_s(), sensor.stopped]
sensor.set_s(800000000)
after = [sensor.stopped, error(sensor.expect_running)]
again = ds3231.DS3231(bus)
again.start()
result = [first, message, told_s, after + [again.stopped, again.read_s(), again.stopped]]
""",
        start_s=None,
    )
    assert first is True
    assert message == (
        "clock chip: its oscillator has stopped; put a fresh coin cell in and set the time"
    )
    assert told_s == [3, True]
    assert after == [False, None, False, 800_000_000, False]


def test_a_driver_does_not_believe_a_clock_it_has_not_asked(worker):
    assert called(worker, "result = sensor.stopped") is True


def test_reading_notices_a_stop_that_start_did_not(worker):
    assert called(
        worker,
        "sensor.start()\nbefore = sensor.stopped\nchip._regs[15] |= 0x80\nsensor.read_s()\n"
        "result = [before, sensor.stopped]",
    ) == [False, True]


def test_the_time_is_believed_only_when_it_is_set_whole(worker):
    """The supply goes between the time and the flag: it is still a clock that stopped."""
    message, stopped, flag, s = called(
        worker,
        """
write = chip.write
def refuses(reg, data):
    if reg == 15:
        raise OSError(19)
    write(reg, data)
chip.write = refuses
message = error(lambda: sensor.set_s(5000))
result = [message, sensor.stopped, regs(15, 1)[0] >> 7, chip.now_s()]
""",
        start_s=None,
    )
    assert message == "clock chip: no answer at 0x68" + REMEDY
    assert (stopped, flag, s) == (True, 1, 5000)


def test_start_keeps_the_oscillator_running_on_the_coin_cell(worker):
    assert (
        called(worker, "chip.write(14, b'\\x9c')\nsensor.start()\nresult = regs(14, 1)[0] & 0x83")
        == 0
    )


def test_a_missing_clock_is_named(worker):
    assert (
        called(
            worker,
            "del table.chips[0][0x68]\n"
            "result = [error(sensor.start), error(sensor.read_s), error(lambda: sensor.set_s(0))]",
        )
        == ["clock chip: no answer at 0x68" + REMEDY] * 3
    )


# The model's own habits, on which the tests above rest.


def test_the_stop_flag_can_only_be_cleared(worker):
    assert called(
        worker,
        "chip.write(15, b'\\xff')\nkept = regs(15, 1)[0] >> 7\nchip._regs[15] |= 0x80\n"
        "chip.write(15, b'\\x80')\nstays = regs(15, 1)[0] >> 7\nchip.write(15, b'\\0')\n"
        "result = [kept, stays, regs(15, 1)[0] >> 7]",
    ) == [0, 1, 0]


def test_nonsense_stands_still_until_it_is_mended(worker):
    still, mended = called(
        worker,
        "chip.write(5, b'\\x13')\ntime.sleep(100)\nstill = regs()\nchip.write(5, b'\\x12')\n"
        "time.sleep(5)\nresult = [still, regs()]",
        start_s=30,
    )
    assert still == [0x30, 0, 0, 6, 1, 0x13, 0]
    assert mended[1:] == [0, 0, 6, 1, 0x12, 0]
    assert mended[0] in (0x35, 0x36)


def test_a_burst_wraps_from_the_last_register_to_the_time(worker):
    assert called(worker, "result = regs(0x12, 3)", start_s=59 * 60 + 7) == [0, 0x07, 0x59]
