"""Large parameters are not written out; small ones, and all parameters, stay."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import config_context
from sklearn.base import BaseEstimator, clone
from sklearn.pipeline import Pipeline

from hanrock_sk._base.short_repr import ShortRepr


class Model(ShortRepr, BaseEstimator):
    def __init__(self, vectors=None, n=1):
        self.vectors = vectors
        self.n = n

    def fit(self, X, y=None):
        return self


class Unwritable:
    """A vector that must not be written out."""

    size = 300

    def __repr__(self):
        raise AssertionError("written out")


VECTORS = {str(word): Unwritable() for word in range(4000)}
SHORT = "vectors=<dict of 4,000 entries>"


@pytest.mark.parametrize("changed_only", [True, False])
def test_large_mappings_are_counted(changed_only):
    with config_context(print_changed_only=changed_only):
        rest = "" if changed_only else "n=1, "
        assert repr(Model(VECTORS)) == f"Model({rest}{SHORT})"
        pipeline = Pipeline([("a", "passthrough"), ("model", Model(VECTORS, n=2))])
        assert f"('model', Model(n=2, {SHORT}))" in " ".join(repr(pipeline).split())
        assert SHORT.replace("<", "&lt;").replace(">", "&gt;") in pipeline._repr_html_()


def test_parameters_are_what_they_were():
    model = Model(VECTORS)
    repr(model)
    assert model.get_params()["vectors"] is VECTORS
    assert model.get_params(deep=False)["vectors"] is VECTORS
    assert Pipeline([("m", model)]).get_params()["m__vectors"] is VECTORS
    assert clone(Model({"a": 1})).vectors == {"a": 1}


def test_small_mappings_are_written_out():
    small = {"a": np.ones(3)}
    assert repr(Model(small)) == "Model(vectors={'a': array([1., 1., 1.])})"
    assert (
        repr(Model(dict.fromkeys("abc", 0)))
        == "Model(vectors={'a': 0, 'b': 0, 'c': 0})"
    )
    assert repr(Model([1, 2])) == "Model(vectors=[1, 2])"
