"""Prediction on two real worker processes is that of a single call."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scripts import forked_workers
from scripts import run as run_script
from sklearn.pipeline import make_pipeline
from tiny_estimators import tiny_classifier

from hanrock_sk import MonahNarrator
from hanrock_sk.datasets import make_conversations

dd = pytest.importorskip("dask.dataframe", reason="Dask is not installed")
distributed = pytest.importorskip("distributed")

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "predict_with_dask.py"


@pytest.fixture(scope="module")
def example():
    # Not put among the loaded modules, so that its functions travel to the workers.
    spec = importlib.util.spec_from_file_location("predict_with_dask", EXAMPLE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def client(example):
    with forked_workers(), example.workers(None) as client:
        yield client


@pytest.fixture(scope="module")
def pipeline():
    talkturns, y = make_conversations(8, 8, random_state=0)
    # Larger steps than usual, so that what is read makes a difference.
    model = tiny_classifier(content_size=5, lr=0.05)
    return make_pipeline(MonahNarrator(), model).fit(talkturns, y)


def held_at_once(n_conversations):
    """Conversations whose talkturns interleave."""
    talkturns, _ = make_conversations(n_conversations, 8, random_state=1)
    return talkturns.sort_values("start", ignore_index=True)


def test_two_processes_by_default(client):
    processes = set(client.run(os.getpid).values())
    assert len(processes) == 2
    assert os.getpid() not in processes


@pytest.mark.parametrize(
    ("n_conversations", "n_partitions"),
    [(12, 6), (12, 1), (3, 7)],
    ids=["several", "one partition", "empty partitions"],
)
def test_same_as_a_single_call(
    example, client, pipeline, n_conversations, n_partitions
):
    talkturns = held_at_once(n_conversations)
    spread = dd.from_pandas(talkturns, npartitions=n_partitions)
    result = example.predict(spread, pipeline)
    assert list(result.columns) == list(pipeline.classes_)
    result = result.compute().sort_index()
    assert result.index.tolist() == talkturns.index.tolist()
    expected = pipeline.predict_proba(talkturns)
    np.testing.assert_allclose(result, expected, atol=1e-6)
    labels = result.idxmax(axis="columns")
    assert labels.tolist() == pipeline.predict(talkturns).tolist()


def test_both_workers_predict(example, client, pipeline):
    spread = dd.from_pandas(held_at_once(12), npartitions=6)
    result = client.persist(example.predict(spread, pipeline))
    distributed.wait(result)
    where = client.who_has(distributed.futures_of(result)).values()
    assert len({address for addresses in where for address in addresses}) == 2


def test_it_takes_whole_conversations(example, pipeline):
    """Cut across conversations, the same function predicts something else."""
    talkturns = held_at_once(12)
    half = len(talkturns) // 2
    halves = [talkturns[:half], talkturns[half:]]
    result = pd.concat([example.predict_part(part, pipeline) for part in halves])
    expected = pipeline.predict_proba(talkturns)
    assert np.abs(result.to_numpy() - expected).max() > 0.001


def test_command_line(client, tmp_path):
    address = client.scheduler.address
    few = ["--conversations", "24"]
    run = run_script(EXAMPLE, "--scheduler", address, *few, folder=tmp_path)
    assert run.returncode == 0, run.stderr
    assert "\n2 workers\n" in run.stdout  # none was lost on the way here
    assert "same predictions as a single call: True" in run.stdout


@pytest.mark.parametrize("missing", ["dask", "dask.dataframe", "distributed"])
def test_without_dask_it_says_what_to_install(missing, tmp_path):
    program = (
        "import runpy, sys; "
        f"sys.modules[{missing!r}] = None; "
        f"runpy.run_path({str(EXAMPLE)!r}, run_name='__main__')"
    )
    run = run_script("-c", program, folder=tmp_path)
    assert run.returncode == 1
    assert "pip install 'hanrock-sk[dask]'" in run.stderr
    assert "Traceback" not in run.stderr
