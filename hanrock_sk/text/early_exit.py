"""An encoder that stops at the layer that is wanted: those above are not computed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from threading import local
from typing import Any


class _ReachedError(Exception):
    """Leaves the encoder's forward pass with what the layer below has computed."""

    def __init__(self, hidden: Any) -> None:
        super().__init__()
        self.hidden = hidden


class EarlyExit:
    """Leaves a forward pass before one of the encoder's layers, as each thread asks.

    Parameters
    ----------
    model : torch.nn.Module
        An encoder of transformers.
    n_layers : int
        Its layers.
    forward : callable
        Runs it on any text, with what is passed on to it.

    Attributes
    ----------
    is_possible : bool
        Whether the layers were found, as the one list of modules that is as long, and
        what they are given is what the whole forward pass tells.
    """

    def __init__(self, model: Any, n_layers: int, forward: Callable[..., Any]) -> None:
        stacks = [
            module
            for module in model.modules()
            if type(module).__name__ == "ModuleList" and len(module) == n_layers
        ]
        self.is_possible = len(stacks) == 1
        self._asked = local()
        for number, layer in enumerate(stacks[0] if self.is_possible else ()):
            layer.register_forward_pre_hook(
                partial(self._look, number), with_kwargs=True
            )
        if self.is_possible:
            self.is_possible = self._agrees(forward, n_layers)

    def _look(self, number: int, layer: Any, args: Any, kwargs: Any) -> None:
        if number == getattr(self._asked, "layer", None):
            raise _ReachedError(args[0] if args else kwargs.get("hidden_states"))

    def _agrees(self, forward: Callable[..., Any], n_layers: int) -> bool:
        whole = forward(output_hidden_states=True).hidden_states
        if whole is None or len(whole) <= n_layers:
            return False
        for layer in range(n_layers):
            hidden = self.hidden_states(layer, forward)
            if type(hidden) is not type(whole[layer]) or not hidden.equal(whole[layer]):
                return False
        return True

    def hidden_states(self, layer: int, forward: Callable[[], Any]) -> Any:
        """Return what a layer gives out, 0 being the embeddings.

        Parameters
        ----------
        layer : int
            From 0 to one below `n_layers`.
        forward : callable
            Runs the encoder.

        Returns
        -------
        hidden : Tensor of shape (n_texts, n_pieces, width) or None
            The input of the layer above; None if that was never run.
        """
        self._asked.layer = layer
        try:
            forward()
        except _ReachedError as reached:
            return reached.hidden
        finally:
            self._asked.layer = None
        return None
