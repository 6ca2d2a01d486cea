"""Which tests of others are run, and which of them are meant to fail with this app."""

from collections.abc import Mapping
from dataclasses import dataclass, field

#: What the suites need beside the pins of ``requirements/constraints.txt``.
TOOLS = (
    "cryptography==50.0.2",
    "freezegun==1.5.5",
    "python-jose==3.5.0",
    "tblib==3.2.2",
    "dj-database-url",
    "djangorestframework",
    "djangorestframework-simplejwt",
    "PyJWT",
    "pytest",
    "pytest-django",
)

# `admin_scripts` is left out: it starts processes with settings of its own, so it never meets the app.
DJANGO_LABELS = (
    *("auth_tests", "delete", "delete_regress", "modeladmin", "sessions_tests", "signals"),
    *("fixtures", "fixtures_model_package", "fixtures_regress"),
    *("admin_autodiscover", "admin_changelist", "admin_checks", "admin_custom_urls"),
    *("admin_default_site", "admin_docs", "admin_filters", "admin_inlines", "admin_ordering"),
    *("admin_registration", "admin_utils", "admin_views", "admin_widgets"),
)

WARNS_OF_ADMINS = (
    "The test runs all checks and wants one error. Check W004 warns of the user admins of the suite,"
    " which cannot revoke tokens."
)
DJANGO_DIFFERENCES = {
    "signals.tests.SignalTests.test_disconnect_in_dispatch": (
        "The test wants post_save to have no receivers. The app has one as long as it is installed."
    ),
    "admin_checks.tests.SystemChecksTestCase.test_checks_are_performed": WARNS_OF_ADMINS,
    "admin_checks.tests.SystemChecksTestCase.test_custom_adminsite": WARNS_OF_ADMINS,
}


@dataclass(frozen=True)
class Suite:
    """The tests in one source distribution."""

    name: str
    #: The release with the tests, and that of Django to run them with.
    release: str
    django: str
    #: The oldest Python that this Django runs on.
    python: tuple[int, int]
    #: Labels for Django's own runner. Without any, the tests are pytest's.
    labels: tuple[str, ...] = ()
    #: Tests that are meant to fail with the app, each with the reason.
    differences: Mapping[str, str] = field(default_factory=dict)


DJANGO_52, DJANGO_61 = "Django==5.2.19", "Django==6.1.3"

SUITES = (
    Suite("django52", DJANGO_52, DJANGO_52, (3, 11), DJANGO_LABELS, DJANGO_DIFFERENCES),
    Suite("django61", DJANGO_61, DJANGO_61, (3, 12), DJANGO_LABELS, DJANGO_DIFFERENCES),
    Suite("drf", "djangorestframework==3.18.3", DJANGO_52, (3, 11)),
    Suite("simplejwt", "djangorestframework-simplejwt==5.5.1", DJANGO_52, (3, 11)),
)
