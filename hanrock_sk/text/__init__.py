"""From words to numbers: tokeniser, vocabulary and pretrained word vectors."""

from hanrock_sk.text.embeddings import load_embeddings
from hanrock_sk.text.packaged_vectors import glove_6b_50d
from hanrock_sk.text.tokenizer import tokenize
from hanrock_sk.text.vocabulary import Tokens, Vocabulary

__all__ = ["Tokens", "Vocabulary", "glove_6b_50d", "load_embeddings", "tokenize"]
