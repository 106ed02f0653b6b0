"""All SQL is in db/ (in the example, which has a database of its own, and in the guard's spool); values are bound.

A statement may be put together from constants of the code (`{COLUMNS}`). Where a name must be put in, as in DDL, which
knows no parameters, the function says why it is safe: `# sql because: <reason>`.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Final

import pytest

from tests.rules.source import assert_none, escapes, files, name, python

if TYPE_CHECKING:
    from collections.abc import Iterator

SQL: Final = re.compile(
    r"^\s*(select\s.*\s(from|as)\s|select\s+\w+\.\w+\(|insert\s+into\s|update\s+[\w.{}]+\s+set\s|delete\s+from\s"
    r"|with\s+\w+\s+as\s*\(|(create|alter|drop)\s+(table|role|schema|database|policy|index|function|trigger)\s"
    r"|(grant|revoke)\s+(select|insert|usage|connect|execute|all|\{)|set\s+(local\s+|session\s+)?(app|actas|role)\b|notify\s+\w+\s*,)",
    re.IGNORECASE | re.DOTALL,
)
SETTING: Final = re.compile(r"\bset\s+(local\s+|session\s+)?\w+\.\w+\s*(=|to)", re.IGNORECASE)
CLOCK: Final = re.compile(r"\bnow\(\)|\b(current|local|transaction|statement)_?timestamp\b", re.IGNORECASE)
CONSTANT: Final = re.compile(r"_?[A-Z][A-Z0-9_]*")


def strings(tree: ast.AST) -> Iterator[tuple[ast.Constant | ast.JoinedStr, str]]:
    """Every string that is no docstring, with `{}` where an f-string puts something in."""
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield node, "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings | parts:
            yield node, node.value


def statements(source: str) -> Iterator[str]:
    """The SQL in a module."""
    yield from (text for _, text in strings(ast.parse(source)) if SQL.match(text) or SETTING.search(text))


def unbound(source: str) -> Iterator[str]:
    """SQL into which something other than a constant of the code is put, unless the function says why."""
    tree = ast.parse(source)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    for node, text in strings(tree):
        if not isinstance(node, ast.JoinedStr) or not (SQL.match(text) or SETTING.search(text)):
            continue
        around = [function for function in functions if function.lineno <= node.lineno <= (function.end_lineno or 0)]
        excused = any(escapes(ast.get_source_segment(source, function) or "", "sql") for function in around)
        if not excused and not all(is_constant(part) for part in node.values):
            yield f"{node.lineno}: {text.strip()}"


def is_constant(part: ast.expr) -> bool:
    """Whether what is put in was written in the code: CONSTANT, module.CONSTANT, CONSTANTS[key]."""
    value = part.value if isinstance(part, ast.FormattedValue) else part
    if isinstance(value, ast.Subscript):
        value = value.value
    spelled = value.attr if isinstance(value, ast.Attribute) else value.id if isinstance(value, ast.Name) else None
    return isinstance(value, ast.Constant) or (spelled is not None and CONSTANT.fullmatch(spelled) is not None)


def settings_by_text(source: str) -> Iterator[str]:
    """`SET app.x = ...` takes no parameter: `select set_config('app.x', :value, true)` does."""
    yield from (text for _, text in strings(ast.parse(source)) if SETTING.search(text))


def other_clocks(sql: str) -> Iterator[str]:
    """Instants that are not `audit.clock()`: those stand still from the transaction's start, before its locks."""
    yield from (match.group() for match in CLOCK.finditer(re.sub(r"--.*", "", sql)))


def test_all_sql_is_in_db_the_example_and_the_guards_spool() -> None:
    places = python("actas", "schema", "resolvers", "permissions", "guard", "ui", "build_hooks")
    elsewhere = [path for path in places if name(path) != "guard/actas_guard/spool_file.py"]
    assert_none(f"{name(path)}: {sql}" for path in elsewhere for sql in statements(path.read_text()))


def test_sql_takes_values_only_as_bound_parameters() -> None:
    places = [path for path in python("db", "examples", "guard") if "versions" not in path.parts]
    assert_none(f"{name(path)}:{sql}" for path in places for sql in unbound(path.read_text()))


def test_no_setting_is_made_by_text() -> None:
    places = python("actas", "schema", "resolvers", "db", "permissions", "guard", "examples")
    assert_none(f"{name(path)}: {sql}" for path in places for sql in settings_by_text(path.read_text()))


def test_every_instant_is_the_audit_clock() -> None:
    code = ((path, text) for path in python("db") for _, text in strings(ast.parse(path.read_text())))
    migrations = ((path, path.read_text()) for path in files(".sql", under=("db",)))
    assert_none(f"{name(path)}: {clock}" for path, sql in [*code, *migrations] for clock in other_clocks(sql))


@pytest.mark.parametrize("planted", ["set ended_at = now()", "default current_timestamp", "select localtimestamp"])
def test_a_planted_clock_offends(planted: str) -> None:
    assert list(other_clocks(planted))
    assert not list(other_clocks(f"select audit.clock() -- never {planted}"))


@pytest.mark.parametrize(
    "planted",
    [
        'x = "select id from identity.tenant"',
        'x = "SELECT audit.clock()"',
        'x = """\n  insert into audit.entry values (1)"""',
        'x = "update identity.tenant set status = 1"',
        'x = f"delete from {TABLE} where 1 = 1"',
        'x = "with due as (select 1) select 2"',
        "x = \"notify feed, '1'\"",
    ],
)
def test_planted_sql_outside_db_offends(planted: str) -> None:
    assert list(statements(planted))


@pytest.mark.parametrize(
    "innocent",
    [
        '"""Select one from the list."""',
        'x = "With this text in its name."',
        'x = "subscription { sessionEvents { position } }"',
        'x = "Update your role, or ask an admin."',
        'x = "Grant it to nobody"',
    ],
)
def test_a_sentence_is_no_sql(innocent: str) -> None:
    assert not list(statements(innocent))


@pytest.mark.parametrize(
    ("planted", "offends"),
    [
        ('x = f"select {COLUMNS} from t where id = :id"', False),
        ('x = f"select {rows.COLUMNS} from t where id = :id"', False),
        ('x = f"select id from t where {_LOCK[column]} and true"', False),
        ("x = f\"select id from t where name = '{name}'\"", True),
        ('x = f"select id from t where id = {self.id} "', True),
        ('x = f"update t set name = {name()}"', True),
        ('def f(name):\n    x = f"create role {name} login"', True),
        ('def f(name):\n    # sql because: DDL; one of ours\n    x = f"create role {name} login"', False),
        ('def f(name):\n    # sql because:\n    x = f"create role {name} login"', True),
    ],
)
def test_planted_text_in_a_statement_offends(planted: str, offends: bool) -> None:
    assert bool(list(unbound(planted))) is offends


@pytest.mark.parametrize("planted", ["\"set local app.tenant = 'x'\"", 'f"SET app.operator TO {operator}"'])
def test_a_planted_setting_offends(planted: str) -> None:
    assert list(settings_by_text(f"x = {planted}"))
