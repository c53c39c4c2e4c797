"""Check the site that was built: links lead somewhere, and nothing is fetched.

From a clone, after ``python -m sphinx -W -b html docs build/docs``::

    python tests/check_site.py build/docs
"""

from __future__ import annotations

import argparse
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

LOADED = {"script": "src", "img": "src", "link": "href", "iframe": "src"}
"""What a browser fetches by itself, and where it says what."""


class Page(HTMLParser):
    """A page's links, places to link to, and what it loads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.places: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list) -> None:
        """Note what an element refers to."""
        found = dict(attrs)
        self.places |= {found[name] for name in ("id", "name") if found.get(name)}
        if tag == "a" and found.get("href"):
            self.links.append(found["href"])
        if found.get(LOADED.get(tag, "")):
            self.loads.append(found[LOADED[tag]])


def complaints(site: Path) -> list[str]:
    """Say what is wrong, a line each.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     site = Path(folder)
    ...     _ = (site / "a.html").write_text(
    ...         '<a href="b.html#there">1</a><a href="b.html#not">2</a>'
    ...         '<a href="c.html">3</a><a href="https://example.org">4</a>'
    ...         '<img src="https://example.org/x.png">'
    ...     )
    ...     _ = (site / "b.html").write_text('<p id="there">')
    ...     for complaint in complaints(site):
    ...         print(complaint)
    a.html loads https://example.org/x.png
    a.html: no place 'not' in b.html
    a.html: there is no c.html
    """
    files = [  # what is in _static is the theme's own
        file for file in sorted(site.rglob("*.html")) if "_static" not in file.parts
    ]
    pages = {file.resolve(): Page(file.read_text("utf-8")) for file in files}
    found = []
    for file, page in pages.items():
        name = file.relative_to(site.resolve())
        found += [
            f"{name} loads {url}"
            for url in page.loads
            if urlsplit(url).scheme not in ("", "data") or url.startswith("//")
        ]
        for link in [*page.links, *page.loads]:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (file.parent / unquote(parts.path)).resolve()
            if not parts.path:
                target = file
            if not target.exists():
                found.append(f"{name}: there is no {parts.path}")
            elif parts.fragment and target in pages:
                place = unquote(parts.fragment)
                if place not in pages[target].places:
                    found.append(f"{name}: no place {place!r} in {target.name}")
    return found


def main() -> None:
    """Check the site in a folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="where sphinx wrote to")
    folder = parser.parse_args().folder
    if not list(folder.rglob("*.html")):
        raise SystemExit(f"There is no page in {folder}.")
    found = complaints(folder)
    if found:
        raise SystemExit("\n".join(found))
    print(f"{len(list(folder.rglob('*.html')))} pages: all links lead somewhere")


if __name__ == "__main__":
    main()
