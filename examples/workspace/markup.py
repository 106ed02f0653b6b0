"""HTML that is escaped unless it says otherwise: ``h("p", name)`` is safe whatever ``name`` holds."""

from html import escape

VOID = {"br", "input", "link", "meta", "wbr"}


class Markup(str):
    """Text that is HTML already, made by :func:`h` or :func:`join` alone."""

    __slots__ = ()


Child = str | int | Markup | None


def join(*children: Child) -> Markup:
    """The children one after another; plain text is escaped, ``None`` is left out."""
    return Markup("".join(c if isinstance(c, Markup) else escape(str(c)) for c in children if c is not None))


def h(element: str, *children: Child, **attributes: str | int | bool | None) -> Markup:
    """One element. ``class_`` is ``class``, ``aria_label`` is ``aria-label``; ``False`` and ``None`` leave one out.

    Element and attribute names come from the source, never from data; only values and children are escaped.
    """
    words = [element]
    for name, value in attributes.items():
        key = name.rstrip("_").replace("_", "-")
        if value is True:
            words.append(key)
        elif value is not None and value is not False:
            words.append(f'{key}="{escape(str(value))}"')
    opening = f"<{' '.join(words)}>"
    return Markup(opening) if element in VOID else Markup(f"{opening}{join(*children)}</{element}>")
