"""Transcripts of every format, as long as one likes: what is said goes round."""

from __future__ import annotations

import json

from transcript_samples import elan_document

_SAID = "so we shall begin with what was said on that day about nothing much"
WORDS = _SAID.split()
TURN = 8  # words


def _clock(seconds, point="."):
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(int(minutes), 60)
    return f"{hours:02d}:{minutes:02d}:{rest:06.3f}".replace(".", point)


def _word(number):
    """Return a word, its start and end, and who says it."""
    start = number / 4
    return WORDS[number % len(WORDS)], start, start + 0.25, number // TURN % 2


def _turn(number):
    """Return a turn's words, start, end and speaker."""
    words = [_word(number * TURN + place) for place in range(TURN)]
    return " ".join(word for word, *_ in words), words[0][1], words[-1][2], number % 2


def long_turns(many):
    """Yield talkturns: what is said, from when to when, and by which of two."""
    return map(_turn, range(many))


def _of(unit, form, head="", tail="", between=""):
    """A format: what stands above, how a word or a turn is written, what is below."""
    return head, form, tail, between, unit


def _json(unit, head, tail, between=",\n", **fields):
    """A format of JSON: objects with these fields between a head and a tail."""

    def form(*said):
        return json.dumps({name: field(*said) for name, field in fields.items()})

    return _of(unit, form, head, tail, between)


def _fields(text="text", start="start", end="end", unit=1.0, kind=float):
    """How most of JSON tells words and times."""
    return {
        text: lambda w, s, e, p: w,
        start: lambda w, s, e, p: kind(s * unit),
        end: lambda w, s, e, p: kind(e * unit),
    }


def _speaker(name="speaker", form="S{}"):
    return {name: lambda w, s, e, p: form.format(p)}


def _segments(form):
    """Whisper's segments, their words in some form."""
    return _json(
        _turn,
        '{"segments": [',
        "]}",
        start=lambda w, s, e, p: s,
        end=lambda w, s, e, p: e,
        text=lambda w, s, e, p: w,
        words=lambda w, s, e, p: [
            form(word, s + n / 4, s + n / 4 + 0.25) for n, word in enumerate(w.split())
        ],
        **_speaker(form="SPEAKER_0{}"),
    )


