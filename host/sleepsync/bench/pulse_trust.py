"""Figures of what the puck says where it had better be silent, as `pulse.disturbed_...`,
`pulse.noise_...`, `pulse.desk_...` and `pulse.off_...`.

Real waves are disturbed, or end; what follows is counted, in windows or in seconds.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from sleepsync.bench.figure import Figure
from sleepsync.pulse import disturbed as light
from sleepsync.pulse import truth
from sleepsync.pulse.disturbed import KINDS, SEVERITIES, Burst
from sleepsync.pulse.hearing import BLOCK_S
from sleepsync.pulse.judged import NEAR_BPM, Judged, together
from sleepsync.pulse.listening import PUCK, Listened, by_twos, hear_here, shown_unworn_here
from sleepsync.pulse.recordings import PUCK_HZ
from sleepsync.pulse.told import RATE_WINDOW_S, in_windows, of_heard

TRUSTED = 90  # quality: no answer above may be wrong
QUALITIES = (0, 40, 60, 80, TRUSTED)
GRACE_S = 10  # by then a rate must be gone
_APART = "tapping"  # a hand that taps like a heart: counted, but without a goal
_SECONDS = 120
_SEEDS = (1, 2, 3)
_BEFORE_S, _AFTER_S = 40, 60


@dataclass(frozen=True)
class Disturbed:
    """A record under one burst. `touched`: all its windows, without the reference of those that
    the burst does not touch; `undisturbed_bpm`: what is said of the same without the burst.
    """

    burst: Burst
    touched: Judged
    undisturbed_bpm: np.ndarray


def figures(heard: Sequence[Listened]) -> Iterator[Figure]:
    """Every figure of trust; the records are those with a rate at 1 Hz."""
    records = [one.record for one in heard]
    bursts = [Burst(kind, severity) for kind in KINDS for severity in SEVERITIES[kind]]
    parts = list(by_twos(_disturb, product(enumerate(heard), bursts)))
    yield from disturbed_figures(parts)
    yield from _noises()
    yield from _desks()
    yield from _pulled_off(records)


def disturbed_figures(parts: Sequence[Disturbed]) -> Iterator[Figure]:
    """Wrong answers, off by more than 5 /min, in windows that a disturbance touches."""
    for kind, severities in SEVERITIES.items():
        for severity in severities:
            found = together([p.touched for p in parts if p.burst == Burst(kind, severity)])
            yield from _of_kind(f"{kind}{severity:g}", found)
    meant = [part for part in parts if part.burst.kind != _APART]
    yield from _in_all(together([part.touched for part in meant]))
    for quality in QUALITIES:
        made = sum(made_wrong(part, quality) for part in meant)
        goal = "=0" if quality == TRUSTED else "-"
        yield Figure(f"pulse.disturbed_made_wrong.all.quality{quality}", made, "windows", goal)
    apart = together([part.touched for part in parts if part.burst.kind == _APART])
    yield Figure(f"pulse.disturbed_wrong.{_APART}.quality{TRUSTED}", *_wrong(apart, TRUSTED))


def _of_kind(name, found: Judged):
    for quality in (0, TRUSTED):
        wrong, unit = _wrong(found, quality)
        yield Figure(f"pulse.disturbed_wrong.{name}.quality{quality}", wrong, unit)


def _in_all(found):
    for quality in QUALITIES:
        goal = "=0" if quality == TRUSTED else "-"
        yield Figure(f"pulse.disturbed_wrong.all.quality{quality}", *_wrong(found, quality), goal)
        known = found.above(quality).known
        yield Figure(f"pulse.disturbed_known.all.quality{quality}", 100 * known, "%")
    yield Figure("pulse.disturbed_holds_above", holds_above(found), "quality")


def _wrong(found: Judged, quality: float) -> tuple[int, str]:
    """(how many, of how many answers) with that quality or more."""
    errors = found.above(quality).errors
    return int((errors > NEAR_BPM).sum()), f"of_{len(errors)}"


def made_wrong(part: Disturbed, quality: float) -> int:
    """Wrong answers with that quality or more where, undisturbed, there was a right one or none:
    the burst's own work, without what ECG and pulse do not agree on.
    """
    found = part.touched.above(quality)
    wrong = np.abs(found.said - found.true) > NEAR_BPM
    already = np.abs(part.undisturbed_bpm - found.true) > NEAR_BPM
    return int((wrong & ~already).sum())


def holds_above(found: Judged) -> int:
    """The least whole quality at which no wrong answer is left; 101 if there is one even at 100."""
    wrong = found.answered.copy()
    wrong[found.answered] = found.errors > NEAR_BPM
    return int(np.floor(found.quality[wrong].max())) + 1 if wrong.any() else 0


def _disturb(of: tuple[tuple[int, Listened], Burst]) -> Disturbed:
    (number, heard), burst = of
    record = heard.record
    made, touched = light.disturbed(record.counts("own"), burst, seed=number)
    told = of_heard(hear_here(made))
    true = truth.rates(record)
    within = in_windows(touched, RATE_WINDOW_S).any(axis=1)
    judged = Judged(told.rate_bpm, told.quality, np.where(within, true, np.nan))
    return Disturbed(burst, judged, heard.told[PUCK, "own"].rate_bpm)


def _noises():
    """Seconds with a heart rate, of all later than 10 s after the start, by kind."""
    for kind in light.NOISES:
        made = [
            light.noise(kind, swing, _SECONDS, seed) for swing in light.SWINGS for seed in _SEEDS
        ]
        yield Figure(f"pulse.noise_shown.{kind}", *_shown(made), "=0")


def _desks():
    """Blocks with a heart rate, of all later than 10 s after the start, on the whole pod."""
    for ambient in light.AMBIENTS:
        dark = [light.desk(ambient, 0, _SECONDS, seed) for seed in _SEEDS]
        yield Figure(f"pulse.desk_shown.{ambient}", *_shown_unworn(dark), "=0")
        flicker = [light.desk(ambient, hz, _SECONDS, 1) for hz in light.FLICKERS_HZ]
        yield Figure(f"pulse.desk_shown.{ambient}.flicker", *_shown_unworn(flicker), "=0")


def _shown_unworn(made):
    late = [shown_unworn_here(one)[int(GRACE_S / BLOCK_S) :] for one in made]
    return int(sum(shown.sum() for shown in late)), f"blocks_of_{sum(map(len, late))}"


def _shown(made):
    late_s = [shown_s(hear_here(one).rate_bpm, 0) for one in made]
    seconds = sum(len(one) // PUCK_HZ - GRACE_S for one in made)
    return sum(int((at > GRACE_S).sum()) for at in late_s), f"s_of_{seconds}"


def shown_s(rate_bpm: np.ndarray, event_s: int) -> np.ndarray:
    """How many seconds after an event a rate is shown, each of them."""
    at_s = np.flatnonzero(np.isfinite(rate_bpm)) + 1 - event_s
    return at_s[at_s > 0]


def _pulled_off(records):
    """Of every record 40 s and a part of a second, then the desk."""
    for ambient in light.AMBIENTS:
        after = [_after_pull(number, record, ambient) for number, record in enumerate(records)]
        late = sum(int((at_s > GRACE_S).sum()) for at_s in after)
        of = f"s_of_{len(records) * (_AFTER_S - GRACE_S)}"
        yield Figure(f"pulse.off_shown.{ambient}", late, of, "=0")
        longest_s = max(int(at_s.max(initial=0)) for at_s in after)
        yield Figure(f"pulse.off_longest.{ambient}", longest_s, "s")


def _after_pull(number, record, ambient):
    part_s = np.random.default_rng(number).uniform(0, 1)
    on = record.counts("own")[: int((_BEFORE_S + part_s) * PUCK_HZ)]
    made = light.pulled_off(on, ambient, _AFTER_S, seed=number)
    return shown_s(hear_here(made).rate_bpm, _BEFORE_S + 1)
