"""One measured figure, and whether it reaches its goal."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """`goal`: "<=30", ">=95", "=0", or "-" for a figure without one."""

    name: str
    value: float
    unit: str
    goal: str = "-"

    @property
    def reached(self) -> bool:
        """True if the value, as printed, meets the goal."""
        if self.goal == "-":
            return True
        limit = float(self.goal.lstrip("<>="))
        value = float(self.text)
        return {"<": value <= limit, ">": value >= limit, "=": value == limit}[self.goal[0]]

    @property
    def text(self) -> str:
        """The value: whole numbers whole, others with three digits that count."""
        return str(self.value) if isinstance(self.value, int) else f"{self.value:.3g}"

    def __str__(self) -> str:
        verdict = "ok" if self.reached else "SHORT"
        return f"{self.name} {self.text} {self.unit} {self.goal} {verdict}"
