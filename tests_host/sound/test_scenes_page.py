"""docs/scenes.md is what the code says: its example, its mistakes, its keys, its scenes.

`pytest tests_host/sound/test_scenes_page.py --write-docs` writes its tables anew, and
`sleepsync listen --docs` its pictures, too.
"""

import json
import re

import pytest
from PIL import Image
from sleepsync.preview.gallery import PAGE, PICTURES, block, gallery, pictures, tables, write_block
from sleepsync.scenes import SceneError, checked, checked_alone, gathered, sources

_MOST_BYTES = 3_000_000
_DARK = "passkey"  # a scene that wants the ring dark: its film stands still


@pytest.fixture(scope="module")
def scenes():
    return checked(sources(gathered()))


def between(name):
    found = re.search(rf"<!-- {name}: begin -->\s+```\w*\n(.*?)```", PAGE.read_text(), re.DOTALL)
    return found[1]


def holds(request, name, shown):
    if request.config.getoption("--write-docs"):
        write_block(PAGE, name, shown)
    return block(name).search(PAGE.read_text())[0] == f"<!-- {name} -->\n{shown}<!-- end -->"


def test_the_example_is_a_scene():
    scene = checked_alone("low_glow.json", between("example"), {})
    assert scene.name == "low glow"
    assert all(scene.lanes)


def test_the_mistakes_are_told_so():
    told = json.loads(between("example"))
    told["use"] = "windown"
    told["touch"]["level"] = 3
    with pytest.raises(SceneError) as error:
        checked_alone("low_glow.json", json.dumps(told), {})
    assert str(error.value) == between("mistakes").strip()


def test_the_keys_are_those_of_the_schemas(request):
    assert holds(request, "keys", tables())


def test_every_scene_is_shown(request, scenes):
    assert holds(request, "scenes", gallery(scenes))


def test_every_scene_has_its_pictures_and_no_other_lies_there(scenes):
    wanted = {path for scene in scenes for path in pictures(scene)}
    assert set(PICTURES.iterdir()) == wanted
    assert sum(path.stat().st_size for path in wanted) < _MOST_BYTES
    for path in wanted:
        with Image.open(path) as image:
            is_still = path.suffix == ".png" or path.stem == _DARK
            assert is_still or getattr(image, "n_frames", 1) > 1
