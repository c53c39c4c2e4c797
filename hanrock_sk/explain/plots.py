"""Plots: loss curves, tasks, targets, words that matter, faithfulness.

They need matplotlib: ``pip install hanrock-sk[plot]``.
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any

import numpy as np

from hanrock_sk._base.pyplot import load_pyplot
from hanrock_sk.explain.drawing import task_colour, task_name
from hanrock_sk.explain.effect_plots import faithfulness, word_list
from hanrock_sk.explain.fitted_model import split_pipeline
from hanrock_sk.explain.overall import OverallAttention

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = [
    "faithfulness",
    "learning_curves",
    "mutual_information",
    "task_attention",
    "usefulness",
    "word_list",
]


def learning_curves(estimator: Any, *, columns: int = 4) -> Figure:
    """Plot the loss of every task over the epochs.

    Parameters
    ----------
    estimator : HANRockClassifier, HANRockRegressor or Pipeline that ends in one
        The fitted model. Of a search, its best estimator is taken.
    columns : int, default=4
        Panels side by side; each auxiliary task has one. The primary task's is as wide
        as all of them.

    Returns
    -------
    figure : matplotlib.figure.Figure
        Training losses, and validation losses where there was validation. A dotted
        line marks the epoch whose weights were kept.

    Raises
    ------
    ImportError
        If matplotlib is not installed.

    Examples
    --------
    >>> from hanrock_sk import HANRockClassifier
    >>> from hanrock_sk.datasets import make_conversations
    >>> from hanrock_sk.explain import plots
    >>> X, y = make_conversations(4, 6, random_state=0)
    >>> model = HANRockClassifier(
    ...     content_size=2, word_gru=2, pri_gru=2, attention_units=2, max_epochs=2,
    ...     device="cpu", random_state=0,
    ... ).fit(X, y)
    >>> [panel.get_title() for panel in plots.learning_curves(model).axes]
    ['primary']
    """
    pyplot = load_pyplot()
    _, model = split_pipeline(estimator)
    history = model.history_
    tasks = list(history[0]["train_loss"])
    rows = 1 + ceil((len(tasks) - 1) / columns)
    figure = pyplot.figure(figsize=(3 * columns, 1 + 1.9 * rows), layout="constrained")
    grid = figure.add_gridspec(rows, columns)
    epochs = [record["epoch"] for record in history]
    for number, task in enumerate(tasks):
        place = divmod(number + columns - 1, columns) if number else (0, slice(None))
        panel = figure.add_subplot(grid[place])
        for part, style, label in (
            ("train_loss", "--", "training"),
            ("valid_loss", "-", "validation"),
        ):
            if part in history[0]:
                losses = [record[part].get(task, np.nan) for record in history]
                panel.plot(epochs, losses, style, color=task_colour(task), label=label)
        panel.axvline(model.best_epoch_, color="0.5", linestyle=":", linewidth=1)
        panel.set_title(task_name(task), fontsize="medium")
        panel.xaxis.get_major_locator().set_params(integer=True)
    figure.axes[0].legend(fontsize="small")
    figure.supxlabel("epoch")
    figure.supylabel("loss")
    return figure


def task_attention(overall: OverallAttention, *, ax: Axes | None = None) -> Axes:
    """Plot the attention over tasks of many talkturns, such as a test set.

    Parameters
    ----------
    overall : OverallAttention
        What `hanrock_sk.explain.attention` returns.
    ax : matplotlib.axes.Axes, default=None
        Where to plot; a new figure by default.

    Returns
    -------
    ax : matplotlib.axes.Axes
        A box for each task: median and quartiles; whiskers from the 5th to the 95th
        percentile. The dotted line is where all tasks have equal shares.

    Raises
    ------
    ImportError
        If matplotlib is not installed.
    ValueError
        If the model has no attention over tasks.

    Examples
    --------
    >>> from hanrock_sk import AuxiliaryTargets, HANRockClassifier, explain
    >>> from hanrock_sk.datasets import make_conversations
    >>> X, y = make_conversations(4, 6, random_state=0)
    >>> wide = AuxiliaryTargets(history=1, future=0).fit_transform(X, y)
    >>> model = HANRockClassifier(
    ...     content_size=2, word_gru=2, pri_gru=2, attention_units=2, max_epochs=1,
    ...     device="cpu", random_state=0,
    ... ).fit(wide, y)
    >>> ax = explain.plots.task_attention(explain.attention(model, wide))
    >>> [label.get_text() for label in ax.get_yticklabels()][:2]
    ['primary', 'action au05']
    """
    pyplot = load_pyplot()
    if len(overall.tasks) == 1:
        raise ValueError("This model has no attention over tasks to plot.")
    if ax is None:
        height = 1 + 0.26 * len(overall.tasks)
        _, ax = pyplot.subplots(figsize=(6, height), layout="constrained")
    boxes = ax.boxplot(
        list(overall.task_weights),
        orientation="horizontal",
        whis=(5, 95),
        showfliers=False,
        patch_artist=True,
        medianprops={"color": "white"},
    )
    for task, box in zip(overall.tasks, boxes["boxes"], strict=True):
        box.set_color(task_colour(task))
    ax.axvline(1 / len(overall.tasks), color="0.5", linestyle=":", linewidth=1)
    ax.set_yticks(
        range(1, 1 + len(overall.tasks)), [task_name(task) for task in overall.tasks]
    )
    ax.invert_yaxis()
    ax.set_xlim(left=0)
    ax.set_xlabel(f"attention over tasks, {len(overall)} talkturns")
    return ax


def mutual_information(weights: Any) -> Figure:
    """Plot the mutual information with the label, and the weights derived from it.

    Parameters
    ----------
    weights : AuxiliaryWeights or Pipeline that has such a step
        Fitted.

    Returns
    -------
    figure : matplotlib.figure.Figure
        Two panels with a bar for each auxiliary task: mutual information in nats, and
        the task's weight in the overall loss.

    Raises
    ------
    ImportError
        If matplotlib is not installed.
    TypeError
        If there is no mutual information in what is passed.
    ValueError
        If there are no auxiliary tasks.

    Examples
    --------
    >>> from hanrock_sk import AuxiliaryTargets, AuxiliaryWeights
    >>> from hanrock_sk.datasets import make_conversations
    >>> from hanrock_sk.explain import plots
    >>> X, y = make_conversations(4, 6, random_state=0)
    >>> wide = AuxiliaryTargets().fit_transform(X, y)
    >>> figure = plots.mutual_information(AuxiliaryWeights(random_state=0).fit(wide, y))
    >>> [panel.get_xlabel() for panel in figure.axes]
    ['mutual information (nats)', 'weight in the loss']
    """
    pyplot = load_pyplot()
    weights = _step_with(weights, "mutual_information_", "fitted AuxiliaryWeights")
    tasks = list(weights.mutual_information_)
    if not tasks:
        raise ValueError("There are no auxiliary tasks to plot.")
    figure, (left, right) = pyplot.subplots(
        1, 2, sharey=True, figsize=(8, 1 + 0.26 * len(tasks)), layout="constrained"
    )
    colours = [task_colour(task) for task in tasks]
    names = [task_name(task) for task in tasks]
    left.barh(names, list(weights.mutual_information_.values()), color=colours)
    right.barh(names, [weights.weights_[task] for task in tasks], color=colours)
    left.invert_yaxis()
    right.locator_params(axis="x", nbins=4)
    left.set_xlabel("mutual information (nats)")
    right.set_xlabel("weight in the loss")
    right.set_title(
        f"primary task: {weights.weights_['primary']:.3g}", fontsize="medium"
    )
    return figure


def usefulness(weights: Any, *, most: int = 40) -> Figure:
    """Plot what auxiliary targets tell of the label, beside what chance does.

    Parameters
    ----------
    weights : AuxiliaryWeights or Pipeline that has such a step
        Fitted with ``scheme="usefulness"``.
    most : int, default=40
        At most so many targets are shown, those with the largest weights, then those
        with the largest gains.

    Returns
    -------
    figure : matplotlib.figure.Figure
        Three panels with a bar for each target: the gain of its prediction, the gain of
        the target itself, both in percent of the label's variance and with a mark at
        the mean of its permutations; and its weight. Targets that are dropped are grey.

    Raises
    ------
    ImportError
        If matplotlib is not installed.
    TypeError
        If the weights are of another scheme.
    ValueError
        If no target was measured.

    Examples
    --------
    >>> from hanrock_sk import AuxiliaryTargets, AuxiliaryWeights
    >>> from hanrock_sk.datasets import make_conversations
    >>> from hanrock_sk.explain import plots
    >>> X, y = make_conversations(30, 6, random_state=0)
    >>> wide = AuxiliaryTargets(history=0, future=0).fit_transform(X, y)
    >>> weights = AuxiliaryWeights("usefulness", random_state=0).fit(wide, y)
    >>> [panel.get_xlabel() for panel in plots.usefulness(weights).axes]
    ['by its prediction (%)', 'by itself (%)', 'weight in the loss']
    """
    pyplot = load_pyplot()
    weights = _step_with(
        weights, "report_", "AuxiliaryWeights(scheme='usefulness'), fitted"
    )
    report = weights.report_
    rows = [row for row, gain in enumerate(report["by_prediction"]) if gain == gain]
    if not rows:
        raise ValueError(f"No target was measured: {sorted(set(report['why']))}.")

    def prominence(row: int) -> tuple[float, float]:
        return weights.weights_[report["task"][row]], report["by_prediction"][row]

    rows = sorted(rows, key=prominence, reverse=True)[:most]
    tasks = [report["task"][row] for row in rows]
    figure, panels = pyplot.subplots(
        1, 3, sharey=True, figsize=(10, 1 + 0.26 * len(rows)), layout="constrained"
    )
    names = [task_name(task) for task in tasks]
    colours = [
        task_colour(task) if report["kept"][row] else "#bbbbbb"
        for row, task in zip(rows, tasks, strict=True)
    ]
    for panel, gain, chance, label in (
        (panels[0], "by_prediction", "chance", "by its prediction (%)"),
        (panels[1], "by_itself", "chance_itself", "by itself (%)"),
    ):
        panel.barh(names, [100 * report[gain][row] for row in rows], color=colours)
        by_chance = [100 * report[chance][row] for row in rows]
        panel.plot(by_chance, names, "|", color="black", markersize=8)
        panel.set_xlabel(label)
    panels[2].barh(names, [weights.weights_[task] for task in tasks], color=colours)
    panels[2].set_xlabel("weight in the loss")
    panels[0].invert_yaxis()
    figure.suptitle(
        "share of the label's variance that targets add; the text explains "
        f"{100 * weights.text_explains_:.1f} %",
        fontsize="medium",
    )
    return figure


def _step_with(weights: Any, attribute: str, what: str) -> Any:
    """Return what was passed, or the step of a Pipeline, that has an attribute."""
    weights = getattr(weights, "best_estimator_", weights)
    for _, step in getattr(weights, "steps", []):
        if hasattr(step, attribute):
            weights = step
    if not hasattr(weights, attribute):
        raise TypeError(
            f"{type(weights).__name__} has no {attribute}. Pass {what}, or a fitted "
            "Pipeline with such a step."
        )
    return weights
