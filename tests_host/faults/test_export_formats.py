"""Each format says what the journal says: read back by libraries that did not write it."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import edfio
import pytest
from made_rituals import EPOCHS, whole
from page_blocks import is_shown, table
from sleepsync.bench import read_back
from sleepsync.bench.made_nights import Made, write
from sleepsync.export import FORMATS, Taken, export_night, happened, signals, take
from sleepsync.paths import records
from sleepsync.report import incidents

HOURS = 1.6
START = datetime(2026, 3, 29, 0, 40)  # summer time begins at two in Berlin
BERLIN = ZoneInfo("Europe/Berlin")
NIGHTS = {
    "whole": Made(1, 5, HOURS, START),
    "hole": Made(2, 6, HOURS, START, hole=(60, 100)),
    "no pod": Made(3, 7, 0.5, START, flags=records.NO_PULSE_SENSOR | records.NO_MOTION_SENSOR),
    "no room": Made(
        4, 8, 0.5, START, flags=records.NO_LIGHT | records.NO_CLIMATE | records.NO_SOUND
    ),
    "no time": Made(5, 9, 0.5, None),
}


@pytest.fixture(scope="module")
def nights(tmp_path_factory, worker):
    """{name: (what is taken, its files, what was left out)}."""
    found = {}
    for name, made in NIGHTS.items():
        folder = tmp_path_factory.mktemp(name.replace(" ", ""))
        taken = take(write(made, folder, worker), worker, BERLIN)
        found[name] = (taken, *export_night(taken, folder / "to", FORMATS))
    return found


@pytest.mark.parametrize("name", NIGHTS)
@pytest.mark.parametrize("form", FORMATS)
def test_says_what_the_journal_says(nights, name, form):
    taken, files, left_out = nights[name]
    if form in left_out:
        assert (name, form) in (("no pod", "json"), ("no time", "json"))
    else:
        assert read_back.differences(taken, form, files) == []


def test_the_page_says_what_came_of_it(request, nights):
    rows = [(name, *(came_of(*nights[name], form) for form in FORMATS)) for name in NIGHTS]
    assert is_shown(request, "reliability", "exports", table(("night", *FORMATS), rows))


def came_of(taken, files, left_out, form):
    if form in left_out:
        return "left out, and says why"
    wrong = read_back.differences(taken, form, files)
    return "; ".join(wrong) or "as the journal has it"


def test_what_is_left_out_says_why(nights):
    assert '--start "2026-01-15 22:30"' in nights["no time"][2]["json"]
    assert "total sleep time" in nights["no pod"][2]["json"]


@pytest.mark.parametrize("form", FORMATS)
def test_a_changed_night_is_seen(nights, form):
    """The readers above can fail: another stage, another figure, another value, another start."""
    taken, files, _ = nights["whole"]
    night = taken.night
    score = night.morning[70]._replace(stage=records.NOT_WORN)
    stages = replace(night, morning=[*night.morning[:70], score, *night.morning[71:]])
    summary = replace(night, summary={**night.summary, "rem_s": 7, "total_sleep_time_s": 77})
    epoch = night.epochs[9]._replace(rate_dbpm=777)
    value = replace(night, epochs=[*night.epochs[:9], epoch, *night.epochs[10:]])
    seen = [
        bool(read_back.differences(replace(taken, night=changed), form, files))
        for changed in (stages, summary, value)
    ]
    told = {"edf": (1, 0, 1), "csv": (1, 0, 1), "json": (1, 1, 0), "fhir": (0, 1, 0)}
    assert seen == [bool(one) for one in told[form]]
    later = replace(taken, start=datetime(2026, 3, 28, 22, 41, tzinfo=UTC))
    assert read_back.differences(later, form, files)


@pytest.mark.parametrize("form", ["edf", "csv", "json"])
def test_every_stage_is_told(nights, tmp_path, form):
    """A night that goes through all of them, each for five minutes."""
    taken = nights["whole"][0]
    rows = enumerate(taken.night.morning)
    morning = [score._replace(stage=i // 10 % len(records.STAGES)) for i, score in rows]
    changed = replace(taken, night=replace(taken.night, morning=morning))
    files, left_out = export_night(changed, tmp_path, [form])
    assert left_out == {} and read_back.differences(changed, form, files) == []


def test_what_the_puck_did_is_told(tmp_path):
    """An evening, a night and a morning: every act and refusal, with who and why."""
    night = whole().epochs([records.LIGHT] * EPOCHS).night(tmp_path)
    taken = Taken(night, "whole", b"", night.start.replace(tzinfo=UTC), None)
    files, _ = export_night(taken, tmp_path / "to", ["edf", "csv"])
    assert read_back.differences(taken, "csv", files) == []
    told = [one for one in happened.of_night(taken) if one.kind in ("act", "refusal")]
    assert [one.kind for one in told].count("refusal") == 1
    assert len(told) == 10 and all(one.who and one.why for one in told)
    lamp = next(one for one in told if one.what == "lamp (light)")
    assert (lamp.who, lamp.why, lamp.span_ms) == ("a hand", "pressed", 240_000)
    texts = [one.text for one in edfio.read_edf(files[0]).annotations]
    assert "act: lamp (light), a hand, pressed" in texts
    assert len([text for text in texts if text.startswith(("act: ", "refusal: "))]) == len(told)


def test_the_hour_that_is_left_out_is_in_the_offsets(nights):
    """The epochs go on; the wall jumps from 02:00 to 03:00."""
    taken = nights["whole"][0]
    told = [taken.when(80 * 60 - 30), taken.when(80 * 60)]
    assert told == ["2026-03-29T01:59:30+01:00", "2026-03-29T03:00:00+02:00"]


def test_edf_keeps_every_step(nights):
    """What is known comes back to the last digit, by the header's own range."""
    taken, files, _ = nights["whole"]
    file = edfio.read_edf(files[0])
    assert file.is_continuous and file.reserved == "EDF+C"
    for signal in signals.EPOCH:
        written = file.get_signal(signal.label)
        step = (written.physical_max - written.physical_min) / (
            written.digital_max - written.digital_min
        )
        assert step == pytest.approx(signal.step, rel=1e-6)
        assert written.physical_min == pytest.approx(step * written.digital_min, rel=1e-6)
        assert written.transducer_type.startswith(f"{written.physical_min:g}")
        assert (
            written.digital.tolist()
            == signals.digital(signal, signals.steps(signal, taken.night)).tolist()
        )


