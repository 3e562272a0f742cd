"""What came out of the actuators of a story, held to ceilings, colour, slew, flicker and doses.

Each function gives sentences, one for each rule that was broken; none if all was well.
"""

from collections import defaultdict

import fight_words as words
import numpy as np
from fight import LIGHT, RATE_HZ, SOUND, TOUCH, Story
from fight_acts import GRACE_US, at_s, covering, use_of
from fight_light import MELANOPIC, PHOTOPIC, flicker, light
from scipy import fft
from sleepsync.paths import records
from sleepsync.world.sound import a_weighting

_QUEUE_US = 700_000  # what is queued for the amplifier when its act ends by itself
_REPLACED = 13  # Emitted.why
_SOUND_SPARE_DB = 0.4  # of this file's own filter
_WAKING_US = 1000
_WINDOW, _HOP = 1536, 768
_BURST_US, _DUTY = 3_100_000, 0.3
_DUTY_WINDOW_S, _DUTY_SPARE_S = 30, 0.2


def faults(story: Story) -> list[str]:
    """Every rule of the lanes that was broken."""
    return [*light(story), *flicker(story), *sound(story), *touch(story), *doses(story)]


# -- sound


def sound(story: Story) -> list[str]:
    """Levels against ceilings, each inside an act."""
    found = []
    for first_us, samples in story.runs:
        found += _judged_run(story, first_us, samples)
    return found[:3]


def weighted(samples: np.ndarray) -> np.ndarray:
    """`samples` A-weighted, re full scale; a little silence behind them."""
    n = fft.next_fast_len(len(samples) + _WINDOW, real=True)
    spectrum = fft.rfft(samples / 32768.0, n)
    return fft.irfft(spectrum * a_weighting(fft.rfftfreq(n, 1 / RATE_HZ)), n)


def levels_db(samples: np.ndarray) -> np.ndarray:
    """A-weighted levels of windows of 96 ms, each half a window on, re a full-scale sine."""
    squares = weighted(samples)[: len(samples) + _HOP] ** 2
    sums = np.add.reduceat(squares, np.arange(0, len(squares), _HOP))
    pairs = (sums[:-1] + sums[1:]) / _WINDOW
    return 10 * np.log10(2 * pairs + 1e-12)


def speaker_db(story: Story, act) -> float:
    """What a full-scale sine is at the pillow, as far as is known when an act begins."""
    before = story.rows[: act.row]
    told = [row.fields.value for row in events(before, records.CALIBRATED)]
    heard = told[-1] / 100 if told else 0
    if heard:
        return min(max(heard, words.QUIETEST_DB), words.LOUDEST_DB)
    alarm = use_of(act) is words.USES[words.ALARM]
    return words.QUIETEST_DB if alarm else words.LOUDEST_DB


def events(rows: list, kind: int) -> list:
    """Those of one kind of event, kept or not."""
    told = [row for row in rows if row.kind in ("Event", "lost Event")]
    return [row for row in told if row.fields.kind == kind]


def _judged_run(story, first_us, samples):
    levels = levels_db(samples)
    firsts = _first_heard(samples, len(levels))
    heard = np.flatnonzero(firsts < _WINDOW)
    us = first_us + (heard * _HOP + firsts[heard]) * 1_000_000 // RATE_HZ
    most = np.full(len(heard), -np.inf)
    for act in story.on(SOUND):
        use = use_of(act)
        grace_us = _lingers_us(story, act)
        to_us = act.to_us + grace_us + story.busy_us(act.to_us, act.to_us + grace_us)
        covers = (act.from_us <= us) & (us <= to_us)
        if use and covers.any():
            ceiling = min(act.ceiling / 100, use.sound_db) - speaker_db(story, act)
            most[covers] = np.maximum(most[covers], ceiling)
    over = levels[heard] - most
    if not (over > _SOUND_SPARE_DB).any():
        return []
    i = int(np.argmax(over))
    why = f"{over[i]:.1f} dB above its ceiling" if np.isfinite(most[i]) else "without an act"
    return [f"sound {at_s(us[i])} {why}"]


def _lingers_us(story, act):
    """For how long after its end an act may be heard: what is queued ends by itself, but not into
    an act that must be softer.
    """
    on_it = story.on(SOUND)
    then = on_it[on_it.index(act) + 1 :]
    if act.emitted and act.emitted.why == _REPLACED and then and then[0].ceiling < act.ceiling:
        return GRACE_US
    return _QUEUE_US


def _first_heard(samples, windows):
    """In each window, the first sample that is not 0; `_WINDOW` if there is none."""
    padded = np.concatenate([samples != 0, np.zeros((windows + 2) * _HOP - len(samples), bool)])
    views = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::_HOP][:windows]
    return np.where(views.any(axis=1), views.argmax(axis=1), _WINDOW)


# -- touch


