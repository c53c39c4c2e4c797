"""Compile Triton's kernels for cards that are not there, and say what they take.

Run as ``python tests/compile_triton.py``: one line of JSON for each kernel and card,
with its registers a thread, bytes spilled, and bytes of shared memory.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

os.environ.pop("TRITON_INTERPRET", None)  # before Triton is loaded

import torch
import triton
from triton.backends.compiler import GPUTarget
from triton.compiler import ASTSource

from hanrock_sk.model.layout.rows import aligned
from hanrock_sk.model.ops import (
    triton_gru,
    triton_gru_diagonal,
    triton_pooling,
    triton_words,
)
from hanrock_sk.model.ops.triton_attention import (
    row_blocks,
    sequence_blocks,
)
from hanrock_sk.model.ops.triton_recurrence import (
    WARPS,
    blocks,
    diagonal_blocks,
)

CARDS = {"sm_80": 80, "sm_90a": 90}
TYPES = {torch.float32: "fp32", torch.float64: "fp64"}
WHOLE = {"offsets", "index", "mirror", "words", "talkturn"}
SIZES = {"steps", "groups", "rows", "count", "words_read", "vocabulary"}


def kernels() -> list[tuple[str, Any, torch.dtype, dict[str, Any]]]:
    """Every kernel at the sizes where it takes most, by name."""
    cases = []
    for dtype, name in TYPES.items():
        for hidden in (128, 256):
            constants = blocks(hidden, dtype) | {"HAS_MASK": True}
            cases += [
                (f"forward {hidden} {name}", triton_gru.forward, dtype,
                 constants | {"HAS_INDEX": False}),
                (f"backward {hidden} {name}", triton_gru.backward, dtype, constants),
            ]  # fmt: skip
        constants = diagonal_blocks(16) | {"HAS_MASK": True}
        cases += [
            (f"diagonal forward {name}", triton_gru_diagonal.diagonal_forward, dtype,
             constants | {"HAS_INDEX": False}),
            (f"diagonal backward {name}", triton_gru_diagonal.diagonal_backward, dtype,
             constants),
            (f"compare {name}", triton_pooling.compare, dtype, row_blocks(128)),
            (f"pool {name}", triton_pooling.pool, dtype, sequence_blocks(128)),
            (f"spread {name}", triton_pooling.spread, dtype, sequence_blocks(128)),
        ]  # fmt: skip
    rows = {"WIDTH": 300, "ALIGNED": aligned(300), "HAS_MASK": True}
    rows |= {"ROWS": 8, "NUMBERS": 512}
    cases.append(
        ("rows of words fp32", triton_words.write_word_rows, torch.float32, rows)
    )
    return cases


def assemble(ptx: str) -> dict[str, int]:
    """Ask NVIDIA's assembler what a kernel takes."""
    folder = Path(triton.__file__).parent / "backends" / "nvidia" / "bin"
    target = re.search(r"\.target (\w+)", ptx)
    assert target is not None
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch, "kernel.ptx")
        source.write_text(ptx)
        for assembler in sorted(folder.glob("ptxas*")):  # the older one comes first
            done = subprocess.run(
                [str(assembler), "-v", f"--gpu-name={target[1]}", str(source),
                 "-o", str(Path(scratch, "kernel.cubin"))],
                capture_output=True, text=True,
            )  # fmt: skip
            if done.returncode == 0:
                break
        done.check_returncode()
    registers = re.search(r"Used (\d+) registers", done.stderr)
    spilled = re.search(r"(\d+) bytes spill stores", done.stderr)
    assert registers is not None
    assert spilled is not None
    return {"registers": int(registers[1]), "spilled": int(spilled[1])}


def compile_for(
    card: int, kernel: Any, dtype: torch.dtype, constants: dict[str, Any]
) -> dict[str, int]:
    """Compile one kernel for a card; return what it takes."""
    options = {
        "num_warps": WARPS if "TERMS" in constants else 4,
        "enable_fp_fusion": True,
    }
    signature = {}
    for name in kernel.arg_names:
        if name in constants:
            signature[name] = "constexpr"
        elif name in SIZES:
            signature[name] = "i32"
        elif name in WHOLE:
            signature[name] = "*i64"
        else:
            signature[name] = f"*{TYPES[dtype]}"
    source = ASTSource(
        fn=kernel,
        signature=signature,
        constexprs={
            (kernel.arg_names.index(name),): value for name, value in constants.items()
        },
    )
    built = triton.compile(source, target=GPUTarget("cuda", card, 32), options=options)
    return assemble(built.asm["ptx"]) | {"shared": built.metadata.shared}


def main() -> None:
    """Print a line for each kernel and card."""
    wanted = sys.argv[1:]
    for name, kernel, dtype, constants in kernels():
        if wanted and not any(word in name for word in wanted):
            continue
        for card, number in CARDS.items():
            took = compile_for(number, kernel, dtype, constants)
            print(json.dumps({"kernel": name, "card": card, **took}), flush=True)


if __name__ == "__main__":
    main()
