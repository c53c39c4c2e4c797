"""Which device to train and predict on."""

from __future__ import annotations

import math

import torch


def find_device(device: str) -> str:
    """Resolve a device name.

    Parameters
    ----------
    device : str
        "auto" takes CUDA, else MPS, else the CPU; anything else is a torch device
        that has to be there.

    Returns
    -------
    device : str
        A name torch knows.

    Raises
    ------
    ValueError
        If torch does not know the device, or cannot use it here.
    """
    if device == "auto":
        if torch.cuda.is_available():
            return "cuda"
        return "mps" if torch.backends.mps.is_available() else "cpu"
    try:
        named = torch.device(device)
    except RuntimeError as error:
        raise ValueError(f"device={device!r} is not a torch device.") from error
    n_devices = {
        "cuda": torch.cuda.device_count() if torch.cuda.is_available() else 0,
        "mps": int(torch.backends.mps.is_available()),
    }
    if (named.index or 0) >= n_devices.get(named.type, math.inf):
        raise ValueError(
            f"device={device!r}, but torch finds no such device here. Use "
            "device='auto' to take the best there is, or device='cpu'."
        )
    return device


def find_device_or_cpu(device: str) -> str:
    """Resolve a device name, falling back to the CPU: for models trained elsewhere."""
    try:
        return find_device(device)
    except ValueError:
        return "cpu"
