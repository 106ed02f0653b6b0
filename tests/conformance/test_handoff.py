"""The token: for one browser, one tenant and one session, and nothing that is kept is worth stealing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import asyncpg
import jwt

from permissions.policy import Carrier
from tests.conformance.house import codes, moment

if TYPE_CHECKING:
    from tests.conformance.house import House


TABLES = """select format('%I.%I', schemaname, tablename) as name from pg_tables
             where schemaname in ('identity', 'audit')"""


def claims_in(token: str) -> dict[str, Any]:
    read: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return read


async def test_c_1_s3_8_s3_9_s3_10_s2_22_the_token_is_an_operators_in_one_tenant_and_ends_with_the_session(
    house: House,
) -> None:
    jane, tenant = await house.jane(), await house.tenant()
    session = await house.inside(jane, tenant)
    told = await house.exchange(*(await house.hand_over(jane, tenant, session)))
    claims = claims_in(told["accessToken"])
    assert jane.person
    assert (claims["scope"], claims["tenant_id"], claims["sid"]) == ("impersonation", str(tenant.id), session["uuid"])
    assert claims["platform_user_id"] == str(jane.id)
    assert claims["act"] == {"sub": str(jane.id), "email": jane.person.email}
    assert claims["sub"] != str(jane.id)
    assert claims["aud"] == tenant.workspace_url
    assert 0 <= moment(session["expiresAt"]).timestamp() - claims["exp"] < 1
    assert told["expiresIn"] <= house.policy.default_duration_seconds


async def test_s3_9_there_is_no_other_way_to_a_longer_one(house: House) -> None:
    fields = await house.tell(house.api.world.admin, '{ __type(name: "ImpersonationToken") { fields { name } } }')
    names = {field["name"] for field in fields["fields"]}
    assert names == {"accessToken", "tokenType", "expiresIn", "session"}


async def test_c_5_c_19_c_22_s2_21_s3_12_s3_16_the_product_is_told_where_to_keep_it_and_where_to_go(
    house: House,
) -> None:
    jane, tenant = await house.jane(), await house.tenant()
    told = await house.exchange(*(await house.hand_over(jane, tenant, await house.inside(jane, tenant))))
    assert told["session"]["policy"] == {
        "carrier": house.policy.carrier.value,
        "landingPath": house.policy.landing_path,
        "returnTo": house.policy.return_to.value,
    }


async def test_c_5_c_22_a_session_keeps_the_carrier_and_landing_path_that_it_began_under(house: House) -> None:
    jane, tenant = await house.jane(), await house.tenant()
    handed = await house.hand_over(jane, tenant, await house.inside(jane, tenant))
    other = [each.value for each in house.policy.allowed_carriers if each is not house.policy.carrier]
    await house.set_rules(tenant, **({"carrier": other[0]} if other else {"exclusive": True}))
    assert Carrier((await house.exchange(*handed))["session"]["policy"]["carrier"]) is house.policy.carrier


async def test_c_4_s2_7_only_the_browser_that_started_gets_in_and_only_once(house: House) -> None:
    jane, tenant = await house.jane(), await house.tenant()
    session = await house.inside(jane, tenant)
    for other in (await house.jane(), await house.again(jane), await house.reader(tenant)):
        assert not isinstance(await house.code(other, tenant, session), str)
    service, code = await house.hand_over(jane, tenant, session)
    assert codes(await house.exchange(service, code, verifier="w" * 43)) == ["INPUT_INVALID"]
    first = await house.exchange(service, code)
    assert (await house.exchange(service, code))["accessToken"] == first["accessToken"]
    await house.later(61)
    assert codes(await house.exchange(service, code)) == ["CODE_SPENT"]


async def test_c_4_s2_7_a_code_that_nobody_fetched_for_a_minute_is_worthless(house: House) -> None:
    jane, tenant = await house.jane(), await house.tenant()
    service, code = await house.hand_over(jane, tenant, await house.inside(jane, tenant))
    await house.later(61)
    assert codes(await house.exchange(service, code)) == ["CODE_EXPIRED"]


async def test_c_4_s2_6_s2_26_nothing_that_is_stored_can_be_shown_as_a_token_or_a_code(house: House) -> None:
    jane, tenant = await house.jane(), await house.tenant()
    service, code = await house.hand_over(jane, tenant, await house.inside(jane, tenant))
    token = (await house.exchange(service, code))["accessToken"]
    signature = token.rpartition(".")[2]
    connection = await asyncpg.connect(house.api.world.urls.admin)
    try:
        tables = await connection.fetch(TABLES)
        assert len(tables) > 10
        for table in tables:
            found = await connection.fetchval(
                f"select count(*) from {table['name']} t where strpos(t::text, $1) > 0 or strpos(t::text, $2) > 0",
                code,
                signature,
            )
            assert found == 0, table["name"]
    finally:
        await connection.close()


async def test_s1_14_s1_15_s1_16_without_a_session_there_is_no_code_and_without_a_code_no_token(house: House) -> None:
    jane, tenant = await house.jane(), await house.tenant()
    service, _ = await house.hand_over(jane, tenant, await house.inside(jane, tenant))
    assert codes(await house.exchange(service, "c" * 43)) == ["NOT_FOUND"]
    ghost = {"uuid": str(tenant.id)}
    assert not isinstance(await house.code(jane, tenant, ghost), str)


async def test_s1_13_s2_22_a_code_is_sent_to_no_other_tenants_workspace(house: House) -> None:
    jane, tenant, other = await house.jane(), await house.tenant(), await house.tenant()
    session = await house.inside(jane, tenant)
    refused = await house.code(jane, other, session)
    assert not isinstance(refused, str)
    assert refused.problems[0].field == "redirect_uri"
    assert isinstance(await house.code(jane, tenant, session), str)
