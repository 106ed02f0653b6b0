"""Charts as inline SVG, without script or inline style (the policy forbids both), each with its figures in a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, log10

from examples.workspace.markup import Markup, h
from examples.workspace.pages import table

WIDTH, HEIGHT = 640, 220
LEFT, RIGHT, BOTTOM, TOP = 44, 12, 26, 10
TICKS = 4
LABELS = 6
ROW = 34
BARS_WIDTH = 400
ROUND = (1, 1.5, 2, 2.5, 3, 4, 5, 7.5, 10)


@dataclass(frozen=True)
class Series:
    """One thing that is counted: its name, and a figure for each point of the axis."""

    name: str
    figures: Sequence[int]
    unit: str = ""


def columns(title: str, axis: Sequence[str], *series: Series) -> Markup:
    """A column for each point; those of a second series stand before those of the first."""
    top = _round_up(max((figure for each in series for figure in each.figures), default=0))
    step = (WIDTH - LEFT - RIGHT) / max(len(axis), 1)
    drawn = []
    for number, each in enumerate(series):
        width = step * (0.72 if number == 0 else 0.4)
        for place, figure in enumerate(each.figures):
            height = (HEIGHT - TOP - BOTTOM) * figure / top
            drawn.append(
                h(
                    "rect",
                    h("title", f"{axis[place]}: {figure} {each.name.lower()}"),
                    x=_px(LEFT + step * place + (step - width) / 2),
                    y=_px(HEIGHT - BOTTOM - height),
                    width=_px(width),
                    height=_px(height),
                    rx="1.5",
                    class_=f"series-{number}",
                )
            )
    return _figure(title, axis, series, _frame(title, axis, top, *drawn))


def line(title: str, axis: Sequence[str], series: Series) -> Markup:
    """A line from point to point."""
    top = _round_up(max(series.figures, default=0))
    step = (WIDTH - LEFT - RIGHT) / max(len(axis), 1)
    points = [
        (LEFT + step * (place + 0.5), HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * figure / top)
        for place, figure in enumerate(series.figures)
    ]
    path = "M" + " L".join(f"{_px(x)} {_px(y)}" for x, y in points)
    dots = (
        h("circle", h("title", f"{at}: {figure} {series.unit}"), cx=_px(x), cy=_px(y), r="3.5", class_="dot")
        for (x, y), at, figure in zip(points, axis, series.figures, strict=True)
    )
    drawn = [h("path", d=path, class_="line"), *dots] if points else []
    return _figure(title, axis, [series], _frame(title, axis, top, *drawn))


def bars(title: str, axis: Sequence[str], series: Series) -> Markup:
    """A bar for each point, one below the other, with its figure at its end."""
    most = max([*series.figures, 1])
    room = BARS_WIDTH - 110 - 60
    drawn = []
    for place, (name, figure) in enumerate(zip(axis, series.figures, strict=True)):
        y = place * ROW
        width = room * figure / most
        drawn += [
            h("text", name, x=100, y=y + 21, class_="label end"),
            h("rect", x=110, y=y + 6, width=_px(max(width, 1)), height=ROW - 12, rx="3", class_="series-1"),
            h("text", f"{figure:,} {series.unit}".strip(), x=_px(118 + width), y=y + 21, class_="label strong"),
        ]
    return _figure(title, axis, [series], _svg(title, BARS_WIDTH, ROW * len(axis), *drawn))


def _frame(title: str, axis: Sequence[str], top: int, *drawn: Markup) -> Markup:
    lines = []
    for tick in range(TICKS + 1):
        y = HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * tick / TICKS
        figure = top * tick // TICKS
        lines.append(h("line", x1=LEFT, x2=WIDTH, y1=_px(y), y2=_px(y), class_="grid"))
        lines.append(h("text", figure, x=LEFT - 8, y=_px(y + 4), class_="label end"))
    step = (WIDTH - LEFT - RIGHT) / max(len(axis), 1)
    every = max(1, ceil(len(axis) / LABELS))
    names = (
        h("text", name, x=_px(LEFT + step * (place + 0.5)), y=HEIGHT - 6, class_="label middle")
        for place, name in enumerate(axis)
        if place % every == every // 2
    )
    return _svg(title, WIDTH, HEIGHT, *lines, *drawn, *names)


def _svg(title: str, width: int, height: int, *drawn: Markup) -> Markup:
    return h("svg", *drawn, viewBox=f"0 0 {width} {height}", role="img", aria_label=title, class_="chart")


def _figure(title: str, axis: Sequence[str], series: Sequence[Series], chart: Markup) -> Markup:
    keys = (h("span", each.name, class_=f"key series-{number}") for number, each in enumerate(series))
    legend = h("p", *keys, class_="legend") if len(series) > 1 else None
    heads = ("", *(f"{each.name} ({each.unit})" if each.unit else each.name for each in series))
    rows = (
        h("tr", h("th", at, scope="row"), *(h("td", f"{each.figures[place]:,}", class_="amount") for each in series))
        for place, at in enumerate(axis)
    )
    figures = h("details", h("summary", "Show the figures"), table(heads, rows, label=f"{title}: the figures"))
    return h("figure", h("figcaption", title), legend, chart, figures)


def _round_up(figure: int) -> int:
    """The end of an axis that holds the figure, with four round parts."""
    if figure <= TICKS:
        return TICKS
    power = 10 ** int(log10(figure / TICKS))
    whole = (int(power * part) for part in ROUND if power * part % 1 == 0)
    return TICKS * next(part for part in whole if part * TICKS >= figure)


def _px(length: float) -> str:
    return f"{length:.1f}".removesuffix(".0")
