"""What the tests of a run's page in a browser share."""

from selenium.webdriver.support.wait import WebDriverWait


def started(page):
    """Wait until the scripts have read the page's data."""
    WebDriverWait(page, 10).until(
        lambda page: page.execute_script("return document.documentElement.dataset.ready")
    )
