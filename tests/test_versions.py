"""show_versions: what is installed, how it was built, what the engine uses."""

from __future__ import annotations

import io
import platform
from importlib.metadata import PackageNotFoundError

import pytest
import torch

import hanrock_sk
from hanrock_sk import versions
from hanrock_sk.model.native import loading


def shown():
    file = io.StringIO()
    hanrock_sk.show_versions(file)
    return file.getvalue()


class Installed:
    """A distribution with a WHEEL file."""

    def __init__(self, text):
        self.text = text

    def read_text(self, name):
        assert name == "WHEEL"
        return self.text


def test_versions_of_the_package_of_python_and_of_what_it_needs():
    text = shown()
    assert text.startswith(f"hanrock-sk {hanrock_sk.__version__}, ")
    assert f"Python {platform.python_version()}" in text
    assert f"    torch: {torch.__version__}" in text
    assert text.count("\n    torch: ") == 1


def test_every_wheel_tag_is_shown(monkeypatch):
    told = Installed(
        "Wheel-Version: 1.0\nTag: py3-none-manylinux_2_17_x86_64\n"
        "Tag: py3-none-manylinux2014_x86_64\n"
    )
    monkeypatch.setattr(versions, "distribution", lambda name: told)
    first = shown().splitlines()[0]
    assert first.endswith(
        "from a wheel for py3-none-manylinux_2_17_x86_64, py3-none-manylinux2014_x86_64"
    )


def test_a_copy_that_is_not_installed(monkeypatch):
    def absent(name):
        raise PackageNotFoundError(name)

    for function in ("distribution", "requires", "version"):
        monkeypatch.setattr(versions, function, absent)
    text = shown()
    assert text.splitlines()[0].endswith("not installed from a wheel")
    assert "    skorch: not installed" in text


def test_needed_packages_come_before_optional_ones_and_each_once(monkeypatch):
    told = [
        "torch>=2.6",
        "joblib>=1.4",
        'pandas>=2.2; extra == "pandas"',
        'hanrock-sk[pandas]; extra == "docs"',
        'joblib>=1.5; extra == "dask"',
        'ruff>=0.15; extra == "dev"',
    ]
    monkeypatch.setattr(versions, "requires", lambda name: told)
    last = shown().split("can use:\n")[1].splitlines()
    names = [line.strip().split(":")[0] for line in last]
    assert names == ["torch", "joblib", "pandas"]


class TestEngine:
    @pytest.fixture(autouse=True)
    def _load_anew(self):
        loading.compiled.cache_clear()
        yield
        loading.compiled.cache_clear()

    def test_compiled_kernels_and_what_compiled_them(self, tmp_path, monkeypatch):
        record = tmp_path / "compiled" / "built_with.json"
        record.parent.mkdir()
        record.write_text('{"compiler": "c++ 1.2", "flags": "-O3 -fopenmp"}')
        monkeypatch.setattr(loading, "FOLDER", tmp_path)
        monkeypatch.setattr(loading, "compiled", lambda: object())
        text = shown()
        assert "Engine: compiled kernels, default" in text
        assert "    compiled by c++ 1.2, -O3 -fopenmp" in text

    def test_none_in_this_copy(self, tmp_path, monkeypatch):
        monkeypatch.setattr(loading, "FOLDER", tmp_path)
        assert "no compiled kernels in this copy" in shown()

    def test_left_aside(self, monkeypatch):
        monkeypatch.setenv("HANROCK_SK_NATIVE", "0")
        assert "torch's operations: HANROCK_SK_NATIVE=0 is set" in shown()

    def test_they_do_not_fit(self, tmp_path, monkeypatch):
        (tmp_path / "compiled").mkdir()
        (tmp_path / "compiled" / "default.so").write_text("not a library")
        monkeypatch.setattr(loading, "FOLDER", tmp_path)
        with pytest.warns(UserWarning, match="cannot be loaded"):
            text = shown()
        assert "the compiled kernels do not fit" in text
