import importlib
from importlib.util import find_spec

import pytest
from sklearn.dummy import DummyClassifier
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import Pipeline

from hanrock_sk import HANRockClassifier
from hanrock_sk.explain.fitted_model import split_pipeline, table_library


def test_a_pipeline_is_taken_apart(multi_task):
    steps, model = split_pipeline(multi_task)
    assert list(steps.named_steps) == ["narrate", "targets", "weights"]
    assert model is multi_task[-1]


def test_a_model_alone(han):
    assert split_pipeline(han) == (None, han)
    assert split_pipeline(Pipeline([("model", han)])) == (None, han)


def test_bad_input():
    with pytest.raises(TypeError, match="DummyClassifier has no attention to show"):
        split_pipeline(Pipeline([("model", DummyClassifier())]))
    with pytest.raises(NotFittedError):
        split_pipeline(HANRockClassifier())


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_library_of_a_table(library):
    table = importlib.import_module(library).DataFrame({"text": ["a"]})
    assert table_library(table) == library


def test_library_for_strings():
    there = [name for name in ("pandas", "polars") if find_spec(name)]
    assert table_library(["a", "b"]) == there[0]
