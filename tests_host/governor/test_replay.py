"""`sleepsync replay`: what it says of nights, honest and not; its picture; its rules."""

import re
import shutil

import numpy as np
import pytest
from sleepsync.breaches import code
from sleepsync.breaches.pages import closed, opened, places
from sleepsync.cli import app
from sleepsync.paths import ROOT, records
from sleepsync.reading import read_journal, read_night
from sleepsync.replay import picture
from sleepsync.replay.explained import explain
from sleepsync.replay.spans import consents, off_spans
from sleepsync.report import write_report
from sleepsync.simulate import BOOT_US, journals, run_night, run_puck
from sleepsync.world import generate, write_world
from typer.testing import CliRunner

PRESSES = ["30:2500", "60:80", "80:80", "80.4:80", "100:2500", "120:7000", "150:2500"]


@pytest.fixture(scope="module")
def bed(tmp_path_factory):
    """The folder of a short night, in which a hand asks for the lamp and switches off and on."""
    folder = tmp_path_factory.mktemp("bed")
    run_night(generate(1, 0.08), folder, press=PRESSES)
    return folder


@pytest.fixture(scope="module")
def rich(tmp_path_factory):
    """The journals of `hw/sim/ledger_night.py`."""
    return code.run(None, tmp_path_factory.mktemp("rich") / "run")


def unled(path):
    """What explains a night in which a script asked in the rituals' stead."""
    return explain(path, is_led=False)


def replay(*arguments):
    done = CliRunner().invoke(app, ["replay", *map(str, arguments)])
    return done.exit_code, " ".join(done.output.split())


def altered(path, change):
    """The journal's bytes, sealed anew, `change` applied to its rows."""
    rows = opened(path.read_bytes())
    change(rows)
    return closed(rows)


def test_a_night_of_a_whole_puck_is_explained(bed, tmp_path):
    status, words = replay(bed, "--out", tmp_path / "acts.svg")
    assert status == 0
    assert "Every act is explained (3 requests)" in words
    assert "a hand, pressed lamp yes: at most 1 lx for 10 min" in words
    assert "no: everything is off" in words
    assert (tmp_path / "acts.svg").read_text().startswith("<?xml")


def test_what_is_not_explained_is_told_and_fails(bed, tmp_path):
    path = tmp_path / "00001.night"

    def brighter(rows):
        at = places(rows, lambda row: row.layout is records.EMITTED)[0]
        rows[at] = rows[at].but(peak=1)

    path.write_bytes(altered(journals(bed)[-1], brighter))
    status, words = replay(path, "--out", tmp_path / "acts.png")
    assert status == 1
    assert "1 things are not explained" in words
    assert "act 1's light: peak is 1; rendered again, it is" in words


def test_a_folder_without_a_night_is_told(tmp_path):
    done = CliRunner().invoke(app, ["replay", str(tmp_path)])
    assert done.exit_code == 1
    assert "holds no night" in str(done.exception)


def test_a_picture_of_another_kind_is_refused(bed, tmp_path):
    done = CliRunner().invoke(app, ["replay", str(bed), "--out", str(tmp_path / "acts.gif")])
    assert "wanted a name in .png or .svg" in str(done.exception)


def test_the_report_draws_acts_and_says_what_is_not_explained(bed, tmp_path):
    folder = tmp_path / "night"
    shutil.copytree(bed, folder)
    night = read_night(folder)
    assert [request.what for request in night.requests] == ["lamp"] * 3
    assert not [note for note in night.notes if "explained" in note]
    page, _ = write_report(night, folder)
    assert "Acts of the puck" in page.read_text()
    path = journals(folder)[-1]

    def unasked(rows):
        del rows[places(rows, lambda row: row.layout is records.REQUEST)[0]]

    path.write_bytes(altered(path, unasked))
    notes = [note for note in read_night(folder).notes if "explained" in note]
    assert len(notes) == 1


def test_the_picture_shows_what_the_ledger_holds(rich):
    found, explained = read_journal(rich[1]), unled(rich[1])
    figure = picture.compose(found, explained)
    panels = {axes.get_title(loc="left").split(":")[0]: axes for axes in figure.axes}
    for lane, name in enumerate(("Light", "Sound", "Touch")):
        acts = [r for r in explained.requests if r.ceilings and r.ceilings[lane]]
        ends = [end for r in acts for end in r.ends if end.lane == lane]
        without = [r for r in acts if not [end for end in r.ends if end.lane == lane]]
        bars = [bar for bar in panels[name].collections if bar.get_zorder() == 3]
        assert len(bars) == len(ends) + len(without)
        tallest = max(path.vertices[:, 1].max() for bar in bars for path in bar.get_paths())
        assert tallest <= 1
    assert not red_lines(figure)


