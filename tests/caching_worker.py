"""A process that encodes texts into a cache, when it is told to begin."""

from __future__ import annotations

from hanrock_sk.text import ContextualVectors, encoder
from hanrock_sk.text.tokenizer import token_spans


def encode_texts(folder, cache, begin, end, told):
    """Encode texts by number; tell that all is loaded, and how many were encoded."""
    texts = [f"say {number} to you" for number in range(begin, end)]
    words = [token_spans(text)[1] for text in texts]
    vectors = ContextualVectors(folder, cache=cache)
    vectors._encoder()
    n_read = 0
    split = encoder.Encoder.split

    def counted(self, some):
        """Count the texts that are encoded."""
        nonlocal n_read
        n_read += len(some)
        return split(self, some)

    encoder.Encoder.split = counted
    told.send("ready")
    told.recv()
    found = vectors.encode_words(texts, words)
    assert all(len(of_text) == 4 for of_text in found)
    told.send(n_read)
