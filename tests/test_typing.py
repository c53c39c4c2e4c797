"""The package has types, and every public signature tells them.

That a type checker sees them is for mypy, with typed_usage.py.
"""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest
from public_names import public_modules

import hanrock_sk


def public_functions():
    """The functions, and the methods of the classes, that people call, by name."""
    for module in [hanrock_sk, *public_modules()]:
        for name in module.__all__:
            thing = getattr(module, name)
            if inspect.isfunction(thing):
                yield f"{module.__name__}.{name}", thing
            elif inspect.isclass(thing):
                for short, member in inspect.getmembers(thing):
                    member = getattr(member, "fget", member)  # of a property
                    if not inspect.isroutine(member) or inspect.isbuiltin(member):
                        continue
                    ours = getattr(member, "__module__", "").startswith("hanrock_sk")
                    if ours and (short == "__init__" or not short.startswith("_")):
                        yield f"{module.__name__}.{name}.{short}", member


FUNCTIONS = dict(sorted(public_functions()))


def test_the_package_says_that_it_has_types():
    assert Path(hanrock_sk.__file__).with_name("py.typed").is_file()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_parameter_and_what_is_returned_have_a_type(name):
    signature = inspect.signature(FUNCTIONS[name])
    untyped = [
        parameter.name
        for parameter in signature.parameters.values()
        if parameter.annotation is parameter.empty and parameter.name != "self"
    ]
    assert untyped == []
    assert signature.return_annotation is not signature.empty
