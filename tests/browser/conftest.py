"""The browser's fixtures (tests/journeys imports the same), and the demo that the console's tests look at."""

from tests.browser.console import demo
from tests.browser.pages import browser, page, person, pytest_runtest_makereport

__all__ = ["browser", "demo", "page", "person", "pytest_runtest_makereport"]
