"""The peers: the models of Walch 2019 (doi 10.1093/sleep/zsz180) on the same people.

Each epoch is judged by its own three features (hr_feature, count_feature and
cosine_feature), by a logistic regression and a random forest with the published class
weights, for each number of classes a model of its own (the paper has 2 and 3). Its search
for a forest's depth and a regression's penalty is left out: three features leave little to
find. It must never score anybody by a model, or a decision, that saw them.

`people` may be any objects with `.name` and `.nights`; a night has, for each 30 s epoch
from its start, `.stages` (records' stages, UNKNOWN where PSG is silent), `.deviation`
(hr_feature) and `.activity` (count_feature), NaN where not known.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from sleepsync.evaluate.decision import said_by, tuned_factors, worth
from sleepsync.evaluate.outcome import CLASSES, Outcome, PersonOutcome, in_classes
from sleepsync.paths import records

_SEED = 0
_TREES = 100
_DEPTH = 10  # the first of the published grid
_FEWEST = 3  # one is judged, and of two each is judged by the other to tune the decision
_INNER_FOLDS = 3  # groups of training people, to tune the decision on

_BED_TIME_SHIFT_H = 5  # cosine_feature is lowest five hours after the start
_DAY_H = 24

Said = dict[str, dict[int, np.ndarray]]  # person -> classes -> stages


@dataclass(frozen=True)
class _Rows:
    """A person's scored epochs: features (n, 3), stages (n,)."""

    features: np.ndarray
    stages: np.ndarray


def peers(people: Iterable[Any]) -> dict[str, Said]:
    """{peer: {person: {classes: stages of `CLASSES`}}}, over each person's scored epochs.

    Of three ways to train and decide (see `variants`), for each peer and number of classes
    the one with the highest kappa on these people: the choice flatters the peers.
    ValueError if there are fewer than three people, or two of one name.
    """
    rows = _rows_by_name(people)
    return {peer: _best_said(peer, rows) for peer in PEERS}


def outcomes(set_: str, people: Iterable[Any]) -> Iterator[Outcome]:
    """The peers as outcomes of a set, without probabilities. Their hr_feature knows the whole
    night, so their score is the morning's.
    """
    everybody = list(people)
    rows = _rows_by_name(everybody)
    for peer, said in peers(everybody).items():
        of_people = (PersonOutcome(who, row.stages, said[who], None) for who, row in rows.items())
        yield Outcome(set_, "morning", peer, tuple(of_people))


def variants(peer: str, people: Iterable[Any], classes: int) -> dict[str, dict[str, np.ndarray]]:
    """{way: {person: said}} of one of `PEERS`, leaving one person out.

    Ways: "balanced", the likeliest class with balanced weights, as published; "plain",
    the same without weights; "tuned", the balanced model's probabilities, each class times
    a factor that gives the best kappa on the training people, each of whom is judged by a
    model of others.
    """
    return _variants(peer, _rows_by_name(people), classes)


def _variants(peer, rows, classes):
    said: dict[str, dict[str, np.ndarray]] = {"balanced": {}, "plain": {}, "tuned": {}}
    for name, row in rows.items():
        others = [other for who, other in rows.items() if who != name]
        balanced = _probabilities(PEERS[peer]("balanced"), others, row, classes)
        plain = _probabilities(PEERS[peer](None), others, row, classes)
        said["balanced"][name] = said_by(balanced, np.ones(classes), classes)
        said["plain"][name] = said_by(plain, np.ones(classes), classes)
        said["tuned"][name] = said_by(balanced, _inner_factors(peer, others, classes), classes)
    return said


def _best_said(peer: str, rows: dict[str, _Rows]) -> Said:
    best = {classes: _best(_variants(peer, rows, classes), rows, classes) for classes in CLASSES}
    return {name: {classes: best[classes][name] for classes in CLASSES} for name in rows}


def _best(ways, rows, classes):
    """What was said in the way with the highest kappa over all epochs, the first of equals."""
    true = np.concatenate([in_classes(row.stages, classes) for row in rows.values()])
    return max(ways.values(), key=lambda said: worth(true, np.concatenate([*said.values()])))


def _logistic_regression(weights: str | None) -> Pipeline:
    return _pipeline(StandardScaler(), LogisticRegression(class_weight=weights, max_iter=1000))


def _random_forest(weights: str | None) -> Pipeline:
    # One process: sums of several come in any order, and with it the last digit.
    forest = RandomForestClassifier(
        _TREES, max_depth=_DEPTH, class_weight=weights, random_state=_SEED, n_jobs=1
    )
    return _pipeline(forest)


def _pipeline(*steps) -> Pipeline:
    """What is not known is the training people's median; what nobody knows says nothing."""
    return make_pipeline(SimpleImputer(strategy="median", keep_empty_features=True), *steps)


PEERS = {"logistic regression": _logistic_regression, "random forest": _random_forest}


def _rows_by_name(people: Iterable[Any]) -> dict[str, _Rows]:
    everybody = list(people)
    rows = {person.name: _rows(person) for person in everybody}
    if len(rows) < len(everybody) or len(rows) < _FEWEST:
        raise ValueError(f"peers: wanted {_FEWEST} people or more, of different names: {[*rows]}")
    return rows


def _rows(person: Any) -> _Rows:
    return _joined([_night_rows(night) for night in person.nights])


def _night_rows(night: Any) -> _Rows:
    stages = np.asarray(night.stages)
    time_h = np.arange(len(stages)) * records.EPOCH_S / 3600
    cosine = -np.cos((time_h - _BED_TIME_SHIFT_H) * 2 * np.pi / _DAY_H)
    scored = stages != records.UNKNOWN
    features = np.column_stack([night.deviation, night.activity, cosine])
    return _Rows(features[scored], stages[scored])


def _probabilities(model: Pipeline, train: list[_Rows], row: _Rows, classes: int) -> np.ndarray:
    """(n, classes) of one person's epochs by a model of others; 0 for a class none of them had."""
    taught = _joined(train)
    model.fit(taught.features, in_classes(taught.stages, classes))
    told = np.zeros((len(row.stages), classes))
    columns = [CLASSES[classes].index(stage) for stage in model.classes_]
    told[:, columns] = model.predict_proba(row.features)
    return told


def _inner_factors(peer: str, train: list[_Rows], classes: int) -> np.ndarray:
    """Factors tuned on the training people, in groups judged by models of the other groups."""
    told, judged = [], []
    for fold in range(min(_INNER_FOLDS, len(train))):
        group = _joined(train[fold::_INNER_FOLDS])
        others = [row for i, row in enumerate(train) if i % _INNER_FOLDS != fold]
        told.append(_probabilities(PEERS[peer]("balanced"), others, group, classes))
        judged.append(in_classes(group.stages, classes))
    return tuned_factors(np.concatenate(told), np.concatenate(judged), classes)


def _joined(rows: list[_Rows]) -> _Rows:
    features, stages = zip(*((row.features, row.stages) for row in rows), strict=True)
    return _Rows(np.concatenate(features), np.concatenate(stages))
