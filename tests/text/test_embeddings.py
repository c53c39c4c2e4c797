"""Word vectors from files and mappings; every way a file can be wrong."""

from __future__ import annotations

import gzip
import tracemalloc

import numpy as np
import pytest

from hanrock_sk.text import embeddings, load_embeddings

GLOVE = "the 0.5 -1 2e-1\ncat 1 2 3\n. . . 7 8 9\ncat 4 4 4\n"
WORDS = ["cat", "dog", ". . .", "the"]
MATRIX = [[1, 2, 3], [0, 0, 0], [7, 8, 9], [0.5, -1, 0.2]]


@pytest.fixture
def vectors_file(tmp_path):
    """A function that writes a file of vectors and returns its path."""

    def write(content, name="vectors.txt"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def assert_loaded(loaded):
    matrix, result = loaded
    assert matrix.dtype == np.float32
    assert result.tolist() == [True, False, True, True]
    np.testing.assert_array_equal(matrix, np.array(MATRIX, dtype=np.float32))


@pytest.mark.parametrize(
    "content",
    [
        GLOVE,
        "4 3\n" + GLOVE,
        GLOVE.replace("\n", "\r\n"),
        GLOVE.replace("\n", " \n"),  # as the word2vec tool writes
        GLOVE.rstrip("\n"),
        GLOVE + "\n\n",
        "\ufeff" + GLOVE,
        b"\xff\xfe 1 2 3\n" + GLOVE.encode(),
    ],
    ids=["glove", "word2vec", "crlf", "space", "cut", "blank", "bom", "not utf-8"],
)
@pytest.mark.parametrize("zipped", [False, True])
def test_formats(vectors_file, content, zipped):
    if isinstance(content, str):
        content = content.encode()
    path = vectors_file(gzip.compress(content) if zipped else content)
    assert_loaded(load_embeddings(path, WORDS))
    assert_loaded(load_embeddings(str(path), WORDS, expected_width=3))


def test_mapping():
    source = {"the": (0.5, -1, 0.2), "cat": np.array([1, 2, 3]), ". . .": [7, 8, 9]}
    assert_loaded(load_embeddings(source, WORDS))
    assert_loaded(load_embeddings(source, WORDS, expected_width=3))


def test_words_beyond_ascii(vectors_file):
    path = vectors_file("caf\u00e9 1 2\n\u4f60 3 4\nnon\u00a0breaking 5 6\n")
    words = ["\u4f60", "non\u00a0breaking", "caf\u00e9"]
    matrix, result = load_embeddings(path, words)
    assert result.all()
    assert matrix.tolist() == [[3, 4], [5, 6], [1, 2]]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a 1 2\nb 1\n", "line 2: 1 numbers, expected 2"),
        ("a 1 2\nb 1 2 3\n", "line 2: 3 numbers, expected 2"),
        ("2 2\na 1 2\nb 1\n", "line 3: 1 numbers, expected 2"),
        ("a 1 2\nb\n", "line 2: 0 numbers, expected 2"),
        ("a\nb\n", "line 1: 0 numbers, expected some"),
        ("a 1 x\n", "line 1: the vector holds something else than numbers"),
        ("a 1  2\n", "line 1: the vector holds something else than numbers"),
        ("b 1 2\na 1 nan\n", "line 2: the vector holds NaN or an infinite"),
        ("a 1 1e99\n", "line 1: the vector holds NaN or an infinite"),
        ("", "holds no word vectors"),
        ("3 2\na 1 2\nb 1 2\n", "ends after 2 of the 3 vectors"),
        ("b 1 2\n", "Not one of the 1 words has a vector in"),
        (b"PK\x03\x04...", "is a zip archive; unpack it first"),
        (b"2 2\n" + bytes(range(1, 9)) * 200_000, "line 2 is longer than 1,048,576"),
        (
            gzip.compress(GLOVE.encode(), mtime=0)[:-20],
            "after line [0-9]: Compressed file",
        ),
    ],
)
def test_bad_files_are_named_with_the_line(vectors_file, content, message):
    path = vectors_file(content)
    with pytest.raises(ValueError, match=message) as complaint:
        load_embeddings(path, ["a"])
    assert str(path) in str(complaint.value)


@pytest.mark.parametrize("header", ["", "2 2\n"])
@pytest.mark.parametrize("width", [1, 3])
def test_expected_width_of_a_file(vectors_file, header, width):
    path = vectors_file(header + "a 1 2\nb 1 2\n")
    with pytest.raises(ValueError, match=f"line 1.* expected {width}"):
        load_embeddings(path, ["a"], expected_width=width)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ({"a": [1, 2], "b": [1]}, "Word 'b': 1 numbers, expected 2"),
        ({"a": [1, "x"]}, "Word 'a': the vector holds something else"),
        ({"a": None}, "Word 'a': the vector holds NaN|a vector is a list of numbers"),
        ({"a": [[1, 2]]}, "Word 'a': a vector is a list of numbers"),
        ({"a": []}, "Word 'a': a vector is a list of numbers"),
        ({"a": [1, np.inf]}, "Word 'a': the vector holds NaN or an infinite"),
        ({"z": [1, 2]}, "Not one of the 2 words has a vector in the mapping"),
    ],
)
def test_bad_mappings_are_named_with_the_word(source, message):
    with pytest.raises(ValueError, match=message):
        load_embeddings(source, ["a", "b"])


def test_expected_width_of_a_mapping():
    with pytest.raises(ValueError, match="Word 'a': 2 numbers, expected 3"):
        load_embeddings({"a": [1, 2]}, ["a"], expected_width=3)


def test_other_sources():
    with pytest.raises(TypeError, match=r"from a path or from a mapping .* got list"):
        load_embeddings([[1, 2]], ["a"])
    with pytest.raises(FileNotFoundError, match=r"nowhere\.txt"):
        load_embeddings("nowhere.txt", ["a"])


def test_words_must_differ():
    with pytest.raises(ValueError, match="some occur twice"):
        load_embeddings({"a": [1]}, ["a", "a"])


def test_endless_line_is_not_read_to_its_end(vectors_file):
    path = vectors_file(gzip.compress(b"a 1 2\n" + b"b" * 50_000_000), "bomb.txt.gz")
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="line 2 is longer"):
            load_embeddings(path, ["a"])
        assert tracemalloc.get_traced_memory()[1] < 5 * embeddings.LONGEST_LINE
    finally:
        tracemalloc.stop()


def test_ten_gigabytes_of_nothing(vectors_file, tmp_path):
    path = vectors_file("a 1 2\n", "large.txt")
    with open(path, "ab") as file:
        file.truncate(10 << 30)
    with pytest.raises(ValueError, match="line 2 is longer"):
        load_embeddings(path, ["a"])


def test_a_line_that_wants_a_gigabyte_of_vectors(vectors_file):
    """A hundred thousand numbers on a line, for each of thousands of words."""
    path = vectors_file("a" + " 1" * 100_000)
    with pytest.raises(ValueError, match="line 1: a vector of 100,000 numbers"):
        load_embeddings(path, ["a", *map(str, range(5000))])


def test_only_wanted_vectors_are_kept(vectors_file):
    lines = (f"word{number} " + "0.25 " * 99 + "1" for number in range(5000))
    path = vectors_file("\n".join(lines))
    tracemalloc.start()
    try:
        matrix, _ = load_embeddings(path, ["word4999"])
        assert tracemalloc.get_traced_memory()[1] < 200_000
    finally:
        tracemalloc.stop()
    assert matrix[0, -1] == 1
