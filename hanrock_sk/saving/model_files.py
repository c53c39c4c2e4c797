"""Models in skops files: data alone, written whole, nothing in them is run."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from hanrock_sk.files.whole import whole_file

OWN_TYPES = (
    "hanrock_sk.auxiliary.targets.AuxiliaryTargets",
    "hanrock_sk.auxiliary.weights.AuxiliaryWeights",
    "hanrock_sk.ensembles._member.Member",
    "hanrock_sk.ensembles.folds.ConversationFolds",
    "hanrock_sk.ensembles.with_unlabelled.WithUnlabelled",
    "hanrock_sk.estimators.classifier.HANRockClassifier",
    "hanrock_sk.estimators.feature_columns.FeatureColumns",
    "hanrock_sk.estimators.regressor.HANRockRegressor",
    "hanrock_sk.evaluation.scoring.LabelledScorer",
    "hanrock_sk.features.timings.Timings",
    "hanrock_sk.narrative.baseline.PopulationBaseline",
    "hanrock_sk.narrative.narrator.MonahNarrator",
    "hanrock_sk.pipelines.SuitedColumns",
    "hanrock_sk.text.bag_of_words.BagOfWords",
    "hanrock_sk.text.contextual_vectors.ContextualVectors",
    "hanrock_sk.text.packaged_vectors.PackagedVectors",
    "hanrock_sk.text.vocabulary.Vocabulary",
    "hanrock_sk.tuning.spaces.ZeroOrLogUniform",
)
"""All that a saved model has of this package; classes of plain state, no functions."""

THEIR_TYPES = (
    "sklearn.calibration._CalibratedClassifier",
    "sklearn.calibration._SigmoidCalibration",
    "sklearn.calibration._TemperatureScaling",
    "sklearn.utils._bunch.Bunch",
)
"""What ensembles and calibrators of scikit-learn's have besides what skops trusts:
classes of plain state, too."""

LARGEST_GROWTH = 20
"""A model file may unpack to so many times its size, as weights hardly shrink; or to
`ALWAYS_ALLOWED` bytes, as the description of a tiny model does."""

ALWAYS_ALLOWED = 1 << 26


def save_model(model: Any, path: str | os.PathLike[str]) -> Path:
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
        If `model` is a search, or has one as a step: save its `best_estimator_`.
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


def load_model(
    path: str | os.PathLike[str], *, trusted: str | Iterable[str] = ()
) -> Any:
    """Load what `save_model` saved. No code that a file may hold is run.

    A model loads on the device it was trained on, or where that is not there, on the
    CPU.

    Parameters
    ----------
    path : path-like
        A skops file.
    trusted : str or iterable of str, default=()
        Full names of further types to make, of other packages' steps in a Pipeline.
        The types of this package, of scikit-learn's ensembles and calibrators, and
        those that skops trusts are made anyway.

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
    trusted = [trusted] if isinstance(trusted, str) else trusted
    _check_archive(path)
    allowed = [*OWN_TYPES, *THEIR_TYPES, *trusted]
    strange = sorted(set(skops.get_untrusted_types(file=path)) - set(allowed))
    if strange:
        raise ValueError(
            f"{path} asks for types that are not known to be harmless: {strange}. If "
            "you know them, and trust where the file is from, name them in trusted=."
        )
    return skops.load(path, trusted=allowed)


def _skops() -> Any:
    try:
        import skops.io
    except ImportError as error:
        raise ImportError(
            "Models are saved with skops. Get it with: pip install hanrock-sk[skops]"
        ) from error
    return skops.io


def _check_archive(path: str | os.PathLike[str]) -> None:
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
    parameters = model.get_params() if hasattr(model, "get_params") else {}
    for parameter in parameters:
        step, _, name = parameter.rpartition("__")
        if name in ("param_grid", "param_distributions"):
            search = model.get_params()[step] if step else model
            where = f" as the step {step!r}" if step else ""
            raise TypeError(
                f"A search cannot be saved, got {type(search).__name__}{where}. Save "
                "the model it has found: search.best_estimator_, which it has after a "
                "fit with refit."
            )
