"""Numbers stay numbers: extreme talkturns, batches and weights; exact gradients."""

from __future__ import annotations

from copy import deepcopy

import numpy as np
import pytest
import torch
from torch.func import functional_call

from hanrock_sk.model.layout.batch_targets import shuffled_runs
from hanrock_sk.model.layout.batches import TokenTable, make_batch
from hanrock_sk.model.losses import MultiTaskLoss, Targets
from hanrock_sk.model.networks import make_network
from hanrock_sk.model.records import Masks, Sizes

CLASSES, N_WORDS = 3, 6
ARCHITECTURES = pytest.mark.parametrize("architecture", ["rock", "flat", "han"])

# Conversations of 1, 2 and 6 talkturns.
LENGTHS = [2, 1, 5, 3, 1, 4, 1, 7, 2]
FIRST = [0, 1, 1, 3, 3, 3, 3, 3, 3]


def make_table(lengths=LENGTHS, first=FIRST, dtype=np.uint8):
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    ids = np.random.default_rng(0).integers(N_WORDS, size=offsets[-1])
    return TokenTable(ids.astype(dtype), offsets, np.array(first))


def make_net(architecture, *, dtype=torch.float32, auxiliary=(0, CLASSES, 0),
             n_words=N_WORDS, width=6, fresh=False, **sizes):  # fmt: skip
    """Make a network with encoders wider and narrower than their attention."""
    torch.manual_seed(0)
    embedding = torch.randn(n_words, width)
    embedding[:2] = 0  # unknown words, empty talkturns: nothing is known of them
    if architecture == "han":
        auxiliary = ()
    sizes = {"word_gru": 5, "pri_gru": 3, "aux_gru": 1, "attention_units": 8} | sizes
    network = make_network(
        architecture, embedding, Sizes(CLASSES, auxiliary, **sizes)
    ).to(dtype)
    if not fresh:
        with torch.no_grad():  # biases too, so that no term is zero by accident
            for parameter in network.parameters():
                parameter.add_(0.2 * torch.randn_like(parameter))
    return network


def make_targets(network, n, dtype):
    """Make targets of all tasks for n talkturns, none missing."""
    generator = torch.Generator().manual_seed(1)
    auxiliary = network.sizes.auxiliary
    n_valued = sum(count == 0 for count in auxiliary)
    return Targets(
        torch.randint(CLASSES, (n,), generator=generator),
        torch.randn(n_valued, n, generator=generator).to(dtype),
        torch.randint(CLASSES, (len(auxiliary) - n_valued, n), generator=generator),
        torch.rand(1 + len(auxiliary), n, generator=generator).to(dtype),
    )


def loss_of(network, batch, masks=None):
    """The loss of a batch, and the predictions it is of."""
    predictions = network(batch, masks)
    targets = make_targets(network, len(batch), network.inputs.embedding.dtype)
    return MultiTaskLoss()(predictions, targets)[0], predictions


def gradients(network, loss):
    network.zero_grad()
    loss.backward()
    return {name: tensor.grad.clone() for name, tensor in network.named_parameters()}


def predict(network, table, batch):
    """Predict as estimators do: without gradients, from a table of products."""
    network.eval()
    with torch.inference_mode():
        words = torch.from_numpy(np.unique(table.ids).astype(np.int64))
        return network(batch, products=network.know_words(words))


def check_sums(attentions, batch):
    """Attention weights are shares of 1."""
    for weights, packing in (
        (attentions.words, batch.talkturns),
        (attentions.talkturns, batch.windows),
    ):
        assert (weights >= 0).all()
        sums = torch.zeros(packing.n_sequences, weights.shape[1])
        sums.index_add_(0, packing.sequence, weights.float())
        torch.testing.assert_close(sums, torch.ones_like(sums), rtol=0, atol=1e-4)


def check_finite(network, table, content_size=4):
    """Train a step and predict; return the predictions."""
    batch = make_batch(table, np.arange(len(table)), content_size)
    network.train()
    loss, predictions = loss_of(network, batch)
    assert loss.isfinite()
    for name, grad in gradients(network, loss).items():
        assert grad.isfinite().all(), name
    check_sums(predictions.attentions, batch)
    predictions = predict(network, table, batch)
    for name in ("primary", "values", "logits"):
        assert getattr(predictions, name).isfinite().all(), name
    check_sums(predictions.attentions, batch)
    return predictions, batch


