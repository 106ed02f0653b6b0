"""No font of a page takes the banner's words, and words that nobody can read prove nothing (S1-26, threat 57)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import expect

from tests.guard.test_banner import rows, workspace
from tests.guard.test_banner_sight import (
    CHANGE,
    changes,
    forget_what_was_seen,
    go_inside,
    inside,
    nothing_but_what_is_seen,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.browser.pages import Person
    from tests.guard.conftest import Site

    Bring = Callable[[str], Awaitable[Person]]

__all__ = ["nothing_but_what_is_seen"]

# Both ways of a page to bring a font, the name as a word and as a string.
NAME_A_FONT = """async ([family, how]) => {
    const source = "local('DejaVu Sans'), local('Liberation Sans')";
    const rules = [family, JSON.stringify(family)].map((name) => `@font-face { font-family: ${name};
        src: ${source}; size-adjust: ${how.sizeAdjust}; ascent-override: ${how.ascentOverride ?? 'normal'};
        unicode-range: ${how.unicodeRange ?? 'U+0-10FFFF'} }`);
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(rules.join('\\n'));
    document.adoptedStyleSheets = [sheet];
    window.faces = [family, JSON.stringify(family)].map((name) => new FontFace(name, source, how));
    for (const face of faces) document.fonts.add(await face.load());
}"""
TAKE_IT_BACK = "() => { document.adoptedStyleSheets = []; faces.forEach((face) => document.fonts.delete(face)) }"
ILLEGIBLE = {
    "drawn as points": {"sizeAdjust": "0%"},
    "small in lines of their height": {"sizeAdjust": "30%", "ascentOverride": "500%"},
    "without their small letters": {"sizeAdjust": "1%", "unicodeRange": "U+61-7A"},
}
# What a page does to the place of the words, and what puts that right again.
TOO_SMALL = {
    "all made half as large": (
        "() => { document.documentElement.style.zoom = '.5' }",
        "() => { document.documentElement.style.zoom = '' }",
    ),
    "its words kept for screen readers": (
        "() => { document.querySelector('actas-banner').shadowRoot.querySelector('.words').className += ' spoken' }",
        "() => { document.querySelector('actas-banner').shadowRoot.querySelector('.words').className = 'words' }",
    ),
    "its words moved away by an animation": (
        """() => {
            const words = document.querySelector('actas-banner').shadowRoot.querySelector('.who');
            window.moving = words.animate({ textIndent: ['-9999px', '-9999px'] }, 1e6);
        }""",
        "() => moving.cancel()",
    ),
    "Stop taken away": (
        """() => {
            window.stop = document.querySelector('actas-banner').shadowRoot.querySelector('button');
            stop.remove();
        }""",
        "() => document.querySelector('actas-banner').shadowRoot.querySelector('.row').append(window.stop)",
    ),
}


def one_of(cases: dict[str, Any]) -> list[Any]:
    """All of them by `make long`, the first by `make test`."""
    first, *others = cases
    return [first, *(pytest.param(each, marks=pytest.mark.long) for each in others)]


KEYWORDS = [pytest.param(each, marks=pytest.mark.long) for each in ("system-ui", "sans-serif")]


@pytest.mark.parametrize("family", ["Inter", *KEYWORDS])
async def test_a_font_of_the_page_changes_nothing_in_the_banner_whatever_its_name(
    site: Site, person: Bring, family: str
) -> None:
    page = await inside(site, person)
    await changes(page, 200)
    parts = [page.locator("actas-banner .who"), page.get_by_role("button", name="Stop")]
    before = [await part.bounding_box() for part in parts]
    await page.evaluate(NAME_A_FONT, [family, {"sizeAdjust": "0%"}])
    assert [await part.bounding_box() for part in parts] == before
    await forget_what_was_seen(site, page)
    await changes(page, 200)


@pytest.mark.parametrize("how", one_of(ILLEGIBLE))
async def test_words_that_are_not_drawn_are_not_seen_in_a_browser_that_lets_a_page_name_a_font_as_the_banners(
    site: Site, person: Bring, how: str
) -> None:
    """Not every browser keeps a page's fonts away from the names of the generic families."""

    script = (await site.browser().get("/actas/banner.js")).text.replace("system-ui", "Taken")
    operator = await person("operator")
    await operator.page.route(
        "**/actas/banner.js", lambda route: route.fulfill(body=script, content_type="text/javascript")
    )
    page = await go_inside(site, operator, workspace(site))
    await changes(page, 200)
    await page.evaluate(NAME_A_FONT, ["Taken", ILLEGIBLE[how]])
    await changes(page, 403)
    assert await page.evaluate(CHANGE) == 403, "it stays refused"
    await page.evaluate(TAKE_IT_BACK)
    await changes(page, 200)


@pytest.mark.parametrize("how", one_of(TOO_SMALL))
async def test_words_too_small_or_out_of_sight_are_not_seen(site: Site, person: Bring, how: str) -> None:
    tamper, undo = TOO_SMALL[how]
    page = await inside(site, person)
    await changes(page, 200)
    await page.evaluate(tamper)
    await changes(page, 403)
    assert await page.evaluate(CHANGE) == 403, "it stays refused"
    await page.evaluate(undo)
    await changes(page, 200)


LONGEST = pytest.param("Ω" * 120, marks=pytest.mark.long)
UNUSUAL = [pytest.param(each, marks=pytest.mark.long) for each in ("--------------", "東京支店", "........ i l")]


@pytest.mark.parametrize("name", ["i", "شركة \u0660", LONGEST, *UNUSUAL])
async def test_an_honest_page_goes_on_whatever_the_name_and_the_width(site: Site, person: Bring, name: str) -> None:
    workspace(site)
    page = await go_inside(site, await person("operator"), site.console.tenant("acme", name, site.port))
    await expect(rows(page)).to_contain_text(name)
    await changes(page, 200)
    await page.set_viewport_size({"width": 360, "height": 600})
    await forget_what_was_seen(site, page)
    await changes(page, 200)
