"""What came out of the actuators of a story, held to ceilings, colour, slew, flicker and doses.

Each function gives sentences, one for each rule that was broken; none if all was well.
"""

from collections import defaultdict

import fight_words as words
import numpy as np
from fight import LIGHT, RATE_HZ, SOUND, TOUCH, Story
from scipy import fft
from sleepsync.paths import records
from sleepsync.world.sound import a_weighting

GRACE_US = 45_000  # a tick: until the next one, what was shown stays
_LATCH_US = 1_000
_QUEUE_US = 700_000  # what is queued for the amplifier when its act ends by itself
_REPLACED = 13  # Emitted.why
_TICK_US = 38_000
_STEP = 10  # counts a tick
_STEPS_A_S = 27
_MELANOPIC, _PHOTOPIC = np.array(words.MELANOPIC_MLX), np.array(words.PHOTOPIC_MLX)
_SAMPLE_HZ = 200
_SOUND_SPARE_DB = 0.4  # of this file's own filter
_WINDOW, _HOP = 1536, 768
_BURST_US, _DUTY = 3_100_000, 0.3
_DUTY_WINDOW_S, _DUTY_SPARE_S = 30, 0.2


def faults(story: Story) -> list[str]:
    """Every rule of the lanes that was broken."""
    return [*light(story), *flicker(story), *sound(story), *touch(story), *doses(story)]


def _covering(story, lane, us, grace_us):
    """The acts that a lane may have at `us`: one that ended just now may still be seen."""
    return [
        act
        for act in story.on(lane)
        if act.from_us <= us <= act.to_us + grace_us + story.busy_us(act.to_us, us)
    ]


def use_of(act) -> words.Use | None:
    """What an act is for; None if nobody asked for it."""
    scene = words.SCENES.get(act.request.scene) if act.request else None
    return words.USES[scene.use] if scene else None


def _at(us):
    return f"at {us / 1e6:.3f} s"


# -- light


def light(story: Story) -> list[str]:
    """Frames against ceilings, colour, current, slew, dark after a cut; each inside an act."""
    times, frames = story.light
    moments = [*times]
    for act in story.on(LIGHT):
        for us in (act.from_us + GRACE_US, act.to_us + GRACE_US):
            moments.append(us + story.busy_us(us - GRACE_US, us + GRACE_US))
    us = np.array(moments, int)
    at = np.searchsorted(times, us, "right") - 1
    is_lit = at >= 0
    is_lit[is_lit] = frames[at[is_lit]].any(axis=(1, 2))
    found = _judged_frames(story, us[is_lit], frames[at[is_lit]]) if is_lit.any() else []
    return found + _slew(times, frames) + _dark_after_cuts(story)


def _judged_frames(story, us, frames):
    """Each frame must be right for one of the acts that may have the lane then."""
    is_right, is_covered = np.zeros(len(us), bool), np.zeros(len(us), bool)
    for act in story.on(LIGHT):
        if not use_of(act):
            continue
        to_us = act.to_us + GRACE_US + story.busy_us(act.to_us, act.to_us + GRACE_US)
        covers = (act.from_us <= us) & (us <= to_us)
        is_covered |= covers
        is_right[covers] |= _obeys(frames[covers], act)
    wrong = np.flatnonzero(~is_right)
    if not len(wrong):
        return []
    i = wrong[0]
    acts = _covering(story, LIGHT, us[i], GRACE_US)
    reasons = [_against(frames[i], act) for act in acts if use_of(act)]
    return [f"light {_at(us[i])}: {reasons[-1] if reasons else 'without an act'}"]


def _obeys(frames, act):
    use = use_of(act)
    ceiling_mlx = min(act.ceiling, use.light_lx * 1000)
    right = ((frames @ _PHOTOPIC).sum(axis=1) <= ceiling_mlx) & (
        (frames @ _MELANOPIC).sum(axis=1) <= ceiling_mlx
    )
    right &= frames.sum(axis=(1, 2)) <= words.MOST_COUNTS
    if use.amber:
        right &= ~frames[..., 2].any(axis=1) & (2 * frames[..., 0] <= frames[..., 1]).all(axis=1)
    return right


def _against(frame, act):
    use, found = use_of(act), []
    ceiling_mlx = min(act.ceiling, use.light_lx * 1000)
    for name, weights in (("photopic", _PHOTOPIC), ("melanopic", _MELANOPIC)):
        level = int((frame @ weights).sum())
        if level > ceiling_mlx:
            found.append(f"{name} {level} mlx over {ceiling_mlx} of act {act.number}")
    if use.amber and (frame[:, 2].any() or (2 * frame[:, 0] > frame[:, 1]).any()):
        found.append(f"not amber in act {act.number}")
    if frame.sum() > words.MOST_COUNTS:
        found.append(f"{frame.sum()} counts: too much current")
    return found


