"""Vectors on disk, for all processes that need them.

A folder has one file per fingerprint, an SQLite database, so that vectors of different
encoders never meet. A process claims texts before it encodes them; others go on with
those that are left, and wait for what is claimed. So each text is encoded once, however
many processes begin at the same time. Claims of a process that died lapse.

The file is in SQLite's plain journal mode, since its faster one (WAL) does not work on
network file systems.
"""

from __future__ import annotations

import os
import platform
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np

from hanrock_sk.text.vector_memo import TextVectors

LEASE = 120.0
"""Seconds after which a claim lapses that nobody renews."""

RENEWAL = 15.0
"""Seconds between two renewals."""

TEXTS_IN_CLAIM = 1024
"""Texts that a process encodes before it shows them to others."""

POLL = 0.1
"""Seconds between two looks at what others have claimed."""

_IN_QUERY = 500

_SCHEMA = """
CREATE TABLE IF NOT EXISTS vectors (
    key BLOB PRIMARY KEY,
    vectors BLOB NOT NULL,  -- float16, little-endian, word by word
    cut INTEGER NOT NULL,
    n_encoded INTEGER NOT NULL  -- 1, unless a claim lapsed
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS claims (
    key BLOB PRIMARY KEY, owner TEXT NOT NULL, until REAL NOT NULL
) WITHOUT ROWID;
"""


Encode = Callable[[list[bytes], Callable[[], None]], dict[bytes, TextVectors]]
"""Encodes the texts of some keys; calls the function it is given now and then."""


