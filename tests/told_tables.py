"""A table of published sentences, and what MonahNarrator tells of it."""

from __future__ import annotations

from hanrock_sk.narrative import MonahNarrator

PROSODY = [
    "delay",
    "speech_rate",
    "tone_happy",
    "tone_angry",
    "tone_sad",
    "tone_fear",
]


# A man and a woman; the last talkturn of each is a published sentence. The others say
# what is usual: delays 0.1 and 0.2 (mean 0.15, deviation 0.07), rates 100 and 120 (110,
# 14.1), sadness 0.1 and 0.2. So the man's last delay is 0.7 deviations long, and all
# last rates are 2.8 fast; the woman's last sadness is 3.5.
PUBLISHED = {
    "conversation": ["queue"] * 6,
    "speaker": ["man", "woman", "man", "woman", "man", "woman"],
    "text": ["Next", "Hello", "Forms", "Here", "Let me see them", "Yeah"],
    "delay": [0.1, 0.1, 0.2, 0.2, 0.2, 0.0],
    "speech_rate": [100.0, 100.0, 120.0, 120.0, 150.0, 150.0],
    "tone_sad": [0.1, 0.1, 0.2, 0.2, 0.1, 0.4],
}


SENTENCES = [
    "the man said next",
    "the woman said hello",
    "after two hundred milliseconds the man said forms",
    "after two hundred milliseconds the woman said here",
    "after two hundred milliseconds a slightly long delay the man very quickly said "
    "let me see them",
    "the woman sadly and very quickly said yeah",
]


def narratives(table, **params):
    return list(MonahNarrator(**params).fit_transform(table)["narrative"])
