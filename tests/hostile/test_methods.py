"""Every endpoint answers every method in every format that DRF offers, without a 500."""

from django.urls import reverse
import pytest

from jwt_invalidation.urls import urlpatterns
from tests.support import people

pytestmark = pytest.mark.django_db(transaction=True)

METHODS = ["options", "head", "get", "post", "put", "patch", "delete"]
FORMATS = ["application/json", "text/html", "application/xml", "*/*"]


@pytest.mark.parametrize("accept", FORMATS)
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", [each.name for each in urlpatterns])
@pytest.mark.parametrize("logged_in", [True, False], ids=["logged in", "anonymous"])
def test_no_method_and_no_format_is_a_500(client, alice, name, method, accept, logged_in):
    hers = people.tokens(client, alice)
    path = reverse(name, args=["0" * 32] if name == "token_session" else [])
    headers = {"Accept": accept}
    if logged_in:
        headers["Authorization"] = f"Bearer {hers['access']}"

    answer = getattr(client, method)(path, headers=headers)

    assert answer.status_code < 500
    if method == "options" and logged_in and accept != "application/xml":
        assert answer.status_code == 200


def test_the_browsable_list_shows_the_sessions(client, alice):
    hers = people.tokens(client, alice)
    headers = {"Accept": "text/html", "Authorization": f"Bearer {hers['access']}"}

    answer = client.get(reverse("token_sessions"), headers=headers)

    assert answer.status_code == 200
    assert "is_current" in answer.text
