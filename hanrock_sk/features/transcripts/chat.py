"""CHAT of TalkBank and CHILDES, by pylangacq."""

from __future__ import annotations

import math

from hanrock_sk.features.transcripts.gluing import glue
from hanrock_sk.features.transcripts.libraries import broken_files_as_errors, needed
from hanrock_sk.features.transcripts.source import Format, Source, by_suffix
from hanrock_sk.features.transcripts.utterance import Utterance, complete_times


def read_chat(source: Source) -> list[Utterance]:
    """Return the utterances, their words cleaned as the library cleans them.

    Without time marks, times are missing; utterances without one among others get
    theirs from these.
    """
    with needed("pylangacq", "annotations", "CHAT files"):
        import pylangacq
    text = source.text.removeprefix("\ufeff")
    found: list[Utterance] = []
    with broken_files_as_errors(source, "CHAT file"):
        utterances = pylangacq.CHAT.from_strs([text]).utterances()
        for place, said in enumerate(utterances, 1):
            if said.participant is None:
                continue
            start, end = said.time_marks or (math.nan, math.nan)
            where = f"utterance {place}"
            words = [
                Utterance(token.word, start / 1000, end / 1000, said.participant, where)
                for token in said.tokens or []
                if token.word
            ]
            marks = [not any(map(str.isalnum, word.text)) for word in words]
            words = glue(words, marks)
            if any(any(map(str.isalnum, word.text)) for word in words):
                text = " ".join(word.text for word in words)
                found.append(words[0]._replace(text=text))
    if any(not math.isnan(said.start) for said in found):
        return complete_times(found)
    source.allow_missing_times()
    return found


FORMAT = Format("CHAT", (".cha",), by_suffix, read_chat)
