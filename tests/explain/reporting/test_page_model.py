import numpy as np
import pandas as pd
import pytest

from hanrock_sk import HANRockClassifier, explain
from hanrock_sk.explain.combine import BUCKETS
from hanrock_sk.explain.reporting.page_model import (
    Z_DIGITS,
    Z_LOWEST,
    encode_z,
    model_data,
)
from hanrock_sk.explain.reporting.page_task import find_task
from hanrock_sk.text import tokenize


def decode(letter):
    tenths = Z_DIGITS.index(letter) + Z_LOWEST
    return tenths / 10, 0 if tenths < 0 else min(tenths // 10 + 1, 3)


def test_letters_stay_in_their_bucket():
    z = np.round(np.random.default_rng(0).normal(scale=1.5, size=2000), 6)
    z = np.concatenate([z, np.arange(-20, 44) / 10])
    decoded = [decode(letter) for letter in encode_z(z)]
    inside = (z > -2) & (z < 4.3)
    tenths = np.array([tenth for tenth, _ in decoded])
    assert np.all((z - tenths)[inside] >= -1e-9)
    assert np.all((z - tenths)[inside] < 0.1)
    expected = [0 if s < 0 else 1 if s < 1 else 2 if s < 2 else 3 for s in z]
    assert [bucket for _, bucket in decoded] == expected
    np.testing.assert_allclose(tenths[2000:], z[2000:])


@pytest.fixture(scope="module")
def result(multi_task, talkturns):
    X, y = talkturns
    rows = [np.flatnonzero(X["conversation"] == name) for name in (2, 0)]
    task = find_task({"m": multi_task[-1]}, y, len(X))
    read = multi_task[:-1].transform(X)
    data = model_data("m", multi_task[-1], read, task, rows, maps=True)
    return data, np.concatenate(rows)


def test_predictions(result, multi_task, talkturns):
    data, rows = result
    classes = multi_task.classes_
    expected = multi_task.predict(talkturns[0])[rows]
    assert classes[data["predicted"]].tolist() == expected.tolist()
    probabilities = multi_task.predict_proba(talkturns[0])[rows]
    np.testing.assert_allclose(data["probabilities"], 1000 * probabilities, atol=0.5)


def test_attention_is_that_of_the_tables(result, multi_task, talkturns):
    data, rows = result
    overall = explain.attention(multi_task, talkturns[0])
    for position, row in enumerate(rows.tolist()):
        reading = overall[row]
        assert data["window"][position] == len(reading.context)
        buckets = [BUCKETS[decode(z)[1]] for z in data["talkturnZ"][position]]
        assert buckets == [talkturn.bucket for talkturn in reading.context]
        words = [word for talkturn in reading.context for word in talkturn.words]
        buckets = [BUCKETS[decode(z)[1]] for z in data["wordZ"][position]]
        assert buckets == [word.bucket for word in words]
        own = [word.word for word in reading.context[-1].words]
        assert data["words"][position].split(" ") == own
        np.testing.assert_allclose(
            data["taskWeights"][position],
            [10_000 * weight for weight in reading.tasks.values()],
            atol=0.5,
        )
    assert data["tasks"][:2] == ["primary", "action au05"]


def test_what_the_narrator_tells_is_counted(result, talkturns):
    data, rows = result
    for position, row in enumerate(rows.tolist()):
        words = data["words"][position].split(" ")
        said = words[data["told"].get(position, 0) :]
        assert said == tokenize(talkturns[0]["text"][row])
    assert min(data["told"].values()) >= 3  # "the man said" at least


def test_no_maps_at_chance(han, talkturns):
    X, y = talkturns
    rows = [np.arange(len(X))]
    task = find_task(
        {"m": han}, np.where(np.arange(len(X)) % 2, "sad", "angry"), len(X)
    )
    data = model_data("m", han, X, task, rows)
    assert data["quality"]["atChance"]
    assert not data["maps"]
    assert "wordZ" not in data
    assert data["effects"] is None
    assert len(data["words"]) == len(X)
    shown = model_data("m", han, X, task, rows, maps=True, occlusion=False)
    assert shown["maps"]
    assert "wordZ" in shown
    assert shown["effects"] is None
    task = find_task({"m": han}, None, len(X))
    unknown = model_data("m", han, X, task, rows)
    assert unknown["quality"] is None
    assert unknown["effects"]["wordEffects"] is not None
    right = find_task({"m": han}, np.asarray(han.predict(X)), len(X))
    assert model_data("m", han, X, right, rows)["maps"]


def reads_three_words():
    return HANRockClassifier(
        word_gru=2,
        pri_gru=2,
        attention_units=2,
        max_epochs=1,
        max_words=3,
        device="cpu",
    )


def test_words_that_were_not_read_are_counted():
    texts = ["no " * 5, "no " * 3, "yes " * 4]
    model = reads_three_words()
    with pytest.warns(UserWarning, match="words"):
        model.fit(texts * 4, ["a", "b", "a"] * 4)
    task = find_task({"m": model}, None, 3)
    with pytest.warns(UserWarning, match="words"):
        data = model_data("m", model, texts, task, [np.arange(3)])
    assert data["words"] == ["no no no", "no no no", "yes yes yes"]
    assert data["unread"] == {0: 2, 2: 1}
    assert data["summary"] is None


@pytest.mark.parametrize(
    "changed",
    [
        {"max_words": None},
        {"max_words": 2},
        {"narrative": "said"},
        {"architecture": "han"},
    ],
)
def test_parameters_set_after_fit_change_nothing(changed):
    table = {"conversation": [0] * 4, "narrative": ["no " * 5, "yes"] * 2}
    X = pd.DataFrame(table | {"said": ["no " * 9] * 4})
    model = reads_three_words()
    with pytest.warns(UserWarning, match="words"):
        model.fit(X, ["a", "b"] * 2)
    task = find_task({"m": model}, None, len(X))

    def result():
        with pytest.warns(UserWarning, match="words"):
            return model_data("m", model, X, task, [np.arange(len(X))])

    before = result()
    assert before["unread"] == {0: 2, 2: 2}
    model.set_params(**changed)
    assert result() == before


def test_values_have_no_probabilities(regressor, values):
    X, y = values
    task = find_task({"m": regressor}, y, len(X))
    rows = [np.arange(len(X))]
    data = model_data("m", regressor, X, task, rows, maps=True)
    np.testing.assert_allclose(data["predicted"], regressor.predict(X), atol=1e-4)
    assert data["probabilities"] is None
    assert data["taskWeights"] is None
    assert data["summary"]["all"] == data["summary"]["conversations"][0]
