"""Compiled rows of word vectors of any strides, and words that have none.

`tests/model/test_words.py` compares them with a lookup word by word.
"""

from __future__ import annotations

import pytest
import torch

from hanrock_sk.model.ops import compiled_words, eager_words
from hanrock_sk.model.ops.signatures import Given

pytestmark = pytest.mark.usefixtures("each_library")


def strided(tensor):
    """The same numbers, none of them next to another."""
    apart = torch.repeat_interleave(tensor, 2, dim=-1)[..., ::2]
    assert not apart.is_contiguous()
    return apart


@pytest.mark.parametrize("with_given", [False, True])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_tables_of_any_strides(with_given, dtype):
    generator = torch.Generator().manual_seed(0)

    def draw(*shape):
        return torch.randn(*shape, generator=generator, dtype=dtype)

    embedding, width = draw(9, 5), 5 + 3 * with_given
    words = torch.randint(9, (2, 21), generator=generator)
    talkturn = torch.randint(4, (21,), generator=generator)
    mask, given = draw(4, width), None
    if with_given:
        mirror = torch.randperm(21, generator=generator)
        given = Given(draw(21, 3), draw(3), draw(3).exp(), mirror)
    expected = eager_words.run(embedding, words, mask, talkturn, given)
    if with_given:
        given = Given(*map(strided, given))
    found = compiled_words.run(
        embedding, strided(words), mask, strided(talkturn), given
    )
    assert torch.equal(found, expected)


@pytest.mark.parametrize("stranger", [-2, 9])
def test_a_word_without_a_vector_is_named(stranger):
    words = torch.tensor([[0, 8], [stranger, 3]])
    said = rf"^word {stranger} has no vector: there are 9\.$"
    with pytest.raises(IndexError, match=said):
        compiled_words.run(torch.ones(9, 4), words, None, torch.zeros(2).long())
