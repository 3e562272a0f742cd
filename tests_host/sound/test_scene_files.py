"""Scenes as artists write them: all of ours are whole, and each mistake names key and remedy."""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sleepsync.scenes import (
    SCENES,
    SceneError,
    checked,
    checked_alone,
    gathered,
    modules,
    sources,
)
from sleepsync.scenes.packing import MOST, packed

FILES = sources(gathered())
COLOUR = {"kind": "colour", "from": {"colour": "amber"}}
COUNT = {"kind": "count", "lamps": 9, "each": {"colour": "#020000"}, "lit_s": 1.3}
BUZZ = {"kind": "buzz", "level": 0.5, "on_s": 0.2, "beat_s": 1}
TONE = {"voice": "tone", "hz": [300]}
WHOLE = {
    "number": 1,
    "about": "A scene for the tests.",
    "use": "wind-down",
    "length_s": 60,
    "light": COLOUR,
    "sound": [TONE],
    "touch": BUZZ,
}


def told(**changes):
    """What is said of the whole scene with changes; None takes a key away."""
    scene = {key: value for key, value in {**WHOLE, **changes}.items() if value is not None}
    with pytest.raises(SceneError) as error:
        checked_alone("x.json", json.dumps(scene), {})
    return str(error.value).replace("x.json: ", "").splitlines()


def test_ours_are_numbered_from_1_without_a_gap():
    scenes = checked(FILES)
    assert [scene.number for scene in scenes] == list(range(1, len(scenes) + 1))
    assert len({scene.name for scene in scenes}) == len(scenes) >= 23


def test_the_whole_scene_is_right():
    scene = checked_alone("a_name.json", json.dumps(WHOLE), {})
    assert (scene.name, scene.use, scene.length_s) == ("a name", 3, 60)
    assert scene.light == (0, (102, 255, 0), (102, 255, 0), 0)
    assert scene.sound == (0, (0, 32767, 0, 0, 60, 0, (300,), 0, 0, 0))
    assert scene.touch == (0, 64, 5, 25, 0)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"about": None}, "about is missing; add it: one sentence of 10 to 160 characters"),
        ({"about": "no"}, 'about: "no" will not do; it is to be one sentence'),
        ({"abuot": "x"}, "abuot: there is no such key; did you mean about? there are number, "),
        ({"number": 255}, "number: 255 will not do; it is to be a whole number from 1 to 254"),
        ({"number": 2.5}, "number: 2.5 will not do; it is to be a whole number"),
        ({"use": "windown"}, 'use: "windown" will not do; did you mean wind-down? it is to be one'),
        ({"length_s": None}, "length_s or length_min is missing; say how long it takes"),
        ({"length_min": 1}, "both length_s and length_min; leave one of them out"),
        ({"length_s": 9999}, "length_s: 9999 will not do; it is to be a number from 1 to 7200"),
        ({"transition": {"in": 3}}, "transition.in: there is no such key; did you mean in_s?"),
        ({"transition": {"in_s": 40, "out_s": 30}}, "transition: it comes and goes for longer"),
        ({"light": None, "sound": None, "touch": None}, "it has neither light, sound nor touch"),
        ({"light": [COLOUR]}, "light: [{"),
        ({"light": {"kind": "color"}}, 'light.kind: "color" will not do; did you mean colour?'),
        ({"light": {"from": {}}}, "light: kind is missing; add it: one of colour"),
        ({"light": {**COLOUR, "form": 1}}, "light.form: there is no such key; did you mean from?"),
        ({"light": {"kind": "colour"}}, "light: from is missing; add it: an object"),
        (
            {"light": {"kind": "colour", "from": {"colour": "ambre"}}},
            'light.from.colour: "ambre" will not do; did you mean amber? it is to be one of dark',
        ),
        (
            {"light": {"kind": "colour", "from": {"colour": "red", "level": 2}}},
            "light.from.level: 2 will not do; it is to be a number from 0 to 1",
        ),
        (
            {"light": {**COUNT, "lamps": 10}},
            'light.lamps: 10 will not do; it is to be a whole number from 1 to 9, or "all"',
        ),
        (
            {"light": {**COLOUR, "over_s": 3, "over_min": 3}},
            "light: both over_s and over_min; leave one of them out",
        ),
        ({"sound": TONE}, 'sound: {"voice"'),
        ({"sound": []}, "sound: [] will not do; it is to be a list, in [ ] with 1 to 12 entries"),
        ({"sound": [TONE, {"voice": "tony"}]}, 'sound[1].voice: "tony" will not do; did you mean'),
        ({"sound": [{**TONE, "hz": [20]}]}, "sound[0].hz[0]: 20 will not do; it is to be a whole"),
        (
            {"sound": [{**TONE, "gian": 1}]},
            "sound[0].gian: there is no such key; did you mean gain?",
        ),
        ({"sound": [{**TONE, "to_s": 70}]}, "sound[0].to_s: 70 s is behind the scene's end, 60 s"),
        ({"sound": [{**TONE, "from_s": 60}]}, "sound[0].from_s: it begins at 60 s and is over at"),
        ({"sound": [{**TONE, "on_s": 1}]}, "sound[0]: on_s tells how long of each beat; say how"),
        (
            {"touch": {**BUZZ, "level": "much"}},
            'touch.level: "much" will not do; it is to be',
        ),
        ({"touch": {**BUZZ, "on_s": 2}}, "touch.on_s: longer than its beat of 1 s; shorten it"),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)
