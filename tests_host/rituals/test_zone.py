"""Time zones, in the VM, against Python's own zoneinfo: real zones, made rules, and garbage."""

import io
import json
import re
import struct
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from importlib import resources
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from sleepsync.paths import ROOT

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
FIRST, LAST = 2025, 2060
ZONES = (
    "Europe/Berlin",
    "Europe/London",
    "Europe/Dublin",  # where winter is the exception: daylight saving of minus one hour
    "America/New_York",
    "America/St_Johns",
    "America/Santiago",
    "America/Asuncion",
    "America/Nuuk",  # changes on the evening before
    "Australia/Sydney",
    "Australia/Lord_Howe",  # half an hour
    "Africa/Casablanca",
    "Africa/Cairo",
    "Asia/Jerusalem",
    "Asia/Gaza",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Asia/Tehran",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
    "Etc/UTC",
)
RAMADAN = ("Africa/Casablanca", "Asia/Gaza")  # which has no rule: their years are listed
# Not in the data, and allowed: days of the year, daylight saving for ever, none of 59 min.
RULES = (
    "AAA3BBB,J60/0,J300/0",
    "AAA3BBB,J58,J334/1:30:15",
    "AAA-9:30:30BBB-10:29:30,M2.1.6/23:59:59,M11.5.0/-12",
    "EST5EDT,0/0,J365/25",
    "<-03>3<-02>,M3.5.0/-2,M10.5.0/-1",
    "AAA-3BBB,M3.4.4/50,M10.4.4/50",
    "AAA0BBB,M4.1.0/167,M9.1.0/-167",
)
# Days of the year that Python takes for the day before (its zoneinfo counts them from 1), and the
# 28th of February: of these the C library is asked.
DAYS = ("AAA3BBB,59/0,300/0", "AAA3BBB,0/3,J59/1:30:15", "AAA3BBB,J59,365")
ASKED = """
from firmware.zone import Zone
zone = Zone(text)
result = [[getattr(zone, what)(s) for s in moments] for what, moments in asked]
"""


def rule_of(key):
    """The POSIX rule at the end of a zone's TZif file (RFC 8536, 3.3)."""
    region, name = key.rsplit("/", 1)
    data = resources.files("tzdata.zoneinfo." + region.replace("/", ".")).joinpath(name)
    return data.read_bytes().rstrip(b"\n").rpartition(b"\n")[2].decode()


def oracle(text):
    """Python's zone of a rule: a TZif file that holds nothing else."""
    head = struct.pack(">4sc15x6l", b"TZif", b"2", 0, 0, 0, 0, 1, 4)
    body = struct.pack(">lbb4s", 0, 0, 0, b"LMT\0")
    return ZoneInfo.from_file(io.BytesIO(2 * (head + body) + f"\n{text}\n".encode()))


def seconds(at):
    return int((at.replace(tzinfo=UTC) - EPOCH).total_seconds())


def true_offset(zone, utc_s):
    return int((EPOCH + timedelta(seconds=utc_s)).astimezone(zone).utcoffset().total_seconds())


def true_utc(zone, local_s):
    at = (EPOCH + timedelta(seconds=local_s)).replace(tzinfo=zone)
    return local_s - int(at.utcoffset().total_seconds())


def changes(zone):
    """The first second of each new offset, in UTC, found by halving."""
    found = []
    step_s = 15 * 86400
    for low_s in range(seconds(datetime(FIRST, 1, 1)), seconds(datetime(LAST, 12, 31)), step_s):
        high_s, old = low_s + step_s, true_offset(zone, low_s)
        if true_offset(zone, high_s) != old:
            while high_s - low_s > 1:
                half_s = (low_s + high_s) // 2
                if true_offset(zone, half_s) == old:
                    low_s = half_s
                else:
                    high_s = half_s
            found.append(high_s)
    return found


def ask(worker, text, *asked):
    """For each (method, moments): what the firmware's zone says."""
    return worker.call("snippet:run", ASKED, {"text": text, "asked": [list(one) for one in asked]})