def red_lines(figure):
    return [line for axes in figure.axes for line in axes.lines if line.get_zorder() == 5]


def test_findings_are_marked_in_every_panel(rich, tmp_path):
    path = tmp_path / rich[1].name

    def silent(rows):
        del rows[places(rows, lambda row: row.layout is records.ACT)[0]]

    path.write_bytes(altered(rich[1], silent))
    found, explained = read_journal(path), unled(path)
    times = {finding.t_ms for finding in explained.findings if finding.t_ms >= 0}
    figure = picture.compose(found, explained)
    assert times
    assert len(red_lines(figure)) == len(times) * len(figure.axes)


def test_spans_are_those_of_the_records(rich):
    found = read_journal(rich[1])
    spans = off_spans(found)
    assert len(spans) == 2
    assert spans[0][0] < spans[0][1] < spans[1][0] < spans[1][1]
    uses = dict(consents(found))
    assert len(uses) == 6
    assert all(begin < end for of_use in uses.values() for begin, end in of_use)
    relief = uses[6]
    assert relief[0][1] - relief[0][0] == pytest.approx(60 / 3600, abs=0.005)


def test_what_was_kept_is_only_noted_where_the_night_before_is_missing(rich, tmp_path):
    path = tmp_path / rich[1].name
    path.write_bytes(rich[1].read_bytes())
    explained = unled(path)
    assert explained.findings == []
    assert [note for note in explained.notes if "night 1 is not here" in note]


def test_the_newest_night_may_go_on(rich, tmp_path):
    rows = opened(rich[1].read_bytes())
    cut = rows[: places(rows, lambda row: row.is_seal)[3] + 1]
    for older, path in ((True, tmp_path / "a"), (False, tmp_path / "b")):
        path.mkdir()
        (path / "00001.night").write_bytes(rich[0].read_bytes())
        (path / "00002.night").write_bytes(closed(cut))
        if older:
            (path / "00003.night").write_bytes(rich[2].read_bytes())
        kinds = [finding.kind for finding in unled(path / "00002.night").findings]
        assert kinds == (["end"] if older else [])


def test_a_journal_of_another_version_is_not_judged(rich, tmp_path):
    path = tmp_path / "00002.night"

    def older(rows):
        rows[0] = rows[0].but(version=3)

    path.write_bytes(altered(rich[1], older))
    findings = unled(path).findings
    assert [finding.kind for finding in findings] == ["version"]


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("world")
    write_world(generate(1, 0.08), folder)
    return folder


def explained_after(world, **accident):
    """What is found in all nights of a puck to which that happened, and which came back."""
    shutil.rmtree(world / "puck", ignore_errors=True)
    lost_time = accident.pop("lost_time", 0)
    away_us = accident.pop("away_us", BOOT_US)
    ended = run_puck(world, press=PRESSES, **accident)
    options = {"start_us": ended["lasted_us"] + away_us, "press": PRESSES, "lost_time": lost_time}
    run_puck(world, **options)
    return [finding for path in journals(world) for finding in explain(path).findings]


@pytest.mark.parametrize("at_us", [33_000_000, 55_000_000, 121_000_000])
def test_nights_with_a_reset_are_explained(world, at_us):
    assert explained_after(world, reset_us=at_us) == []


@pytest.mark.parametrize("lost_time", [0, 1])
def test_nights_with_a_power_cut_are_explained(world, lost_time):
    found = explained_after(world, cut_at=24, away_us=20_000_000, lost_time=lost_time)
    assert found == []


def test_a_night_that_is_over_unseen_is_explained(world):
    assert explained_after(world, reset_us=55_000_000, away_us=17 * 3_600_000_000) == []
    assert len(journals(world)) == 2


def test_a_night_whose_end_was_not_written_is_ended_by_the_next(run_in, tmp_path):
    """The reset came between the stop and its flush: what RTC memory holds is written."""
    found = run_in(
        """
from firmware import records
from firmware.keep import journal
class Rtc:
    held = b""
    def memory(self, data=None):
        if data is None:
            return self.held
        self.held = bytes(data)
rtc = Rtc()
night, _ = journal.open_night(folder, rtc)
night.begin(0, 3)
night.append(records.EVENT.pack(5, records.STOP, records.PUCK, 0))
again, goes_on = journal.open_night(folder, rtc)
result = [goes_on, again.night, journal.nights(folder)]
""",
        folder=str(tmp_path),
    )
    assert found == [False, 2, [1]]
    rows = opened((tmp_path / "00001.night").read_bytes())
    assert [row.layout for row in rows] == [records.NIGHT, records.EVENT, records.SEAL]


