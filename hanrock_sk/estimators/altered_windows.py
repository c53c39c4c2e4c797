"""Predictions from windows with a talkturn changed or left out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import torch
from scipy.special import softmax
from sklearn.base import is_classifier

from hanrock_sk.estimators.reading import Talkturns
from hanrock_sk.estimators.talkturn_data import piece_words
from hanrock_sk.estimators.variants import Encoded, VariantEncoder, Variants
from hanrock_sk.model.layout.bags import BAG_CONTEXT, ranges
from hanrock_sk.model.layout.free_windows import FreeWindows, window_batch
from hanrock_sk.model.records import Masks

NONE = -1


class AlteredWindows:
    """A model that predicts talkturns of one table from altered windows.

    Each talkturn is encoded once, and each variant of one once; windows then read what
    is encoded.

    Parameters
    ----------
    model : HANRockClassifier or HANRockRegressor
        Fitted.
    talkturns : Talkturns
        As the model reads them.

    Attributes
    ----------
    encoder : VariantEncoder
        Encodes variants of the talkturns.
    first, begin : ndarray of int64, shape (n_talkturns,)
        For each position, the first one of its conversation and of its window.
    """

    def __init__(self, model: Any, talkturns: Talkturns) -> None:
        self._model, self._network = model, model.network_
        self.encoder = VariantEncoder(self._network, talkturns)
        table = self.encoder.table
        self.first = table.first
        everything = np.arange(len(table))
        content_size = self._network.trained_on.content_size
        self.begin = np.maximum(self.first, everything - content_size + 1)
        self._speakers = table.speakers
        self._base = self.encoder.encode(
            Variants.whole(everything, self.encoder.lengths)
        )

    def unchanged(self, targets: np.ndarray) -> np.ndarray:
        """Predict targets from their windows as they are.

        Parameters
        ----------
        targets : ndarray of int64, shape (n,)
            Positions.

        Returns
        -------
        outputs : ndarray of float64, shape (n, n_outputs)
            Probabilities of the classes, or the value.
        """
        return self._outputs(self._windows(targets), self._base)

    def without(self, positions: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """Predict targets without a talkturn of their context.

        The window reaches no further back for it.

        Parameters
        ----------
        positions : ndarray of int64, shape (n,)
            The talkturn that is not there; not the target itself.
        targets : ndarray of int64, shape (n,)
            The talkturns to predict.

        Returns
        -------
        outputs : ndarray of float64, shape (n, n_outputs)
            See `unchanged`.
        """
        return self._outputs(self._windows(targets, dropped=positions), self._base)

    def with_variants(
        self, variants: Variants, which: np.ndarray, targets: np.ndarray
    ) -> np.ndarray:
        """Predict targets with a variant in place of the talkturn it is one of.

        Parameters
        ----------
        variants : Variants
            To be encoded.
        which : ndarray of int64, shape (n,)
            The variant that each prediction reads.
        targets : ndarray of int64, shape (n,)
            The talkturns to predict.

        Returns
        -------
        outputs : ndarray of float64, shape (n, n_outputs)
            See `unchanged`.
        """
        encoded = self._base.followed_by(self.encoder.encode(variants))
        windows = self._windows(
            targets, variants.positions[which], len(self._base) + which
        )
        return self._outputs(windows, encoded)

    def _windows(
        self,
        targets: np.ndarray,
        replaced: np.ndarray | None = None,
        by: np.ndarray | None = None,
        dropped: np.ndarray | None = None,
    ) -> FreeWindows:
        begin = self.begin[targets]
        lengths = targets - begin + 1
        entries = ranges(begin, lengths)
        owner = np.repeat(np.arange(len(targets)), lengths)
        # What stands just before, one more in case one of them is left out.
        before = targets[:, None] - np.arange(1, 2 + BAG_CONTEXT)
        before = np.where(before >= self.first[targets][:, None], before, NONE)
        if dropped is not None:
            order = np.argsort(before == dropped[:, None], axis=1, kind="stable")
            before = np.take_along_axis(before, order, axis=1)
            stay = entries != dropped[owner]
            entries, owner, lengths = entries[stay], owner[stay], lengths - 1
        before = before[:, :BAG_CONTEXT]
        speakers = None
        if self._speakers is not None:
            same = self._speakers[entries] == self._speakers[targets[owner]]
            speakers = np.where(entries == targets[owner], 2, same.astype(np.int64))
        if replaced is not None and by is not None:
            entries = np.where(entries == replaced[owner], by[owner], entries)
            before = np.where(before == replaced[:, None], by[:, None], before)
        offsets = np.concatenate([[0], np.cumsum(lengths)])
        return FreeWindows(entries, offsets, speakers, before)

    def _outputs(self, windows: FreeWindows, encoded: Encoded) -> np.ndarray:
        """Let the network read windows, in pieces, and decode its answers."""
        device, n_windows = self._network.device, len(windows)
        raw = np.empty((n_windows, self._network.trained_on.sizes.primary), np.float32)
        start, module = 0, self._network.net.module_.eval()
        while start < n_windows:
            rows = windows.offsets[start] + piece_words(device)
            stop = int(np.searchsorted(windows.offsets, rows, side="right")) - 1
            stop = max(stop, start + 1)
            some = windows.some(start, stop)
            read = np.unique(np.concatenate([some.talkturns, some.before.ravel()]))
            read = read[read >= 0]
            there = some.before >= 0
            numbered = np.searchsorted(read, some.before)
            some = replace(
                some,
                talkturns=np.searchsorted(read, some.talkturns),
                before=np.where(there, numbered, NONE),
            )
            part = encoded.taken(read)
            batch = window_batch(some, len(read), part.sentences, part.bags)
            with torch.inference_mode():
                s, batch = part.s, batch.to(device)
                predictions = module.read_windows(s, s.new_empty(0), batch, Masks())
            raw[start + batch.targets] = predictions.primary.cpu().numpy()
            start = stop
        if is_classifier(self._model):
            return softmax(raw.astype(np.float64), axis=1)
        return self._model._decode_primary(raw)[:, None]
