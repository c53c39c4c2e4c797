"""Vectors on disk: whole, of one encoder, and encoded once by many processes."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading

import numpy as np
import pytest
from caching_worker import encode_texts
from scripts import SERVER

from hanrock_sk.text import vector_cache
from hanrock_sk.text.vector_cache import VectorCache
from hanrock_sk.text.vector_memo import TextVectors


def keys_of(*numbers):
    return [b"%032d" % number for number in numbers]


def made(key, n_words=2, width=4):
    """Vectors that tell whose they are."""
    return TextVectors(
        np.full((n_words, width), int(key) % 1000, np.float16), cut=int(key) % 2 == 1
    )


class Encode:
    def __init__(self):
        self.asked = []

    def __call__(self, keys, alive):
        self.asked.append(list(keys))
        alive()
        return {key: made(key) for key in keys}


@pytest.fixture
def cache(tmp_path):
    return VectorCache(tmp_path / "cache", "f" * 64, width=4)


def test_what_is_there_is_not_asked_for(cache):
    encode = Encode()
    first = cache.fill(keys_of(1, 2, 3), encode)
    second = cache.fill(keys_of(2, 3, 4), encode)
    assert encode.asked == [keys_of(1, 2, 3), keys_of(4)]
    assert set(first) == set(keys_of(1, 2, 3))
    assert set(second) == set(keys_of(2, 3, 4))
    for found in (first, second):
        for key, of_text in found.items():
            np.testing.assert_array_equal(of_text.vectors, made(key).vectors)
            assert of_text.vectors.dtype == np.float16
            assert of_text.cut == made(key).cut
    assert cache.counts() == (4, 4)


def test_many_keys_come_in_pieces(cache, monkeypatch):
    monkeypatch.setattr(vector_cache, "TEXTS_IN_CLAIM", 10)
    monkeypatch.setattr(vector_cache, "_IN_QUERY", 3)
    encode = Encode()
    assert len(cache.fill(keys_of(*range(25)), encode)) == 25
    assert [len(asked) for asked in encode.asked] == [10, 10, 5]
    assert len(cache.read(keys_of(*range(30)))) == 25


def test_another_fingerprint_has_another_file(cache, tmp_path):
    cache.fill(keys_of(1), Encode())
    other = VectorCache(tmp_path / "cache", "e" * 64, width=4)
    assert other.read(keys_of(1)) == {}


def test_an_error_leaves_no_claim(cache):
    def fails(keys, alive):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cache.fill(keys_of(1), fails)
    encode = Encode()
    cache.fill(keys_of(1), encode)
    assert encode.asked == [keys_of(1)]


def claim_as(cache, owner, until, *numbers):
    with cache._open() as database:
        database.executemany(
            "INSERT INTO claims VALUES (?, ?, ?)",
            [(key, owner, until) for key in keys_of(*numbers)],
        )


@pytest.mark.parametrize(
    ("owner", "until"),
    [
        ("elsewhere:1:1", 1.0),  # lapsed long ago
        (None, 1e12),  # of this machine, and dead
    ],
)
def test_claims_of_the_dead_lapse(cache, owner, until):
    if owner is None:
        with subprocess.Popen([sys.executable, "-c", ""]) as dead:
            dead.wait()
        owner = f"{vector_cache.platform.node()}:{dead.pid}:1"
    claim_as(cache, owner, until, 1, 2)
    encode = Encode()
    assert len(cache.fill(keys_of(1, 2, 3), encode)) == 3
    assert encode.asked == [keys_of(1, 2, 3)]


def test_what_others_have_claimed_is_waited_for(cache, monkeypatch):
    """The rest is encoded meanwhile; what never comes is encoded when it lapses."""
    monkeypatch.setattr(vector_cache, "POLL", 0.01)
    claim_as(cache, "elsewhere:1:1", 1e12, 1, 2)
    encode = Encode()
    found = {}
    waiting = threading.Thread(
        target=lambda: found.update(cache.fill(keys_of(1, 2, 3), encode))
    )
    waiting.start()
    waiting.join(0.3)
    assert waiting.is_alive()
    assert encode.asked == [keys_of(3)]
    cache._write({keys_of(1)[0]: made(keys_of(1)[0])})
    with cache._open() as database:
        database.execute("UPDATE claims SET until = 0")
    waiting.join()
    assert encode.asked == [keys_of(3), keys_of(2)]
    assert set(found) == set(keys_of(1, 2, 3))


def test_claims_are_renewed_while_work_goes_on(cache, monkeypatch):
    monkeypatch.setattr(vector_cache, "RENEWAL", 0)
    monkeypatch.setattr(vector_cache, "LEASE", 500.0)
    until = []

    def encode(keys, alive):
        for lease in (500.0, 900.0):
            monkeypatch.setattr(vector_cache, "LEASE", lease)
            alive()
            with cache._open() as database:
                until.append(database.execute("SELECT until FROM claims").fetchone()[0])
        return {key: made(key) for key in keys}

    cache.fill(keys_of(1), encode)
    assert until[1] - until[0] > 300


def test_two_processes_encode_each_text_once(tiny_bert, tmp_path):
    """They begin at the same time, on texts that they share in good part."""
    ranges = [(0, 900), (300, 1200)]
    workers, ends = [], []
    for begin, end in ranges:
        here, there = SERVER.Pipe()
        words = (tiny_bert, tmp_path, begin, end, there)
        workers.append(SERVER.Process(target=encode_texts, args=words))
        workers[-1].start()
        there.close()  # so that reading fails if the process does
        ends.append(here)
    assert [end.recv() for end in ends] == ["ready", "ready"]
    for end in ends:
        end.send("go")
    encoded = [end.recv() for end in ends]
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0]
    assert sum(encoded) == 1200
    (path,) = tmp_path.glob("*.sqlite")
    cache = VectorCache(tmp_path, path.stem, width=16)
    assert cache.counts() == (1200, 1200)


# Bad days.


def test_a_folder_that_cannot_be(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="cache= needs a folder that it can write"):
        VectorCache(tmp_path / "file", "f" * 64, width=4)


def test_a_file_that_cannot_be_opened(tmp_path):
    (tmp_path / f"{'f' * 64}.sqlite").mkdir()
    with pytest.raises(OSError, match=r"cache= needs .*ffff\.sqlite"):
        VectorCache(tmp_path, "f" * 64, width=4)


def test_a_damaged_file_is_named(tmp_path):
    path = tmp_path / f"{'f' * 64}.sqlite"
    path.write_bytes(b"something else" * 100)
    with pytest.raises(ValueError, match=r"ffff\.sqlite is damaged .* Delete this"):
        VectorCache(tmp_path, "f" * 64, width=4)


def test_a_torn_vector_is_not_read(cache):
    cache.fill(keys_of(1), Encode())
    with sqlite3.connect(cache.path) as database:
        database.execute("UPDATE vectors SET vectors = ?", (b"\0" * 6,))
    with pytest.raises(ValueError, match="a vector is not whole"):
        cache.read(keys_of(1))
