"""The tokeniser, word by word."""

from __future__ import annotations

import csv
import gzip
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hanrock_sk.text import glove_6b_50d, tokenize
from hanrock_sk.text.tokenizer import each_token, first_tokens


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
