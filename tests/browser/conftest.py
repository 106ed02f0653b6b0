"""The browser's fixtures, for this folder (tests/journeys imports the same)."""

from tests.browser.pages import browser, page, person, pytest_runtest_makereport

__all__ = ["browser", "page", "person", "pytest_runtest_makereport"]
