"""The pages of what can go wrong: refusals, as the API tells of them, and problems, as plain HTTP does."""

from __future__ import annotations

from functools import cache
from typing import Final

from graphql import GraphQLEnumType, build_schema

from actas.problems import ERROR_STATUS, REFUSAL_STATUS, REQUEST_PROBLEMS, problem_type
from permissions.refusals import RefusalCode
from schema.export import SNAPSHOT
from tools.reference.markdown import code, page, section, table

REFUSALS: Final = """
A refusal is an expected answer: nothing happened, and the caller can act on why. `Refused` has the first problem's
`code` and `message`, and `problems` with everything that stands in the way, each with the input `field` that it
belongs to. Messages are for people and may change; codes stay. An attempt to enter a workspace that is refused is in
the ledger, as `IMPERSONATION_FORBIDDEN` where the role, the tenant's status or a lock forbids it whatever was asked,
else as `IMPERSONATION_REFUSED`.

"By HTTP" is the status that the [REST routes](http.md) tell it with; where it says 403, no other input would help.
"""
PROBLEMS: Final = """
The errors of the routes that are not GraphQL, as [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457) has them:
`application/problem+json` with `type`, `title`, `status`, `detail` and, for refusals, `problems` (`code`, `message`
and the input's `field`). `type` and `code` stay as they are; `detail` is for people. Strangers get none of this: for
them every path is the same 404.
"""
# What to do about each refusal; the second, whether the REST routes tell of it by 403, which the rules in force decide.
TO_DO: Final[dict[RefusalCode, str]] = {
    RefusalCode.NOT_FOUND: "Look the id up again. A key that is bound to a tenant sees only that tenant's things.",
    RefusalCode.REASON_REQUIRED: "Say why; the tenant reads it.",
    RefusalCode.REASON_TOO_SHORT: "Say more: the tenant's `policy` has the least length.",
    RefusalCode.REASON_TOO_LONG: "Say it shorter, and put the rest into the ticket.",
    RefusalCode.REASON_INVALID: "Leave out control characters, as those that turn the direction of writing.",
    RefusalCode.TICKET_REQUIRED: "Name the ticket.",
    RefusalCode.TICKET_INVALID: "Write the ticket as the policy's pattern has it.",
    RefusalCode.DURATION_TOO_SHORT: "Ask for longer, or leave the duration out.",
    RefusalCode.DURATION_TOO_LONG: "Ask for at most the policy's `maxDurationSeconds`; start again when it is over.",
    RefusalCode.MODE_NOT_ALLOWED: "Take one of the modes in the tenant's `impersonability`.",
    RefusalCode.TENANT_SUSPENDED: "Lift the suspension first.",
    RefusalCode.TENANT_OFFBOARDING: "Wait, or have an admin make it ACTIVE again with a written exception.",
    RefusalCode.TENANT_NOT_READY: "Make it ACTIVE, and register its `workspaceUrl`.",
    RefusalCode.TENANT_GONE: "Nothing: there is nothing left to enter.",
    RefusalCode.ALREADY_IMPERSONATING: "End your session first.",
    RefusalCode.ALREADY_ENDED: "Nothing: it is over.",
    RefusalCode.APPROVAL_REQUIRED: "Nobody can approve yet: choose another policy for this tenant.",
    RefusalCode.GRANT_REQUIRED: "Nobody can grant access yet: choose another policy for this tenant.",
    RefusalCode.LOCKED: "Ask whoever placed the lock.",
    RefusalCode.EXCLUSIVE: "Wait until the other operator has left, or ask them to.",
    RefusalCode.REAUTHENTICATION_REQUIRED: "Sign in again, then try again.",
    RefusalCode.REVIEW_OUTSTANDING: "Finish the review first.",
    RefusalCode.OWN_ROLE: "Ask another admin.",
    RefusalCode.LAST_ADMIN: "Make somebody else an admin first.",
    RefusalCode.NO_CHANGE: "Nothing: it is so already.",
    RefusalCode.TRANSITION_NOT_ALLOWED: "Go by way of a status that allows it, or give the exception.",
    RefusalCode.POLICY_WEAKER: "Choose a value at least as strict as what the tenant inherits.",
    RefusalCode.CODE_SPENT: "Enter again from the console.",
    RefusalCode.CODE_EXPIRED: "Enter again from the console.",
    RefusalCode.INVOICE_NOT_SENDABLE: "Look at the invoice's status.",
    RefusalCode.UPSTREAM_FAILED: "Try again later.",
    RefusalCode.CONFLICT: "Make a new `idempotencyKey`, or send the first input again.",
    RefusalCode.INPUT_INVALID: "Read the message: it names the field and what it takes.",
}
ERRORS: Final = {
    "UNAUTHENTICATED": ("The sign-in or key is missing, over or revoked.", "Sign in again, or use another key."),
    "FORBIDDEN": ("The caller lacks a permission, which the message names.", "Ask an admin for a role that has it."),
    "BAD_USER_INPUT": (
        "A forged id or cursor, a page size out of range, an operation over a limit.",
        "Read the message.",
    ),
    "RATE_LIMITED": ("Too much at once.", "Slow down, and try again."),
    "UNAVAILABLE": ("It could not be recorded, so it did not happen.", "Try again with the same `idempotencyKey`."),
    "INTERNAL": ("A defect; nothing of it is told.", "Tell us the `errorId`; the log has it, too."),
}
REQUESTS: Final = {
    "METHOD_NOT_ALLOWED": ("The route is called by another method.", "Take the one in `Allow`."),
    "NOT_JSON": ("The body is said to be something else than JSON.", "Send `Content-Type: application/json`."),
    "NOT_FROM_THE_CONSOLE": ("A browser's request that the console did not make.", "Call with a service key."),
    "MALFORMED": ("The body is not one JSON object.", "Send an object, in UTF-8."),
    "TOO_LARGE": ("The body is larger than any such request.", "Send less."),
}
# Which refusals say, by the rules of today, that no other input would help (`Refused.forbidden`).
FORBIDDEN: Final = frozenset(
    {
        RefusalCode.TENANT_SUSPENDED,
        RefusalCode.TENANT_OFFBOARDING,
        RefusalCode.TENANT_NOT_READY,
        RefusalCode.TENANT_GONE,
        RefusalCode.APPROVAL_REQUIRED,
        RefusalCode.GRANT_REQUIRED,
        RefusalCode.LOCKED,
    }
)
# What starts, ends and exports are refused for.
BY_HTTP: Final = (
    RefusalCode.NOT_FOUND,
    RefusalCode.REASON_REQUIRED,
    RefusalCode.REASON_TOO_SHORT,
    RefusalCode.REASON_TOO_LONG,
    RefusalCode.REASON_INVALID,
    RefusalCode.TICKET_REQUIRED,
    RefusalCode.TICKET_INVALID,
    RefusalCode.DURATION_TOO_SHORT,
    RefusalCode.DURATION_TOO_LONG,
    RefusalCode.MODE_NOT_ALLOWED,
    RefusalCode.TENANT_SUSPENDED,
    RefusalCode.TENANT_OFFBOARDING,
    RefusalCode.TENANT_NOT_READY,
    RefusalCode.TENANT_GONE,
    RefusalCode.ALREADY_IMPERSONATING,
    RefusalCode.ALREADY_ENDED,
    RefusalCode.APPROVAL_REQUIRED,
    RefusalCode.GRANT_REQUIRED,
    RefusalCode.LOCKED,
    RefusalCode.EXCLUSIVE,
    RefusalCode.CONFLICT,
    RefusalCode.INPUT_INVALID,
)


