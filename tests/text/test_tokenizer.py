"""The tokeniser, word by word."""

from __future__ import annotations

import csv
import gzip
import hashlib
import time
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hanrock_sk.text import glove_6b_50d, tokenize
from hanrock_sk.text.tokenizer import (
    _CHARACTERS,
    TOKENIZER_VERSION,
    each_token,
    first_tokens,
    token_spans,
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        # clitics
        ("I don't", "i do n't"),
        ("can't won't ain't", "ca n't wo n't ai n't"),
        ("We're it's I'm", "we 're it 's i 'm"),
        ("they've she'll he'd", "they 've she 'll he 'd"),
        ("shouldn't've", "should n't 've"),
        ("He'd've", "he 'd 've"),
        ("DON'T", "do n't"),
        ("y'know, y'all", "y' know y' all"),
        ("n't 's", "n't 's"),
        ("the dogs' bowl", "the dogs bowl"),
        ("'cause get 'em 'til", "'cause get 'em 'til"),
        ("'quoted' 'demand'", "quoted demand"),
        ("o'clock O'Neill rock'n'roll", "o'clock o'neill rock'n'roll"),
        ("isn'tx", "isn'tx"),
        # apostrophes
        ("don\u2019t", "do n't"),
        ("don\x92t", "do n't"),
        ("don`t, don\u00b4t", "do n't do n't"),
        ("\u2018Cause", "'cause"),
        ("\u201ccaf\u00e9\u201d don`t", "caf\u00e9 do n't"),
        # marks
        ("{vocalsound} Um {disfmarker}", "{vocalsound} um {disfmarker}"),
        ("[LAUGHTER]yes<laugh>", "[laughter] yes <laugh>"),
        ("<b_aside>no</b_aside>", "<b_aside> no </b_aside>"),
        ("[she runs] {gap", "she runs gap"),
        ("<3 {}", "3"),
        # numbers, hyphens, letters
        ("10,000 and 3.5mm at 8:30.", "10,000 and 3.5mm at 8:30"),
        ("the 10th in the '90s, 1990s", "the 10th in the '90s 1990s"),
        ("twenty-five mm-hmm I-I", "twenty five mm hmm i i"),
        ("yo\u2014you", "yo you"),
        ("a T_V_ and L_C_D_s, T_V_'s", "a tv and lcds tv 's"),
        ("anti-R_S_I_ snake_case", "anti rsi snake case"),
        ("U.S. at 5 a.m., Mr. Smith.", "u.s. at 5 a.m. mr smith"),
        # punctuation and signs
        ("What?! No... (yes), ok.", "what ? ! no yes ok"),
        ("50% of $5 \u20ac6 R&B", "50 % of $ 5 \u20ac 6 r & b"),
        ("f*** * # @", "f"),
        # emoji
        ("ok\U0001f44d\U0001f3fd\U0001f44d", "ok \U0001f44d \U0001f44d"),
        ("\u2764\ufe0f", "\u2764"),
        ("\U0001f468\u200d\U0001f469", "\U0001f468\u200d\U0001f469"),
        (
            "\U0001f1eb\U0001f1f7\U0001f1e9\U0001f1ea",
            "\U0001f1eb\U0001f1f7 \U0001f1e9\U0001f1ea",
        ),
        # scripts
        ("cafe\u0301 \uff37\uff28\uff21\uff34\uff1f", "caf\u00e9 what ?"),
        (
            "\u043c\u0430\u043c\u0430 \u041c\u042b\u041b\u0410",
            "\u043c\u0430\u043c\u0430 \u043c\u044b\u043b\u0430",
        ),
        (
            "\u0939\u093f\u0928\u094d\u0926\u0940 \u092e\u0947\u0902",
            "\u0939\u093f\u0928\u094d\u0926\u0940 \u092e\u0947\u0902",
        ),
        ("\u4f60\u597d\u5417\uff1f", "\u4f60 \u597d \u5417 ?"),
        ("\u0633\u0644\u0627\u0645\u061f", "\u0633\u0644\u0627\u0645 ?"),
        # nothing
        ("", ""),
        (" \t\n", ""),
        ("... , -- '", ""),
    ],
)
def test_words(text, words):
    assert tokenize(text) == words.split()


@given(st.text())
def test_any_text_gives_clean_words(text):
    words = tokenize(text)
    assert all(words)
    assert not any(character.isspace() for word in words for character in word)


@given(st.text(alphabet="abnstdmv'.,{}[]?! -_15", max_size=40))
def test_every_letter_ends_up_in_a_word(text):
    kept = "".join(tokenize(text))
    for character in "abnstdmv15?!":
        assert kept.count(character) == text.count(character)


@pytest.mark.parametrize(
    "bait", ["{a", "<a", "a_", "a.", "1,", "a'", "n't", "'", "a\u0301", "\u200d", "[a-"]
)
def test_no_input_takes_more_than_linear_time(bait):
    begun = time.perf_counter()
    tokenize(bait * 50_000)
    assert time.perf_counter() - begun < 5


