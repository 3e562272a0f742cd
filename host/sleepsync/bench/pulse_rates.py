"""Figures of heart rate in windows of 8 s, of the puck and of its peers, on real recordings.

`pulse.hr_WHAT.SET.RATE[.PEER]`. The puck's are of what it shows at the time. A peer, and everybody
where the best answers are compared, is held against the reference at the lag, one of whole
seconds for all records of a set, that suits it best: it flatters whoever is compared.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from sleepsync.bench.figure import Figure
from sleepsync.pulse import truth
from sleepsync.pulse.judged import NEAR_BPM, Judged, at_equal_coverage, together
from sleepsync.pulse.listening import PUCK, RATES, Listened
from sleepsync.pulse.peers import PEERS

LAGS_S = range(-12, 17)
WORST = 3  # records of a set that are named
QUALITIES = (0, 40, 60, 80, 90)

GOALS = {
    "pulse.hr_within_5bpm.bidmc.own": ">=97",
    "pulse.hr_known.bidmc.own": ">=90",
    "pulse.hr_mae.bidmc.own": "<=1",
}


def figures(set_: str, heard: Sequence[Listened], starts_s: Sequence[float]) -> Iterator[Figure]:
    """Every figure of one set. `starts_s`: of each record's strap, 0 where there is none."""
    truths = {lag: _truths(heard, starts_s, lag) for lag in LAGS_S}
    yield from _sizes(set_, truths[0])
    for rate in RATES[PUCK]:
        yield from _lines(f"{set_}.{rate}", together(judged(heard, PUCK, rate, truths[0])))
    yield from _worst(set_, heard, judged(heard, PUCK, "own", truths[0]))
    yield from _by_quality(set_, together(judged(heard, PUCK, "own", truths[0])))
    yield from _oximeter(set_, heard, truths[0])
    for peer in PEERS:
        for rate in RATES[peer]:
            best, _ = at_best_lag(heard, peer, rate, truths)
            yield from _lines(f"{set_}.{rate}.{peer}", best)
    yield from _above_peers(set_, heard, truths)


def judged(heard: Sequence[Listened], hearer: str, rate: str, true: Sequence) -> list[Judged]:
    """Each record's windows."""
    told = (one.told[hearer, rate] for one in heard)
    return [_judged(said, of) for said, of in zip(told, true, strict=True)]


def at_best_lag(heard: Sequence[Listened], hearer: str, rate: str, truths) -> tuple[Judged, int]:
    """(all windows, lag) at the lag of the least MAE; at 0 if there is no answer at all."""
    at = {lag: together(judged(heard, hearer, rate, true)) for lag, true in truths.items()}
    lag = min(at, key=lambda lag: (np.nan_to_num(at[lag].mae, nan=np.inf), abs(lag)))
    return at[lag], lag


def _truths(heard, starts_s, lag):
    """Each record's true rates, of the same windows at every lag: those that have a reference
    without one, which stands in at the ends, where a lag leads out of the record.
    """
    found = []
    for one, start in zip(heard, starts_s, strict=True):
        straight, later = (truth.rates(one.record, by, start) for by in (0, lag))
        lagged = np.where(np.isfinite(later), later, straight)
        found.append(np.where(np.isfinite(straight), lagged, np.nan))
    return found


def _judged(said, true):
    return Judged(said.rate_bpm, said.quality, true)


def _sizes(set_, true):
    yield Figure(f"pulse.hr_records.{set_}", len(true), "records")
    referred = int(sum(np.isfinite(of).sum() for of in true))
    yield Figure(f"pulse.hr_windows.{set_}", referred, f"of_{sum(map(len, true))}")


def _lines(tail, found: Judged):
    for what, value, unit in (
        ("known", 100 * found.known, "%"),
        ("mae", found.mae, "bpm"),
        ("p95", found.p95, "bpm"),
        ("within_5bpm", 100 * found.within(NEAR_BPM), "%"),
    ):
        name = f"pulse.hr_{what}.{tail}"
        yield Figure(f"pulse.hr_{what}.{tail}", value, unit, GOALS.get(name, "-"))


def _worst(set_, heard, parts):
    """The records of the most MAE, and those of the fewest answers, by name."""
    named = [(one.record.name, part) for one, part in zip(heard, parts, strict=True)]
    by_error = sorted(named, key=lambda of: np.nan_to_num(of[1].mae, nan=-1.0), reverse=True)
    for name, part in by_error[:WORST]:
        yield Figure(f"pulse.hr_mae_worst.{set_}.{name}", part.mae, "bpm")
    for name, part in sorted(named, key=lambda of: of[1].known)[:WORST]:
        yield Figure(f"pulse.hr_known_worst.{set_}.{name}", 100 * part.known, "%")


def _by_quality(set_, found: Judged):
    for quality in QUALITIES:
        trusted = found.above(quality)
        yield Figure(f"pulse.hr_known.{set_}.quality{quality}", 100 * trusted.known, "%")
        yield Figure(f"pulse.hr_mae.{set_}.quality{quality}", trusted.mae, "bpm")
        wrong = int((trusted.errors > NEAR_BPM).sum())
        yield Figure(f"pulse.hr_wrong.{set_}.quality{quality}", wrong, f"of_{len(trusted.errors)}")


def _oximeter(set_, heard, true):
    """What the hospital's own oximeter reaches against its ECG: nobody's goal, but a measure."""
    seen = [(one.record, of) for one, of in zip(heard, true, strict=True)]
    parts = [
        Judged(truth.rates_of_rows(record.oximeter_bpm, record.seconds), of, of)
        for record, of in seen
        if len(record.oximeter_bpm)
    ]
    if parts:
        yield from _lines(f"{set_}.oximeter", together(parts))


def _above_peers(set_, heard, truths):
    ours, lag_s = at_best_lag(heard, PUCK, "own", truths)
    yield Figure(f"pulse.hr_lag.{set_}.own", lag_s, "s")
    above = []
    for peer in PEERS:
        theirs, lag_s = at_best_lag(heard, peer, "own", truths)
        yield Figure(f"pulse.hr_lag.{set_}.own.{peer}", lag_s, "s")
        share, own_mae, peer_mae = at_equal_coverage(ours, theirs)
        yield Figure(f"pulse.hr_equal_known.{set_}.{peer}", 100 * share, "%")
        yield Figure(f"pulse.hr_equal_mae.{set_}.{peer}.puck", own_mae, "bpm")
        yield Figure(f"pulse.hr_equal_mae.{set_}.{peer}", peer_mae, "bpm")
        above.append(own_mae - peer_mae)
    yield Figure(f"pulse.hr_above_peers.{set_}", float(np.max(above)), "bpm", "<=0")
