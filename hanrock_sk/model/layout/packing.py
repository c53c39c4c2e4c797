"""Ragged sequences laid side by side, one time step after the other.

A recurrence over sequences of different lengths wastes nothing if the sequences are
sorted, longest first: at step t those still running are the first ``counts[t]``, and
the rows of all steps fit into one flat table without padding::

    lengths 3 2 1       step 0    step 1  step 2
    packed rows       [ a0 b0 c0 | a1 b1 | a2 ]

Every table of the engine is laid out this way, as (rows, groups, width): what belongs
to one step is one piece of memory, and what belongs to one group is a matrix that a
product can read where it stands.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from hanrock_sk.model.layout.transfer import move_record


@dataclass(frozen=True)
class Packing:
    """Where the steps of sequences, sorted longest first, stand in a packed table.

    Attributes
    ----------
    counts : list of int
        For each step, how many sequences are still running.
    offsets : list of int
        For each step, its first packed row; the number of packed rows at the end.
    sequence : Tensor of int64, shape (rows,)
        The sequence each packed row belongs to.
    step : Tensor of int64, shape (rows,)
        The step each packed row belongs to.
    cell : Tensor of int64, shape (rows,)
        Where each packed row stands in a padded table of (sequences, steps), flat.
    mirror : Tensor of int64, shape (rows,)
        For the row of step t of a sequence of length n, the row of its step
        n - 1 - t: it leads from one reading direction to the other, and back.
    previous : Tensor of int64, shape (rows - sequences,)
        For each row behind the first step, the row of the step before.
    step_offsets : Tensor of int64, shape (steps + 1,)
        `offsets`, for kernels that read them on the device.
    """

    counts: list[int]
    offsets: list[int]
    sequence: Tensor
    step: Tensor
    cell: Tensor
    mirror: Tensor
    previous: Tensor
    step_offsets: Tensor

    @classmethod
    def of(cls, lengths: np.ndarray) -> Packing:
        """Lay out sequences of these lengths, which must be sorted, longest first.

        Examples
        --------
        >>> import numpy as np
        >>> from hanrock_sk.model.layout.packing import Packing
        >>> packing = Packing.of(np.array([3, 2, 1]))
        >>> packing.counts, packing.offsets
        ([3, 2, 1], [0, 3, 5, 6])
        >>> packing.mirror.tolist()
        [5, 4, 2, 3, 1, 0]
        >>> packing.previous.tolist()
        [0, 1, 3]
        """
        longest = int(lengths[0])
        # counts[t] = number of lengths > t, read off the sorted lengths.
        counts = np.searchsorted(-lengths, -np.arange(longest), side="left")
        offsets = np.concatenate([[0], np.cumsum(counts)])
        step = np.repeat(np.arange(longest), counts)
        sequence = np.arange(len(step)) - offsets[step]
        mirror = offsets[lengths[sequence] - 1 - step] + sequence
        later = slice(len(lengths), None)
        return cls(
            counts=counts.tolist(),
            offsets=offsets.tolist(),
            sequence=torch.from_numpy(sequence),
            step=torch.from_numpy(step),
            cell=torch.from_numpy(sequence * longest + step),
            mirror=torch.from_numpy(mirror),
            previous=torch.from_numpy(offsets[step[later] - 1] + sequence[later]),
            step_offsets=torch.from_numpy(offsets),
        )

    @property
    def n_sequences(self) -> int:
        """How many sequences there are."""
        return self.counts[0]

    @property
    def n_steps(self) -> int:
        """The length of the longest sequence."""
        return len(self.counts)

    def spans(self) -> list[tuple[int, int, int]]:
        """For each step: its first row, the row behind its last, and its count."""
        return list(zip(self.offsets, self.offsets[1:], self.counts, strict=False))

    def to(self, device: torch.device | str) -> Packing:
        """Move the index tensors to a device."""
        return move_record(self, device)
