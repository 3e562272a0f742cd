"""The four stages of sleep, from a night's features: live, or of the whole night.

Features are those of features.py, UNHEARD where unknown: activity in Q8, and deviation in
any unit that stays the same all night. It must never look at anything else.

A network speaks of an epoch as a records.Score does: (stage, p_wake, p_light, p_deep, p_rem).
"""

from array import array

from micropython import const

from firmware.stages import inputs
from firmware.stages.network import CLASSES, Network
from firmware.stages.verdict import probabilities, stage

_ODDS = const(3)  # the answers of four classes, but for what they share
_COARSER = const(4)  # odds are kept in 1/16 octave, within 8 octaves: finer than p_* in 1/255
_MOST_ODDS = const(127)


class LiveStager:
    """Says of each epoch what those up to it tell. `model`: model.LIVE."""

    def __init__(self, model):
        self._leaning, lanes = model
        self._network = Network(lanes)
        self._inputs = inputs.LiveInputs()

    def step(self, activity_q8: int, deviation: int) -> tuple:
        """What the next epoch was."""
        self._network.step(self._inputs.step(activity_q8, deviation))
        return _said(self._network.answers, self._leaning)


def morning(model, activities_q8, deviations):  # noqa: ANN201 (MicroPython has no typing)
    """What each epoch of a whole night was, one after the other. `model`: model.MORNING.

    The network goes by minutes: an answer is that of two epochs, or of a last one alone. It
    goes through the night once for each lane, since the rings of all of them together would
    be large; between lanes only the odds are kept.
    """
    leaning, lanes = model
    epochs = len(activities_q8)
    odds = array("b", bytes(odds_bytes(epochs)))
    for lane in lanes:
        _add_lane(lane, inputs.by_minutes(activities_q8, deviations), odds)
    answers = array("i", bytes(4 * CLASSES))
    for i in range(epochs):
        for k in range(_ODDS):
            answers[1 + k] = odds[i // 2 * _ODDS + k] << _COARSER
        yield _said(answers, leaning)


def odds_bytes(epochs: int) -> int:
    """What a night of so many epochs has kept of it between lanes."""
    return _ODDS * ((epochs + 1) // 2)


def _add_lane(lane, minutes, odds):
    """Add a lane's answers to the odds of light, deep and REM over wake, minute by minute."""
    network = Network((lane,))
    answers = network.answers
    at = 0
    while at < len(odds):
        if network.step(next(minutes, None)):
            for k in range(1, CLASSES):
                more = answers[k] - answers[0] + (1 << _COARSER >> 1)
                odd = odds[at] + (more >> _COARSER)
                odds[at] = max(-_MOST_ODDS, min(_MOST_ODDS, odd))
                at += 1


def _said(answers, leaning):
    return (stage(answers, leaning),) + tuple(probabilities(answers))
