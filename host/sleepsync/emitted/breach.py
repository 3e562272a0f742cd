"""One thing that an actuator did and must not have done, in words."""

from dataclasses import dataclass

from sleepsync.emitted.lanes import Lane, told_at


@dataclass(frozen=True)
class Breach:
    """`figure` is the worst in the span, `most` what would have kept `rule`, both in `unit`.

    `lane` is None where it is of two.
    """

    lane: Lane | None
    rule: str
    from_us: int
    to_us: int
    figure: float
    most: float
    unit: str

    def __str__(self) -> str:
        where = "ring and amplifier" if self.lane is None else self.lane.name.lower()
        lasts_s = (self.to_us - self.from_us) / 1e6
        figures = f"{self.figure:.4g} {self.unit}, at most {self.most:.4g}"
        return f"{where} at {told_at(self.from_us)} for {lasts_s:.3f} s: {self.rule}: {figures}"