def told(run_in, events):
    """What the hand is said to have done wrong: of events (t_ms, kind, value), button's all."""
    return run_in(
        """
from explain_hand import Hand
from firmware import records
hand = Hand()
result = [hand.look(records.EVENT.of(t, kind, part, value)) for t, kind, part, value in events]
""",
        events=[[t_ms, kind, records.BUTTON, value] for t_ms, kind, value in events],
    )


P, G, OUT, BACK = records.PRESSED, records.GESTURE, records.PART_MISSING, records.PART_BACK
BORNE = {
    "short": [(10_000, P, 80), (10_400, G, 1)],
    "double": [(10_000, P, 80), (10_300, G, 2), (10_400, P, 90)],
    "half-hearted": [(10_000, P, 1500), (30_000, P, 80), (30_400, G, 1)],
    "long": [(13_000, P, 3000), (13_000, G, 3)],
    "hold": [(16_000, G, 4), (19_000, P, 9000)],
    "hold, told late": [(17_000, P, 6100), (17_000, G, 4)],
    "hold, then out of order": [(16_000, G, 4), (70_000, OUT, 0), (99_000, BACK, 0)],
    "thrice": [(10_000, P, 700), (12_500, P, 1700), (14_300, P, 900), (14_300, G, 5)],
    "thrice, told late": [(10_000, P, 700), (12_500, P, 1000), (14_300, P, 900), (15_200, G, 5)],
    "thrice, after another": [
        *((8_000, P, 700), (10_000, P, 700), (12_000, P, 700), (12_000, G, 5)),
        *((13_000, P, 700), (14_000, P, 700), (15_000, P, 700), (15_000, G, 5)),
    ],
    "slow presses far apart": [(10_000, P, 700), (12_500, P, 700), (15_000, P, 700)],
    "a slow press behind a double": [
        *((10_000, P, 80), (10_300, G, 2), (11_000, P, 700), (12_000, P, 700), (13_000, P, 700)),
    ],
    "pressed without end": [(10_000, P, 80), (10_400, G, 1), (11_000, OUT, 0)],
}
NOT_BORNE = {
    "short": [(10_000, P, 700), (10_400, G, 1)],
    "short, too late": [(10_000, P, 80), (12_000, G, 1)],
    "double, too late": [(10_000, P, 80), (12_000, G, 2)],
    "double of one press": [(10_000, P, 80), (10_300, G, 2), (60_000, P, 90)],
    "long": [(13_000, P, 1900), (13_000, G, 3)],
    "long, of a hold": [(16_000, P, 6500), (16_000, G, 3)],
    "hold, too soon": [(8_000, P, 3000), (8_000, G, 3), (12_000, G, 4)],
    "hold, of a shorter press": [(16_000, G, 4), (19_000, P, 4000)],
    "hold, never up": [(16_000, G, 4), (90_000, P, 80)],
    "thrice, of two presses": [(10_000, P, 700), (11_000, P, 700), (11_000, G, 5)],
    "thrice, of presses far apart": [
        *((10_000, P, 700), (13_000, P, 700), (16_000, P, 700), (16_000, G, 5)),
    ],
    "thrice, of a long press": [
        *((10_000, P, 700), (11_000, P, 700), (14_000, P, 2500), (14_000, G, 5)),
    ],
    "thrice, of short presses": [
        *((10_000, P, 700), (11_000, P, 700), (12_000, P, 500), (12_000, G, 5)),
    ],
    "thrice, of a double": [
        *((10_000, P, 80), (10_300, G, 2), (11_000, P, 700), (12_000, P, 700), (12_000, G, 5)),
    ],
    "thrice, too late": [(8_000, P, 700), (9_000, P, 700), (10_000, P, 700), (12_000, G, 5)],
    "no thrice": [(8_000, P, 700), (9_000, P, 700), (10_000, P, 700), (19_000, P, 700)],
    "no gesture": [(10_000, P, 80), (40_000, P, 80), (40_400, G, 1)],
    "overlapping": [(10_000, P, 80), (10_400, G, 1), (12_000, P, 5000)],
    "while out of order": [(10_000, OUT, 0), (11_000, P, 80)],
}


@pytest.mark.parametrize("events", BORNE.values(), ids=BORNE)
def test_presses_bear_their_gestures(run_in, events):
    assert told(run_in, events) == [""] * len(events)


@pytest.mark.parametrize("events", NOT_BORNE.values(), ids=NOT_BORNE)
def test_gestures_that_no_press_bears_are_found(run_in, events):
    assert any(told(run_in, events))


