"""Write the figures of docs/benchmarks into the pages that show them.

From a clone, after a benchmark has written its JSON file::

    python tests/page_figures.py

A page marks what is written for it by two comments, the first of which says what::

    <!-- figures: practice weighted_f1 -->
    <!-- end of figures -->

What there is to show is in `WRITERS`. `tests/test_page_figures.py` checks that pages
and files agree.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from statistics import mean, stdev
from typing import Any

from pages import DOCS, PAGES

BENCHMARKS = DOCS / "benchmarks"
BLOCK = re.compile(
    r"(<!-- figures: ([\w. ]+) -->\n).*?(<!-- end of figures -->)", re.DOTALL
)

CORPORA = {
    "ami": "AMI, four dialogue acts",
    "esconv": "ESConv, eight strategies",
    "meld": "MELD, seven emotions",
}
BASELINES = {
    "tfidf": "TF-IDF + LR",
    "tfidf3": "TF-IDF of 3 talkturns + LR",
    "sentences5": "sentence vectors of 5 talkturns + LR",
}
OURS = {
    "hanrock": "`conversation_pipeline`",
    "scratch": "without pretrained words",
}
RIVALS = {"hanrock": "han", "hanrock-bare": "han-bare"}
"""With auxiliary tasks, and without."""

MODEL = "hanrock"
"""What is compared with the best baseline."""

ALL = float("inf")

Draws = dict[tuple[str, float], dict[str, dict[int, float]]]
"""Corpus and number of labels: model: draw: result."""


def markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a table."""
    lines = [header, ["---"] * len(header), *rows]
    text = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return text.replace("|  ", "| ")  # an empty cell


def read_draws(metric: str) -> Draws:
    """Read a metric of the practice benchmark, in order of corpus and labels."""
    found: Draws = {}
    for cell in json.loads((BENCHMARKS / "practice.json").read_text()):
        if metric not in cell:
            continue  # baselines have no losses
        key = cell["corpus"], cell["labels"] or ALL
        models = found.setdefault(key, {})
        models.setdefault(cell["model"], {})[cell["draw"]] = cell[metric]
    order = list(CORPORA)
    return dict(sorted(found.items(), key=lambda f: (order.index(f[0][0]), f[0][1])))


def best_baseline(models: dict[str, dict[int, float]]) -> str | None:
    """Name the baseline of the best mean over draws."""
    means = {name: mean(models[name].values()) for name in BASELINES if name in models}
    return max(means, key=means.__getitem__) if means else None


def label_count(n: float) -> str:
    """Write a number of labels."""
    return "all" if n == ALL else f"{n:,.0f}"


def difference(ours: dict[int, float], theirs: dict[int, float]) -> str:
    """Write the mean difference of the same draws, and its standard error."""
    # With all labels nothing is drawn: a baseline has one result for all seeds.
    only = next(iter(theirs.values())) if len(theirs) == 1 else None
    differences = [ours[draw] - theirs.get(draw, only) for draw in sorted(ours)]
    told = f"{mean(differences):+.3f}"
    if len(differences) > 1:
        told += f" ± {stdev(differences) / len(differences) ** 0.5:.3f}"
    return told


def practice(metric: str) -> str:
    """Tabulate the practice benchmark, a row for a corpus and a number of labels."""
    draws = read_draws(metric)
    there = {name for models in draws.values() for name in models}
    names = {n: title for n, title in {**BASELINES, **OURS}.items() if n in there}
    rows = []
    for (corpus, n), models in draws.items():
        means = {name: mean(models[name].values()) for name in names if name in models}
        best = (min if metric == "calibration_error" else max)(means.values())
        cells = []
        for name in names:
            told = f"{means[name]:.3f}" if name in means else ""
            cells.append(f"**{told}**" if means.get(name) == best else told)
        baseline = best_baseline(models)
        compared = baseline is not None and MODEL in models
        if metric != "calibration_error":
            cells.append(
                difference(models[MODEL], models[baseline]) if compared else ""
            )
        rows.append([f"{CORPORA[corpus]}, {label_count(n)}", *cells])
    header = ["corpus, labels", *names.values()]
    if metric != "calibration_error":
        header.append("difference from the best baseline")
    return markdown(header, rows)


