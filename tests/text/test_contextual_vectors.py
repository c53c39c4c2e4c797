"""Contextual word vectors, against transformers called text by text."""

from __future__ import annotations

import copy
import pickle
import shutil
import subprocess
import sys
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from naive_encoding import TEXTS, close, encode, naive
from sklearn.base import BaseEstimator, clone
from tiny_encoders import save_byte_level_roberta

from hanrock_sk.text import ContextualVectors
from hanrock_sk.text.tokenizer import token_spans
from hanrock_sk.text.vector_memo import MEMO

transformers = pytest.importorskip("transformers")
torch = pytest.importorskip("torch")
pytestmark = pytest.mark.usefixtures("nothing_remembered")


@pytest.mark.parametrize("how", ["mean", "first"])
@pytest.mark.parametrize("layer", [-1, 0, 1, 2])
def test_the_same_as_one_text_at_a_time(tiny_bert, layer, how):
    vectors = ContextualVectors(tiny_bert, layer=layer, word_pieces=how)
    found = encode(vectors, TEXTS)
    assert vectors.width == 16
    for text, of_text in zip(TEXTS, found, strict=True):
        assert of_text.dtype == np.float16
        assert not of_text.flags.writeable
        assert of_text.shape == (max(1, len(token_spans(text)[0])), 16)
        close(of_text, naive(tiny_bert, text, layer, how))


def test_equal_texts_share_their_array(vectors):
    found = encode(vectors, TEXTS)
    assert found[1] is found[5]


@pytest.mark.parametrize("batch_size", [1, 2, 64])
def test_a_vector_does_not_depend_on_the_texts_beside_it(tiny_bert, batch_size):
    vectors = ContextualVectors(tiny_bert, batch_size=batch_size)
    crowd = [f"{word} {text}" for text in TEXTS for word in ("no", "say", "?", "")]
    together = encode(vectors, crowd)
    for text, of_text in zip(crowd, together, strict=True):
        MEMO.clear()
        (alone,) = encode(vectors, [text])
        np.testing.assert_allclose(of_text, alone, rtol=1e-3, atol=1e-6)


def test_only_the_words_asked_for(vectors):
    text = "What do you want to say?"
    everything = encode(vectors, [text])[0]
    some = vectors.encode_words([text], [token_spans(text, 2)[1]])[0]
    np.testing.assert_array_equal(some, everything[:2])


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=60))
def test_any_text_has_finite_vectors(tiny_bert, text):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of long ones
        (found,) = encode(ContextualVectors(tiny_bert), [text])
    assert found.shape == (max(1, len(token_spans(text)[0])), 16)
    assert np.isfinite(found).all()


BYTES = [
    "I don't know \U0001f44d\U0001f3fd what \u4f60\u597d",
    "\u043c\u0430\u043c\u0430, caf\u00e9 e\u0301!",
    "\u4f60",
    "<s>you</s> want",
]


@pytest.mark.parametrize("how", ["mean", "first"])
def test_a_tokenizer_that_splits_characters_into_bytes(tmp_path, how):
    folder = save_byte_level_roberta(tmp_path)
    vectors = ContextualVectors(folder, word_pieces=how)
    for text, found in zip(BYTES, encode(vectors, BYTES), strict=True):
        close(found, naive(folder, text, how=how))
    # RoBERTa counts places from 2 on: 66 of them hold 64 pieces.
    with pytest.warns(UserWarning, match="64 word pieces"):
        encode(vectors, ["\u4f60\u597d" * 50])


def test_unknown_pieces_keep_their_place(vectors, tiny_bert):
    text = "say \u2603x\u2603 you"
    found = encode(vectors, [text])[0]
    close(found, naive(tiny_bert, text))
    tokenizer = transformers.AutoTokenizer.from_pretrained(tiny_bert)
    assert "[UNK]" in tokenizer.tokenize(text)


def test_a_word_that_the_encoder_drops_has_the_mean_of_its_text(vectors, tiny_bert):
    text = "say \ufffd you"  # no piece stands for the replacement character
    spans = [(0, 3), (4, 5), (6, 9)]
    found = vectors.encode_words([text], [spans])[0].astype(np.float32)
    close(found[1], found[[0, 2]].mean(axis=0))


def test_long_texts_are_counted_and_their_rest_has_the_mean(vectors, tiny_bert):
    texts = ["say what you know " * 20, "say", "you " * 60]
    with pytest.warns(
        UserWarning, match=r"2 of 3 texts .*40 word pieces.* cut"
    ) as told:
        found = encode(vectors, texts)
    assert len(told) == 1
    for text, of_text in zip(texts, found, strict=True):
        close(of_text, naive(tiny_bert, text))
    read = found[2][:38].astype(np.float32)  # two of the 40 are special
    close(found[2][38:], np.tile(read.mean(axis=0), (22, 1)))
    with pytest.warns(UserWarning, match="1 of 1 texts"):  # remembered ones, too
        encode(vectors, texts[:1])


def test_whole_sentences(vectors, tiny_bert):
    found = vectors.encode_sentences(TEXTS)
    assert found.dtype == np.float32
    tokenizer = transformers.AutoTokenizer.from_pretrained(tiny_bert)
    model = transformers.AutoModel.from_pretrained(tiny_bert).eval()
    for text, of_text in zip(TEXTS, found, strict=True):
        with torch.no_grad():
            read = model(**tokenizer(text, return_tensors="pt"))
        mean = read.last_hidden_state[0].mean(dim=0).numpy()
        np.testing.assert_allclose(
            of_text, mean / np.linalg.norm(mean), rtol=1e-4, atol=1e-6
        )


