"""The report: one HTML file that shows what models read, offline and on paper."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Mapping
from html import escape
from importlib.resources import files
from os import PathLike
from pathlib import Path
from typing import Any

from hanrock_sk._base.fingerprint import fingerprint
from hanrock_sk.explain.reporting.page_data import page_data
from hanrock_sk.files.whole import whole_file

STYLES = ("page.css", "effects.css", "print.css")
SCRIPTS = (
    "data.js",
    "dom.js",
    "quality.js",
    "effects.js",
    "paper_figure.js",
    "reading.js",
    "talkturns.js",
    "timeline.js",
    "summary.js",
    "sheets.js",
    "main.js",
)


class Report:
    """An HTML page about what models read.

    Made by `report`. A notebook shows it in a frame.

    Parameters
    ----------
    html : str
        The page.

    Attributes
    ----------
    html : str
        The page.

    Examples
    --------
    >>> from hanrock_sk.explain import Report
    >>> Report("<!doctype html>")
    <Report of 15 characters>
    """

    def __init__(self, html: str) -> None:
        self.html = html

    def write(self, path: str | PathLike[str]) -> Path:
        """Write the page to a file.

        Parameters
        ----------
        path : str or path-like
            Where to; a file that is there is replaced, once the new one is whole.

        Returns
        -------
        path : pathlib.Path
            The file.
        """
        path = Path(path)
        with whole_file(path) as draft:
            draft.write_text(self.html, encoding="utf-8")
        return path

    def __repr__(self) -> str:
        """Show the size; the page would fill the screen."""
        return f"<Report of {len(self.html)} characters>"

    def _repr_html_(self) -> str:
        """Show the page in a frame of its own, where it reaches nothing outside."""
        return (
            '<iframe sandbox="allow-scripts allow-modals" style="width:100%;'
            'height:720px;border:1px solid #8888" '
            f'srcdoc="{escape(self.html)}"></iframe>'
        )


def report(
    models: Any,
    X: Any,
    y: Any = None,
    path: str | PathLike[str] | None = None,
    *,
    conversations: Iterable[Any] | None = None,
    title: str = "What the model predicts, and what mattered",
    speaker: str = "speaker",
    text: str = "text",
    start: str = "start",
    maps: bool | str = "auto",
    occlusion: bool | str = "auto",
) -> Report:
    """Write an HTML report of what one or two models predict, and what mattered.

    The page answers a reader's questions in this order: what was predicted, for whom,
    how sure the model is, how good it is; what changed the prediction when it was left
    out, and what was weighted; which words matter over all talkturns; where it errs.
    One click away is what the paper shows (A.5, Figure 5): overall attention in
    buckets, and attention over tasks. It is a single file without links to anything
    outside, works offline, and prints.

    Parameters
    ----------
    models : estimator, or mapping of str to estimator
        A fitted HANRockClassifier, HANRockRegressor or Pipeline that ends in one; or
        one or two of them by the names they are to have on the page, which shows them
        side by side, for example with and without auxiliary supervision.
    X : DataFrame or sequence of str
        Talkturns, as the models predict them.
    y : array-like of shape (n_talkturns,), default=None
        True labels, None or NaN where there is none.
    path : str or path-like, default=None
        Where to write the page, if anywhere.
    conversations : iterable, default=None
        The conversations to show, by their values in the table; all by default. A
        thousand talkturns make a file of about a megabyte.
    title : str, default="What the model predicts, and what mattered"
        Heading of the page.
    speaker, text, start : str
        Columns of the speaker, of what was said, and of when it began (seconds). A
        column that is not there is not shown.
    maps : bool or "auto", default="auto"
        Whether to show what mattered for predictions. "auto" does not where a model
        is no better than chance on the labels of `y`: what it weighted means nothing
        then, and the page says so.
    occlusion : bool or "auto", default="auto"
        What is left out to see what it changes (see `occlusion`): talkturns of the
        context and words of the predicted talkturn (True), or nothing (False). "auto"
        leaves out talkturns, and words if that takes seconds: of some thousand
        talkturns of a dozen words, or some hundred that an encoder reads.

    Returns
    -------
    report : Report
        The page; its `write` writes it to another file.

    Raises
    ------
    TypeError
        If a model has no attention.
    ValueError
        If there are no or more than two models, they have different tasks, a chosen
        conversation is not in the table, or the labels don't suit the models.

    Examples
    --------
    >>> from hanrock_sk import HANRockClassifier, explain
    >>> from hanrock_sk.datasets import make_conversations
    >>> X, y = make_conversations(4, 6, random_state=0)
    >>> model = HANRockClassifier(
    ...     content_size=3, word_gru=4, pri_gru=4, attention_units=4, max_epochs=1,
    ...     device="cpu", random_state=0,
    ... ).fit(X, y)
    >>> page = explain.report({"small": model}, X, y, conversations=[0, 2])
    >>> page.html.startswith("<!doctype html>")
    True
    """
    if not isinstance(models, Mapping):
        models = {"model": models}
    if not 1 <= len(models) <= 2:
        raise ValueError(
            f"A report shows one model, or two side by side; got {len(models)}."
        )
    odd = [name for name in models if not isinstance(name, str)]
    if odd:
        raise TypeError(f"Models must have strings as names, got {odd[0]!r}.")
    data = page_data(
        models,
        X,
        y,
        chosen=conversations,
        speaker=speaker,
        text=text,
        start=start,
        maps=maps,
        occlusion=occlusion,
    )
    made = Report(_page(title, data))
    if path is not None:
        made.write(path)
    return made


def json_for_html(data: Any) -> str:
    r"""Write JSON that no HTML parser takes for markup.

    Everything beyond ASCII is escaped, hence also the line separators that JavaScript
    once took for line ends, and ``<``, ``>`` and ``&``.

    Examples
    --------
    >>> from hanrock_sk.explain.reporting.html_report import json_for_html
    >>> print(json_for_html(["</script>", "&"]))
    ["\u003c/script\u003e","\u0026"]
    """
    text = json.dumps(data, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _page(title: str, data: dict[str, Any]) -> str:
    """Put the parts of the page together.

    The page's policy admits its own script and style by their hashes, and nothing
    else: whatever talkturns hold can neither run nor load anything.
    """
    style = "\n".join(_resource(name) for name in STYLES)
    script = "\n".join(_resource(name) for name in SCRIPTS)
    parts = {
        "title": escape(title),
        "style": style,
        "script": script,
        "style hash": _hash(style),
        "script hash": _hash(script),
        "data": json_for_html(data),
    }
    # In one pass, so that nothing that is put in is taken for a place to fill.
    return re.sub(r"\{\{([a-z ]+)\}\}", lambda m: parts[m[1]], _resource("page.html"))


def _resource(name: str) -> str:
    return (files("hanrock_sk.explain") / "page" / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    digest = base64.b64encode(bytes.fromhex(fingerprint(text)))
    return f"sha256-{digest.decode()}"
