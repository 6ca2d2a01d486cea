"""A real HTTP server for the site, in threads of this process."""

from collections.abc import Iterator
from contextlib import contextmanager
import logging
from threading import Thread
from typing import Any

from django.core.servers.basehttp import (
    ThreadedWSGIServer,
    WSGIRequestHandler,
    get_internal_wsgi_application,
)


class DemoServer(ThreadedWSGIServer):
    """Waits for its threads when it is closed: a database in use cannot be destroyed."""

    daemon_threads = False


class QuietHandler(WSGIRequestHandler):
    """Prints no requests, so that the terminal shows the demo only."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the parent's name
        """Print nothing."""


@contextmanager
def serving() -> Iterator[str]:
    """Serve the site on a free port of the loopback interface; yield its URL."""
    with DemoServer(("127.0.0.1", 0), QuietHandler) as server:
        server.set_app(get_internal_wsgi_application())
        # The demo itself shows the refusals. Errors are still logged.
        for name in ("django.request", "jwt_invalidation"):
            logging.getLogger(name).setLevel(logging.ERROR)
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
