"""Tables of results, like the paper's 1 to 4 and 7, from the trials of settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from task_trials import TaskTrials


@dataclass(frozen=True)
class ResultTable:
    """A table of strings.

    Attributes
    ----------
    title : str
        What it shows, and what its marks mean.
    header : sequence of str
        Names of the columns.
    rows : sequence of sequence of str
        The cells.

    Examples
    --------
    >>> from result_tables import ResultTable
    >>> print(ResultTable("Results.", ["setting", "MA"], [["flat", "0.6"]]).markdown())
    Results.
    <BLANKLINE>
    | setting | MA |
    | --- | --- |
    | flat | 0.6 |
    """

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]

    def markdown(self) -> str:
        """Write the table as Markdown.

        Returns
        -------
        text : str
            Title and table.
        """
        lines = [self.header, ["---"] * len(self.header), *self.rows]
        return "\n".join([self.title, "", *(f"| {' | '.join(r)} |" for r in lines)])


def settings_table(
    tasks: Sequence[TaskTrials],
    title: str,
    settings: Mapping[str, str],
    caret_against: str | None = None,
) -> ResultTable:
    """Make a table of settings against a baseline, like the paper's Tables 1 to 3.

    A cell is the test result of the trial that is best in development. An asterisk
    marks a significant difference from the first setting, the baseline.

    Parameters
    ----------
    tasks : sequence of TaskTrials
        The primary tasks, a column each.
    title : str
        What the table shows.
    settings : mapping of str to str
        From setting to its row's name; the first is the baseline.
    caret_against : str or None, default=None
        A setting from which a significant difference of the baseline is marked with a
        caret, as in Table 2.

    Returns
    -------
    table : ResultTable
        A row per setting.

    Examples
    --------
    >>> from task_trials import TaskTrials
    >>> from result_tables import settings_table
    >>> flat = [{"dev": 0.61, "test": 0.60}, {"dev": 0.64, "test": 0.62}]
    >>> rock = [{"dev": 0.72, "test": 0.71}, {"dev": 0.71, "test": 0.70}]
    >>> task = TaskTrials("emotion, MA(4)", {"flat": flat, "rock": rock})
    >>> settings_table([task], "H3.", {"flat": "Flat", "rock": "HAN-ROCK"}).rows
    [['Flat (baseline)', '0.620'], ['HAN-ROCK', '0.710*']]
    """
    baseline, *challengers = settings
    title += " *: significantly different from the baseline."
    if caret_against is not None:
        title += " ^: the baseline is significantly different from A = 0."
    rows = []
    for setting, name in settings.items():
        row = [name if setting in challengers else f"{name} (baseline)"]
        for task in tasks:
            cell = f"{task.best(setting)['test']:.3f}"
            if setting in challengers and task.compare(baseline, setting).significant:
                cell += "*"
            elif setting == baseline and caret_against is not None:
                against_none = task.compare(caret_against, baseline)
                cell += "^" if against_none.significant else ""
            row.append(cell)
        rows.append(row)
    return ResultTable(title, ["", *(task.name for task in tasks)], rows)


def classwise_table(
    task: TaskTrials, title: str, hypotheses: Mapping[str, tuple[str, str]]
) -> ResultTable:
    """Make a table of each class's F1, like the paper's Table 4.

    Parameters
    ----------
    task : TaskTrials
        A primary task with classes.
    title : str
        What the table shows.
    hypotheses : mapping of str to tuple of (str, str)
        From a hypothesis to its baseline and its challenger.

    Returns
    -------
    table : ResultTable
        A row per class, the rarest first.

    Examples
    --------
    >>> from task_trials import TaskTrials
    >>> from result_tables import classwise_table
    >>> flat = [{"dev": 0.6, "test": 0.6, "f1": {"sad": 0.5}}] * 2
    >>> rock = [{"dev": 0.7, "test": 0.7, "f1": {"sad": 0.7}}] * 2
    >>> task = TaskTrials(
    ...     "emotion", {"flat": flat, "rock": rock}, class_counts={"sad": 1084}
    ... )
    >>> classwise_table(task, "Table 4.", {"H3": ("flat", "rock")}).rows
    [['sad', '1084', '0.500', '0.700*']]
    """
    counts = task.class_counts or {}
    rows = []
    for label, count in sorted(counts.items(), key=lambda item: item[1]):
        row = [label, str(count)]
        for baseline, challenger in hypotheses.values():
            comparison = task.compare(baseline, challenger, label)
            row.append(f"{task.best(baseline)['f1'][label]:.3f}")
            star = "*" if comparison.significant else ""
            row.append(f"{task.best(challenger)['f1'][label]:.3f}{star}")
        rows.append(row)
    header = ["label", "count"]
    for name, (baseline, challenger) in hypotheses.items():
        header += [f"{name}: {baseline}", f"{name}: {challenger}"]
    title += " *: significantly different from the baseline before it."
    return ResultTable(title, header, rows)


def interval_table(
    tasks: Sequence[TaskTrials], comparisons: Sequence[tuple[str, str]]
) -> ResultTable:
    """Make a table of the intervals behind the marks.

    Parameters
    ----------
    tasks : sequence of TaskTrials
        The primary tasks.
    comparisons : sequence of tuple of (str, str)
        Baseline and challenger. A task that lacks one of them is left out.

    Returns
    -------
    table : ResultTable
        A row per task and comparison.

    Examples
    --------
    >>> from task_trials import TaskTrials
    >>> from result_tables import interval_table
    >>> flat = [{"dev": 0.61, "test": 0.60}, {"dev": 0.64, "test": 0.62}]
    >>> rock = [{"dev": 0.72, "test": 0.71}, {"dev": 0.71, "test": 0.70}]
    >>> task = TaskTrials("emotion", {"flat": flat, "rock": rock})
    >>> interval_table([task], [("flat", "rock")]).rows
    [['emotion', 'flat', '0.620', 'rock', '0.710', '[+0.080, +0.110]', 'better']]
    """
    rows = []
    for task in tasks:
        for baseline, challenger in comparisons:
            if not {baseline, challenger} <= set(task.trials):
                continue
            found = task.compare(baseline, challenger)
            low, high = found.interval
            verdict = "better" if found.challenger_is_better else "worse"
            rows.append(
                [
                    task.name,
                    baseline,
                    f"{found.baseline_result:.3f}",
                    challenger,
                    f"{found.challenger_result:.3f}",
                    f"[{low:+.3f}, {high:+.3f}]",
                    verdict if found.significant else "not significantly different",
                ]
            )
    header = ["task", "baseline", "", "challenger", "", "95 percent", "challenger is"]
    return ResultTable(
        "Test results and intervals of their differences, challenger - baseline.",
        header,
        rows,
    )


def hyperparameter_table(
    tasks: Sequence[TaskTrials],
    title: str,
    settings: Sequence[str],
    rows: Mapping[str, str],
) -> ResultTable:
    """Make a table of the best trials' hyper-parameters, like the paper's Table 7.

    Parameters
    ----------
    tasks : sequence of TaskTrials
        The primary tasks, a column each.
    title : str
        What the table shows.
    settings : sequence of str
        The settings among whose trials the best in development is looked for.
    rows : mapping of str to str
        From a name in a trial's ``params`` to its row's name.

    Returns
    -------
    table : ResultTable
        A row per hyper-parameter, and before them setting and results.

    Examples
    --------
    >>> from task_trials import TaskTrials
    >>> from result_tables import hyperparameter_table
    >>> trials = [{"dev": 0.61, "test": 0.6, "params": {"lr": 0.00225}}]
    >>> task = TaskTrials("emotion", {"flat": trials})
    >>> hyperparameter_table([task], "Table 7.", ["flat"], {"lr": "rate"}).rows[-1]
    ['rate', '0.00225']
    """
    best = []
    for task in tasks:
        found = {setting: task.best(setting) for setting in settings}
        results = {setting: trial["dev"] for setting, trial in found.items()}
        choose = max if task.greater_is_better else min
        setting = choose(results, key=results.__getitem__)
        best.append((setting, found[setting]))
    table = [
        ["setting", *(setting for setting, _ in best)],
        ["development", *(f"{trial['dev']:.3f}" for _, trial in best)],
        ["test", *(f"{trial['test']:.3f}" for _, trial in best)],
    ]
    for name, shown in rows.items():
        values = [trial["params"].get(name, "") for _, trial in best]
        cells = [f"{v:.3g}" if isinstance(v, float) else str(v) for v in values]
        table.append([shown, *cells])
    return ResultTable(title, ["", *(task.name for task in tasks)], table)
