"""A fitted estimator as plain data: what is saved, and how it comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator

from hanrock_sk._base.saved_state import SavedState
from hanrock_sk._base.short_repr import ShortRepr

if TYPE_CHECKING:  # torch is imported where it is needed, not with the package
    from hanrock_sk.estimators.net import MultiTaskNet


class PlainState(SavedState, ShortRepr, BaseEstimator):
    """Saves an estimator without its network: parameters, words, weights, history.

    `_fitted` holds what the network is made of, in plain types.
    """

    device: str
    net_: MultiTaskNet
    _fitted: dict[str, Any]

    @staticmethod
    def _network_params(spec: dict[str, Any]) -> dict[str, Any]:
        from hanrock_sk.model.records import Sizes

        sizes = dict(spec["sizes"])
        sizes["auxiliary"] = tuple(sizes["auxiliary"])
        return {"architecture": spec["architecture"], "sizes": Sizes(**sizes)}

    def __sklearn_is_fitted__(self) -> bool:
        """Whether there is a network to predict with."""
        return hasattr(self, "_fitted")

    def __getstate__(self) -> dict[str, Any]:
        """Return parameters, vocabulary, history, and the weights as plain arrays.

        The network is rebuilt from them; no optimiser, no device, no module is kept.
        """
        state = super().__getstate__()
        if "net_" in state:
            state["_weights"] = weights_of(state.pop("net_"))
        return state

    def _restore(self, state: dict[str, Any]) -> None:
        """Rebuild the network, on the device asked for or else on the CPU."""
        weights = state.pop("_weights", None)
        super()._restore(state)
        if weights is not None:
            self.net_ = self._rebuild_net(weights)

    def _rebuild_net(self, weights: dict[str, np.ndarray]) -> MultiTaskNet:
        import torch

        from hanrock_sk.estimators.devices import find_device_or_cpu
        from hanrock_sk.estimators.net import make_net
        from hanrock_sk.model.losses import MultiTaskLoss

        net = make_net(
            **self._network_params(self._fitted),
            embedding=torch.from_numpy(weights["embedding"]),
            freeze_embedding=False,
            device=find_device_or_cpu(self.device),
            criterion=MultiTaskLoss,
        )
        with torch.random.fork_rng(devices=[]):
            net.initialize()
        net.module_.load_state_dict(
            {name: torch.from_numpy(array) for name, array in weights.items()}
        )
        net.trim_for_prediction()
        return net


def weights_of(net: MultiTaskNet) -> dict[str, np.ndarray]:
    """Copy the weights of a network, wherever it is, into plain arrays."""
    return {
        name: tensor.detach().cpu().numpy()
        for name, tensor in net.module_.state_dict().items()
    }
