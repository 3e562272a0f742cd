"""Every value of the standard services, made in the VM, against readers that know only the SIG's
texts, and against Bumble's own profile where it has one.
"""

from datetime import datetime, timedelta

import pytest
import sig_client as sig
from bumble.profiles.heart_rate_service import HeartRateService
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sleepsync.paths import records
from sleepsync.vm import VmError

pytestmark = pytest.mark.link
VALUES = "firmware.link.values:"
START = datetime(2000, 1, 1)
MANY = settings(max_examples=150, deadline=None)
LONGEST = st.integers(20, 512)
INTERVALS = st.lists(st.integers(0, 70_000), max_size=40)

ROOM = """
from firmware.link.values import room
from firmware.records import EPOCH
result = [bytes(part) for part in room(EPOCH.of(*fields) if fields else None)]
"""
NIGHT = """
from firmware.link.values import Sleep
from firmware.records import SCORE
sleep = Sleep()
sleep.begin(night)
for index, stage in scores:
    sleep.hear(SCORE.of(index, stage, 0, 0, 0, 0))
result = [sleep.instantaneous(rate), sleep.summary()]
"""


def measured(worker, rate_bpm, is_worn, intervals_ms, longest):
    return worker.call(VALUES + "heart_rate", rate_bpm, is_worn, intervals_ms, longest)


@MANY
@given(st.integers(1, 300), INTERVALS, LONGEST)
def test_a_heart_rate_and_its_newest_intervals_are_read_back(worker, rate, intervals_ms, longest):
    value = measured(worker, rate, True, intervals_ms, longest)
    found = sig.heart_rate(value)
    assert len(value) <= longest
    assert (found.rate_bpm, found.contact, found.energy_j) == (rate, True, None)
    told = [ms for ms in intervals_ms if 0 < ms < 64_000]
    room = (longest - 2 - (rate > 255)) // 2
    assert len(found.intervals_s) == min(len(told), room)
    for said, ms in zip(reversed(found.intervals_s), reversed(told), strict=False):
        assert abs(said - ms / 1000) <= 0.5 / 1024 + 1e-9


def test_of_more_intervals_than_fit_the_newest_are_told(worker):
    value = measured(worker, 60, True, [*range(900, 920)], 20)
    assert sig.heart_rate(value).intervals_s == pytest.approx(
        [ms / 1000 for ms in range(911, 920)], abs=0.0005
    )


@MANY
@given(st.integers(1, 300), INTERVALS, LONGEST)
def test_bumble_s_profile_reads_the_same(worker, rate, intervals_ms, longest):
    value = measured(worker, rate, True, intervals_ms, longest)
    ours = sig.heart_rate(value)
    theirs = HeartRateService.HeartRateMeasurement.from_bytes(value)
    assert (theirs.heart_rate, theirs.sensor_contact_detected) == (ours.rate_bpm, ours.contact)
    assert list(theirs.rr_intervals or ()) == ours.intervals_s
    assert bytes(theirs) == value


@pytest.mark.parametrize(("rate", "is_worn"), [(0, True), (0, False), (61, False)])
def test_a_rate_that_is_not_known_is_no_contact(worker, rate, is_worn):
    found = sig.heart_rate(measured(worker, rate, is_worn, [980, 1010], 20))
    assert (found.rate_bpm, found.contact, found.intervals_s) == (0, False, [])


ROOMS = st.fixed_dictionaries(
    {
        "flags": st.integers(0, 0xFFFF),
        "temperature_cdeg": st.integers(-4500, 13000),
        "humidity_pct": st.integers(0, 100),
        "light_mlx": st.one_of(st.integers(0, 1_000_000), st.integers(0, 0xFFFFFFFF)),
        "level_ddb": st.one_of(st.integers(0, 1200), st.integers(0, 0xFFFF)),
    }
)


