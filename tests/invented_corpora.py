"""IEMOCAP and SEMAINE in the layout of the official releases, all content invented.

`write_dialogue` and `write_session` put down one dialogue or session from its turns;
`write_iemocap` and `write_semaine` invent a whole corpus whose words tell the label.
"""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np

EMOTION_WORDS = {
    "ang": ["how dare you", "get out of here", "i am furious"],
    "hap": ["that is wonderful", "i love it", "what a day"],
    "exc": ["guess what", "we did it", "i can hardly wait"],
    "neu": ["the form is here", "turn left there", "it is at four"],
    "sad": ["i miss her", "it is all over", "nobody came"],
    "fru": ["again and again", "this never works"],
    "xxx": ["well", "i see"],
}
"""Texts by IEMOCAP's codes; "fru" and "xxx" are none of the four classes."""

MEANS = {
    "ang": (1.5, 4.0, 4.0),
    "hap": (4.5, 3.5, 3.0),
    "exc": (4.0, 4.5, 3.5),
    "neu": (3.0, 2.5, 2.5),
    "sad": (2.0, 1.5, 2.0),
    "fru": (2.0, 3.5, 3.0),
    "xxx": (3.0, 3.0, 3.0),
}
"""Valence, activation and dominance by code."""


def write_dialogue(release, dialogue, turns, *, align=True, unlabelled=()):
    """Write one dialogue of IEMOCAP.

    Parameters
    ----------
    release : pathlib.Path
        The folder ``IEMOCAP_full_release``.
    dialogue : str
        Such as "Ses01F_impro01".
    turns : list of dict
        ``name`` ("F000"), ``start``, ``end``, ``text``, ``emotion``, ``means`` and, if
        not two raters agreed with the means, ``ratings``: (val, act, dom) of each, ""
        where the rater gave none. ``words`` are (first frame, last frame, entry).
    align : bool
        Whether to write the forced alignments of turns that have ``words``.
    unlabelled : list of str
        More lines of the transcription.
    """
    session = release / f"Session{int(dialogue[3:5])}"
    evaluation = ["% [START_TIME - END_TIME] TURN_NAME EMOTION [V, A, D]", ""]
    transcription = []
    for turn in turns:
        name = f"{dialogue}_{turn['name']}"
        means = ", ".join(f"{mean:.4f}" for mean in turn["means"])
        evaluation.append(
            f"[{turn['start']:.4f} - {turn['end']:.4f}]\t{name}\t{turn['emotion']}\t"
            f"[{means}]"
        )
        evaluation.append("C-E2:\tNeutral;\t()")
        evaluation.append("C-F1:\tNeutral; Sadness;\t(calm)")
        ratings = turn.get("ratings", [turn["means"]] * 2)
        for rater, (val, act, dom) in enumerate(ratings, 1):
            evaluation.append(f"A-E{rater}:\tval {val}; act {act}; dom  {dom};\t()")
        evaluation += ["A-F1:\tval 3; act 2; dom  ;\t()", ""]
        transcription.append(
            f"{name} [{turn['start']:08.4f}-{turn['end']:08.4f}]: {turn['text']}"
        )
        if align and "words" in turn:
            lines = ["\t SFrm  EFrm    SegAScr Word"]
            lines += [
                f"\t{first:5d} {last:5d}    -123456 {entry}"
                for first, last, entry in turn["words"]
            ]
            file = (
                session / "sentences" / "ForcedAlignment" / dialogue / f"{name}.wdseg"
            )
            put(file, [*lines, " Total score:    -1000000"])
    put(session / "dialog" / "EmoEvaluation" / f"{dialogue}.txt", evaluation)
    put(
        session / "dialog" / "transcriptions" / f"{dialogue}.txt",
        [*transcription, *unlabelled],
    )
    # The archive holds such junk, and folders of single raters beside the files.
    put(session / "dialog" / "EmoEvaluation" / f"._{dialogue}.txt", ["\x07\x01"])
    put(session / "dialog/EmoEvaluation/Categorical" / f"{dialogue}_e2_cat.txt", ["x"])


