"""By-products of recordings to talkturn features."""

from hanrock_sk.features.actions import add_actions
from hanrock_sk.features.assemble import assemble
from hanrock_sk.features.convokit_corpus import from_convokit, to_convokit
from hanrock_sk.features.openface import read_openface
from hanrock_sk.features.prosody import add_prosody, prosody
from hanrock_sk.features.pyfeat import read_pyfeat
from hanrock_sk.features.timings import Timings
from hanrock_sk.features.tone import read_tone
from hanrock_sk.features.tone_talkturns import add_tone
from hanrock_sk.features.transcripts import read_transcript

__all__ = [
    "Timings",
    "add_actions",
    "add_prosody",
    "add_tone",
    "assemble",
    "from_convokit",
    "prosody",
    "read_openface",
    "read_pyfeat",
    "read_tone",
    "read_transcript",
    "to_convokit",
]
