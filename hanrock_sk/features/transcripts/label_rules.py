"""Which labels before words are names: decided for the file, not for the line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from hanrock_sk.features.transcripts.label_forms import FORMS
from hanrock_sk.features.transcripts.labelled_lines import LabelledLines
from hanrock_sk.features.transcripts.names import is_name, is_speech

NEARLY_ALL = 0.85
"""The share of cues that begin with a name in a file that names everyone always."""


def named_always(firsts: LabelledLines, form: str) -> frozenset[str]:
    """Return the names if nearly every cue begins with one."""
    many = firsts.n_labelled
    if not many or many < NEARLY_ALL * len(firsts):
        return frozenset()
    counts = firsts.counts()
    speech = {label for label in counts if is_speech(label)}
    if form == "name - words":
        # Dashes stand in speech, too: everyone has to speak twice, or all be names.
        often = sum(count for count in counts.values() if count > 1)
        if speech or 2 * often < many or not any(map(is_name, counts)):
            return frozenset()
    if many == 1:
        # The only cue of a file.
        sure = form == "name: words" and is_name(firsts.labels[0])
        sure = sure and firsts.words_behind_first
        return frozenset(counts) if sure else frozenset()
    if many == 2 and speech:
        return frozenset()
    if 2 * sum(counts[label] for label in speech if counts[label] < 3) > many:
        return frozenset()
    # Somebody without a name says a colon: not the name of a person of that file.
    return frozenset(
        label for label in counts if label not in speech or counts[label] > 1
    )


def named_at_changes(firsts: LabelledLines, form: str) -> frozenset[str]:
    """Return the names if they stand where the speaker changes."""
    many = firsts.n_labelled
    if form == "name - words" or many < 2:
        return frozenset()
    counts = firsts.counts()
    speech = {label for label in counts if is_speech(label)}
    names = {label for label in counts if is_name(label)}
    recurring = _who_take_turns(firsts, counts)
    if recurring:
        # Behind a name, "it is" seldom stands where others begin with a capital.
        sentences = firsts.begin_as_sentences(recurring)
        once = firsts.before_sentences() if sentences else set(counts)
        like_them = names if names & recurring else set(counts)
        return recurring | frozenset((once & like_them) - speech)
    covered = many / len(firsts)
    repeated = sum(n for n in counts.values() if n > 1) / many
    like_names = sum(counts[label] for label in names) / many
    at_start = firsts.first is not None and firsts.first not in speech
    if len(counts) == 1 and not (at_start and names and covered >= 0.3):
        return frozenset()
    if not (
        (at_start and like_names >= 0.8)
        or (at_start and not speech and covered >= (0.3 if repeated >= 0.5 else 0.5))
        or (covered >= 0.5 and like_names >= 0.7 and repeated >= 0.5)
        or (covered >= 0.05 and many >= 4 and repeated >= 0.7 <= like_names)
    ):
        return frozenset()
    return frozenset(
        label
        for label in counts
        if label not in speech and (counts[label] > 1 or label in names or not names)
    )


def _who_take_turns(firsts: LabelledLines, counts: Counter[str]) -> frozenset[str]:
    """Return the labels that recur, if they are told one after another as people are.

    The file begins with one of them, they stand before a good part of the cues, and
    seldom does one follow itself. Whatever they look like, they are names then.
    """
    recurring = frozenset(label for label, count in counts.items() if count > 1)
    if len(recurring) < 2 or firsts.first not in recurring:
        return frozenset()
    told, repeats = firsts.repeats(recurring)
    changes = (told - 1 - repeats) / (told - 1)
    enough = 0.15 if any(map(is_name, recurring)) else 0.3
    spread = told >= enough * len(firsts) and 2 * told > counts.total()
    return recurring if spread and changes >= 0.7 else frozenset()


def names_with_colons(
    firsts: LabelledLines, lines: Iterable[str], names: frozenset[str], form: str
) -> frozenset[str]:
    """Return names such as "Team A: Anna": whoever has one has a second one always."""
    seconds: dict[str, Counter[str]] = {}
    without: set[str] = set()
    asked = names & set(firsts.labels)
    for line, name in zip(lines, firsts.whose(), strict=True):
        if len(without) == len(asked):
            break
        if name not in asked or name in without:
            continue
        label = FORMS[form](line)
        inner = FORMS["name: words"](label[1]) if label else None
        if inner:
            seconds.setdefault(name, Counter())[inner[0]] += 1
        else:
            without.add(name)
    return frozenset(
        f"{name}: {second}"
        for name, counts in seconds.items()
        if name not in without
        and min(counts.values()) > 1
        and not any(map(is_speech, counts))
        for second in counts
    )
