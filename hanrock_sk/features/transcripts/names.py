"""Whether a few words before a colon, or in brackets, can be somebody's name."""

from __future__ import annotations

import re

LONGEST_NAME = 100

_PARTICLE_WORDS = (
    "al and bin da de del della der di dos du e el la le of san st ten ter und van von "
    "y zu"
)
_PARTICLES = frozenset(_PARTICLE_WORDS.split())
# Words that begin or fill sentences: nobody is called so.
_SPEECH_WORDS = """
a about actually again all also always an another answer anyway are as ask asked at
attention basically be because but bye called can caution could course did do does
don't example exactly fact finally first for from get give go good got had has have
he hello her here hers hey hi him his how however i idea if imagine important in is
it its it's just know last later let let's like listen look maybe me mean meaning
means mine more most my never next no not note nothing now number of oh ok okay on
once one or other our out p.s please point problem question quote read reason
remember reminder result right said same say says second see she should simply so
some something sorry still such sure tell than thank thanks that that's the their
them then there these they thing things think third this those three time times tip
title to today told too two update us very wait want warning was we well were what
what's when where whether which who why will wish with word words would wow yeah yes
yet you your absolutely certainly clearly definitely especially essentially eventually
fortunately generally honestly hopefully interestingly literally luckily mainly mostly
namely naturally normally obviously officially overall personally possibly presumably
probably quickly really seriously specifically surely typically ultimately
unfortunately usually answers besides conclusion fact hint mind pros cons reality
result reasons similarly summary therefore thus truth
"""
_SPEECH = frozenset(_SPEECH_WORDS.split())
_SENTENCE = re.compile(
    r"[?!\u2026]|\b(?!prof|univ|capt|sgt|col|gen|insp|supt)\w{4,}\. |, \w+, ",
    re.IGNORECASE,
)
_PART = re.compile(
    r"(?:act|chapter|day|episode|exercise|figure|lesson|part|phase|rule|scene|section|"
    r"slide|stage|step|table|unit|version|volume|week)s? (?:\d+|[ivx]+|one|two|three|"
    r"four|five|six|seven|eight|nine|ten)\b.*",
    re.IGNORECASE,
)
_SOUND = re.compile(
    r"\b(?:applau(?:se|ds?)|beep|breath(?:e|es)?|cheer|chuckle|clap(?:ping|s)?|"
    r"clears? throat|cough|cross ?talk|cry|cries|gasp|groan|grunt|hum(?:ming|s)?|"
    r"inaudible|indistinct|laugh(?:ter)?|music|noise|pause|phone rings|ringing|scream|"
    r"sigh|silence|silent|sings|singing|sniff|snort|sob(?:bing|s)?|speaking \w+|"
    r"unintelligible|whisper|yawn)(?:s|es|d|ed|ing)?\b|\u266a",
    re.IGNORECASE,
)
_NO_NAME = re.compile(r"[\d\W_]*:?[\d\W_]*")


_HEADING_WORDS = (
    "audio audiofile,audio source,case,conversation,datum,date,dauer,duration,file,"
    "file name,filename,id,interview,interview date,interview no,language,length,"
    "location,meeting,note,ort,participants,place,present,project,projekt,recorded,"
    "recording,session,source,start,start time,stop,subject,teilnehmer,thema,time,"
    "title,titel,topic,transcribed by,transcriber,transcript,transcription,version,"
    "zeit"
)
_HEADINGS = frozenset(_HEADING_WORDS.split(","))


def is_heading(label: str) -> bool:
    """Whether a label above a transcript tells of the transcript.

    Examples
    --------
    >>> from hanrock_sk.features.transcripts.names import is_heading
    >>> is_heading("Date"), is_heading("Interview 3"), is_heading("Anna")
    (True, True, False)
    """
    return label.lower().strip("#* 0123456789.") in _HEADINGS


def is_sound(label: str) -> bool:
    """Whether the words name a sound, as captions put between brackets.

    Examples
    --------
    >>> from hanrock_sk.features.transcripts.names import is_sound
    >>> is_sound("soft music playing"), is_sound("Anna")
    (True, False)
    """
    return len(label) <= LONGEST_NAME and _SOUND.search(label) is not None


def is_speech(label: str) -> bool:
    """Whether the words are rather said than somebody's name.

    Examples
    --------
    >>> from hanrock_sk.features.transcripts.names import is_speech
    >>> [is_speech(words) for words in ("One thing", "It is this", "Remember", "note")]
    [True, True, True, True]
    >>> [is_speech(words) for words in ("One Plus", "Dr. de la Cruz (she/her)", "A")]
    [False, False, False]
    """
    if _SENTENCE.search(label) or _PART.fullmatch(label):
        return True
    words = label.split()
    if len(words) > 12:
        return True
    if len(words) == 1 and len(label) == 1:
        return False
    spoken = [word.strip("\"'.,").lower() in _SPEECH for word in words]
    if len(words) == 1:
        return spoken[0]
    titled = all(not word[0].islower() for word in words)
    return any(spoken) and not titled


def is_name(label: str) -> bool:
    """Whether the words look like a name written as names are.

    Examples
    --------
    >>> from hanrock_sk.features.transcripts.names import is_name
    >>> [is_name(words) for words in ("Speaker 1", "Maria del Carmen", "\u674e\u96f7")]
    [True, True, True]
    >>> [is_name(words) for words in ("mira", "Remember", "one of us", "10")]
    [False, False, False, False]
    """
    words = label.split()
    if not words or len(words) > 6 or _NO_NAME.fullmatch(label):
        return False
    return not is_speech(label) and all(
        not word[0].islower() or word in _PARTICLES or "@" in word for word in words
    )
