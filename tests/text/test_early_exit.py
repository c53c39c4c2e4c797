"""Leaving an encoder early gives what the whole encoder tells of the layer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
import pytest
from tiny_encoders import save_byte_level_roberta

from hanrock_sk.text.early_exit import EarlyExit
from hanrock_sk.text.encoder import Encoder

transformers = pytest.importorskip("transformers")
torch = pytest.importorskip("torch")

TEXTS = ["you know what", "say there", "hello you there", "what"]


def whole(encoder, text, layer):
    """What transformers itself tells."""
    ids = torch.from_numpy(np.tile(encoder.split([text])[0].ids, (8, 1)))
    with torch.inference_mode():
        out = encoder.model(input_ids=ids, output_hidden_states=True)
    return out.hidden_states[layer][0].numpy()


def read(encoder, text, layer):
    ((_, hidden),) = encoder.read(encoder.split([text]), layer, 8)
    return hidden[0]


@pytest.fixture(params=["bert", "roberta"])
def encoder(request, tiny_bert, tmp_path):
    folder = tiny_bert
    if request.param == "roberta":
        folder = save_byte_level_roberta(tmp_path / "roberta")
    return Encoder(folder, "cpu")


@pytest.mark.parametrize("layer", [0, 1, 2, -1, -2, -3])
def test_a_layer_is_what_the_whole_encoder_tells(encoder, layer):
    assert encoder._exit.is_possible
    for text in TEXTS:
        found, expected = (how(encoder, text, layer) for how in (read, whole))
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def test_layers_above_are_not_computed(encoder):
    computed = []
    for number, layer in enumerate(encoder.model.encoder.layer):
        layer.register_forward_hook(lambda *_, number=number: computed.append(number))
    for layer, expected in ((0, []), (1, [0]), (2, [0, 1])):
        computed.clear()
        read(encoder, "you know", layer)
        assert computed == expected


def test_each_thread_asks_for_its_own(encoder):
    asked = [(text, layer) for text in TEXTS for layer in range(3)] * 8
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda each: read(encoder, *each), asked))
    for each, hidden in zip(asked, found, strict=True):
        np.testing.assert_array_equal(hidden, read(encoder, *each))


class TestLayersThatAreNotFound:
    def test_in_no_list_of_that_length(self, encoder, monkeypatch):
        expected = read(encoder, "you know", 1)
        ids = torch.zeros(1, 4, dtype=torch.int64)
        run = partial(encoder.model, input_ids=ids)
        assert not EarlyExit(encoder.model, 3, run).is_possible
        monkeypatch.setattr(encoder._exit, "is_possible", False)
        np.testing.assert_array_equal(read(encoder, "you know", 1), expected)

    @pytest.mark.parametrize("given", ["scaled", "a tuple", "nothing"])
    def test_layers_that_are_given_something_else(self, given):
        """A list as long that is no stack of layers: what it is given is compared."""

        class Scaled(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.layers = torch.nn.ModuleList([torch.nn.Identity()] * 2)

            def forward(self, output_hidden_states=False):
                states = [torch.ones(1, 2, 3)]
                for layer in self.layers:
                    hidden = 2 * states[-1]
                    if given == "a tuple":
                        (hidden,) = layer((hidden,))
                    elif given == "scaled":
                        hidden = layer(hidden)
                    states.append(hidden)
                return transformers.modeling_outputs.BaseModelOutput(
                    last_hidden_state=states[-1], hidden_states=tuple(states)
                )

        model = Scaled()
        assert not EarlyExit(model, 2, model).is_possible
