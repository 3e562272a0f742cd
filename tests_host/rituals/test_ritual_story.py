"""What a report says of evening, night and morning: each sentence from records, and no other."""

from datetime import timedelta

import made_rituals as made
import pytest
from made_rituals import START, Journal
from sleepsync.night import PUCK_EPOCH
from sleepsync.paths import records
from sleepsync.report import deeds, page, story, waking, words

pytestmark = pytest.mark.rituals


def told(night, part: str) -> list[str]:
    """The sentences of a part, with plain spaces."""
    sentences = dict(story.of_night(night)).get(part, [])
    return [each.replace(words.NBSP, " ") for each in sentences]


def mornings(journal: Journal, folder) -> list[str]:
    return told(journal.event("07:10", records.STOP, 0).night(folder), "Morning")


def rung(until="06:45", **how) -> Journal:
    """An alarm for 07:00 that rings early, at 06:41."""
    journal = Journal().alarm("22:32", "07:00")
    stage = how.pop("stage", records.LIGHT)
    why = how.pop("why", made.STOPPED)
    return journal.act("06:41", made.WAKING, made.LIGHT_SLEEP, made.EARLY, until, why, stage)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return made.whole().night(tmp_path_factory.mktemp("whole"))


def test_a_whole_night_is_told(whole):
    assert told(whole, "Evening") == [
        "The programme wind-down was asked for at 22:34.",
        "Wind-down from 22:34 to 23:02: evening; then the sleeper fell asleep.",
    ]
    assert told(whole, "Night") == [
        "Relief twice: 03:20 and 04:45.",
        "By hand: lamp at 02:10.",
        "Evening was refused once: it is not allowed in this stage.",
    ]
    assert told(whole, "Morning") == [
        "Sunrise from 06:30.",
        "Rang at 06:41, 19 minutes before 07:00: light sleep (consented).",
        "Snoozed twice; stopped at 06:59 by a long press.",
    ]


def test_those_who_hear_the_page_hear_the_same(whole):
    spoken = page.html(whole).replace(words.NBSP, " ")
    label = spoken[spoken.index('aria-label="Chart of stages') :]
    assert "Morning: Sunrise from 06:30. Rang at 06:41, 19 minutes before 07:00" in label


def test_who_was_awake_already_is_said_to_be(tmp_path):
    journal = rung(stage=records.WAKE).press("06:45", made.LONG).alarm("06:45", None)
    assert mornings(journal, tmp_path) == [
        "Rang at 06:41, 19 minutes before 07:00: already awake (consented).",
        "Stopped at 06:45 by a long press.",
    ]


def test_one_minute_before_is_one_minute(tmp_path):
    journal = Journal().alarm("22:32", "06:42")
    journal.act("06:41", made.WAKING, made.LIGHT_SLEEP, made.EARLY, "06:45", stage=records.LIGHT)
    assert mornings(journal, tmp_path)[0].startswith("Rang at 06:41, 1 minute before 06:42")


@pytest.mark.parametrize(
    ("at", "sentence"),
    [("07:00", "Rang at 07:00, as set."), ("07:04", "Rang at 07:04, 4 minutes after 07:00.")],
)
def test_a_ring_at_the_set_time_or_later(at, sentence, tmp_path):
    journal = Journal().alarm("22:32", "07:00")
    journal.act(at, made.WAKING, made.DUE, made.ALARM, "07:06", made.STOPPED)
    journal.press("07:06", made.LONG).alarm("07:06", None)
    assert mornings(journal, tmp_path)[0] == sentence


def test_early_that_was_not_allowed_is_told(tmp_path):
    journal = Journal().alarm("22:32", "07:00")
    early = made.WAKING, made.LIGHT_SLEEP, made.EARLY, made.NOT_ALLOWED
    dawn = made.WAKING, made.DAWN, made.SUNRISE, made.NOT_ALLOWED
    journal.refusal("06:30", *dawn, records.LIGHT).refusal("06:35", *early, records.LIGHT)
    journal.act("07:00", made.WAKING, made.DUE, made.ALARM, "07:01", made.STOPPED)
    journal.press("07:01", made.LONG).alarm("07:01", None)
    assert mornings(journal, tmp_path) == [
        "Rang at 07:00, as set.",
        "Sunrise was refused: it is not allowed.",
        "Early was refused: it is not allowed.",
        "Stopped at 07:01 by a long press.",
    ]
    assert told(journal.night(tmp_path), "Night") == []


def test_what_was_refused_and_came_after_all_is_not_told_as_forgone(tmp_path):
    journal = Journal().alarm("22:32", "07:00")
    early = made.WAKING, made.LIGHT_SLEEP, made.EARLY
    journal.refusal("06:35", *early, made.OFF, records.LIGHT)
    journal.act("06:41", *early, "06:45", made.STOPPED, records.LIGHT)
    assert not [each for each in mornings(journal, tmp_path) if "refused" in each]


def test_an_alarm_that_is_stopped_otherwise_than_by_a_press(tmp_path):
    journal = rung().alarm("06:45", None)
    assert mornings(journal, tmp_path)[1] == "Stopped at 06:45."


def test_everything_switched_off_while_it_rings(tmp_path):
    journal = rung(why=made.OFF).press("06:45", made.DOUBLE)
    journal.event("06:45", records.BREAKER, records.OPENED, records.BUTTON)
    assert mornings(journal, tmp_path)[1] == "Everything was switched off at 06:45."