WHO = ("Anna", "Ben")
_CHAT = (
    "@UTF8\n@Begin\n@Languages:\teng\n@Participants:\tMOT Mother, CHI Child\n"
    "@ID:\teng|x|MOT|||||Mother|||\n@ID:\teng|x|CHI|||||Child|||\n"
)
FORMS = {
    "captions.vtt": _of(
        _turn,
        lambda w, s, e, p: f"{_clock(s)} --> {_clock(e)}\n<v {WHO[p]}>{w}\n\n",
        "WEBVTT\n\n",
    ),
    "captions.srt": _of(
        _turn,
        lambda w, s, e, p: (
            f"{round(s / 2) + 1}\n{_clock(s, ',')} --> {_clock(e, ',')}\n"
            f"{WHO[p]}: {w}\n\n"
        ),
    ),
    "words.vtt": _of(
        _word,
        lambda w, s, e, p: f"{_clock(s)} --> {_clock(e)}\n{w}\n\n",
        "WEBVTT\n\n",
    ),
    "captions.sbv": _of(
        _turn, lambda w, s, e, p: f"{_clock(s)},{_clock(e)}\n{WHO[p]}: {w}\n\n"
    ),
    "table.csv": _of(
        _word,
        lambda w, s, e, p: f"S{p},{w},{s},{e}\n",
        "speaker,word,start,end\n",
    ),
    "rows.csv": _of(
        _turn,
        lambda w, s, e, p: f"call,{WHO[p]},{s},{e},{w}\n",
        "conversation,speaker,start,end,text\n",
    ),
    "turns.csv": _of(_turn, lambda w, s, e, p: f"S{p},{w}\n", "speaker,text\n"),
    "above.txt": _of(_turn, lambda w, s, e, p: f"{WHO[p]}  {_clock(s)[:8]}\n{w}\n\n"),
    "names.txt": _of(_turn, lambda w, s, e, p: f"{WHO[p]}: {w}\n"),
    "labels.txt": _of(_word, lambda w, s, e, p: f"{s}\t{e}\t{w}\n"),
    "words.ctm": _of(_word, lambda w, s, e, p: f"r A {s:.2f} 0.25 {w}\n"),
    "channels.ctm": _of(_word, lambda w, s, e, p: f"r {'AB'[p]} {s:.2f} 0.25 {w}\n"),
    "turns.stm": _of(_turn, lambda w, s, e, p: f"r A S{p} {s:.2f} {e:.2f} <o> {w}\n"),
    "timed.cha": _of(
        _turn,
        lambda w, s, e, p: (
            f"*{('MOT', 'CHI')[p]}:\t{w} . \x15{s * 1000:.0f}_{e * 1000:.0f}\x15\n"
        ),
        _CHAT,
        "@End\n",
    ),
    "words.cha": _of(
        _turn,
        lambda w, s, e, p: (
            f"*{('MOT', 'CHI')[p]}:\t"
            + " ".join(
                f"{word} \x15{s * 1e3 + n * 250:.0f}_{s * 1e3 + n * 250 + 250:.0f}\x15"
                for n, word in enumerate(w.split())
            )
            + f" . \x15{s * 1000:.0f}_{e * 1000:.0f}\x15\n"
        ),
        _CHAT,
        "@End\n",
    ),
    "untimed.cha": _of(
        _turn,
        lambda w, s, e, p: f"*{('MOT', 'CHI')[p]}:\t{w} .\n",
        _CHAT,
        "@End\n",
    ),
    "whisperx.json": _segments(
        lambda word, start, end: {"word": word, "start": start, "end": end}
    ),
    "faster.json": _segments(lambda word, start, end: [start, end, word, 0.5]),
    "segments.json": _json(
        _turn, '{"segments": [', "]}", **_fields(), **_speaker(form="SPEAKER_0{}")
    ),
    "whisper_cpp.json": _json(
        _turn,
        '{"transcription": [',
        "]}",
        offsets=lambda w, s, e, p: {"from": int(s * 1000), "to": int(e * 1000)},
        text=lambda w, s, e, p: w,
    ),
    "chunks.json": _json(
        _word,
        '{"chunks": [',
        "]}",
        timestamp=lambda w, s, e, p: [s, e],
        text=lambda w, s, e, p: w,
    ),
    "amazon.json": _json(
        _word,
        '{"results": {"items": [',
        "]}}",
        type=lambda *_: "pronunciation",
        alternatives=lambda w, *_: [{"confidence": "0.99", "content": w}],
        start_time=lambda w, s, e, p: str(s),
        end_time=lambda w, s, e, p: str(e),
        **_speaker("speaker_label", "spk_{}"),
    ),
    "amazon_call.json": _json(
        _turn,
        '{"Transcript": [',
        "]}",
        **_fields("Content", "BeginOffsetMillis", "EndOffsetMillis", 1000, int),
        ParticipantRole=lambda w, s, e, p: ("AGENT", "CUSTOMER")[p],
    ),
    "azure.json": _json(
        _turn,
        '{"recognizedPhrases": [',
        "]}",
        offset=lambda w, s, e, p: f"PT{s}S",
        duration=lambda w, s, e, p: f"PT{e - s}S",
        speaker=lambda w, s, e, p: p + 1,
        nBest=lambda w, *_: [{"display": w}],
    ),
    "deepgram.json": _json(
        _word,
        '{"results": {"channels": [{"alternatives": [{"words": [',
        "]}]}]}}",
        **_fields("word"),
        speaker=lambda w, s, e, p: p,
    ),
    "ibm.json": _json(
        _turn,
        '{"results": [',
        "]}",
        final=lambda *_: True,
        alternatives=lambda w, s, e, p: [
            {
                "transcript": w,
                "confidence": 0.99,
                "timestamps": [
                    [word, s + n / 4, s + n / 4 + 0.25]
                    for n, word in enumerate(w.split())
                ],
            }
        ],
    ),
    "speechmatics.json": _json(
        _word,
        '{"results": [',
        "]}",
        **_fields("unread", "start_time", "end_time"),
        type=lambda *_: "word",
        alternatives=lambda w, s, e, p: [{"content": w, "speaker": f"S{p}"}],
    ),
    "google.json": _json(
        _word,
        '{"results": [{"alternatives": [{"words": [',
        "]}]}]}",
        startTime=lambda w, s, e, p: f"{s}s",
        endTime=lambda w, s, e, p: f"{e}s",
        word=lambda w, *_: w,
        speakerTag=lambda w, s, e, p: p + 1,
    ),
    "rev.json": _json(
        _word,
        '{"monologues": [{"speaker": 0, "elements": [',
        "]}]}",
        type=lambda *_: "text",
        **_fields("value", "ts", "end_ts"),
    ),
    "vosk.json": _json(_word, '{"result": [', "]}", **_fields("word")),
    "kaldi.json": _json(_word, '{"retval": {"words": [', "]}}", **_fields("word")),
    "gstreamer.json": _json(
        _word,
        '{"result": {"hypotheses": [{"word-alignment": [',
        "]}]}}",
        **_fields("word", end="unread"),
        length=lambda *_: 0.25,
    ),
    "elevenlabs.json": _json(
        _word,
        '{"words": [',
        "]}",
        **_fields(),
        type=lambda *_: "word",
        **_speaker("speaker_id", "speaker_{}"),
    ),
    "assemblyai.json": _json(
        _word,
        '{"words": [',
        "]}",
        **_fields(unit=1000, kind=int),
        **_speaker(),
    ),
    "speechmatics_1.json": _json(
        _word,
        '{"words": [',
        "]}",
        name=lambda w, *_: w,
        time=lambda w, s, *_: str(s),
        duration=lambda *_: "0.25",
    ),
    "youtube.json3": _json(
        _turn,
        '{"events": [',
        "]}",
        tStartMs=lambda w, s, *_: int(s * 1000),
        dDurationMs=lambda w, s, e, p: int(1000 * (e - s)),
        segs=lambda w, *_: [{"utf8": w}],
    ),
    "pocketsphinx.jsonl": _json(
        _turn,
        "",
        "",
        "\n",
        b=lambda w, s, e, p: s,
        d=lambda w, s, e, p: e - s,
        t=lambda w, s, e, p: w,
        w=lambda w, s, e, p: [
            {"b": s + n / 4, "d": 0.25, "t": word} for n, word in enumerate(w.split())
        ],
    ),
    "sphinx.json": _json(_word, '{"words": [', "]}", **_fields("word")),
    "records.json": _json(
        _word, "[", "]", **_fields("utterance", "onset", "offset"), **_speaker()
    ),
    "records.jsonl": _json(
        _word, "", "", "\n", **_fields("utterance", "onset", "offset"), **_speaker()
    ),
}


