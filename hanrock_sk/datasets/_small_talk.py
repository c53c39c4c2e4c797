"""The words that synthetic speakers say."""

from __future__ import annotations

import numpy as np

_WORDS = {
    "happy": (
        "wonderful great lovely delightful brilliant splendid superb fantastic joyful "
        "charming amazing excellent cheerful perfect marvellous glorious sunny merry "
        "pleasing thrilling adorable fabulous glad blissful"
    ),
    "sad": (
        "sad gloomy hopeless lonely miserable dreary tragic heartbreaking bleak empty "
        "sorrowful dismal grim painful unhappy mournful tearful lost forlorn weary "
        "depressing pitiful wretched grey"
    ),
    "angry": (
        "unfair outrageous annoying infuriating ridiculous disgraceful rude insulting "
        "maddening unacceptable stupid shameful offensive disgusting hateful furious "
        "irritating intolerable vile shocking cruel spiteful nasty hostile"
    ),
    "neutral": (
        "ordinary usual normal typical standard common regular average plain routine "
        "familiar moderate practical simple customary everyday habitual expected "
        "general conventional steady unremarkable middling formal"
    ),
    "fearful": (
        "scary frightening dangerous terrifying worrying risky alarming creepy "
        "threatening dreadful uncertain unsafe horrifying spooky daunting menacing "
        "perilous eerie nerve-racking chilling ominous shaky sinister panicky"
    ),
    "surprised": (
        "surprising unexpected astonishing incredible sudden startling strange unreal "
        "unbelievable stunning odd peculiar extraordinary weird remarkable baffling "
        "puzzling staggering bizarre curious mysterious unforeseen wild novel"
    ),
}
FEELINGS = {emotion: words.split() for emotion, words in _WORDS.items()}
"""For each emotion, as many words as for any other; all stand in the same clauses."""

CLAUSES = (
    "I feel quite {}",
    "that sounds really {}",
    "everything seems so {}",
    "it was rather {}",
    "this looks very {}",
    "you made it {}",
)
"""All of four words, so that the length of a talkturn says nothing of its emotion."""

OPENERS = ("well", "so", "okay", "um", "you know", "right", "look", "I mean")

TOPICS = {
    "holiday": ("hotel", "beach", "flight", "suitcase", "map", "boat"),
    "work": ("meeting", "report", "office", "deadline", "printer", "project"),
    "kitchen": ("soup", "oven", "recipe", "bread", "table", "kettle"),
    "garden": ("roses", "fence", "lawn", "shed", "apple tree", "path"),
    "school": ("homework", "teacher", "lesson", "library", "essay", "bus"),
}

REMARKS = (
    "we talked about the {}",
    "I thought of the {} again",
    "they asked me about the {}",
    "you mentioned the {} before",
    "my brother brought up the {} yesterday",
    "there was the {}",
)

BACKCHANNELS = ("yeah", "mm-hmm", "okay", "uh-huh", "I see", "right", "oh", "go on")
"""Said without any word of feeling: only what went before tells the emotion."""

BACKCHANNEL_SHARE = 0.15


def speak(
    conversation: np.ndarray, feeling: np.ndarray, random: np.random.RandomState
) -> list[str]:
    """Make up a sentence per talkturn: a remark on the topic, then a feeling.

    Parameters
    ----------
    conversation : ndarray of int, shape (n_talkturns,)
        Each conversation has one topic, whatever its emotions.
    feeling : ndarray of int, shape (n_talkturns,)
        Which of `FEELINGS` the talkturn speaks of.
    random : RandomState
        Source of chance.

    Returns
    -------
    texts : list of str
        What is said.
    """
    topics, feelings = list(TOPICS.values()), list(FEELINGS.values())
    topic = random.randint(len(topics), size=conversation.max() + 1)[conversation]
    # All draws are made for all talkturns: what one says changes no other's luck.
    chance = random.random_sample((7, len(feeling)))
    texts = []
    for row, (brief, question, *draws) in enumerate(chance.T):
        if brief < BACKCHANNEL_SHARE:
            text = _pick(BACKCHANNELS, draws[0])
        else:
            opener, remark, thing, clause, word = map(
                _pick,
                (OPENERS, REMARKS, topics[topic[row]], CLAUSES, feelings[feeling[row]]),
                draws,
            )
            text = f"{opener}, {remark.format(thing)}, {clause.format(word)}"
        end = "?" if question < 0.1 else "."
        texts.append(text[0].upper() + text[1:] + end)
    return texts


def _pick(choices: tuple[str, ...] | list[str], draw: float) -> str:
    """Choose by a number in [0, 1)."""
    return choices[int(draw * len(choices))]
