"""Corpora as talkturn tables: each loader returns the table and a label per row."""

from hanrock_sk.datasets.ami import load_ami
from hanrock_sk.datasets.meld import load_meld
from hanrock_sk.datasets.synthetic import make_conversations

__all__ = ["load_ami", "load_meld", "make_conversations"]