def test_glove_has_the_words_of_a_real_corpus(data_root):
    with gzip.open(data_root / "ami" / "ami_dialogue_acts.tsv.gz", "rt") as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        texts = [row["text"] for row, _ in zip(rows, range(3000), strict=False)]
    pytest.importorskip("pyarrow")
    vectors = glove_6b_50d()
    words = [
        word for text in texts for word in tokenize(text) if not word.startswith("{")
    ]
    assert sum(word in vectors for word in words) / len(words) > 0.995


@pytest.mark.parametrize("n_words", [None, 1, 3, 1000])
@pytest.mark.parametrize("text", ["", "one two", "no _ no\u2019t " * 20_000])
def test_the_first_words_and_how_many_there_are(text, n_words):
    """Of short and of long texts alike."""
    words = tokenize(text)
    assert first_tokens(text, n_words) == (words[:n_words], len(words))
    assert list(each_token(text)) == words


# Characters that are deleted, replaced, composed with others or written as several.
AWKWARD = (
    "ab nt'_\u2019\u00ad\u200b\u2122\U0001f3fd\u00bd\ufb01\u0301\u0327\u0130\u03a3"
    "\u0344\u1100\u1161\u11a8\u3131\u314f\uff76\uff9e\uffa1\uffc2\u09c7\u09be\u0bc6\u0bbe"
    "\u1112\u2460\u3300\ufdfa\u0f73\u00a8\U0001f44d{}.1,?"
)
any_text = st.one_of(st.text(), st.text(alphabet=AWKWARD, max_size=30))


@settings(max_examples=500)
@given(any_text, st.none() | st.integers(1, 5))
def test_spans_are_those_of_the_words(text, max_words):
    words, spans = token_spans(text, max_words)
    assert words == tokenize(text)[:max_words]
    assert len(spans) == len(words)
    for start, end in spans:
        assert 0 <= start < end <= len(text)
    for (start, end), (next_start, next_end) in pairwise(spans):
        assert start <= next_start
        assert end <= next_end
    if unicodedata.is_normalized("NFKC", text):
        for (_, end), (next_start, _) in pairwise(spans):
            assert end <= next_start  # only what is written out anew is read twice


@settings(max_examples=500)
@given(any_text)
def test_what_a_span_holds_is_written_like_the_word(text):
    """The span alone, as plain text, has the word in it; and is it, if it can be."""
    for word, (start, end) in zip(*token_spans(text), strict=True):
        said = unicodedata.normalize("NFKC", text[start:end].translate(_CHARACTERS))
        # A sigma is written by what stands around it.
        said = said.lower().replace("\u03c2", "\u03c3")
        word = word.replace("\u03c2", "\u03c3")
        assert word in said.replace("_", "") or word in said
        if len(said) == end - start and "_" not in said:
            assert word == said or not unicodedata.is_normalized("NFKC", text)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Well, I DON'T.", ["Well", "I", "DO", "N'T"]),
        ("a T_V_'s L_C_D_s x_y", ["a", "T_V", "'s", "L_C_D_s", "x_y"]),
        ("cafe\u0301 noir", ["cafe\u0301", "noir"]),
        ("so\u00adft \u200bly", ["so\u00adft", "ly"]),
        ("\u0130ki \ufb01n", ["\u0130ki", "\ufb01n"]),
        ("a \u0130 T_V b", ["a", "\u0130", "T_V", "b"]),  # as long as it was
        ("\u0130:0\u00ad", ["\u0130", "0"]),  # one longer, one deleted
        ("\u1112\u1161\u11ab ok", ["\u1112\u1161\u11ab", "ok"]),
        ("1 \u00bd", ["1", "\u00bd", "\u00bd"]),
        ("OK\U0001f44d\U0001f3fd go", ["OK", "\U0001f44d", "go"]),
        ("\uff37\uff28\uff21\uff34\uff1f", ["\uff37\uff28\uff21\uff34", "\uff1f"]),
        ("", []),
        (" _ ...", []),
    ],
)
def test_spans_of_words(text, pieces):
    words, spans = token_spans(text)
    assert words == tokenize(text)
    assert [text[start:end] for start, end in spans] == pieces


def test_words_of_the_version():
    """Where this fails on purpose, raise TOKENIZER_VERSION: kept vectors are old."""
    text = (
        "{vocalsound} We're on T_V_, aren't we? Twenty-five, o'clock \u2026 caf\u00e9 "
        "can\u2019t \u4f60\u597d 10,000 \ufb01n [LAUGH] U.S. \U0001f44d\U0001f3fd $5!"
    )
    told = hashlib.sha256(repr(token_spans(text)).encode()).hexdigest()[:16]
    assert (TOKENIZER_VERSION, told) == (1, "db410784e5423eda")
