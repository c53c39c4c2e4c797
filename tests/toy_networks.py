"""Networks small enough to be compared with their twins, with what they read."""

from __future__ import annotations

import math

import numpy as np
import torch
from naive_network import NaiveNetwork, copy_parameters

from hanrock_sk.model.layout.batches import TokenTable
from hanrock_sk.model.losses import MISSING, Targets
from hanrock_sk.model.networks import make_network
from hanrock_sk.model.records import Sizes

# Conversations of 1, 2 and 7 talkturns; talkturns of 1 to 9 words.
LENGTHS = np.array([3, 1, 9, 4, 1, 2, 6, 1, 5, 2])
FIRST = np.array([0, 1, 1, 3, 3, 3, 3, 3, 3, 3])
CONTENT_SIZE = 4


def toy_table(seed=0, n_words=20):
    generator = np.random.default_rng(seed)
    offsets = np.concatenate([[0], np.cumsum(LENGTHS)])
    ids = generator.integers(n_words, size=offsets[-1]).astype(np.uint8)
    return TokenTable(ids, offsets, FIRST)


ARCHITECTURES = ["rock", "rock, paper's fusion", "flat", "han"]


def toy_network(architecture, *, primary=3, auxiliary=(0, 3, 0, 3), dtype=torch.float64,
                word_gru=3, pri_gru=5, aux_gru=1, units=4, **dropout):  # fmt: skip
    torch.manual_seed(3)
    architecture, _, paper = architecture.partition(",")
    sizes = Sizes(
        primary,
        auxiliary if architecture != "han" else (),
        word_gru=word_gru,
        pri_gru=pri_gru,
        aux_gru=aux_gru,
        attention_units=units,
        fusion="paper" if paper else "anchored",
        **dropout,
    )
    network = make_network(architecture, torch.randn(20, 6), sizes).to(dtype)
    with torch.no_grad():  # biases too, so that no term is zero by accident
        for parameter in network.parameters():
            parameter.add_(0.3 * torch.randn_like(parameter))
    naive = NaiveNetwork(architecture, network.inputs.embedding.detach(), sizes).to(
        dtype
    )
    if network.inputs.width == 6:  # the twin knows no encoder
        copy_parameters(naive, network)
    return network, naive, sizes


def toy_targets(sizes, n, dtype, seed=1):
    generator = torch.Generator().manual_seed(seed)
    n_values = sum(count == 0 for count in sizes.auxiliary)
    n_labels = len(sizes.auxiliary) - n_values
    values = torch.randn(n_values, n, generator=generator, dtype=dtype)
    values[torch.rand(values.shape, generator=generator) < 0.3] = math.nan
    labels = torch.randint(3, (n_labels, n), generator=generator)
    labels[torch.rand(labels.shape, generator=generator) < 0.3] = MISSING
    if sizes.primary == 1:
        primary = torch.randn(n, generator=generator, dtype=dtype)
        primary[1] = math.nan
    else:
        primary = torch.randint(3, (n,), generator=generator)
        primary[1] = MISSING
    weights = torch.rand(1 + len(sizes.auxiliary), n, generator=generator, dtype=dtype)
    return Targets(primary, values, labels, weights)
