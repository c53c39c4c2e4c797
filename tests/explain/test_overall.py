import importlib

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.model_selection import GridSearchCV, GroupKFold

from hanrock_sk import HANRockClassifier, explain
from hanrock_sk.explain.overall import overall_attention


def test_by_hand(made_by_hand):
    overall = overall_attention(made_by_hand, None, "pandas")
    assert overall.window_rows.tolist() == [0, 0, 1]
    # The second window: tasks 0.5, 0.3, 0.2.
    np.testing.assert_allclose(overall.talkturns.weights, [1, 0.45, 0.55], rtol=1e-6)
    assert overall.talkturns.z.tolist() == [0, -1, 1]
    # Branches 0.5 and 0.5: "not" 0.5 * 0.9 + 0.5 * 0.5.
    np.testing.assert_allclose(overall.words.weights, [1, 1, 0.7, 0.3], rtol=1e-6)
    mean = (1 + 0.7 + 0.3) / 3
    spread = (((1 - mean) ** 2 + (0.7 - mean) ** 2 + (0.3 - mean) ** 2) / 3) ** 0.5
    expected = [0, *((w - mean) / spread for w in (1, 0.7, 0.3))]
    np.testing.assert_allclose(overall.words.z, expected, atol=1e-6)
    assert overall.words.buckets.tolist() == [1, 2, 1, 0]


@pytest.fixture(scope="module")
def overall(multi_task, talkturns):
    return explain.attention(multi_task, talkturns[0])


def test_every_level_sums_to_one(overall):
    starts = overall.window_offsets[:-1]
    sums = [
        np.add.reduceat(overall.talkturns.weights, starts),
        np.add.reduceat(overall.words.weights, overall.word_offsets[:-1]),
        overall.task_weights.sum(axis=0),
        *np.add.reduceat(overall.exact.talkturn_weights, starts, axis=1),
        *np.add.reduceat(
            overall.exact.word_weights, overall.exact.word_offsets[:-1], axis=1
        ),
    ]
    assert len(sums) == 3 + 17 + 2
    for result in sums:
        np.testing.assert_allclose(result, 1, atol=1e-6)


def test_windows_are_the_talkturns_before_and_nothing_else(overall, talkturns):
    """No padding: a conversation's first talkturns have shorter windows."""
    conversation = talkturns[0]["conversation"].to_numpy()
    bounds = overall.window_offsets
    for row, start, stop in zip(overall.rows, bounds[:-1], bounds[1:], strict=True):
        expected = [
            other
            for other in range(row - 3, row + 1)
            if other >= 0 and conversation[other] == conversation[row]
        ]
        assert overall.window_rows[start:stop].tolist() == expected


def test_combination_agrees_with_a_plain_loop(overall):
    exact = overall.exact
    entry = word = 0
    for row in range(len(overall)):
        tasks = exact.task_weights[:, row].astype(float)
        for k in range(exact.window_offsets[row], exact.window_offsets[row + 1]):
            expected = sum(
                tasks[task] * float(exact.talkturn_weights[task, k])
                for task in range(17)
            )
            assert overall.talkturns.weights[entry] == pytest.approx(expected, abs=1e-9)
            entry += 1
            other = exact.window_rows[k]
            for i in range(exact.word_offsets[other], exact.word_offsets[other + 1]):
                primary, auxiliary = exact.word_weights[:, i].astype(float)
                expected = tasks[0] * primary + tasks[1:].sum() * auxiliary
                assert overall.words.weights[word] == pytest.approx(expected, abs=1e-9)
                word += 1
    assert (entry, word) == (len(overall.window_rows), len(overall.word_index))


def test_some_rows_are_as_in_all(multi_task, talkturns, overall):
    some = explain.attention(multi_task, talkturns[0], rows=[9, 2])
    assert some.rows.tolist() == [9, 2]
    for row in (9, 2):
        assert some[row] == overall[row]
    with pytest.raises(IndexError, match=r"no attention of row 3\. Attention was"):
        some[3]


def test_table_library_does_not_matter(multi_task, talkturns, overall):
    polars = importlib.import_module("polars")
    same = explain.attention(multi_task, polars.from_pandas(talkturns[0]))
    np.testing.assert_array_equal(same.words.weights, overall.words.weights)
    assert isinstance(same.table("words"), polars.DataFrame)


def test_strings_and_no_attention_over_tasks():
    strings = ["yes yes", "no", "yes no", "no no"] * 5
    model = HANRockClassifier(
        word_gru=2,
        pri_gru=2,
        attention_units=2,
        max_epochs=1,
        min_count=1,
        device="cpu",
    )
    model.fit(strings, ["a", "b"] * 10)
    overall = explain.attention(model, strings)
    assert [word.word for word in overall[2].context[0].words] == ["yes", "no"]
    assert overall[2].tasks == {"primary": 1.0}
    assert list(overall.table("talkturns")["row"]) == list(range(20))
    with pytest.raises(ValueError, match="no attention over tasks"):
        overall.table("tasks")


@pytest.mark.parametrize("architecture", ["han", "flat"])
def test_architectures_without_a_fusion(talkturns, architecture):
    X, y = talkturns
    model = HANRockClassifier(
        architecture=architecture,
        word_gru=2,
        pri_gru=2,
        attention_units=2,
        max_epochs=1,
        device="cpu",
    ).fit(X, y)
    overall = explain.attention(model, X)
    np.testing.assert_array_equal(
        overall.words.weights, overall.exact.word_weights[0][overall.word_index]
    )
    with pytest.raises(ValueError, match="no attention over tasks"):
        overall.table("tasks")


def test_a_search_shows_its_best_pipeline(talkturns):
    X, y = talkturns
    model = HANRockClassifier(
        word_gru=2, pri_gru=2, attention_units=2, max_epochs=1, device="cpu"
    )
    labelled = np.array([label is not None for label in y])
    X, y = X[labelled].reset_index(drop=True), y[labelled]
    search = GridSearchCV(model, {"content_size": [3]}, cv=GroupKFold(2))
    search.fit(X, y, groups=X["conversation"])
    assert len(explain.attention(search, X)[5].context) == 3


def test_bad_input(multi_task, talkturns, overall):
    X, y = talkturns
    with pytest.raises(TypeError, match="DummyClassifier has no attention"):
        explain.attention(DummyClassifier().fit(X, [0] * len(X)), X)
    with pytest.raises(Exception, match="not fitted"):
        explain.attention(HANRockClassifier(), X)
    with pytest.raises(IndexError, match=f"no row {len(X)}: the table has {len(X)}"):
        explain.attention(multi_task, X, rows=[0, len(X)])
    with pytest.raises(IndexError, match="no row -1"):
        explain.attention(multi_task, X, rows=[-1])
    with pytest.raises(ValueError, match="rows is empty"):
        explain.attention(multi_task, X, rows=[])
    with pytest.raises(ValueError, match="a talkturn twice"):
        explain.attention(multi_task, X, rows=[1, 1])
    with pytest.raises(ValueError, match="0 rows"):
        explain.attention(multi_task, X[:0])
    with pytest.raises(IndexError, match=f"row {len(X)}. The table has {len(X)}"):
        overall[len(X)]
    with pytest.raises(ValueError, match=r"level must be one of .*'word'"):
        overall.table("word")


def test_representations(overall):
    assert repr(overall).startswith(f"<OverallAttention of {len(overall)} talkturns, ")
    html = overall._repr_html_()
    assert f"Row {len(overall) - 1} was read like this" in html
    assert overall[len(overall) - 1]._repr_html_() in html
