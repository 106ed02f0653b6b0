"""The charts are drawn by no script and no inline style, and say in words what they show."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from examples.workspace.charts import Series, bars, columns, line
from tests.workspace.conftest import ACME, Open

FIGURES = st.lists(st.integers(0, 10**7), min_size=1, max_size=90)


@given(FIGURES)
def test_every_figure_is_drawn_within_the_chart_and_told_in_the_table(figures: list[int]) -> None:
    axis = [f"day {place}" for place in range(len(figures))]
    series = Series("Asked", figures, "a day")
    for chart in (columns("Questions", axis, series), line("Questions", axis, series), bars("Questions", axis, series)):
        figure = ET.fromstring(chart)
        svg = figure.find("svg")
        assert svg is not None
        assert (svg.get("role"), svg.get("aria-label")) == ("img", "Questions")
        width, height = map(float, svg.attrib["viewBox"].split()[2:])
        for mark in [*svg.iter("rect"), *svg.iter("circle")]:
            x, y = float(mark.get("x", mark.get("cx", 0))), float(mark.get("y", mark.get("cy", 0)))
            assert 0 <= x + float(mark.get("width", 0)) <= width
            assert -0.1 <= y + float(mark.get("height", 0)) <= height
        assert [cell.text for cell in figure.iter("td")] == [f"{each:,}" for each in figures]


async def test_the_page_has_no_script_and_no_style_of_its_own(open_browser: Open) -> None:
    browser = open_browser(ACME)
    await browser.sign_in("member")
    for days in ("28", "84", "nonsense"):
        page = (await browser.get(f"/analytics?days={days}")).text
        assert page.count("<svg") == 4
        assert page.count("<summary>Show the figures</summary>") == 4
        assert not re.search(r"\sstyle=|<style|\son\w+=", page)
        assert re.findall(r'<script[^>]*src="([^"]+)"', page) == ["/actas/banner.js"]
