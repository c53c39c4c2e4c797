"""How the documentation is built: python -m sphinx -W -b html docs build/docs.

Nothing is fetched: not while building, and not when a page is read. Equations are
MathML, which browsers draw themselves.
"""

from __future__ import annotations

import functools
import html
import importlib
import inspect
import os
import re
import sys
import warnings
from pathlib import Path
from pprint import pformat

from docutils import nodes
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.pycode import ModuleAnalyzer
from sphinx.util import logging
from sphinx_gallery.directives import imgsgnode

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))

# Before torch is loaded: the gallery's networks are too small for threads to help.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import hanrock_sk  # noqa: E402

logger = logging.getLogger(__name__)

project = "hanrock-sk"
author = "the hanrock-sk developers"
project_copyright = "the hanrock-sk developers"
version = release = hanrock_sk.__version__

extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.viewcode",
    "sphinx_gallery.gen_gallery",
]
templates_path = ["_templates"]
exclude_patterns = ["_build", "benchmarks", "images"]
default_role = "py:obj"  # names in docstrings become links where there is a page
suppress_warnings = ["config.cache"]  # gallery order is a function, never cached

myst_enable_extensions = ["dollarmath", "deflist"]
myst_heading_anchors = 3

autodoc_typehints = "none"  # numpydoc's parameter lists say it
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True  # a constant by its name, not all that is in it
toc_object_entries_show_parents = "hide"
autosummary_generate = True
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False

html_theme = "pydata_sphinx_theme"
html_title = "hanrock-sk"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_theme_options = {
    "logo": {"text": "hanrock-sk"},
    "header_links_before_dropdown": 6,
    "navbar_align": "left",
    "show_prev_next": True,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": ["sphinx-version"],
    "navigation_with_keys": False,
}
html_sidebars = {
    page: []
    for page in (
        "index",
        "tutorial",
        "paper",
        "faq",
        "cite",
        "changelog",
        "contributing",
        "engine",
        "errors",
        "evidence",
        "notebook",
        "hypotheses",
        "trust",
        "gallery/*",
    )
}

GALLERY = [
    "plot_first_pipeline",
    "plot_auxiliary_targets",
    "plot_choosing_weights",
    "plot_regression",
    "plot_raters",
    "plot_calibration",
    "plot_own_features",
    "plot_attention_report",
    "plot_live_prediction",
    "plot_median_stopping",
]


def gallery_order(file: str) -> int:
    """Place an example where a newcomer would want it."""
    return GALLERY.index(Path(file).stem)


sphinx_gallery_conf = {
    "examples_dirs": "../examples/gallery",
    "gallery_dirs": "gallery",
    "filename_pattern": r"plot_",
    "within_subsection_order": gallery_order,
    "download_all_examples": False,
    "show_memory": False,
    "write_computation_times": False,
    "show_signature": False,
    "min_reported_time": 0,
    "matplotlib_animations": False,
    "image_scrapers": ("matplotlib",),
    "remove_config_comments": True,
    "backreferences_dir": None,
    "capture_repr": ("_repr_html_", "__repr__"),
}
# What scikit-learn says about its experimental callbacks is told in the guide.
warnings.filterwarnings("ignore", message=".*callback", category=UserWarning)


def own_members(module: str, name: str) -> list[str]:
    """Name the public methods of a class that are written in this package."""
    thing = getattr(importlib.import_module(module), name)
    found = []
    for member, value in inspect.getmembers(thing):
        function = inspect.unwrap(value) if callable(value) else value
        home = getattr(function, "__module__", None) or ""
        if (
            not member.startswith("_")
            and (inspect.isfunction(function) or inspect.ismethod(function))
            and home.startswith("hanrock_sk")
        ):
            found.append(member)
    first = ["fit", "fit_transform", "transform", "predict", "predict_proba", "score"]
    return [m for m in first if m in found] + [m for m in found if m not in first]


