"""Shares by what a target's prediction from the text tells of the label."""

from __future__ import annotations

import numpy as np
from sklearn.utils import check_random_state

from hanrock_sk.auxiliary.cross_prediction import CrossPrediction, deal_conversations
from hanrock_sk.auxiliary.label_gain import LabelGain, as_columns, correlation
from hanrock_sk.auxiliary.neighbours import neighbour_rows
from hanrock_sk.auxiliary.permutation import permuted_rows
from hanrock_sk.auxiliary.schemes.judgement import (
    FEWEST_LABELS,
    Compared,
    Gains,
    judge,
)
from hanrock_sk.auxiliary.schemes.scheme_data import SchemeData
from hanrock_sk.auxiliary.schemes.shares import Shares
from hanrock_sk.auxiliary.text_features import text_features
from hanrock_sk.talkturns.auxiliary_names import LABEL_FAMILIES

REPEATS = 2
"""How often the conversations are dealt anew."""

PERMUTATIONS = 199
"""Of every target."""


def usefulness(data: SchemeData) -> Shares:
    """Share by what a target, and its prediction, add to the text's prediction.

    A branch that learns a target passes on what the text tells of that target. So the
    target is predicted from the text, in conversations that were not learnt from, and
    so is the label, from other conversations. Two gains are measured, each a share of
    the label's variance beyond what the label's own prediction explains: that of the
    target's prediction, and that of the target itself. A target that tells of the label
    what the text does not has a cause in common with it, and is a second witness where
    labels are few or wrong; but only what the text tells of that cause can be passed
    on, so this gain is multiplied by the correlation of the label and its prediction.

    Chance is measured by 199 permutations. A gain that is not half as much again as the
    best of all targets' permutations, in standard deviations, counts for nothing. The
    share is the sum of what is left, less the mean of the permutations.

    Parameters
    ----------
    data : SchemeData
        The training talkturns.

    Returns
    -------
    shares : Shares
        With ``report_``, a column of which says for every task why, and
        ``text_explains_``.
    """
    random = check_random_state(data.random_state)
    seed = int(random.randint(2**31 - 1))
    tasks = [task for task, may in data.may_have_weight.items() if may]
    labelled = np.flatnonzero(data.present)
    if len(labelled) < FEWEST_LABELS:
        return judge(data, {}, np.nan)
    experiment = _Experiment(data, labelled, seed)
    measured: dict[str, Gains] = {}
    for known, group in _by_known_rows(data, tasks):
        measured |= experiment.measure(known, group)
    return judge(data, measured, experiment.text_explains)


class _Experiment:
    """The label predicted from the text, which targets are to add something to."""

    def __init__(self, data: SchemeData, labelled: np.ndarray, seed: int) -> None:
        self.data, self.labelled = data, labelled
        self.generator = np.random.default_rng(seed)
        self.features = text_features(data.texts, data.conversations, seed)
        label = as_columns(data.y, data.present, data.label_is_class)
        self.label = label[labelled]
        self.deals, self.measures, predicted = [], [], []
        for _ in range(REPEATS):
            part = deal_conversations(
                data.groups, data.present.astype(float), self.generator
            )
            regression = CrossPrediction(self.features, part, labelled)
            by_half = list(regression.predict(label[regression.learnt], labelled))
            # What a target's prediction learnt from one half adds to the label's from
            # the other: so a noisy copy of the label is worth what more labels are.
            self.deals.append(part)
            self.measures.append(
                [LabelGain(self.label, by_text) for by_text in by_half[::-1]]
            )
            predicted += by_half
        self.by_text = np.mean(predicted, axis=0)
        self.text_explains = LabelGain(self.label, self.by_text).explained

    def measure(self, known: np.ndarray, tasks: list[str]) -> dict[str, Gains]:
        """Measure targets that are known in the same rows."""
        data, rows = self.data, np.flatnonzero(known)
        source = permuted_rows(data.groups, known, PERMUTATIONS, self.generator)
        both = known[self.labelled]
        itself = LabelGain(self.label[both], self.by_text[both])
        sources_there = source[:, self.labelled[both]]
        regressions = [
            CrossPrediction(self.features, part, rows) for part in self.deals
        ]
        measured = {}
        for task in tasks:
            target = data.targets[task]
            values = as_columns(target.values, known, target.is_class)
            gains, predictable = np.zeros(len(source)), []
            for regression, halves in zip(regressions, self.measures, strict=True):
                columns = values[source[:, regression.learnt]].swapaxes(0, 1)
                predictions = regression.predict(
                    columns.reshape(len(rows), -1), self.labelled
                )
                for predicted, label_gain in zip(predictions, halves, strict=True):
                    each = predicted.reshape(len(predicted), len(source), -1)
                    gains += label_gain.gains(each.swapaxes(0, 1))
                    predictable.append(
                        correlation(values[self.labelled[both]], each[both, 0])
                    )
            measured[task] = Gains(
                prediction=Compared.of(gains / len(predictable)),
                itself=Compared.of(itself.gains(values[sources_there])),
                predictable=float(np.mean(predictable)),
            )
        return measured


def _by_known_rows(
    data: SchemeData, tasks: list[str]
) -> list[tuple[np.ndarray, list[str]]]:
    """Group the tasks whose targets are known in the same rows."""
    groups: dict[bytes, tuple[np.ndarray, list[str]]] = {}
    for task in tasks:
        known = data.targets[task].known & ~_own_label(data, task)
        if (known & data.present).sum() >= FEWEST_LABELS:
            groups.setdefault(known.tobytes(), (known, []))[1].append(task)
    return list(groups.values())


def _own_label(data: SchemeData, task: str) -> np.ndarray:
    """Return where history or future is the talkturn's own label, for want of others.

    It would look like the best of targets, and teach nothing.
    """
    family, _, name = task.partition("__")
    own = np.zeros(len(data.y), dtype=bool)
    if family in LABEL_FAMILIES and name.isdecimal():
        steps = -int(name) if family == "history" else int(name)
        rows = neighbour_rows(data.conversations, data.present, steps)
        own = rows == np.arange(len(rows))
    return own
