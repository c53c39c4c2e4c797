"""Faithfulness on a model of hand-made weights, whose every number is worked out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.special import expit, softmax
from tiny_estimators import tiny_classifier, tiny_regressor

from hanrock_sk import explain
from hanrock_sk.datasets import make_conversations
from hanrock_sk.explain.testing_attention import _Tested, with_uniform_attention

SAID = {"a": 0.8, "b": 0.2, "c": -0.4}
"""The state of each word, whatever stands around it."""

QUERY, HEAD = 2.0, 3.0


@pytest.fixture(scope="module")
def handmade():
    """Weights a word by exp(2 (1 + state)); "yes" is likelier the more their mean."""
    model = tiny_classifier(
        architecture="han", content_size=1, word_gru=1, pri_gru=1, attention_units=1,
        embedding_dim=1, direct=False, speaker_vectors=False, min_count=1,
    ).fit(["a b", "c", "a c", "b"], ["yes", "no"] * 2)  # fmt: skip
    module, words = model.network_.net.module_, model.vocabulary_.words
    branch = module.primary
    with torch.no_grad():
        for word, state in SAID.items():
            module.inputs.embedding[words.index(word)] = float(np.arctanh(state))
        for gru in (branch.word_encoder.gru, branch.talkturn_encoder.gru):
            gru.weight_input.zero_()
            gru.weight_input[..., 2] = 1  # the new state is tanh of the input
            gru.weight_state.zero_()
            gru.bias.zero_()
            gru.bias[..., 1] = -40  # and nothing is left of the old one
            gru.bias_new.zero_()
        for encoder in (branch.word_encoder, branch.talkturn_encoder):
            encoder.attention.weight.zero_()
            encoder.attention.weight[0] = 1  # reads forwards alone
            encoder.attention.query.fill_(QUERY)
        branch.word_encoder.attention.bias.fill_(1)
        branch.talkturn_encoder.attention.bias.zero_()
        module.primary_head.weight.copy_(torch.tensor([[0.0], [HEAD]]))
        module.primary_head.bias.copy_(torch.tensor([0.0, -2.0]))
    return model


def probability(words, query=QUERY):
    """What the weights above give, in closed form."""
    if not words:
        raise AssertionError("the test never says nothing")
    u = np.array([1 + SAID[word] for word in words])
    return expit(HEAD * np.tanh(softmax(query * u) @ u) - 2)


def test_by_hand(handmade):
    text = ["a b c"]
    assert handmade.predict_proba(text)[0, 1] == pytest.approx(probability("abc"))
    result = explain.faithfulness(handmade, text, ["yes"])
    whole = probability("abc")
    effects = [abs(whole - probability(left)) for left in ("bc", "ac", "ab")]
    # a is weighted most, then b, then c; so is what they changed.
    assert effects[0] > effects[1] > effects[2]
    assert result.correlation["words"]["shown"] == pytest.approx(1)
    assert result.correlation["words"]["primary"] == pytest.approx(1)
    # 1, 5, 10 and 20 % of three words are one word, 50 % are two. Without b or c the
    # prediction would be surer; c speaks least against it.
    for order, first, others, two, other in (
        ("attention", "a", "bc", "ab", "c"),
        ("occlusion", "a", "bc", "ac", "b"),
    ):
        left_out = whole - (4 * probability(others) + probability(other)) / 5
        kept = whole - (4 * probability(first) + probability(two)) / 5
        assert result.comprehensiveness[order] == pytest.approx(left_out, abs=1e-6)
        assert result.sufficiency[order] == pytest.approx(kept, abs=1e-6)
    assert result.score == {"as it is": 1.0, "uniform": 1.0}


def test_the_talkturns_asked_for_are_scored(handmade):
    """Of two that are said alike, it is right of the second."""
    texts, y = ["a b c", "a b c", "a b c"], ["no", "yes", None]
    scores = {
        rows: explain.faithfulness(handmade, texts, y, rows=rows).score
        for rows in (None, (0,), (2, 1))
    }
    assert scores[None] == {"as it is": 0.5, "uniform": 0.5}
    assert scores[0,] == {"as it is": 0.0, "uniform": 0.0}
    assert scores[2, 1] == {"as it is": 1.0, "uniform": 1.0}
    with pytest.raises(ValueError, match="no label of any of the 1 predicted"):
        explain.faithfulness(handmade, texts, y, rows=[2])


def test_uniform_attention(handmade):
    uniform = with_uniform_attention(handmade)
    expected = probability("abc", query=0)
    assert uniform.predict_proba(["a b c"])[0, 1] == pytest.approx(expected)
    assert handmade.predict_proba(["a b c"])[0, 1] == pytest.approx(probability("abc"))
    weights = uniform.attention(["a b c"]).word_weights
    np.testing.assert_allclose(weights, 1 / 3, atol=1e-6)


def test_random_words_are_drawn(handmade):
    texts = ["a b c"] * 200
    result = explain.faithfulness(handmade, texts)
    assert result.score is None
    whole = probability("abc")
    one = np.mean([whole - probability(left) for left in ("bc", "ac", "ab")])
    two = np.mean([whole - probability(left) for left in "abc"])
    expected = (4 * one + two) / 5
    assert result.comprehensiveness["random"] == pytest.approx(expected, abs=0.02)
    again = explain.faithfulness(handmade, texts)
    assert again.comprehensiveness == result.comprehensiveness


def test_seeds():
    X, y = make_conversations(6, 8, random_state=0)
    models = [tiny_classifier(random_state=seed).fit(X, y) for seed in (0, 1)]
    same = explain.faithfulness([models[0], models[0]], X, y, rows=range(20))
    assert list(same.agreement.values()) == pytest.approx([1] * 5)
    other = explain.faithfulness(dict(enumerate(models)), X, y, rows=range(20))
    assert other.agreement["attention to words"] < 0.9
    assert other.correlation == same.correlation  # the first one is tested
    assert explain.faithfulness(models[0], X, rows=range(20)).agreement is None
    some = np.where(np.array(y) == y[0], None, y)  # a draw without a rare class
    fewer = tiny_classifier().fit(X, some)
    values = tiny_regressor().fit(X, np.arange(len(y)))
    for another in (fewer, values):
        with pytest.raises(ValueError, match="know different classes"):
            explain.faithfulness([models[0], another], X, rows=range(20))
    cut = tiny_classifier(max_words=2).fit(X, y)
    cuts = pytest.warns(UserWarning, match="max_words")
    with cuts, pytest.raises(ValueError, match="different words"):
        explain.faithfulness([models[0], cut], X, y)
    with pytest.raises(ValueError, match="no model"):
        explain.faithfulness([], X, y)


def test_values():
    X, y = make_conversations(4, 6, task="regression", random_state=0)
    result = explain.faithfulness(tiny_regressor().fit(X, y), X, y)
    assert result.score_name == "mean absolute error"
    assert min(result.comprehensiveness.values()) >= 0
    assert result.comprehensiveness["occlusion"] > result.comprehensiveness["random"]


def test_correlations_do_not_depend_on_the_unit():
    X, y = make_conversations(4, 6, task="regression", random_state=0)
    tested = _Tested.of(tiny_regressor().fit(X, y), X, None)
    changed = ("outputs", "word_changes", "talkturn_changes")
    small = replace(
        tested,
        occlusion=replace(
            tested.occlusion,
            **{name: 1e-9 * getattr(tested.occlusion, name) for name in changed},
        ),
    )
    np.testing.assert_allclose(small.word_effects, tested.word_effects, rtol=1e-5)
    np.testing.assert_allclose(
        small.talkturn_effects, tested.talkturn_effects, rtol=1e-5
    )
    assert tested.word_effects.max() > 1e-3
