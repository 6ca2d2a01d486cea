import pytest

from tests.support import admin_pages as pages


@pytest.fixture
def site(settings):
    """Serve an admin that has the user model."""
    return pages.serve_users(settings)


@pytest.fixture
def root(db):
    return pages.superuser()


@pytest.fixture
def browser(site, root):
    """Return a browser in which a superuser is logged in."""
    return pages.log_in(root)
