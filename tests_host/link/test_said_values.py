"""What a person says of alarms, times and zones is what the puck's own code makes of it."""

import time
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sleepsync.link import zone
from sleepsync.link.shown import epoch_line, moment, off_by, record_line
from sleepsync.link.values import Setting, alarm_row, alarm_words, meant, shown
from sleepsync.paths import records

pytestmark = pytest.mark.link

DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
BEDTIME = Setting("bedtime", -1, "min after 0:00", -1, 1439, "when it begins by itself")
EARLY = Setting("early", 30, "min", 0, 45, "before an alarm")
ZONE = Setting("zone", "UTC0", "POSIX TZ", 0, 63, "where the puck is")


@settings(max_examples=60, deadline=None)
@given(minute=st.integers(0, 1439), days=st.integers(0, 127))
def test_an_alarm_is_packed_and_told_as_the_puck_does(worker, minute, days):
    row = worker.call("firmware.alarms:packed", minute, days)
    said = worker.call("puck_alarm:_days", days).replace(",", "").replace(" and", "")
    words = f"{worker.call('puck_alarm:_time', minute)} {said}"
    assert alarm_words(row) == words
    assert alarm_row(words) == alarm_row(words.upper()) == row


@pytest.mark.parametrize(
    ("words", "row"),
    [
        ("off", 0),
        ("7:05", alarm_row("07:05 once")),
        ("06:30 Monday, Fri", alarm_row("6:30 mon fri")),
        ("06:30 weekends mon", alarm_row("06:30 mon sat sun")),
    ],
)
def test_alarms_may_be_said_freely(words, row):
    assert alarm_row(words) == row


@pytest.mark.parametrize("words", ["", "7", "24:00", "07:60", "07:5", "07:00 someday", "07:00 m"])
def test_what_is_no_alarm_is_refused_with_what_would_do(words):
    with pytest.raises(ValueError, match="say '07:00'"):
        alarm_row(words)


@pytest.mark.parametrize(
    ("its", "words", "value", "told"),
    [
        (BEDTIME, "22:30", 1350, "22:30"),
        (BEDTIME, "never", -1, "never"),
        (BEDTIME, "-1", -1, "never"),
        (EARLY, "20", 20, "20"),
        (ZONE, "CET-1CEST,M3.5.0,M10.5.0/3", "CET-1CEST,M3.5.0,M10.5.0/3", None),
        (ZONE, "7", "7", None),
    ],
)
def test_settings_are_meant_as_they_are_shown(its, words, value, told):
    assert meant(its, words) == value
    assert shown(its._replace(value=value)) == (told or value)


def test_words_for_a_number_are_refused_with_its_range():
    with pytest.raises(ValueError, match=r"early: 'soon' is no number; it takes 0 to 45 \(min\)"):
        meant(EARLY, "soon")


@pytest.fixture
def local_zone(monkeypatch):
    """Puts this process into a zone, and back."""

    def put(name):
        monkeypatch.setenv("TZ", name)
        time.tzset()

    yield put
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ("Europe/Berlin", "CET-1CEST,M3.5.0,M10.5.0/3"),
        (":America/New_York", "EST5EDT,M3.2.0,M11.1.0"),
        ("Asia/Kathmandu", "<+0545>-5:45"),
        ("NST3:30NDT,M3.2.0,M11.1.0", "NST3:30NDT,M3.2.0,M11.1.0"),
    ],
)
def test_the_zone_is_the_desktop_s_own_rule(said, rule, local_zone):
    local_zone(said)
    assert zone.posix_zone() == rule


@pytest.mark.parametrize("hours", [-9.5, -4, 0, 1, 5.75, 14])
def test_without_a_rule_the_zone_is_today_s_offset_and_the_puck_takes_it(hours, local_zone, worker):
    west = f"{-hours:+.0f}" if hours == int(hours) else _clocked(-hours)
    local_zone(f"<X{abs(hours):02.0f}>{west}")
    text = zone._of_today()
    found = worker.call("snippet:run", SNIPPET, {"text": text})
    assert found == hours * 3600


SNIPPET = """
from firmware.zone import Zone
result = Zone(text).offset_s(800000000)
"""


def _clocked(hours):
    whole = int(hours)
    return f"{whole:+d}:{round(abs(hours - whole) * 60):02d}"


def test_seconds_count_from_2000_local():
    assert zone.local_s(datetime(2000, 1, 1, 0, 1)) == 60
    assert moment(zone.local_s(datetime(2026, 1, 15, 22, 34, 31))) == "2026-01-15 22:34:31"
    assert "time --set" in moment(0)


@pytest.mark.parametrize(
    ("off_s", "words"),
    [(0, "as here"), (1, "as here"), (75, "0:01:15 ahead of"), (-90000, "1 day, 1:00:00 behind")],
)
def test_how_far_the_clock_is_off(off_s, words):
    assert words in off_by(1000000 + off_s, 1000000)


def test_records_are_told_in_a_line_and_what_is_unknown_is_not_shown():
    room = (1234, 1895, 45, 316, 402)
    epoch = records.EPOCH.of(7, 0, 88, 612, 30, 4, 3, 400, 143, 60, 80, *room)
    assert epoch_line(epoch) == (
        "epoch 7; heart 61 /min; breath 14 /min; quality 88 %, activity 3; 1.2 lx; 18.9 °C, 45 %; "
        "32 dBA"
    )
    blind = records.NO_LIGHT | records.NO_CLIMATE | records.NO_SOUND | records.OFF_BODY
    nothing = records.EPOCH.of(8, blind, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    assert epoch_line(nothing) == "epoch 8; heart -; quality 0 %, activity 0; not worn"
    score = records.SCORE.of(3, records.REM, 0, 0, 0, 255)
    assert record_line(score) == "epoch 3 was rem"
    thrice = records.EVENT.of(60000, records.GESTURE, records.BUTTON, 5)
    assert record_line(thrice) == "gesture button thrice"
    assert record_line(records.SEAL.of(bytes(12))) is None
