"""Contextual word vectors from transformers alone, text by text and word by word."""

from __future__ import annotations

import numpy as np
import pytest

from hanrock_sk.text.tokenizer import token_spans

TEXTS = [
    "I can't say, what do YOU want?",
    "Yes!",
    "",
    " ... --",
    "Unbelievable T_V_ caf\u00e9 \u4f60\u597d",
    "Yes!",
    "\u00bd of it \U0001f44d\U0001f3fd {laugh}",
    "no",
]


def spans_of(texts):
    return [token_spans(text)[1] for text in texts]


def encode(vectors, texts, **kwargs):
    return vectors.encode_words(texts, spans_of(texts), **kwargs)


def naive(folder, text, layer=-1, how="mean"):
    """Each word's vector, from one text at a time and a loop over words and pieces."""
    transformers = pytest.importorskip("transformers")
    torch = pytest.importorskip("torch")
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.AutoModel.from_pretrained(folder).eval()
    read = tokenizer(
        text,
        return_offsets_mapping=True,
        return_special_tokens_mask=True,
        verbose=False,
    )
    limit = tokenizer.model_max_length
    if limit < 1000 and len(read["input_ids"]) > limit:  # the last one is special
        for name in ("input_ids", "offset_mapping", "special_tokens_mask"):
            read[name] = [*read[name][: limit - 1], read[name][-1]]
    with torch.no_grad():
        out = model(torch.tensor([read["input_ids"]]), output_hidden_states=True)
    hidden = out.hidden_states[layer][0].numpy()
    pieces = [
        (offsets, vector)
        for offsets, special, vector in zip(
            read["offset_mapping"], read["special_tokens_mask"], hidden, strict=True
        )
        if not special
    ]
    merged = []
    for start, end in token_spans(text)[1]:
        own = [v for (a, b), v in pieces if max(a, start) < min(b, end)]
        own = own or [v for _, v in pieces]
        merged.append(own[0] if how == "first" and own else np.mean(own, axis=0))
    return np.array(merged) if merged else hidden.mean(axis=0)[None]


def close(one, other):
    """Equal up to half precision."""
    np.testing.assert_allclose(one, other, rtol=2e-3, atol=2e-3)
