"""Prediction: what it depends on, and what not."""

from __future__ import annotations

import copy

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.exceptions import NotFittedError
from tiny_estimators import (
    global_generators,
    supervised,
    talkturns,
    tiny_classifier,
    tiny_regressor,
)

CONTENT_SIZE = 3
METHODS = ["predict", "predict_proba", "predict_auxiliary", "attention"]


@pytest.fixture(scope="module")
def model():
    columns, y = supervised()
    # Larger steps than usual, so that what is read makes a difference.
    return tiny_classifier(content_size=CONTENT_SIZE, lr=0.03).fit(
        pd.DataFrame(columns), y
    )


@pytest.fixture(scope="module")
def columns():
    return supervised()[0]


def taken(columns, rows):
    return {name: [values[row] for row in rows] for name, values in columns.items()}


def with_text(columns, texts):
    """The same talkturns, but for the texts of some rows."""
    said = list(columns["text"])
    for row, text in texts.items():
        said[row] = text
    return columns | {"text": said}


def changed_rows(model, frame, columns, other):
    """Which rows are predicted otherwise."""
    before = model.predict_proba(frame(columns))
    after = model.predict_proba(frame(other))
    return np.flatnonzero(np.abs(after - before).max(axis=1) > 1e-6).tolist()


def test_rows_of_conversations_may_interleave(frame, model, columns):
    generator = np.random.default_rng(0)
    conversation = np.array(columns["conversation"])
    # Whose turn it is, is drawn; each conversation's own order stays.
    turns = generator.permutation(conversation)
    rows = np.empty(len(turns), dtype=int)
    for who in np.unique(conversation):
        rows[turns == who] = np.flatnonzero(conversation == who)
    assert (np.diff(rows) < 0).any()
    expected = model.predict_proba(frame(columns))[rows]
    found = model.predict_proba(frame(taken(columns, rows)))
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_order_within_a_conversation_matters(frame, model, columns):
    rows = np.arange(len(columns["text"]))[::-1]
    expected = model.predict_proba(frame(columns))[rows]
    found = model.predict_proba(frame(taken(columns, rows)))
    assert np.abs(found - expected).max() > 1e-4


def test_whole_conversations_are_predicted_alone_as_among_others(frame, model, columns):
    expected = model.predict_proba(frame(columns))
    conversation = np.array(columns["conversation"])
    for kept in ([0], [3, 5], [1, 2, 4]):
        rows = np.flatnonzero(np.isin(conversation, kept))
        found = model.predict_proba(frame(taken(columns, rows)))
        np.testing.assert_allclose(found, expected[rows], atol=1e-5)


def test_a_talkturn_is_read_in_its_window_and_nowhere_else(frame, model, columns):
    """By itself and the talkturns after it, as far as windows reach: not before it,
    and not in the conversations around."""
    conversation = np.array(columns["conversation"])
    for who in (0, 2):
        mine = np.flatnonzero(conversation == who)
        for at in (0, 1, len(mine) - 1):
            other = with_text(columns, {mine[at]: "so sad that"})
            expected = mine[at : at + CONTENT_SIZE].tolist()
            assert changed_rows(model, frame, columns, other) == expected


def test_other_conversations_do_not_matter(frame, model, columns):
    conversation = np.array(columns["conversation"])
    others = np.flatnonzero(conversation != 1)
    other = with_text(columns, dict.fromkeys(others, "so sad"))
    mine = np.flatnonzero(conversation == 1)
    assert not set(changed_rows(model, frame, columns, other)) & set(mine)


def test_only_text_conversation_and_speaker_are_read(frame, model, columns):
    expected = model.predict_proba(frame(columns))
    bare = {name: columns[name] for name in ("text", "conversation", "speaker")}
    np.testing.assert_array_equal(model.predict_proba(frame(bare)), expected)
    del bare["speaker"]
    with pytest.raises(ValueError, match=r"lacks the column 'speaker'.*training"):
        model.predict(frame(bare))


def test_columns_are_those_named_in_fit(frame, model, columns):
    """Another name counts from the next fit on: old and new names do not mix."""
    expected = model.predict_proba(frame(columns))
    renamed = copy.copy(model).set_params(
        conversation="speaker", text="conversation", narrative="text"
    )
    np.testing.assert_array_equal(renamed.predict_proba(frame(columns)), expected)
    bare = frame({"text": columns["text"]})
    with pytest.raises(ValueError, match="lacks the column 'conversation'"):
        renamed.predict(bare)


def test_pandas_and_polars_agree(model, columns):
    found = model.predict_proba(pl.DataFrame(columns))
    expected = model.predict_proba(pd.DataFrame(columns))
    np.testing.assert_array_equal(found, expected)


def test_an_index_is_no_order(model, columns):
    X = pd.DataFrame(columns)
    expected = model.predict_proba(X)
    X.index = np.random.default_rng(0).integers(5, size=len(X))
    np.testing.assert_array_equal(model.predict_proba(X), expected)


def test_names_of_conversations_do_not_matter(frame, model, columns):
    named = columns | {"conversation": [f"c{9 - i}" for i in columns["conversation"]]}
    found = model.predict_proba(frame(named))
    np.testing.assert_array_equal(found, model.predict_proba(frame(columns)))


@pytest.mark.parametrize("method", METHODS)
def test_predicting_changes_nothing(model, columns, method):
    X = pd.DataFrame(columns)
    before = dict(vars(model)), X.copy()
    generators = global_generators()
    getattr(model, method)(X)
    assert vars(model) == before[0]
    pd.testing.assert_frame_equal(X, before[1])
    assert global_generators() == generators


def test_nothing_is_dropped_in_prediction(columns):
    X, y = pd.DataFrame(columns), supervised()[1]
    model = tiny_classifier(gru_dropout=0.9, recurrent_dropout=0.9).fit(X, y)
    np.testing.assert_array_equal(model.predict_proba(X), model.predict_proba(X))


def test_what_was_never_said_before(frame, model):
    table = frame(
        {
            "text": ["", "Xyzzy plugh!", "…", "so sad"],
            "conversation": [0, 0, 1, 1],
            "speaker": ["xyzzy", None, None, None],
        }
    )
    assert np.isfinite(model.predict_proba(table)).all()


@pytest.mark.parametrize("architecture", ["rock", "flat", "han"])
def test_every_task_is_predicted_by_name(frame, architecture):
    columns, y = supervised()
    X = frame(columns)
    model = tiny_classifier(architecture=architecture).fit(X, y)
    found = model.predict_auxiliary(X)
    named = [name.removeprefix("aux__") for name in columns if name.startswith("aux__")]
    assert next(iter(found)) == "primary"
    assert set(found) == {"primary", *(named if architecture != "han" else [])}
    assert found["primary"].tolist() == model.predict(X).tolist()
    for name, values in found.items():
        assert values.shape == (len(y),)
        if name.split("__")[0] in ("primary", "history", "future"):
            assert set(values) <= set(model.classes_)
        else:  # percentile ranks in [0, 1], of which the network knows the median
            assert values.dtype.kind == "f"
            assert np.abs(values - 0.5).max() < 0.5


def test_auxiliary_values_of_a_regressor_are_in_its_unit(frame):
    columns, y = supervised("regression")
    X = frame(columns)
    found = tiny_regressor().fit(X, y).predict_auxiliary(X)
    assert len(found) == 11
    for name, values in found.items():
        assert values.dtype.kind == "f", name
        assert 1 < values.min() <= values.max() < 5, name


def test_auxiliary_heads_know_their_task():
    """Constant targets, each of its own value, are learnt as they are."""
    columns, y = supervised()
    tasks = [name for name in columns if name.startswith("aux__")]
    valued = [name for name in tasks if name.split("__")[1] in ("action", "prosody")]
    n_rows = len(y)
    for number, name in enumerate(valued):
        columns[name] = [number / 10] * n_rows
    columns["aux__history__1"] = ["sad"] * n_rows
    columns["aux__future__1"] = ["happy"] * n_rows
    model = tiny_classifier(max_epochs=16, lr=0.05, validation_fraction=0.0)
    model.fit(pd.DataFrame(columns), y)
    found = model.predict_auxiliary(pd.DataFrame(columns))
    for number, name in enumerate(valued):
        values = found[name.removeprefix("aux__")]
        np.testing.assert_allclose(values, number / 10, atol=0.06)
    assert set(found["history__1"]) == {"sad"}
    assert set(found["future__1"]) == {"happy"}


TEXTS = ["good day", "bad day", "good", "bad bad", "a good one", "a bad one"]
MAKERS = {
    "tuple": tuple,
    "array": np.array,
    "objects": lambda x: np.array(x, dtype=object),
    "polars": pl.Series,
    "pandas": lambda x: pd.Series(x, index=[4, 4, 2, 1, 0, 9]),
}


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_any_sequence_of_strings(make):
    y = list("ababab")
    expected = tiny_classifier().fit(TEXTS, y).predict_proba(TEXTS)
    model = tiny_classifier().fit(make(TEXTS), y)
    np.testing.assert_array_equal(model.predict_proba(make(TEXTS)), expected)


def test_strings_have_no_context():
    model = tiny_classifier(lr=0.05, max_epochs=4).fit(TEXTS, list("ababab"))
    alone = [model.predict_proba([text])[0] for text in TEXTS]
    np.testing.assert_allclose(model.predict_proba(TEXTS), alone, atol=1e-6)


def test_a_table_without_conversations_is_like_strings(frame):
    y = list("ababab")
    expected = tiny_classifier().fit(TEXTS, y).predict_proba(TEXTS)
    model = tiny_classifier().fit(frame({"text": TEXTS}), y)
    for X in (frame({"text": TEXTS}), TEXTS):
        np.testing.assert_array_equal(model.predict_proba(X), expected)


def test_the_narrative_is_read_if_training_had_one(frame, columns):
    y = supervised()[1]
    told = columns | {"narrative": [f"the man said {text}" for text in columns["text"]]}
    model = tiny_classifier().fit(frame(told), y)
    assert "man" in model.vocabulary_
    other = told | {"text": [""] * len(y)}
    np.testing.assert_array_equal(
        model.predict_proba(frame(other)), model.predict_proba(frame(told))
    )
    with pytest.raises(ValueError, match=r"lacks the column\(s\) \['narrative'\]"):
        model.predict(frame(columns))


def test_the_text_is_read_if_training_had_no_narrative(frame, model, columns):
    other = frame(columns | {"narrative": ["so sad"] * len(columns["text"])})
    np.testing.assert_array_equal(
        model.predict_proba(other), model.predict_proba(frame(columns))
    )


@pytest.mark.parametrize("method", METHODS)
def test_not_fitted(method):
    columns, _ = talkturns()
    with pytest.raises(NotFittedError, match="not fitted yet"):
        getattr(tiny_classifier(), method)(pd.DataFrame(columns))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("lacking", ["text", "conversation"])
def test_a_table_that_lacks_a_column(frame, model, columns, method, lacking):
    X = frame({name: column for name, column in columns.items() if name != lacking})
    with pytest.raises(ValueError, match=f"lacks the column.*{lacking}"):
        getattr(model, method)(X)


def test_strings_for_a_model_of_conversations(model):
    with pytest.raises(TypeError, match="trained on a table of conversations"):
        model.predict(["so sad"])


def test_bad_talkturns_name_their_row(frame, model, columns):
    with pytest.raises(ValueError, match="Column 'text', row 3: the text is missing"):
        model.predict(frame(with_text(columns, {3: None})))
    unknown = [None, *columns["conversation"][1:]]
    with pytest.raises(ValueError, match="Column 'conversation', row 0"):
        model.predict(frame(columns | {"conversation": unknown}))
    with pytest.raises(ValueError, match="0 rows"):
        model.predict(frame({name: [] for name in columns}))
