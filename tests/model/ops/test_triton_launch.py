"""How Triton's kernels are launched, without Triton."""

from __future__ import annotations

import torch

from hanrock_sk.model.ops.triton_launch import launch, power_of_two, precision


def test_powers_of_two_against_counting_up():
    for number in range(1, 1030):
        power = 1
        while power < number:
            power *= 2
        assert power_of_two(number) == power
    assert power_of_two(0) == 1


def test_precision_is_torchs():
    """Of its switch, which every process has; here it is put back."""
    matmul = torch.backends.cuda.matmul
    before, told = matmul.allow_tf32, []
    for switch in (False, True):
        matmul.allow_tf32 = switch
        told.append(precision())
    matmul.allow_tf32 = before
    assert told == ["ieee", "tf32"]


class Kernel:
    """Notes what it is launched with."""

    def __getitem__(self, grid):
        self.grid = grid
        return self

    def __call__(self, *given, **options):
        self.given, self.options = given, options


def test_a_launch():
    kernel = Kernel()
    launch(kernel, (3, 2), "gates", 7, UNITS=16)
    assert (kernel.grid, kernel.given) == ((3, 2), ("gates", 7))
    assert kernel.options == {"num_warps": 4, "enable_fp_fusion": True, "UNITS": 16}
    launch(kernel, (1,), warps=8)
    assert kernel.options == {"num_warps": 8, "enable_fp_fusion": True}
