"""The journal of a search: how its trials see each other, and outlive a crash.

A folder that all workers share, with a file per trial and fold. Only that trial's
worker writes to it, and only at its end, so that no locks are needed, which network
file systems do badly. A line that a crash has torn is not read.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HEADER = "search.json"
FORMAT = "hanrock-sk trial journal 1"


@dataclass(frozen=True)
class Trial:
    """One candidate on one fold."""

    candidate: int
    fold: int

    @property
    def file_name(self) -> str:
        """Where its journal is, in the folder."""
        return f"fold-{self.fold}-candidate-{self.candidate:04d}.jsonl"


@dataclass
class TrialRecord:
    """What is known of a trial.

    Attributes
    ----------
    objectives : list of float
        By epoch; greater is better.
    stopped : bool
        Whether it was stopped after the last of these epochs.
    ended : bool
        Whether it is over, stopped or not. Else it is running, or was killed.
    """

    objectives: list[float] = field(default_factory=list)
    stopped: bool = False
    ended: bool = False


class TrialJournal:
    """The journal in a folder.

    Parameters
    ----------
    folder : path
        Shared by all workers.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = Path(folder)

    def open(self, search: str) -> None:
        """Begin the journal of a search, or go on with it.

        Parameters
        ----------
        search : str
            Tells this search from others.

        Raises
        ------
        OSError
            If the folder cannot be written.
        ValueError
            If there is something else in it, or the journal of another search.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            # A crash may have left the hidden beginning of a header.
            others = {p.name for p in self.folder.iterdir() if p.name[0] != "."}
            if not others:
                self._write_header(search)
                return
        except OSError as error:
            raise OSError(
                f"The journal needs a folder it can write; {str(self.folder)!r} is "
                f"none: {error}"
            ) from error
        if self._read_header(others) != search:
            raise ValueError(
                f"The folder {str(self.folder)!r} has the journal of another search: "
                "of other data, splits, candidates or parameters. Give each search a "
                "folder of its own. A search goes on with its own journal only if its "
                "random_state is an int, as else it draws other candidates."
            )

    def _write_header(self, search: str) -> None:
        draft = self.folder / f".{HEADER}.{os.getpid()}"
        draft.write_text(json.dumps({"format": FORMAT, "search": search}))
        draft.replace(self.folder / HEADER)

    def _read_header(self, others: set[str]) -> str:
        try:
            header = json.loads((self.folder / HEADER).read_text())
            if header["format"] == FORMAT:
                return header["search"]
        except (FileNotFoundError, ValueError, TypeError, KeyError):
            pass
        raise ValueError(
            f"The folder {str(self.folder)!r} is not empty, and what is in it, such as "
            f"{min(others)!r}, is not a journal. Name a new folder."
        )

    def begin(self, trial: Trial) -> None:
        """Begin a trial anew, unless it is over; what a killed one left is dropped."""
        if not self.read(trial).ended:
            (self.folder / trial.file_name).unlink(missing_ok=True)

    def add_epoch(self, trial: Trial, objective: float, stop: bool) -> None:
        """Note what an epoch came to, and whether it is the trial's last."""
        self._append(trial, {"objective": objective, "stop": stop})

    def end(self, trial: Trial) -> None:
        """Note that a trial is over."""
        self._append(trial, {"end": True})

    def read(self, trial: Trial) -> TrialRecord:
        """Read what is known of a trial."""
        return _read_record(self.folder / trial.file_name)

    def completed(self, fold: int) -> Iterator[TrialRecord]:
        """Yield the trials of a fold that ran to their own end, not a stop."""
        for path in sorted(self.folder.glob(f"fold-{fold}-candidate-*.jsonl")):
            record = _read_record(path)
            if record.ended and not record.stopped:
                yield record

    def _append(self, trial: Trial, entry: dict[str, Any]) -> None:
        # Closed after each line, for only then other machines are sure to see it.
        try:
            with open(self.folder / trial.file_name, "a", encoding="utf-8") as file:
                file.write(json.dumps(entry) + "\n")
        except FileNotFoundError as error:
            raise FileNotFoundError(
                f"The journal {str(self.folder)!r} is not there on "
                f"{platform.node()!r}. Workers on several machines need one on a path "
                "they share: MedianStopping(journal=...)."
            ) from error


def _read_record(path: Path) -> TrialRecord:
    """Read a trial's file up to the first line that is not whole."""
    record = TrialRecord()
    try:
        lines = path.read_bytes().split(b"\n")[:-1]
    except FileNotFoundError:
        return record
    for line in lines:
        try:
            entry = json.loads(line)
        except ValueError:
            break
        if "end" in entry:
            record.ended = True
        else:
            record.objectives.append(entry["objective"])
            record.stopped = entry["stop"]
    return record
