"""AMI's official XML: a meeting of two speakers, worked by hand."""

from __future__ import annotations

import gzip

import pytest

from hanrock_sk.datasets import load_ami
from hanrock_sk.datasets.ami_annotations import read_dialogue_acts

HEADER = '<?xml version="1.0" encoding="ISO-8859-1" standalone="yes"?>\n'
NITE = 'xmlns:nite="http://nite.sourceforge.net/"'

# In word 3 of A nothing is said; 4 is not there; 6 has no times, 7 no end.
WORDS_OF_A = """
<w nite:id="ES2002a.A.words0" starttime="77.44" endtime="77.74">Hi</w>
<w nite:id="ES2002a.A.words1" starttime="77.74" endtime="77.74" punc="true">,</w>
<w nite:id="ES2002a.A.words2" starttime="77.8" endtime="78.1">I&#39;m</w>
<disfmarker nite:id="ES2002a.A.words3" starttime="78.1" endtime="78.1"/>
<w nite:id="ES2002a.A.words5" starttime="78.2" endtime="78.6">Zo\xeb</w>
<vocalsound nite:id="ES2002a.A.words6" type="laugh"/>
<gap nite:id="ES2002a.A.words7" starttime="79.0"/>
"""
WORDS_OF_B = """
<w nite:id="ES2002a.B.words0" starttime="77.9" endtime="78.0">What</w>
<w nite:id="ES2002a.B.words1" starttime="78.0" endtime="78.0" punc="true">?</w>
<w nite:id="ES2002a.B.words2" starttime="80.0" endtime="80.5">Okay</w>
"""
ACTS_OF_A = """
<dact nite:id="ES2002a.A.dialog-act.x.1">
  <nite:pointer role="da-aspect" href="da-types.xml#id(ami_da_4)"/>
  <nite:child href="ES2002a.A.words.xml#id(ES2002a.A.words0)..id(ES2002a.A.words5)"/>
</dact>
<dact nite:id="ES2002a.A.dialog-act.x.2">
  <nite:child href="ES2002a.A.words.xml#id(ES2002a.A.words6)..id(ES2002a.A.words7)"/>
</dact>
"""
ACTS_OF_B = """
<dact nite:id="ES2002a.B.dialog-act.x.1" addressee="A">
  <nite:pointer role="da-aspect" href="da-types.xml#id(ami_da_5)"/>
  <nite:child href="ES2002a.B.words.xml#id(ES2002a.B.words0)..id(ES2002a.B.words1)"/>
</dact>
<dact nite:id="ES2002a.B.dialog-act.x.2">
  <nite:pointer role="da-aspect" href="da-types.xml#id(ami_da_1)"/>
  <nite:child href="ES2002a.B.words.xml#id(ES2002a.B.words2)"/>
</dact>
"""
TYPES = f"""<da-type nite:id="cmrda" name="da-type" {NITE}>
  <da-type nite:id="ami_daclass_0" name="minor" gloss="Minor">
    <da-type nite:id="ami_da_1" name="bck" gloss="Backchannel"/>
  </da-type>
  <da-type nite:id="ami_daclass_1" name="task" gloss="Task">
    <da-type nite:id="ami_da_4" name="inf" gloss="Inform"/>
    <da-type nite:id="ami_da_5" name="el.inf" gloss="Elicit-Inform"/>
  </da-type>
</da-type>"""
MEETINGS = f"""<nite:root nite:id="meet.00" {NITE}>
  <meeting nite:id="meet_1" observation="ES2002a" type="scenario" seen_type="training">
    <speaker nite:id="ES2002a_1" nxt_agent="A" channel="0" role="ID"/>
    <speaker nite:id="ES2002a_2" nxt_agent="B" channel="1" role="PM"/>
  </meeting>
  <meeting nite:id="meet_2" observation="EN2001a" type="non-scenario"/>
</nite:root>"""


def write(folder, name, text, *, root=True):
    """Write a file of the release."""
    file = folder / name
    file.parent.mkdir(exist_ok=True)
    if root:
        text = f'<nite:root nite:id="{file.stem}" {NITE}>{text}</nite:root>'
    file.write_bytes((HEADER + text).encode("latin-1"))


@pytest.fixture
def folder(tmp_path):
    write(tmp_path, "words/ES2002a.A.words.xml", WORDS_OF_A)
    write(tmp_path, "words/ES2002a.B.words.xml", WORDS_OF_B)
    write(tmp_path, "dialogueActs/ES2002a.A.dialog-act.xml", ACTS_OF_A)
    write(tmp_path, "dialogueActs/ES2002a.B.dialog-act.xml", ACTS_OF_B)
    write(tmp_path, "dialogueActs/ES2002a.adjacency-pairs.xml", "")
    write(tmp_path, "ontologies/da-types.xml", TYPES, root=False)
    write(tmp_path, "corpusResources/meetings.xml", MEETINGS, root=False)
    return tmp_path


