"""A process that encodes texts into a cache: encoder, cache, first text, last text."""

from __future__ import annotations

import sys

from hanrock_sk.text import ContextualVectors, encoder
from hanrock_sk.text.tokenizer import token_spans

if __name__ == "__main__":
    folder, cache, begin, end = sys.argv[1:]
    texts = [f"say {number} to you" for number in range(int(begin), int(end))]
    words = [token_spans(text)[1] for text in texts]
    vectors = ContextualVectors(folder, cache=cache)
    vectors._encoder()
    n_read = 0
    split = encoder.Encoder.split

    def counted(self, some):
        """Count the texts that are encoded."""
        global n_read
        n_read += len(some)
        return split(self, some)

    encoder.Encoder.split = counted
    print("ready", flush=True)
    sys.stdin.readline()
    found = vectors.encode_words(texts, words)
    assert all(len(of_text) == 4 for of_text in found)
    print(n_read)
