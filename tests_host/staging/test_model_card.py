"""The model card's measured parts: of this trainer, whole, and written only between their marks."""

import re

import numpy as np
import pytest
from made_outcomes import outcome
from sleepsync.evaluate import ceiling, page
from sleepsync.evaluate.night_figures import MEASURES, Limits
from sleepsync.evaluate.run import Judged
from sleepsync.train.fingerprint import fingerprint
from sleepsync.train.shape import LIVE, SHAPES

SAID = np.tile([0.4, 0.3, 0.2, 0.1], (8, 1))  # wake, light, deep, REM
NIGHT = {"ann": ("WWLLDDRR", "WLLLDLRR", SAID), "bob": ("WLLR", "WLLL", SAID[:4])}
MINUTES = np.array([400.0, 420]), np.array([410.0, 400])
KAPPAS = {2: 0.5, 3: 0.4, 4: 0.3}


@pytest.fixture
def paper(tmp_path):
    """A page with marks, to write into."""
    marks = [
        mark.format(what) for what in ("measured", "ceiling") for mark in (page.BEGIN, page.END)
    ]
    path = tmp_path / "card.md"
    path.write_text("before\n{}\nold\n{}\nbetween\n{}\nold\n{}\nafter\n".format(*marks))
    return path


def test_both_parts_are_of_this_trainer():
    """Change what a model depends on, and the card must be measured anew."""
    assert re.findall(r"rainer `(\w+)`", page.PAGE.read_text()) == [fingerprint()] * 2


def test_every_picture_is_there_and_shown():
    shown = set(re.findall(r"\]\(staging/([\w.-]+)\)", page.PAGE.read_text()))
    assert shown == {path.name for path in page.PICTURES.iterdir()}


def judged(score):
    return Judged(outcome(NIGHT, score=score), {"tst": Limits(MEASURES["tst"], *MINUTES)})


def test_an_evaluation_is_written_between_its_marks(paper, tmp_path):
    page.write([judged(score) for score in SHAPES], paper, tmp_path)
    head, _, tail = paper.read_text().partition("<!-- measured: end -->")
    assert head.startswith("before\n<!-- measured: begin -->\n") and "old" not in head
    assert tail == "\nbetween\n<!-- ceiling: begin -->\nold\n<!-- ceiling: end -->\nafter\n"
    assert re.findall(r"\| sleep_accel_features \| (\w+) \| fixed \| 4 \|", head) == list(SHAPES)


def test_what_holds_it_back_is_written_between_its_own(paper, tmp_path):
    found = {
        score: [(change, KAPPAS) for change in ceiling.changes(shape, 18)]
        for score, shape in SHAPES.items()
    }
    page.write_ceiling("made", found, paper, tmp_path / "pictures")
    text = paper.read_text()
    assert text.startswith("before\n<!-- measured: begin -->\nold\n") and text.endswith("after\n")
    assert "| not told of heart | 0.500 | 0.400 | 0.300 | 0.500 | 0.400 | 0.300 |" in text
    pictures = sorted(path.name for path in (tmp_path / "pictures").iterdir())
    assert pictures == ["made-ablation.svg", "made-learning.svg"]


def test_a_page_without_marks_is_left_alone(paper, tmp_path):
    paper.write_text("nothing to write between")
    with pytest.raises(ValueError, match=r"card\.md: no marks <!-- ceiling: begin -->"):
        found = {"live": [(ceiling.Change("nothing", LIVE, 3), KAPPAS)]}
        page.write_ceiling("made", found, paper, tmp_path)
    assert paper.read_text() == "nothing to write between"


def test_each_change_takes_one_thing_away():
    whole, *others = ceiling.changes(LIVE, 10)
    assert (whole.shape, whole.people) == (LIVE, 10)
    assert [change.people for change in others] == [3, 6, 10, 10, 10, 10]
    used = [set(LIVE.used) - set(change.shape.used) for change in others[2:5]]
    assert used == [{"log_ratio"}, {"log_activity"}, {"time", "early"}]
    assert others[-1].shape.lanes == 1