def check(worker, text, zone, utcs, locals_):
    offsets, back = ask(worker, text, ("offset_s", utcs), ("utc_s", locals_))
    assert offsets == [true_offset(zone, s) for s in utcs]
    assert back == [true_utc(zone, s) for s in locals_]


@pytest.mark.parametrize("text", [*map(rule_of, ZONES), *RULES])
def test_every_change_of_36_years_comes_to_the_second(worker, text):
    zone = oracle(text)
    found = changes(zone)
    is_fixed = "," not in text or text.startswith("EST5EDT,0/0")
    assert len(found) == (0 if is_fixed else 2 * (LAST - FIRST + 1))
    near = (-7300, -3601, -3600, -1801, -1, 0, 1, 1799, 3599, 3600, 7300)
    utcs = [s + d for s in found for d in near]
    offsets = (true_offset(zone, s + d) for s in found for d in (-1, 0))
    locals_ = [s + o + d for s in found for o in offsets for d in near][:5000]
    locals_ += [s + true_offset(zone, s - 1) + d for s in found for d in near]
    locals_ += [s + true_offset(zone, s) + d for s in found for d in near]
    check(worker, text, zone, utcs, locals_)


@pytest.mark.parametrize("key", [key for key in ZONES if key not in RAMADAN])
def test_it_is_the_time_that_the_place_has(worker, key):
    """Not by the rule alone: Python knows the place's own future."""
    zone = ZoneInfo(key)
    step_s = 86400 * 3 + 3607
    utcs = list(range(seconds(datetime(2027, 1, 1)), seconds(datetime(LAST, 12, 31)), step_s))
    check(worker, rule_of(key), zone, utcs, utcs)


@pytest.mark.parametrize("text", [*DAYS, *(text for text in RULES if "EST5EDT" not in text)])
def test_days_of_the_year_are_those_of_the_c_library(worker, text):
    utcs = list(range(seconds(datetime(FIRST, 1, 1)), seconds(datetime(2037, 12, 31)), 43_199))
    program = (
        "import json, sys, time\n"
        "print([time.localtime(s + 946684800).tm_gmtoff for s in json.load(sys.stdin)])"
    )
    asked = subprocess.run(
        [sys.executable, "-c", program],
        env={"TZ": text},
        input=json.dumps(utcs).encode(),
        capture_output=True,
        check=True,
    )
    (offsets,) = ask(worker, text, ("offset_s", utcs))
    assert offsets == json.loads(asked.stdout)


MOMENTS = st.integers(seconds(datetime(FIRST, 1, 1)), seconds(datetime(LAST, 12, 31)))
HOURS = st.builds(
    lambda h, m: f"{h}:{m:02d}" if m else str(h), st.integers(-15, 15), st.integers(0, 59)
)


def day_of(first_month, last_month):
    by_week = st.builds(
        "M{}.{}.{}".format,
        st.integers(first_month, last_month),
        st.integers(1, 5),
        st.integers(0, 6),
    )
    days = st.integers(31 * first_month - 30, 30 * last_month).filter(lambda day: day != 59)
    when = st.one_of(by_week, st.builds("J{}".format, days))
    time = st.one_of(st.just(""), st.builds("/{}".format, st.integers(-48, 48)))
    return st.builds(str.__add__, when, time)


@settings(max_examples=150, deadline=None)
@given(HOURS, st.one_of(st.just(""), HOURS), day_of(2, 5), day_of(8, 11), st.booleans(), st.data())
def test_made_rules_say_what_python_makes_of_them(worker, std, dst, spring, autumn, south, data):
    first, second = (autumn, spring) if south else (spring, autumn)
    text = f"STD{std}DST{dst},{first},{second}"
    assume(std != dst)
    moments = data.draw(st.lists(MOMENTS, min_size=1, max_size=50))
    check(worker, text, oracle(text), moments, moments)


@pytest.mark.parametrize("text", [*map(rule_of, ZONES), *RULES])
def test_the_next_change_is_told(worker, text):
    found = changes(oracle(text))
    moments = [s + d for s in found[:-1] for d in (-1, 0, 1, 86400 * 30)] or [800_000_000]
    (told,) = ask(worker, text, ("next_s", moments))
    assert told == [min((s for s in found if s > at), default=0) for at in moments]


