"""Every script in examples/ runs to its end and shows what it says it shows."""

from __future__ import annotations

import re
import runpy
import sys
from pathlib import Path

import pandas as pd
import pytest
from invented_dialogues import write_ami, write_meld
from scripts import run as run_script

from hanrock_sk.datasets import make_conversations

REPOSITORY = Path(__file__).resolve().parent.parent
EXAMPLES = REPOSITORY / "examples"
RUN_WHOLE = {"carved_corpora", "explain", "from_recordings", "quickstart"}
RUN_ELSEWHERE = {
    file.stem.removeprefix("test_")
    for file in (REPOSITORY / "tests" / "examples").glob("test_*.py")
}
LONG = sorted(
    file.stem
    for file in EXAMPLES.glob("*.py")
    if file.stem not in RUN_WHOLE | RUN_ELSEWHERE
    and '__name__ == "__main__"' in file.read_text()  # others are parts of these
)


def run(name, *arguments, folder):
    """Run an example; return what it prints."""
    strict = ["-W", "error::DeprecationWarning", "-W", "error::FutureWarning"]
    done = run_script(*strict, EXAMPLES / f"{name}.py", *arguments, folder=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout


def accuracy(printed, name):
    return float(re.search(rf"^{name} +accuracy ([01]\.\d+)", printed, re.MULTILINE)[1])


def test_quickstart(tmp_path):
    few = ["--epochs", "1", "--conversations", "15"]
    printed = run("quickstart", *few, folder=tmp_path)
    n_talkturns = [
        len(make_conversations(n, random_state=s)[1]) for n, s in ((15, 0), (5, 1))
    ]
    assert printed.startswith(
        f"{n_talkturns[0]} talkturns to train on, {n_talkturns[1]} held out\n"
    )
    assert 0 < accuracy(printed, "HAN-ROCK") < 1
    assert 0 < accuracy(printed, "majority class") < 1
    weights = re.findall(r"^  (\w+) +(0\.\d{3})$", printed, re.MULTILINE)
    assert weights[0] == ("primary", "0.800")
    assert len(weights) == 17
    assert len(re.findall(r"^  .*the (?:wo)?man .*said ", printed, re.MULTILINE)) == 6
    assert printed.endswith("and reloaded; same predictions: True\n")
    assert not list(tmp_path.iterdir()), "it leaves nothing behind"


def test_quickstart_with_several_networks(tmp_path):
    meld = write_meld(tmp_path / "meld")
    several = ["--networks", "2", "--words", "--epochs", "1"]
    several += ["--validation", "0", "--rare", "0.25"]
    printed = run("quickstart", "--meld", meld, *several, folder=tmp_path)
    assert 0 < accuracy(printed, "HAN-ROCK") <= 1  # the corpus is made of few sentences
    assert " said " not in printed
    assert printed.endswith("and reloaded; same predictions: True\n")
    ami = write_ami(tmp_path / "ami")  # where most talkturns have no label
    refused = run_script(
        EXAMPLES / "quickstart.py", "--ami", ami, *several, folder=tmp_path
    )
    assert refused.returncode == 2
    assert "a label for every talkturn" in refused.stderr


def test_explain(tmp_path):
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    few = ["--conversations", "25", "--epochs", "5"]
    printed = run("explain", "--plots", "plots", *few, folder=tmp_path)
    # Four classes, equally frequent.
    assert accuracy(printed, "multi-task") > 0.4
    assert accuracy(printed, "single-task") > 0.4
    assert "words that stand out most often, in 100 talkturns:\n  " in printed
    assert "\nwrote report.html (" in printed
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert "With and without auxiliary supervision" in page
    plots = {
        file.name: file.read_bytes()[:4] for file in (tmp_path / "plots").iterdir()
    }
    assert plots == dict.fromkeys(
        ["learning_curves.png", "mutual_information.png", "task_attention.png"],
        b"\x89PNG",
    )


def test_from_recordings(tmp_path):
    pytest.importorskip("parselmouth", reason="praat-parselmouth is not installed")
    printed = run("from_recordings", "--output", "made", folder=tmp_path)
    files = {file.name for file in (tmp_path / "made" / "call").iterdir()}
    assert files == {
        *("SPEAKER_00.csv", "SPEAKER_01.csv"),
        *("call.json", "call.wav", "tone.csv"),
    }
    assert all(name in printed for name in files)
    assert re.search(r"^1 +man .* 120\.00$", printed, re.MULTILINE), "his pitch"
    assert "the woman smiled displayed a positive expression nodded" in printed
    assert "raised upper lid raised chin leaned forward the man angrily" in printed
    assert "the woman sadly and very slowly said i mean" in printed
    right = int(re.search(r"^(\d+) of 14 as they feel$", printed, re.MULTILINE)[1])
    assert right > 6, "more than if everyone were neutral"
    page = (tmp_path / "made" / "report.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert "<title>What is left of a call</title>" in page


def test_recordings_tell_the_call(tmp_path, monkeypatch, capsys):
    """What is read from the files is what went into them; here without Praat."""
    example = runpy.run_path(str(EXAMPLES / "from_recordings.py"))
    monkeypatch.setitem(sys.modules, "parselmouth", None)
    call = example["plan_call"]()
    example["write_recordings"](tmp_path, call)
    talkturns = example["read_recordings"](tmp_path)
    assert "pip install 'hanrock-sk[audio]'" in capsys.readouterr().out
    assert "pitch_mean" not in talkturns.columns
    assert talkturns["text"].tolist() == [" ".join(said.words) for said in call]
    names = {"SPEAKER_00": "woman", "SPEAKER_01": "man"}
    assert talkturns["speaker"].tolist() == [names[said.speaker] for said in call]
    assert talkturns["start"].tolist() == [said.times[0] for said in call]
    assert talkturns["end"].tolist() == [said.times[-1] for said in call]

    feeling = pd.Series([said.feeling for said in call])
    for gesture in ("smile", "positive_expression", "head_nod"):
        assert talkturns[gesture].isin([True]).tolist() == feeling.eq("happy").tolist()
    assert (
        talkturns["lean_forward"].isin([True]).tolist() == feeling.eq("angry").tolist()
    )
    for column in ("au05", "au17_shown", "smile", "lean_forward"):
        assert talkturns[column].isna().tolist() == feeling.eq("sad").tolist()
    single = [len(said.words) == 1 for said in call]
    assert talkturns["tone_happy"].isna().tolist() == single
    tones = talkturns[["tone_happy", "tone_sad", "tone_angry"]].dropna()
    loudest = tones.idxmax(axis=1)[tones.max(axis=1) > 0.4].str.removeprefix("tone_")
    assert loudest.eq(feeling[loudest.index]).all()
    assert set(loudest) == {"happy", "sad", "angry"}


def test_carved_corpora(tmp_path):
    printed = run("carved_corpora", "synthetic", folder=tmp_path)
    parts = re.findall(r"^(\w+): (\d+) talkturns, (\d+) with a label$", printed, re.M)
    assert [name for name, _, _ in parts] == ["train", "dev", "test"]
    assert all(0 < int(labelled) <= int(rows) for _, rows, labelled in parts)


def test_experiments_give_help(tmp_path):
    """What takes longer than a test may, and has no test of its own in examples/."""
    for name in LONG:
        assert run(name, "--help", folder=tmp_path).startswith(f"usage: {name}.py")
