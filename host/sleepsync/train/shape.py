"""What the two networks look like, and how they are fitted: every number that was chosen.

`docs/staging.md` tells how they were chosen.
"""

from dataclasses import dataclass

INPUTS = ("log_activity", "log_little", "log_ratio", "ratio", "time", "early")
CLASSES = 4
EPOCHS_IN_MINUTE = 2

# From whole numbers of `firmware/stages/inputs.py` to floats of about unit size.
SCALE = (0.35 / 256, 0.23 / 256, 0.69 / 256, 1 / 1024, 1 / 480, 1 / 1024)
OFFSET = (-2.8, -1.85, -6.9, -0.7, -1.0, 0.0)


@dataclass(frozen=True)
class Recipe:
    """How a lane is fitted: AdamW, one cycle of the learning rate.

    `steps` of the optimiser, each of so many `nights`, by even or odd epochs or minutes.
    `noise`: standard deviation of what is added to a night's body inputs as a whole, and
    `flicker` to every value. `smoothing` of labels; `dropout` of whole channels.
    """

    steps: int
    nights: int = 5
    rate: float = 6e-3
    decay: float = 1e-2
    dropout: float = 0.15
    noise: float = 0.15
    flicker: float = 0.05
    smoothing: float = 0.1


@dataclass(frozen=True)
class Shape:
    """A committee of lanes, each of which is `channels` wide, with a block for each dilation.

    `few`: channels behind the bottleneck. `dilations` are in minutes. `epochs`: of 30 s, in
    one step of the network; one that steps by single epochs works on their even and odd ones
    apart, so it is fitted to them apart. `is_centred`: it looks ahead as far as back. `used`:
    the inputs that it is given.
    """

    score: str
    lanes: int
    channels: int
    few: int
    taps: int
    dilations: tuple[int, ...]
    epochs: int
    is_centred: bool
    recipe: Recipe
    used: tuple[str, ...] = INPUTS

    @property
    def steps_in_minute(self) -> int:
        """Steps of the network in a minute of two epochs."""
        return EPOCHS_IN_MINUTE // self.epochs

    def ahead(self, dilation: int) -> int:
        """Minutes that a block looks ahead."""
        return (self.taps - 1) // 2 * dilation if self.is_centred else 0


LIVE = Shape(
    score="live",
    lanes=3,
    channels=24,
    few=8,
    taps=5,
    dilations=(1, 4, 16),
    epochs=1,
    is_centred=False,
    recipe=Recipe(steps=800),
    used=("log_activity", "log_ratio", "time", "early"),
)
MORNING = Shape(
    score="morning",
    lanes=3,
    channels=24,
    few=8,
    taps=7,
    dilations=(1, 5, 20),
    epochs=2,
    is_centred=True,
    recipe=Recipe(steps=1600),
)
SHAPES = {shape.score: shape for shape in (LIVE, MORNING)}
SEED = 1
