"""Told to stop: a server waits for open responses, and the banner's streams would keep it waiting."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Final

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)

_Handler = Callable[[int, FrameType | None], object]


class Closing:
    """Whether the process was told to stop. ASGI says it only once every response is over, so the signals tell.

    What handled a signal before handles it still: nothing else changes.
    """

    def __init__(self) -> None:
        self.told = asyncio.Event()
        self._before: dict[int, _Handler] = {}
        self._ours: dict[int, _Handler] = {}

    def listen(self) -> None:
        """Hear the signals too; in another thread than the main one there are none to hear."""
        if threading.current_thread() is not threading.main_thread():
            return
        loop = asyncio.get_running_loop()
        for number in _SIGNALS:
            before = signal.getsignal(number)
            if callable(before):
                self._before[number], self._ours[number] = before, self._heard(loop, before)
                signal.signal(number, self._ours[number])

    def forget(self) -> None:
        """Leave the signals to who had them, unless somebody else took them meanwhile."""
        for number, ours in self._ours.items():
            if signal.getsignal(number) is ours:
                signal.signal(number, self._before[number])

    def _heard(self, loop: asyncio.AbstractEventLoop, before: _Handler) -> _Handler:
        def handler(number: int, frame: FrameType | None) -> None:
            with suppress(RuntimeError):  # a loop that is closed has no streams
                loop.call_soon_threadsafe(self.told.set)
            before(number, frame)

        return handler