def _slew(times, frames):
    found = []
    shown = np.concatenate([np.zeros((1, 24, 3), int), frames])
    steps = np.abs(np.diff(shown, axis=0)).max(axis=(1, 2))
    to_dark = ~frames.any(axis=(1, 2))
    for i in np.flatnonzero((steps > _STEP) & ~to_dark):
        found.append(f"light {_at(times[i])}: {steps[i]} counts in a tick")
    in_a_s = np.arange(len(times)) - np.searchsorted(times, times - 1_000_000)
    for i in np.flatnonzero(in_a_s > _STEPS_A_S)[:1]:
        found.append(f"light {_at(times[i])}: {in_a_s[i]} changes in a second")
    return found


def cuts(story: Story) -> np.ndarray:
    """When the ring went dark at once, from more than a last step of a fade."""
    times, frames = story.light
    levels = (frames @ _PHOTOPIC).sum(axis=1)
    before = np.concatenate([[0], levels[:-1]])
    return times[(levels == 0) & (before > 24)]


def _dark_after_cuts(story):
    times, frames = story.light
    found = []
    for us in cuts(story):
        started = [row.us for row in story.of("start") if row.us > us]
        again = times[(times > us) & frames.any(axis=(1, 2))]
        if len(again) and again[0] < us + 980_000 and not (started and started[0] < again[0]):
            found.append(f"light {_at(again[0])}: lit again too soon after a cut")
    return found


def flicker(story: Story) -> list[str]:
    """No component from 2 to 65 Hz above 2 % of the mean and 0.02 lx, in any second's window."""
    times, frames = story.light
    if not len(times):
        return []
    levels_lx = (frames @ _PHOTOPIC).sum(axis=1) / 1000
    found = []
    for first_us, last_us in _spans(times):
        grid_us = np.arange(first_us - 1e6, last_us + 1e6, 1e6 / _SAMPLE_HZ)
        at = np.searchsorted(times, grid_us, "right") - 1
        level = np.where(at >= 0, levels_lx[at], 0.0)
        found += _flicker_of(grid_us, level, cuts(story))
    return found


def _spans(times):
    """Stretches of light without a pause of more than two seconds."""
    breaks = np.flatnonzero(np.diff(times) > 2_000_000)
    firsts = [0, *(breaks + 1)]
    lasts = [*breaks, len(times) - 1]
    return [(times[a], times[b]) for a, b in zip(firsts, lasts, strict=True)]


def _flicker_of(grid_us, level, cut_us):
    hann = np.hanning(_SAMPLE_HZ + 1)[:-1]
    windows = np.lib.stride_tricks.sliding_window_view(level, _SAMPLE_HZ)[::10]
    starts = grid_us[: len(level) - _SAMPLE_HZ + 1 : 10]
    spectrum = 2 * np.abs(np.fft.rfft(windows * hann, axis=1))[:, 2:66] / hann.sum()
    allowed = 0.02 * (windows @ hann) / hann.sum() + 0.02
    over = spectrum.max(axis=1) - allowed
    for us in cut_us:
        over[(starts <= us) & (us <= starts + 1e6)] = -1
    i = int(np.argmax(over))
    if over[i] > 1e-9:
        return [f"light flickers {_at(starts[i])}: {spectrum[i].max():.4f} lx of {allowed[i]:.4f}"]
    return []


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
    return [f"sound {_at(us[i])} {why}"]


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
    """Levels against ceilings, bursts and duty; each inside an act."""
    times, levels = story.touch
    found = []
    for us, level in zip(times, levels, strict=True):
        if not level:
            continue
        acts = [act for act in _covering(story, TOUCH, us, GRACE_US) if use_of(act)]
        most = max((min(a.ceiling, use_of(a).touch) for a in acts), default=-1)
        if level < 0 or level > most:
            found.append(f"touch {_at(us)}: level {level}, and at most {most} is allowed")
    for act in story.on(TOUCH):
        us = act.to_us + GRACE_US
        us += story.busy_us(act.to_us, us + GRACE_US)
        i = int(np.searchsorted(times, us, "right")) - 1
        if i >= 0 and levels[i] and not _covering(story, TOUCH, us, 0):
            found.append(f"touch {_at(us)} goes on after act {act.number}")
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
            found.append(f"touch {_at(a)}: felt for {(b - a) / 1e6:.2f} s on end")
    for _, end in spans:
        start = end - _DUTY_WINDOW_S * 1_000_000
        restarts = any(row.fields[0] and start < row.us <= end for row in story.of("start"))
        on_us = sum(max(0, min(b, end) - max(a, start)) for a, b in spans)
        on_us -= story.busy_us(start, end)
        if on_us > (_DUTY_WINDOW_S * _DUTY + _DUTY_SPARE_S) * 1e6 and not restarts:
            found.append(f"touch {_at(end)}: felt for {on_us / 1e6:.2f} s of 30")
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
        values = np.maximum((values @ _PHOTOPIC).sum(1), (values @ _MELANOPIC).sum(1)) / 1000
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


def rises(story: Story, from_us: int, to_us: int) -> bool:
    """Whether light gets brighter in a span."""
    times, frames = story.light
    levels = (frames @ _PHOTOPIC).sum(axis=1)
    within = np.flatnonzero((from_us < times) & (times < to_us))
    return any(i and levels[i] > levels[i - 1] for i in within)


def emissions(story: Story, lane: int) -> list[tuple[int, int]]:
    """Spans in which a lane was lit, audible or felt."""
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
