"""A headless Chromium for the session, and a page about a real network where MNIST is here."""

import shutil

import pytest

from tests.cli.helpers import run

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
    words = ["fit", "--dataset", real_mnist, "--hidden", 100, "--epochs", 3, "--name", "real"]
    run(*words, "--runs-dir", runs, "-q", env={"NNTRAIN_NO_REPORT": ""})
    return runs / "real"