def test_dark_ticks_that_are_owed_are_counted(run_in):
    """Else nobody could tell from the record what the next act still owes."""
    found = run_in(
        """
from firmware.governor.light import LightLane
class Lit:
    def frame(self, tick, out):
        for i in range(72):
            out[i] = 50
lane = LightLane()
lane.begin(Lit(), 1000, False, 100, 1000)
lane.tick()
lane.cut()
lane.begin(Lit(), 1000, False, 100, 1000)
for _ in range(3):
    lane.tick()
lane.close()
while lane.tick():
    pass
result = [lane.ticks, lane.closing]
"""
    )
    assert found == [3, 22]


def test_a_seal_does_not_end_what_a_start_may_tell(run_in):
    """A batch may be written anywhere, and a replay must take up what the puck itself knew."""
    found = run_in(
        """
from firmware import records
from firmware.governor.gate import Gate
gate = Gate()
gate.take(records.NIGHT, records.NIGHT.of(4, 1, 0, 3))
gate.take(records.EVENT, records.EVENT.of(0, records.START, 0, 0))
gate.take(records.SEAL, records.SEAL.of(bytes(12)))
gate.take(records.EVENT, records.EVENT.of(0, records.BREAKER, 0, records.STILL_OPEN))
result = gate.is_off
"""
    )
    assert found is True


def test_the_noise_of_an_act_must_be_its_own(rich, tmp_path):
    """An epoch in which the puck heard itself, and no act sounded, is found."""
    path = tmp_path / "00002.night"

    def heard(rows):
        at = places(rows, lambda row: row.layout is records.EPOCH)[90]
        rows[at] = rows[at].but(flags=rows[at].one.flags | records.OWN_SOUND)

    path.write_bytes(altered(rich[1], heard))
    words = [finding.words for finding in unled(path).findings]
    assert words == ["the puck sensed sound of its own, and no act gave it"]


def test_times_of_findings_are_those_of_their_records(rich, tmp_path):
    path = tmp_path / "00002.night"
    rows = opened(rich[1].read_bytes())
    at = places(rows, lambda row: row.layout is records.REFUSAL)[2]

    def other(rows):
        rows[at] = rows[at].but(why=1)

    path.write_bytes(altered(rich[1], other))
    (finding,) = unled(path).findings
    assert (finding.record, finding.t_ms, finding.kind) == (at, rows[at].one.t_ms, "altered")
    assert np.frombuffer(path.read_bytes(), np.uint8)[finding.at] == records.REFUSAL.type


def test_the_page_names_every_kind_of_finding():
    page = (ROOT / "docs" / "replay.md").read_text()
    rows = re.findall(r"^\| (`.*`) \|", page, re.MULTILINE)
    named = {kind for row in rows for kind in re.findall(r"`(\w+)`", row)}
    sources = [path.read_text() for path in (ROOT / "hw" / "sim").glob("explain*.py")]
    told = {kind for text in sources for kind in re.findall(r'_f(?:in|oun)d\("(\w+)"', text)}
    assert named == told


def beyond(run_in, *ends):
    """What limits the ends of lamps (lane, steps, peak, dose) are beyond."""
    return run_in(
        """
from explain_limits import Limits
from firmware import records
limits = Limits()
result = []
for lane, steps, peak, dose in ends:
    told = records.EMITTED.of(0, 1, lane, 0, steps, 0, peak, dose, 0)
    result.append(limits.look(told, {"scene": 1}))
""",
        ends=[list(end) for end in ends],
    )


def test_limits_are_reckoned_apart_from_gate_and_lanes(run_in):
    lasting, bright, strong = beyond(run_in, (0, 15_001, 900, 1), (0, 10, 1001, 1), (2, 10, 65, 1))
    assert lasting == "act 1 was longer than its scene"
    assert bright == "act 1's light was stronger than its use may be"
    assert strong == "act 1's touch was stronger than its use may be"
    assert beyond(run_in, (0, 15_000, 1000, 10_800), (2, 10, 64, 1)) == ["", ""]
    assert beyond(run_in, (0, 10, 900, 10_000), (0, 10, 900, 1000))[1].startswith("the night has")


def test_epochs_run_on_without_a_hole(run_in):
    def said(indices):
        return run_in(
            """
from explain_order import Order
from firmware import records
order = Order()
empty = [0] * (len(records.EPOCH.names) - 1)
result = [order.epoch(records.EPOCH.of(i, *empty), [-1] * 3) for i in indices]
""",
            indices=indices,
        )

    assert said([0, 1, 2]) == ["", "", ""]
    assert said([0, 0])[1] == "epoch 0 stands there again, or too late"
    assert said([0, 3])[1] == "epochs 1 to 2 are missing"
