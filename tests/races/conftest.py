import pytest


@pytest.fixture(autouse=True)
def committing(transactional_db):
    """Commit for real: a thread sees nothing of what another has not committed."""
