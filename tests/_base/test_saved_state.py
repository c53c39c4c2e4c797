"""A state says which version saved it, and one of another form is refused."""

from __future__ import annotations

import pickle
import re

import numpy as np
import pytest
from frames import DataFrame
from tiny_estimators import talkturns, tiny_classifier

import hanrock_sk
from hanrock_sk import AuxiliaryTargets, AuxiliaryWeights, MonahNarrator, Timings


@pytest.fixture(scope="module")
def classifier():
    columns, y = talkturns()
    return tiny_classifier().fit(DataFrame(columns), y), DataFrame(columns)


ABSENT = object()


def reload(model, **changes):
    state = model.__getstate__() | changes
    state = {name: value for name, value in state.items() if value is not ABSENT}
    loaded = type(model).__new__(type(model))
    loaded.__setstate__(state)
    return loaded


ALL = [tiny_classifier, MonahNarrator, AuxiliaryTargets, AuxiliaryWeights, Timings]


@pytest.mark.parametrize("make", ALL)
class TestEveryEstimator:
    def test_the_version_is_in_the_state_and_not_in_the_object(self, make):
        model = make()
        assert model.__getstate__()["_hanrock_version"] == hanrock_sk.__version__
        assert vars(pickle.loads(pickle.dumps(model))) == vars(model)

    @pytest.mark.parametrize("version", ["0.0.3", "7.1.0"])
    @pytest.mark.parametrize("form", [0, 3, None, ABSENT])
    def test_another_form_is_refused_with_both_versions(self, make, version, form):
        model = make()
        changes = {"_hanrock_version": version, "_hanrock_state_form": form}
        message = (
            f"This {type(model).__name__} was saved by hanrock-sk {version}, and "
            f"hanrock-sk {hanrock_sk.__version__} cannot read it"
        )
        with pytest.raises(ValueError, match=re.escape(message)):
            reload(model, **changes)

    def test_another_version_of_the_same_form_is_read(self, make):
        loaded = reload(make(), _hanrock_version="0.1.7")
        assert loaded.get_params() == make().get_params()


def test_parameters_that_an_older_version_did_not_have(classifier):
    model, X = classifier
    loaded = reload(model, lr_decay=ABSENT, memory=ABSENT)
    assert loaded.lr_decay == tiny_classifier().lr_decay
    np.testing.assert_array_equal(loaded.predict(X), model.predict(X))


@pytest.mark.parametrize(
    "changes",
    [
        {"trained_on": {"architecture": "rock"}},
        {"weights": {}},
        {"weights": {"inputs.embedding": np.array(["x"])}},
        {"weights": {"inputs.embedding": np.ones((3, 6), np.float32)}},
    ],
)
def test_a_state_that_cannot_be_made_sense_of(classifier, changes):
    network = classifier[0].network_.state() | changes
    with pytest.raises(ValueError, match=r"saved by hanrock-sk 0\.1\.9, and hanrock"):
        reload(classifier[0], _hanrock_version="0.1.9", network_=network)
