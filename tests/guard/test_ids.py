"""Two records never share an id: the console would keep one of them only (P6)."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from uuid import RFC_4122, UUID

from actas_guard.ids import fresh_id


def test_an_id_is_a_random_uuid_in_its_one_spelling() -> None:
    for _ in range(600):  # more than one page
        text = fresh_id()
        assert str(UUID(text)) == text
        assert (UUID(text).version, UUID(text).variant) == (4, RFC_4122)


def test_threads_get_no_id_twice() -> None:
    with ThreadPoolExecutor(8) as threads:
        ids = list(threads.map(lambda _: fresh_id(), range(20_000)))
    assert len(set(ids)) == len(ids)


def test_a_forked_worker_draws_none_of_its_parents_ids() -> None:
    """As servers do that load the product before they fork."""
    fresh_id()  # a page is open
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, "".join(fresh_id() for _ in range(50)).encode())
        os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    with os.fdopen(reading) as told:
        theirs = told.read()
    assert len(theirs) == 50 * 36
    assert not any(fresh_id() in theirs for _ in range(255))
