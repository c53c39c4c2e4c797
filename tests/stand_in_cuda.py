"""A stand-in for a CUDA device: computes on the CPU, refuses to mix, and counts.

A tensor "on the card" wraps one on the CPU. Every operation that torch dispatches goes
through here: one that reads tensors of both places is refused, as CUDA refuses it;
what a card would launch, copy or wait for is counted. What CUDA's own kernels refuse,
races and speed it knows nothing about. For a process of its own: it changes torch, and
the library that `build` makes has to be loaded, and its `install_stand_in` called,
before torch is.
"""

from __future__ import annotations

import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode, return_and_correct_aliasing
from torch.utils._pytree import tree_leaves, tree_map
from torch.utils.cpp_extension import include_paths, library_paths

CARD = torch.device("cuda:0")
WAITING = {"_local_scalar_dense", "nonzero", "masked_select", "_unique2", "equal"}
WAITING |= {"is_nonzero", "bincount", "repeat_interleave"}
ALLOCATING = {"empty", "empty_like", "new_empty", "empty_strided", "new_empty_strided"}
VIEWING = {"_unsafe_view", "_reshape_alias", "lift_fresh", "set_", "resize_"}


class Counts:
    """What a card would have done."""

    def __init__(self) -> None:
        self.launches: Counter[str] = Counter()
        self.copies: Counter[str] = Counter()
        self.waits: Counter[str] = Counter()

    def total(self) -> dict[str, int]:
        """Sum each kind up."""
        return {name: each.total() for name, each in vars(self).items()}

    def clear(self) -> None:
        """Start from zero."""
        self.__init__()  # type: ignore[misc]


COUNTS = Counts()


class OnCard(Tensor):
    """A tensor that says it is on the card and holds one on the CPU."""

    held: Tensor

    @staticmethod
    def __new__(cls, held: Tensor) -> OnCard:
        tensor = Tensor._make_wrapper_subclass(
            cls, held.shape, strides=held.stride(), dtype=held.dtype, device=CARD,
            storage_offset=held.storage_offset(),
        )  # fmt: skip
        tensor.held = held
        return tensor

    def __tensor_flatten__(self) -> tuple[list[str], None]:
        return ["held"], None

    @staticmethod
    def __tensor_unflatten__(
        inner: Any, context: Any, size: Any, stride: Any
    ) -> OnCard:
        return OnCard(inner["held"])

    def __repr__(self) -> str:  # type: ignore[override]
        return f"OnCard({tuple(self.shape)}, {self.dtype})"

    def numpy(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError("can't convert cuda:0 device type tensor to numpy.")

    __array__ = numpy

    def data_ptr(self) -> int:
        raise RuntimeError("a tensor on the card has no address on the CPU")

    def tolist(self) -> Any:
        COUNTS.waits["tolist"] += 1
        return self.held.tolist()

    @classmethod
    def __torch_dispatch__(
        cls, func: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        return _dispatch(func, args, kwargs or {})


def held(value: Any) -> Any:
    """Return the tensor on the CPU behind one on the card."""
    return value.held if isinstance(value, OnCard) else value


def _on_card(value: Any) -> Any:
    is_here = isinstance(value, Tensor) and not isinstance(value, OnCard)
    return OnCard(value) if is_here else value


def _is_card(device: Any) -> bool:
    return device is not None and torch.device(device).type == "cuda"


def _dispatch(func: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    name = func.overloadpacket.__name__
    tensors = [each for each in tree_leaves((args, kwargs)) if isinstance(each, Tensor)]
    there = [each for each in tensors if isinstance(each, OnCard)]
    here = [each for each in tensors if not isinstance(each, OnCard)]
    device = kwargs.get("device")
    if not there and not _is_card(device):
        return func(*args, **kwargs)
    if name == "_to_copy" and device is not None and _is_card(device) != bool(there):
        COUNTS.copies["to the card" if _is_card(device) else "from the card"] += 1
        if there:
            COUNTS.waits["from the card"] += 1
            return func(held(args[0]), **kwargs)
        return OnCard(func(args[0], **kwargs | {"device": torch.device("cpu")}))
    if name == "copy_" and there and here:
        COUNTS.copies["to the card" if isinstance(args[0], OnCard) else "back"] += 1
        held(args[0]).copy_(held(args[1]))
        return args[0]
    if any(each.dim() for each in here):
        shapes = [tuple(each.shape) for each in here]
        raise RuntimeError(f"{name}: tensors of shapes {shapes} are on the CPU.")
    if name in WAITING:
        COUNTS.waits[name] += 1
    if name.startswith(("index", "_index_put")):
        indices = args[1] if isinstance(args[1], list | tuple) else []
        if any(each is not None and each.dtype == torch.bool for each in indices):
            COUNTS.waits[f"{name} by a mask"] += 1
    silent = ALLOCATING | VIEWING | WAITING
    if not getattr(func, "is_view", False) and name not in silent:
        COUNTS.launches[name] += 1
    if _is_card(device):
        kwargs = kwargs | {"device": torch.device("cpu")}
    result = func(*tree_map(held, args), **tree_map(held, kwargs))
    result = tree_map(_on_card, result)
    if not there:
        return result
    return return_and_correct_aliasing(func, args, kwargs, result)


class StandIn(TorchDispatchMode):
    """While it is entered, "cuda" is the stand-in."""

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        return _dispatch(func, args, kwargs or {})


def build(folder: Path) -> Path:
    """Compile the C++ half into a folder; return the library."""
    source, library = Path(__file__).with_suffix(".cpp"), folder / "stand_in.so"
    includes = [f"-I{path}" for path in include_paths()]
    libraries = [f"-L{path}" for path in library_paths()]
    libraries += [f"-Wl,-rpath,{path}" for path in library_paths()]
    subprocess.run(
        ["c++", "-O0", "-shared", "-fPIC", "-std=c++20", *includes, str(source),
         *libraries, "-lc10", "-ltorch_cpu", "-o", str(library)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return library


@contextmanager
def stand_in() -> Iterator[Counts]:
    """Pretend that there is a card; for good."""
    cuda: Any = torch.cuda
    cuda._lazy_init = lambda: None
    cuda.is_available = lambda: True
    cuda.device_count = lambda: 1
    cuda.current_device = lambda: 0
    cuda.get_rng_state = lambda device="cuda": torch.get_rng_state()
    cuda.set_rng_state = lambda state, device="cuda": None
    cuda.manual_seed = lambda seed: None
    cuda.device = _NoGuard
    torch.inference_mode = torch.no_grad  # type: ignore[misc, assignment]
    pinned = torch.empty

    def empty(*args: Any, pin_memory: bool = False, **kwargs: Any) -> Tensor:
        return pinned(*args, **kwargs)

    torch.empty = empty  # type: ignore[assignment]
    with StandIn():
        yield COUNTS


class _NoGuard:
    def __init__(self, device: Any) -> None:
        pass

    def __enter__(self) -> None:
        pass

    def __exit__(self, *exception: object) -> None:
        pass
