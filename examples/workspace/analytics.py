"""How the company does: what came in, what was answered, how soon, and what is open."""

from collections.abc import Sequence
from statistics import median
from typing import Any

from sqlalchemy import Row, text
from starlette.requests import Request
from starlette.responses import Response

from examples.workspace.charts import Series, bars, columns, line
from examples.workspace.leads import STAGES, money
from examples.workspace.markup import Markup, h
from examples.workspace.pages import page
from examples.workspace.store import Store
from examples.workspace.visitor import Visitor

PERIODS = {"28": "Four weeks", "84": "Twelve weeks"}
PRIORITIES = ("urgent", "high", "normal", "low")
FIGURES = text("select day, asked, answered, first_answer_minutes from daily_figure order by day desc limit :days")
CASES = text("select priority, count(*) as many from case_now where not closed group by priority")
LEADS = text("select stage, count(*) as many, sum(worth) as worth from lead group by stage")


class Analytics:
    """The page of charts, over one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def show(self, request: Request, visitor: Visitor) -> Response:
        """Four figures, four charts."""
        wanted = request.query_params.get("days", "")
        days = wanted if wanted in PERIODS else "28"
        async with self._store.transaction() as connection:
            figures = (await connection.execute(FIGURES, {"days": int(days)})).all()[::-1]
            cases = {row.priority: row.many for row in await connection.execute(CASES)}
            leads = {row.stage: row for row in await connection.execute(LEADS)}
        if not figures:
            empty = "The figures of a day are counted in the night after it: come back tomorrow."
            return page(visitor, "Analytics", h("h1", "Analytics"), h("p", empty, class_="empty"), here="analytics")
        links = (
            h("a", label, href=f"/analytics?days={key}", aria_current="true" if key == days else None)
            for key, label in PERIODS.items()
        )
        return page(
            visitor,
            "Analytics",
            h("header", h("h1", "Analytics"), h("p", f"{_span(figures)}, counted each night.", class_="hint")),
            h("nav", *links, class_="tabs", aria_label="Period"),
            _tiles(figures, sum(cases.values()), sum(row.worth for row in leads.values() if row.stage == "won")),
            h(
                "div",
                _volume(figures),
                _waiting(figures),
                bars(
                    "Open cases by priority",
                    [each.capitalize() for each in PRIORITIES],
                    Series("Open cases", [cases.get(each, 0) for each in PRIORITIES]),
                ),
                bars(
                    "Leads by stage",
                    list(STAGES.values()),
                    Series("Leads", [leads[key].many if key in leads else 0 for key in STAGES]),
                ),
                class_="charts",
            ),
            here="analytics",
        )


def _volume(figures: Sequence[Row[Any]]) -> Markup:
    asked = Series("Asked", [row.asked for row in figures])
    return columns(
        "Questions a day",
        [_day(row) for row in figures],
        asked,
        Series("Answered", [row.answered for row in figures]),
    )


def _waiting(figures: Sequence[Row[Any]]) -> Markup:
    weeks = list(_weeks(figures))
    minutes = [round(median(row.first_answer_minutes for row in week)) for week in weeks]
    axis = [f"from {_day(week[0])}" for week in weeks]
    return line("Minutes to the first answer, by week", axis, Series("First answer", minutes, "min"))


def _weeks(figures: Sequence[Row[Any]]) -> Sequence[Sequence[Row[Any]]]:
    return [figures[start : start + 7] for start in range(0, len(figures), 7)]


def _tiles(figures: Sequence[Row[Any]], cases: int, won: int) -> Markup:
    asked, answered = sum(row.asked for row in figures), sum(row.answered for row in figures)
    waited = round(median(row.first_answer_minutes for row in figures))
    share = f"{min(100, round(100 * answered / asked))} %" if asked else "none yet"
    told = (
        (f"{asked:,}".replace(",", "\u202f"), "questions"),
        (share, "answered"),
        (f"{waited} min", "to the first answer, as a rule"),
        (str(cases), "open cases"),
        (money(won), "a year won"),
    )
    return h("dl", *(h("div", h("dt", what), h("dd", figure)) for figure, what in told), class_="tiles")


def _day(row: Row[Any]) -> str:
    return f"{row.day.day} {row.day:%b}"


def _span(figures: Sequence[Row[Any]]) -> str:
    return f"{_day(figures[0])} to {_day(figures[-1])} {figures[-1].day.year}"
