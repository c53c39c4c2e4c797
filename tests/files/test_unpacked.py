"""Gzipped or not, a file's bytes are the same; a broken one is named."""

from __future__ import annotations

import gzip

import pytest

from hanrock_sk.files.unpacked import unpacked

CONTENT = b"a,b\n" + bytes(range(256)) * 40


def write(folder, name):
    path = folder / name
    path.write_bytes(gzip.compress(CONTENT) if name.endswith(".gz") else CONTENT)
    return path


@pytest.mark.parametrize("name", ["x.csv", "x.csv.gz"])
def test_its_bytes(tmp_path, name):
    with unpacked(write(tmp_path, name)) as file:
        assert file.readline() == b"a,b\n"
        assert b"a,b\n" + file.read() == CONTENT
    assert file.closed


@pytest.mark.parametrize("broken", ["cut", "no gzip"])
def test_a_broken_one(tmp_path, broken):
    path = write(tmp_path, "x.csv.gz")
    path.write_bytes(path.read_bytes()[:-20] if broken == "cut" else CONTENT)
    told = r"x\.csv\.gz: the gzip file is broken or cut"
    with pytest.raises(ValueError, match=told), unpacked(path) as file:
        file.read()


def test_other_errors_stay(tmp_path):
    with pytest.raises(KeyError), unpacked(write(tmp_path, "x.csv")):
        raise KeyError
