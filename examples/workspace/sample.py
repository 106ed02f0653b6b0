"""Believable people and conversations for a tenant, always the same for the same slug."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from uuid import UUID, uuid5

from pwdlib import PasswordHash

from examples.workspace import sample_trade
from examples.workspace.sample_trade import Rows, add_trade

PASSWORD = "demo"  # noqa: S105 - printed by the demo, good for the demo's own data only
CONVERSATIONS = 12

HERE = Path(__file__).parent
COLUMNS = {
    "tenant": ("id", "slug", "name"),
    "person": ("id", "tenant_id", "email", "name", "role", "password_hash"),
    "conversation": ("id", "tenant_id", "subject", "customer", "status", "assignee", "archived"),
    "message": ("id", "tenant_id", "conversation_id", "author", "from_customer", "body", "at"),
    **sample_trade.COLUMNS,
}
LOGINS = (("owner", "admin"), ("member", "member"), ("second", "member"), ("third", "member"))


@dataclass(frozen=True)
class Tenant:
    """A customer of the product: the id is the platform's, the slug is the host's first label."""

    uuid: UUID
    slug: str
    name: str


@dataclass(frozen=True)
class Scenario:
    """One conversation: the customer begins, then the two sides take turns."""

    state: str
    subject: str
    messages: tuple[str, ...]


@cache
def scenarios() -> tuple[Scenario, ...]:
    """Those of ``scenarios.txt``: a heading ``# state: subject``, then a line for each message."""
    source = (HERE / "scenarios.txt").read_text("utf-8")
    found = []
    for block in source.split("\n\n"):
        heading, *lines = block.strip().splitlines()
        state, subject = heading.removeprefix("# ").split(": ", 1)
        found.append(Scenario(state, subject, tuple(line[2:] for line in lines)))
    return tuple(found)


def tenant_rows(tenants: Sequence[Tenant], now: datetime) -> Rows:
    """Every row of these tenants by table, the tables in the order in which they may be filled."""
    rows: Rows = {table: [] for table in COLUMNS}
    for tenant in tenants:
        _add(rows, tenant, now)
    return rows


def _add(rows: Rows, tenant: Tenant, now: datetime) -> None:
    chance = Random(tenant.slug)  # noqa: S311 - a repeatable choice of names, no secret
    visible = [scenario for scenario in scenarios() if scenario.state != "archived"]
    archived = [scenario for scenario in scenarios() if scenario.state == "archived"]
    chosen = chance.sample(visible, CONVERSATIONS) + archived
    names = _names(chance, len(chosen) + len(LOGINS))
    customers, colleagues = names[: len(chosen)], names[len(chosen) :]

    rows["tenant"].append((tenant.uuid, tenant.slug, tenant.name))
    people = []
    for (login, role), name in zip(LOGINS, colleagues, strict=True):
        email = f"{login}@{tenant.slug}.example"
        people.append((uuid5(tenant.uuid, email), name))
        rows["person"].append((people[-1][0], tenant.uuid, email, name, role, _demo_hash()))
    add_trade(rows, tenant.uuid, tenant.slug, people, customers, now)

    last = now - timedelta(minutes=chance.randint(4, 25))
    for scenario, customer in zip(chosen, customers, strict=True):
        key = uuid5(tenant.uuid, scenario.subject)
        colleague = chance.choice(colleagues)
        answered = len(scenario.messages) > 1
        rows["conversation"].append(
            (
                key,
                tenant.uuid,
                scenario.subject,
                customer,
                "open" if scenario.state == "open" else "closed",
                colleague if answered else None,
                scenario.state == "archived",
            )
        )
        words = {"customer": customer.split()[0], "colleague": colleague.split()[0], "company": tenant.name}
        times = _times(chance, len(scenario.messages), last)
        for turn, (body, at) in enumerate(zip(scenario.messages, times, strict=True)):
            from_customer = turn % 2 == 0
            author = customer if from_customer else colleague
            message = uuid5(key, str(turn))
            rows["message"].append((message, tenant.uuid, key, author, from_customer, body.format(**words), at))
        last -= timedelta(minutes=chance.randint(50, 900))


def _names(chance: Random, count: int) -> list[str]:
    first, last = (part.split() for part in (HERE / "names.txt").read_text("utf-8").split("\n\n"))
    return [" ".join(pair) for pair in zip(chance.sample(first, count), chance.sample(last, count), strict=True)]


def _times(chance: Random, count: int, last: datetime) -> list[datetime]:
    times = [last]
    while len(times) < count:
        times.append(times[-1] - timedelta(minutes=chance.randint(6, 190)))
    return times[::-1]


@cache
def _demo_hash() -> str:
    # Once for all people: argon2 is slow on purpose, and the one password is public.
    return PasswordHash.recommended().hash(PASSWORD)
