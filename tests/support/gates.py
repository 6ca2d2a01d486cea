"""Make races happen in one order: a gate stops a thread at a point until the test opens it."""

from contextlib import contextmanager
import threading

from django.db import connections

LIMIT = 30  # seconds; reached only by a test that fails


class Gate:
    """Whoever passes waits here until the gate is opened; the test waits until somebody is there."""

    def __init__(self):
        self.reached, self.opened = threading.Event(), threading.Event()

    def stop(self, *args, **kwargs):
        self.reached.set()
        assert self.opened.wait(LIMIT), "nobody opened the gate"

    def wait(self):
        assert self.reached.wait(LIMIT), "nobody came to the gate"

    def open(self):
        self.opened.set()


class Thread(threading.Thread):
    """A thread with a database connection of its own, whose result or exception is handed on."""

    def __init__(self, work, *args):
        super().__init__(daemon=True)
        self.work, self.args, self.error = work, args, None
        self.start()

    def run(self):
        try:
            self.value = self.work(*self.args)
        except BaseException as error:
            self.error = error
        finally:
            connections.close_all()

    def result(self):
        self.join(LIMIT)
        assert not self.is_alive(), "the thread is stuck"
        if self.error is not None:
            raise self.error
        return self.value


def meeting_before(call, number):
    """Return ``call``, at whose first call each of ``number`` threads waits for the others."""
    all_there, here = threading.Barrier(number, timeout=LIMIT), threading.local()

    def meet_and_call(*args, **kwargs):
        if not hasattr(here, "met"):
            here.met = True
            all_there.wait()
        return call(*args, **kwargs)

    return meet_and_call


def stopping_after(monkeypatch, module, name):
    """Return the gate at which whoever has called the function is stopped."""
    gate, call = Gate(), getattr(module, name)

    def call_and_stop(*args, **kwargs):
        result = call(*args, **kwargs)
        if not gate.opened.is_set():
            gate.stop()
        return result

    monkeypatch.setattr(module, name, call_and_stop)
    return gate


@contextmanager
def stopped_at(gate, work, *args):
    """Run ``work`` in a thread up to the gate; the block is what happens meanwhile."""
    thread = Thread(work, *args)
    gate.wait()
    try:
        yield thread
    finally:
        gate.open()


@contextmanager
def receiving(signal, receiver, *, first=False):
    """Connect a receiver for a while, before or after those of this app."""
    others = signal.receivers
    signal.connect(receiver, weak=False)
    if first:
        signal.receivers = [signal.receivers[-1], *others[:-1]]
    signal.sender_receivers_cache.clear()
    try:
        yield
    finally:
        signal.disconnect(receiver)
        signal.sender_receivers_cache.clear()


@contextmanager
def hasher_calling(stop):
    """Call ``stop`` after each verification of a password, before anything is done with it."""
    from tests.support.hashers import QuickHasher

    original = QuickHasher.verify

    def verify(self, password, encoded):
        is_right = original(self, password, encoded)
        stop()
        return is_right

    QuickHasher.verify = verify
    try:
        yield
    finally:
        QuickHasher.verify = original
