"""What a report draws of the rituals: each mark where its record is, and none besides."""

import made_rituals as made
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from sleepsync.paths import records
from sleepsync.reading import Journal as Read
from sleepsync.replay.explained import from_answer
from sleepsync.replay.lines import lines
from sleepsync.report import page, palette, picture, poster, words, write_report

pytestmark = pytest.mark.rituals
WHYS = {"1": "in bed since 22:31", "6": "light for 6 min"}
H = 3_600_000


@pytest.fixture(scope="module")
def journal():
    journal = made.whole()
    journal.epochs(made.stages(), counts=np.zeros(made.EPOCHS))
    journal.told = {"states": [list(state) for state in made.STATES], "whys": WHYS}
    return journal


@pytest.fixture(scope="module")
def night(journal, tmp_path_factory):
    return journal.night(tmp_path_factory.mktemp("drawn"))


def panels(night, width=860) -> dict:
    """The axes of each panel, by its title."""
    figure = picture.draw(night, palette.LIGHT, picture.Sheet(width))
    titles = [text.get_text() for text in figure.texts if text.get_fontweight() == "bold"]
    return dict(zip(titles, figure.axes, strict=True))


def texts(axes) -> set[str]:
    return {text.get_text().replace(words.NBSP, " ") for text in axes.texts}


def bars(axes, colour: str) -> list[tuple[float, float]]:
    """From and to when, in hours, something of that colour is drawn."""
    wanted = tuple(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return [
        (path.get_extents().x0, path.get_extents().x1)
        for each in axes.collections
        if len(each.get_facecolor()) and tuple(each.get_facecolor()[0][:3]) == pytest.approx(wanted)
        for path in each.get_paths()
    ]


def marks(axes, mark: str) -> list[float]:
    return [x for line in axes.lines if line.get_marker() == mark for x in line.get_xdata()]


def test_the_alarm_has_its_window_its_rings_and_its_marks(journal, night):
    axes = panels(night)["The waking, minute by minute"]
    at = {name: journal.ms(name) / H for name in ("06:30", "06:41", "06:42", "06:52", "06:59")}
    assert bars(axes, palette.LIGHT.hatch) == [
        pytest.approx((at["06:30"], journal.ms("07:00") / H))
    ]
    assert bars(axes, palette.LIGHT.lamp) == [pytest.approx((at["06:30"], at["06:41"]))]
    assert pytest.approx((at["06:41"], at["06:42"])) in bars(axes, palette.LIGHT.wake)
    assert marks(axes, "o") == pytest.approx([at["06:42"], at["06:52"]])
    assert marks(axes, "s") == pytest.approx([at["06:59"]])
    assert {"set for 07:00", "rang 06:41", "snoozed 06:42", "snoozed 06:52", "stopped 06:59",
            "sunrise 06:30", "light", "wake"} <= texts(axes)  # fmt: skip


def test_over_the_whole_night_it_is_set_and_rings(night):
    assert texts(panels(night)["Alarm"]) == {"set for 07:00", "rang 06:41"}


def test_a_missed_alarm_has_its_mark(tmp_path):
    journal = made.Journal().event("07:05", records.ALARM_MISSED, 0)
    drawn = panels(journal.event("07:10", records.STOP, 0).night(tmp_path))
    assert marks(drawn["Alarm"], "X") == pytest.approx([journal.ms("07:05") / H])
    assert "missed" in texts(drawn["Alarm"])
    assert "The waking, minute by minute" not in drawn


def test_acts_have_their_names_and_the_hand_its_marks(journal, night):
    axes = panels(night)["Acts of the puck"]
    assert {"evening ×2", "lamp", "relief", "sunrise", "early ×2", "alarm"} == texts(axes)
    shorts = [journal.ms(at) / H for at in ("02:14", "06:42", "06:52")]
    assert marks(axes, ".") == pytest.approx(shorts)
    assert marks(axes, "|") == pytest.approx([journal.ms(at) / H for at in ("02:10", "06:59")])
    assert marks(axes, "x") == pytest.approx([journal.ms("00:40") / H])


def test_states_are_a_strip_and_what_is_not_known_is_hatched(night):
    axes = panels(night)["The sleeper, as the puck had it"]
    begins = {name: t_ms / H for t_ms, name in made.STATES}
    assert bars(axes, palette.LIGHT.lamp) == [
        pytest.approx((begins["waking"], begins["out of bed"]))
    ]
    assert len(bars(axes, palette.LIGHT.asleep)) == 2
    assert any(each.get_hatch() for each in axes.collections)
    assert {"asleep", "awake in bed", "out of bed", "waking", "settling"} <= texts(axes)
    assert "out of bed from 06:59" in page.html(night).replace(words.NBSP, " ")


def test_a_night_without_rituals_has_none_of_their_panels(tmp_path):
    night = made.Journal().event("07:10", records.STOP, 0).night(tmp_path)
    assert not {"Alarm", "Acts of the puck"} & set(panels(night))
    assert 'class="story"' not in page.html(night)


@pytest.mark.parametrize("width", [350, 860])
def test_no_words_of_the_rituals_meet(night, width):
    for title, axes in panels(night, width).items():
        if title not in ("Alarm", "Acts of the puck", "The waking, minute by minute"):
            continue
        renderer = FigureCanvasAgg(axes.figure).get_renderer()
        boxes = [text.get_window_extent(renderer) for text in axes.texts]
        for i, one in enumerate(boxes):
            assert not any(one.overlaps(other) for other in boxes[i + 1 :]), title


def test_the_measured_reason_stands_beside_each_act(night):
    html = page.html(night)
    listed = html[html.index('class="deeds"') :].replace(words.NBSP, " ")
    assert "the evening: in bed since 22:31" in listed
    assert "the waking: dawn" in listed  # of which nothing was measured
    assert "refused: it is not allowed in this stage" in listed
    assert listed.count('<th scope="row">') == len(night.requests)


def test_the_table_of_a_replay_has_it_too(journal, tmp_path):
    path = tmp_path / "00001.night"
    path.write_bytes(journal.bytes())
    explained = journal.explained(path)
    assert explained.states == made.STATES
    empty = Read([], 0, 0, 1, [], [], {}, {})
    whos = [line.who for line in lines(empty, explained)]
    assert whos[0] == "the evening, bedtime (in bed since 22:31)"
    assert whos[1] == "the evening, settling"


def test_an_answer_without_states_and_whys_is_read_as_before():
    explained = from_answer({"findings": [], "notes": [], "acts": [], "uses": []})
    assert explained.states == []


def test_the_image_has_the_story_and_nothing_meets(night, monkeypatch, tmp_path):
    caught = []
    monkeypatch.setattr(picture, "save", lambda figure, *_, **__: caught.append(figure))
    poster.write_png(night, tmp_path / "report.png")
    said = " ".join(text.get_text().replace(words.NBSP, " ") for text in caught[0].texts)
    assert "Rang at 06:41, 19 minutes before 07:00: light sleep (consented)." in said
    renderer = FigureCanvasAgg(caught[0]).get_renderer()
    boxes = [t.get_window_extent(renderer) for t in caught[0].texts if t.get_text()]
    for i, one in enumerate(boxes):
        assert not any(one.overlaps(other) for other in boxes[i + 1 :])
        assert one.x1 < caught[0].get_size_inches()[0] * caught[0].dpi


def test_the_same_night_gives_the_same_three_files(night, tmp_path):
    for name in "ab":
        write_report(night, tmp_path / name)
    for name in ("report.html", "report.png", "room.png"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
