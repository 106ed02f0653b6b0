"""Roles, schemas and the two histories, as an administrator and the migrator leave them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncpg

if TYPE_CHECKING:
    from tests.databases import DatabaseUrls


async def test_each_test_has_a_fresh_database_marked_test(database_urls: DatabaseUrls) -> None:
    connection = await asyncpg.connect(database_urls.app)
    assert await connection.fetchval("select purpose from audit.database_purpose") == "TEST"
    await connection.close()
