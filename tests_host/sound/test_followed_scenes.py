"""The rich scenes that come with the puck, through the real lanes."""

import pytest
from excerpts import MOST_S
from rendering import feel, show
from sleepsync.scenes.checking import checked
from sleepsync.scenes.files import gathered, sources
from sleepsync.scenes.scene import USES
from sleepsync.scenes.uses import MOST

pytestmark = pytest.mark.sound

TICKS_PER_S = 25
# What is counted comes as fast as the lane can: see tests_host/governor/test_passkey.py.
LIGHTS, TOUCHES = ("path", "iris", "embers", "stars"), ("pattern", "ladder", "heartbeat")
SCENES = checked(sources(gathered()))
LIT = [scene for scene in SCENES if scene.light and 0 < scene.light[0] <= len(LIGHTS)]
FELT = [scene for scene in SCENES if scene.touch and scene.touch[0]]
MOST_OF = {number: MOST[use] for use, number in USES.items()}
COMES_UP_S = 10  # what takes over from a scene like it comes up as the lane can, if there was none


@pytest.mark.parametrize("scene", LIT, ids=lambda scene: scene.name)
def test_the_lane_shows_what_the_scene_wants(worker, scene):
    kind, *numbers = scene.light
    most, ticks = MOST_OF[scene.use], min(MOST_S, scene.length_s) * TICKS_PER_S
    shown = show(worker, LIGHTS[kind - 1], numbers, ticks, most.light_mlx, most.is_amber)
    assert shown.breaches == []
    is_lit_at_once = sum(numbers[0][0][1:]) > 0
    first = COMES_UP_S * TICKS_PER_S if is_lit_at_once else 0
    assert shown.lag_counts[first:].max() <= 2
    assert shown.lag_lx[first:].max() <= 0.1


@pytest.mark.parametrize("scene", FELT, ids=lambda scene: scene.name)
def test_what_the_scene_wants_is_felt(worker, scene):
    kind, *numbers = scene.touch
    most, ticks = MOST_OF[scene.use].touch, min(MOST_S, scene.length_s) * TICKS_PER_S
    wanted, felt, breaches = feel(worker, TOUCHES[kind - 1], numbers, ticks, most)
    assert breaches == []
    assert (felt == wanted).all()
