"""An outcome as the bench's figures: `staging.WHAT.SCORE.KIND[.SET]`, one a line.

It must never set a goal: those are given, by the name of the figure.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from sleepsync.bench.figure import Figure
from sleepsync.evaluate.agreement import Agreement, agreement
from sleepsync.evaluate.calibration import calibration
from sleepsync.evaluate.night_figures import Limits
from sleepsync.evaluate.outcome import CLASSES, Outcome

_UNNAMED_SET = "sleep_accel_features"

_Line = tuple[str, float, str]


def figures_of(
    outcome: Outcome,
    goals: Mapping[str, str] | None = None,
    limits: Mapping[str, Limits] | None = None,
) -> Iterator[Figure]:
    """Every figure of an outcome.

    `goals`: {name of the figure: ">=0.45"}; no goal for the rest. `limits`: those of the
    outcome's nights (`night_figures.night_limits`), if wanted.
    """
    tail = _tail(outcome)
    for what, value, unit in _lines(outcome, limits or {}):
        figure = Figure(f"staging.{what}.{tail}", value, unit)
        yield replace(figure, goal=(goals or {}).get(figure.name, "-"))


def _tail(outcome):
    """What the figures of an outcome end in; of the first set, its name is left out."""
    parts = [outcome.score, outcome.kind.replace(" ", "_")]
    return ".".join(parts if outcome.set == _UNNAMED_SET else [*parts, outcome.set])


def _lines(outcome: Outcome, limits: Mapping[str, Limits]) -> Iterator[_Line]:
    yield "people", len(outcome.people), "people"
    for classes in sorted(CLASSES, reverse=True):
        yield from _agreement_lines(agreement(outcome, classes))
    found = calibration(outcome)
    if found:
        yield "ece", found.error, "of 1"
        yield "ece_classwise", found.classwise_error, "of 1"
    for name, limit in limits.items():
        yield from _limit_lines(name, limit)


def _agreement_lines(found: Agreement) -> Iterator[_Line]:
    classes = found.classes
    yield f"kappa{classes}", found.kappa, "kappa"
    yield f"kappa{classes}_mean", found.mean, "kappa"
    yield f"kappa{classes}_spread", found.spread, "kappa"
    yield f"kappa{classes}_worst", found.worst[1], "kappa"
    yield f"accuracy{classes}", found.accuracy, "of 1"
    # The four classes have plain names, those of fewer the number behind: recall.rem3.
    for name in found.names:
        what = name if classes == 4 else f"{name}{classes}"
        yield f"recall.{what}", found.recall[name], "of 1"
        yield f"f1.{what}", found.f1[name], "of 1"


def _limit_lines(name: str, limit: Limits) -> Iterator[_Line]:
    unit = limit.measure.unit
    suffix = "pct" if unit == "%" else unit
    yield f"{name}_bias_{suffix}", limit.bias, unit
    yield f"{name}_limits_{suffix}", limit.reach, unit
    yield f"{name}_nights", limit.nights, "nights"
