"""Users of whatever model, and what they do over HTTP."""

from django.contrib.auth import get_user_model

PASSWORD = "correct horse"


def make(name, password=PASSWORD, **fields):
    """Create a user of the current model, whatever it calls its users."""
    return get_user_model().objects.create_user(login_name(name), password=password, **fields)


def login_name(name):
    model = get_user_model()
    return f"{name}@example.com" if model.USERNAME_FIELD == "email" else name


def credentials(user, password=PASSWORD):
    """Return the body of a login."""
    return {user.USERNAME_FIELD: user.get_username(), "password": password}


def login(client, user, password=PASSWORD):
    """Return the answer to a login; ``.json()`` holds the pair."""
    return client.post("/api/token/", credentials(user, password), format="json")


def sliding_login(client, user, password=PASSWORD):
    """Return the answer to a login; ``.json()`` holds the sliding token."""
    return client.post("/api/token/sliding/", credentials(user, password), format="json")


def tokens(client, user, password=PASSWORD):
    """Log in and return the pair."""
    response = login(client, user, password)
    assert response.status_code == 200, response.json()
    return response.json()


def authorized(access):
    return {"Authorization": f"Bearer {access}"}


def ask(client, access):
    """Return the answer to an authenticated request."""
    return client.get("/api/me/", headers=authorized(access))


def refresh(client, token):
    return client.post("/api/token/refresh/", {"refresh": token}, format="json")


def renew(client, sliding):
    return client.post("/api/token/sliding/refresh/", {"token": str(sliding)}, format="json")


def verify(client, token):
    return client.post("/api/token/verify/", {"token": token}, format="json")


def stored_password(user):
    return type(user).objects.values_list("password", flat=True).get(pk=user.pk)
