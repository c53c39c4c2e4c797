"""The weights of the three levels of attention, by row of the table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hanrock_sk.estimators.fitted import FittedNetwork
from hanrock_sk.estimators.reading import Talkturns


@dataclass(frozen=True)
class Attention:
    """What a network attended to.

    Talkturn i (a row of the table) has the words ``word_offsets[i]`` to
    ``word_offsets[i + 1]``; its window, the content context it was predicted from, has
    the entries ``window_offsets[i]`` to ``window_offsets[i + 1]``, oldest first.

    Attributes
    ----------
    words : list of str
        All words, talkturn by talkturn.
    word_offsets : ndarray of int64, shape (n_talkturns + 1,)
        Where each talkturn's words begin.
    word_weights : ndarray of float32, shape (n_branches, n_words)
        alpha_ait: of the primary branch, then of the auxiliary one if there is one.
        They sum to 1 over a talkturn.
    window_rows : ndarray of int64, shape (n_entries,)
        The row of the talkturn that stands at each entry.
    window_offsets : ndarray of int64, shape (n_talkturns + 1,)
        Where each talkturn's window begins.
    talkturn_weights : ndarray of float32, shape (n_tasks, n_entries)
        alpha_abi; they sum to 1 over a window.
    task_weights : ndarray of float32, shape (n_tasks, n_talkturns)
        alpha_c; they sum to 1 over the tasks.
    tasks : tuple of str
        The tasks that have a talkturn encoder of their own, "primary" first.
    """

    words: list[str]
    word_offsets: np.ndarray
    word_weights: np.ndarray
    window_rows: np.ndarray
    window_offsets: np.ndarray
    talkturn_weights: np.ndarray
    task_weights: np.ndarray
    tasks: tuple[str, ...]


def collect_attention(talkturns: Talkturns, network: FittedNetwork) -> Attention:
    """Put the packed weights of all pieces where their rows are.

    Parameters
    ----------
    talkturns : Talkturns
        What is predicted.
    network : FittedNetwork
        The network that predicts it.

    Returns
    -------
    attention : Attention
        By row.
    """
    tasks = network.trained_on.encoded_tasks
    n_rows = len(talkturns)
    order = talkturns.conversations.order
    spoken = [network.reader.words_of(text) for text in talkturns.texts]
    word_offsets = _offsets([len(words) for words in spoken])
    words = np.empty((0, word_offsets[-1]), dtype=np.float32)
    entries, sizes = [], np.zeros(n_rows, dtype=np.int64)
    task_weights = np.empty((len(tasks), n_rows), dtype=np.float32)
    for rows, batch, predictions in network.run(talkturns):
        weights = predictions.attentions
        if not len(words):
            n_branches = weights.words.shape[1]
            words = np.empty((n_branches, word_offsets[-1]), dtype=np.float32)
        of_words = batch.talkturns
        starts = word_offsets[order[batch.talkturn_positions]]
        words[:, starts[of_words.sequence.cpu()] + of_words.step.cpu().numpy()] = (
            weights.words.cpu().numpy().T
        )
        windows = batch.windows
        sequence, step = windows.sequence.cpu().numpy(), windows.step.cpu().numpy()
        sizes[rows] = np.bincount(sequence)
        read_forwards = batch.context.index[::2].cpu().numpy() // 2
        here = batch.talkturn_positions[read_forwards]
        entries.append(
            (rows[sequence], step, order[here], weights.talkturns.cpu().numpy().T)
        )
        task_weights[:, rows] = weights.tasks.cpu().numpy().T
    window_offsets = _offsets(sizes)
    window_rows = np.empty(window_offsets[-1], dtype=np.int64)
    talkturn_weights = np.empty((len(tasks), window_offsets[-1]), dtype=np.float32)
    for row, step, other, shares in entries:
        at = window_offsets[row] + step
        window_rows[at] = other
        talkturn_weights[:, at] = shares
    return Attention(
        words=[word for turn in spoken for word in turn],
        word_offsets=word_offsets,
        word_weights=words,
        window_rows=window_rows,
        window_offsets=window_offsets,
        talkturn_weights=talkturn_weights,
        task_weights=task_weights,
        tasks=tasks,
    )


def _offsets(sizes: np.ndarray | list[int]) -> np.ndarray:
    return np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)])
