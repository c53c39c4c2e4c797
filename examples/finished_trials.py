"""The results of an experiment's trials, in a folder that survives a kill."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

HEADER = "experiment.json"


class FinishedTrials:
    """Results of trials, one JSON file each, so that none has to be run twice.

    A file appears in one step, when its trial is finished; whatever is there is whole.
    Several processes may write different trials at a time.

    Parameters
    ----------
    folder : path
        Where the results are. It is made if it is not there.
    experiment : mapping
        What the trials have in common: data, seeds, sizes. Results found there must
        come from the same experiment.

    Raises
    ------
    ValueError
        If the folder has the trials of another experiment, or something else in it.

    Examples
    --------
    >>> import tempfile
    >>> from finished_trials import FinishedTrials
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     trials = FinishedTrials(folder, {"corpus": "ami", "max_epochs": 20})
    ...     if trials.read("flat", 0) is None:
    ...         trials.write("flat", 0, {"dev": 0.71, "test": 0.69})
    ...     trials.of("flat")
    {0: {'dev': 0.71, 'test': 0.69}}
    """

    def __init__(
        self, folder: str | os.PathLike[str], experiment: Mapping[str, Any]
    ) -> None:
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        now = json.loads(_dump(experiment))
        header = self.folder / HEADER
        if header.is_file():
            _check_same(json.loads(header.read_text()), now, self.folder)
            return
        others = [p.name for p in self.folder.iterdir() if p.name[0] != "."]
        if others:
            raise ValueError(
                f"The folder {str(self.folder)!r} is not empty, and what is in it, "
                f"such as {min(others)!r}, is no experiment. Name a new folder."
            )
        _write(header, _dump(experiment))

    def _path(self, setting: str, trial: int) -> Path:
        return self.folder / setting / f"trial-{trial:04d}.json"

    def read(self, setting: str, trial: int) -> dict[str, Any] | None:
        """Return the results of a trial.

        Parameters
        ----------
        setting : str
            The setting it was run in.
        trial : int
            Its number.

        Returns
        -------
        results : dict or None
            None if it is not finished.
        """
        try:
            return json.loads(self._path(setting, trial).read_text())
        except FileNotFoundError:
            return None

    def write(self, setting: str, trial: int, results: Mapping[str, Any]) -> None:
        """Keep the results of a trial.

        Parameters
        ----------
        setting : str
            The setting it was run in; the name of a folder.
        trial : int
            Its number.
        results : mapping
            Anything that JSON, with NumPy's numbers, can hold.
        """
        path = self._path(setting, trial)
        path.parent.mkdir(exist_ok=True)
        _write(path, _dump(results))

    def of(self, setting: str) -> dict[int, dict[str, Any]]:
        """Return the results of all finished trials of a setting.

        Parameters
        ----------
        setting : str
            The setting.

        Returns
        -------
        results : dict
            From the trial's number to its results, by number.
        """
        paths = sorted((self.folder / setting).glob("trial-*.json"))
        return {
            int(path.stem.partition("-")[2]): json.loads(path.read_text())
            for path in paths
        }


def _dump(content: Mapping[str, Any]) -> str:
    return json.dumps(dict(content), indent=1, default=_plain)


def _plain(value: Any) -> Any:
    """Turn NumPy's values into those of JSON."""
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    raise TypeError(f"{value!r} cannot be written as JSON.")


def _write(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(text + "\n")
    draft.replace(path)


def _check_same(before: dict[str, Any], now: dict[str, Any], folder: Path) -> None:
    for name in [*before, *now]:
        if before.get(name) != now.get(name):
            raise ValueError(
                f"The folder {str(folder)!r} has the trials of another experiment: its "
                f"{name} is {before.get(name)!r}, not {now.get(name)!r}. Name another "
                "folder, or run with the same options."
            )
