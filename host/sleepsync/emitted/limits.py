"""What is never exceeded: the judge's own table.

Flicker is stricter than WCAG's three flashes a second; 30 dB LAeq and 45 dB LAmax in a bedroom
are the WHO's, melanopic EDI <= 1 lx asleep that of Brown et al. (PLoS Biology, 2022); the rest
is this project's choice. It must never be taken from the firmware's own table.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Lanes' limits whatever they are used for.

    `late_us` is how late a tick of 25 Hz may come: the ring is a staircase in time, so that a
    step may run ahead of the ramp that it is of by one tick's share and by that.
    """

    light_mlx: int = 300_000  # photopic and melanopic, in any use
    sound_cdb: int = 7500  # likewise
    drive: int = 127
    slew_counts: int = 255  # a channel, within 1 s, up or down; a cut to dark apart
    tick_us: int = 40_000
    late_us: int = 20_000
    burst_us: int = 3_000_000
    duty: float = 0.30  # in any 30 s
    together_ma: float = 1000.0  # ring and amplifier

    @property
    def step_counts(self) -> float:
        """Counts of one tick of a ramp of `slew_counts` a second."""
        return self.slew_counts * self.tick_us / 1e6

    @property
    def ahead_counts(self) -> float:
        """Counts by which a staircase of `slew_counts` a second may run ahead of its ramp."""
        return self.step_counts + self.slew_counts * self.late_us / 1e6


FIELD = Limits()


@dataclass(frozen=True)
class Ceiling:
    """The most at a sleeper's place: light in mlx, red or amber only or not; sound in 0.01 dBA."""

    light_mlx: int = 0
    amber: bool = False
    sound_cdb: int = 0


CEILINGS = {
    "asleep": Ceiling(light_mlx=1000, amber=True, sound_cdb=3500),
    "cue": Ceiling(light_mlx=1000, amber=True, sound_cdb=4500),
    "wind-down": Ceiling(light_mlx=10_000, sound_cdb=5000),
    "sunrise": Ceiling(light_mlx=300_000),
    "alarm": Ceiling(light_mlx=300_000, sound_cdb=7500),
}