REFUSED = (
    "",
    "U",
    "UT0",
    "UTC",
    "Europe/Berlin",
    "CET-1CEST",
    "CET-1CEST,M3.5.0",
    "CET-1CEST,M3.5.0,",
    "CET-1CEST,M3.5.0,M10.5.0/3,",
    "CET-1CEST,M3.5.0,M10.5.0/3 ",
    "CET-1CEST,M0.5.0,M10.5.0",
    "CET-1CEST,M13.5.0,M10.5.0",
    "CET-1CEST,M3.0.0,M10.5.0",
    "CET-1CEST,M3.6.0,M10.5.0",
    "CET-1CEST,M3.5.7,M10.5.0",
    "CET-1CEST,M3.5,M10.5.0",
    "CET-1CEST,J0,J300",
    "CET-1CEST,J366,J300",
    "CET-1CEST,366,300",
    "CET-1CEST,M3.5.0/168,M10.5.0",
    "CET-25",
    "CET-1:60",
    "<+03-3",
    "<+0>-3",
    "CET--1",
    "CET-1" + "0" * 60,
)


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_zone_is_refused_with_what_would_do(worker, text):
    assert refused(worker, text)


def refused(worker, text):
    """Whether a text is refused, as it must be: by a ValueError that says what would do."""
    said = worker.call(
        "snippet:run",
        "from firmware.zone import Zone\ntry:\n    result = Zone(text).offset_s(850000000)\n"
        "except ValueError as error:\n    result = str(error)",
        {"text": text},
    )
    if isinstance(said, int):
        return False
    assert said.startswith("no zone: ") and "write one like UTC0" in said
    return True


PIECES = st.sampled_from(
    [
        "CET",
        "<+03>",
        "-",
        "+",
        "1",
        "12",
        ":30",
        ",",
        "M3.5.0",
        "J60",
        "/2",
        ".",
        "<",
        ">",
        "é",
        " ",
    ]
)


@settings(max_examples=500, deadline=None)
@given(st.one_of(st.text(), st.lists(PIECES, max_size=12).map("".join)))
@example("CET-1CEST,M3.5.0,M10.5.0/3")
def test_garbage_is_refused_in_no_other_way(worker, text):
    """And what is taken is what Python takes, or stricter."""
    assume("\ud800" not in text and not any(0xD800 <= ord(c) <= 0xDFFF for c in text))
    if not refused(worker, text):
        assert oracle(text)


def test_a_zone_keeps_its_text(worker):
    text = "CET-1CEST,M3.5.0,M10.5.0/3"
    assert (
        worker.call(
            "snippet:run", f"from firmware.zone import Zone\nresult = Zone({text!r}).text", {}
        )
        == text
    )


def test_the_page_s_zones_are_those_of_their_places(worker):
    text = (ROOT / "docs/time.md").read_text()
    rows = dict(re.findall(r"^\| ([A-Z][^|]+) \| `([^`]+)` \|$", text, re.MULTILINE))
    places = {
        "London": "Europe/London",
        "Dublin": "Europe/Dublin",
        "Berlin, Paris, Rome, Madrid": "Europe/Berlin",
        "Helsinki, Athens": "Europe/Helsinki",
        "New York": "America/New_York",
        "Chicago": "America/Chicago",
        "Denver": "America/Denver",
        "Los Angeles": "America/Los_Angeles",
        "St. John's": "America/St_Johns",
        "Santiago": "America/Santiago",
        "Sydney": "Australia/Sydney",
        "Lord Howe": "Australia/Lord_Howe",
        "Kolkata": "Asia/Kolkata",
        "Kathmandu": "Asia/Kathmandu",
        "Tehran": "Asia/Tehran",
        "UTC": "Etc/UTC",
    }
    assert rows == {where: rule_of(key) for where, key in places.items()}
    assert not any(refused(worker, text) for text in rows.values())
