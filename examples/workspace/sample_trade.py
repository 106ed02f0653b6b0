"""Cases, leads, daily figures and keys of a tenant: believable, and always the same for the same slug."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from random import Random
from uuid import UUID, uuid5

Rows = dict[str, list[tuple[object, ...]]]

CASES = 14
LEADS = 18
DAYS = 90
HERE = Path(__file__).parent
COLUMNS = {
    "support_case": ("id", "tenant_id", "number", "subject", "customer", "priority", "opened_at"),
    "case_step": ("id", "tenant_id", "case_id", "author", "what", "assignee_id", "at"),
    "lead": ("id", "tenant_id", "company", "contact", "source", "stage", "worth", "owner_id", "touched_at"),
    "daily_figure": ("tenant_id", "day", "asked", "answered", "first_answer_minutes"),
    "api_key": ("id", "tenant_id", "name", "beginning", "created_at", "last_used_at"),
    "webhook": ("tenant_id", "url", "signing_secret"),
}
SOURCES = ("Website", "Trade fair", "Recommendation", "Newsletter", "Partner")
# From first to last, with how many of a hundred leads stand there.
STAGES = (("new", 26), ("contacted", 22), ("qualified", 18), ("proposal", 12), ("won", 14), ("lost", 8))
KEYS = (("ERP connection", 11), ("Warehouse scanner", 4), ("Reporting", 27))


def add_trade(
    rows: Rows, tenant: UUID, slug: str, people: Sequence[tuple[UUID, str]], customers: Sequence[str], now: datetime
) -> None:
    """Add the tenant's rows; `people` are those who can be in charge, with their names."""
    chance = Random(f"trade of {slug}")  # noqa: S311 - a repeatable choice of words, no secret
    _add_cases(rows, chance, tenant, people, customers, now)
    _add_leads(rows, chance, tenant, people, customers, now)
    _add_figures(rows, chance, tenant, now)
    for name, days in KEYS:
        key = uuid5(tenant, f"key {name}")
        made = now - timedelta(days=days * 9 + chance.randint(0, 8))
        used = now - timedelta(minutes=chance.randint(1, 900)) if chance.random() < 0.8 else None
        rows["api_key"].append((key, tenant, name, f"wk_{key.hex[:6]}", made, used))
    secret = f"whsec_{sha256(f'webhook of {slug}'.encode()).hexdigest()[:40]}"
    rows["webhook"].append((tenant, f"https://erp.{slug}.example/hooks/orders", secret))


def _add_cases(
    rows: Rows,
    chance: Random,
    tenant: UUID,
    people: Sequence[tuple[UUID, str]],
    customers: Sequence[str],
    now: datetime,
) -> None:
    number = chance.randint(310, 2900)
    at = now - timedelta(days=31)
    for subject in chance.sample(_lines("cases.txt"), CASES):
        priority, _, title = subject.partition(": ")
        at = min(at + timedelta(minutes=chance.randint(1400, 4600)), now - timedelta(minutes=chance.randint(20, 300)))
        number += chance.randint(1, 4)
        case = uuid5(tenant, f"case {title}")
        rows["support_case"].append((case, tenant, number, title, chance.choice(customers), priority, at))
        person, name = chance.choice(people)
        step = at + timedelta(minutes=chance.randint(9, 240))
        if chance.random() < 0.8:
            step = min(step, now - timedelta(minutes=chance.randint(2, 19)))
            rows["case_step"].append((uuid5(case, "assigned"), tenant, case, name, "assigned", person, step))
            step += timedelta(minutes=chance.randint(200, 5000))
            if chance.random() < 0.55 and step < now:
                rows["case_step"].append((uuid5(case, "closed"), tenant, case, name, "closed", None, step))


def _add_leads(
    rows: Rows,
    chance: Random,
    tenant: UUID,
    people: Sequence[tuple[UUID, str]],
    customers: Sequence[str],
    now: datetime,
) -> None:
    stages, weights = zip(*STAGES, strict=True)
    for company in chance.sample(_lines("leads.txt"), LEADS):
        contact = f"{chance.choice(customers).split()[0]} {chance.choice(customers).split()[-1]}"
        stage = chance.choices(stages, weights)[0]
        worth = chance.randint(6, 240) * 250
        touched = now - timedelta(minutes=chance.randint(30, 60_000))
        owner, _ = chance.choice(people)
        key = uuid5(tenant, f"lead {company}")
        rows["lead"].append((key, tenant, company, contact, chance.choice(SOURCES), stage, worth, owner, touched))


def _add_figures(rows: Rows, chance: Random, tenant: UUID, now: datetime) -> None:
    """Ninety days: quiet weekends, a little growth, and answers that come a little sooner."""
    usual, minutes = chance.randint(14, 60), chance.randint(35, 110)
    for ago in range(DAYS, 0, -1):
        day = (now - timedelta(days=ago)).date()
        weekday = 1.0 if day.weekday() < 5 else 0.22
        asked = round(usual * weekday * (1.25 - 0.25 * ago / DAYS) * chance.uniform(0.75, 1.3))
        answered = round(asked * chance.uniform(0.86, 1.02))
        waited = round(minutes * (0.8 + 0.4 * ago / DAYS) * chance.uniform(0.8, 1.25) * (1.6 - 0.6 * weekday))
        rows["daily_figure"].append((tenant, day, asked, answered, waited))


@cache
def _lines(file: str) -> tuple[str, ...]:
    return tuple((HERE / file).read_text("utf-8").splitlines())
