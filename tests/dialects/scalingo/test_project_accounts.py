"""Accounts, tokens, keys and projects in Scalingo's words, the whole JSON of each."""

import msgspec

from headway.dialects.scalingo import project_accounts as project
from headway.model.accounts import Account, Token
from headway.model.keys import Key
from headway.model.projects import Project
from tests.dialects.scalingo.test_project import an_id, shown
from tests.records import AT

SOMEBODY = Account(1, "carla", "carla@example.com", AT, fullname="Carla C.", location="Bern")
OWNER = {"id": an_id(1), "username": "carla", "email": "carla@example.com", "flags": {}}
DAY = "2023-11-14T22:13:20.123Z"


def test_a_user_is_never_an_admin_to_clients_and_has_every_field() -> None:
    it = shown(project.user(SOMEBODY))["user"]
    assert (it["id"], it["uuid"], it["created_at"]) == (an_id(1), f"us-{an_id(1)}", DAY)
    assert (it["fullname"], it["company"], it["location"]) == ("Carla C.", None, "Bern")
    assert (it["flags"], it["limits"], it["payment_method_defined"]) == ({}, {}, True)
    assert it["free_trial_started_at"] is it["free_trial_end_time"] is it["suspended_at"] is None


def test_who_said_no_full_name_is_called_as_the_account_is() -> None:
    bare = msgspec.structs.replace(SOMEBODY, fullname="")
    assert shown(project.user(bare))["user"]["fullname"] == "carla"


def test_a_token_shows_its_secret_once() -> None:
    token = Token(2, 1, "laptop", "hash", AT, None)
    plain = {"id": an_id(2), "name": "laptop", "created_at": DAY, "issued_at": DAY, "last_used_at": None}
    assert shown(project.token(token)) == plain
    assert shown(project.token(token, "tk-us-x")) == plain | {"token": "tk-us-x"}


def test_a_key_is_told_whole() -> None:
    it = Key(20, 1, "laptop", "ssh-ed25519 AAAA me", "SHA256:a", AT)
    assert shown(project.key(it, SOMEBODY)) == {
        "id": an_id(20),
        "name": "laptop",
        "content": "ssh-ed25519 AAAA me",
        "fingerprint": "SHA256:a",
        "created_at": DAY,
        "owner": OWNER,
    }


def test_a_project_is_told_whole() -> None:
    assert shown(project.project(Project(4, 1, "shop", True, AT, AT), SOMEBODY)) == {
        "id": f"pr-{an_id(4)}",
        "name": "shop",
        "default": True,
        "owner": OWNER,
        "created_at": DAY,
        "updated_at": DAY,
        "flags": {},
    }


def test_a_second_factor_tells_its_secret_only_while_it_is_begun() -> None:
    assert shown(project.factor(SOMEBODY, enabled=False)) == {
        "uuid": f"us-{an_id(1)}",
        "enabled": False,
        "provider": None,
    }
    begun = shown(project.factor(SOMEBODY, enabled=False, uri="otpauth://x"))
    assert (begun["provider"], begun["uri"]) == ("totp", "otpauth://x")
