"""Text files: decoded, or refused with file and line."""

from __future__ import annotations

import pytest

from hanrock_sk.files.text import existing_file, read_json, read_text


def test_missing_folder_and_empty(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"There is no file .*nobody\.txt"):
        existing_file(tmp_path / "nobody.txt")
    with pytest.raises(IsADirectoryError, match="is a folder"):
        existing_file(tmp_path)
    (tmp_path / "empty.txt").touch()
    with pytest.raises(ValueError, match=r"empty\.txt is empty"):
        read_text(tmp_path / "empty.txt")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_byte_order_marks_are_heeded(tmp_path, encoding):
    path = tmp_path / "said.txt"
    path.write_text("caf\u00e9\n", encoding=encoding)
    assert read_text(path) == "caf\u00e9\n"


def test_another_encoding(tmp_path):
    path = tmp_path / "said.txt"
    path.write_bytes("one\ntwo\ncaf\u00e9\n".encode("cp1252"))
    with pytest.raises(ValueError, match=r"said\.txt, line 3: byte b'\\xe9'"):
        read_text(path)
    assert read_text(path, "cp1252") == "one\ntwo\ncaf\u00e9\n"


def test_mixed_encodings_are_replaced_only_with_a_warning(tmp_path):
    path = tmp_path / "said.txt"
    path.write_bytes("caf\u00e9\n".encode() + "caf\u00e9\n".encode("cp1252"))
    with pytest.warns(UserWarning, match=r"said\.txt, line 2: byte b'\\xe9'"):
        assert read_text(path, replace=True) == "caf\u00e9\ncaf\ufffd\n"


def test_binary_file(tmp_path):
    path = tmp_path / "said.txt"
    path.write_bytes(b"RIFF\x00\x00WAVE")
    with pytest.raises(ValueError, match=r"said\.txt is not a text file"):
        read_text(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": [1,\n2', "line 2: the JSON ends too early"),
        ('{"a": [1,\n2}', "line 2: "),
        ('{"a": 1}\nx', "line 2: Extra data"),
        ("not JSON", "line 1: "),
    ],
)
def test_broken_json(tmp_path, text, message):
    path = tmp_path / "words.json"
    path.write_text(text)
    with pytest.raises(ValueError, match=rf"words\.json, {message}"):
        read_json(path)


def test_files_too_large_to_be_what_they_should(tmp_path):
    """Ten gigabytes, of which not one is read."""
    path = tmp_path / "words.json"
    with path.open("wb") as file:
        file.truncate(10 << 30)
    with pytest.raises(ValueError, match=r"words\.json has 10,737,418,240 bytes"):
        read_text(path)
    with path.open("wb") as file:
        file.truncate(100 << 20)
    with pytest.raises(ValueError, match=r"read up to 67,108,864"):
        read_json(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[" * 100_000, "nested too deeply"),
        ('{"a":' * 100_000, "nested too deeply"),
        ('{"segments": [' + "9" * 10_000 + "]}", "4300 digits"),
    ],
)
def test_json_bombs(tmp_path, text, message):
    path = tmp_path / "words.json"
    path.write_text(text)
    with pytest.raises(ValueError, match=rf"words\.json: .*{message}"):
        read_json(path)


def test_json_cut_inside_a_string(tmp_path):
    path = tmp_path / "words.json"
    path.write_text('{"a": 1,\n"segm')
    with pytest.raises(ValueError, match=r"words\.json, line 2: .*cut short"):
        read_json(path)
