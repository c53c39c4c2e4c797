"""What the parameters that both estimators have may be."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Integral, Real
from os import PathLike

from hanrock_sk._base.sklearn_private import HasMethods, Interval, StrOptions

CONSTRAINTS: dict = {
    "architecture": [StrOptions({"rock", "flat", "han"})],
    "fusion": [StrOptions({"anchored", "paper"})],
    "content_size": [Interval(Integral, 1, None, closed="left")],
    "word_gru": [Interval(Integral, 1, None, closed="left")],
    "pri_gru": [Interval(Integral, 1, None, closed="left")],
    "aux_gru": [Interval(Integral, 1, None, closed="left")],
    "attention_units": [Interval(Integral, 1, None, closed="left")],
    "gru_dropout": [Interval(Real, 0, 1, closed="left")],
    "recurrent_dropout": [Interval(Real, 0, 1, closed="left")],
    "head_dropout": [Interval(Real, 0, 1, closed="left")],
    "direct": ["boolean"],
    "direct_measured": ["boolean"],
    "speaker_vectors": ["boolean"],
    "train_unlabelled": ["boolean"],
    "task_weighting": [StrOptions({"fixed", "cosine", "upgrad"})],
    "embeddings": [
        None,
        str,
        PathLike,
        Mapping,
        list,
        tuple,
        HasMethods(["encode_words"]),
    ],
    "embedding_dim": [Interval(Integral, 0, None, closed="left")],
    "freeze_embeddings": ["boolean"],
    "max_words": [Interval(Integral, 1, None, closed="left"), None],
    "min_count": [Interval(Integral, 1, None, closed="left")],
    "optimizer": [StrOptions({"sgd", "adam", "adamw"})],
    "lr": [Interval(Real, 0, None, closed="neither")],
    "schedule": [StrOptions({"one_cycle", "plateau"})],
    "weight_average": [Interval(Real, 0, 1, closed="neither"), None],
    "lr_decay": [Interval(Real, 0, 1, closed="right")],
    "l2": [Interval(Real, 0, None, closed="left")],
    "clip_norm": [Interval(Real, 0, None, closed="neither"), None],
    "batch_size": [Interval(Integral, 1, None, closed="left"), None],
    "run_length": [Interval(Integral, 1, None, closed="left")],
    "max_epochs": [Interval(Integral, 1, None, closed="left"), None],
    "validation_fraction": [Interval(Real, 0, 1, closed="left")],
    "patience": [Interval(Integral, 1, None, closed="left"), None],
    "device": [str],
    "random_state": ["random_state"],
    "verbose": ["verbose"],
    "net_params": [None, dict],
    "memory": [None, str, HasMethods(["cache"])],
    "warm_start": ["boolean"],
    "features": [None, list, tuple],
    "init_from": [None, HasMethods(["predict"]), str, PathLike],
    "conversation": [str],
    "narrative": [str],
    "text": [str],
    "speaker": [str],
}
