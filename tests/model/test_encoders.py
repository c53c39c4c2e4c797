"""The two encoders against loops over groups, sequences and steps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from hanrock_sk.model.encoders import (
    Rows,
    TalkturnEncoder,
    WordEncoder,
    encode_words,
    table_of_word_products,
    word_products,
)
from hanrock_sk.model.layout.batches import TokenTable, make_batch
from hanrock_sk.model.layout.gather import both_directions
from hanrock_sk.model.layout.rows import with_ones

pytestmark = pytest.mark.usefixtures("steps")

N_WORDS = np.array([3, 1, 4, 2, 1, 5])
FIRST = np.array([0, 0, 0, 3, 3, 3])
TABLE = TokenTable(
    np.arange(N_WORDS.sum(), dtype=np.uint8),  # each word its own id
    np.concatenate([[0], np.cumsum(N_WORDS)]),
    FIRST,
)


def shake(module):
    """Double precision, and biases that are not zero."""
    module.double()
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.add_(0.3 * torch.randn_like(parameter))
    return module


def encode_one(x, gru, attention, group, masks=(1, 1)):
    """Encode one sequence x (steps, inputs): its vector, and its weights."""
    hidden = gru.hidden
    states = []
    for d, steps in enumerate([range(len(x)), reversed(range(len(x)))]):
        h, found = x.new_zeros(hidden), {}
        for t in steps:
            inputs = x[t] @ gru.weight_input[d, group] + gru.bias[d, group]
            kept = (h * masks[d]) @ gru.weight_state[d, group]
            r, z = torch.sigmoid(inputs + kept)[: 2 * hidden].chunk(2)
            new = kept[2 * hidden :] + gru.bias_new[d, group]
            c = torch.tanh(inputs[2 * hidden :] + r * new)
            h = (1 - z) * c + z * h
            found[t] = h
        states.append(torch.stack([found[t] for t in range(len(x))]))
    weight = attention.weight[:, group].flatten(0, 1)
    u = torch.relu(torch.cat(states, dim=1) @ weight + attention.bias[group])
    alpha = (u @ attention.query[group]).softmax(0)
    return alpha @ u, alpha


def test_words_of_each_distinct_talkturn_and_branch():
    torch.manual_seed(0)
    branches = [shake(WordEncoder(4, 3, 5)) for _ in range(2)]
    batch = make_batch(TABLE, np.array([1, 2, 5]), content_size=2)
    vectors = torch.randn(N_WORDS.sum(), 4, dtype=torch.float64)
    mask = torch.rand(batch.n_talkturns, 4, 3, dtype=torch.float64)
    products = word_products(branches, with_ones(vectors[batch.words]))
    s, alpha = encode_words(branches, products, mask, batch)
    assert sorted(batch.talkturn_positions) == [0, 1, 2, 4, 5]
    for b, branch in enumerate(branches):
        for row, position in enumerate(batch.talkturn_positions):
            x = vectors[TABLE.offsets[position] : TABLE.offsets[position + 1]]
            # Masks stand by direction, then by branch.
            masks = (mask[row, b], mask[row, 2 + b])
            expected, weights = encode_one(x, branch.gru, branch.attention, 0, masks)
            torch.testing.assert_close(s[row, b], expected)
            packed = alpha[batch.talkturns.sequence == row, b]
            torch.testing.assert_close(packed, weights.detach())


def test_only_the_first_branch_reaches_the_word_vectors():
    torch.manual_seed(0)
    branches = [shake(WordEncoder(4, 3, 5)) for _ in range(2)]
    batch = make_batch(TABLE, np.arange(6), content_size=2)
    vectors = torch.randn(N_WORDS.sum(), 4, dtype=torch.float64, requires_grad=True)
    products = word_products(branches, with_ones(vectors[batch.words]))
    s, _ = encode_words(branches, products, None, batch)
    (of_second,) = torch.autograd.grad(s[:, 1].sum(), vectors, retain_graph=True)
    (of_first,) = torch.autograd.grad(s[:, 0].sum(), vectors)
    assert (of_second == 0).all()
    assert (of_first != 0).any(dim=1).all()


@pytest.mark.parametrize("hidden", [1, 2])
@pytest.mark.parametrize("content_size", [1, 2, 4])
def test_windows_of_each_task(content_size, hidden):
    torch.manual_seed(0)
    encoder = shake(TalkturnEncoder(tasks=3, units=4, hidden=hidden))
    batch = make_batch(TABLE, np.array([5, 0, 2, 3]), content_size)
    by_position = torch.randn(6, 4, dtype=torch.float64)
    mask = torch.rand(len(batch), 6, hidden, dtype=torch.float64)
    v, alpha = encoder(by_position[batch.talkturn_positions], mask, batch)
    assert v.shape == (4, 3, 4)
    for row, target in enumerate(batch.targets):
        window = range(max(FIRST[target], target - content_size + 1), target + 1)
        x = by_position[list(window)]
        for task in range(3):
            masks = (mask[row, task], mask[row, 3 + task])
            expected, weights = encode_one(
                x, encoder.gru, encoder.attention, task, masks
            )
            torch.testing.assert_close(v[row, task], expected)
            packed = alpha[batch.windows.sequence == row, task]
            torch.testing.assert_close(packed, weights.detach())


def test_words_looked_up_in_a_table_of_products():
    """As prediction does: every word is multiplied once, whoever says it."""
    torch.manual_seed(0)
    branches = [shake(WordEncoder(4, 3, 5)) for _ in range(2)]
    batch = make_batch(TABLE, np.arange(6), content_size=2)
    vectors = torch.randn(N_WORDS.sum(), 4, dtype=torch.float64)
    with torch.inference_mode():
        products = word_products(branches, with_ones(vectors[batch.words]))
        expected = encode_words(branches, products, None, batch)
        table = table_of_word_products(branches, vectors)
        rows = Rows(table, both_directions(*batch.words))
        found = encode_words(branches, rows, None, batch)
    for ours, theirs in zip(found, expected, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("hidden", [1, 2, 5])
def test_windows_are_the_same_without_gradients(hidden):
    torch.manual_seed(0)
    encoder = shake(TalkturnEncoder(tasks=3, units=4, hidden=hidden))
    batch = make_batch(TABLE, np.arange(6), 3)
    talkturns = torch.randn(6, 4, dtype=torch.float64)
    expected = encoder(talkturns, None, batch)
    with torch.inference_mode():
        found = encoder(talkturns, None, batch)
    for ours, theirs in zip(found, expected, strict=True):
        torch.testing.assert_close(ours, theirs.detach(), rtol=1e-12, atol=1e-12)


SPEAKERS = np.array([7, 3, 7, 3, 3, -1])


def spoken_of(target, position):
    """Which learnt vector a talkturn of the window has."""
    if position == target:
        return 2
    return int(SPEAKERS[position] == SPEAKERS[target])


def with_speakers(content_size, hidden, targets=(5, 0, 2, 1, 4)):
    torch.manual_seed(0)
    encoder = shake(TalkturnEncoder(tasks=3, units=4, hidden=hidden, speakers=True))
    table = replace(TABLE, speakers=SPEAKERS)
    return encoder, make_batch(table, np.array(targets), content_size)


@pytest.mark.parametrize("hidden", [1, 2])
@pytest.mark.parametrize("content_size", [1, 2, 4])
@pytest.mark.parametrize("masked", [False, True])
def test_speakers_are_vectors_added_to_talkturns(content_size, hidden, masked):
    encoder, batch = with_speakers(content_size, hidden)
    by_position = torch.randn(6, 4, dtype=torch.float64, requires_grad=True)
    mask = None
    if masked:
        mask = torch.rand(len(batch), 6, hidden, dtype=torch.float64)
    v, _ = encoder(by_position[batch.talkturn_positions], mask, batch)
    expected = []
    for row, target in enumerate(batch.targets):
        window = range(max(FIRST[target], target - content_size + 1), target + 1)
        x = torch.stack(
            [by_position[p] + encoder.speakers[spoken_of(target, p)] for p in window]
        )
        for task in range(3):
            masks = (mask[row, task], mask[row, 3 + task]) if masked else (1, 1)
            expected.append(
                encode_one(x, encoder.gru, encoder.attention, task, masks)[0]
            )
    expected = torch.stack(expected).view(len(batch), 3, 4)
    torch.testing.assert_close(v, expected)

    factor = torch.randn_like(v)
    inputs = [by_position, *encoder.parameters()]
    found = torch.autograd.grad((v * factor).sum(), inputs)
    twins = torch.autograd.grad((expected * factor).sum(), inputs)
    for ours, theirs in zip(found, twins, strict=True):
        torch.testing.assert_close(ours, theirs)
    own = found[1 + [p is encoder.speakers for p in inputs[1:]].index(True)]
    assert own[2].any()
    assert own[:2].any(dim=1).all() == (content_size > 1)


@pytest.mark.parametrize("hidden", [1, 2, 5])
def test_speakers_are_the_same_without_gradients(hidden):
    encoder, batch = with_speakers(3, hidden)
    talkturns = torch.randn(batch.n_talkturns, 4, dtype=torch.float64)
    expected = encoder(talkturns, None, batch)
    with torch.inference_mode():
        found = encoder(talkturns, None, batch)
    for ours, theirs in zip(found, expected, strict=True):
        torch.testing.assert_close(ours, theirs.detach(), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("grad", [True, False])
def test_who_else_is_in_the_batch_does_not_matter(grad):
    encoder, batch = with_speakers(3, 2, range(6))
    by_position = torch.randn(6, 4, dtype=torch.float64)
    with torch.set_grad_enabled(grad):
        v, _ = encoder(by_position[batch.talkturn_positions], None, batch)
        for row, target in enumerate(batch.targets):
            _, alone = with_speakers(3, 2, [target])
            own, _ = encoder(by_position[alone.talkturn_positions], None, alone)
            torch.testing.assert_close(own[0], v[row])
