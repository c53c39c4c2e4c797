"""AMI's official annotations: stand-off XML of the NITE XML Toolkit (NXT).

Words lie in ``words/<meeting>.<speaker>.words.xml``, each with an identifier, a start
and an end. Dialogue acts, in ``dialogueActs/<meeting>.<speaker>.dialog-act.xml``, point
at spans of them, and at their type in ``ontologies/da-types.xml``. Who speaks, in which
role, stands in ``corpusResources/meetings.xml``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from hanrock_sk.files.text import read_text

NITE = "{http://nite.sourceforge.net/}"

PARTS = {
    "train": "training",
    "dev": "development",
    "test": "test",
}
"""What `meetings.xml` calls the parts of the corpus."""

_ACTS = "*.dialog-act.xml"
_LINK = re.compile(r"([^#]*)#id\(([^()]+)\)(?:\.\.id\(([^()]+)\))?")
_ENCODING = re.compile(r"""<\?xml[^>]*encoding=["']([\w.-]+)["']""")
_LONGEST_HEADER = 200


class AlignedWord(NamedTuple):
    """A word, a punctuation mark, or in braces something that is no word."""

    text: str
    start: float
    end: float


def are_annotations(folder: Path) -> bool:
    """Whether a folder holds the official annotations."""
    return (folder / "dialogueActs").is_dir() and (folder / "words").is_dir()


def meetings_of_part(folder: Path, subset: str) -> set[str]:
    """Return the meetings that `meetings.xml` marks as a part of the corpus.

    Raises
    ------
    ValueError
        If it marks none.
    """
    file = folder / "corpusResources" / "meetings.xml"
    meetings = {
        meeting.get("observation", "")
        for meeting in _read_xml(file).iter("meeting")
        if meeting.get("seen_type") == PARTS[subset]
    }
    if not meetings:
        raise ValueError(
            f"{file} marks no meeting as {PARTS[subset]!r} (seen_type). Write the "
            f"meetings of the part into {subset}.txt in {folder}, one a line."
        )
    return meetings


def read_dialogue_acts(folder: Path, meetings: set[str] | None) -> list[dict[str, str]]:
    """Read the dialogue acts of meetings, or of all that have any.

    Parameters
    ----------
    folder : pathlib.Path
        The unpacked ``ami_public_manual_*.zip``.
    meetings : set of str or None
        Which; None for all. Of others no file is opened.

    Returns
    -------
    rows : list of dict
        ``meeting, start, end, speaker, role, da_type, text`` and ``where`` it stands,
        meeting by meeting, speaker by speaker. The text is that of all words, with
        ``{vocalsound}``, ``{disfmarker}``, ``{gap}`` for what is no word.

    Raises
    ------
    FileNotFoundError
        If a file is missing that another one points at.
    ValueError
        If a file is no XML, or points at something that is not there.
    """
    types = {
        element.get(f"{NITE}id", ""): element.get("name", "")
        for element in _read_xml(folder / "ontologies" / "da-types.xml").iter("da-type")
    }
    roles = {
        (meeting.get("observation", ""), speaker.get("nxt_agent", "")): role
        for meeting in _read_xml(folder / "corpusResources" / "meetings.xml").iter(
            "meeting"
        )
        for speaker in meeting.iter("speaker")
        if (role := speaker.get("role"))
    }
    rows = []
    for file in sorted((folder / "dialogueActs").glob(_ACTS)):
        meeting, speaker = file.name.split(".")[:2]
        if meetings is not None and meeting not in meetings:
            continue
        words = _Words(folder / "words")
        for act in _read_xml(file).iter("dact"):
            where = f"{file}, {act.get(f'{NITE}id')}"
            said = [
                word
                for child in act.iter(f"{NITE}child")
                for word in words.span(child.get("href", ""), where)
            ]
            if not said:
                raise ValueError(f"{where} points at no words.")
            rows.append(
                {
                    "meeting": meeting,
                    "start": repr(min(word.start for word in said)),
                    "end": repr(max(word.end for word in said)),
                    "speaker": speaker,
                    "role": roles.get((meeting, speaker), ""),
                    "da_type": _type_of(act, types, where),
                    "text": " ".join(word.text for word in said if word.text),
                    "where": where,
                }
            )
    return rows


def _type_of(act: Element, types: dict[str, str], where: str) -> str:
    """Return the short name of an act's type, "unset" where there is none."""
    for pointer in act.iter(f"{NITE}pointer"):
        if pointer.get("role") == "da-aspect":
            _, name, _ = _read_link(pointer.get("href", ""), where)
            if name not in types:
                raise ValueError(f"{where}: da-types.xml has no type {name!r}.")
            return types[name]
    return "unset"


def _read_link(href: str, where: str) -> tuple[str, str, str]:
    """Return the file a link leads to, and the first and the last identifier."""
    match = _LINK.fullmatch(href)
    if match is None:
        raise ValueError(f"{where}: cannot read the link {href!r}.")
    file, first, last = match.groups()
    return file, first, last or first


class _Words:
    """The words files of a meeting, each read once, when it is first pointed at."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[str, tuple[list[AlignedWord], dict[str, int]]] = {}

    def span(self, href: str, where: str) -> list[AlignedWord]:
        """Return what a link spans, in the order of the file: numbers may have gaps."""
        name, first, last = _read_link(href, where)
        if name not in self._files:
            self._files[name] = _read_words(self._folder / name)
        words, places = self._files[name]
        for identifier in (first, last):
            if identifier not in places:
                raise ValueError(f"{where}: {name} has no {identifier!r}.")
        if places[first] > places[last]:
            raise ValueError(f"{where}: {first!r} stands behind {last!r} in {name}.")
        return words[places[first] : places[last] + 1]


def _read_words(file: Path) -> tuple[list[AlignedWord], dict[str, int]]:
    """Read a speaker's words, and where in the list each identifier stands.

    A few elements have no times: they get those of the word before, else of the next.
    """
    elements = list(_read_xml(file))
    times = list(_filled_times(elements, file))
    words = [
        AlignedWord(_text_of(element), *seconds)
        for element, seconds in zip(elements, times, strict=True)
    ]
    places = {
        element.get(f"{NITE}id", ""): place for place, element in enumerate(elements)
    }
    return words, places


def _text_of(element: Element) -> str:
    if element.tag == "w":
        return (element.text or "").strip()
    return "{" + element.tag.removeprefix(NITE) + "}"


def _filled_times(elements: list[Element], file: Path) -> Iterator[tuple[float, float]]:
    """Yield start and end of each element."""
    told = []
    for element in elements:
        start, end = (
            _read_seconds(element, name, file) for name in ("starttime", "endtime")
        )
        start = end if start is None else start
        told.append((start, start if end is None else end))
    before = next((start for start, _ in told if start is not None), None)
    if before is None and told:
        raise ValueError(f"{file}: no word has a time.")
    for start, end in told:
        if start is not None and end is not None:
            yield start, end
            before = end
        elif before is not None:
            yield before, before


def _read_seconds(element: Element, name: str, file: Path) -> float | None:
    told = element.get(name)
    if not told:
        return None
    try:
        seconds = float(told)
    except ValueError:
        seconds = math.nan
    if not math.isfinite(seconds):
        raise ValueError(
            f"{file}, {element.get(f'{NITE}id')}: {name} must be a number of seconds, "
            f"got {told!r}."
        )
    return seconds


def _read_xml(file: Path) -> Element:
    """Read an XML file without entities of its own, which could fill the memory."""
    if not file.is_file():
        raise FileNotFoundError(
            f"There is no file {file}. It is part of ami_public_manual_*.zip, "
            "https://groups.inf.ed.ac.uk/ami/download."
        )
    with file.open("rb") as opened:
        header = opened.read(_LONGEST_HEADER).decode("latin-1")
    match = _ENCODING.search(header)
    text = read_text(file, match[1] if match else "utf-8")
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise ValueError(f"{file} defines entities, which AMI's files do not.")
    try:
        # As text it says its encoding no more.
        return ElementTree.fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text, count=1))
    except ElementTree.ParseError as error:
        raise ValueError(f"{file} is no XML: {error}.") from None
