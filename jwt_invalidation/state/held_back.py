"""Hold writes back until the request that they belong to can no longer be refused.

Outside `HeldBack.collecting` nothing is held back: code that mints a token by itself writes at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from typing import TypeAlias

from django.db import transaction

from ..users import write_alias
from .deadlocks import retried_after_deadlock

Step: TypeAlias = Callable[[], object]


class HeldBack:
    """What a block of code has held back: writes, and the steps that follow them."""

    def __init__(self) -> None:
        self.writes: list[Step] = []
        # Users are locked before sessions.
        self.writes_to_sessions: list[Step] = []
        self.followers: list[Step] = []
        self.keys: list[str] = []
        self.outer: HeldBack | None = None
        self.is_being_written = False
        self.is_over = False

    @contextmanager
    def collecting(self) -> Iterator[None]:
        """Collect what the block wants to write. Nobody writes it but `perform`."""
        self.outer = _block()
        token = _current.set(self)
        try:
            yield
        finally:
            self.is_over = True
            _current.reset(token)

    def perform(self) -> None:
        """Write it all in one transaction, and follow up. Inside another block, hand it over.

        Raise what a write raises, and leave nothing written.
        """
        # The outer block takes nothing more once it is being written: receivers run at its commit.
        if self.outer is not None and not self.outer.is_being_written:
            self.outer.writes += self.writes
            self.outer.writes_to_sessions += self.writes_to_sessions
            self.outer.followers += self.followers
            self.outer.keys += self.keys
            return
        found: list[Step] = []
        try:
            self._write(found)
        finally:
            for follow in found:
                follow()
        for follow in self.followers:
            follow()

    @retried_after_deadlock
    def _write(self, followers: list[Step]) -> None:
        using, writes = write_alias(), [*self.writes, *self.writes_to_sessions]
        # Receivers run at the commit. What they want to write is written at once.
        found = HeldBack()
        found.followers, found.is_being_written = followers, True
        # A first try was rolled back, and its followers with it.
        followers.clear()
        # One write is one statement, or has a transaction of its own.
        is_several = len(writes) > 1
        with found.collecting(), transaction.atomic(using) if is_several else nullcontext():
            for write in writes:
                write()


_current: ContextVar[HeldBack | None] = ContextVar("jwt_invalidation_held_back", default=None)


def _block() -> HeldBack | None:
    """Return the innermost block that still collects.

    A thread or a task that was given a copy of the context may outlive the request.
    """
    block = _current.get()
    while block is not None and block.is_over:
        block = block.outer
    return block


def write_when_accepted(write: Step, *, key: str = "", to_session: bool = False) -> None:
    """Write at once, or hold it back. ``key`` names what is made, for `is_held_back`.

    ``to_session`` says that the write locks a session that is there, and neither user nor state. It
    comes after those that may lock them.
    """
    block = _block()
    if block is None or block.is_being_written:
        write()
        return
    (block.writes_to_sessions if to_session else block.writes).append(write)
    block.keys.append(key)


def follow_up(step: Step) -> None:
    """Do a step after what is held back has been committed, or at once.

    A step that a write asks for is also done if the write then fails and is rolled back.
    """
    block = _block()
    if block is None:
        step()
    else:
        block.followers.append(step)


def is_held_back(key: object) -> bool:
    """Is what ``key`` names about to be written, in the request that asks?"""
    block = _block()
    while block is not None:
        if key in block.keys:
            return True
        block = block.outer
    return False
