"""Our own product of large matrices, against the library's."""

from __future__ import annotations

import types

import pytest
import torch

from hanrock_sk.model.native import loading
from hanrock_sk.model.ops import compiled_product, eager_product
from hanrock_sk.model.ops.compiled_product import run as multiply

# Tiles have up to 6 rows and 64 columns, blocks 48 rows, panels 152 of the right
# matrix's, of which three are packed at once; vectors have up to 16 numbers.
SIZES = [(8, 8, 8), (10, 152, 64), (49, 153, 83), (95, 400, 208), (333, 305, 17)]
SIZES += [(50, 457, 40)]


@pytest.fixture
def own(each_library, monkeypatch):
    """Multiply with our own product on any machine."""
    monkeypatch.setattr(eager_product, "run", None)


def within(rows, columns, dtype, *, turned=False):
    """Random numbers that are part of a larger table; `turned` is the other way."""
    if turned:
        return within(columns, rows, dtype).t()
    return torch.randn(rows + 1, columns + 5, dtype=dtype)[1:, 3 : 3 + columns]


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("left_turned", [False, True])
@pytest.mark.parametrize("right_turned", [False, True])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_is_the_product(sizes, left_turned, right_turned, dtype, own):
    torch.manual_seed(0)
    rows, inner, columns = sizes
    left = within(rows, inner, dtype, turned=left_turned)
    right = within(inner, columns, dtype, turned=right_turned)
    table = torch.full((rows + 2, columns + 2), torch.nan, dtype=dtype)
    out = table[1:-1, 1:-1]
    assert multiply(left, right, out) is out
    expected = left.double() @ right.double()
    tolerance = inner * torch.finfo(dtype).eps
    torch.testing.assert_close(out.double(), expected, rtol=0, atol=4 * tolerance)
    out.fill_(torch.nan)
    assert table.isnan().all()  # nothing was written beside it


def test_any_number_of_threads(own):
    """Each number is the same to the last bit."""
    torch.manual_seed(0)
    left, right = torch.randn(400, 95).t(), torch.randn(400, 208)
    before = torch.get_num_threads()
    found = []
    for number in (1, 2, 3, 8, 64):
        torch.set_num_threads(number)
        found.append(multiply(left, right, torch.empty(95, 208)))
    torch.set_num_threads(before)
    for other in found[1:]:
        assert torch.equal(found[0], other)


def test_not_a_number_stays_in_its_row(own):
    left, right = torch.ones(60, 200), torch.ones(200, 32)
    left[7, 180] = torch.nan
    out = multiply(left, right, torch.empty(60, 32))
    assert out.isnan().all(1).nonzero().tolist() == [[7]]
    assert out.isnan().sum() == 32


@pytest.mark.parametrize("sizes", [(7, 40, 50), (30, 7, 50), (30, 40, 7), (30, 0, 50)])
def test_thin_matrices_are_left_to_the_library(sizes, monkeypatch):
    monkeypatch.setattr(compiled_product, "call", None)
    rows, inner, columns = sizes
    out = torch.full((rows, columns), torch.nan)
    multiply(torch.ones(rows, inner), torch.ones(inner, columns), out)
    assert (out == inner).all()


def test_what_compiled_code_cannot_write_is_left_too(monkeypatch):
    monkeypatch.setattr(compiled_product, "call", None)
    out = torch.empty(50, 30).t()
    assert (multiply(torch.ones(30, 40), torch.ones(40, 50), out) == 40).all()


def test_groups_are_multiplied_one_by_one(own):
    torch.manual_seed(0)
    left, right = torch.randn(2, 30, 40).double(), torch.randn(2, 40, 50).double()
    out = torch.empty(2, 30, 50).double()
    assert compiled_product.run_each(left, right, out) is out
    for group in range(2):
        torch.testing.assert_close(out[group], left[group] @ right[group])


def test_sizes_that_do_not_agree():
    with pytest.raises(RuntimeError, match="cannot be multiplied"):
        multiply(torch.ones(30, 40), torch.ones(41, 50), torch.empty(30, 50))


@pytest.mark.parametrize("amd", [True, False])
@pytest.mark.parametrize("mkl", [True, False])
@pytest.mark.parametrize("capability", ["AVX512", "AVX2", "DEFAULT"])
def test_it_is_for_vectors_of_amd_under_mkl(amd, mkl, capability, monkeypatch):
    library = types.SimpleNamespace(processor_is_amd=lambda: int(amd))
    monkeypatch.setattr(loading, "compiled", lambda: library)
    monkeypatch.setattr(torch.backends.mkl, "is_available", lambda: mkl)
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: capability)
    expected = amd and mkl and capability != "DEFAULT"
    assert loading.library_is_slower.__wrapped__() == expected
    monkeypatch.setattr(loading, "compiled", lambda: None)
    assert not loading.library_is_slower.__wrapped__()
