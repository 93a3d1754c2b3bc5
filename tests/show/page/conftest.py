"""A headless Chromium for the session, and a page about a real network if MNIST is present."""

import json
import shutil
from contextlib import contextmanager

import pytest

from tests.cli.helpers import run

EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(2)>$_{x"
COMMAND = "apt-get install chromium chromium-driver"


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    webdriver = pytest.importorskip("selenium.webdriver")
    programs = [shutil.which(name) for name in ("chromium", "chromedriver")]
    if None in programs:
        pytest.skip(f"no browser here: {COMMAND}")
    options = webdriver.ChromeOptions()
    options.binary_location = programs[0]
    profile = tmp_path_factory.mktemp("profile")
    for word in (
        *("headless", "no-sandbox", "disable-gpu", "disable-background-networking"),
        *("disable-component-update", "disable-sync", "no-first-run", "window-size=1200,900"),
        f"user-data-dir={profile}",
    ):
        options.add_argument(f"--{word}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    service = webdriver.ChromeService(executable_path=programs[1])
    driver = webdriver.Chrome(options=options, service=service)
    yield driver
    driver.quit()


@pytest.fixture(scope="session")
def real_run(real_mnist, tmp_path_factory):
    """A run on the real MNIST with a softmax, and its page."""
    runs = tmp_path_factory.mktemp("runs")
    words = ["fit", "--dataset", real_mnist, "--train-size", 20_000, "--hidden", 50]
    words += ["--epochs", 2, "--name", "real", "--runs-dir", runs, "-q"]
    run(*words, env={"NNTRAIN_NO_REPORT": ""})
    return runs / "real"


@pytest.fixture(scope="session")
def opened(browser):
    """A context manager that opens a page, and afterwards checks that all was quiet.

    Nothing may be on the console, and no request may leave the page.
    """

    @contextmanager
    def open_page(path, address=""):
        browser.get_log("performance")
        browser.get("about:blank")  # a change of the fragment alone would not load the page again
        browser.get(path.as_uri() + address)
        yield browser
        complaints = browser.get_log("browser")
        assert complaints == []
        events = [json.loads(one["message"])["message"] for one in browser.get_log("performance")]
        sent = [event["params"] for event in events if event["method"].endswith("WillBeSent")]
        # the page's own, not those of the browser's first page
        asked = [p["request"]["url"] for p in sent if p["documentURL"].startswith("file:")]
        assert asked
        assert all(url.startswith(("file:///", "data:", "blob:")) for url in asked), asked

    return open_page


def check_charts(page, at_least):
    """Check that the charts of a page are seen, and have a title and a text alternative."""
    charts = page.find_elements("css selector", "svg.chart")
    assert len(charts) >= at_least
    assert all(chart.size["height"] > 60 for chart in charts)
    for chart in charts:
        assert chart.find_element("css selector", "title").get_attribute("textContent")
        assert len(chart.find_element("css selector", "desc").get_attribute("textContent")) > 20


@contextmanager
def on_a_telephone(page, width=380):
    screen = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": True}
    page.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
    yield
    page.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def width_on_a_telephone(page):
    """Return how wide the page is on a screen of 380 pixels."""
    with on_a_telephone(page):
        return page.execute_script("return document.documentElement.scrollWidth")