@ARCHITECTURES
@pytest.mark.parametrize("lengths", [[1], [5000], [1, 5000, 1, 3]], ids=str)
def test_talkturns_of_one_word_and_of_thousands(architecture, lengths):
    network = make_net(architecture, gru_dropout=0.2, recurrent_dropout=0.2)
    check_finite(network, make_table(lengths, [0] * len(lengths)))


@ARCHITECTURES
def test_unknown_words_alone(architecture):
    """Before training nothing tells them apart: attention is uniform."""
    network = make_net(architecture, fresh=True)
    table = make_table()
    table = TokenTable(np.zeros_like(table.ids), table.offsets, table.first)
    predictions, batch = check_finite(network, table)
    lengths = torch.from_numpy(np.diff(table.offsets)[batch.talkturn_positions])
    expected = (1 / lengths[batch.talkturns.sequence]).unsqueeze(1)
    words = predictions.attentions.words
    torch.testing.assert_close(words, expected.to(words).expand_as(words))
    assert (predictions.primary == predictions.primary[0]).all()


def scaled(network, part, factor):
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            if part in name:
                parameter.mul_(factor)
    return network


@ARCHITECTURES
@pytest.mark.parametrize(
    ("part", "factor"),
    [
        ("query", 1e6), ("query", -1e6), ("attention", 1e4), ("head", 1e10),
        ("inputs.embedding", 1e6), ("weight_input", 1e6), ("weight_state", 100),
        ("", 30),
    ],
)  # fmt: skip
def test_extreme_weights(architecture, part, factor):
    check_finite(scaled(make_net(architecture), part, factor), make_table())


def test_extreme_scores_pick_one():
    network = scaled(make_net("rock", fusion="paper"), "query", 1e6)
    predictions, batch = check_finite(network, make_table())
    for weights in predictions.attentions.words.t():
        picked = batch.talkturns.sequence[weights > 0.999]
        assert sorted(picked.tolist()) == list(range(batch.n_talkturns))
    assert (predictions.attentions.tasks.amax(1) == 1).all()


@ARCHITECTURES
@pytest.mark.parametrize("lengths", [LENGTHS, [1, 300, 1, 40, 2, 1, 9, 2, 5]], ids=str)
def test_single_precision_agrees_with_double(architecture, lengths):
    single = make_net(architecture)
    double = deepcopy(single).double()
    table = make_table(lengths)
    batch = make_batch(table, np.arange(len(table)), 4)
    found, expected = {}, {}
    for network, results in ((single, found), (double, expected)):
        loss, _ = loss_of(network, batch)
        results |= gradients(network, loss) | {"loss": loss.detach()}
        results["predicted"] = predict(network, table, batch).primary
    for name, value in expected.items():
        error = (found[name].double() - value).norm() / value.norm()
        assert error < 1e-4, name


@pytest.mark.parametrize("batch_size", range(1, len(LENGTHS) + 1))
def test_batches_of_any_size_add_up(batch_size):
    """The last batch is what is left; the loss is a mean over a batch's talkturns."""
    network = make_net("rock", dtype=torch.float64)
    table = make_table()
    n = len(table)
    everything = make_targets(network, n, torch.float64)

    def loss_at(positions):
        batch = make_batch(table, positions, 4)
        targets = [
            None if column is None else column[..., batch.targets]
            for column in vars(everything).values()
        ]
        return MultiTaskLoss()(network(batch), Targets(*targets))[0]

    whole = loss_at(np.arange(n))
    generator = np.random.default_rng(0)
    parts = list(shuffled_runs(table, np.arange(n), batch_size, 2, generator))
    assert len(parts[-1]) == (n % batch_size or batch_size)
    added = sum(loss_at(part) * len(part) for part in parts) / n
    torch.testing.assert_close(added, whole)
    found, expected = gradients(network, added), gradients(network, whole)
    for name, grad in expected.items():
        torch.testing.assert_close(found[name], grad, rtol=1e-9, atol=1e-12)


