"""The tables of a model card as markdown, from plain results.

They must never compute a result: every number was given. What is not known is a dash.
"""

from collections.abc import Iterable, Mapping

import numpy as np

from sleepsync.evaluate.agreement import Agreement
from sleepsync.evaluate.calibration import Calibration
from sleepsync.evaluate.night_figures import Limits
from sleepsync.evaluate.outcome import Outcome, written

_DASH = "-"


def agreements(found: Iterable[tuple[Outcome, Agreement]]) -> str:
    """A row for each outcome and number of classes, best kappa in bold among those that are
    of one set, score and number of classes.
    """
    rows = list(found)
    best = _best(rows)
    head = "set", "score", "kind", "classes", "kappa", "mean ± SD by person", "worst", "accuracy"
    return _table(head, [_agreement_row(*row, best) for row in rows])


def by_class(found: Agreement) -> str:
    """Recall and F1 of each class, and how many epochs were of it."""
    epochs = found.confusion.sum(axis=1)
    rows = [
        (written(name), _number(found.recall[name], 2), _number(found.f1[name], 2), f"{of_class:,}")
        for name, of_class in zip(found.names, epochs, strict=True)
    ]
    return _table(("class", "recall", "F1", "epochs"), rows)


def confusion(found: Agreement) -> str:
    """The confusion matrix in epochs: rows true, columns said."""
    rows = [
        (written(name), *(f"{epochs:,}" for epochs in row))
        for name, row in zip(found.names, found.confusion, strict=True)
    ]
    return _table(("true \\ said", *map(written, found.names)), rows)


def people(scores: Mapping[str, Mapping[int, Agreement]]) -> str:
    """{score: {classes: agreement}}: every person's kappas, in the order given."""
    columns = [
        (f"{score}, {classes}", agreement.kappas)
        for score, by_classes in scores.items()
        for classes, agreement in by_classes.items()
    ]
    names = columns[0][1]
    rows = [(name, *(_number(kappas[name], 2) for _, kappas in columns)) for name in names]
    return _table(("person", *(title for title, _ in columns)), rows)


def nights(limits: Mapping[str, Limits]) -> str:
    """Bias and limits of agreement of each measure, said minus PSG."""
    rows = [_limit_row(limit) for limit in limits.values()]
    return _table(("figure", "bias", "limits of agreement", "nights"), rows)


def calibrations(found: Mapping[str, Calibration]) -> str:
    """{score: calibration}: both errors."""
    rows = [
        (score, _number(one.error, 3), _number(one.classwise_error, 3))
        for score, one in found.items()
    ]
    return _table(("score", "calibration error, likeliest class", "mean of classes"), rows)


def kappas(title: str, scores: Mapping[str, Mapping[str, float]]) -> str:
    """{score: {what: kappa}}: an ablation, or any other row of kappas; `title` names the rows."""
    whats = dict.fromkeys(what for row in scores.values() for what in row)
    rows = [
        (what, *(_number(row.get(what, np.nan), 3) for row in scores.values())) for what in whats
    ]
    return _table((title, *scores), rows)


def _agreement_row(outcome: Outcome, found: Agreement, best: dict) -> tuple[str, ...]:
    person, worst = found.worst
    kappa = _number(found.kappa, 3)
    return (
        outcome.set,
        outcome.score,
        outcome.kind,
        str(found.classes),
        f"**{kappa}**" if best[_rivals(outcome, found)] == found.kappa else kappa,
        f"{_number(found.mean, 2)} ± {_number(found.spread, 2)}",
        f"{_number(worst, 2)} ({person})" if person else _DASH,
        _number(100 * found.accuracy, 1) + " %",
    )


def _best(rows) -> dict:
    """The highest kappa of each group of rivals."""
    best: dict = {}
    for outcome, found in rows:
        group = _rivals(outcome, found)
        best[group] = max(best.get(group, -np.inf), found.kappa)
    return best


def _rivals(outcome: Outcome, found: Agreement) -> tuple:
    return outcome.set, outcome.score, found.classes


def _limit_row(limit: Limits) -> tuple[str, ...]:
    unit = limit.measure.unit
    edges = f"{_signed(limit.low)} to {_signed(limit.high)} {unit}"
    return limit.measure.title, f"{_signed(limit.bias)} {unit}", edges, str(limit.nights)


def _number(value: float, digits: int) -> str:
    return _DASH if np.isnan(value) else f"{value:.{digits}f}"


def _signed(value: float) -> str:
    return _DASH if np.isnan(value) else f"{value:+.1f}"


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """GitHub's table, its last line ended."""
    head = tuple(head)
    lines = [head, ("---",) * len(head), *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)
