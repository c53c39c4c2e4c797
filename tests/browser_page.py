"""A report, opened in a real Chromium: what a person sees and does."""

from __future__ import annotations

import base64
import re
import shutil
import subprocess

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


# An expression that maps the elements of a selector.
EACH = "return [...document.querySelectorAll(arguments[0])]"


class Page:
    """What a person sees and does."""

    END = "\ue010"

    def __init__(self, browser):
        self.browser = browser

    def run(self, script, *args):
        return self.browser.execute_script(script, *args)

    def texts(self, selector):
        return self.run(f"{EACH}.map(e => e.textContent)", selector)

    def text(self, selector):
        (result,) = self.texts(selector)
        return result

    def keys(self, *keys):
        from selenium.webdriver import ActionChains

        for key in keys:
            ActionChains(self.browser, 0).send_keys(key).perform()

    def wait(self, script):
        from selenium.webdriver.support.ui import WebDriverWait

        WebDriverWait(self.browser, 5, 0.02).until(lambda _: self.run(script))

    def pick(self, select, value):
        # The driver sets an option without the press that opens the list.
        down = "new Event('pointerdown', {bubbles: true})"
        self.run(f"byId(arguments[0]).dispatchEvent({down})", select)
        option = f"#{select} option[value='{value}']"
        self.browser.find_element("css selector", option).click()

    def click(self, selector):
        self.browser.find_element("css selector", selector).click()

    @property
    def row(self):
        """The row of the talkturn that is read."""
        return int(self.run("return document.querySelector('.reading').dataset.row"))

    @property
    def listed(self):
        """The rows of the talkturns in the list."""
        turns = "[...document.querySelectorAll('.item')].map(e => e.dataset.turn)"
        return self.run(f"return {turns}.map(turn => talkturns.row[turn])")

    def pdf(self, **params):
        printed = self.browser.execute_cdp_cmd("Page.printToPDF", params)
        return base64.b64decode(printed["data"])


def words_on(pdf):
    """The text of a PDF, or None where there is nothing to read it with."""
    tool = shutil.which("pdftotext")
    if tool is None:
        return None
    done = subprocess.run([tool, "-", "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode()


def pages_of(pdf):
    return len(re.findall(rb"/Type\s*/Page\b", pdf))
