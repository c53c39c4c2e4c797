"""Whatever interrupts a fit, torch's gradient mode is as it was."""

from __future__ import annotations

import pytest
import torch
from frames import DataFrame
from skorch.callbacks import Callback
from tiny_estimators import supervised, tiny_classifier

from hanrock_sk.estimators.gradient_mode import gradient_mode_given_back


class LeavesItOff(Callback):
    """As a signal does that comes while `torch.no_grad` is entered."""

    def on_batch_end(self, net, **kwargs):
        torch.set_grad_enabled(False)
        raise KeyboardInterrupt


@pytest.mark.parametrize("before", [True, False])
def test_an_interrupted_fit(before):
    columns, y = supervised()
    model = tiny_classifier(net_params={"callbacks": [("off", LeavesItOff())]})
    with torch.set_grad_enabled(before):
        with pytest.raises(KeyboardInterrupt):
            model.fit(DataFrame(columns), y)
        assert torch.is_grad_enabled() == before


@pytest.mark.parametrize("before", [True, False])
def test_what_is_set_meanwhile_ends(before):
    with torch.set_grad_enabled(before):
        with gradient_mode_given_back():
            torch.set_grad_enabled(not before)
        assert torch.is_grad_enabled() == before
