"""The encoder itself: loaded once, read in batches of equal length."""

from __future__ import annotations

import numpy as np
import pytest
from tiny_encoders import save_byte_level_roberta, save_tiny_bert

from hanrock_sk.text import encoder
from hanrock_sk.text.encoder import PIECES_IN_BATCH, load_encoder

transformers = pytest.importorskip("transformers")
torch = pytest.importorskip("torch")


@pytest.fixture
def none_loaded(monkeypatch):
    monkeypatch.setattr(encoder, "_loaded", type(encoder._loaded)())


def test_loaded_once(tiny_bert):
    assert load_encoder(tiny_bert, None) is load_encoder(tiny_bert, "cpu")


def test_few_stay_in_memory(tmp_path, none_loaded):
    for seed in range(4):
        load_encoder(save_tiny_bert(tmp_path / str(seed), seed), None)
    assert len(encoder._loaded) == encoder.ENCODERS_LOADED


def test_loading_moves_no_random_state(tiny_bert, none_loaded):
    before = torch.random.get_rng_state()
    load_encoder(tiny_bert, None)
    assert torch.equal(torch.random.get_rng_state(), before)


def test_loading_is_quiet_and_leaves_the_library_as_it_was(
    tiny_bert, none_loaded, capfd
):
    logging = transformers.utils.logging
    before = logging.get_verbosity(), logging.is_progress_bar_enabled()
    load_encoder(tiny_bert, None)
    assert (logging.get_verbosity(), logging.is_progress_bar_enabled()) == before
    assert capfd.readouterr() == ("", "")


def test_how_much_it_reads(tiny_bert, tmp_path):
    assert load_encoder(tiny_bert, None).max_pieces == 40  # says the tokenizer
    longer = save_tiny_bert(tmp_path / "longer", max_pieces=1000)
    assert load_encoder(longer, None).max_pieces == 64  # say the positions
    (longer / "sentence_bert_config.json").write_text('{"max_seq_length": 20}')
    assert load_encoder(longer, None).max_pieces == 20
    roberta = save_byte_level_roberta(tmp_path / "roberta")
    assert load_encoder(roberta, None).max_pieces == 64  # of 66: they begin at 2


def test_pieces(tiny_bert):
    short, unable, long = load_encoder(tiny_bert, None).split(
        ["You know", "\ud800 unable", "you " * 50]
    )
    assert short.offsets.tolist() == [[0, 0], [0, 3], [4, 8], [0, 0]]
    assert short.special.tolist() == [True, False, False, True]
    assert not short.cut
    assert unable.offsets[-3:-1].tolist() == [[2, 4], [4, 8]]  # un, ##able
    assert long.cut
    assert len(long.ids) == 40
    assert long.special.tolist() == [True] + [False] * 38 + [True]


@pytest.mark.parametrize("batch_size", [1, 3, 1000])
def test_batches_are_of_equal_length(tiny_bert, batch_size, monkeypatch):
    loaded = load_encoder(tiny_bert, None)
    monkeypatch.setattr(encoder, "PIECES_IN_BATCH", 20)
    texts = ["you " * (1 + number % 7) for number in range(40)]
    pieces = loaded.split(texts)
    seen = []
    for numbers, hidden in loaded.read(pieces, -1, batch_size):
        assert {len(pieces[number].ids) for number in numbers} == {hidden.shape[1]}
        assert hidden.shape == (len(numbers), hidden.shape[1], 16)
        assert hidden.dtype == np.float32
        assert len(numbers) <= batch_size
        assert hidden.shape[0] * hidden.shape[1] <= 20
        seen += numbers
    assert sorted(seen) == list(range(40))
    assert PIECES_IN_BATCH > 1000


def test_no_batch_runs_on_few_rows(tiny_bert, monkeypatch):
    """Kernels for few rows round otherwise."""
    loaded = load_encoder(tiny_bert, None)
    shapes = []
    loaded.model.register_forward_pre_hook(
        lambda module, args, kwargs: shapes.append(kwargs["input_ids"].shape),
        with_kwargs=True,
    )
    for _ in loaded.read(loaded.split(["", "you", "you " * 30]), -1, 64):
        pass
    assert [tuple(shape) for shape in shapes] == [(8, 2), (6, 3), (1, 32)]


def test_a_text_of_no_pieces_at_all(tiny_bert):
    """Encoders without special pieces see nothing in an empty text."""
    loaded = load_encoder(tiny_bert, None)
    nothing = encoder.Pieces(
        np.empty(0, np.int64), np.empty((0, 2), np.int64), np.empty(0, bool), False
    )
    ((numbers, hidden),) = loaded.read([nothing], -1, 64)
    assert numbers == [0]
    assert hidden.shape == (1, 0, 16)
