"""The schema as a whole: kept in step, described, guarded everywhere (default deny)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLNonNull,
    GraphQLObjectType,
    is_introspection_type,
    is_specified_scalar_type,
)

from permissions.fields import Guard, needs
from permissions.operators import Permission
from schema.build import schema
from schema.export import SNAPSHOT, sdl

if TYPE_CHECKING:
    from collections.abc import Iterator

# Who is authenticated knows who they are; what a node is guarded by depends on its type (schema/nodes.py); starting and
# ending record what they turn down, so their use cases are the guards (P8).
GUARDED_ELSEWHERE = {
    "Query.viewer",
    "Query.node",
    "Subscription.viewer",
    "Mutation.startImpersonation",
    "Mutation.endImpersonation",
    "Mutation.changeImpersonationMode",
}

# Every field that a permission guards, besides the roots (contract.graphql says so in its remarks).
SENSITIVE = {
    "Actor.serviceKey": "SERVICE_KEY_MANAGE",
    "AuditEntry.ipAddress": "ORIGIN_READ",
    "AuditEntry.userAgent": "ORIGIN_READ",
    "ImpersonationSession.accessLog": "ACCESS_LOG_READ",
    "ImpersonationSession.audit": "AUDIT_READ",
    "ImpersonationSession.ipAddress": "ORIGIN_READ",
    "ImpersonationSession.userAgent": "ORIGIN_READ",
    "Operator.conduct": "OPERATOR_READ",
    "Operator.createdAt": "OPERATOR_READ",
    "Operator.disabled": "OPERATOR_READ",
    "Operator.lastSignInAt": "OPERATOR_READ",
    "Operator.roleGrants": "OPERATOR_READ",
    "Operator.roles": "OPERATOR_READ",
    "Operator.sessions": "OPERATOR_READ",
    "Tenant.accessLog": "ACCESS_LOG_READ",
    "Tenant.audit": "AUDIT_READ",
    "Tenant.invoices": "INVOICE_READ",
    "Tenant.stripeCustomerId": "INVOICE_READ",
}
ROOTS = {
    "Mutation.appendAccessRecords": "ACCESS_LOG_APPEND",
    "Mutation.appendPresence": "ACCESS_LOG_APPEND",
    "Mutation.appendAuditEvent": "AUDIT_APPEND",
    "Mutation.disableOperator": "OPERATOR_GRANT",
    "Mutation.enableOperator": "OPERATOR_GRANT",
    "Mutation.exchangeHandoff": "TOKEN_EXCHANGE",
    "Mutation.grantRole": "OPERATOR_GRANT",
    "Mutation.issueServiceKey": "SERVICE_KEY_MANAGE",
    "Mutation.liftSuspension": "TENANT_SUSPEND",
    "Mutation.registerTenant": "TENANT_REGISTER",
    "Mutation.revokeImpersonation": "IMPERSONATION_REVOKE",
    "Mutation.revokeRole": "OPERATOR_GRANT",
    "Mutation.revokeServiceKey": "SERVICE_KEY_MANAGE",
    "Mutation.setImpersonationPolicy": "TENANT_POLICY_SET",
    "Mutation.setTenantStatus": "TENANT_STATUS_SET",
    "Mutation.suspendTenant": "TENANT_SUSPEND",
    "Mutation.updateTenant": "TENANT_REGISTER",
    "Query.activity": "AUDIT_READ",
    "Query.aiUsage": "AI_USAGE_READ",
    "Query.auditEntries": "AUDIT_READ",
    "Query.impersonationSession": "TENANT_READ",
    "Query.impersonationSessions": "TENANT_READ",
    "Query.operators": "OPERATOR_READ",
    "Query.ledgerCheck": "AUDIT_READ",
    "Query.tenantFacets": "TENANT_READ",
    "Query.locks": "TENANT_READ",
    "Query.platformStatus": "STATUS_READ",
    "Query.policy": "TENANT_READ",
    "Query.serviceKeys": "SERVICE_KEY_MANAGE",
    "Query.tenant": "TENANT_READ",
    "Query.tenants": "TENANT_READ",
    "Subscription.auditEvents": "AUDIT_READ",
    "Subscription.guardEvents": "GUARD_EVENTS",
    "Subscription.sessionEvents": "TENANT_READ",
    "Subscription.tenantEvents": "TENANT_READ",
}


DEPRECATION = re.compile(r"Use .+\. Goes away on \d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])\.")


def built() -> Iterator[tuple[str, object]]:
    for name, made in schema._schema.type_map.items():
        if not is_introspection_type(made) and not is_specified_scalar_type(made):
            yield name, made


def guards() -> dict[str, Guard | None]:
    found: dict[str, Guard | None] = {}
    for name, made in built():
        if isinstance(made, GraphQLObjectType):
            for field_name, made_field in made.fields.items():
                extensions = made_field.extensions["strawberry-definition"].extensions
                found[f"{name}.{field_name}"] = next((each for each in extensions if isinstance(each, Guard)), None)
    return found


def test_the_written_schema_is_the_built_one() -> None:
    assert SNAPSHOT.read_text(encoding="utf-8") == sdl(), "run: python -m schema.export"


def parts() -> Iterator[tuple[str, Any]]:
    """All that has a name: types, fields, arguments, input fields, enum values."""
    for name, made in built():
        yield name, made
        for field_name, made_field in getattr(made, "fields", {}).items():
            yield f"{name}.{field_name}", made_field
            for argument_name, argument in getattr(made_field, "args", {}).items():
                yield f"{name}.{field_name}({argument_name})", argument
        if isinstance(made, GraphQLEnumType):
            for value_name, value in made.values.items():
                yield f"{name}.{value_name}", value


def test_everything_is_described() -> None:
    assert [name for name, part in parts() if not (part.description or "").strip()] == []


def badly_deprecated(reasons: dict[str, str]) -> list[str]:
    """Those that do not say what to use instead and until when (docs/api.md)."""
    return [name for name, reason in reasons.items() if not DEPRECATION.fullmatch(reason)]


def test_what_is_deprecated_names_its_replacement_and_its_last_day() -> None:
    reasons = {name: part.deprecation_reason for name, part in parts() if getattr(part, "deprecation_reason", None)}
    assert badly_deprecated(reasons) == []


def test_a_deprecation_without_a_replacement_or_a_day_is_found() -> None:
    right = {"a": "Use `Tenant.slug`. Goes away on 2026-06-01."}
    wrong = {"b": "No longer supported", "c": "Use `x`.", "d": "Goes away on 2026-06-01.", "e": right["a"] + " Or so."}
    assert badly_deprecated(right | wrong) == ["b", "c", "d", "e"]


def test_every_root_field_and_every_sensitive_field_has_its_guard_and_no_other_field_has_one() -> None:
    guarded = {name: "/".join(guard.needs.any_of) for name, guard in guards().items() if guard}
    assert guarded == SENSITIVE | ROOTS
    roots = {name for name in guards() if name.partition(".")[0] in {"Query", "Mutation", "Subscription"}}
    assert roots - guarded.keys() == GUARDED_ELSEWHERE


def test_what_a_permission_guards_is_nullable_so_that_one_refusal_leaves_the_rest() -> None:
    for name in SENSITIVE | ROOTS:
        type_name, field_name = name.split(".")
        made = schema._schema.type_map[type_name]
        assert isinstance(made, GraphQLObjectType)
        if type_name != "Subscription":  # a stream that is refused has no rest
            assert not isinstance(made.fields[field_name].type, GraphQLNonNull), name


def test_a_guard_says_in_the_description_what_it_needs() -> None:
    for name, permission in (SENSITIVE | ROOTS).items():
        type_name, field_name = name.split(".")
        made = schema._schema.type_map[type_name]
        assert isinstance(made, GraphQLObjectType)
        assert f"Needs {permission}" in (made.fields[field_name].description or ""), name


def test_the_schema_knows_every_permission_and_shows_no_other_protocol_of_its_own() -> None:
    made = schema._schema.type_map["Permission"]
    assert isinstance(made, GraphQLEnumType)
    assert set(made.values) == {permission.name for permission in Permission}


def test_a_guard_that_would_guard_nothing_cannot_be_made() -> None:
    with pytest.raises(TypeError):
        needs()