def long_transcript(name, size):
    """Return a transcript of this name with about so many characters."""
    if name.endswith(".TextGrid"):
        return _textgrid(size)
    if name.endswith(".eaf"):
        return _eaf(size)
    head, form, tail, between, unit = FORMS[name]
    many = max(size // len(form(*unit(1000)) + between), 2)
    return head + between.join(form(*unit(n)) for n in range(many)) + tail


NAMES = [*FORMS, "words.TextGrid", "words.eaf"]


def _textgrid(size):
    many = size // 85
    intervals = "".join(
        f"        intervals [{n + 1}]:\n            xmin = {start}\n"
        f'            xmax = {end}\n            text = "{word}"\n'
        for n, (word, start, end, _) in enumerate(map(_word, range(many)))
    )
    return (
        f'File type = "ooTextFile"\nObject class = "TextGrid"\n\nxmin = 0\n'
        f"xmax = {many / 4}\ntiers? <exists>\nsize = 1\nitem []:\n    item [1]:\n"
        f'        class = "IntervalTier"\n        name = "Anna"\n        xmin = 0\n'
        f"        xmax = {many / 4}\n        intervals: size = {many}\n{intervals}"
    )


def _eaf(size):
    many = size // 260
    slots = "".join(
        f'<TIME_SLOT TIME_SLOT_ID="ts{n}" TIME_VALUE="{n * 250}"/>\n'
        for n in range(many + 1)
    )
    words = "".join(
        f'<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a{n}" '
        f'TIME_SLOT_REF1="ts{n}" TIME_SLOT_REF2="ts{n + 1}">\n<ANNOTATION_VALUE>'
        f"{_word(n)[0]}</ANNOTATION_VALUE>\n</ALIGNABLE_ANNOTATION></ANNOTATION>\n"
        for n in range(many)
    )
    tier = f'<TIER LINGUISTIC_TYPE_REF="t" TIER_ID="Anna">\n{words}</TIER>\n'
    return elan_document(slots, tier)
