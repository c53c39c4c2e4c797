"""Downloads from a server on this machine that also fails, truncates and lies."""

from __future__ import annotations

import ast
import hashlib
import inspect
import json
import re
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from hanrock_sk.datasets import fetch, load_annomi, load_esconv, load_meld
from hanrock_sk.datasets.fetch import (
    MELD_HASHES,
    fetch_annomi,
    fetch_esconv,
    fetch_meld,
)

TABLE = (
    "Sr No.,Utterance,Speaker,Emotion,Sentiment,Dialogue_ID,Utterance_ID,Season,"
    "Episode,StartTime,EndTime\n"
    + "".join(
        f"{row},So it goes.,Anna,joy,positive,{row},0,1,1,"
        '"00:00:01,000","00:00:02,000"\n'
        for row in range(2000)
    )
).encode()
NAME = "train_sent_emo.csv"


def checksum(content):
    return "sha256:" + hashlib.sha256(content).hexdigest()


class Server(ThreadingHTTPServer):
    """Serves `content`; each request takes the next of the `faults`, if any."""

    content = TABLE
    faults: list
    requests: list

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.faults, self.requests = [], []

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *_):
        """Say nothing."""

    def do_GET(self):
        asked = self.headers.get("Range")
        self.server.requests.append((self.path, asked))
        fault = self.server.faults.pop(0) if self.server.faults else None
        if isinstance(fault, int):
            self.send_error(fault)
            return
        content = self.server.content
        if fault == "lie":
            content = content.replace(b"joy", b"sad")
        first = int(re.fullmatch(r"bytes=(\d+)-", asked)[1]) if asked else 0
        if first and fault != "no ranges":
            if first >= len(content):
                self.send_error(416)
                return
            self.send_response(206)
            self.send_header(
                "Content-Range", f"bytes {first}-{len(content) - 1}/{len(content)}"
            )
            content = content[first:]
        else:
            self.send_response(200)
        if fault != "no length":
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        half = fault in ("truncate", "no length")
        self.wfile.write(content[: len(content) // 2] if half else content)


@pytest.fixture
def server(monkeypatch):
    pytest.importorskip("pooch", reason="pooch is not installed: hanrock-sk[fetch]")
    monkeypatch.setattr(fetch, "_FIRST_WAIT_SECONDS", 0.001)
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def get(server, tmp_path):
    """Fetch the training table into a folder of the test."""

    def fetch_train(**options):
        return fetch_meld(
            ["train"],
            cache=tmp_path / "meld",
            base_url=server.url,
            hashes={"train": checksum(TABLE)},
            **options,
        )

    return fetch_train


def contents(folder):
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_what_comes_is_whole_and_cached(server, get):
    folder = get()
    assert contents(folder) == {NAME: TABLE}
    X, y = load_meld(folder, subset="train")
    assert len(X) == 2000
    assert set(y) == {"joy"}
    assert get() == folder
    assert server.requests == [(f"/{NAME}", None)]


def test_the_server_fails_at_first(server, get):
    server.faults += [500, 503]
    assert contents(get()) == {NAME: TABLE}
    assert len(server.requests) == 3


def test_the_server_fails_for_good(server, get, tmp_path):
    server.faults += [500] * 3
    with pytest.raises(ConnectionError, match=rf"{NAME} cannot be downloaded: 500"):
        get()
    assert contents(tmp_path / "meld") == {}
    assert len(server.requests) == 3


def test_no_such_file_is_asked_for_once(server, get, tmp_path):
    server.faults += [404]
    with pytest.raises(ConnectionError, match="cannot be downloaded: 404"):
        get()
    assert contents(tmp_path / "meld") == {}
    assert len(server.requests) == 1


def test_nobody_listens(tmp_path, monkeypatch):
    pytest.importorskip("pooch", reason="pooch is not installed: hanrock-sk[fetch]")
    monkeypatch.setattr(fetch, "_FIRST_WAIT_SECONDS", 0.001)
    server = Server()
    server.server_close()
    with pytest.raises(ConnectionError, match="cannot be downloaded"):
        fetch_meld(cache=tmp_path, base_url=server.url, attempts=2)
    assert contents(tmp_path) == {}


def test_a_broken_connection_is_resumed(server, get):
    server.faults += ["truncate"]
    assert contents(get()) == {NAME: TABLE}
    (_, first), (_, second) = server.requests
    assert first is None
    # All but the last of the blocks that came are kept.
    kept = int(re.fullmatch(r"bytes=(\d+)-", second)[1])
    assert len(TABLE) // 2 - fetch._BLOCK_BYTES < kept <= len(TABLE) // 2


def test_the_next_call_resumes(server, get, tmp_path):
    server.faults += ["truncate"]
    with pytest.raises(ConnectionError):
        get(attempts=1)
    # What has come is kept under another name, which no loader reads.
    ((name, part),) = contents(tmp_path / "meld").items()
    assert name == f"{NAME}.part"
    assert TABLE.startswith(part)
    assert contents(get(attempts=1)) == {NAME: TABLE}
    assert server.requests[1] == (f"/{NAME}", f"bytes={len(part)}-")


def test_a_server_without_ranges_starts_anew(server, get):
    server.faults += ["truncate", "no ranges"]
    assert contents(get()) == {NAME: TABLE}


def test_wrong_bytes_are_thrown_away(server, get, tmp_path):
    server.faults += ["lie"]
    with pytest.raises(ValueError, match="hash of downloaded file"):
        get()
    assert contents(tmp_path / "meld") == {}
    assert contents(get()) == {NAME: TABLE}


def test_a_file_cut_short_without_a_word_is_thrown_away(server, get, tmp_path):
    """Without a length nobody knows it is cut; its checksum does."""
    server.faults += ["no length"]
    with pytest.raises(ValueError, match="hash of downloaded file"):
        get()
    assert contents(tmp_path / "meld") == {}


@pytest.mark.parametrize("size", [10, len(TABLE), 2 * len(TABLE)])
def test_a_part_of_another_file_is_no_obstacle(get, tmp_path, size):
    folder = tmp_path / "meld"
    folder.mkdir()
    (folder / f"{NAME}.part").write_bytes(b"x" * size)
    assert contents(get()) == {NAME: TABLE}


def test_a_cached_file_that_was_changed_is_fetched_again(server, get):
    (get() / NAME).write_text("Utterance\nnot what it was\n")
    assert contents(get()) == {NAME: TABLE}
    assert len(server.requests) == 2


def test_the_test_table_needs_a_checksum(server, tmp_path):
    with pytest.raises(ValueError, match="checksum of MELD's test table is not known"):
        fetch_meld(["train", "test"], cache=tmp_path, base_url=server.url)
    assert server.requests == []
    hashes = {"test": checksum(TABLE)}
    folder = fetch_meld("test", cache=tmp_path, base_url=server.url, hashes=hashes)
    assert contents(folder) == {"test_sent_emo.csv": TABLE}


def test_bad_arguments(tmp_path):
    pytest.importorskip("pooch", reason="pooch is not installed: hanrock-sk[fetch]")
    with pytest.raises(ValueError, match="subsets must be one of"):
        fetch_meld(["all"], cache=tmp_path)
    with pytest.raises(ValueError, match="attempts must be at least 1"):
        fetch_meld(cache=tmp_path, attempts=0)


ANNOMI = (
    "transcript_id,mi_quality,topic,utterance_id,interlocutor,timestamp,"
    "utterance_text,main_therapist_behaviour,client_talk_type\n"
    + "".join(
        f"{number},high,diet,0,therapist,00:00:01,Hello.,other,n/a\n"
        for number in range(133)
    )
).encode()
ESCONV = json.dumps(
    [{"dialog": [{"speaker": "seeker", "content": "Hello"}]}] * 1300
).encode()


@pytest.mark.parametrize(
    ("fetch_it", "load", "name", "content", "n_rows"),
    [
        (fetch_annomi, load_annomi, "AnnoMI-full.csv", ANNOMI, 133),
        (fetch_esconv, load_esconv, "ESConv.json", ESCONV, 1300),
    ],
)
class TestWithoutAPublishedChecksum:
    """What comes is read, and its conversations are counted."""

    def test_what_comes_is_whole_and_cached(
        self, server, tmp_path, fetch_it, load, name, content, n_rows
    ):
        server.content = content
        server.faults += ["truncate"]
        for _ in range(2):
            folder = fetch_it(cache=tmp_path, base_url=server.url)
            assert contents(folder) == {name: content}
        assert len(load(folder)[0]) == n_rows
        assert [path for path, _ in server.requests] == [f"/{name}"] * 2

    def test_what_is_cut_short_without_a_word_is_thrown_away(
        self, server, tmp_path, fetch_it, load, name, content, n_rows
    ):
        server.content = content
        server.faults += ["no length"]
        with pytest.raises(ValueError, match=f"{name} is not what it should be"):
            fetch_it(cache=tmp_path, base_url=server.url)
        assert contents(tmp_path) == {}

    def test_a_checksum_that_was_passed_counts(
        self, server, tmp_path, fetch_it, load, name, content, n_rows
    ):
        server.content = content
        with pytest.raises(ValueError, match="hash of downloaded file"):
            fetch_it(cache=tmp_path, base_url=server.url, checksum=checksum(b"another"))
        assert contents(tmp_path) == {}


def test_the_checksums_are_those_of_the_real_tables(data_root):
    for subset, known in MELD_HASHES.items():
        content = (data_root / "meld" / f"{subset}_sent_emo.csv").read_bytes()
        assert checksum(content) == known


def test_without_pooch(monkeypatch):
    monkeypatch.setitem(sys.modules, "pooch", None)
    with pytest.raises(ImportError, match=r"pip install 'hanrock-sk\[fetch\]'"):
        fetch_meld()


def test_nothing_happens_at_import():
    """The module's own level holds definitions alone: no call that could download."""
    body = ast.parse(inspect.getsource(fetch)).body
    calls = [
        node
        for statement in body
        if not isinstance(statement, ast.FunctionDef)
        for node in ast.walk(statement)
        if isinstance(node, ast.Call)
    ]
    assert calls == []
