"""Breaches that are planted, in a journal and in code, are found; an untouched night has none."""

import pytest
from sleepsync.bench.breaches import Breaches
from sleepsync.breaches.code import CHANGES
from sleepsync.paths import ROOT

A_SAMPLE = CHANGES[::6]


@pytest.fixture(scope="module")
def breaches():
    with Breaches() as planted:
        yield planted


def test_an_untouched_night_is_explained(breaches):
    assert breaches.honest() == []


def test_kinds_in_a_journal_are_found(breaches):
    """A sixth of those made by a rule, and all others; the bench plants each."""
    outcomes = list(breaches.in_journal(most=1, each=6))
    assert len(outcomes) >= 140
    assert [outcome.kind for outcome in outcomes if not outcome.found] == []


def test_kinds_in_code_are_found(breaches):
    outcomes = list(breaches.in_code(A_SAMPLE))
    assert len(outcomes) >= 12
    assert [outcome.kind for outcome in outcomes if not outcome.found] == []


def test_names_are_used_once():
    names = [change.name for change in CHANGES]
    assert len(set(names)) == len(names) >= 70


def test_every_line_to_be_changed_stands_there_once():
    lost = [c for c in CHANGES if (ROOT / c.source).read_text().count(c.old) != 1]
    assert [change.name for change in lost] == []
