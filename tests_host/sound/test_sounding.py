"""Scenes as the amplifier gets them: their colour, no gap, no click, and what they cost."""

import random

import numpy as np
import pytest
from excerpts import MOST_S
from playing import RATE_HZ, octave_levels_db
from sleepsync.bench import sound_costs
from sleepsync.bench.sounding import evening
from sleepsync.bench.spectrum import line
from sleepsync.build import ACT_BYTES, build
from sleepsync.isa import MARCHES
from sleepsync.preview.rendered import told
from sleepsync.scenes import checked, gathered, sources

pytestmark = pytest.mark.sound
SCENES = [scene for scene in checked(sources(gathered())) if scene.sound]
SEED, TRANSITIONS = 5, 30
ROUNDING = 4  # of samples to whole numbers, in a second difference
LOADED = """
import sys
from firmware.bedside import renderers, rich, scenes
real, found, result = rich._forget, [], {}
stays = list(sys.modules)
def forget(before):
    found.extend([name for name in sys.modules if name not in before])
    real(before)
rich._forget = forget
names = scenes.names()
for scene in scenes.SCENES:
    del found[:]
    for lane in range(3):
        if scene[3 + lane]:
            renderers.made(lane, scene.number, renderers.Facts(1, 60, 847000000, scene.length_s))
    result[names[scene.number]] = sorted(set(found))
result["left"] = [name for name in sys.modules if name not in stays]
"""


@pytest.fixture(scope="module")
def played():
    """An evening in which pink and brown noise and music play while the journal writes."""
    return evening({"pink": 150, "brown": 150, "music": 280})


# -- as the amplifier gets it


@pytest.mark.parametrize(("colour", "slope"), [("pink", -3.01), ("brown", -6.02)])
def test_a_colour_keeps_to_its_line_from_50_hz_to_7_khz(played, colour, slope):
    x = played.played[colour][20 * RATE_HZ : 140 * RATE_HZ].astype(float)
    hz, levels = octave_levels_db(x, 50, 7000)
    found, off = line(hz, levels, slope)
    assert found == pytest.approx(slope, abs=0.1)
    assert off < 0.5


def test_nothing_that_plays_has_a_gap_while_the_journal_writes(played):
    assert played.gaps == 0
    assert played.writes > 10
    assert len(played.played["music"]) / RATE_HZ == pytest.approx(280, abs=0.5)


# -- no click


def samples_of(worker, folder, *acts):
    """What comes of (scene, seconds that it acts) one after the other, and where each begins."""
    worker.call("scene_preview:open_preview", str(folder), 3, 848527200, 60)
    firsts = []
    for scene, seconds in acts:
        firsts.append(worker.call("scene_preview:now_ms") * RATE_HZ // 1000)
        worker.call("scene_preview:begin", told(scene))
        worker.call("scene_preview:go_on", round(seconds * 25))
    worker.call("scene_preview:close")
    return np.fromfile(folder / "sound.raw", np.int16).astype(float), firsts


def pairs():
    """Ordered pairs of scenes of one use, some of them: none has to be cut for the other."""
    both = [(a, b) for a in SCENES for b in SCENES if a != b and a.use == b.use]
    return random.Random(SEED).sample(both, TRANSITIONS)


@pytest.mark.parametrize(("one", "other"), pairs(), ids=lambda scene: scene.name)
def test_a_scene_takes_over_without_a_click(worker, tmp_path, one, other):
    """No second difference around the change is larger than those of the scenes themselves."""
    seconds = random.Random(f"{one.name} {other.name}").uniform(20, 40)
    x, (_, change) = samples_of(worker, tmp_path, (one, seconds), (other, 40))
    sharp = np.abs(np.diff(x, 2))
    around = slice(change - RATE_HZ // 10, change + RATE_HZ // 4)
    elsewhere = np.r_[sharp[: around.start], sharp[around.stop :]]
    assert sharp[around].max() <= 1.25 * elsewhere.max() + ROUNDING


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_a_scene_comes_without_a_click(worker, tmp_path, scene):
    x, _ = samples_of(worker, tmp_path, (scene, min(40, scene.length_s)))
    sharp = np.abs(np.diff(np.r_[0, 0, x], 2))
    assert sharp[: RATE_HZ // 2].max() <= 1.25 * sharp[RATE_HZ // 2 :].max() + ROUNDING


# -- what it costs


@pytest.mark.parametrize("march", MARCHES)
def test_no_scene_takes_more_than_15_per_cent_of_a_core(march):
    shares = sound_costs.share_pct(march, blocks=min(5500, 10 * MOST_S))
    assert len(shares) > 12
    assert 8 < max(shares.values()) <= sound_costs.GOAL_PCT


def test_a_scene_s_code_fits_into_what_is_kept_for_it_and_leaves_with_it(worker, run_in):
    tree = build("esp32s3_devkitc")
    loaded = run_in(LOADED)
    assert loaded.pop("left") == []
    paths = {
        ".".join(path.relative_to(tree / "a").with_suffix("").parts): path
        for path in tree.rglob("*.mpy")
    }
    sizes = {
        name: sum(paths[module].stat().st_size for module in modules)
        for name, modules in loaded.items()
    }
    assert sizes["alarm"] == sizes["call"] == 0
    assert 5000 < max(sizes.values()) <= ACT_BYTES, max(sizes.items(), key=lambda item: item[1])
