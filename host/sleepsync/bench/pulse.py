"""The area `pulse`: heart rate, beats, variation, breathing and trust on real recordings, beside
NeuroKit2 and HeartPy.

Every record of every set is heard once at each rate, and what was heard is judged again and again.
A figure is named `pulse.WHAT.SET.RATE[.PEER]`: RATE is "own", the record's own rate brought to the
puck's 50 Hz, or what it was brought to first. It must never leave a record out.
"""

from collections.abc import Iterator

from sleepsync.bench import pulse_beats, pulse_breaths, pulse_oxygen, pulse_rates, pulse_trust
from sleepsync.bench.figure import Figure
from sleepsync.pulse.listening import Listened, listened
from sleepsync.pulse.recordings import SETS

_DISTURBED = "bidmc"


def figures() -> Iterator[Figure]:
    """Every figure of the pulse; some minutes, most of them the peers'."""
    for set_ in SETS:
        heard = listened(set_)
        yield from of_set(set_, heard)
        if set_ == _DISTURBED:
            yield from pulse_trust.figures(heard)
    yield from pulse_oxygen.figures()


def of_set(set_: str, heard: list[Listened]) -> Iterator[Figure]:
    """Every figure that the references of a set allow."""
    starts_s = pulse_beats.starts_s(heard)
    yield from pulse_rates.figures(set_, heard, starts_s)
    if all(len(one.record.rr_s) for one in heard):
        yield from pulse_beats.figures(set_, heard, starts_s)
    if all(one.record.breaths_s for one in heard):
        yield from pulse_breaths.figures(set_, heard)
