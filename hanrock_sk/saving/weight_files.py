"""Weights in safetensors files, which other programs can read."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from sklearn.utils.validation import check_is_fitted

from hanrock_sk._base.fingerprint import fingerprint
from hanrock_sk._base.version import __version__
from hanrock_sk.files.whole import whole_file

if TYPE_CHECKING:  # torch is imported where it is needed
    from hanrock_sk.estimators.base import BaseHANRock

Model = TypeVar("Model", bound="BaseHANRock")


def save_weights(model: BaseHANRock, path: str | os.PathLike[str]) -> Path:
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
    from hanrock_sk.estimators.calibrating import kept_factor

    numpy_format, _ = _safetensors()
    _check_model(model)
    weights = {
        name: np.ascontiguousarray(array)
        for name, array in model.network_.weights().items()
    }
    with whole_file(path) as draft:
        about = _belonging(model) | {"calibration": repr(kept_factor(vars(model)))}
        draft.write_bytes(numpy_format.save(weights, metadata=about))
    return Path(path)


def load_weights(model: Model, path: str | os.PathLike[str]) -> Model:
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
        If the file is no safetensors file, was saved from a model with another
        estimator, network, vocabulary, encoder, feature columns or labels, or a weight
        is missing, unknown, of another shape or not finite.

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
    expected = {n: array.shape for n, array in model.network_.weights().items()}
    with open_file(path) as file:
        about = file.metadata() or {}
        _check_belonging(about, _belonging(model), path)
        names = set(file.keys())
        if names != expected.keys():
            raise ValueError(
                f"{path} lacks the weights {sorted(expected.keys() - names)} and has "
                f"{sorted(names - expected.keys())} too many."
            )
        for name, shape in expected.items():  # before anything is read
            saved = tuple(file.get_slice(name).get_shape())
            if saved != tuple(shape):
                raise ValueError(
                    f"{path}: the weight {name!r} has shape {saved}, not "
                    f"{tuple(shape)}."
                )
        weights = {name: file.get_tensor(name) for name in expected}
    for name, array in weights.items():
        if array.dtype.kind != "f" or not np.isfinite(array).all():
            raise ValueError(
                f"{path}: the weight {name!r} holds something else than finite numbers."
            )
    factor = _read_factor(about, path)
    model.network_.set_weights({n: a.astype(np.float32) for n, a in weights.items()})
    if factor is not None:
        model._keep_calibration(factor)
    return model


def _read_factor(about: dict[str, str], path: Any) -> float | None:
    """Read what the answers were multiplied by; None of a file that does not say."""
    told = about.get("calibration")
    if told is None:
        return None
    try:
        factor = float(told)
    except ValueError:
        factor = np.nan
    if not 0 < factor < np.inf:
        raise ValueError(f"{path}: its calibration {told!r} is no positive number.")
    return factor


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

    def open_file(path: str | os.PathLike[str]) -> Any:
        try:
            return safetensors.safe_open(path, framework="numpy")
        except safetensors.SafetensorError as error:
            raise ValueError(f"{path} is no whole safetensors file: {error}") from error

    return safetensors.numpy, open_file


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
    reader = model.network_.reader
    bag, features = reader.bag, reader.features
    labels = (
        model.classes_.tolist() if classifies else [model._location_, model._scale_]
    )
    return {
        "hanrock_sk": __version__,
        "estimator": type(model).__name__,
        "labels": json.dumps(labels),
        "network": json.dumps(model.network_.trained_on.state(), sort_keys=True),
        "vocabulary": fingerprint("\n".join(model.vocabulary_.words)),
        "encoder": reader.fingerprint or "none",
        "words of the direct way": (
            "none" if bag is None else fingerprint("\n".join(bag.features))
        ),
        "feature columns": (
            "none"
            if features is None
            else fingerprint(_rounded([features.numbers, features.categories]))
        ),
    }


def _rounded(values: Any) -> str:
    """Write values with as many digits as any machine has the same."""
    return json.dumps(
        json.loads(json.dumps(values), parse_float=lambda text: f"{float(text):.6g}")
    )


def _check_belonging(
    saved: dict[str, str], here: dict[str, str], path: str | os.PathLike[str]
) -> None:
    if "hanrock_sk" not in saved:
        return
    for what in here:
        # Files of earlier versions tell less.
        if what != "hanrock_sk" and what in saved and saved[what] != here[what]:
            raise ValueError(
                f"{path} has the weights of another model: its {what} is "
                f"{saved[what]}, the model's is {here[what]} (saved by hanrock-sk "
                f"{saved['hanrock_sk']}, loaded by {here['hanrock_sk']})."
            )