def rock_against_han() -> str:
    """Compare with and without auxiliary tasks: the same draws, scores and losses."""
    scores, losses = read_draws("weighted_f1"), read_draws("loss")
    rows = []
    for (corpus, n), models in scores.items():
        for rock, han in RIVALS.items():
            if rock not in models or han not in models:
                continue
            common = sorted(models[rock].keys() & models[han].keys())
            with_tasks, without = (
                {d: models[name][d] for d in common} for name in (rock, han)
            )
            last = [
                mean(losses[corpus, n][name][d][-1] for d in common)
                for name in (rock, han)
            ]
            bare = ", no narrative" if rock.endswith("bare") else ""
            rows.append(
                [f"{CORPORA[corpus]}, {label_count(n)}{bare}"]
                + [f"{mean(each.values()):.3f}" for each in (with_tasks, without)]
                + [difference(with_tasks, without)]
                + [f"{loss:.3f}" for loss in last]
            )
    header = ["corpus, labels", "`rock`", "`han`", "difference"]
    return markdown([*header, "last loss of `rock`", "of `han`"], rows)


def practice_short() -> str:
    """Tabulate the best baseline and ours, a row for a corpus."""
    draws = read_draws("weighted_f1")
    numbers = sorted({n for _, n in draws})
    rows = []
    for corpus, title in CORPORA.items():
        cells = []
        for n in numbers:
            models = draws.get((corpus, n), {})
            baseline = best_baseline(models)
            if baseline is None or MODEL not in models:
                cells.append("")
                continue
            theirs, ours = (mean(models[m].values()) for m in (baseline, MODEL))
            cells.append(f"{theirs:.3f} / {ours:.3f}")
        rows.append([title, *cells])
    return markdown(["labels", *map(label_count, numbers)], rows)


def practice_verdict() -> str:
    """Say where it is ahead of the best baseline, and where not."""
    ahead, level, behind, gains = [], [], [], []
    for (corpus, n), models in read_draws("weighted_f1").items():
        baseline = best_baseline(models)
        if baseline is None or MODEL not in models:
            continue
        gain = mean(models[MODEL].values()) - mean(models[baseline].values())
        place = f"{corpus_name(corpus)} with {label_count(n)} labels"
        gains.append(gain)
        (ahead if gain >= 0.01 else behind if gain <= -0.01 else level).append(place)
    told = [
        "With nothing tuned, `conversation_pipeline` and its pretrained encoder score "
        "higher than the\nbest of the baselines in "
        f"{len(ahead)} of {len(gains)} comparisons; the difference in weighted F1 is "
        f"{min(gains):+.2f} to {max(gains):+.2f}."
    ]
    if level:
        told.append(f"Level: {'; '.join(level)}.")
    if behind:
        told.append(f"Behind: {'; '.join(behind)}.")
    return "\n".join(told)


def corpus_name(corpus: str) -> str:
    """Name a corpus as people do."""
    return CORPORA[corpus].partition(",")[0]


def practice_source() -> str:
    """Say when, where and how often the practice benchmark was run."""
    cells = json.loads((BENCHMARKS / "practice.json").read_text())
    ours = [cell for cell in cells if cell["model"] == MODEL]
    numbers = sorted({len([c for c in ours if same(c, cell)]) for cell in ours})
    draws = " to ".join(dict.fromkeys(str(n) for n in (numbers[0], numbers[-1])))
    dates = " to ".join(
        dict.fromkeys(f(cell["date"] for cell in cells) for f in (min, max))
    )
    return f"Mean of {draws} draws, run {dates}; all results are in `practice.json`."


