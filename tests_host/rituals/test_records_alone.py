"""The rituals are steps of their records: nothing else moves them, and nothing breaks them."""

from bed import BED, DISTRESS, EVENING, slept
from hypothesis import given, settings
from hypothesis import strategies as st
from sleepsync.paths import records

AWAKE_SCENES = {5, *range(13, 24)}
ASLEEP = 3
START_S = 822_000_000 // 86400 * 86400 + 22 * 3600
RANDOM = (
    BED
    + """
layouts = records.LAYOUTS
for step in steps:
    if step[0] == "record":
        kind = layouts[step[1]]
        rows = [kind.of(*step[2])]
        for fields in rows:
            bed.r.take(kind, fields)
    elif step[0] == "score":
        bed.r.hear(records.SCORE.of(*step[1]))
    else:
        bed.r.want(step[1])
        wait = bed.r.wait_ms(step[1])
        assert 0 <= wait <= 8000, wait
result = None
"""
)
RANGES = {"B": (0, 255), "H": (0, 65535), "I": (0, 2**32 - 1), "i": (-(2**31), 2**31 - 1)}
RANGES["h"] = (-(2**15), 2**15 - 1)


def fields_of(layout):
    """Any fields that such a record can have, small ones more often."""
    each = []
    for code in layout.format[1:]:
        least, most = RANGES[code]
        each.append(st.integers(max(least, -2), 30) | st.integers(least, most))
    return st.tuples(*each)


TAKEN = [x for x in records.LAYOUTS[1:] if x not in (records.SCORE, records.SEAL)]
RECORD = st.sampled_from(TAKEN).flatmap(
    lambda layout: st.tuples(st.just("record"), st.just(layout.type), fields_of(layout))
)
SCORE = st.tuples(
    st.just("score"),
    st.tuples(st.integers(0, 65535) | st.integers(0, 40), st.integers(0, 6), *[st.just(0)] * 4),
)
LOOK = st.tuples(st.just("look"), st.integers(0, 2**30))
STEPS = st.lists(RECORD | RECORD | SCORE | LOOK, max_size=60)


@settings(max_examples=150, deadline=None)
@given(STEPS)
def test_no_records_make_them_raise(worker, steps):
    worker.call("snippet:run", RANDOM, {"given": {}, "steps": steps})


# -- whole nights by chance

EPOCHS = st.builds(
    "bed.epochs({}, {}, counts={}, rate_dbpm={}, breaths_dpm={}, light_mlx={}, level_ddb={}, "
    "flags={})".format,
    st.sampled_from([1, 2, 3, 11, 25, 70]),
    st.integers(0, 6),
    st.sampled_from([0, 5, 12, 40, 100]),
    st.sampled_from([0, 550, 600, 800]),
    st.sampled_from([0, 62, 95, 118, 131, 190]),
    st.sampled_from([0, 4000, 20_000]),
    st.sampled_from([300, 520]),
    st.sampled_from([0, 0, 0, 4, 64, 3, 256]),
)
MOVES = st.one_of(
    EPOCHS,
    EPOCHS,
    EPOCHS,
    st.just("bed.long_press()\nbed.until(bed.t + 3000)\nbed.long_press()"),
    st.just("bed.short_press()"),
    st.builds("bed.programme({})".format, st.integers(0, 6)),
    st.builds("bed.until(bed.t + {})".format, st.integers(1, 40_000)),
    st.builds("bed.refusals = [{}] * {}".format, st.sampled_from([2, 4, 8]), st.integers(1, 3)),
    st.builds("bed.end_uses({})".format, st.sampled_from([0, 7, 11, 13, 14])),
    st.builds("bed.event(records.ALARM_SET, bed.t + {})".format, st.integers(0, 12_000_000)),
    st.builds("bed.event(records.START, {})".format, st.integers(0, 2)),
    st.builds("bed.event(records.CLOCK_SET, {})".format, st.sampled_from([0, START_S + 1800])),
)
NIGHTS = st.lists(MOVES, min_size=2, max_size=14).map("\n".join)
GIVEN = {"start_s": START_S, "settings": [(1, 2), (2, 22 * 60 + 10)]}
AGAIN = """
again, told = Rituals(), []
for kind, fields in bed.written:
    if kind is None:
        again.hear(fields)
        continue
    if kind is records.REQUEST and fields.rule != asking.HAND:
        told.append([fields.t_ms, again.want(fields.t_ms), again.why])
    again.take(kind, fields)
result = told
"""


@settings(max_examples=40, deadline=None)
@given(NIGHTS)
def test_whatever_the_night_waits_are_honest_and_sleepers_are_left_alone(worker, lines):
    """What `slept` holds to be wrong: a want before its wait is over, or one without end."""
    _, log = slept(worker, lines, **GIVEN)
    for t_ms, rule, reason, scene, _, state in log:
        if rule == EVENING:
            assert scene in AWAKE_SCENES
            assert state != ASLEEP, t_ms
        if reason == DISTRESS:
            assert state == ASLEEP, t_ms


@settings(max_examples=30, deadline=None)
@given(NIGHTS, st.sampled_from([700, 1900, 7777]))
def test_it_does_not_matter_how_often_they_are_asked(worker, lines, every_ms):
    assert slept(worker, lines, **GIVEN) == slept(worker, lines, every_ms=every_ms, **GIVEN)


@settings(max_examples=30, deadline=None)
@given(NIGHTS)
def test_their_records_alone_lead_to_the_same_wants(worker, lines):
    """As after a restart, or on a desktop: nobody asked in between."""
    told, log = slept(worker, lines + AGAIN, **GIVEN)
    assert [[t, list(want or ()), why] for t, want, why in told if want] == [
        [t, [rule, reason, scene], why] for t, rule, reason, scene, why, _ in log
    ]