def test_a_mistake_names_key_and_remedy(changes, said):
    lines = told(**changes)
    assert lines[0].startswith(said)
    assert len(lines) == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"each": {"colour": "#100000"}}, "1008 mlx are too bright, 200 at most: let each be"),
        ({"each": {"colour": "#010100"}}, "each is no colour for a sleeper: red, ember or amber"),
        ({"lit_s": 0.8}, "they come up within 0.9 s, and are lit for 0.8 s: let lit_s be longer"),
        ({"lamps": "all"}, "336 mlx are too bright"),
        ({"each": {"colour": "dark"}}, "they come up within 0.0 s, and are lit for 1.3 s: let"),
    ],
)
def test_a_count_that_the_lane_would_bend_is_refused(changes, said):
    scene = {"number": 90, "about": "Nine lamps.", "use": "pairing", "length_s": 2}
    text = json.dumps({**scene, "light": {**COUNT, **changes}})
    with pytest.raises(SceneError, match=f"x.json: light: {re.escape(said)}"):
        checked_alone("x.json", text, {})


def test_all_mistakes_are_told_at_once():
    lines = told(use="x", number=0, light={"kind": "x"}, sound=[{**TONE, "hz": [1]}, {}])
    places = [line.split(":")[0] for line in lines]
    assert sorted(places) == ["light.kind", "number", "sound[0].hz[0]", "sound[1]", "use"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"number": 1,\n "use" "lamp"}', "x.json: line 2, column 8: Expecting ':' delimiter"),
        ('{"number": 1, "number": 2}', "x.json: number stands twice in one place"),
        ("[]", "x.json: [] will not do; it is to be an object, in { }"),
    ],
)
def test_what_is_no_json_object_is_refused_with_its_place(text, said):
    with pytest.raises(SceneError) as error:
        checked_alone("x.json", text, {})
    assert str(error.value).startswith(said)


def changed(**scenes):
    """What is said of our scenes with those changed, or added."""
    texts = {f"{SCENES}/{name}.json": json.dumps(scene) for name, scene in scenes.items()}
    with pytest.raises(SceneError) as error:
        checked({**FILES, **texts})
    return str(error.value)


def test_a_number_is_nobody_else_s():
    count = len(checked(FILES))
    said = changed(zebra={**WHOLE, "number": 1})
    assert f"zebra.json: number: 1 is the number of {SCENES}/lamp.json; the next" in said
    assert said.endswith(f"that is free is {count + 1}")


def test_numbers_have_no_gap():
    count = len(checked(FILES))
    said = changed(zebra={**WHOLE, "number": count + 3})
    assert f"zebra.json: number: no scene has the number {count + 1}; take that" in said


def test_the_puck_s_modules_are_not_made_of_a_mistake():
    broken = gathered(instead={f"{SCENES}/lamp.json": "{}"})
    with pytest.raises(SceneError, match=r"lamp\.json: number is missing"):
        modules(broken)


# -- numbers as bytes

NUMBERS = st.integers(-MOST, MOST)
ITEMS = st.recursive(
    NUMBERS | st.binary(max_size=300),
    lambda inner: st.lists(inner, max_size=40).map(tuple),
    max_leaves=60,
)


@settings(max_examples=150, deadline=None)
@given(ITEMS)
def test_the_puck_unpacks_what_was_packed(worker, item):
    source = "from firmware.bedside.packed import unpacked\nresult = unpacked(bytes(data))"
    assert worker.call("snippet:run", source, {"data": packed(item)}) == listed(item)


def listed(item):
    return [listed(each) for each in item] if isinstance(item, tuple) else item


@pytest.mark.parametrize("number", [0, 191, 192, 255, 256, 65535, 65536, MOST, -1, -256, -MOST])
def test_numbers_take_no_more_bytes_than_they_need(number):
    least = next(n for n in range(1, 5) if -(1 << 8 * n - 1) <= number < 1 << 8 * n - 1)
    assert len(packed(number)) == (1 if 0 <= number < 192 else 1 + least)


def test_a_number_past_a_small_integer_is_refused():
    with pytest.raises(ValueError, match="no small integer"):
        packed(MOST + 1)
