r"""Patterns that tickets match: a small language whose every match takes a bounded number of steps.

Somebody sets a pattern, and an operator the ticket, so a backtracking engine could be made to hang (`(a+)+$`). This one
does not backtrack: it moves all positions in the ticket at once, as the bits of one number (docs/decisions/0030).

    SUP-[0-9]+      letters, digits and punctuation stand for themselves, special ones after a backslash
    [A-Z_] [^0-9]   one of a set, or none of it        \d \w .     a digit, a word character, anything
    (INC|SUP)       one of several                    ? * + {2} {2,4}   after one character, set or group
"""

from __future__ import annotations

import string
from collections.abc import Callable
from functools import lru_cache
from typing import Final

LONGEST_PATTERN: Final = 200
DEEPEST: Final = 2
MOST_TIMES: Final = 100

_DIGITS: Final = frozenset(string.digits)
_WORD: Final = frozenset(string.ascii_letters + string.digits + "_")
_SPECIAL: Final = frozenset("()[]{}|?*+.^$\\")

Fits = Callable[[str], bool]
# From the positions that were reached (bit i: before character i) to those that can be reached.
Step = Callable[[str, int], int]


class UnfitPattern(ValueError):
    """A pattern that this language does not have; the message says which part."""


def matches(pattern: str, ticket: str) -> bool:
    """Whether the whole ticket fits the pattern; raises UnfitPattern where it is none."""
    return bool(compiled(pattern)(ticket, 1) >> len(ticket) & 1)


@lru_cache(maxsize=256)
def compiled(pattern: str) -> Step:
    """The pattern's step; raises UnfitPattern."""
    if not 0 < len(pattern) <= LONGEST_PATTERN or not all(" " <= character <= "~" for character in pattern):
        raise UnfitPattern(f"has 1 to {LONGEST_PATTERN} printable ASCII characters")
    parser = _Parser(pattern)
    step = parser.choice(depth=0)
    if parser.rest():
        raise UnfitPattern(f"has a `{parser.rest()[0]}` too many")
    return step


class _Parser:
    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0

    def rest(self) -> str:
        """What is not read yet."""
        return self._pattern[self._at :]

    def choice(self, depth: int) -> Step:
        """`a|b`: whatever one of them reaches."""
        options = [self._sequence(depth)]
        while self._take("|"):
            options.append(self._sequence(depth))
        return options[0] if len(options) == 1 else _any_of(options)

    def _sequence(self, depth: int) -> Step:
        steps = []
        while self.rest() and self.rest()[0] not in "|)":
            steps.append(self._repeated(depth))
        return _after_each_other(steps)

    def _repeated(self, depth: int) -> Step:
        group = self._take("(")
        if group:
            if depth == DEEPEST:
                raise UnfitPattern(f"has groups more than {DEEPEST} deep")
            step = self.choice(depth + 1)
            self._need(")")
        else:
            step = _one(self._character())
        if self._take("?"):
            return _times(step, 0, 1)
        if self._take("*"):
            return _any_number(step)
        if self._take("+"):
            return _after_each_other([step, _any_number(step)])
        if self._take("{"):
            if group:
                raise UnfitPattern("counts a group: only a character or a set can be counted")
            return self._counted(step)
        return step

    def _counted(self, step: Step) -> Step:
        least = self._number()
        most = self._number() if self._take(",") else least
        self._need("}")
        if not 0 <= least <= most <= MOST_TIMES or most == 0:
            raise UnfitPattern(f"counts something other than 1 to {MOST_TIMES} times")
        return _times(step, least, most)

    def _number(self) -> int:
        digits = ""
        while self.rest()[:1] in _DIGITS:
            digits += self._next()
        if not digits:
            raise UnfitPattern("has a `{` without numbers")
        return int(digits)

    def _character(self) -> Fits:
        character = self._next()
        if character == "[":
            return self._set()
        if character == ".":
            return lambda _: True
        if character == "\\":
            return self._escaped()
        if character in _SPECIAL:
            raise UnfitPattern(f"has a `{character}` that stands for nothing there (write \\{character} for itself)")
        return character.__eq__

    def _escaped(self) -> Fits:
        character = self._next()
        if character in string.ascii_letters + string.digits:
            if character not in "dw":
                raise UnfitPattern(f"has \\{character}: only \\d and \\w are known")
            return (_DIGITS if character == "d" else _WORD).__contains__
        return character.__eq__

    def _set(self) -> Fits:
        inverted = self._take("^")
        members: set[str] = set()
        while not self._take("]"):
            first = self._member(members)
            if first and self.rest()[:1] == "-" and self.rest()[1:2] != "]":
                self._next()
                last = self._member(members)
                if not last or last < first:
                    raise UnfitPattern(f"has a range that begins at `{first}` and does not end after it")
                members.update(map(chr, range(ord(first), ord(last) + 1)))
        if not members:
            raise UnfitPattern("has an empty set")
        return (lambda character: character not in members) if inverted else members.__contains__

    def _member(self, members: set[str]) -> str | None:
        """Add one member of a set; the character, where it may begin a range."""
        character = self._next()
        if character == "\\":
            character = self._next()
            if character in "dw":
                members |= _DIGITS if character == "d" else _WORD
                return None
        members.add(character)
        return character

    def _take(self, character: str) -> bool:
        found = self.rest().startswith(character)
        self._at += found
        return found

    def _need(self, character: str) -> None:
        if not self._take(character):
            raise UnfitPattern(f"lacks a `{character}`")

    def _next(self) -> str:
        if not self.rest():
            raise UnfitPattern("ends too early")
        self._at += 1
        return self._pattern[self._at - 1]


def _one(fits: Fits) -> Step:
    def step(ticket: str, reached: int) -> int:
        return sum(1 << i + 1 for i, character in enumerate(ticket) if reached >> i & 1 and fits(character))

    return step


def _after_each_other(steps: list[Step]) -> Step:
    def step(ticket: str, reached: int) -> int:
        for each in steps:
            if not reached:
                break
            reached = each(ticket, reached)
        return reached

    return step


def _any_of(options: list[Step]) -> Step:
    def step(ticket: str, reached: int) -> int:
        found = 0
        for each in options:
            found |= each(ticket, reached)
        return found

    return step


def _any_number(inner: Step) -> Step:
    def step(ticket: str, reached: int) -> int:
        found, fresh = reached, reached
        while fresh:  # at most once for each position: only what is new goes round again
            fresh = inner(ticket, fresh) & ~found
            found |= fresh
        return found

    return step


def _times(inner: Step, least: int, most: int) -> Step:
    def step(ticket: str, reached: int) -> int:
        found = reached if least == 0 else 0
        for round_ in range(1, most + 1):
            reached = inner(ticket, reached)
            if not reached:
                break
            if round_ >= least:
                found |= reached
        return found

    return step