def touch(story: Story) -> list[str]:
    """Levels against ceilings, bursts and duty; each inside an act. What a chip that wakes gives
    of its last level, until the driver takes it back (lib/drv2605l.py), nobody can feel.
    """
    times, levels = story.touch
    lasts_us = np.diff(times, append=story.end_us)
    found, remembered = [], 0
    for us, level, last_us in zip(times, levels, lasts_us, strict=True):
        is_waking = level == remembered and last_us < _WAKING_US
        remembered = level or remembered
        if not level or is_waking:
            continue
        acts = [act for act in covering(story, TOUCH, us, GRACE_US) if use_of(act)]
        most = max((min(a.ceiling, use_of(a).touch) for a in acts), default=-1)
        if level < 0 or level > most:
            found.append(f"touch {at_s(us)}: level {level}, and at most {most} is allowed")
    for act in story.on(TOUCH):
        us = act.to_us + GRACE_US
        us += story.busy_us(act.to_us, us + GRACE_US)
        i = int(np.searchsorted(times, us, "right")) - 1
        if i >= 0 and levels[i] and not covering(story, TOUCH, us, 0):
            found.append(f"touch {at_s(us)} goes on after act {act.number}")
    return found + _bursts(story, times, levels)


def felt(story: Story) -> list[tuple[int, int]]:
    """Spans in which something was felt, whatever the level."""
    times, levels = story.touch
    spans, since = [], None
    for us, level in zip(times, levels, strict=True):
        if level and since is None:
            since = us
        elif not level and since is not None:
            spans.append((since, us))
            since = None
    return [*spans, (since, story.end_us)] if since is not None else spans


def _bursts(story, times, levels):
    found = []
    spans = felt(story)
    for a, b in spans:
        if b - a - story.busy_us(a, b) > _BURST_US:
            found.append(f"touch {at_s(a)}: felt for {(b - a) / 1e6:.2f} s on end")
    for _, end in spans:
        start = end - _DUTY_WINDOW_S * 1_000_000
        restarts = any(row.fields[0] and start < row.us <= end for row in story.of("start"))
        on_us = sum(max(0, min(b, end) - max(a, start)) for a, b in spans)
        on_us -= story.busy_us(start, end)
        if on_us > (_DUTY_WINDOW_S * _DUTY + _DUTY_SPARE_S) * 1e6 and not restarts:
            found.append(f"touch {at_s(end)}: felt for {on_us / 1e6:.2f} s of 30")
            break
    return found


# -- doses


def doses(story: Story) -> list[str]:
    """What a night got of each lane, by the purses; not over a power cut, which forgets."""
    if any(row.fields[0] == 2 for row in story.of("start")):
        return []
    sums: dict = defaultdict(float)
    for act in story.acts:
        if use_of(act):
            sums[use_of(act).dose, act.lane] += _emitted(story, act)
    spare = (15, 200, 3)
    return [
        f"dose of the {purse}, lane {lane}: {got:.0f} of {words.DOSES[purse][lane]}"
        for (purse, lane), got in sums.items()
        if (most := words.DOSES[purse][lane]) and got > 1.03 * most + spare[lane]
    ]


def _emitted(story, act):
    """lx s, s at 30 dBA, or s at full level that came out in an act."""
    if act.lane == SOUND:
        return _heard(story, act)
    times, values = story.light if act.lane == LIGHT else story.touch
    if act.lane == LIGHT:
        values = np.maximum((values @ PHOTOPIC).sum(1), (values @ MELANOPIC).sum(1)) / 1000
    else:
        values = values / 127
    first, last = np.searchsorted(times, [act.from_us, act.to_us])
    edges = np.concatenate([times[first:last], [act.to_us]])
    return float(np.sum(np.diff(edges) / 1e6 * values[first:last]))


def _heard(story, act):
    total = 0.0
    for first_us, samples in story.runs:
        a = max(0, (act.from_us - first_us) * RATE_HZ // 1_000_000)
        b = max(0, (act.to_us - first_us) * RATE_HZ // 1_000_000)
        part = samples[a:b]
        if len(part):
            level = levels_db(part) + speaker_db(story, act)
            total += float(np.sum(10 ** ((level - 30) / 10)) * _HOP / RATE_HZ)
    return total


def emissions(story: Story, lane: int) -> list[tuple[int, int]]:
    """Spans in which a lane was lit, audible or felt."""
    if lane not in story.emitted:
        story.emitted[lane] = _emissions(story, lane)
    return story.emitted[lane]


def _emissions(story, lane):
    if lane == TOUCH:
        return felt(story)
    if lane == SOUND:
        return [span for run in story.runs for span in _audible(*run)]
    times, frames = story.light
    ends = [*times[1:], story.end_us][: len(times)]
    lit = frames.any(axis=(1, 2))
    return [(a, b) for a, b, on in zip(times, ends, lit, strict=True) if on]


def _audible(first_us, samples, chunk=96):
    """Spans of 6 ms in which any sample is not 0."""
    padded = np.concatenate([samples, np.zeros(-len(samples) % chunk, samples.dtype)])
    for i in np.flatnonzero(padded.reshape(-1, chunk).any(axis=1)):
        at = padded[i * chunk : (i + 1) * chunk].nonzero()[0]
        yield tuple(first_us + (i * chunk + int(k)) * 1_000_000 // RATE_HZ for k in (at[0], at[-1]))
