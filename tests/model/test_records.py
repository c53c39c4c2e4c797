"""What goes into a network and what comes out."""

from __future__ import annotations

import torch

from hanrock_sk.model.records import WordProducts


def test_word_products_are_looked_up_in_both_directions():
    """Words 7 and 3 are known; each has a row per reading direction."""
    row = torch.zeros(8, dtype=torch.int64)
    row[7], row[3] = 0, 1
    table = torch.arange(4.0).view(4, 1)  # 7 from the left, from the right; 3 ...
    words = torch.tensor([[7, 3, 3], [3, 3, 7]])
    found = WordProducts(row, table).of(words)
    assert found.table[found.index].flatten().tolist() == [0, 3, 2, 3, 2, 1]