def shown(worker, epoch):
    """(degrees C, per cent, lx, dB) of an epoch's room, or of none."""
    fields = [epoch.get(name, 0) for name in records.EPOCH.names] if epoch else []
    read = (sig.temperature_c, sig.humidity_pct, sig.illuminance_lx, sig.noise_db)
    parts = worker.call("snippet:run", ROOM, {"fields": fields})
    return [one(part) for one, part in zip(read, parts, strict=True)]


BRIGHT = {"flags": 0, "temperature_cdeg": -4500, "humidity_pct": 100}


@MANY
@given(ROOMS)
@example(BRIGHT | {"light_mlx": 0xFFFFFFFF, "level_ddb": 0xFFFF})
def test_the_room_is_read_back_and_what_is_not_known_is_said_so(worker, epoch):
    temperature, humidity, light, noise = shown(worker, epoch)
    flags = epoch["flags"]
    if flags & records.NO_CLIMATE:
        assert (temperature, humidity) == (None, None)
    else:
        assert temperature == epoch["temperature_cdeg"] / 100
        assert humidity == epoch["humidity_pct"]
    if flags & records.NO_LIGHT:
        assert light is None
    else:
        assert light == pytest.approx(min(epoch["light_mlx"] / 1000, 167_772.14), abs=0.0051)
    if flags & records.NO_SOUND:
        assert noise is None
    else:
        assert noise == min((epoch["level_ddb"] + 5) // 10, 254)


def test_before_the_first_epoch_nothing_of_the_room_is_known(worker):
    assert shown(worker, None) == [None, None, None, None]


WALL_S = st.integers(1, int((datetime(2100, 1, 1) - START).total_seconds()) - 1)
REASON = st.integers(0, 15)


@MANY
@given(WALL_S, REASON)
def test_the_time_is_read_back_and_can_be_written_again(worker, wall_s, reason):
    value = worker.call(VALUES + "current_time", wall_s, reason)
    when, said = sig.current_time(value)
    assert when == START + timedelta(seconds=wall_s)
    assert said == {name for i, name in enumerate(sig.REASONS) if reason >> i & 1}
    assert value[7] == when.isoweekday()
    assert worker.call(VALUES + "wall_s", value) == wall_s


def test_a_time_that_is_not_known_is_the_year_0(worker):
    assert sig.current_time(worker.call(VALUES + "current_time", 0, 2)) == (
        None,
        {"external reference"},
    )
    with pytest.raises(VmError, match="ValueError: no clock shows 0000-00-00"):
        worker.call(VALUES + "wall_s", bytes(10))


@MANY
@given(st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31)), st.integers(0, 255))
def test_a_written_time_is_taken_whatever_day_of_the_week_it_says(worker, when, weekday):
    value = sig.written_time(when, weekday)
    taken_s = worker.call(VALUES + "wall_s", value)
    assert START + timedelta(seconds=taken_s) == when.replace(microsecond=0)


@MANY
@given(
    st.one_of(st.integers(1995, 2105), st.integers(0, 0xFFFF)),
    st.integers(0, 14),
    st.integers(0, 33),
    st.tuples(st.integers(0, 25), st.integers(0, 61), st.integers(0, 61)),
)
def test_a_written_time_is_taken_if_the_calendar_has_it(worker, year, month, day, clock):
    value = year.to_bytes(2, "little") + bytes((month, day, *clock, 0, 0, 0))
    try:
        when = datetime(year, month, day, *clock)
        known = 2000 <= year <= 2099
    except ValueError:
        known = False
    if known:
        assert START + timedelta(seconds=worker.call(VALUES + "wall_s", value)) == when
    else:
        with pytest.raises(VmError, match=r"ValueError: no clock shows .* write a date of 2000 to"):
            worker.call(VALUES + "wall_s", value)


