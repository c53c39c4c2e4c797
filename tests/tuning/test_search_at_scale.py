"""The same search on several workers: loky, and a real dask cluster."""

from __future__ import annotations

from contextlib import contextmanager

import joblib
import pytest
from scripts import forked_workers
from tiny_search import comparable, data, tiny_search

from hanrock_sk.tuning import MedianStopping


@contextmanager
def dask_cluster():
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=2, processes=True, threads_per_worker=1, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster),
        joblib.parallel_config("dask"),
    ):
        yield


@contextmanager
def loky():
    with joblib.parallel_config("loky", n_jobs=2):
        yield


@pytest.fixture(scope="module")
def alone():
    X, y, groups = data()
    return tiny_search(None).fit(X, y, groups=groups)


@pytest.mark.parametrize("workers", [loky, dask_cluster])
def test_several_workers_find_what_one_finds(alone, workers, tmp_path):
    X, y, groups = data()
    with forked_workers(), workers():
        search = tiny_search(str(tmp_path / "memory")).fit(X, y, groups=groups)
        assert search.best_params_ == alone.best_params_
        assert comparable(search) == comparable(alone)

        # The trials see each other's journals and the rule spares the refit; which
        # trials it stops depends on how fast the workers are.
        stopping = MedianStopping(tmp_path / "journal", min_epochs=2)
        stopped = tiny_search(None).set_callbacks(stopping)
        stopped.fit(X, y, groups=groups)
        files = list((tmp_path / "journal").glob("*.jsonl"))
        assert len(files) == 8
        assert all(file.read_text().endswith('{"end": true}\n') for file in files)
        # What the journal says, a restart repeats, on any number of workers.
        with joblib.parallel_config("sequential"):
            again = tiny_search(None).set_callbacks(stopping).fit(X, y, groups=groups)
        assert comparable(again) == comparable(stopped)