def own_properties(module: str, name: str) -> list[str]:
    """Name the public properties that are not among a class's attributes."""
    thing = getattr(importlib.import_module(module), name)
    told = inspect.getdoc(thing) or ""
    found = []
    for member, value in inspect.getmembers_static(thing):
        function = getattr(value, "fget", None) or getattr(value, "func", None)
        home = getattr(function, "__module__", None) or ""
        if (
            not member.startswith("_")
            and isinstance(value, property | functools.cached_property)
            and home.startswith("hanrock_sk")
            and not re.search(rf"^{member} :", told, re.MULTILINE)
        ):
            found.append(member)
    return found


autosummary_context = {"own_members": own_members, "own_properties": own_properties}


def _draw(translator, node: nodes.Element, *, block: bool) -> str:
    """Write an equation as MathML."""
    try:
        made = tex2mathml(node.astext(), as_block=block)
    except MathError as error:
        logger.warning("%s: %s", error, node.astext(), location=node)
        return translator.encode(node.astext())
    return made.replace("&ApplyFunction;", "&#8289;")


def visit_math(translator, node: nodes.math) -> None:
    """Draw an equation within a line."""
    translator.body.append(_draw(translator, node, block=False))
    raise nodes.SkipNode


def visit_math_block(translator, node: nodes.math_block) -> None:
    """Draw an equation on a line of its own."""
    made = _draw(translator, node, block=True)
    translator.body.append(f'<div class="equation">{made}</div>\n')
    raise nodes.SkipNode


def mark_wide(app, doctree: nodes.document) -> None:
    """Put drawings into paragraphs; wide ones may scroll there, see site.css."""
    for node in [*doctree.findall(nodes.image), *doctree.findall(imgsgnode)]:
        if isinstance(node.parent, nodes.section):
            paragraph = nodes.paragraph()
            node.replace_self(paragraph)
            paragraph += node
        file = Path(app.srcdir, node["uri"].lstrip("/"))
        if file.suffix == ".svg" or int.from_bytes(file.read_bytes()[16:20]) > 640:
            node.parent["classes"].append("wide")


def mark_long(app, doctree: nodes.document) -> None:
    """Mark cells, and code in them, that need width or may have to break: site.css."""
    for row in doctree.findall(nodes.row):
        if len(row) > 4 and len(row[0].astext()) > 20:
            row[0]["classes"].append("about")
    for cell in doctree.findall(nodes.entry):
        for code in cell.findall(nodes.literal):
            if max(map(len, code.astext().split()), default=0) > 28:
                code["classes"].append("long")


def let_names_break(app, page, template, context: dict, doctree) -> None:
    """Let long names break where a reader would break them."""

    def places(name: re.Match) -> str:
        if len(html.unescape(name[0])) <= 28:
            return name[0]
        return re.sub(r"(::|/|(?<=\w)[_.](?=\w))", r"\1<wbr>", name[0])

    code = r'(?<=<span class="pre">)[^<>]+(?=</span>)'
    context["body"] = re.sub(code, places, context.get("body", ""))


def describe_data(app, what, name, obj, options, lines: list[str]) -> None:
    """Say of a constant what stands below it, not what its type is."""
    if what == "data":
        package, _, constant = name.rpartition(".")
        for module in [m for m in sys.modules if m.startswith(f"{package}.")]:
            written = ModuleAnalyzer.for_module(module).find_attr_docs()
            lines[:] = written.get(("", constant), lines)
        value = pformat(obj, sort_dicts=False, width=70).splitlines()
        lines += ["", ".. code-block:: python", "", *(f"   {line}" for line in value)]


def setup(app) -> None:
    """Draw equations without anything that would have to be fetched."""
    app.connect("autodoc-process-docstring", describe_data, priority=100)
    app.connect("doctree-read", mark_wide, priority=900)  # when paths are of the site
    app.connect("doctree-read", mark_long)
    app.connect("html-page-context", let_names_break)
    app.add_html_math_renderer("mathml", (visit_math, None), (visit_math_block, None))


html_math_renderer = "mathml"