def test_edf_tells_what_happened(nights):
    taken, files, _ = nights["hole"]
    file = edfio.read_edf(files[0])
    texts = [one.text for one in file.annotations if one.text.startswith("event: ")]
    assert len(texts) == len(incidents.of_night(taken.night)) == 2  # start and stop
    assert file.patient.code == file.patient.name == "X"


def test_a_night_without_a_date_has_none(nights):
    taken, files, _ = nights["no time"]
    assert edfio.read_edf(files[0]).local_recording_identification.startswith("Startdate X ")
    bundle = json.loads(next(f for f in files if f.name.endswith(".fhir.json")).read_text())
    assert "timestamp" not in bundle
    assert all("effectivePeriod" not in one["resource"] for one in bundle["entry"])
    assert taken.stem == "00005"


def test_without_a_pod_no_sleep_is_told(nights):
    """The firmware's 0 of a night without scores is no finding."""
    _, files, _ = nights["no pod"]
    bundle = json.loads(next(f for f in files if f.name.endswith(".fhir.json")).read_text())
    told = [one["resource"] for one in bundle["entry"]]
    assert len(told) == 5
    assert all(one["dataAbsentReason"]["coding"][0]["code"] == "unknown" for one in told)


def test_what_was_not_scored_is_noted(nights):
    notes = [note for note in nights["hole"][0].night.notes if "could not be scored" in note]
    assert notes == ["20 min of the night could not be scored, and are in no total of sleep."]


def test_the_same_night_gives_the_same_bytes(nights, tmp_path):
    taken, files, _ = nights["whole"]
    again, _ = export_night(taken, tmp_path, FORMATS)
    assert [one.read_bytes() for one in again] == [one.read_bytes() for one in files]
