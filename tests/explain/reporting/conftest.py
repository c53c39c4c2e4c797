"""A browser, and a report of two models beside what it must show."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
from browser_page import FLAGS, Page

from hanrock_sk import explain


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    """One Chromium for all tests of a process."""
    webdriver = pytest.importorskip(
        "selenium.webdriver", reason="selenium not installed"
    )
    names = ("chromium", "chromium-browser", "google-chrome")
    binary = next(filter(None, map(shutil.which, names)), None)
    driver = shutil.which("chromedriver")
    if not (binary and driver):
        pytest.skip("Chromium or its chromedriver is not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = binary
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    chromium = webdriver.Chrome(options, webdriver.ChromeService(driver))
    chromium.set_window_size(1440, 900)
    yield chromium
    chromium.quit()


@pytest.fixture
def show(browser, tmp_path):
    """Open a report; at the end, the console must have stayed empty."""

    def open_report(report):
        path = report.write(tmp_path / "report.html")
        browser.get(path.as_uri())
        return Page(browser)

    yield open_report
    assert browser.get_log("browser") == []


@pytest.fixture(scope="session")
def both(multi_task, single_task, talkturns):
    X, y = talkturns
    models = {"multi-task": multi_task, "single-task": single_task}
    return explain.report(models, X, y, conversations=[0, 3], maps=True)


@pytest.fixture(scope="session")
def truth(multi_task, single_task, talkturns):
    """What the report must show, from the estimators and the tables."""
    X, y = talkturns
    models = [multi_task, single_task]
    predicted = [model.predict(X) for model in models]
    labelled = np.array([label is not None for label in y])
    return {
        "overall": [explain.attention(model, X) for model in models],
        "predicted": predicted,
        "wrong": [labelled & (p != y) for p in predicted],
        "rows": [np.flatnonzero(X["conversation"] == name) for name in (0, 3)],
        "y": y,
        "text": X["text"].to_list(),
    }