def test_acts_with_words_times_speakers_and_types(folder):
    X, y = load_ami(folder, backend="polars")
    assert X.columns == [
        "conversation", "group", "speaker", "role", "start", "end", "text"
    ]  # fmt: skip
    # The laugh has no times: it stands where the word before it ends.
    assert X.rows() == [
        ("ES2002a", "ES2002", "A", "ID", 77.44, 78.6, "Hi , I'm {disfmarker} Zoë"),
        ("ES2002a", "ES2002", "B", "PM", 77.9, 78.0, "What ?"),
        ("ES2002a", "ES2002", "A", "ID", 78.6, 79.0, "{vocalsound} {gap}"),
        ("ES2002a", "ES2002", "B", "PM", 80.0, 80.5, "Okay"),
    ]
    assert y.tolist() == ["inform", "elicit", None, None]


def test_an_act_without_a_type_is_unset(folder):
    types = [row["da_type"] for row in read_dialogue_acts(folder, None)]
    assert types == ["inf", "unset", "el.inf", "bck"]


def test_the_other_targets_are_measured_on_the_same_rows(folder):
    _, gap = load_ami(folder, "gap")
    # B starts before A has ended; A goes on after B; B waits for A.
    assert gap[:3].round(3).tolist() == [-0.7, 0.6, 1.0]


class TestParts:
    def test_as_the_meetings_are_marked(self, folder):
        X, _ = load_ami(folder, subset="train")
        assert len(X) == 4
        with pytest.raises(ValueError, match=r"'development' \(seen_type\).*dev\.txt"):
            load_ami(folder, subset="dev")

    def test_a_list_goes_before_the_marks(self, folder):
        (folder / "dev.txt").write_text("ES2002a\n")
        X, _ = load_ami(folder, subset="dev")
        assert len(X) == 4

    def test_a_listed_meeting_that_is_not_there(self, folder):
        (folder / "train.txt").write_text("ES2002a\nES2002b\n")
        with pytest.raises(ValueError, match=r"lacks meetings.*\['ES2002b'\]"):
            load_ami(folder, subset="train")


def test_the_table_goes_before_the_annotations(folder):
    rows = "meeting start end speaker role da_type text\nM 1 2 A PM inf Yes"
    table = rows.replace(" ", "\t").encode()
    (folder / "ami_dialogue_acts.tsv.gz").write_bytes(gzip.compress(table))
    X, _ = load_ami(folder)
    assert X["conversation"].tolist() == ["M"]


WORDS = "words/ES2002a.B.words.xml"
ACTS = "dialogueActs/ES2002a.B.dialog-act.xml"


class TestBrokenFiles:
    @pytest.mark.parametrize(
        ("name", "old", "new", "message"),
        [
            (WORDS, '"80.0"', '"soon"', "words2: starttime.*'soon'"),
            (WORDS, "</nite:root>", "", "is no XML"),
            (ACTS, "words2)", "words9)", "has no .*words9"),
            (ACTS, "#id(ami_da_1)", "?", "cannot read the link"),
            (ACTS, "ami_da_1", "ami_da_99", "has no type 'ami_da_99'"),
            (ACTS, "B.words0)..id(ES2002a.B.words1", "B.words1)..id(ES2002a.B.words0",
             "stands behind"),
            ("ontologies/da-types.xml", "<da-type", "<!DOCTYPE x><da-type", "entities"),
        ],
    )  # fmt: skip
    def test_are_named_with_the_place(self, folder, name, old, new, message):
        file = folder / name
        content = file.read_bytes()
        assert old.encode() in content
        file.write_bytes(content.replace(old.encode(), new.encode(), 1))
        with pytest.raises(ValueError, match=message) as caught:
            load_ami(folder)
        assert file.name in str(caught.value)

    def test_a_missing_file_is_named_with_where_it_comes_from(self, folder):
        (folder / "words" / "ES2002a.B.words.xml").unlink()
        with pytest.raises(FileNotFoundError, match=r"ES2002a\.B.*ami_public_manual"):
            load_ami(folder)

    def test_words_without_any_time(self, folder):
        text = '<w nite:id="ES2002a.B.words0">What</w>'
        write(folder, "words/ES2002a.B.words.xml", text)
        with pytest.raises(ValueError, match="no word has a time"):
            load_ami(folder)


def test_neither_layout(tmp_path):
    with pytest.raises(
        FileNotFoundError, match=r"ami_dialogue_acts.*ami_public_manual"
    ):
        load_ami(tmp_path)
