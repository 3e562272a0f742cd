"""Which act a moment of light, sound or touch may belong to, and what for."""

import fight_words as words
from fight import Story

GRACE_US = 45_000  # a tick: until the next one, what was shown stays


def covering(story: Story, lane: int, us: float, grace_us: float) -> list:
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


def at_s(us: float) -> str:
    """A moment, for people."""
    return f"at {us / 1e6:.3f} s"


def act_use(act) -> int:
    """The number of what an act is for; 0 if nobody asked."""
    scene = words.SCENES.get(act.request.scene) if act.request else None
    return scene.use if scene else 0
