"""The banner's words and colours, as a product sets them: what could not be read is refused at the start."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import pytest

from actas_guard import BannerColours, BannerSettings, BannerTexts
from actas_guard.banner_colours import contrast

if TYPE_CHECKING:
    from tests.guard.conftest import Site


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21), ("#777777", "#ffffff", 4.48), ("#ffffff", "#ffffff", 1), ("#0000ff", "#ffffff", 8.59)],
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    """Reference values of WCAG 2.2's formula."""
    assert contrast(one, other) == pytest.approx(ratio, abs=0.01)
    assert contrast(one, other) == contrast(other, one)


@pytest.mark.parametrize(
    ("colours", "says"),
    [
        ({"live": "#ffffff", "live_text": "#777777"}, r"live_text on live has a contrast of 4\.48:1 and needs 4\.5:1"),
        ({"over_text": "#b5b1a9"}, "over_text on over"),
        ({"button_text": "#231a05"}, "button_text on button"),
        ({"button": "#d9972b", "button_text": "#000000"}, "button on live"),
        ({"live": "orange"}, "live must be a colour such as #f2b233, not 'orange'"),
        ({"live": "#fff; } * { display: none"}, "live must be a colour"),
    ],
)
def test_colours_that_cannot_be_read_are_refused(colours: dict[str, str], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        BannerColours(**colours)


@pytest.mark.parametrize(
    ("texts", "says"),
    [
        ({"operator": "Somebody is here"}, r"operator must name \{operator\}"),
        ({"began": "{operator} in {tenant}"}, r"began must name \{reason\}"),
        ({"left": "{operator} left at {time}, {hour}"}, r"nothing fills \{hour\}"),
        ({"stop": " "}, "stop must not be empty"),
        ({"minutes_left": {"one": "{count}"}}, "needs the form other"),
        ({"minutes_left": {"other": "some"}}, r"minutes_left\[other\] must name \{count\}"),
        ({"minutes_left": {"other": "{count}", "plural": "{count}"}}, "knows only"),
        ({"direction": "up"}, "ltr or rtl"),
    ],
)
def test_texts_that_leave_something_out_are_refused(texts: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        BannerTexts(**texts)


@pytest.mark.parametrize(("texts", "says"), [({}, "in one language"), ({"klingon!": BannerTexts()}, "no language tag")])
def test_a_banner_has_its_texts_in_languages(texts: dict[str, BannerTexts], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        BannerSettings(texts=texts)


async def test_every_text_and_colour_reaches_the_script(site: Site) -> None:
    """And no word that people read stands in the script itself."""
    script = (await site.browser().get("/actas/banner.js")).text
    told = json.loads(script.partition("\n")[0].removeprefix("const SETTINGS = ").removesuffix(";"))
    body = script.partition("\n")[2]
    for each in fields(BannerTexts):
        assert each.name in told["texts"][0]
        assert f"words.{each.name}" in body, f"{each.name} is a setting that nothing shows"
    for each in fields(BannerColours):
        assert told["colours"][each.name] == getattr(BannerColours(), each.name)
    assert told["beatSeconds"] == 5


async def test_the_script_is_asked_for_anew_at_the_price_of_a_304(site: Site) -> None:
    browser = site.browser()
    first = await browser.get("/actas/banner.js")
    assert first.headers["cache-control"] == "no-cache"
    again = await browser.get("/actas/banner.js", **{"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
