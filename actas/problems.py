"""Errors of the routes that are not GraphQL, as RFC 9457 has them (docs/reference/problems.md lists every type)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

import orjson

from actas.answers import Answer
from permissions.refusals import ActasError, BadInput, Forbidden, RefusalCode, Refused, Unavailable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from permissions.refusals import Problem

# What is wrong with a request before anybody asks what it wants: code and status.
METHOD_NOT_ALLOWED: Final = ("METHOD_NOT_ALLOWED", 405)
NOT_JSON: Final = ("NOT_JSON", 415)
NOT_FROM_THE_CONSOLE: Final = ("NOT_FROM_THE_CONSOLE", 403)
MALFORMED: Final = ("MALFORMED", 400)
TOO_LARGE: Final = ("TOO_LARGE", 413)
REQUEST_PROBLEMS: Final = dict([METHOD_NOT_ALLOWED, NOT_JSON, NOT_FROM_THE_CONSOLE, MALFORMED, TOO_LARGE])
ERROR_STATUS: Final = {Forbidden.code: 403, BadInput.code: 422, Unavailable.code: 503}

# A refusal of the role, the status, a lock or a missing approval is 403 whatever its code; of the input 422; else:
REFUSAL_STATUS: Final = {
    RefusalCode.NOT_FOUND: 404,
    RefusalCode.ALREADY_IMPERSONATING: 409,
    RefusalCode.ALREADY_ENDED: 409,
    RefusalCode.EXCLUSIVE: 409,
    RefusalCode.CONFLICT: 409,
}
Headers: TypeAlias = "tuple[tuple[bytes, bytes], ...]"
RETRY_LATER: Final[Headers] = ((b"retry-after", b"5"),)


def problem_type(code: str) -> str:
    """The stable name of a kind of problem, relative to the console."""
    return f"/problems/{code.lower().replace('_', '-')}"


def status_of(refusal: Refused) -> int:
    """The status that tells of a refusal: 403 for what no other input would change (S3-2, S3-3)."""
    return 403 if refusal.forbidden else REFUSAL_STATUS.get(refusal.code, 422)


def refusal_problem(refusal: Refused) -> Answer:
    """A use case's refusal, with everything that stands in the way."""
    return _problem(refusal.code, status_of(refusal), refusal.message, problems=refusal.problems)


def error_problem(error: ActasError) -> Answer:
    """A failure that is no refusal: a permission that is missing, a record that could not be written."""
    status = ERROR_STATUS[error.code]
    return _problem(error.code, status, str(error), headers=RETRY_LATER if status == 503 else ())


def request_problem(kind: tuple[str, int], detail: str, headers: Headers = ()) -> Answer:
    """A request that is not understood."""
    code, status = kind
    return _problem(code, status, detail, headers=headers)


def _problem(code: str, status: int, detail: str, *, problems: Sequence[Problem] = (), headers: Headers = ()) -> Answer:
    body: dict[str, Any] = {
        "type": problem_type(code),
        "title": code.replace("_", " ").capitalize(),
        "status": status,
        "detail": detail,
        "code": code,
    }
    if problems:
        body["problems"] = [{"code": each.code, "message": each.message, "field": each.field} for each in problems]
    return Answer(status, "application/problem+json", orjson.dumps(body), headers)
