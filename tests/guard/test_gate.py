"""What each status and mode lets through (DESIGN section 5's table, row by row, over real requests)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.guard.conftest import TOKEN, until

if TYPE_CHECKING:
    from tests.guard.conftest import Site

READS, WRITES = ("GET", "HEAD", "OPTIONS"), ("POST", "PUT", "PATCH", "DELETE", "PROPFIND")
OPEN = (200, None)
# status: what the tenant's people get for a read, for a write; what an operator with READ_WRITE gets for each
TABLE = {
    "ACTIVE": (OPEN, OPEN, OPEN, OPEN),
    "READ_ONLY": (OPEN, (403, "TENANT_READ_ONLY"), OPEN, (403, "READ_ONLY_SESSION")),
    "SUSPENDED": ((503, "TENANT_SUSPENDED"),) * 4,
    "OFFBOARDING": (OPEN, (403, "TENANT_OFFBOARDING"), OPEN, (403, "READ_ONLY_SESSION")),
    "PROVISIONING": ((503, "TENANT_NOT_READY"),) * 4,
    "OFFBOARDED": ((410, "TENANT_GONE"),) * 4,
    "SOMETHING_NEW": ((503, "TENANT_NOT_READY"),) * 4,
}


@pytest.mark.parametrize("status", TABLE)
async def test_a_status_lets_through_what_the_table_says(site: Site, status: str) -> None:
    """S1-33, S3-3, S3-6, C-18: an impersonation is no way around."""
    _, operator = await site.operator()
    site.console.set_status(site.acme, status)
    known = "UNKNOWN" if status == "SOMETHING_NEW" else status
    await until(lambda: site.live.tenant("acme").status == known)
    for browser, (reads, writes) in ((site.browser(), TABLE[status][:2]), (operator, TABLE[status][2:])):
        for methods, (expected, code) in ((READS, reads), (WRITES[:4], writes)):
            for method in methods:
                answer = await browser.ask(method, "/inbox")
                assert answer.status_code == expected, (method, answer.text)
                if code and method != "HEAD":
                    assert answer.json()["code"] == code


@pytest.mark.parametrize("method", WRITES)
async def test_a_read_only_session_refuses_every_method_that_may_change_something(site: Site, method: str) -> None:
    """C-16: only GET, HEAD and OPTIONS are safe; what is not known is not."""
    _, operator = await site.operator(mode="READ_ONLY")
    answer = await operator.ask(method, "/inbox")
    assert (answer.status_code, answer.json()["code"]) == (403, "READ_ONLY_SESSION")
    assert site.product.seen == []


async def test_the_mode_in_force_is_the_streams_and_not_the_tokens(site: Site) -> None:
    """DESIGN section 5: the token is not issued anew."""
    session, operator = await site.operator(mode="READ_WRITE")
    assert (await operator.ask("POST", "/inbox")).status_code == 200
    site.console.tell("SESSION_MODE", sessionUuid=str(session.id), mode="READ_ONLY")
    await until(lambda: site.live.session(session.id).mode == "READ_ONLY")
    assert (await operator.ask("POST", "/inbox")).status_code == 403


async def test_the_page_of_a_suspended_workspace_leads_to_support(site: Site) -> None:
    """S1-35."""
    await site.status("SUSPENDED")
    answer = await site.browser().open("/inbox")
    assert answer.status_code == 503
    assert 'href="https://support.example/acme"' in answer.text
    assert "suspended" in answer.text
    assert answer.headers["retry-after"]
    assert (await site.browser().get("/inbox")).json()["supportUrl"] == "https://support.example/acme"


async def test_a_support_link_that_is_a_script_is_not_shown(site: Site) -> None:
    evil = {"supportUrl": "javascript:alert(1)", "tenantStatus": "SUSPENDED"}
    site.console.tell("TENANT_STATUS", **{**site.console._tenant("acme"), **evil})
    await until(lambda: site.live.tenant("acme").status == "SUSPENDED")
    assert "javascript" not in (await site.browser().open("/")).text


async def test_lifting_a_suspension_opens_the_workspace_again(site: Site) -> None:
    """S1-36."""
    await site.status("SUSPENDED")
    await site.status("ACTIVE")
    assert (await site.browser().get("/inbox")).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "nobody.localhost:8001",
        "localhost:8001",
        "127.0.0.1",
        "a.acme.localhost:8001",
        "acme.localhost.evil.example",
        "acme_",
    ],
)
async def test_a_host_without_a_tenant_is_not_found(site: Site, host: str) -> None:
    """Threat 30: the Host header decides, and only where a known tenant lives there."""
    answer = await site.browser().ask("GET", "/inbox", host=host)
    assert (answer.status_code, site.product.seen) == (404, [])


async def test_a_hosts_letters_may_be_large(site: Site) -> None:
    assert (await site.browser().ask("GET", "/inbox", host="ACME.localhost:8001")).status_code == 200


async def test_the_product_gets_neither_the_token_nor_a_cacheable_answer_into_the_world(site: Site) -> None:
    """Threat 58: the token is nothing for the product's logs, and what an operator saw is nothing for a cache."""
    _, operator = await site.operator()
    operator.cookies["theme"] = "dark"
    answer = await operator.get("/inbox")
    assert answer.json()["cookie"] == "theme=dark"
    assert answer.headers["cache-control"] == "no-store"
    assert (await site.browser().get("/inbox")).headers["cache-control"] == "public, max-age=60"


async def test_two_values_for_the_token_are_none(site: Site) -> None:
    """Where two contend, neither is taken, and nobody falls back to another identity."""
    session, operator = await site.operator()
    operator.cookies[TOKEN] = f"{operator.cookies[TOKEN]}; {TOKEN}={site.console.token(session)}x"
    assert (await operator.get("/inbox")).status_code == 401
    assert site.product.seen == []


async def test_the_guards_pages_run_nothing_and_frame_nowhere(site: Site) -> None:
    """Threat 57."""
    await site.status("SUSPENDED")
    policy = (await site.browser().open("/")).headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
