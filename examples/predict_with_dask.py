"""Predict a table that is spread over several processes, or several machines.

A pipeline is trained here, and then predicts a Dask DataFrame piece by piece, each
worker with its own copy of the pipeline. What a talkturn means depends on those before
it, so a piece has to hold whole conversations. In about half a minute::

    python examples/predict_with_dask.py

That starts two processes on this machine. A cluster that is there already, with
hanrock-sk installed on every worker, is used with::

    python examples/predict_with_dask.py --scheduler tcp://ADDRESS:8786
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from importlib import import_module

try:
    import dask
    import dask.dataframe as dd
    from distributed import Client, LocalCluster
except ImportError as error:
    raise SystemExit(
        f"This example needs Dask ({error}): pip install 'hanrock-sk[dask]'"
    ) from error

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from hanrock_sk import (
    AuxiliaryTargets,
    AuxiliaryWeights,
    HANRockClassifier,
    MonahNarrator,
)
from hanrock_sk.datasets import make_conversations


def train() -> Pipeline:
    """Train a small pipeline on synthetic conversations."""
    talkturns, y = make_conversations(40, random_state=0)
    model = HANRockClassifier(
        word_gru=32, pri_gru=32, attention_units=32, lr=0.005, max_epochs=4,
        device="cpu", random_state=0,
    )  # fmt: skip
    steps = [
        ("narrate", MonahNarrator()),
        ("targets", AuxiliaryTargets()),
        ("weights", AuxiliaryWeights(random_state=0)),
        ("model", model),
    ]
    return Pipeline(steps).fit(talkturns, y)


def talkturns_as_they_came(n_conversations: int) -> pd.DataFrame:
    """Make conversations that were held at the same time, in one table by time."""
    talkturns, _ = make_conversations(n_conversations, random_state=1)
    return talkturns.sort_values("start", ignore_index=True)


def predict_part(talkturns: pd.DataFrame, pipeline: Pipeline) -> pd.DataFrame:
    """Predict whole conversations: a row per talkturn, a probability per class."""
    # A shuffle brings a conversation together, but not in its order.
    talkturns = talkturns.sort_index()
    if talkturns.empty:  # no conversation came to this partition
        probabilities = np.empty((0, len(pipeline.classes_)))
    else:
        probabilities = pipeline.predict_proba(talkturns)
    return pd.DataFrame(
        probabilities, columns=list(pipeline.classes_), index=talkturns.index
    )


def predict(talkturns: dd.DataFrame, pipeline: Pipeline) -> dd.DataFrame:
    """Predict a Dask DataFrame, however it is cut into partitions.

    Its index has to follow the talkturns' order, as row numbers do.
    """
    # If each partition holds whole conversations already, leave the shuffle out.
    return talkturns.shuffle("conversation").map_partitions(
        predict_part,
        dask.delayed(pipeline),  # sent to a worker once, not with every partition
        meta=dict.fromkeys(pipeline.classes_, float),
    )


def load_libraries() -> None:
    """Import what the tasks need, before two threads of a worker do so at once.

    While one imports `dask.dataframe`, the other may fail to unpickle what is from it:
    the worker is then lost.
    """
    import_module("dask.dataframe")
    import_module("hanrock_sk.estimators.net")  # torch, too


@contextmanager
def workers(scheduler: str | None) -> Iterator[Client]:
    """Connect to a scheduler, or have two processes on this machine for a while."""
    if scheduler:
        cluster = nullcontext(scheduler)
    else:
        cluster = LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            dashboard_address=None,
            silence_logs=logging.ERROR,
        )
    with cluster as address, Client(address) as client:
        client.register_worker_callbacks(load_libraries)
        yield client


def main() -> None:
    """Train, predict in pieces and at once, compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scheduler", metavar="ADDRESS", help="of a running cluster")
    parser.add_argument("--partitions", type=int, default=8)
    parser.add_argument("--conversations", type=int, default=200, help="to predict")
    arguments = parser.parse_args()

    pipeline = train()
    # A real table would come from dd.read_parquet, and never be here as a whole.
    talkturns = talkturns_as_they_came(arguments.conversations)
    spread = dd.from_pandas(talkturns, npartitions=arguments.partitions)

    with workers(arguments.scheduler) as client:
        n_workers = len(client.scheduler_info()["workers"])
        print(f"{len(talkturns)} talkturns in {spread.npartitions} partitions")
        print(f"{n_workers} workers")
        found = predict(spread, pipeline).compute().sort_index()

    expected = pipeline.predict(talkturns)
    probabilities = pipeline.predict_proba(talkturns)
    predicted = found.idxmax(axis="columns").to_numpy()
    same = np.array_equal(predicted, expected)
    difference = np.abs(found.to_numpy() - probabilities).max()
    print(f"same predictions as a single call: {same}")
    print(f"largest difference of a probability: {difference:.1g}")
    if not same:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
