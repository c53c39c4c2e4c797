"""Who speaks in a transcript of lines: decided for the file, not for the line."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from hanrock_sk.features.transcripts.label_forms import (
    FORMS,
    Label,
    without_dash,
    without_mark,
)
from hanrock_sk.features.transcripts.label_rules import (
    named_always,
    named_at_changes,
    names_with_colons,
)
from hanrock_sk.features.transcripts.labelled_lines import LabelledLines
from hanrock_sk.features.transcripts.names import is_name
from hanrock_sk.features.transcripts.packed_lines import PackedLines

_ENCLOSED = re.compile(r"[\[(][^\[\]()]*[\])]")


class Said(NamedTuple):
    """A piece of a cue.

    Attributes
    ----------
    speaker : str or None
        Who says it, None where nobody is named.
    text : str
        What was said.
    begins : bool
        Whether a mark says that a talkturn begins here.
    """

    speaker: str | None
    text: str
    begins: bool


@dataclass(frozen=True)
class Labels:
    """How a file names who speaks.

    Attributes
    ----------
    form : str or None
        One of the `FORMS`, or None if no line begins with a name.
    names : frozenset of str
        Everyone's.
    carries : bool
        Whether a name stands only where the speaker changes.
    marks, dashes : bool
        Whether ``>>``, or a dash, begins a talkturn.
    """

    form: str | None = None
    names: frozenset[str] = frozenset()
    carries: bool = False
    marks: bool = False
    dashes: bool = False
    _any_form: bool = field(default=False, repr=False)

    def split(self, lines: Sequence[str]) -> list[Said]:
        """Return who says what in the lines of one cue."""
        said: list[tuple[str | None, list[str], bool]] = []
        for line in self._at_marks(lines):
            begins, rest = without_mark(line) if self.marks else (False, line)
            dashed, bare = without_dash(rest)
            label = self._label(bare if dashed else rest)
            if label is not None:
                said.append((label[0], [label[1]], begins or (dashed and self.dashes)))
            elif begins or (dashed and self.dashes):
                said.append((None, [bare if dashed and self.dashes else rest], True))
            elif said:
                said[-1][1].append(rest)
            else:
                said.append((None, [rest], False))
        return [
            Said(speaker, words, begins)
            for speaker, parts, begins in said
            if (words := " ".join(" ".join(parts).split())) or speaker is not None
        ]

    @cached_property
    def _double(self) -> bool:
        """Whether any name has a second one behind it, as "Team A: Anna" has."""
        return any(": " in name for name in self.names)

    def _at_marks(self, lines: Sequence[str]) -> Sequence[str]:
        if not self.marks:
            return lines
        return [
            part if not place else ">>" + part
            for line in lines
            for place, part in enumerate(line.split(" >>"))
        ]

    def _label(self, line: str) -> Label | None:
        forms = FORMS if self._any_form else [self.form] if self.form else []
        for form in forms:
            label = FORMS[form](line)
            if label is not None and label[0] in self.names:
                if not self._double:
                    return label
                inner = FORMS[form](label[1])
                both = f"{label[0]}: {inner[0]}" if inner else ""
                return (both, inner[1]) if inner and both in self.names else label
        return None


def labels_of(
    cues: Iterable[Sequence[str]], speakers: Collection[str] | bool | None = None
) -> Labels:
    """Decide how the lines of a file name who speaks.

    Parameters
    ----------
    cues : iterable of sequence of str
        Lines of each cue or paragraph, without markup.
    speakers : collection of str, False or None, default=None
        The names that may stand before words; False if none does. None decides: nearly
        all cues begin with a name in the same form, whatever it looks like; or names
        that recur, or look like names, stand where the speaker changes.
    """
    if speakers is False:
        return Labels()
    firsts, further, marks, dashes = _beginnings(cues)
    if speakers is not None and speakers is not True:
        names = frozenset(speakers)
        chosen = Labels(None, names, False, marks, dashes, _any_form=True)
        carries = LabelledLines(firsts, chosen._label).carries(names)
        return Labels(None, names, carries, marks, dashes, _any_form=True)
    known: dict[str, LabelledLines] = {}
    for decide in (named_always, named_at_changes):
        for form, split in FORMS.items():
            if form not in known:
                known[form] = LabelledLines(firsts, split)
            labelled = known[form]
            decided = decide(labelled, form)
            if decided:
                names = decided | _further_names(further, form)
                names |= names_with_colons(labelled, firsts, decided, form)
                return Labels(form, names, labelled.carries(names), marks, dashes)
    return Labels(marks=marks, dashes=dashes)


class _Beginnings(NamedTuple):
    """What names may stand in, of the cues that are no sounds.

    Attributes
    ----------
    firsts : PackedLines
        Their first lines, without dash or mark.
    further : PackedLines
        Later lines that begin with a dash or a mark, without it.
    marks, dashes : bool
        Whether these begin talkturns.
    """

    firsts: PackedLines
    further: PackedLines
    marks: bool
    dashes: bool


def _beginnings(cues: Iterable[Sequence[str]]) -> _Beginnings:
    firsts, further = PackedLines(), PackedLines()
    marks = several = False
    alone = 0
    for lines in cues:
        if not lines or _is_noise(lines):
            continue
        firsts.append(_bare(lines[0]))
        # Marks and dashes are no letters: most files have few lines to look at.
        if all(line[:1].isalnum() for line in lines):
            continue
        marked = [without_mark(line)[0] for line in lines]
        dashed = [without_dash(line)[0] for line in lines]
        marks = marks or any(marked)
        several = several or sum(dashed) > 1
        alone += dashed[0]
        for line, *signs in zip(lines[1:], marked[1:], dashed[1:], strict=True):
            if any(signs):
                further.append(_bare(line))
    return _Beginnings(
        firsts, further, marks, several or (alone >= 2 and alone >= 0.3 * len(firsts))
    )


def _bare(line: str) -> str:
    return line if line[:1].isalnum() else without_dash(without_mark(line)[1])[1]


def _is_noise(lines: Sequence[str]) -> bool:
    """Whether a cue is a sound alone: in brackets, with a note, or without words."""
    text = " ".join(lines).strip()
    return (
        _ENCLOSED.fullmatch(text) is not None
        or text.startswith("\u266a")
        or not any(map(str.isalnum, text))
    )


def _further_names(further: Iterable[str], form: str) -> frozenset[str]:
    """Return names that stand only on later lines of a cue, behind a dash or mark."""
    labels = map(FORMS[form], further)
    return frozenset(label[0] for label in labels if label and is_name(label[0]))
