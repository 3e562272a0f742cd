"""What somebody recorded, in place of what the puck would play: loaded when something sounds.

It must never let a clip sound that the journal is not told of.
"""

from micropython import const

from firmware import records
from firmware.bedside import scene_rows, scenes

_CLIP = const(3)  # behind a scene's three lanes


def play(governor, clip_file, scene: int) -> None:
    """Let the clip that `scene` names sound in the act that has just begun, if it can be played.
    `clip_file(name)`: opened to be read, or None.
    """
    try:
        name = named_by(scene)
        file = name and clip_file(name)
        clip = file and _loaded(file)
    except (ImportError, MemoryError, OSError) as error:
        return print("clip:", error)
    if clip and clip.wrong:
        print("clip %s %s" % (name, clip.wrong))
    elif clip:
        governor.tell(records.CLIP, records.PUCK, clip.sum)
        governor.lanes.sound.instead(clip)


def named_by(scene: int) -> str:
    """The clip that a scene names; "" if it names none. Raises as `scenes.lane_of`."""
    names_one = scene_rows.ROWS[4 * scene + 1] >> _CLIP
    return bytes(scenes.lane_of(scene, _CLIP)).decode() if names_one else ""


def _loaded(file):
    from firmware.bedside import rich

    return rich.clip(file)
