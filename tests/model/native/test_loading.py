"""Compiled steps are found, and used for what they can do alone."""

from __future__ import annotations

import ctypes
import importlib.util
import re
import shutil
import subprocess
import sys
import types
from pathlib import Path

import pytest
import torch

from hanrock_sk.model.native import loading

REPOSITORY = Path(__file__).resolve().parents[3]


def forget():
    """Load anew when it is next asked for."""
    loading.compiled.cache_clear()
    loading.function.cache_clear()


def copy_source(folder):
    """Copy the C++ files."""
    for pattern in ("*.cpp", "*.h"):
        for file in loading.FOLDER.glob(pattern):
            shutil.copy(file, folder)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The C++ files in a folder of their own, with nothing loaded."""
    copy_source(tmp_path)
    monkeypatch.setattr(loading, "FOLDER", tmp_path)
    forget()
    yield tmp_path
    forget()


@pytest.fixture(scope="module")
def build_native():
    """`build_native.py`, without the builder that calls it."""
    name = "hatchling.builders.hooks.plugin.interface"
    stand_in = types.ModuleType(name)
    stand_in.BuildHookInterface = object
    spec = importlib.util.spec_from_file_location(
        "build_native", REPOSITORY / "build_native.py"
    )
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, name, stand_in)
        spec.loader.exec_module(module)
    module.PROCESSORS = {"default": ["-O0"]}  # quickly
    return module


@pytest.fixture(scope="module")
def compiler():
    if shutil.which("c++") is None:
        pytest.skip("no C++ compiler")


@pytest.fixture(scope="module")
def wheel(compiler, build_native, tmp_path_factory):
    """A folder in which a wheel is built, once, and what its builder is told."""
    folder = tmp_path_factory.mktemp("built")
    copy_source(folder)
    hook = build_native.BuildHook()
    hook.root = folder
    told = {"artifacts": [], "pure_python": True}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(build_native, "FOLDER", Path("."))
        hook.initialize("standard", told)
    return folder, told


@pytest.fixture(scope="module")
def built(wheel):
    """The library and the record that the steps are compiled to."""
    folder, _ = wheel
    return folder / "compiled" / "default.so", folder / "compiled" / "built_with.json"


@pytest.fixture
def compiled_folder(folder, built):
    """The C++ files, and what is compiled of them."""
    (folder / "compiled").mkdir()
    for file in built:
        shutil.copy(file, folder / "compiled")
    return folder


def exported(folder):
    """The names of all functions that the C++ files export."""
    code = "".join(file.read_text() for file in folder.glob("*.cpp"))
    return re.findall(r"^HANROCK_EXPORT\((\w+)\)$", code, re.MULTILINE)


def test_what_is_compiled_is_loaded(built, folder, request):
    assert not loading.has_compiled_kernels()
    loading.compiled.cache_clear()
    request.getfixturevalue("compiled_folder")
    assert loading.has_compiled_kernels()
    assert len(exported(folder)) == 11
    for name in exported(folder):
        for dtype in loading.TYPES:
            assert loading.function(name, dtype).restype is None


def test_signatures_are_those_of_the_functions(compiled_steps):
    """Ten tables and three sizes go back through a recurrence, for example."""
    given = loading.function("recurrence_back", torch.float32).argtypes
    assert given == (ctypes.c_void_p,) * 10 + (ctypes.c_int64,) * 3
    with pytest.raises(TypeError):
        loading.call("recurrence_back", torch.float32, 1, 2)


def test_the_environment_leaves_it_aside(monkeypatch, compiled_folder):
    monkeypatch.setenv("HANROCK_SK_NATIVE", "0")
    assert not loading.has_compiled_kernels()


def test_other_source_is_not_called(compiled_folder):
    with (compiled_folder / "elementary.h").open("a") as header:
        header.write("// changed\n")
    with pytest.warns(UserWarning, match=r"other source.*Install hanrock-sk again"):
        assert loading.compiled() is None


def test_what_is_no_library_is_left_aside(folder):
    (folder / "compiled").mkdir()
    (folder / "compiled" / "default.so").write_text("not a library")
    with pytest.warns(UserWarning, match=r"default\.so cannot be loaded"):
        assert loading.compiled() is None


def test_nothing_compiled_is_nothing_to_warn_of(folder, recwarn):
    assert loading.compiled() is None
    assert loading.build_record() == {}
    assert not recwarn.list


def test_the_build_says_what_it_used(compiled_folder):
    record = loading.build_record()
    assert record["compiler"]
    assert "-O3" in record["flags"]
    assert record["processors"] == ["default"]


@pytest.mark.skipif(sys.platform != "linux", reason="reads ELF files")
def test_the_library_asks_for_no_openmp_of_its_own(built):
    """It has to share torch's threads; a second library would have its own."""
    made, _ = built
    assert b"libgomp" not in made.read_bytes()
    assert b"GOMP_parallel" in made.read_bytes()


@pytest.mark.parametrize("compiler", ["no-such-compiler", "false"])
def test_without_a_compiler_the_package_is_built_all_the_same(
    monkeypatch, capsys, folder, build_native, compiler
):
    monkeypatch.setenv("CXX", compiler)
    hook = build_native.BuildHook()
    hook.root = REPOSITORY
    monkeypatch.setattr(build_native, "FOLDER", folder)
    data = {"artifacts": [], "pure_python": True}
    hook.initialize("standard", data)
    assert data == {"artifacts": [], "pure_python": True}
    assert "built without compiled kernels" in capsys.readouterr().err
    monkeypatch.setenv("HANROCK_SK_NATIVE", "1")
    with pytest.raises(RuntimeError, match="HANROCK_SK_NATIVE=1 asks for them"):
        hook.initialize("standard", data)
    with pytest.raises((OSError, subprocess.CalledProcessError)):
        build_native.compile_steps(folder)


def test_a_wheel_of_python_alone(monkeypatch, build_native):
    monkeypatch.setenv("HANROCK_SK_NATIVE", "0")
    data = {"artifacts": []}
    build_native.BuildHook().initialize("standard", data)
    assert data == {"artifacts": []}


def test_the_wheel_says_what_it_is_for(wheel):
    folder, data = wheel
    assert data["artifacts"] == [
        "/compiled/default.so",
        "/compiled/built_with.json",
    ]
    made = {f"/{file.relative_to(folder)}" for file in folder.glob("compiled/*")}
    assert made == set(data["artifacts"])
    assert data["pure_python"] is False
    assert data["tag"].startswith("py3-none-")


@pytest.mark.parametrize(
    ("platform", "wheel"),
    [
        ("linux-x86_64", "linux_x86_64"),
        ("macosx-11.0-arm64", "macosx_11_0_arm64"),
        ("macosx-10.9-universal2", "macosx_11_0_arm64"),
    ],
)
def test_a_wheel_is_for_the_processor_compiled_for(
    monkeypatch, build_native, platform, wheel
):
    monkeypatch.setattr(build_native.sysconfig, "get_platform", lambda: platform)
    monkeypatch.setattr(build_native.platform, "machine", lambda: "arm64")
    assert build_native.wheel_platform() == wheel


def test_both_know_the_same_source(build_native):
    assert (
        build_native.source_fingerprint(loading.FOLDER) == loading.source_fingerprint()
    )
