"""Figures on pages are those of docs/benchmarks, written by page_figures.py."""

from __future__ import annotations

import json
import re

import page_figures
import pytest
from page_figures import BLOCK, WRITERS, written
from pages import PAGES, REPOSITORY


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(REPOSITORY)))
def test_pages_agree_with_the_files(page):
    """If not: ``python tests/page_figures.py``."""
    text = page.read_text()
    assert written(text) == text
    assert text.count("<!-- figures:") == len(BLOCK.findall(text))


def test_every_writer_is_used():
    used = {
        spec.split()[0]
        for page in PAGES
        for _, spec, _ in BLOCK.findall(page.read_text())
    }
    assert used == set(WRITERS)


def cell(corpus, model, labels, draw, f1):
    return {
        "corpus": corpus, "model": model, "labels": labels, "draw": draw,
        "weighted_f1": f1, "calibration_error": 0.1, "date": f"2026-11-2{draw}",
    }  # fmt: skip


class TestPractice:
    """Results invented, tables written by hand."""

    @pytest.fixture(autouse=True)
    def _results(self, tmp_path, monkeypatch):
        cells = [
            cell("meld", "hanrock", None, 0, 0.56),
            cell("meld", "hanrock", None, 1, 0.58),
            cell("meld", "tfidf", None, 0, 0.60),
            cell("ami", "hanrock", 200, 0, 0.5),
            cell("ami", "hanrock", 200, 1, 0.7),
            cell("ami", "tfidf", 200, 0, 0.4),
            cell("ami", "tfidf", 200, 1, 0.4),
            cell("ami", "tfidf3", 200, 0, 0.3),
            cell("ami", "tfidf3", 200, 1, 0.3),
        ]
        (tmp_path / "practice.json").write_text(json.dumps(cells))
        monkeypatch.setattr(page_figures, "BENCHMARKS", tmp_path)

    def test_table(self):
        # The paired differences of AMI are 0.1 and 0.3: 0.2, standard error 0.1.
        assert page_figures.practice("weighted_f1").splitlines() == [
            "| corpus, labels | TF-IDF + LR | TF-IDF of 3 talkturns + LR | "
            "`conversation_pipeline` | difference from the best baseline |",
            "| --- | --- | --- | --- | --- |",
            "| AMI, four dialogue acts, 200 | 0.400 | 0.300 | **0.600** | "
            "+0.200 ± 0.100 |",
            "| MELD, seven emotions, all | **0.600** | | 0.570 | -0.030 ± 0.010 |",
        ]

    def test_short_table(self):
        assert page_figures.practice_short().splitlines()[2:] == [
            "| AMI, four dialogue acts | 0.400 / 0.600 | |",
            "| ESConv, eight strategies | | |",
            "| MELD, seven emotions | | 0.600 / 0.570 |",
        ]

    def test_verdict(self):
        assert page_figures.practice_verdict().splitlines() == [
            "With nothing tuned, `conversation_pipeline` and its pretrained encoder "
            "score higher than the",
            "best of the baselines in 1 of 2 comparisons; the difference in weighted "
            "F1 is -0.03 to +0.20.",
            "Behind: MELD with all labels.",
        ]

    def test_source(self):
        assert page_figures.practice_source() == (
            "Mean of 2 draws, run 2026-11-20 to 2026-11-21; all results are in "
            "`practice.json`."
        )


def test_encoder_at_work(tmp_path, monkeypatch):
    results = {
        "search": {"fits": 91, "distinct_texts": 1600, "texts_encoded": 1600},
        "predict": {"talkturns": 10_000, "peak_mib_before": 512.4, "peak_mib": 1500.6},
        "live": {"median_ms": 4.4, "percentile_95_ms": 9.6},
    }
    (tmp_path / "encoder_at_work.json").write_text(json.dumps(results))
    monkeypatch.setattr(page_figures, "BENCHMARKS", tmp_path)
    assert page_figures.encoder_at_work().splitlines() == [
        "In 91 fits of a search, each of 1,600 texts was encoded once: 1,600.",
        "Predicting 10,000 talkturns, no two alike, took 1,501 MiB at most, 512 of it "
        "before.",
        "Live, on one thread, a talkturn took 4 ms, and 95 of 100 at most 10.",
    ]


def test_rock_against_han(tmp_path, monkeypatch):
    cells = [
        cell("meld", "tfidf", 200, 0, 0.4),  # has no losses
        cell("meld", "hanrock", 200, 0, 0.9) | {"loss": [1.0, 0.9]},  # no han
        cell("meld", "hanrock", 200, 1, 0.5) | {"loss": [1.0, 0.4]},
        cell("meld", "han", 200, 1, 0.48) | {"loss": [1.0, 0.5]},
        cell("ami", "hanrock-bare", 200, 0, 0.5) | {"loss": [1.0, 0.25]},
        cell("ami", "hanrock-bare", 200, 1, 0.6) | {"loss": [1.0, 0.75]},
        cell("ami", "han-bare", 200, 0, 0.4) | {"loss": [1.0, 0.125]},
        cell("ami", "han-bare", 200, 1, 0.4) | {"loss": [1.0, 0.125]},
    ]
    (tmp_path / "practice.json").write_text(json.dumps(cells))
    monkeypatch.setattr(page_figures, "BENCHMARKS", tmp_path)
    assert page_figures.rock_against_han().splitlines()[2:] == [
        "| AMI, four dialogue acts, 200, no narrative | 0.550 | 0.400 | "
        "+0.150 ± 0.050 | 0.500 | 0.125 |",
        "| MELD, seven emotions, 200 | 0.500 | 0.480 | +0.020 | 0.400 | 0.500 |",
    ]


def test_a_page_is_changed_between_the_comments_alone(tmp_path, monkeypatch):
    table = {"title": "T", "header": ["a", "b", "c"], "rows": [["1", "", "3"]]}
    (tmp_path / "x.json").write_text(json.dumps([table, "told"]))
    monkeypatch.setattr(page_figures, "BENCHMARKS", tmp_path)
    before = "One\n<!-- figures: table x 0 0 1 -->\nold\n<!-- end of figures -->\nTwo\n"
    after = written(before)
    assert after == (
        "One\n<!-- figures: table x 0 0 1 -->\n| a | b |\n| --- | --- |\n| 1 | |\n"
        "<!-- end of figures -->\nTwo\n"
    )
    assert written(after) == after


def test_readme_is_short():
    """Somebody who only wants to know what it is reads to the end."""
    lines = (REPOSITORY / "README.md").read_text().splitlines()
    assert len(lines) <= 90
    assert not re.search(r"<!-- figures: (?!short|verdict|engine)", "\n".join(lines))


def test_attention_is_written_as_measured(tmp_path, monkeypatch):
    result = {
        "corpus": "ami",
        "correlation": {"words": {"shown": 0.123}, "talkturns": {"shown": -0.5}},
        "comprehensiveness": {"attention": 0.0621, "random": 0.05, "occlusion": 0.1},
        "score": {"as it is": 0.5, "uniform": 0.436},
    }
    (tmp_path / "attention.json").write_text(json.dumps([result]))
    monkeypatch.setattr(page_figures, "BENCHMARKS", tmp_path)
    assert page_figures.attention().splitlines()[-1] == (
        "| AMI | 0.12 | -0.50 | 0.062 | 0.050 | 0.100 | 0.50 | 0.44 |"
    )