def write_iemocap(root, turns_per_dialogue=8):
    """Write two dialogues for each recording of IEMOCAP and return the release."""
    release = Path(root) / "IEMOCAP_full_release"
    codes = list(EMOTION_WORDS)
    invented = itertools.count()
    for session, wearer, part in itertools.product(
        range(1, 6), "FM", ("impro01", "script01_1")
    ):
        turns = []
        for place in range(turns_per_dialogue):
            count = next(invented)
            code = codes[count % len(codes)]
            texts = EMOTION_WORDS[code]
            words = texts[count % len(texts)].split()
            turns.append(
                {
                    "name": f"{'FM'[place % 2]}{place // 2:03d}",
                    "start": 2.0 * place,
                    "end": 2.0 * place + 0.5 * len(words),
                    "text": " ".join(words).capitalize() + ".",
                    "emotion": code,
                    "means": MEANS[code],
                    "words": [
                        (50 * at, 50 * at + 39, word.upper())
                        for at, word in enumerate(words)
                    ],
                }
            )
        write_dialogue(release, f"Ses{session:02d}{wearer}_{part}", turns)
    return release


def write_session(
    sessions,
    number,
    *,
    recording=None,
    character="Poppy",
    user=None,
    operator=None,
    plain=None,
    traces=None,
):
    """Write one session of SEMAINE.

    Parameters
    ----------
    sessions : pathlib.Path
        The folder ``Sessions``.
    number : int
        The session's number, which names its folder.
    recording : str or None
        Date and time that media files are named with; None writes none.
    character : str
        Whom the operator plays.
    user, operator : list of list of (int, int, str) or None
        Turns of words with start and end in milliseconds; None writes no such file.
    plain : list of str or None
        Lines of a plain transcript.
    traces : dict of str to str or ndarray
        FeelTrace files by name, such as "R1S1TUCPoDV.txt": the text itself, or values
        0.02 s apart.
    """
    folder = Path(sessions) / str(number)
    put(
        folder / "session.xml",
        [f'<session recording="1" character="{character}"></session>'],
    )
    if recording is not None:
        put(folder / f"{recording}_User HeadMounted_{character}.wav", [""])
    for speaker, turns in (("user", user), ("operator", operator)):
        if turns is None:
            continue
        lines = []
        for place, words in enumerate(turns):
            lines.append(
                f"---recording 1 turn {2 * place + (speaker == 'operator')}---"
            )
            lines += [f"{start} {end} {word}" for start, end, word in words]
            lines.append(".")
        name = f"wordLevel_alignedTranscript_01.{number}{character}_{speaker}"
        put(folder / name, lines)
    if plain is not None:
        put(folder / f"alignedTranscript_01.{number}{character}.txt", plain)
    for name, trace in (traces or {}).items():
        if not isinstance(trace, str):
            trace = "\n".join(
                f"{place * 0.02:g} {value:.4f}" for place, value in enumerate(trace)
            )
        put(folder / name, [trace])
    return folder


def write_semaine(root, recordings, turns_per_session=8):
    """Write one session for each recording and return the folder ``Sessions``.

    User and operator take turns of one second. Raters follow the user's words.
    """
    sessions = Path(root) / "Sessions"
    moods = [(["awful", "dreadful"], -0.6), (["fine"], 0.1), (["great", "lovely"], 0.7)]
    for number, recording in enumerate(recordings, 2):
        user, operator, value = [], [], np.zeros(100 * turns_per_session + 50)
        for place in range(turns_per_session):
            words, mood = moods[(number + place) % 3]
            start = 2000 * place
            user.append(
                [
                    (start + 400 * at, start + 400 * at + 300, word.upper())
                    for at, word in enumerate(["IT", "WAS", *words])
                ]
            )
            operator.append([(start + 1500, start + 1900, "OH")])
            value[100 * place : 100 * place + 100] = mood
        traces = {
            f"R{rater}S1TUCPoD{dimension}.txt": value * share + 0.01 * rater
            for rater in (1, 2)
            for dimension, share in zip("VAPI", (1.0, -0.5, 0.5, 0.8), strict=True)
        }
        write_session(
            sessions,
            number,
            recording=recording,
            user=user,
            operator=operator,
            traces=traces,
        )
    return sessions


def put(file, lines):
    """Write lines, and the folders above the file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join(lines) + "\n")
