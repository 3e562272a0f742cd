"""The measured parts of the model card, `docs/staging.md`: tables between marks, and pictures.

What people wrote around the marks is left as it is. It must never be edited by hand.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from matplotlib.figure import Figure

from sleepsync.evaluate import canvas, card, tables
from sleepsync.evaluate.agreement import Agreement, agreement
from sleepsync.evaluate.calibration import Calibration, calibration
from sleepsync.evaluate.ceiling import AT_ONCE, Change, Kappas
from sleepsync.evaluate.outcome import CLASSES, Outcome
from sleepsync.evaluate.run import Judged
from sleepsync.paths import ROOT
from sleepsync.train.fingerprint import fingerprint

PAGE = ROOT / "docs" / "staging.md"
PICTURES = ROOT / "docs" / "staging"
BEGIN, END = "<!-- {}: begin -->", "<!-- {}: end -->"
MEASURED, CEILING = "measured", "ceiling"  # what stands between marks
SCORES = ("morning", "live")


def write(judged: Iterable[Judged], page: Path = PAGE, pictures: Path = PICTURES) -> None:
    """Write tables and pictures of an evaluation into the page. ValueError without its marks."""
    every = list(judged)
    pictures.mkdir(parents=True, exist_ok=True)
    parts = [f"Measured with the trainer `{fingerprint()}`."]
    for set_ in dict.fromkeys(one.outcome.set for one in every):
        parts += _of_set(set_, [one for one in every if one.outcome.set == set_], pictures)
    _write_between(page, MEASURED, "\n\n".join(parts))


def write_ceiling(
    set_: str,
    found: Mapping[str, Sequence[tuple[Change, Kappas]]],
    page: Path = PAGE,
    pictures: Path = PICTURES,
) -> None:
    """Write {score: changes and their kappas} into the page. ValueError without its marks."""
    columns = {
        f"{score}, {classes}": {change.what: kappas[classes] for change, kappas in rows}
        for score, rows in found.items()
        for classes in rows[0][1]
    }
    most = {score: rows[0][0].people for score, rows in found.items()}
    curve = {
        score: {c.people: [kappas[4]] for c, kappas in rows if c.shape == rows[0][0].shape}
        for score, rows in found.items()
    }
    less = {
        score: {c.what: kappas[4] for c, kappas in rows if c.people == most[score]}
        for score, rows in found.items()
    }
    drawn = {
        "learning": ("kappa in four classes by people learned from", card.learning_curve(curve)),
        "ablation": ("kappa in four classes of what is told less", card.ablation(less)),
    }
    pictures.mkdir(parents=True, exist_ok=True)
    head = f"Trainer `{fingerprint()}` on {set_}, {AT_ONCE} people left out at once."
    table = tables.kappas("changed", columns)
    parts = (head, table, *_drawn(set_, drawn, pictures))
    _write_between(page, CEILING, "\n\n".join(parts))


def _write_between(page: Path, what: str, content: str) -> None:
    text = page.read_text(encoding="utf-8")
    begin, end = BEGIN.format(what), END.format(what)
    head, _, rest = text.partition(begin)
    _, mark, tail = rest.partition(end)
    if not mark:
        raise ValueError(f"{page}: no marks {begin} and {end} to write between")
    page.write_text(f"{head}{begin}\n\n{content}\n\n{end}{tail}", encoding="utf-8")


def _of_set(set_: str, every: list[Judged], pictures: Path) -> list[str]:
    """The parts of one set."""
    outcomes = [one.outcome for one in every]
    by_kind = [(o, agreement(o, k)) for o in outcomes for k in sorted(o.people[0].said)]
    fixed = {o.score: o for o in outcomes if o.kind == "fixed"}
    scores = [score for score in SCORES if score in fixed]
    agreements = {s: {k: agreement(fixed[s], k) for k in CLASSES} for s in scores}
    calibrations = {s: found for s in scores if (found := calibration(fixed[s]))}
    limits = {one.outcome.score: one.limits for one in every if one.limits}
    count = len(outcomes[0].people)
    return [
        f"### {set_}: {count} people, each scored by a model of the others",
        tables.agreements(by_kind),
        *_classes(scores, agreements),
        "Calibration: " + tables.calibrations(calibrations).join(["\n\n", ""]),
        *_nights(scores, limits),
        *_pictures(set_, scores, fixed, agreements, calibrations, limits, pictures),
    ]


def _classes(scores, agreements: dict[str, dict[int, Agreement]]) -> list[str]:
    return [
        part
        for score in scores
        for part in (f"The {score} score's four classes:", tables.by_class(agreements[score][4]))
    ]


def _nights(scores, limits) -> list[str]:
    """Bland and Altman's figures."""
    return [
        part
        for score in scores
        for part in (
            f"Figures of a night by the {score} score, minus PSG's:",
            tables.nights(limits[score]),
        )
    ]


def _pictures(
    set_: str,
    scores: list[str],
    fixed: dict[str, Outcome],
    agreements: dict[str, dict[int, Agreement]],
    calibrations: dict[str, Calibration],
    limits: dict,
    folder: Path,
) -> list[str]:
    drawn = {
        "people": ("kappa of every person", card.kappa_by_person(agreements)),
        "confusion": (
            "what was said of what was true",
            card.confusion({s: agreements[s][4] for s in scores}),
        ),
        "reliability": ("probabilities against what was true", card.reliability(calibrations)),
        "nights": ("the morning's figures against PSG's", card.bland_altman(limits[scores[0]])),
    }
    return _drawn(set_, drawn, folder)


def _drawn(set_: str, drawn: Mapping[str, tuple[str, Figure]], folder: Path) -> list[str]:
    """Write {name: (caption, figure)}; the page's lines that show them."""
    lines = []
    for name, (caption, figure) in drawn.items():
        path = folder / f"{set_}-{name}.svg"
        path.write_bytes(canvas.svg(figure))
        lines.append(f"![{set_}: {caption}]({folder.name}/{path.name})")
    return lines
