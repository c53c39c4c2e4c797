"""A file is written whole or not at all: disks fill up, folders are read-only."""

from __future__ import annotations

import errno
import os
import resource
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest
from frames import DataFrame
from tiny_estimators import talkturns, tiny_classifier

from hanrock_sk.explain import Report
from hanrock_sk.files.whole import whole_file
from hanrock_sk.saving import save_model, save_weights

NOBODY = 65534


@contextmanager
def full_disk():
    """No file of this process may grow beyond a kilobyte; the kernel sees to it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def read_only(folder):
    """A folder in which we may not write, even as root."""
    folder.chmod(0o555)
    root = os.geteuid() == 0
    if root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)
        folder.chmod(0o755)


@pytest.fixture
def folder():
    """One that others can reach too, unlike pytest's."""
    with tempfile.TemporaryDirectory() as name:
        os.chmod(name, 0o755)
        yield Path(name)


@pytest.fixture(scope="module")
def model():
    columns, y = talkturns()
    return tiny_classifier().fit(DataFrame(columns), y)


WRITERS = {
    "model": save_model,
    "weights": save_weights,
    "report": lambda model, path: Report("x" * 5000).write(path),
}


@pytest.mark.parametrize("kind", WRITERS)
class TestAFileThatWasThere:
    def test_survives_a_full_disk(self, kind, model, folder):
        path = folder / "file"
        path.write_text("old")
        with full_disk(), pytest.raises(OSError, match="file was not written") as error:
            WRITERS[kind](model, path)
        assert error.value.errno == errno.EFBIG
        assert "The file that was there is unchanged." in str(error.value)
        assert path.read_text() == "old"
        assert os.listdir(folder) == ["file"]

    def test_survives_a_read_only_folder(self, kind, model, folder):
        path = folder / "file"
        path.write_text("old")
        path.chmod(0o666)  # the file itself could be written, hence spoilt
        WRITERS[kind](model, folder / "other")  # everything needed is imported
        (folder / "other").unlink()
        with read_only(folder), pytest.raises(PermissionError, match="not written"):
            WRITERS[kind](model, path)
        assert path.read_text() == "old"
        assert os.listdir(folder) == ["file"]

    def test_is_replaced_else(self, kind, model, folder):
        path = folder / "file"
        path.write_text("old")
        path.chmod(0o640)
        assert WRITERS[kind](model, str(path)) == path
        assert path.stat().st_size > 1024
        assert path.stat().st_mode & 0o777 == 0o640
        assert os.listdir(folder) == ["file"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_an_interrupt_leaves_no_draft(tmp_path, error):
    path = tmp_path / "file"

    def write():
        with whole_file(path) as draft:
            draft.write_text("half")
            raise error

    with pytest.raises(error):
        write()
    assert os.listdir(tmp_path) == []


def test_a_new_file_says_nothing_of_an_old_one(tmp_path):
    path = tmp_path / "none" / "file"
    with pytest.raises(FileNotFoundError) as caught, whole_file(path) as draft:
        draft.write_text("")
    assert "unchanged" not in str(caught.value)


def test_a_link_stays_one(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "file")
    with whole_file(tmp_path / "link") as draft:
        draft.write_text("new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "file").read_text() == "new"
