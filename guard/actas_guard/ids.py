"""Ids of records: random UUIDs, without a system call for each."""

from __future__ import annotations

import os
from typing import Final

_PAGE_BYTES: Final = 4096
_ID_BYTES: Final = 16

_fresh: list[bytes] = []
# Two processes must not draw from one page: the console would take their records for the same.
if hasattr(os, "register_at_fork"):  # where there are forks at all
    os.register_at_fork(after_in_child=_fresh.clear)


def fresh_id() -> str:
    """A UUID of version 4, from the system's randomness, which is taken by the page.

    A system call lets go of the interpreter, and a request would wait until the spool's thread gives it back.
    """
    while True:
        try:
            digits = _fresh.pop().hex()  # one step for the interpreter: no two threads get the same
        except IndexError:
            page = os.urandom(_PAGE_BYTES)
            _fresh.extend(page[at : at + _ID_BYTES] for at in range(0, _PAGE_BYTES, _ID_BYTES))
        else:
            return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"
