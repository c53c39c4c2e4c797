"""docs/trust.md says what tests/promises.toml holds, of tests that there are."""

from __future__ import annotations

from pathlib import Path

import pytest
from promises import read_promises, table_rows

REPOSITORY = Path(__file__).resolve().parent.parent


def test_the_table_has_a_row_for_every_promise():
    """`python tests/promises.py` prints the rows."""
    lines = (REPOSITORY / "docs" / "trust.md").read_text().splitlines()
    rows = [line for line in lines if line in set(table_rows())]
    assert rows == table_rows()


@pytest.mark.parametrize("promise", read_promises(), ids=lambda promise: promise.test)
def test_there_is_a_test_and_a_place_to_break_it(promise):
    file, _, name = promise.test.partition("::")
    assert f"def {name.split('::')[-1]}(" in (REPOSITORY / "tests" / file).read_text()
    assert promise.old in (REPOSITORY / "hanrock_sk" / promise.file).read_text()
    assert promise.old != promise.new
