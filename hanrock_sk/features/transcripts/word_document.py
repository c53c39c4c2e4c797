"""Lines and table of a Word file, taken from its XML as that is read.

The tree that python-docx makes of all of it takes eight times the XML.
"""

from __future__ import annotations

from io import BytesIO
from os import PathLike
from typing import Any

from hanrock_sk.features.transcripts.packed_lines import PackedLines


def read_document(path: str | PathLike[str]) -> tuple[PackedLines, list[list[str]]]:
    """Return the lines of the paragraphs, and what is in the cells of the first table.

    Parameters
    ----------
    path : path-like
        The file. What is broken in it raises whatever zipfile, lxml and python-docx
        make of it.

    Returns
    -------
    lines : PackedLines
        Those of the paragraphs that stand in no table.
    rows : list of list of str
        The table's; none if there is no table.
    """
    from docx.oxml.parser import parse_xml
    from lxml.etree import XMLSyntaxError

    xml = _main_xml(path)
    try:
        return _lines_and_rows(xml)
    except XMLSyntaxError:
        parse_xml(xml)  # its errors say more
        raise


def _lines_and_rows(xml: bytes) -> tuple[PackedLines, list[list[str]]]:
    from docx.oxml.ns import qn
    from docx.oxml.parser import element_class_lookup
    from docx.text.paragraph import Paragraph
    from lxml import etree

    tags = [qn(f"w:{name}") for name in ("document", "body", "p", "tbl", "tr")]
    document_tag, body_tag, paragraph_tag, table_tag, row_tag = tags
    parts: Any = etree.iterparse(
        BytesIO(xml), events=("start", "end"), tag=tags, resolve_entities=False
    )
    parts.set_element_class_lookup(element_class_lookup)
    lines, rows = PackedLines(), []
    body = table = None
    for event, part in parts:
        around = part.getparent()
        if event == "start":
            if body is None and part.tag == body_tag and _is_root(around, document_tag):
                body = part
            elif table is None and part.tag == table_tag and around is body:
                table = part
        elif part.tag == row_tag and around is table is not None:
            rows.append(_cells(part, table))
            if not any(cell.vMerge == "continue" for cell in part.tc_lst):
                _let_go_above(part, row_tag)
        elif part.tag in (paragraph_tag, table_tag) and around is body is not None:
            if part.tag == paragraph_tag:
                lines.extend(Paragraph(part, body).text.split("\n"))
            _let_go_above(part)
    if body is None:
        raise ValueError("it has no body")
    return lines, rows


def _main_xml(path: str | PathLike[str]) -> bytes:
    """Return the XML of the document itself; python-docx reads all other parts."""
    from docx.opc.constants import CONTENT_TYPE
    from docx.opc.package import Unmarshaller
    from docx.opc.part import Part, PartFactory
    from docx.opc.pkgreader import PackageReader
    from docx.package import Package

    main_type = CONTENT_TYPE.WML_DOCUMENT_MAIN

    def made(name: Any, content_type: str, kind: str, xml: bytes, package: Any) -> Any:
        if content_type == main_type:
            return Part(name, content_type, xml, package)
        return PartFactory(name, content_type, kind, xml, package)

    package = Package()
    Unmarshaller.unmarshal(PackageReader.from_file(str(path)), package, made)
    main = package.main_document_part
    if main.content_type != main_type:
        raise ValueError(f"its main part is of another kind: {main.content_type!r}")
    return main.blob


def _is_root(part: Any, tag: str) -> bool:
    return part is not None and part.tag == tag and part.getparent() is None


def _cells(row: Any, table: Any) -> list[str]:
    from docx.table import Table, _Row

    return [cell.text for cell in _Row(row, Table(table, table)).cells]


def _let_go_above(part: Any, tag: str | None = None) -> None:
    """Take what stands above a part, if it has the tag, out of the tree."""
    above = part.getprevious()
    while above is not None:
        further = above.getprevious()
        if tag in (None, above.tag):
            part.getparent().remove(above)
        above = further
