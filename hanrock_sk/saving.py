"""Saving models and weights: files that are whole, and that loading cannot make run.

Models go to skops files, weights to safetensors files. Both hold data alone. Files of
pickle and joblib, which work too, hold instructions that loading carries out; these
are left to `pickle` and `joblib` themselves, for files from people you trust.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from sklearn.utils.validation import check_is_fitted

import hanrock_sk
from hanrock_sk.files.whole import whole_file

if TYPE_CHECKING:
    from hanrock_sk.estimators.base import BaseHANRock

__all__ = ["load_model", "load_weights", "save_model", "save_weights"]

Path_ = str | os.PathLike[str]
Model = TypeVar("Model", bound="BaseHANRock")

OWN_TYPES = (
    "hanrock_sk.auxiliary.targets.AuxiliaryTargets",
    "hanrock_sk.auxiliary.weights.AuxiliaryWeights",
    "hanrock_sk.estimators.classifier.HANRockClassifier",
    "hanrock_sk.estimators.regressor.HANRockRegressor",
    "hanrock_sk.evaluation.scoring.LabelledScorer",
    "hanrock_sk.features.timings.Timings",
    "hanrock_sk.narrative.baseline.PopulationBaseline",
    "hanrock_sk.narrative.narrator.MonahNarrator",
    "hanrock_sk.text.packaged_vectors.PackagedVectors",
    "hanrock_sk.text.vocabulary.Vocabulary",
    "hanrock_sk.tuning.spaces.ZeroOrLogUniform",
)
"""All that a saved model has of this package; classes of plain state, no functions."""

LARGEST_GROWTH = 20
"""A model file may unpack to so many times its size, as weights hardly shrink; or to
`ALWAYS_ALLOWED` bytes, as the description of a tiny model does."""

ALWAYS_ALLOWED = 1 << 26


def save_model(model: Any, path: Path_) -> Path:
    """Save an estimator or a whole Pipeline to a skops file.

    The file is written beside its place and then put there in one step: if the disk is
    full, an older file survives.

    Parameters
    ----------
    model : estimator
        What to save, fitted or not.
    path : path-like
        Where to, usually ending in ``.skops``.

    Returns
    -------
    path : pathlib.Path
        The file.

    Raises
    ------
    ImportError
        If skops is not installed.
    TypeError
        If `model` is a search: save its `best_estimator_`.
    OSError
        If the file cannot be written; a file that was there is unchanged.

    See Also
    --------
    load_model : Load it.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from hanrock_sk import MonahNarrator
    >>> from hanrock_sk.saving import load_model, save_model
    >>> path = pathlib.Path(tempfile.mkdtemp(), "narrator.skops")
    >>> path = save_model(MonahNarrator("vp"), path)
    >>> load_model(path)
    MonahNarrator(families='vp')
    """
    skops = _skops()
    _check_no_search(model)
    with whole_file(path) as draft:
        skops.dump(model, draft, compression=zipfile.ZIP_DEFLATED)
    return Path(path)


def load_model(path: Path_, *, trusted: Iterable[str] = ()) -> Any:
    """Load what `save_model` saved. No code that a file may hold is run.

    A model loads on the device it was trained on, or where that is not there, on the
    CPU.

    Parameters
    ----------
    path : path-like
        A skops file.
    trusted : iterable of str, default=()
        Full names of further types to make, of other packages' steps in a Pipeline.
        The types of this package and those that skops trusts are made anyway.

    Returns
    -------
    model : estimator
        As it was saved.

    Raises
    ------
    ImportError
        If skops is not installed.
    ValueError
        If the file is no skops file, asks for other types, unpacks to far more than
        its size, or was saved by a version that this one cannot read; the message
        names both versions.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from hanrock_sk import AuxiliaryWeights
    >>> from hanrock_sk.saving import load_model, save_model
    >>> path = pathlib.Path(tempfile.mkdtemp(), "weights.skops")
    >>> load_model(save_model(AuxiliaryWeights("linear"), path))
    AuxiliaryWeights(scheme='linear')
    """
    skops = _skops()
    _check_archive(path)
    allowed = [*OWN_TYPES, *trusted]
    strange = sorted(set(skops.get_untrusted_types(file=path)) - set(allowed))
    if strange:
        raise ValueError(
            f"{path} asks for types that are not known to be harmless: {strange}. If "
            "you know them, and trust where the file is from, name them in trusted=."
        )
    return skops.load(path, trusted=allowed)


def save_weights(model: BaseHANRock, path: Path_) -> Path:
    """Save the weights of a fitted estimator to a safetensors file.

    Other programs can read it: numbers by name, and what they belong to in its
    metadata. It is written beside its place and then put there in one step.

    Parameters
    ----------
    model : HANRockClassifier or HANRockRegressor
        Fitted.
    path : path-like
        Where to, usually ending in ``.safetensors``.

    Returns
    -------
    path : pathlib.Path
        The file.

    Raises
    ------
    ImportError
        If safetensors is not installed.
    TypeError
        If `model` is something else, such as a Pipeline.
    NotFittedError
        If it has no weights yet.
    OSError
        If the file cannot be written; a file that was there is unchanged.

    See Also
    --------
    load_weights : Load them.
    save_model : Save parameters, vocabulary and labels too.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from hanrock_sk import HANRockClassifier
    >>> from hanrock_sk.saving import load_weights, save_weights
    >>> texts, labels = ["so good", "so bad"] * 4, ["joy", "anger"] * 4
    >>> small = {"word_gru": 2, "pri_gru": 2, "max_epochs": 1, "validation_fraction": 0}
    >>> model = HANRockClassifier(**small, random_state=0).fit(texts, labels)
    >>> other = HANRockClassifier(**small, random_state=1).fit(texts, labels)
    >>> path = pathlib.Path(tempfile.mkdtemp(), "network.safetensors")
    >>> other = load_weights(other, save_weights(model, path))
    >>> bool((model.predict_proba(texts) == other.predict_proba(texts)).all())
    True
    """
    numpy_format, _ = _safetensors()
    _check_model(model)
    from hanrock_sk.estimators.persistence import weights_of

    weights = {
        name: np.ascontiguousarray(array)
        for name, array in weights_of(model.net_).items()
    }
    with whole_file(path) as draft:
        draft.write_bytes(numpy_format.save(weights, metadata=_belonging(model)))
    return Path(path)


def load_weights(model: Model, path: Path_) -> Model:
    """Give a fitted estimator the weights of a safetensors file.

    Parameters
    ----------
    model : HANRockClassifier or HANRockRegressor
        Fitted, with the network, the vocabulary and the labels that the weights are
        for. It is changed, but only once everything has been checked.
    path : path-like
        A safetensors file. One of another program, without metadata, need only have
        the right names and shapes.

    Returns
    -------
    model : HANRockClassifier or HANRockRegressor
        The same object.

    Raises
    ------
    ImportError
        If safetensors is not installed.
    TypeError
        If `model` is something else, such as a Pipeline.
    NotFittedError
        If it is not fitted.
    ValueError
        If the file is no safetensors file, was saved from a model of another kind,
        or a weight lacks, is too many, has another shape or is not finite.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from hanrock_sk import HANRockClassifier
    >>> from hanrock_sk.saving import load_weights, save_weights
    >>> texts, labels = ["so good", "so bad"] * 4, ["joy", "anger"] * 4
    >>> small = {"word_gru": 2, "pri_gru": 2, "max_epochs": 1, "validation_fraction": 0}
    >>> model = HANRockClassifier(**small, random_state=0).fit(texts, labels)
    >>> other = HANRockClassifier(**small, random_state=1).fit(texts, labels)
    >>> path = pathlib.Path(tempfile.mkdtemp(), "network.safetensors")
    >>> other = load_weights(other, save_weights(model, path))
    >>> bool((model.predict_proba(texts) == other.predict_proba(texts)).all())
    True
    """
    _, open_file = _safetensors()
    _check_model(model)
    import torch

    expected = {n: t.shape for n, t in model.net_.module_.state_dict().items()}
    with open_file(path) as file:
        _check_belonging(file.metadata() or {}, _belonging(model), path)
        names = set(file.keys())
        if names != expected.keys():
            raise ValueError(
                f"{path} lacks the weights {sorted(expected.keys() - names)} and has "
                f"{sorted(names - expected.keys())} too many."
            )
        for name, shape in expected.items():  # before anything is read
            found = tuple(file.get_slice(name).get_shape())
            if found != tuple(shape):
                raise ValueError(
                    f"{path}: the weight {name!r} has shape {found}, not "
                    f"{tuple(shape)}."
                )
        weights = {name: file.get_tensor(name) for name in expected}
    for name, array in weights.items():
        if array.dtype.kind != "f" or not np.isfinite(array).all():
            raise ValueError(
                f"{path}: the weight {name!r} holds something else than finite numbers."
            )
    model.net_.module_.load_state_dict(
        {n: torch.from_numpy(a.astype(np.float32)) for n, a in weights.items()}
    )
    return model


def _skops() -> Any:
    try:
        import skops.io
    except ImportError as error:
        raise ImportError(
            "Models are saved with skops. Get it with: pip install hanrock-sk[skops]"
        ) from error
    return skops.io


def _safetensors() -> tuple[Any, Any]:
    """Return safetensors' functions for NumPy, and what opens a file."""
    try:
        import safetensors
        import safetensors.numpy
    except ImportError as error:
        raise ImportError(
            "Weights are saved with safetensors. Get it with: "
            "pip install hanrock-sk[safetensors]"
        ) from error

    def open_file(path: Path_) -> Any:
        try:
            return safetensors.safe_open(path, framework="numpy")
        except safetensors.SafetensorError as error:
            raise ValueError(f"{path} is no whole safetensors file: {error}") from error

    return safetensors.numpy, open_file