def test_nobody_stopped_it(tmp_path):
    assert mornings(rung(why=made.OVER), tmp_path)[1] == "Nobody stopped it."


def test_three_snoozes_are_counted_and_a_press_in_between_is_none(tmp_path):
    journal = Journal().alarm("22:32", "06:30")
    for at, until in (("06:30", "06:31"), ("06:40", "06:41"), ("06:50", "06:51")):
        journal.act(at, made.WAKING, made.DUE, made.ALARM, until, made.SNOOZED)
        journal.press(until, made.SHORT)
    journal.press("06:35", made.SHORT)  # while it rested
    assert mornings(journal, tmp_path)[1] == "Snoozed 3 times; nobody stopped it."


@pytest.mark.parametrize(
    ("due", "sentence"),
    [
        ("07:00", "The alarm was due 07:00; the puck was without power."),
        (None, "An alarm was missed: the time was lost, so nobody knows when it was due."),
    ],
)
def test_a_missed_alarm_says_what_is_known(due, sentence, tmp_path):
    wall = START + timedelta(hours=8, minutes=30) - PUCK_EPOCH
    value = int(wall.total_seconds()) if due else 0
    journal = Journal().event("07:05", records.ALARM_MISSED, value)
    assert mornings(journal, tmp_path) == [sentence]


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (lambda j: j.alarm("06:20", None), "Set for 07:00; taken back at 06:20, before it rang."),
        (
            lambda j: j.refusal("07:00", made.WAKING, made.DUE, made.ALARM, made.OFF),
            "Set for 07:00, and did not ring: everything is off.",
        ),
        (lambda j: j, "Set for 07:00, and nothing tells that it rang."),
    ],
    ids=["taken back", "off", "nothing"],
)
def test_an_alarm_that_did_not_ring_says_why(more, sentence, tmp_path):
    assert mornings(more(Journal().alarm("22:32", "07:00")), tmp_path) == [sentence]


def test_an_alarm_after_the_record_s_end(tmp_path):
    night = Journal().alarm("22:32", "07:00").event("05:00", records.STOP, 0).night(tmp_path)
    assert told(night, "Morning") == ["Set for 07:00; the record ends before."]


def test_an_alarm_that_was_changed_counts_as_it_was_last(tmp_path):
    journal = Journal().alarm("22:32", "07:00").alarm("23:00", "06:30")
    journal.act("06:30", made.WAKING, made.DUE, made.ALARM, "06:31", made.STOPPED)
    journal.press("06:31", made.LONG).alarm("06:31", None)
    assert mornings(journal, tmp_path)[0] == "Rang at 06:30, as set."


def test_an_alarm_that_is_told_again_after_a_start_is_one(tmp_path):
    journal = Journal().alarm("22:32", "07:00").event("03:00", records.START, 1)
    journal.alarm("03:00", "07:00")
    (alarm,) = waking.alarms(journal.event("07:10", records.STOP, 0).night(tmp_path))
    assert alarm.set_ms == journal.ms("22:32")


def test_without_the_time_moments_count_from_the_start(tmp_path):
    journal = Journal(start=None).alarm(60, 3600)
    journal.act(3000, made.WAKING, made.LIGHT_SLEEP, made.EARLY, 3030, stage=records.LIGHT)
    night = journal.event(4000, records.STOP, 0).night(tmp_path)
    assert told(night, "Morning")[0] == (
        "Rang after 50 min, 10 minutes before 1 h 0 min: light sleep (consented)."
    )


def test_a_clock_that_is_put_back_is_told_and_sentences_have_the_new_hours(tmp_path):
    journal = Journal().alarm("22:32", "07:00")
    zero = START + timedelta(hours=3.5)  # 03:00 becomes 02:00
    back = int((zero + timedelta(hours=1) - timedelta(hours=1) - PUCK_EPOCH).total_seconds())
    journal.event("03:00", records.CLOCK_SET, back, records.CLOCK)
    journal.act("07:00", made.WAKING, made.DUE, made.ALARM, "07:01", made.STOPPED)
    journal.press("07:01", made.LONG).alarm("07:01", None)
    sentences = mornings(journal, tmp_path)
    assert sentences[0] == "Rang at 06:00, as set."
    assert sentences[-1].startswith("The clock was put back by 1 h 0 min; the pictures keep")


@pytest.mark.parametrize(
    ("value", "minutes"), [(None, 30), (0, 0), (45, 45)], ids=["default", "none", "set"]
)
def test_the_window_is_the_setting_s(value, minutes, tmp_path):
    journal = Journal().alarm("22:32", "07:00")
    if value is not None:
        journal.event("22:40", records.SETTING, value, waking.EARLY_SETTING)
    journal.event("22:41", records.SETTING, 3, 1)  # another one
    (alarm,) = waking.alarms(journal.event("07:10", records.STOP, 0).night(tmp_path))
    assert alarm.due_ms - alarm.window_ms == minutes * 60_000


def test_a_family_of_scenes_is_told_once():
    spell = [
        deeds.Deed(i, i + 1, "the evening", what, "wind-down", "")
        for i, what in enumerate(["breathe 14", "breathe 12", "breathe 9", "story", "story"])
    ]
    assert deeds.names(spell) == "breathe 14 to 9, story"


@pytest.mark.parametrize(
    ("number", "name"), [(3, "early"), (11, "alarm1"), (18, "alarm8"), (19, "setting 19")]
)
def test_settings_have_names(number, name):
    event = records.EVENT.tuple(0, records.SETTING, number, 1)
    assert words.event(event) == f"{name} set"
