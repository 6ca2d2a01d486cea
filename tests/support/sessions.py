"""What a client does with its sessions over HTTP."""

from tests.support import forge, people


def post(client, path, body=None, *, access=None):
    headers = people.authorized(access) if access else {}
    return client.post(f"/api/token/{path}/", body or {}, format="json", headers=headers)


def list_sessions(client, access):
    return client.get("/api/token/sessions/", headers=people.authorized(access))


def end(client, sid, access):
    return client.delete(f"/api/token/sessions/{sid}/", headers=people.authorized(access))


def successor_of(client, pair):
    answer = people.refresh(client, pair["refresh"])
    assert answer.status_code == 200, answer.json()
    return answer.json()


def sid_of(pair):
    return forge.read(pair["refresh"])["sid"]
