"""Numbers and codes of a talkturn, as a part of its vector."""

from __future__ import annotations

from torch import Tensor, cat, nn

from hanrock_sk.model.records import Sizes


class FeatureMap(nn.Module):
    """A learnt linear map of the features, added to the primary branch's vectors.

    The direct way reads these too, so that the features reach the head without context.

    Parameters
    ----------
    width : int
        Numbers a talkturn.
    units : int
        Width U of the talkturn vectors.
    """

    def __init__(self, width: int, units: int) -> None:
        super().__init__()
        self.map = nn.Linear(width, units, bias=False)
        nn.init.xavier_uniform_(self.map.weight)

    @classmethod
    def of(cls, sizes: Sizes) -> FeatureMap | None:
        """Make one if there are features."""
        return cls(sizes.features, sizes.attention_units) if sizes.features else None

    def forward(self, s: Tensor, features: Tensor | None) -> Tensor:
        """Add the features of the talkturns (D, width) to s (D, branches, U)."""
        if features is None:
            raise ValueError("The network was made for features, and there are none.")
        primary = s[:, 0] + self.map(features.to(s))
        return cat([primary[:, None], s[:, 1:]], dim=1)
