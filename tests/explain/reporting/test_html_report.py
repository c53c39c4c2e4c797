import json
import re
from html.parser import HTMLParser

import pytest

from hanrock_sk import explain
from hanrock_sk.explain.reporting.html_report import json_for_html

HOSTILE = "</script><script>alert(1)</script> <!-- & \u2028 \u2029 ' \" {{script}}"


class Elements(HTMLParser):
    """What is in a page: start tags with attributes, and the text of the data."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.data, self._in_data = [], "", False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self._in_data = dict(attrs).get("id") == "data"

    def handle_data(self, data):
        if self._in_data:
            self.data += data

    def handle_endtag(self, tag):
        self._in_data = False


def test_json_survives_and_holds_no_markup():
    data = {HOSTILE: [HOSTILE, "half an emoji: \ud83d", None, 1.5]}
    written = json_for_html(data)
    assert json.loads(written) == data
    assert not set(written) & set("<>&")
    assert written.isascii()


@pytest.fixture(scope="module")
def page(multi_task, talkturns):
    X, y = talkturns
    X = X.assign(text=HOSTILE, speaker="<b>&", start=None)
    return explain.report({"<i>": multi_task}, X, y, title="<b>{{data}}")


def test_one_file_that_links_to_nothing(page):
    tags = Elements(page.html).tags
    assert [attrs for tag, attrs in tags if tag == "script"] == [
        {"type": "application/json", "id": "data"},
        {},
    ]
    assert not any("src" in attrs for _, attrs in tags)
    assert [attrs["href"] for _, attrs in tags if "href" in attrs] == ["data:,"]
    assert not re.search(r"url\(|@import|https?://(?!www\.w3\.org/2000/svg)", page.html)
    assert "default-src 'none'" in page.html
    assert {tag for tag, _ in tags}.isdisjoint({"b", "i", "img", "iframe", "object"})


def test_data_is_there_as_it_was(page, talkturns):
    data = json.loads(Elements(page.html).data)
    assert set(data["talkturns"]["text"]) == {HOSTILE}
    assert data["talkturns"]["speakers"] == ["<b>&"]
    assert data["talkturns"]["time"] is None
    assert data["models"][0]["name"] == "<i>"
    assert "<h1>&lt;b&gt;{{data}}</h1>" in page.html


def test_writing(page, tmp_path, multi_task, talkturns):
    path = page.write(tmp_path / "report.html")
    assert path.read_text(encoding="utf-8") == page.html
    X, y = talkturns
    again = explain.report(multi_task, X, y, tmp_path / "again.html", conversations=[1])
    assert (tmp_path / "again.html").read_text(encoding="utf-8") == again.html
    assert repr(page) == f"<Report of {len(page.html)} characters>"


def test_notebooks_show_a_frame(page):
    html = page._repr_html_()
    ((tag, attrs),) = Elements(html).tags
    assert tag == "iframe"
    assert "allow-same-origin" not in attrs["sandbox"]
    assert attrs["srcdoc"] == page.html


def test_bad_input(multi_task, talkturns):
    X, y = talkturns
    with pytest.raises(ValueError, match="one model, or two side by side; got 3"):
        explain.report(dict.fromkeys("abc", multi_task), X, y)
    with pytest.raises(ValueError, match="got 0"):
        explain.report({}, X, y)
    with pytest.raises(TypeError, match="strings as names, got 1"):
        explain.report({1: multi_task}, X, y)
    with pytest.raises(ValueError, match="labels for"):
        explain.report(multi_task, X, y[:-1])
