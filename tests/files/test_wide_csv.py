"""Columns of a wide CSV file against Python's own csv reader."""

from __future__ import annotations

import csv
import gzip
import tracemalloc

import numpy as np
import pytest

from hanrock_sk.files import wide_csv
from hanrock_sk.files.wide_csv import read_numeric_columns


def naive(path, wanted):
    """The same, field by field."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", newline="") as file:
        rows = [row for row in csv.reader(file) if any(map(str.strip, row))]
    names = [name.strip() for name in rows[0]]
    return {
        name: [float(row[names.index(name)].strip() or "nan") for row in rows[1:]]
        for name in wanted
    }


@pytest.fixture
def small_blocks(monkeypatch):
    """Blocks of a few lines, and lines that span blocks."""
    monkeypatch.setattr(wide_csv, "_BLOCK_BYTES", 64)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("separator", [",", ", "])
@pytest.mark.parametrize("suffix", [".csv", ".csv.gz"])
@pytest.mark.usefixtures("small_blocks")
def test_against_csv(tmp_path, newline, separator, suffix):
    random = np.random.default_rng(0)
    header = separator.join(f"c{place}" for place in range(30))
    rows = [
        separator.join(
            f"{value:.{digits}g}" for value, digits in zip(row, sizes, strict=True)
        )
        for row, sizes in zip(
            random.normal(0, 100, (40, 30)),
            random.integers(1, 9, (40, 30)),
            strict=True,
        )
    ]
    text = newline.join([header, *rows]) + newline
    path = tmp_path / f"frames{suffix}"
    path.write_bytes(gzip.compress(text.encode()) if "gz" in suffix else text.encode())
    wanted = ["c0", "c29", "c7"]
    found = read_numeric_columns(path, lambda names: wanted)
    assert list(found.values) == wanted
    for name, values in naive(path, wanted).items():
        np.testing.assert_array_equal(found.values[name], values)
    assert found.lines.tolist() == list(range(2, 42))


@pytest.mark.usefixtures("small_blocks")
def test_blank_lines_missing_values_and_no_last_newline(tmp_path):
    path = tmp_path / "frames.csv"
    path.write_text("a, b\n1, 2\n\n , -nan(ind)\n\n3, NaN\n4, 1e-3")
    found = read_numeric_columns(path, lambda names: names)
    np.testing.assert_array_equal(found.values["a"], [1, np.nan, 3, 4])
    np.testing.assert_array_equal(found.values["b"], [2, np.nan, np.nan, 0.001])
    assert found.lines.tolist() == [2, 4, 6, 7]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a,b\n1,2\n3\n", r"line 3: 1 fields, but the header names 2"),
        ("a,b\n1,2\n3,4,5\n", r"line 3: 3 fields"),
        ("a,b\n1,2\n\n3,x\n", r"line 4: column 'b' holds 'x', not a number"),
        ("a,b\n1,inf\n", r"line 2: column 'b' holds 'inf'"),
        ("a,b\n1," + "9" * 100 + "\n", r"line 2: column 'b' holds 100 characters"),
        ("a,b,a\n1,2,3\n", r"line 1: the header names \['a'\] twice"),
        ("a,b\n", r"has a header but no rows"),
        ("a,b\n\n\n", r"has a header but no rows"),
    ],
)
def test_broken_files_are_refused(tmp_path, content, message):
    path = tmp_path / "frames.csv"
    path.write_text(content)
    with pytest.raises(ValueError, match=rf"frames\.csv.*{message}"):
        read_numeric_columns(path, lambda names: names)


def test_an_endless_line_is_not_read_to_its_end(tmp_path):
    """Fifty kilobytes that would unpack to fifty megabytes without a line end."""
    path = tmp_path / "frames.csv.gz"
    for start, where in [(b"a,b\n1,2\n", "a line below the header"), (b"", "line 1")]:
        path.write_bytes(gzip.compress(start + b"1," * 25_000_000))
        tracemalloc.start()
        try:
            with pytest.raises(ValueError, match=f"{where} is longer than 1,048,576"):
                read_numeric_columns(path, lambda names: names)
            assert tracemalloc.get_traced_memory()[1] < 20_000_000
        finally:
            tracemalloc.stop()


def test_more_rows_than_any_recording_has(tmp_path, monkeypatch):
    path = tmp_path / "frames.csv"
    path.write_text("a,b\n" + "1,2\n" * 50)
    monkeypatch.setattr(wide_csv, "_MOST_ROWS", 40)
    with pytest.raises(ValueError, match="more than 40 lines"):
        read_numeric_columns(path, lambda names: names)


def test_files_of_another_kind(tmp_path):
    path = tmp_path / "frames.csv"
    path.write_bytes("a,b\n1,2\n".encode("utf-16"))
    with pytest.raises(ValueError, match="line 1: not the header of a plain-text CSV"):
        read_numeric_columns(path, lambda names: names)
    packed = tmp_path / "frames.csv.gz"
    packed.write_bytes(gzip.compress(b"a,b\n" + b"1,2\n" * 999)[:-9])
    with pytest.raises(ValueError, match="gzip file is broken or cut short"):
        read_numeric_columns(packed, lambda names: names)
    packed.write_bytes(b"a,b\n1,2\n")
    with pytest.raises(ValueError, match="gzip file is broken or cut short"):
        read_numeric_columns(packed, lambda names: names)
