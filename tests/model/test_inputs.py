"""The vectors of words said, against one word after the other."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from hanrock_sk.model.inputs import WordInputs, WordProducts
from hanrock_sk.model.layout.batches import ContextualRows, TokenTable, make_batch
from hanrock_sk.model.layout.rows import aligned

pytestmark = pytest.mark.usefixtures("steps")

# Talkturns of 2, 3 and 1 words; word 5 is the first of two that training did not have.
IDS, OFFSETS = np.array([0, 5, 3, 3, 6, 2]), np.array([0, 2, 5, 6])


def drawn(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def table(beyond=None, contextual=None):
    # The last text was said before: its row is that of the first talkturn's last word.
    rows = None
    if contextual is not None:
        rows = ContextualRows(
            contextual, np.array([0, 2, 1]), np.zeros(3, dtype=np.int64)
        )
    return TokenTable(IDS, OFFSETS, np.zeros(3, dtype=np.int64), beyond, rows)


def naive(inputs, whole, batch, mask):
    """Each word of each talkturn, read from the left and from the right."""
    embedding = inputs.embedding.detach().numpy()
    if whole.beyond is not None:
        embedding = np.concatenate([embedding, whole.beyond])
    packing = batch.talkturns
    rows = np.zeros((2, len(IDS), aligned(inputs.width)))
    rows[..., inputs.width] = 1
    places = zip(packing.sequence.tolist(), packing.step.tolist(), strict=True)
    for row, (sequence, step) in enumerate(places):
        talkturn = batch.talkturn_positions[sequence]
        last = OFFSETS[talkturn + 1] - OFFSETS[talkturn] - 1
        for direction, word in enumerate([step, last - step]):
            vector = embedding[IDS[OFFSETS[talkturn] + word]]
            if whole.contextual is not None:
                given = whole.contextual
                said = given.vectors[given.starts[talkturn] + word]
                vector = np.concatenate([vector, said])
            if mask is not None:
                vector = vector * mask[sequence].numpy()
            rows[direction, row, : inputs.width] = vector
    return torch.from_numpy(rows)


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize(
    ("width", "contextual"), [(3, 0), (3, 4), (0, 4)], ids=["table", "both", "encoder"]
)
def test_rows_and_gradient(width, contextual, masked):
    inputs = WordInputs(torch.from_numpy(drawn(5, width)), contextual)
    whole = table(
        drawn(2, width, seed=1), drawn(5, contextual, seed=2) if contextual else None
    )
    batch = make_batch(whole, np.arange(3), 2)
    mask = None
    if masked:
        mask = torch.from_numpy(drawn(3, inputs.width, seed=3))
    rows = inputs(batch, mask)
    expected = naive(inputs, whole, batch, mask)
    torch.testing.assert_close(rows, expected, rtol=0, atol=1e-15)
    if width:
        factor = torch.from_numpy(drawn(*rows.shape, seed=4))
        (rows * factor).sum().backward()
        # Word 3 is said twice in the second talkturn, whose factors come back to it.
        by_hand = torch.zeros(width, dtype=torch.float64)
        sequence = int(np.flatnonzero(batch.talkturn_positions == 1)[0])
        for direction in (0, 1):
            for row in range(len(IDS)):
                if batch.words[direction, row] == 3:
                    kept = 1 if mask is None else mask[sequence, :width]
                    by_hand += factor[direction, row, :width] * kept
        torch.testing.assert_close(inputs.embedding.grad[3], by_hand)


def test_half_precision_becomes_that_of_the_network():
    inputs = WordInputs(torch.zeros(7, 2), 4)
    given = drawn(5, 4).astype(np.float16)
    batch = make_batch(table(contextual=given), np.arange(3), 1)
    assert inputs(batch, None).dtype == torch.float32


def test_products_of_words_beyond_the_table():
    """The product of a word does not depend on which of the tables it is from."""
    from hanrock_sk.model.encoders import WordEncoder

    encoder = WordEncoder(3, 2, 4)
    vectors = torch.from_numpy(drawn(7, 3)).float()
    whole, part = WordInputs(vectors), WordInputs(vectors[:5])
    words = torch.tensor([6, 1, 5])
    expected = whole.products([encoder], words)
    products = part.products([encoder], words, vectors[5:])
    assert torch.equal(products.table, expected.table)
    assert torch.equal(products.row, expected.row)


def test_word_products_are_looked_up_in_both_directions():
    """Words 7 and 3 are known; each has a row per reading direction."""
    row = torch.zeros(8, dtype=torch.int64)
    row[7], row[3] = 0, 1
    products = torch.arange(4.0).view(4, 1)  # 7 from the left, from the right; 3 ...
    words = torch.tensor([[7, 3, 3], [3, 3, 7]])
    rows = WordProducts(row, products).of(words)
    assert rows.table[rows.index].flatten().tolist() == [0, 3, 2, 3, 2, 1]


def test_vectors_of_an_encoder_are_standardised_and_none_stays_none():
    inputs = WordInputs(torch.empty(9, 0), 3)
    mean, spread = torch.tensor([1.0, -2.0, 0.5]), torch.tensor([2.0, 0.5, 1.0])
    inputs.mean.copy_(mean)
    inputs.spread.copy_(spread)
    vectors = drawn(5, 3)
    batch = make_batch(table(contextual=vectors), np.arange(3), 2)
    rows = inputs.double()(batch, None)
    whole = (torch.from_numpy(vectors) - mean) / spread
    same = WordInputs(torch.empty(9, 0), 3).double()
    plain = make_batch(table(contextual=whole.numpy()), np.arange(3), 2)
    torch.testing.assert_close(rows, same(plain, None))
