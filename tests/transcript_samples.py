"""A small transcript of every format, with the words that are in it."""

from __future__ import annotations

import io
import json

WORDS = "alpha bravo charlie delta"

_CUES = (("Anna", "alpha bravo"), ("Ben", "charlie delta"))


def _srt():
    return "".join(
        f"{n + 1}\n00:00:0{n},000 --> 00:00:0{n + 1},000\n{who}: {said}\n\n"
        for n, (who, said) in enumerate(_CUES)
    )


def _sbv():
    lines = [line for line in _srt().splitlines() if not line.isdecimal()]
    text = "\n".join(lines).replace(",", ".").replace(" --> ", ",")
    return (text + "\n").encode()


def _each():
    """Yield word, start, end and speaker of every word."""
    for n, word in enumerate(WORDS.split()):
        yield word, n / 2, n / 2 + 0.5, n // 2


def _words(**fields):
    """Words as objects: the fields' names, and how each is written."""
    return [{name: form(*each) for name, form in fields.items()} for each in _each()]


WORD = {
    "word": lambda w, s, e, p: w,
    "start": lambda w, s, e, p: s,
    "end": lambda w, s, e, p: e,
}
TEXT = {
    "text": lambda w, s, e, p: w,
    "start": lambda w, s, e, p: s,
    "end": lambda w, s, e, p: e,
}


