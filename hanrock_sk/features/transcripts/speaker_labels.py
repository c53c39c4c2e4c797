"""Who speaks in a transcript of lines: decided for the file, not for the line."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from hanrock_sk.features.transcripts.label_forms import (
    FORMS,
    Label,
    without_dash,
    without_mark,
)
from hanrock_sk.features.transcripts.names import is_name, is_speech

NEARLY_ALL = 0.85
"""The share of cues that begin with a name in a file that names everyone always."""


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
    cues: Sequence[Sequence[str]], speakers: Collection[str] | bool | None = None
) -> Labels:
    """Decide how the lines of a file name who speaks.

    Parameters
    ----------
    cues : sequence of sequence of str
        Lines of each cue or paragraph, without markup.
    speakers : collection of str, False or None, default=None
        The names that may stand before words; False if none does. None decides: nearly
        all cues begin with a name in the same form, whatever it looks like; or names
        that recur, or look like names, stand where the speaker changes.
    """
    if speakers is False:
        return Labels()
    spoken = [lines for lines in cues if lines and not _is_noise(lines)]
    # Marks and dashes are no letters: most files have few lines to look at.
    signed = [
        lines for lines in spoken if not all(line[:1].isalnum() for line in lines)
    ]
    marks = any(without_mark(line)[0] for lines in signed for line in lines)
    dashes = _dashes(signed, len(spoken))
    if speakers is not None and speakers is not True:
        names = frozenset(speakers)
        chosen = Labels(None, names, False, marks, dashes, _any_form=True)
        firsts = [chosen._label(_bare(lines[0])) for lines in spoken]
        return Labels(None, names, _carries(firsts), marks, dashes, _any_form=True)
    for decide in (_named_always, _named_at_changes):
        for form in FORMS:
            firsts = _labels(spoken, form)
            decided = decide(firsts, form)
            if decided:
                names = decided | _further_names(spoken, form, decided)
                names |= _names_with_colons(firsts, decided)
                accepted = [
                    label if label and label[0] in names else None for label in firsts
                ]
                return Labels(form, names, _carries(accepted), marks, dashes)
    return Labels(marks=marks, dashes=dashes)


def _labels(spoken: Sequence[Sequence[str]], form: str) -> list[Label | None]:
    """Return the name that each cue begins with, and what is behind it."""
    names: dict[str, str] = {}  # one text for each name, not for each cue
    return [
        label and (names.setdefault(label[0], label[0]), label[1])
        for label in (FORMS[form](_bare(lines[0])) for lines in spoken)
    ]


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


def _dashes(signed: Sequence[Sequence[str]], n_cues: int) -> bool:
    if any(sum(without_dash(line)[0] for line in lines) > 1 for lines in signed):
        return True
    alone = sum(without_dash(lines[0])[0] for lines in signed)
    return alone >= 2 and alone >= 0.3 * n_cues


def _named_always(firsts: Sequence[Label | None], form: str) -> frozenset[str]:
    """Return the names if nearly every cue begins with one."""
    labels = [label[0] for label in firsts if label]
    counts = Counter(labels)
    if not labels or len(labels) < NEARLY_ALL * len(firsts):
        return frozenset()
    speech = {label for label in counts if is_speech(label)}
    if form == "name - words":
        # Dashes stand in speech, too: everyone has to speak twice, or all be names.
        often = sum(count for count in counts.values() if count > 1)
        if speech or 2 * often < len(labels) or not any(map(is_name, counts)):
            return frozenset()
    if len(labels) == 1:
        return frozenset(counts) if _sure_alone(firsts, form) else frozenset()
    if len(labels) == 2 and speech:
        return frozenset()
    if 2 * sum(counts[label] for label in speech if counts[label] < 3) > len(labels):
        return frozenset()
    # Somebody without a name says a colon: not the name of a person of that file.
    return frozenset(
        label for label in counts if label not in speech or counts[label] > 1
    )


def _sure_alone(firsts: Sequence[Label | None], form: str) -> bool:
    """Whether the only cue of a file begins with a name."""
    label = next(label for label in firsts if label)
    return form == "name: words" and is_name(label[0]) and bool(label[1])


def _named_at_changes(firsts: Sequence[Label | None], form: str) -> frozenset[str]:
    """Return the names if they stand where the speaker changes."""
    if form == "name - words":
        return frozenset()
    labels = [label[0] for label in firsts if label]
    counts = Counter(labels)
    speech = {label for label in counts if is_speech(label)}
    names = {label for label in counts if is_name(label)}
    if len(labels) < 2:
        return frozenset()
    recurring = _who_take_turns(firsts, counts)
    if recurring:
        sentences = _begin_as_sentences(firsts, recurring)
        once = {label[0] for label in firsts if label and _may_begin(label, sentences)}
        like_them = names if names & recurring else set(counts)
        return recurring | frozenset((once & like_them) - speech)
    covered = len(labels) / len(firsts)
    repeated = sum(n for n in counts.values() if n > 1) / len(labels)
    like_names = sum(counts[label] for label in names) / len(labels)
    at_start = firsts[0] is not None and firsts[0][0] not in speech
    if len(counts) == 1 and not (at_start and names and covered >= 0.3):
        return frozenset()
    if not (
        (at_start and like_names >= 0.8)
        or (at_start and not speech and covered >= (0.3 if repeated >= 0.5 else 0.5))
        or (covered >= 0.5 and like_names >= 0.7 and repeated >= 0.5)
        or (covered >= 0.05 and len(labels) >= 4 and repeated >= 0.7 <= like_names)
    ):
        return frozenset()
    return frozenset(
        label
        for label in counts
        if label not in speech and (counts[label] > 1 or label in names or not names)
    )


def _who_take_turns(
    firsts: Sequence[Label | None], counts: Counter[str]
) -> frozenset[str]:
    """Return the labels that recur, if they are told one after another as people are.

    The file begins with one of them, they stand before a good part of the cues, and
    seldom does one follow itself. Whatever they look like, they are names then.
    """
    recurring = frozenset(label for label, count in counts.items() if count > 1)
    told = [label[0] for label in firsts if label and label[0] in recurring]
    if len(recurring) < 2 or firsts[0] is None or firsts[0][0] not in recurring:
        return frozenset()
    changes = sum(a != b for a, b in pairwise(told)) / (len(told) - 1)
    enough = 0.15 if any(map(is_name, recurring)) else 0.3
    spread = len(told) >= enough * len(firsts) and 2 * len(told) > counts.total()
    return recurring if spread and changes >= 0.7 else frozenset()


def _begin_as_sentences(firsts: Sequence[Label | None], names: frozenset[str]) -> bool:
    """Whether words behind names begin with a capital, in scripts that have them."""
    words = [label[1][:1] for label in firsts if label and label[0] in names]
    small = sum(letter.islower() for letter in words)
    return small <= 0.2 * len(words) and any(letter.isupper() for letter in words)


def _may_begin(label: Label, sentences: bool) -> bool:
    """Whether words may be the first ones behind a name, as "it is" seldom are."""
    return not (sentences and label[1][:1].islower())


def _further_names(
    spoken: Sequence[Sequence[str]], form: str, names: frozenset[str]
) -> frozenset[str]:
    """Return names that stand only on later lines of a cue, behind a dash or mark."""
    further = set()
    for lines in spoken:
        for line in lines[1:]:
            if without_dash(line)[0] or without_mark(line)[0]:
                label = FORMS[form](_bare(line))
                if label and is_name(label[0]):
                    further.add(label[0])
    return frozenset(further)


def _names_with_colons(
    firsts: Sequence[Label | None], names: frozenset[str]
) -> frozenset[str]:
    """Return names such as "Team A: Anna": whoever has one has a second one always."""
    seconds: dict[str, Counter[str]] = {}
    without: set[str] = set()
    for label in firsts:
        if label and label[0] in names and label[0] not in without:
            inner = FORMS["name: words"](label[1])
            if inner:
                seconds.setdefault(label[0], Counter())[inner[0]] += 1
            else:
                without.add(label[0])
    return frozenset(
        f"{name}: {second}"
        for name, counts in seconds.items()
        if name not in without
        and min(counts.values()) > 1
        and not any(map(is_speech, counts))
        for second in counts
    )


def _carries(firsts: Sequence[Label | None]) -> bool:
    """Whether names stand at changes only: then they seldom repeat the one before."""
    named = [label[0] for label in firsts if label]
    if len(named) == len(firsts) or len(named) < 2:
        return len(named) > 0
    repeats = sum(a == b for a, b in pairwise(named)) / (len(named) - 1)
    return not (repeats > 0.25 and len(named) > 0.8 * len(firsts))
