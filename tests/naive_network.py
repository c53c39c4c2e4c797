"""The obvious twin of the engine: explicit windows, one `nn.GRU` per encoder.

Written from the equations of sections 3.1 and 3.2, with tensors of (targets, content
size, words), padding and masks, and autograd for every gradient. It shares no code
with `hanrock_sk.model`; it only copies a network's parameters and reads its batches.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence


def run_gru(gru: nn.GRU, x, lengths, masks=None):
    """States (rows, steps, 2 * hidden) of a bidirectional GRU over padded rows.

    masks: (2, rows, hidden) recurrent dropout; then the steps are taken one by one.
    """
    if masks is None:
        packed = pack_padded_sequence(
            x, lengths.cpu(), batch_first=True, enforce_sorted=False
        )
        states, _ = pad_packed_sequence(
            gru(packed)[0], batch_first=True, total_length=x.shape[1]
        )
        return states
    directions = []
    for d, suffix in enumerate(["", "_reverse"]):
        w_ih = getattr(gru, f"weight_ih_l0{suffix}")
        w_hh = getattr(gru, f"weight_hh_l0{suffix}")
        b_ih = getattr(gru, f"bias_ih_l0{suffix}")
        b_hh = getattr(gru, f"bias_hh_l0{suffix}")
        rows = []
        for i, length in enumerate(lengths.tolist()):
            h = x.new_zeros(gru.hidden_size)
            states = [None] * x.shape[1]
            steps = range(length) if d == 0 else range(length - 1, -1, -1)
            for t in steps:
                i_r, i_z, i_n = (w_ih @ x[i, t] + b_ih).chunk(3)
                h_r, h_z, h_n = (w_hh @ (h * masks[d, i]) + b_hh).chunk(3)
                r = torch.sigmoid(i_r + h_r)
                z = torch.sigmoid(i_z + h_z)
                n = torch.tanh(i_n + r * h_n)
                h = (1 - z) * n + z * h
                states[t] = h
            rows.append(
                torch.stack(
                    [s if s is not None else torch.zeros_like(h) for s in states]
                )
            )
        directions.append(torch.stack(rows))
    return torch.cat(directions, dim=-1)


class Pool(nn.Module):
    """u = relu(W h + b); alpha = softmax(u . query); sum of alpha u."""

    def __init__(self, width, units):
        super().__init__()
        self.perceptron = nn.Linear(width, units)
        self.query = nn.Parameter(torch.zeros(units))

    def forward(self, h, lengths):
        u = torch.relu(self.perceptron(h))
        real = torch.arange(h.shape[1], device=h.device) < lengths[:, None]
        alpha = (u @ self.query).masked_fill(~real, -torch.inf).softmax(-1)
        return (alpha.unsqueeze(-1) * u).sum(1), alpha


class Encoder(nn.Module):
    """A bidirectional `nn.GRU` under attention."""

    def __init__(self, width, hidden, units):
        super().__init__()
        self.gru = nn.GRU(width, hidden, batch_first=True, bidirectional=True)
        self.pool = Pool(2 * hidden, units)

    def forward(self, x, lengths, masks=None):
        return self.pool(run_gru(self.gru, x, lengths, masks), lengths)


class NaiveNetwork(nn.Module):
    """HAN, flat-MTL HAN or HAN-ROCK, as one would first write it."""

    def __init__(self, architecture, embedding, sizes):
        super().__init__()
        self.architecture, self.sizes = architecture, sizes
        width, units = embedding.shape[1], sizes.attention_units
        self.embedding = nn.Embedding.from_pretrained(embedding.clone(), freeze=False)
        self.n_tasks = len(sizes.auxiliary)
        rock = architecture == "rock"
        self.word_encoders = nn.ModuleList(
            Encoder(width, sizes.word_gru, units) for _ in range(1 + rock)
        )
        self.talkturn_encoders = nn.ModuleList(
            Encoder(units, hidden, units)
            for hidden in [sizes.pri_gru] + [sizes.aux_gru] * (self.n_tasks * rock)
        )
        self.primary_head = nn.Linear(units, sizes.primary)
        if architecture != "han":
            self.auxiliary_heads = nn.ModuleList(
                nn.Linear(units, classes or 1) for classes in sizes.auxiliary
            )
        if rock:
            self.fusion_query = nn.Parameter(torch.zeros(units))
            self.fusion_gate = None
            if sizes.fusion == "anchored":
                self.fusion_gate = nn.Parameter(torch.zeros(1))

    def fuse(self, v):
        """Fuse (tasks, targets, units), target by target; weights (tasks, targets)."""
        fused, weights = [], []
        for v_c in v.unbind(1):
            if self.fusion_gate is None:
                alpha = (v_c @ self.fusion_query).softmax(0)
                fused.append((alpha.unsqueeze(-1) * v_c).sum(0))
            else:
                centred = v_c - v_c.mean(1, keepdim=True)
                deviation = (v_c.var(1, unbiased=False, keepdim=True) + 1e-5).sqrt()
                share = (centred / deviation @ self.fusion_query).softmax(0)
                gate = torch.sigmoid(self.fusion_gate) / 2
                alpha = gate * share
                alpha = alpha + (1 - gate) * torch.eye(len(v_c), dtype=v.dtype)[0]
                length = ((v_c**2).mean(1) + 1e-12).sqrt()
                scale = alpha * length[0] / length
                fused.append((scale.unsqueeze(1) * v_c).sum(0))
            weights.append(alpha)
        return torch.stack(fused), torch.stack(weights, dim=1)

    def forward(self, words, n_words, n_talkturns, masks=None, where=None):
        """Predict.

        words : (targets, content size, words), filled from the left, padded with 0
        n_words : (targets, content size), 0 where there is no talkturn
        n_talkturns : (targets,)
        masks : dict of dropout masks; where : (targets, content size), the row of each
            talkturn in the masks that are per distinct talkturn
        Returns primary, list of auxiliary predictions, and the attention weights.
        """
        n, size, longest = words.shape
        flat = words.view(n * size, longest)
        lengths = n_words.view(-1).clamp(min=1)
        masks = masks or {}
        rows = None if where is None else where.view(-1)
        rock = self.architecture == "rock"
        talkturns, alpha_words = [], []
        for branch, encoder in enumerate(self.word_encoders):
            x = self.embedding(flat)
            if branch == 1:
                x = x.detach()
            if "word_input" in masks:
                x = x * masks["word_input"][rows][:, None]
            state = None
            if "word_state" in masks:
                branches = len(self.word_encoders)
                by_branch = masks["word_state"].unflatten(1, (2, branches))
                state = by_branch[rows, :, branch].transpose(0, 1)
            s, alpha = encoder(x, lengths, state)
            if "talkturn_input" in masks:
                s = s * masks["talkturn_input"][rows, branch]
            talkturns.append(s.view(n, size, -1))
            alpha_words.append(alpha.view(n, size, longest))
        v, alpha_talkturns = [], []
        for task, encoder in enumerate(self.talkturn_encoders):
            state = None
            if task == 0 and "primary_state" in masks:
                state = masks["primary_state"].transpose(0, 1)
            elif task > 0 and "auxiliary_state" in masks:
                all_tasks = masks["auxiliary_state"].unflatten(1, (2, self.n_tasks))
                state = all_tasks[:, :, task - 1].transpose(0, 1)
            pooled, alpha = encoder(talkturns[int(task > 0)], n_talkturns, state)
            v.append(pooled)
            alpha_talkturns.append(alpha)
        alpha_tasks = None
        fused = v[0]
        if rock:
            fused, alpha_tasks = self.fuse(torch.stack(v))
        auxiliary = []
        if self.architecture != "han":
            for task, head in enumerate(self.auxiliary_heads):
                auxiliary.append(head(v[task + 1] if rock else fused))
        primary = self.primary_head(fused)
        return primary, auxiliary, (alpha_words, alpha_talkturns, alpha_tasks)


def _parameter_pairs(naive: NaiveNetwork, network):
    """Yield (naive parameter, function of the network's tensors that equals it)."""

    def of_encoder(encoder, gru, attention, group):
        hidden = gru.hidden
        for d, suffix in enumerate(["", "_reverse"]):
            get = lambda name, encoder=encoder, suffix=suffix: getattr(  # noqa: E731
                encoder.gru, f"{name}_l0{suffix}"
            )
            yield get("weight_ih"), gru.weight_input, lambda t, d=d: t[d, group].t()
            yield get("weight_hh"), gru.weight_state, lambda t, d=d: t[d, group].t()
            yield get("bias_ih"), gru.bias, lambda t, d=d: t[d, group]
            yield (
                get("bias_hh"),
                gru.bias_new,
                lambda t, d=d: torch.cat([t.new_zeros(2 * hidden), t[d, group]]),
            )
        yield (
            encoder.pool.perceptron.weight,
            attention.weight,
            lambda t: t[:, group].flatten(0, 1).t(),
        )
        yield encoder.pool.perceptron.bias, attention.bias, lambda t: t[group]
        yield encoder.pool.query, attention.query, lambda t: t[group]

    for encoder, branch in zip(naive.word_encoders, network.branches, strict=True):
        word = branch.word_encoder
        yield from of_encoder(encoder, word.gru, word.attention, 0)
    talkturn = network.primary.talkturn_encoder
    yield from of_encoder(
        naive.talkturn_encoders[0], talkturn.gru, talkturn.attention, 0
    )
    for task, encoder in enumerate(naive.talkturn_encoders[1:]):
        talkturn = network.auxiliary.talkturn_encoder
        yield from of_encoder(encoder, talkturn.gru, talkturn.attention, task)
    yield naive.primary_head.weight, network.primary_head.weight, lambda t: t
    yield naive.primary_head.bias, network.primary_head.bias, lambda t: t
    yield naive.embedding.weight, network.inputs.embedding, lambda t: t
    if naive.architecture != "han":
        heads = network.auxiliary_heads
        for task, head in enumerate(naive.auxiliary_heads):
            labelled = task in heads.labelled
            kind = "label" if labelled else "value"
            at = (heads.labelled if labelled else heads.valued).tolist().index(task)
            weight, bias = (getattr(heads, f"{kind}_{x}") for x in ("weight", "bias"))
            yield head.weight, weight, lambda t, at=at: t[at].t()
            yield head.bias, bias, lambda t, at=at: t[at, 0]
    if naive.architecture == "rock":
        yield naive.fusion_query, network.fusion.query, lambda t: t
        if naive.fusion_gate is not None:
            yield naive.fusion_gate, network.fusion.gate, lambda t: t


def copy_parameters(naive: NaiveNetwork, network) -> None:
    """Give the naive network the engine's parameters."""
    with torch.no_grad():
        for parameter, source, view in _parameter_pairs(naive, network):
            parameter.copy_(view(source))


def gradient_pairs(naive: NaiveNetwork, network):
    """Yield (gradient of the naive network, the engine's gradient of the same).

    The recurrent bias of the reset and update gates is the engine's input bias: its
    gradient is compared there, and blanked here.
    """
    for parameter, source, view in _parameter_pairs(naive, network):
        expected, found = parameter.grad, source.grad
        expected = torch.zeros_like(parameter) if expected is None else expected
        found = view(torch.zeros_like(source) if found is None else found)
        blank = found.shape == expected.shape and found.ndim == 1
        if blank and source.shape[-1] * 3 == expected.shape[-1]:
            expected = expected.clone()
            expected[: 2 * source.shape[-1]] = 0
        yield expected, found


def explicit_windows(ids, offsets, first, targets, content_size):
    """Build the (targets, content size, words) tensor that the engine never builds."""
    longest = max(
        offsets[p + 1] - offsets[p]
        for target in targets
        for p in range(max(first[target], target - content_size + 1), target + 1)
    )
    words = torch.zeros(len(targets), content_size, int(longest), dtype=torch.long)
    n_words = torch.zeros(len(targets), content_size, dtype=torch.long)
    n_talkturns = torch.zeros(len(targets), dtype=torch.long)
    positions = torch.zeros(len(targets), content_size, dtype=torch.long)
    for i, target in enumerate(targets):
        window = range(max(first[target], target - content_size + 1), target + 1)
        n_talkturns[i] = len(window)
        for j, p in enumerate(window):
            these = ids[offsets[p] : offsets[p + 1]].astype("int64")
            words[i, j, : len(these)] = torch.from_numpy(these)
            n_words[i, j] = len(these)
            positions[i, j] = int(p)
    return words, n_words, n_talkturns, positions