def _check_archive(path: Path_) -> None:
    """Refuse what is no archive, or unpacks to more memory than it lets expect."""
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
            packed = sum(entry.compress_size for entry in archive.infolist())
    except zipfile.BadZipFile as error:
        raise ValueError(
            f"{path} is no skops file. A file of joblib or pickle is loaded by "
            "`joblib.load` or `pickle.load`: they run whatever code it holds, so do "
            "that only with files from people you trust."
        ) from error
    if size > max(LARGEST_GROWTH * packed, ALWAYS_ALLOWED):
        raise ValueError(
            f"{path} would unpack to {size:,} bytes from {packed:,}; no model does."
        )


def _check_no_search(model: Any) -> None:
    """Refuse searches: skops does not come to an end with SciPy's distributions."""
    from sklearn.model_selection._search import BaseSearchCV

    if isinstance(model, BaseSearchCV):
        raise TypeError(
            f"A search cannot be saved, got {type(model).__name__}. Save the model it "
            "has found: search.best_estimator_, which it has after a fit with refit."
        )


def _check_model(model: Any) -> None:
    from hanrock_sk.estimators.base import BaseHANRock

    if not isinstance(model, BaseHANRock):
        raise TypeError(
            "Weights are those of a HANRockClassifier or HANRockRegressor, got "
            f"{type(model).__name__}. Of a Pipeline, pass the last step: pipeline[-1]."
        )
    check_is_fitted(model)


def _belonging(model: Any) -> dict[str, str]:
    """Describe what weights belong to, in the strings that safetensors can hold."""
    classifies = hasattr(model, "classes_")
    labels = (
        model.classes_.tolist() if classifies else [model._location_, model._scale_]
    )
    words = "\n".join(model.vocabulary_.words).encode("utf-8", "surrogatepass")
    return {
        "hanrock_sk": hanrock_sk.__version__,
        "estimator": type(model).__name__,
        "network": json.dumps(model._fitted, sort_keys=True),
        "vocabulary": hashlib.sha256(words).hexdigest(),
        "labels": json.dumps(labels),
    }


def _check_belonging(found: dict[str, str], here: dict[str, str], path: Path_) -> None:
    if "hanrock_sk" not in found:
        return
    for what in ("estimator", "labels", "network", "vocabulary"):
        if found.get(what) != here[what]:
            raise ValueError(
                f"{path} has the weights of another model: its {what} is "
                f"{found.get(what)}, the model's is {here[what]} (saved by hanrock-sk "
                f"{found['hanrock_sk']}, loaded by {here['hanrock_sk']})."
            )
