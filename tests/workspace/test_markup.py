from __future__ import annotations

from examples.workspace.markup import h, join


def test_text_and_attributes_are_escaped_and_markup_is_not_escaped_twice() -> None:
    hostile = "<script>\"&'</script>"
    assert hostile not in h("p", hostile, title=hostile)
    assert h("p", h("b", "a < b")) == "<p><b>a &lt; b</b></p>"
    assert h("a", "x", href='" onclick="alert(1)') == '<a href="&quot; onclick=&quot;alert(1)">x</a>'


def test_attributes_are_named_as_in_html_and_left_out_when_false() -> None:
    made = h("input", class_="wide", aria_label="Name", required=True, autofocus=False, value=None)
    assert made == '<input class="wide" aria-label="Name" required>'


def test_nothing_is_nothing_and_a_number_is_its_digits() -> None:
    assert join("a", None, 0) == "a0"
