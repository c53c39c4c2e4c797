import importlib

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.model_selection import GridSearchCV, GroupKFold

from hanrock_sk import HANRockClassifier, explain


@pytest.fixture(scope="module")
def overall(multi_task, talkturns):
    return explain.attention(multi_task, talkturns[0])


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