def refusals() -> str:
    """The page of refusals, and of the errors beside them."""
    rows = ((code(each), _words()[each], TO_DO[each], _status(each)) for each in RefusalCode)
    errors = ((code(each), what, to_do) for each, (what, to_do) in ERRORS.items())
    return page(
        "Refusals and errors",
        "permissions/refusals.py and tools/reference/problems.py",
        REFUSALS,
        section(2, "Refusals", table(("code", "what it means", "what to do", "by HTTP"), rows)),
        section(
            2,
            "Errors",
            "Not refusals: the top-level errors of an operation, with these in `extensions.code`.",
            table(("code", "what it means", "what to do"), errors),
        ),
    )


def problem_types() -> str:
    """The page of problem types."""
    requests = ((name, str(status), *REQUESTS[name]) for name, status in REQUEST_PROBLEMS.items())
    errors = ((name, str(status), *ERRORS[name]) for name, status in ERROR_STATUS.items())
    refused = ((each.value, _status(each), _words()[each], TO_DO[each]) for each in BY_HTTP)
    heads = ("type", "status", "what it means", "what to do")
    return page(
        "Problems",
        "actas/problems.py and tools/reference/problems.py",
        PROBLEMS,
        section(2, "The request", table(heads, _typed(requests))),
        section(2, "The caller and the server", table(heads, _typed(errors))),
        section(2, "Refusals", table(heads, _typed(refused))),
    )


def _typed(rows: object) -> list[tuple[str, str, str, str]]:
    return [(code(problem_type(name)), status, what, to_do) for name, status, what, to_do in rows]  # type: ignore[attr-defined]  # generators of rows


def _status(refusal: RefusalCode) -> str:
    if refusal not in BY_HTTP:
        return ""
    if refusal is RefusalCode.MODE_NOT_ALLOWED:
        return "422, or 403 where no mode is"
    return "403" if refusal in FORBIDDEN else str(REFUSAL_STATUS.get(refusal, 422))


@cache
def _words() -> dict[str, str]:
    named = build_schema(SNAPSHOT.read_text(encoding="utf-8")).type_map["RefusalCode"]
    assert isinstance(named, GraphQLEnumType)
    return {name: value.description or "" for name, value in named.values.items()}