class VectorCache:
    """The vectors of one fingerprint in a folder.

    Parameters
    ----------
    folder : path-like
        Made if it is not there.
    fingerprint : str
        What the vectors depend on.
    width : int
        Numbers in a vector.

    Raises
    ------
    OSError
        If the folder cannot be made or written.
    ValueError
        If the file in it is damaged.
    """

    def __init__(
        self, folder: str | os.PathLike[str], fingerprint: str, width: int
    ) -> None:
        self.path = Path(folder).expanduser() / f"{fingerprint}.sqlite"
        self.width = width
        self._owner = f"{platform.node()}:{os.getpid()}:{time.monotonic_ns()}"
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OSError(
                error.errno, f"cache= needs a folder that it can write: {error}"
            ) from error
        with self._open() as database:
            database.executescript(_SCHEMA)

    def fill(self, keys: Sequence[bytes], encode: Encode) -> dict[bytes, TextVectors]:
        """Return the vectors of texts, and encode what nobody has encoded.

        Parameters
        ----------
        keys : sequence of bytes
            The texts, each once; those that are alike in length side by side.
        encode : callable
            Encodes some of them.

        Returns
        -------
        vectors : dict of bytes to TextVectors
            Of all keys.
        """
        vectors = self.read(sorted(keys))  # in the file's order, twice as fast
        pending = [key for key in keys if key not in vectors]
        while pending:
            claimed_by_others: list[bytes] = []
            for begin in range(0, len(pending), TEXTS_IN_CLAIM):
                some = pending[begin : begin + TEXTS_IN_CLAIM]
                vectors |= self.read(some)
                absent = [key for key in some if key not in vectors]
                mine = self._claim(absent)
                # Between the look and the claim, another may have come to an end.
                late = self.read(mine)
                vectors |= late
                mine = [key for key in mine if key not in late]
                try:
                    if mine:
                        new = encode(mine, self._renewal())
                        self._write(new)
                        vectors |= new
                finally:
                    self._release()
                claimed_by_others += [key for key in absent if key not in vectors]
            if len(claimed_by_others) == len(pending):
                time.sleep(POLL)
            pending = claimed_by_others
        return vectors

    def read(self, keys: Sequence[bytes]) -> dict[bytes, TextVectors]:
        """Return the vectors that are there.

        Parameters
        ----------
        keys : sequence of bytes
            The texts.

        Returns
        -------
        vectors : dict of bytes to TextVectors
            Of those that are there.
        """
        vectors = {}
        with self._open() as database:
            for begin in range(0, len(keys), _IN_QUERY):
                some = keys[begin : begin + _IN_QUERY]
                marks = ",".join("?" * len(some))
                for key, blob, cut in database.execute(
                    f"SELECT key, vectors, cut FROM vectors WHERE key IN ({marks})",
                    list(some),
                ):
                    numbers = np.frombuffer(blob, dtype="<f2")
                    if not len(numbers) or len(numbers) % self.width:
                        raise self._damaged("a vector is not whole")
                    vectors[key] = TextVectors(
                        numbers.reshape(-1, self.width), bool(cut)
                    )
        return vectors

    def counts(self) -> tuple[int, int]:
        """Count the texts, and how many times a text was encoded.

        Returns
        -------
        n_texts, n_encoded : int
            Equal, unless a process died, or was taken for dead.
        """
        with self._open() as database:
            return database.execute(
                "SELECT count(*), coalesce(sum(n_encoded), 0) FROM vectors"
            ).fetchone()

    def _claim(self, keys: Sequence[bytes]) -> list[bytes]:
        """Claim those of the texts that no living process has claimed."""
        if not keys:
            return []
        now = time.time()
        with self._open() as database:
            database.execute("BEGIN IMMEDIATE")
            taken: set[bytes] = set()
            for begin in range(0, len(keys), _IN_QUERY):
                some = keys[begin : begin + _IN_QUERY]
                marks = ",".join("?" * len(some))
                taken |= {
                    key
                    for key, owner, until in database.execute(
                        f"SELECT key, owner, until FROM claims WHERE key IN ({marks})",
                        list(some),
                    )
                    if until > now and _may_live(owner)
                }
            mine = [key for key in keys if key not in taken]
            database.executemany(
                "INSERT OR REPLACE INTO claims VALUES (?, ?, ?)",
                ((key, self._owner, now + LEASE) for key in mine),
            )
            database.execute("COMMIT")
        return mine

    def _renewal(self) -> Callable[[], None]:
        """Make the function that renews this process's claims when it is time."""
        due = time.monotonic() + RENEWAL

        def renew() -> None:
            nonlocal due
            if time.monotonic() >= due:
                with self._open() as database:
                    database.execute(
                        "UPDATE claims SET until = ? WHERE owner = ?",
                        (time.time() + LEASE, self._owner),
                    )
                due = time.monotonic() + RENEWAL

        return renew

    def _write(self, vectors: dict[bytes, TextVectors]) -> None:
        with self._open() as database:
            database.execute("BEGIN IMMEDIATE")
            database.executemany(
                "INSERT INTO vectors VALUES (?, ?, ?, 1) "
                "ON CONFLICT (key) DO UPDATE SET n_encoded = n_encoded + 1",
                (
                    (key, of_text.vectors.astype("<f2").tobytes(), of_text.cut)
                    for key, of_text in vectors.items()
                ),
            )
            database.execute("COMMIT")

    def _release(self) -> None:
        with self._open() as database:
            database.execute("DELETE FROM claims WHERE owner = ?", (self._owner,))

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """Open the file; SQLite's errors say which file they are about."""
        try:
            with closing(
                sqlite3.connect(self.path, timeout=60, isolation_level=None)
            ) as database:
                yield database
        except sqlite3.OperationalError as error:
            raise OSError(
                f"cache= needs a folder that it can write: {self.path}: {error}"
            ) from error
        except sqlite3.DatabaseError as error:
            raise self._damaged(str(error)) from error

    def _damaged(self, told: str) -> ValueError:
        return ValueError(
            f"The cache {self.path} is damaged ({told}). Delete this file; its texts "
            "are then encoded again."
        )


def _may_live(owner: str) -> bool:
    """Whether the process of a claim may be alive; known on one machine alone."""
    machine, process, _ = owner.rsplit(":", 2)
    if machine != platform.node() or os.name != "posix":
        return True
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass
    return True