def same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two cells differ in their draw alone."""
    return all(one[name] == other[name] for name in ("corpus", "model", "labels"))


def tables(file: str, number: str, *columns: str) -> str:
    """Show one of the tables that an experiment has written."""
    content = json.loads((BENCHMARKS / f"{file}.json").read_text())
    found = content["tables"] if isinstance(content, dict) else content
    table = [each for each in found if isinstance(each, dict)][int(number)]
    kept = [
        i for i, _ in enumerate(table["header"]) if not columns or str(i) in columns
    ]
    return markdown(
        [table["header"][i] for i in kept],
        [[row[i] for i in kept] for row in table["rows"]],
    )


def unlabelled() -> str:
    """Say what training on unlabelled talkturns gains, with intervals."""
    results = json.loads((BENCHMARKS / "unlabelled.json").read_text())
    rows = [
        [name, *(f"{results[name][key]:+.3f}" for key in ("mean", "low", "high"))]
        for name in ("measured", "shuffled")
    ]
    header = ["voice, face and timing", "mean difference", "95 % from", "to"]
    return markdown(header, rows)


def attention() -> str:
    """Tabulate how far attention goes with what leaving words out changed."""
    names = {"ami": "AMI", "meld": "MELD", "esconv": "ESConv"}
    rows = []
    for cell in json.loads((BENCHMARKS / "attention.json").read_text()):
        changed = cell["comprehensiveness"]
        rows.append(
            [
                names[cell["corpus"]],
                f"{cell['correlation']['words']['shown']:.2f}",
                f"{cell['correlation']['talkturns']['shown']:.2f}",
                *(f"{changed[by]:.3f}" for by in ("attention", "random", "occlusion")),
                *(f"{cell['score'][how]:.2f}" for how in ("as it is", "uniform")),
            ]
        )
    header = [
        "corpus",
        "words: attention with what changed",
        "talkturns",
        "change without the most weighted words",
        "without random ones",
        "without those that occlusion puts first",
        "mean accuracy",
        "with uniform attention",
    ]
    return markdown(header, rows)


def encoder_at_work() -> str:
    """Say what a search, a large prediction and a live conversation take."""
    results = json.loads((BENCHMARKS / "encoder_at_work.json").read_text())
    search, predict, live = (results[part] for part in ("search", "predict", "live"))
    return (
        f"In {search['fits']} fits of a search, each of {search['distinct_texts']:,} "
        f"texts was encoded once: {search['texts_encoded']:,}.\n"
        f"Predicting {predict['talkturns']:,} talkturns, no two alike, took "
        f"{predict['peak_mib']:,.0f} MiB at most, {predict['peak_mib_before']:,.0f} of "
        "it before.\n"
        f"Live, on one thread, a talkturn took {live['median_ms']:.0f} ms, and 95 of "
        f"100 at most {live['percentile_95_ms']:.0f}."
    )


def engine_ratios() -> str:
    """Say how much faster a training step and prediction are, over all machines."""
    steps, predictions = zip(*_ratios(18, 256), strict=True)
    return (
        f"A training step is {_span(steps)} times as fast as in the straightforward "
        f"implementation,\nand prediction {_span(predictions)} times (content size 18, "
        "256 primary units, two CPU cores)."
    )


def _ratios(content_size: int, units: int) -> Iterator[tuple[float, float]]:
    for file in sorted(BENCHMARKS.glob("engine*.json")):
        for row in json.loads(file.read_text())["settings"]:
            if (row["content_size"], row["pri_gru"]) == (content_size, units):
                yield row["step_ratio"], row["predict_ratio"]


def _span(values: Sequence[float]) -> str:
    return " to ".join(dict.fromkeys(f"{f(values):.0f}" for f in (min, max)))


WRITERS: dict[str, Callable[..., str]] = {
    "practice": practice,
    "rock": rock_against_han,
    "short": practice_short,
    "verdict": practice_verdict,
    "source": practice_source,
    "table": tables,
    "unlabelled": unlabelled,
    "engine": engine_ratios,
    "at_work": encoder_at_work,
    "attention": attention,
}


def written(text: str) -> str:
    """Return a page's text with its figures as the files have them."""

    def write(match: re.Match[str]) -> str:
        name, *arguments = match[2].split()
        return f"{match[1]}{WRITERS[name](*arguments)}\n{match[3]}"

    return BLOCK.sub(write, text)


def main() -> None:
    """Write them."""
    for page in PAGES:
        text = page.read_text()
        if written(text) != text:
            page.write_text(written(text))
            print(page)


if __name__ == "__main__":
    main()
