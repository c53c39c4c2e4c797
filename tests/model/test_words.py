"""Word vectors as the input product reads them, against a lookup word by word."""

from __future__ import annotations

import pytest
import torch

from hanrock_sk.model.ops.signatures import Given
from hanrock_sk.model.words import word_vectors

pytestmark = pytest.mark.usefixtures("steps")

TALKTURN = torch.tensor([0, 1, 2, 0, 1, 0])  # of six words, in packed order
WORDS = torch.tensor([[3, 0, 4, 3, 1, 3], [3, 1, 4, 3, 0, 3]])


def drawn(width, masked, dtype=torch.float64):
    generator = torch.Generator().manual_seed(width)
    embedding = torch.randn(5, width, generator=generator, dtype=dtype)
    mask = None
    if masked:
        kept = torch.rand(3, width, generator=generator) < 0.6
        mask = kept.to(dtype) / 0.6
    return embedding.requires_grad_(), mask


def naive_rows(embedding, mask):
    """Each word's vector, then a one, then zeros up to a multiple of eight."""
    rows = []
    for direction in WORDS.tolist():
        for word, talkturn in zip(direction, TALKTURN.tolist(), strict=True):
            vector = embedding[word]
            if mask is not None:
                vector = vector * mask[talkturn]
            filled = [1.0] + [0.0] * ((7 - len(vector)) % 8)
            rows.append(torch.cat([vector, vector.new_tensor(filled)]))
    return torch.stack(rows).unflatten(0, (2, 6))


@pytest.mark.parametrize("width", [1, 5, 7, 8, 15, 16])
@pytest.mark.parametrize("masked", [False, True])
def test_rows_and_gradient(width, masked):
    embedding, mask = drawn(width, masked)
    found = word_vectors(embedding, WORDS, mask, TALKTURN)
    expected = naive_rows(embedding, mask)
    assert torch.equal(found, expected)
    factor = torch.randn_like(expected)
    ours, theirs = (
        torch.autograd.grad((rows * factor).sum(), embedding)[0]
        for rows in (found, expected)
    )
    torch.testing.assert_close(ours, theirs, rtol=1e-12, atol=1e-12)


MIRROR = torch.tensor([3, 4, 2, 0, 1, 5])  # first and last words change places


def drawn_given(width, dtype=torch.float64):
    generator = torch.Generator().manual_seed(width)
    vectors = torch.randn(6, width, generator=generator, dtype=dtype)
    vectors[[1, 4]] = 0  # told by a narrator: no encoder has read them
    mean, spread = torch.rand(2, width, generator=generator, dtype=dtype) + 0.5
    return Given(vectors, mean, spread, MIRROR)


@pytest.mark.parametrize("width", [0, 1, 5, 8])
@pytest.mark.parametrize("width_given", [1, 8, 11])
@pytest.mark.parametrize("masked", [False, True])
def test_vectors_of_an_encoder_stand_behind(width, width_given, masked):
    whole, mask = drawn(width + width_given, masked)
    embedding = whole.detach()[:, :width].requires_grad_()
    given = drawn_given(width_given)
    rows = word_vectors(embedding, WORDS, mask, TALKTURN, given)
    factor = torch.randn_like(rows)
    for direction, place in ((0, range(6)), (1, MIRROR.tolist())):
        for row, said in enumerate(place):
            vector = (given.vectors[said] - given.mean) / given.spread
            if said in (1, 4):
                vector = torch.zeros(width_given, dtype=torch.float64)
            vector = torch.cat([embedding[WORDS[direction, row]], vector])
            if masked:
                vector = vector * mask[TALKTURN[row]]
            found = rows[direction, row]
            assert torch.equal(found[: len(vector)], vector)
            assert found[len(vector)] == 1
            assert not found[len(vector) + 1 :].any()
            assert len(found) % 8 == 0
    if width:
        (rows * factor).sum().backward()
        table = embedding.detach().requires_grad_()
        only = word_vectors(table, WORDS, mask[:, :width] if masked else None, TALKTURN)
        (only[..., :width] * factor[..., :width]).sum().backward()
        assert torch.equal(embedding.grad, table.grad)


@pytest.mark.parametrize("masked", [False, True])
def test_many_words_in_single_precision(masked):
    """So many that threads share them."""
    embedding, mask = drawn(300, masked, torch.float32)
    words, talkturn = WORDS.repeat(1, 100), TALKTURN.repeat(100)
    found = word_vectors(embedding, words, mask, talkturn)
    assert torch.equal(found, naive_rows(embedding, mask).repeat(1, 100, 1))


def test_no_gradient_is_asked_of_frozen_vectors():
    embedding, mask = drawn(4, masked=True)
    assert not word_vectors(embedding.detach(), WORDS, mask, TALKTURN).requires_grad


@pytest.mark.parametrize("stranger", [-1, 5])
def test_a_word_without_a_vector(stranger):
    embedding, _ = drawn(4, masked=False)
    words = WORDS.clone()
    words[1, 2] = stranger
    with pytest.raises(IndexError):
        word_vectors(embedding, words, None, TALKTURN)
