"""The promises of docs/trust.md, and the rows of its table that tell them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path


@dataclass(frozen=True)
class Promise:
    """A test, and a change of the package that it has to notice; see promises.toml."""

    promise: str
    test: str
    how: str
    file: str
    old: str
    new: str
    only: str = ""


def read_promises() -> list[Promise]:
    """Read them all, in the order of the table."""
    file = Path(__file__).with_name("promises.toml")
    return [Promise(**one) for one in tomllib.loads(file.read_text())["promise"]]


def table_rows() -> list[str]:
    """Write a row of the table for every test."""
    rows = []
    for test, some in groupby(read_promises(), lambda promise: promise.test):
        promises = list(some)
        how = "; ".join(promise.how for promise in promises)
        rows.append(f"| {promises[0].promise} | `{test}` | {how} |")
    return rows


if __name__ == "__main__":
    print("\n".join(table_rows()))
