"""What the ring of a story showed, held to ceilings, colour, current, slew, flicker and dark."""

import fight_words as words
import numpy as np
from fight import LIGHT, Story
from fight_acts import GRACE_US, at_s, covering, use_of

MELANOPIC, PHOTOPIC = np.array(words.MELANOPIC_MLX), np.array(words.PHOTOPIC_MLX)
_STEP = 10  # counts a tick
_STEPS_A_S = 27
_SAMPLE_HZ = 200


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
    acts = covering(story, LIGHT, us[i], GRACE_US)
    reasons = [_against(frames[i], act) for act in acts if use_of(act)]
    return [f"light {at_s(us[i])}: {reasons[-1] if reasons else 'without an act'}"]


def _obeys(frames, act):
    use = use_of(act)
    ceiling_mlx = min(act.ceiling, use.light_lx * 1000)
    right = ((frames @ PHOTOPIC).sum(axis=1) <= ceiling_mlx) & (
        (frames @ MELANOPIC).sum(axis=1) <= ceiling_mlx
    )
    right &= frames.sum(axis=(1, 2)) <= words.MOST_COUNTS
    if use.amber:
        right &= ~frames[..., 2].any(axis=1) & (2 * frames[..., 0] <= frames[..., 1]).all(axis=1)
    return right


def _against(frame, act):
    use, found = use_of(act), []
    ceiling_mlx = min(act.ceiling, use.light_lx * 1000)
    for name, weights in (("photopic", PHOTOPIC), ("melanopic", MELANOPIC)):
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
        found.append(f"light {at_s(times[i])}: {steps[i]} counts in a tick")
    in_a_s = np.arange(len(times)) - np.searchsorted(times, times - 1_000_000)
    for i in np.flatnonzero(in_a_s > _STEPS_A_S)[:1]:
        found.append(f"light {at_s(times[i])}: {in_a_s[i]} changes in a second")
    return found


def cuts(story: Story) -> np.ndarray:
    """When the ring went dark at once, from more than a last step of a fade."""
    times, frames = story.light
    levels = (frames @ PHOTOPIC).sum(axis=1)
    before = np.concatenate([[0], levels[:-1]])
    return times[(levels == 0) & (before > 24)]


def _dark_after_cuts(story):
    times, frames = story.light
    found = []
    for us in cuts(story):
        started = [row.us for row in story.of("start") if row.us > us]
        again = times[(times > us) & frames.any(axis=(1, 2))]
        if len(again) and again[0] < us + 980_000 and not (started and started[0] < again[0]):
            found.append(f"light {at_s(again[0])}: lit again too soon after a cut")
    return found


def flicker(story: Story) -> list[str]:
    """No component from 2 to 65 Hz above 2 % of the mean and 0.02 lx, in any second's window."""
    times, frames = story.light
    if not len(times):
        return []
    levels_lx = (frames @ PHOTOPIC).sum(axis=1) / 1000
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
        return [f"light flickers {at_s(starts[i])}: {spectrum[i].max():.4f} lx of {allowed[i]:.4f}"]
    return []


def rises(story: Story, from_us: int, to_us: int) -> bool:
    """Whether light gets brighter in a span."""
    times, frames = story.light
    levels = (frames @ PHOTOPIC).sum(axis=1)
    within = np.flatnonzero((from_us < times) & (times < to_us))
    return any(i and levels[i] > levels[i - 1] for i in within)