@pytest.mark.parametrize("length", [0, 7, 9, 11, 20])
def test_a_time_of_another_length_is_refused(worker, length):
    value = (sig.written_time(datetime(2030, 1, 2, 3, 4, 5)) + bytes(10))[:length]
    with pytest.raises(VmError, match=f"ValueError: a Current Time has 10 bytes, not {length}"):
        worker.call(VALUES + "wall_s", value)


STAGE_WORDS = {
    records.UNKNOWN: None,
    records.NOT_WORN: None,
    records.WAKE: {"wake"},
    records.ASLEEP: {"sleep"},
    records.LIGHT: {"sleep", "non-rem", "light"},
    records.DEEP: {"sleep", "non-rem", "deep"},
    records.REM: {"sleep", "rem"},
}
NIGHTS = st.lists(st.integers(0, 6), max_size=60)


def slept(worker, stages, night=7, rate=0, first=0):
    """(now, session, sums) of a night whose epochs from `first` on were in these stages."""
    scores = [[first + i, stage] for i, stage in enumerate(stages)]
    given = {"scores": scores, "night": night, "rate": rate}
    now, summary = worker.call("snippet:run", NIGHT, given)
    return sig.sleep_now(now), *sig.sleep_sums(summary)


@MANY
@given(NIGHTS, st.integers(0, 0x1FFFF), st.integers(0, 300))
def test_a_night_s_stage_and_place_are_read_back(worker, stages, night, rate):
    now, session, _ = slept(worker, stages, night, rate)
    last = stages[-1] if stages else records.UNKNOWN
    assert now.stage == STAGE_WORDS[last]
    assert now.worn == (last >= records.WAKE)
    assert now.rate_bpm == (min(rate, 255) or None)
    wanted = sig.Session(night & 0xFFFF, 0, timedelta(seconds=30 * len(stages)), len(stages))
    assert now.session == session == wanted


@MANY
@given(NIGHTS)
@example([2, 4, 2, 2, 0, 2, 5, 1, 3, 2])
def test_a_night_s_sums_are_those_of_the_morning(worker, stages):
    *_, sums = slept(worker, stages)
    figures = worker.call("firmware.stages.morning:summarise", bytes(stages))
    assert sums == {
        "asleep_s": figures["total_sleep_time_s"],
        "awake_s": figures["wake_s"],
        "bed_s": figures["time_in_bed_s"],
        "awakenings": figures["awakenings"],
        "efficiency_pct": figures["efficiency_pct"],
        "worn_s": 30 * sum(stage >= records.WAKE for stage in stages),
    }


def test_what_is_heard_again_counts_once(worker):
    once = slept(worker, [2, 2, 4, 4, 5])
    given = {"scores": [[0, 2], [1, 2], [0, 2], [2, 4], [1, 2], [2, 4], [3, 4], [4, 5]]}
    again = worker.call("snippet:run", NIGHT, given | {"night": 7, "rate": 0})
    assert (sig.sleep_now(again[0]), *sig.sleep_sums(again[1])) == once


def test_a_day_in_bed_fits_its_fields(worker):
    """The longest night that an epoch's index can count."""
    now, session, sums = slept(worker, [records.REM], first=0xFFFF)
    assert session.sequence == 0x10000
    assert now.session.since_start == timedelta(seconds=30 * 0x10000)
    assert sums["asleep_s"] == 30


def test_the_features_are_those_that_are_sent(worker):
    named = sig.activity_features(worker.call(VALUES + "features"))
    assert named == {
        *("device worn", "worn duration", "sleep stage", "sleeping heart rate"),
        *("total sleep time", "total wake time", "total bed time"),
        *("number of awakenings", "sleep efficiency"),
    }
    *_, sums = slept(worker, [records.LIGHT])
    assert len(sums) == 6


def test_the_stage_fits_a_link_that_never_asked_for_more(worker):
    """An ATT MTU of 23 leaves 20 bytes."""
    given = {"scores": [[0, records.DEEP]], "night": 1, "rate": 58}
    now, _ = worker.call("snippet:run", NIGHT, given)
    assert len(now) <= 20