class Model(BaseEstimator):
    def __init__(self, embeddings=None):
        self.embeddings = embeddings


@pytest.mark.parametrize(
    "again",
    [
        lambda v: pickle.loads(pickle.dumps(v)),
        copy.copy,
        copy.deepcopy,
        lambda v: clone(Model(v)).embeddings,
    ],
)
def test_copies_hold_the_name_alone(tiny_bert, tmp_path, again):
    vectors = ContextualVectors(tiny_bert, layer=1, cache=tmp_path, device="cpu")
    before = encode(vectors, TEXTS)
    copied = again(vectors)
    assert len(pickle.dumps(copied)) < 1000
    assert copied == vectors
    assert hash(copied) == hash(vectors)
    assert repr(copied) == repr(vectors)
    assert copied.fingerprint() == vectors.fingerprint()
    assert copied._encoder() is vectors._encoder()
    for one, other in zip(before, encode(copied, TEXTS), strict=True):
        np.testing.assert_array_equal(one, other)


def test_skops_saves_the_name(vectors):
    skops = pytest.importorskip("skops.io")
    encode(vectors, TEXTS)
    saved = skops.dumps(vectors)
    assert len(saved) < 5000
    own = "hanrock_sk.text.contextual_vectors.ContextualVectors"
    assert skops.get_untrusted_types(data=saved) == [own]
    assert skops.loads(saved, trusted=[own]) == vectors


def test_parameters_are_as_given(tmp_path):
    vectors = ContextualVectors(tmp_path, -2, "first", "cuda", 8, tmp_path / "c", False)
    assert vectors.model is tmp_path
    assert (vectors.layer, vectors.word_pieces, vectors.device) == (-2, "first", "cuda")
    assert (vectors.batch_size, vectors.local_files_only) == (8, False)
    assert vectors.cache == tmp_path / "c"
    assert vectors != ContextualVectors(tmp_path)
    drawn = ContextualVectors(tmp_path, layer=np.int64(-2), batch_size=np.int64(8))
    assert drawn == ContextualVectors(tmp_path, layer=-2, batch_size=8)
    assert type(pickle.loads(pickle.dumps(drawn)).layer) is int
    assert repr(ContextualVectors("a/b", layer=3)) == (
        "ContextualVectors('a/b', layer=3)"
    )


def test_progress_is_asked_for(vectors, monkeypatch, capsys):
    monkeypatch.setattr("hanrock_sk.text.progress_line.PATIENCE", 0)
    encode(vectors, TEXTS)
    assert capsys.readouterr().err == ""
    MEMO.clear()
    encode(vectors, TEXTS, progress=True)
    assert "Encoding texts: done" in capsys.readouterr().err


def test_what_is_no_encoder(tiny_bert, tmp_path):
    with pytest.raises(TypeError, match="save_pretrained"):
        ContextualVectors(object())
    with pytest.raises(ValueError, match="'mean' or 'first', got 'last'"):
        ContextualVectors("a", word_pieces="last")
    with pytest.raises(TypeError, match="layer must be an int"):
        ContextualVectors("a", layer="all")
    with pytest.raises(ValueError, match="batch_size"):
        ContextualVectors("a", batch_size=0)
    with pytest.raises(ValueError, match=r"layer=3, but .* 2 layers"):
        encode(ContextualVectors(tiny_bert, layer=3), ["say"])


def test_bad_texts(vectors):
    with pytest.raises(ValueError, match="2 texts, but words of 1"):
        vectors.encode_words(["a", "b"], [[]])
    with pytest.raises(ValueError, match=r"Row 1: expected a string, got int 3"):
        vectors.encode_words(["a", 3], [[], []])
    for spans in ([(0, 3)], [(-1, 1)], [(1, 1)]):
        with pytest.raises(ValueError, match="Row 0: a word is not within its text"):
            vectors.encode_words(["ab"], [spans])
    assert vectors.encode_words([], []) == []


def test_numbers_beyond_half_precision(tiny_bert, tmp_path):
    model = transformers.AutoModel.from_pretrained(tiny_bert)
    with torch.no_grad():
        model.encoder.layer[-1].output.LayerNorm.weight.fill_(1e6)
    folder = shutil.copytree(tiny_bert, tmp_path / "loud")
    model.save_pretrained(folder)
    with pytest.raises(ValueError, match=r"half precision.* another layer"):
        encode(ContextualVectors(folder), ["say"])


def test_without_transformers(tiny_bert):
    code = (
        "import sys; sys.modules['transformers'] = None\n"
        "from hanrock_sk.text import ContextualVectors\n"
        f"ContextualVectors({str(tiny_bert)!r}).width"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "pip install hanrock-sk[encoder]" in done.stderr.splitlines()[-1]


def test_importing_loads_neither_torch_nor_transformers():
    code = (
        "import sys; from hanrock_sk.text import ContextualVectors\n"
        "ContextualVectors('a/b')\n"
        "heavy = 'torch', 'transformers', 'tokenizers'\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr
