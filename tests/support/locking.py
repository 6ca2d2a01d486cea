"""Two who write at once: the second begins when the first holds its locks."""

import threading

from django.db import connection

from tests.support.gates import LIMIT, Gate, Thread, stopped_at

OWN_ID = {"postgresql": "SELECT pg_backend_pid()", "mysql": "SELECT CONNECTION_ID()"}
WAITS = {
    "postgresql": "SELECT 1 FROM pg_stat_activity WHERE pid = %s AND wait_event_type = 'Lock'",
    "mysql": "SELECT 1 FROM information_schema.innodb_trx"
    " WHERE trx_mysql_thread_id = %s AND trx_state = 'LOCK WAIT'",
}
LOCKS = ("UPDATE", "INSERT", "DELETE")
# MariaDB makes a new list of its transactions for those only who have not asked for so long.
PAUSE = 0.2


class Rival:
    """A thread that is known to wait for a lock, or to have come to its end without."""

    def __init__(self, work, *args):
        self.connected = threading.Event()
        self.thread = Thread(self._run, work, *args)
        assert self.connected.wait(LIMIT)
        while self.thread.is_alive() and not asked(WAITS, self.id):
            self.thread.join(PAUSE)
        self.waited = self.thread.is_alive()

    def _run(self, work, *args):
        [self.id] = asked(OWN_ID)
        self.connected.set()
        return work(*args)

    def result(self):
        return self.thread.result()


def asked(statements, *params):
    """Return the row that the database answers with, or None."""
    with connection.cursor() as cursor:
        cursor.execute(statements[connection.vendor], params or None)
        return cursor.fetchone()


def stopping_after_lock(gate, number, work):
    """Return ``work``, which stops at the gate once it has taken so many locks."""
    taken = []

    def count(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if sql.startswith(LOCKS) or " FOR UPDATE" in sql or " FOR NO KEY UPDATE" in sql:
            taken.append(sql)
            if len(taken) == number:
                gate.stop()
        return result

    def counted(*args):
        with connection.execute_wrapper(count):
            return work(*args)

    return counted


def stopping_after_statement(gate, statement, table, work):
    """Return ``work``, which stops at the gate after its first such statement on the table."""

    def stop_once(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if sql.startswith(statement) and table in sql and not gate.reached.is_set():
            gate.stop()
        return result

    def work_and_stop(*args):
        with connection.execute_wrapper(stop_once):
            return work(*args)

    return work_and_stop


def race(statement, table, first, second):
    """Let ``second`` begin when ``first`` has sent a statement; return both, come to their ends."""
    gate = Gate()
    with stopped_at(gate, stopping_after_statement(gate, statement, table, first)) as leading:
        rival = Rival(second)
        gate.open()
        leading.join(LIMIT)
    rival.thread.join(LIMIT)
    return leading, rival


def listing_raced_by(second, first):
    return race("INSERT", "token_blacklist_blacklistedtoken", first, second)
