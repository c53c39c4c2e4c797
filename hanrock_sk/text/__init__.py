"""From words to numbers: tokeniser, vocabulary and pretrained word vectors."""

from hanrock_sk.text.contextual_vectors import ContextualVectors
from hanrock_sk.text.embeddings import load_embeddings
from hanrock_sk.text.packaged_encoder import minilm_l6
from hanrock_sk.text.packaged_vectors import glove_6b_50d
from hanrock_sk.text.tokenizer import token_spans, tokenize
from hanrock_sk.text.vocabulary import Tokens, Vocabulary

__all__ = [
    "ContextualVectors",
    "Tokens",
    "Vocabulary",
    "glove_6b_50d",
    "load_embeddings",
    "minilm_l6",
    "token_spans",
    "tokenize",
]
