"""One library of tables will do: everything works where the other is not installed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import hanrock_sk

PACKAGE = Path(hanrock_sk.__file__).resolve().parent

EVERYTHING = '''
import importlib, os, pkgutil, sys, tempfile, warnings
hidden = {"pandas", "polars"}

class Without:
    """A finder that does not find some packages, as if they were not installed."""
    def __init__(self, finder):
        self.finder = finder
    def find_spec(self, name, *rest):
        is_hidden = name.split(".")[0] in hidden
        return None if is_hidden else self.finder.find_spec(name, *rest)
    def __getattr__(self, name):
        return getattr(self.finder, name)
sys.meta_path[:] = map(Without, sys.meta_path)
# What others need neither library for is loaded once, for both children.
import scipy.stats, skops.io, skorch, sklearn.model_selection, torch._dynamo
for present, absent in (("pandas", "polars"), ("polars", "pandas")):
    if os.fork() == 0:
        hidden.remove(present)
        break
    os.wait()
else:
    raise SystemExit
import hanrock_sk
for module in pkgutil.walk_packages(hanrock_sk.__path__, "hanrock_sk."):
    importlib.import_module(module.name)
from pathlib import Path
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import Pipeline
from hanrock_sk import *
from hanrock_sk import explain, live, saving
from hanrock_sk.datasets import make_conversations
from hanrock_sk.features import read_transcript

warnings.simplefilter("ignore")
folder = Path(tempfile.mkdtemp())
small = dict(content_size=2, word_gru=3, pri_gru=3, attention_units=3, embedding_dim=4,
             max_epochs=1, device="cpu", random_state=0)
makers = {"classification": HANRockClassifier, "regression": HANRockRegressor}
few = AuxiliaryTargets(["au05"], ["tone_sad"], history=1, future=1)
targets = {"classification": AuxiliaryTargets(), "regression": few}
for task, make in makers.items():
    X, y = make_conversations(4, 6, task=task, random_state=0, backend=present)
    X = X[[name for name in X.columns if name not in ("delay", "speech_rate")]]
    pipeline = Pipeline([
        ("times", Timings()), ("narrate", MonahNarrator()),
        ("targets", targets[task]), ("weights", AuxiliaryWeights(random_state=0)),
        ("model", make(**small)),
    ]).fit(X, y)
    wide = pipeline[:-1].transform(X)
    assert type(wide).__module__.split(".")[0] == present
    assert len(pipeline.predict(X)) == len(X)
    pipeline[-1].predict_auxiliary(wide)
    explain.report(pipeline, X, y, folder / "report.html")
    shown = explain.attention(pipeline, X).table("talkturns")
    assert type(shown).__module__.split(".")[0] == present
    loaded = saving.load_model(saving.save_model(pipeline, folder / "m.skops"))
    assert (loaded.predict(X) == pipeline.predict(X)).all()
(folder / "call.srt").write_text("1\\n00:00:00,5 --> 00:00:01,0\\nAnna: Yes?\\n\\n")
read_transcript(folder / "call.srt", backend=present, pause=1)
for read in (make_conversations, lambda backend: read_transcript(
        folder / "call.srt", backend=backend, pause=1)):
    try:
        read(backend=absent)
    except ImportError as error:
        assert f"pip install hanrock-sk[{absent}]" in str(error), error
    else:
        raise AssertionError("made a table of a library that is not there")
print("done with", present)
'''


@pytest.fixture(scope="module")
def done():
    """Processes that have one library each."""
    return subprocess.run(
        [sys.executable, "-c", EVERYTHING],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(PACKAGE.parent)},
    )


@pytest.mark.parametrize("present", ["pandas", "polars"])
def test_everything_works_with_one(present, done):
    pytest.importorskip(present)
    assert f"done with {present}\n" in done.stdout, done.stderr
