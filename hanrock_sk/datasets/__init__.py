"""Corpora as talkturn tables: each loader returns the table and a label per row."""

from hanrock_sk.datasets.ami import load_ami
from hanrock_sk.datasets.annomi import load_annomi
from hanrock_sk.datasets.esconv import load_esconv
from hanrock_sk.datasets.fetch import fetch_annomi, fetch_esconv, fetch_meld
from hanrock_sk.datasets.iemocap import load_iemocap
from hanrock_sk.datasets.meld import load_meld
from hanrock_sk.datasets.partition import (
    Partition,
    iemocap_partition,
    semaine_partition,
)
from hanrock_sk.datasets.semaine import load_semaine
from hanrock_sk.datasets.synthetic import make_conversations

__all__ = [
    "Partition",
    "fetch_annomi",
    "fetch_esconv",
    "fetch_meld",
    "iemocap_partition",
    "load_ami",
    "load_annomi",
    "load_esconv",
    "load_iemocap",
    "load_meld",
    "load_semaine",
    "make_conversations",
    "semaine_partition",
]
