"""A pretrained encoder at work: texts to vectors of word pieces, by transformers.

Texts are read in batches of equally many pieces. There is no padding then, so a vector
does not depend on the texts that were read beside it, and nothing is computed in vain.
"""

from __future__ import annotations

import warnings
from collections import OrderedDict, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from hanrock_sk._base.seeding import generator_given_back
from hanrock_sk.text.early_exit import EarlyExit
from hanrock_sk.text.encoder_files import INSTALL, content_hash, read_position_limit
from hanrock_sk.text.word_pieces import Pieces

PIECES_IN_BATCH = 4096
"""Of long texts, a batch holds fewer than `batch_size`."""

FEWEST_PIECES = 16
"""Products of fewer rows take other kernels, which round otherwise: alone, a short
text would have other vectors than in a crowd. It is read several times over, then."""

TEXTS_AT_ONCE = 1024
"""Texts whose pieces are in memory at a time."""

ENCODERS_LOADED = 2
"""Encoders that a process holds at a time."""


class Encoder:
    """An encoder in memory.

    Parameters
    ----------
    folder : pathlib.Path
        Its files; see `encoder_folder`.
    device : str
        Where it computes.

    Attributes
    ----------
    n_layers : int
        Layers, besides the embeddings.
    max_pieces : int
        Word pieces that it reads of a text, the special ones included.
    """

    def __init__(self, folder: Path, device: str) -> None:
        transformers, torch = _libraries()
        self._torch, self.device, self.name = torch, torch.device(device), str(folder)
        # Weights that are not there would be drawn: nobody's random state is to move.
        with _quiet(transformers), generator_given_back():
            tokenizer = _read_tokenizer(transformers, folder)
            self.model = _read_model(transformers, torch, folder, self.device)
        n_rows = self.model.get_input_embeddings().num_embeddings
        if len(tokenizer) > n_rows:
            raise ValueError(
                f"The tokenizer in {folder} has {len(tokenizer):,} word pieces, but "
                f"the encoder vectors for {n_rows:,}: they don't belong together."
            )
        self.n_layers = self.model.config.num_hidden_layers
        with torch.inference_mode():
            some = torch.zeros(1, FEWEST_PIECES, dtype=torch.int64, device=self.device)
            self._exit = EarlyExit(
                self.model, self.n_layers, partial(self.model, input_ids=some)
            )
        limits = [tokenizer.model_max_length, _positions(self.model)]
        limits += [read_position_limit(folder) or limits[0]]
        self.max_pieces = int(min(limits))
        self._tokenizer = tokenizer.backend_tokenizer
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(self.max_pieces)

    def split(self, texts: Sequence[str]) -> list[Pieces]:
        """Split texts into word pieces.

        Parameters
        ----------
        texts : sequence of str
            As they were said.

        Returns
        -------
        pieces : list of Pieces
            Of each text.
        """
        return [
            Pieces(
                np.array(found.ids, dtype=np.int64),
                np.array(found.offsets, dtype=np.int64).reshape(-1, 2),
                np.array(found.special_tokens_mask, dtype=bool),
                cut=bool(found.overflowing),
            )
            for found in self._tokenizer.encode_batch([_encodable(t) for t in texts])
        ]

    def read(
        self, pieces: Sequence[Pieces], layer: int, batch_size: int
    ) -> Iterator[tuple[list[int], np.ndarray]]:
        """Yield the vectors of texts, batch by batch.

        Parameters
        ----------
        pieces : sequence of Pieces
            The texts.
        layer : int
            0 is the embeddings, -1 the last layer.
        batch_size : int
            Texts in a batch, at most.

        Yields
        ------
        numbers : list of int
            Which texts these are.
        hidden : ndarray of float32, shape (n_texts, n_pieces, width)
            The vectors of their pieces.
        """
        if not -self.n_layers - 1 <= layer <= self.n_layers:
            raise ValueError(
                f"layer={layer}, but the encoder has {self.n_layers} layers: 0 is its "
                f"embeddings, {self.n_layers} or -1 its last layer."
            )
        by_length = defaultdict(list)
        for number, of_text in enumerate(pieces):
            by_length[len(of_text.ids)].append(number)
        for length, numbers in sorted(by_length.items()):
            size = max(1, min(batch_size, PIECES_IN_BATCH // max(length, 1)))
            for begin in range(0, len(numbers), size):
                batch = numbers[begin : begin + size]
                ids = np.stack([pieces[number].ids for number in batch])
                yield batch, self._hidden(ids, layer)

    def means(self, texts: Sequence[str], layer: int, batch_size: int) -> np.ndarray:
        """Return the mean vector of the pieces of each text.

        Parameters
        ----------
        texts : sequence of str
            Those that are alike in length side by side.
        layer, batch_size : int
            As in `read`.

        Returns
        -------
        means : ndarray of float32, shape (n_texts, width)
            The special pieces count, too.
        """
        width = self.model.config.hidden_size
        means = np.zeros((len(texts), width), dtype=np.float32)
        for begin in range(0, len(texts), TEXTS_AT_ONCE):
            pieces = self.split(texts[begin : begin + TEXTS_AT_ONCE])
            for numbers, hidden in self.read(pieces, layer, batch_size):
                if hidden.shape[1]:
                    means[begin + np.array(numbers)] = hidden.mean(axis=1)
        return means

    def _hidden(self, ids: np.ndarray, layer: int) -> np.ndarray:
        """Run the network on texts of equal length."""
        n_texts, n_pieces = ids.shape
        if not n_pieces:
            return np.zeros((n_texts, 0, self.model.config.hidden_size), np.float32)
        ids = np.tile(ids, (-(-FEWEST_PIECES // ids.size), 1))
        layer = layer % (self.n_layers + 1)
        with self._torch.inference_mode():
            tensor = self._torch.from_numpy(ids).to(self.device)
            read = partial(
                self.model,
                input_ids=tensor,
                attention_mask=self._torch.ones_like(tensor),
            )
            if layer == self.n_layers:
                hidden = read().last_hidden_state
            elif self._exit.is_possible:
                hidden = self._exit.hidden_states(layer, read)
            else:
                hidden = read(output_hidden_states=True).hidden_states[layer]
            return hidden[:n_texts].float().cpu().numpy()


def _encodable(text: str) -> str:
    """Replace lone surrogates, which no tokenizer takes; all else stays in place."""
    try:
        text.encode()
    except UnicodeEncodeError:
        text = "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text)
    return text


_loaded: OrderedDict[tuple[str, str], Encoder] = OrderedDict()
_lock = Lock()


def load_encoder(folder: Path, device: str | None) -> Encoder:
    """Return the encoder of a folder, loaded once for the whole process.

    Parameters
    ----------
    folder : pathlib.Path
        Its files.
    device : str or None
        Where it computes; None is the CPU.

    Returns
    -------
    encoder : Encoder
        Those last asked for stay in memory.
    """
    key = content_hash(folder), device or "cpu"
    with _lock:
        if key not in _loaded:
            _loaded[key] = Encoder(folder, key[1])
        _loaded.move_to_end(key)
        while len(_loaded) > ENCODERS_LOADED:
            _loaded.popitem(last=False)
        return _loaded[key]


def library_version() -> str:
    """Return the major version of transformers."""
    return _libraries()[0].__version__.split(".")[0]


def read_width(folder: Path) -> int:
    """Read from an encoder's configuration how many numbers a vector has."""
    transformers, _ = _libraries()
    return int(_read_config(transformers, folder).hidden_size)


def _libraries() -> tuple[Any, Any]:
    try:
        import torch
        import transformers
    except ImportError as error:
        raise ImportError(
            f"An encoder takes transformers. Get it with: {INSTALL}"
        ) from (error)
    return transformers, torch


@contextmanager
def _quiet(transformers: Any) -> Iterator[None]:
    """Keep transformers from drawing bars and reports; what matters is checked here."""
    logging = transformers.utils.logging
    verbosity, bar = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.set_verbosity(verbosity)
        if bar:
            logging.enable_progress_bar()


SAFE = {"trust_remote_code": False, "local_files_only": True}


def _read_config(transformers: Any, folder: Path) -> Any:
    try:
        config = transformers.AutoConfig.from_pretrained(folder, **SAFE)
    except (OSError, ValueError, KeyError) as error:
        raise ValueError(
            f"{folder} is not an encoder that transformers {transformers.__version__} "
            f"knows; code of the folder's own is never run: {error}"
        ) from error
    if config.is_encoder_decoder or not hasattr(config, "hidden_size"):
        raise ValueError(
            f"{folder} holds a {config.model_type} model, not an encoder alone."
        )
    return config


def _read_tokenizer(transformers: Any, folder: Path) -> Any:
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder, **SAFE)
    except Exception as error:  # whatever a broken file makes of it
        raise ValueError(
            f"The tokenizer in {folder} cannot be read: {error}"
        ) from error
    if not tokenizer.is_fast:
        raise ValueError(
            f"The tokenizer in {folder}, a {type(tokenizer).__name__}, does not say "
            "which characters its word pieces stand for: only fast tokenizers do. "
            "Take an encoder that has a tokenizer.json."
        )
    return tokenizer


def _read_model(transformers: Any, torch: Any, folder: Path, device: Any) -> Any:
    config = _read_config(transformers, folder)
    try:
        model, told = transformers.AutoModel.from_pretrained(
            folder,
            config=config,
            dtype=torch.float32,
            use_safetensors=True,
            output_loading_info=True,
            **SAFE,
        )
    except Exception as error:  # whatever a broken file makes of it
        raise ValueError(f"The weights in {folder} cannot be read: {error}") from error
    lacking = sorted(key for key in told["missing_keys"] if "pooler" not in key)
    if lacking or told["mismatched_keys"]:
        raise ValueError(
            f"The weights in {folder} are not those of its configuration: "
            f"{len(lacking)} are missing, such as {lacking[:1]}, and "
            f"{len(told['mismatched_keys'])} have another shape."
        )
    return model.eval().requires_grad_(False).to(device)


def _positions(model: Any) -> int:
    """Return how many pieces an encoder has places for."""
    for module_name, module in model.named_modules():
        if module_name.endswith("position_embeddings") and hasattr(
            module, "num_embeddings"
        ):
            # RoBERTa and its kin count places from behind the padding's.
            begin = 0 if module.padding_idx is None else module.padding_idx + 1
            return module.num_embeddings - begin
    return getattr(model.config, "max_position_embeddings", None) or 1 << 20
