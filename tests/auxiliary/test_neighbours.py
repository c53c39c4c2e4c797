"""Historical and future labels, against a search by hand and worked examples."""

from __future__ import annotations

import numpy as np
import pytest

from hanrock_sk.auxiliary.neighbours import neighbour_rows
from hanrock_sk.talkturns.conversations import Conversations


def conversations_of(names):
    """Sort rows into conversations, one talkturn after the other."""
    rows_of = {}
    for row, name in enumerate(names):
        rows_of.setdefault(name, []).append(row)
    order, first = [], []
    for rows in rows_of.values():
        first += [len(order)] * len(rows)
        order += rows
    return Conversations(order=np.array(order), first=np.array(first))


def search(names, labelled, steps):
    """Look for each talkturn's label by walking away from the wanted place."""
    result = []
    for row, name in enumerate(names):
        rows = [other for other, its_name in enumerate(names) if its_name == name]
        wanted = rows.index(row) + steps
        away = -1 if steps < 0 else 1
        for distance in range(len(names) + abs(steps) + 1):
            places = (wanted + away * distance, wanted - away * distance)
            hits = [
                rows[place]
                for place in places
                if 0 <= place < len(rows) and labelled[rows[place]]
            ]
            if hits:
                result.append(hits[0])
                break
        else:
            result.append(-1)
    return result


def spell(labels, steps):
    """Spell the labels found in one conversation; '.' stands for a missing one."""
    present = np.array([label != "." for label in labels])
    rows = neighbour_rows(conversations_of("x" * len(labels)), present, steps)
    return "".join("." if row < 0 else labels[row] for row in rows)


@pytest.mark.parametrize(
    ("labels", "steps", "expected"),
    [
        # Both ends of a conversation.
        ("abcdef", -1, "aabcde"),
        ("abcdef", -4, "aaaaab"),
        ("abcdef", 1, "bcdeff"),
        ("abcdef", 4, "efffff"),
        # Longer ago than the conversation lasts.
        ("abc", -9, "aaa"),
        ("abc", 9, "ccc"),
        # One missing label: its neighbours are equally near.
        ("ab.de", -1, "aabbd"),
        ("ab.de", 1, "bddee"),
        # Two: the nearer one counts, be it the talkturn's own.
        ("a..de", -1, "aaadd"),
        ("a..de", 1, "addee"),
        ("a..de", -2, "aaaad"),
        # Missing at an end.
        ("..cd", -1, "cccc"),
        ("ab..", 2, "bbbb"),
        ("a...", -3, "aaaa"),
        # One talkturn; none with a label.
        ("a", -1, "a"),
        ("...", -1, "..."),
        ("...", 2, "..."),
    ],
)
def test_worked_examples(labels, steps, expected):
    assert spell(labels, steps) == expected


@pytest.mark.parametrize("steps", [-4, -2, -1, 1, 2, 4])
@pytest.mark.parametrize("seed", range(6))
def test_agrees_with_a_search(seed, steps):
    rng = np.random.default_rng(seed)
    names = rng.choice(list("abcde"), size=60, p=[0.5, 0.2, 0.2, 0.08, 0.02]).tolist()
    labelled = rng.random(60) < rng.choice([0.2, 0.6, 1.0])
    rows = neighbour_rows(conversations_of(names), labelled, steps)
    assert rows.tolist() == search(names, labelled, steps)


@pytest.mark.parametrize("k", [1, 2, 3])
def test_read_backwards_history_is_future(k):
    rng = np.random.default_rng(k)
    for _ in range(10):
        labels = "".join(rng.choice(list("abcd...."), size=9))
        assert spell(labels, -k) == spell(labels[::-1], k)[::-1]


def test_no_label_crosses_into_another_conversation():
    result = conversations_of("xyxy")
    rows = neighbour_rows(result, np.array([True, False, True, False]), -1)
    assert rows.tolist() == [0, -1, 0, -1]
