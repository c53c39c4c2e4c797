"""Word files are read as their XML goes by."""

from __future__ import annotations

import io
import zipfile

import pytest

from hanrock_sk.features.transcripts.word_document import read_document

docx = pytest.importorskip("docx")
CT_P = docx.oxml.text.paragraph.CT_P
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def word_file(folder, body, root="document"):
    """Write a Word file with this XML in its body."""
    empty, path = io.BytesIO(), folder / "a.docx"
    docx.Document().save(empty)
    with zipfile.ZipFile(empty) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            xml = old.read(name)
            if name == "word/document.xml":
                xml = xml.replace(b"<w:body>", b"<w:body>" + body.encode())
                xml = xml.replace(b"w:document", f"w:{root}".encode())
            new.writestr(name, xml)
    return path


def said(*texts):
    return "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in texts)


def cell(text, merged=""):
    about = f"<w:tcPr>{merged}</w:tcPr>" if merged else ""
    return f"<w:tc>{about}{said(text)}</w:tc>"


def table(*rows):
    grid = "<w:tblGrid><w:gridCol/><w:gridCol/></w:tblGrid>"
    return f"<w:tbl>{grid}{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>"


def test_lines_and_the_first_table(tmp_path):
    broken = "<w:p><w:r><w:t>so</w:t><w:br/><w:t>we</w:t></w:r></w:p>"
    inner = "<w:tc>" + said("Anna") + table(cell("inner") * 2) + "</w:tc>"
    body = broken + table(inner + cell("Hi"), cell("Ben") + cell("Ho")) + said("talk")
    lines, rows = read_document(word_file(tmp_path, body + table(cell("later") * 2)))
    assert list(lines) == ["so", "we", "talk"]
    assert rows == [["Anna", "Hi"], ["Ben", "Ho"]]


def test_merged_cells_hold_what_stands_above_or_before(tmp_path):
    down = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    body = table(
        cell("Anna") + cell("one"),
        cell("Ben", down[0]) + cell("two"),
        cell("", down[1]) + cell("three"),
        cell("", down[1]) + cell("four"),
        cell("both", '<w:gridSpan w:val="2"/>'),
    )
    _, rows = read_document(word_file(tmp_path, body))
    assert rows == [
        ["Anna", "one"],
        ["Ben", "two"],
        ["Ben", "three"],
        ["Ben", "four"],
        ["both", "both"],
    ]


@pytest.mark.parametrize("in_table", [False, True])
def test_what_was_read_is_let_go(tmp_path, monkeypatch, in_table):
    many, kept, kind = 300, [], f"{W}tr" if in_table else f"{W}p"
    read = CT_P.text.fget

    def seen(part):
        top = next(part.iterancestors(kind)) if in_table else part
        kept.append(sum(1 for _ in top.itersiblings(kind, preceding=True)))
        return read(part)

    monkeypatch.setattr(CT_P, "text", property(seen))
    body = table(*[cell("Hi") + cell("Ho")] * many) if in_table else said("Hi") * many
    lines, rows = read_document(word_file(tmp_path, body))
    assert len(rows if in_table else lines) == many
    assert max(kept) == 1


def test_only_the_first_body_is_read(tmp_path):
    body = said("Hi") + "</w:body><w:body>" + said("Ho")
    assert list(read_document(word_file(tmp_path, body))[0]) == ["Hi"]


@pytest.mark.parametrize(
    ("body", "root", "message"),
    [
        (said("Hi"), "other", "it has no body"),
        (said("&what;"), "document", "Entity 'what' not defined, line 2"),
        ("<w:p>", "document", "Opening and ending tag mismatch: p"),
    ],
)
def test_what_is_broken(tmp_path, body, root, message):
    path = word_file(tmp_path, body, root)
    with pytest.raises((ValueError, SyntaxError), match=message):
        read_document(path)