def elan_document(slots, tiers):
    """Write an ELAN file with these time slots and tiers."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<ANNOTATION_DOCUMENT AUTHOR="" '
        'DATE="2026-01-01T00:00:00+00:00" FORMAT="3.0" VERSION="3.0"\n'
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xsi:noNamespaceSchemaLocation="http://www.mpi.nl/tools/elan/EAFv3.0.xsd">\n'
        '<HEADER MEDIA_FILE="" TIME_UNITS="milliseconds"></HEADER>\n'
        f"<TIME_ORDER>\n{slots}</TIME_ORDER>\n{tiers}"
        '<LINGUISTIC_TYPE GRAPHIC_REFERENCES="false" LINGUISTIC_TYPE_ID="t" '
        'TIME_ALIGNABLE="true"/>\n</ANNOTATION_DOCUMENT>\n'
    )


def _eaf():
    slots = "".join(
        f'<TIME_SLOT TIME_SLOT_ID="ts{n}" TIME_VALUE="{n * 500}"/>\n' for n in range(5)
    )
    tiers = "".join(
        f'<TIER LINGUISTIC_TYPE_REF="t" TIER_ID="{who}">\n<ANNOTATION>'
        f'<ALIGNABLE_ANNOTATION ANNOTATION_ID="a{n}" TIME_SLOT_REF1="ts{2 * n}" '
        f'TIME_SLOT_REF2="ts{2 * n + 2}">\n<ANNOTATION_VALUE>{said}'
        "</ANNOTATION_VALUE>\n</ALIGNABLE_ANNOTATION></ANNOTATION>\n</TIER>\n"
        for n, (who, said) in enumerate(_CUES)
    )
    return elan_document(slots, tiers).encode()


def _table(delimiter):
    rows = [delimiter.join(("speaker", "text", "start", "end"))]
    rows += [delimiter.join((f"S{p}", w, str(s), str(e))) for w, s, e, p in _each()]
    return "\n".join(rows) + "\n"


JSON = {
    "whisperx": {
        "segments": [{"start": 0, "end": 2, "text": WORDS, "words": _words(**WORD)}]
    },
    "segments": [{"start": 0, "end": 2, "text": WORDS}],
    "whisper_cpp": {
        "transcription": [{"offsets": {"from": 0, "to": 2000}, "text": WORDS}]
    },
    "chunks": {"chunks": [{"timestamp": [0, 2], "text": WORDS}]},
    "google": {
        "results": [
            {
                "alternatives": [
                    {
                        "words": _words(
                            word=lambda w, s, e, p: w,
                            startTime=lambda w, s, e, p: f"{s}s",
                            endTime=lambda w, s, e, p: f"{e}s",
                            speakerTag=lambda w, s, e, p: p + 1,
                        )
                    }
                ]
            }
        ]
    },
    "amazon": {
        "results": {
            "items": _words(
                type=lambda w, s, e, p: "pronunciation",
                alternatives=lambda w, s, e, p: [{"content": w}],
                start_time=lambda w, s, e, p: str(s),
                end_time=lambda w, s, e, p: str(e),
                speaker_label=lambda w, s, e, p: f"spk_{p}",
            )
        }
    },
    "azure": {
        "recognizedPhrases": [
            {"offset": "PT0S", "duration": "PT2S", "nBest": [{"display": WORDS}]}
        ]
    },
    "assemblyai": {
        "words": _words(
            text=lambda w, s, e, p: w,
            start=lambda w, s, e, p: int(s * 1000),
            end=lambda w, s, e, p: int(e * 1000),
            speaker=lambda w, s, e, p: "AB"[p],
        )
    },
    "deepgram": {
        "results": {"channels": [{"alternatives": [{"words": _words(**WORD)}]}]}
    },
    "elevenlabs": {"words": _words(type=lambda *_: "word", **TEXT)},
    "rev": {
        "monologues": [
            {
                "speaker": 0,
                "elements": _words(
                    type=lambda *_: "text",
                    value=lambda w, s, e, p: w,
                    ts=lambda w, s, e, p: s,
                    end_ts=lambda w, s, e, p: e,
                ),
            }
        ]
    },
    "ibm": {
        "results": [{"alternatives": [{"timestamps": [list(w[:3]) for w in _each()]}]}],
        "speaker_labels": [
            {"from": s, "to": e, "speaker": p} for _, s, e, p in _each()
        ],
    },
    "speechmatics": {
        "results": _words(
            type=lambda *_: "word",
            start_time=lambda w, s, e, p: s,
            end_time=lambda w, s, e, p: e,
            alternatives=lambda w, s, e, p: [{"content": w, "speaker": f"S{p}"}],
        )
    },
    "vosk": {"result": _words(**WORD), "text": WORDS},
    "kaldi": {"retval": {"words": _words(**WORD)}},
    "sphinx": {"words": _words(**WORD)},
    "records": [
        {"speaker": f"S{p}", "utterance": w, "onset": s, "offset": e}
        for w, s, e, p in _each()
    ],
}

SAMPLES: dict[str, bytes] = {
    "a.srt": _srt().encode(),
    "a.vtt": ("WEBVTT\n\n" + _srt().replace(",", ".")).encode(),
    "a.sbv": _sbv(),
    "rolling.vtt": (
        b"WEBVTT\n\n00:00.000 --> 00:01.000\nalpha bravo\n\n00:01.000 --> 00:02.000\n"
        b"alpha bravo\ncharlie\n\n00:02.000 --> 00:03.000\ncharlie\ndelta\n\n"
    ),
    "a.csv": _table(",").encode(),
    "a.tsv": _table("\t").encode("utf-16"),
    "a.txt": b"Anna  0:03\nalpha bravo\n\nBen  0:07\ncharlie delta\n",
    "zoom.txt": b"Anna\n00:00:03\nalpha bravo\nBen\n00:00:07\ncharlie delta\n",
    "a.ctm": "".join(f"r A {s} 0.5 {w}\n" for w, s, e, p in _each()).encode(),
    "a.stm": b"r A anna 0 1 <o> alpha bravo\nr A ben 1 2 charlie delta\n",
    "a.cha": (
        b"@UTF8\n@Begin\n@Languages:\teng\n@Participants:\tMOT Mother, CHI Child\n"
        b"@ID:\teng|x|MOT|||||Mother|||\n@ID:\teng|x|CHI|||||Child|||\n"
        b"*MOT:\talpha bravo . \x150_1000\x15\n"
        b"*CHI:\tcharlie delta . \x151000_2000\x15\n"
        b"@End\n"
    ),
    "a.TextGrid": (
        b'File type = "ooTextFile"\nObject class = "TextGrid"\n\nxmin = 0\nxmax = 2\n'
        b"tiers? <exists>\nsize = 1\nitem []:\n    item [1]:\n"
        b'        class = "IntervalTier"\n        name = "Anna"\n'
        b"        xmin = 0\n        xmax = 2\n"
        b"        intervals: size = 2\n"
        b"        intervals [1]:\n            xmin = 0\n            xmax = 1\n"
        b'            text = "alpha bravo"\n'
        b"        intervals [2]:\n            xmin = 1\n            xmax = 2\n"
        b'            text = "charlie delta"\n'
    ),
    "a.eaf": _eaf(),
    "a.json3": json.dumps(
        {
            "events": [
                {"tStartMs": 0, "dDurationMs": 1000, "segs": [{"utf8": "alpha bravo"}]},
                {"tStartMs": 1000, "dDurationMs": 900, "segs": [{"utf8": "charlie"}]},
                {"tStartMs": 2000, "segs": [{"utf8": "\n"}, {"utf8": "delta"}]},
            ]
        }
    ).encode(),
    "a.jsonl": b"".join(
        json.dumps(record).encode() + b"\n" for record in _words(**TEXT)
    ),
    "names.txt": b"Anna: alpha bravo\nBen: charlie\nAnna: delta\n",
    "fields.txt": b"Anna\t0:01\talpha bravo\nBen\t0:02\tcharlie delta\n",
    "labels.txt": b"0.0\t1.0\talpha bravo\n1.0\t2.0\tcharlie delta\n",
    "behind.txt": b"I: alpha bravo #00:00:01-1#\nB: charlie delta #00:00:02-5#\n",
    "lines.md": b"**ANNA**\nalpha bravo\n\n**BEN**\ncharlie\n\n**ANNA**\ndelta\n",
    **{
        f"{name}.json": json.dumps(content, indent=1).encode()
        for name, content in JSON.items()
    },
}
"""Files by name: the bytes of each."""


def office_samples():
    """A Word and an Excel file, as far as their libraries are there."""
    import docx
    import openpyxl

    samples = {}
    document = docx.Document()
    for line in ("Anna  0:03", "alpha bravo", "Ben  0:07", "charlie delta"):
        document.add_paragraph(line)
    file = io.BytesIO()
    document.save(file)
    samples["a.docx"] = file.getvalue()
    book = openpyxl.Workbook()
    for row in _table(",").splitlines():
        book.active.append(row.split(","))
    file = io.BytesIO()
    book.save(file)
    samples["a.xlsx"] = file.getvalue()
    return samples