@ARCHITECTURES
@pytest.mark.parametrize("content_size", [7, 100, 10**9])
def test_content_size_larger_than_any_conversation(architecture, content_size):
    network, table = make_net(architecture), make_table()
    found, batch = check_finite(network, table, content_size)
    expected, batch_6 = check_finite(network, table, 6)  # the longest one
    assert batch.targets.tolist() == batch_6.targets.tolist()
    assert torch.equal(found.primary, expected.primary)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.uint32])
@pytest.mark.parametrize("content_size", [1, 4])
def test_word_ids_of_any_type(dtype, content_size):
    results = []
    for ids in (np.int64, dtype):
        network, table = make_net("rock"), make_table(dtype=ids)
        batch = make_batch(table, np.arange(len(table)), content_size)
        loss, _ = loss_of(network, batch)
        results.append(gradients(network, loss))
        results[-1]["predicted"] = predict(network, table, batch).primary
    for name, expected in results[0].items():
        assert torch.equal(results[1][name], expected), name


@pytest.mark.parametrize(
    ("dtype", "n_words"),
    [(np.uint8, 256), (np.uint16, 257), (np.uint16, 65536), (np.uint32, 65537)],
)
def test_the_last_word_of_a_large_vocabulary(dtype, n_words):
    """A vocabulary of the two words that are said does the same."""
    large = make_net("rock", n_words=n_words, width=2)
    small = deepcopy(large)
    small.inputs.embedding = torch.nn.Parameter(
        large.inputs.embedding[[2, -1]].detach()
    )
    said = make_table().ids % 2
    results = []
    for network, ids in (
        (small, said),
        (large, np.where(said, n_words - 1, 2).astype(dtype)),
    ):
        table = TokenTable(ids, make_table().offsets, make_table().first)
        batch = make_batch(table, np.arange(len(table)), 4)
        loss, _ = loss_of(network, batch)
        results.append(gradients(network, loss))
        results[-1]["predicted"] = predict(network, table, batch).primary
    expected, found = results
    words = found.pop("inputs.embedding")
    torch.testing.assert_close(words[[2, -1]], expected.pop("inputs.embedding"))
    assert (words != 0).any(1).sum() == 2
    for name, value in expected.items():
        torch.testing.assert_close(found[name], value)


def check_gradients(network, without=(), dropped=False):
    """Compare the gradient of the whole loss with finite differences."""
    table = make_table([2, 1, 3, 1, 2], [0, 1, 1, 1, 1])
    batch = make_batch(table, np.array([0, 2, 3, 4]), 3)
    masks = network.draw_masks(batch) if dropped else Masks()
    assert (masks.word_state is not None) == dropped
    targets = make_targets(network, len(batch), torch.float64)
    names = [name for name, _ in network.named_parameters() if name not in without]
    given = tuple(network.get_parameter(name) for name in names)

    def loss(*tensors):
        parameters = dict(zip(names, tensors, strict=True))
        predictions = functional_call(network, parameters, (batch, masks))
        return MultiTaskLoss()(predictions, targets)[0]

    assert torch.autograd.gradcheck(loss, given, rtol=1e-5, atol=1e-8)


SMALLEST = {"width": 2, "word_gru": 2, "pri_gru": 2, "attention_units": 3,
            "auxiliary": (0, CLASSES), "dtype": torch.float64}  # fmt: skip
DROPPED = pytest.mark.parametrize("dropped", [False, True], ids=["no masks", "masks"])


def make_smallest(architecture, dropped):
    dropout = {"gru_dropout": 0.3, "recurrent_dropout": 0.3} if dropped else {}
    return make_net(architecture, **SMALLEST, **dropout)


@DROPPED
@pytest.mark.parametrize("architecture", ["flat", "han"])
def test_gradcheck(architecture, dropped):
    check_gradients(make_smallest(architecture, dropped), dropped=dropped)


@DROPPED
def test_gradcheck_of_rock(dropped):
    """All but the word vectors: the auxiliary branch reads them detached."""
    network = make_smallest("rock", dropped)
    check_gradients(network, without=["inputs.embedding"], dropped=dropped)


@DROPPED
def test_gradcheck_of_rock_and_its_word_vectors(dropped):
    """Where the auxiliary branch does not see them, there is nothing to detach."""
    network = make_smallest("rock", dropped)
    with torch.no_grad():
        network.auxiliary.word_encoder.gru.weight_input.zero_()
    check_gradients(network, dropped=dropped)
