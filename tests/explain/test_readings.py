from hanrock_sk.explain.overall import overall_attention
from hanrock_sk.explain.readings import ContextTalkturn, Reading, Word


def test_reading_by_hand(made_by_hand):
    reading = overall_attention(made_by_hand, None, "pandas")[1]
    assert reading.row == 1
    assert [(t.row, t.steps_back, t.bucket) for t in reading.context] == [
        (0, 1, "none"),
        (1, 0, "medium"),
    ]
    assert [
        (w.word, round(w.weight, 4), w.bucket) for w in reading.context[1].words
    ] == [
        ("not", 0.7, "low"),
        ("now", 0.3, "none"),
    ]
    assert {task: round(w, 4) for task, w in reading.tasks.items()} == {
        "primary": 0.5,
        "action__au05": 0.3,
        "history__1": 0.2,
    }


def test_html_shows_boxes_and_words_as_text():
    words = [
        Word("<script>", 0.1, -0.5, "none"),
        Word("&", 0.1, 0.5, "low"),
        Word('"', 0.1, 1.5, "medium"),
        Word("now", 0.7, 2.5, "high"),
    ]
    reading = Reading(
        5, [ContextTalkturn(5, 0, 1.0, 0.0, "low", words)], {"primary": 1}
    )
    html = reading._repr_html_()
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert "&amp;" in html
    assert "&quot;" in html
    assert ">L</span>" in html
    assert "<td>i</td>" in html
    sizes = [html.index(f"font-size:{size}em") for size in (0.85, 1, 1.25, 1.5)]
    assert sizes == sorted(sizes)
