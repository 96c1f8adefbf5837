"""Keys and the token: made once, kept private, refused when others could read them."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sidecar import keys
from streams.errors import KeyFileError, StorageError

posix = pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")


def test_keys_are_made_once_and_read_again(tmp_path: Path) -> None:
    made = keys.load(tmp_path / "keys")
    assert keys.load(tmp_path / "keys") == made
    assert made.allowed == {"panel": made.panel.public}
    assert made.service.public != made.panel.public
    assert sorted(path.name for path in (tmp_path / "keys").iterdir()) == ["clients.toml", "panel.key", "service.key"]


def test_secrets_are_not_shown(tmp_path: Path) -> None:
    made = keys.load(tmp_path)
    assert made.panel.secret not in repr(made)


def test_the_token_is_made_once(tmp_path: Path) -> None:
    made = keys.token(tmp_path)
    assert len(made) >= 32
    assert keys.token(tmp_path) == made


def test_two_programs_may_start_at_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(keys.load, [tmp_path] * 8))
    assert all(pair == found[0] for pair in found)


def test_without_hard_links_keys_are_moved_into_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(self: Path, target: Path) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", no_links)
    made = keys.load(tmp_path)
    assert keys.load(tmp_path) == made
    assert sorted(path.name for path in tmp_path.iterdir()) == ["clients.toml", "panel.key", "service.key"]


@posix
def test_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    keys.load(tmp_path / "keys")
    keys.token(tmp_path / "keys")
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "keys").iterdir()} == {0o600}
    assert keys.permission_faults(tmp_path / "keys") == []


@posix
@pytest.mark.parametrize("name", ["service.key", "panel.key", "clients.toml", "tap.token"])
def test_a_file_open_to_others_is_refused_with_the_command_that_mends_it(tmp_path: Path, name: str) -> None:
    keys.load(tmp_path)
    keys.token(tmp_path)
    path = tmp_path / name
    path.chmod(0o644)
    read = keys.token if name == keys.TOKEN_FILE else keys.load
    with pytest.raises(KeyFileError, match=f"{name} is open to other users; run: chmod 600 {path}"):
        read(tmp_path)
    assert keys.permission_faults(tmp_path) == [f"{path} is open to other users; run: chmod 600 {path}"]


@posix
def test_a_folder_open_to_others_is_refused(tmp_path: Path) -> None:
    keys.load(tmp_path)
    tmp_path.chmod(0o755)
    with pytest.raises(KeyFileError, match=f"run: chmod 700 {tmp_path}"):
        keys.load(tmp_path)


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("panel.key", "", "damaged"),
        ("panel.key", 'public = "x"\nsecret = "y"\n', "not a key of 40 characters"),
        ("panel.key", b"\xff", "damaged"),
        ("clients.toml", '[clients]\npanel = "short"\n', "not a key of 40 characters"),
        ("clients.toml", "clients = 1\n", "damaged"),
    ],
)
def test_damaged_files_are_said(tmp_path: Path, name: str, text: str | bytes, reason: str) -> None:
    keys.load(tmp_path)
    (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(KeyFileError, match=rf"{name} is damaged|{reason}"):
        keys.load(tmp_path)


def test_halves_that_do_not_match_are_said(tmp_path: Path) -> None:
    made = keys.load(tmp_path)
    text = f'public = "{made.service.public}"\nsecret = "{made.panel.secret}"\n'
    (tmp_path / "panel.key").write_text(text)
    with pytest.raises(KeyFileError, match="halves do not match"):
        keys.load(tmp_path)


def test_a_short_token_is_said(tmp_path: Path) -> None:
    keys.token(tmp_path)
    (tmp_path / "tap.token").write_text("abc")
    with pytest.raises(KeyFileError, match="delete it and a new one is made"):
        keys.token(tmp_path)


def test_a_folder_in_the_place_of_a_key_is_said(tmp_path: Path) -> None:
    (tmp_path / "service.key").mkdir(mode=0o700)
    with pytest.raises(KeyFileError, match="cannot read or write"):
        keys.load(tmp_path)


def test_a_file_in_the_place_of_the_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("")
    with pytest.raises(StorageError):
        keys.load(tmp_path / "keys")


def test_an_agreed_secret_is_read_where_there_is_one(tmp_path: Path) -> None:
    assert keys.agreed_secret(tmp_path, "twilio") == ""
    path = tmp_path / "twilio.secret"
    path.write_text(" s3cret \n", "utf-8")
    path.chmod(0o600)
    assert keys.agreed_secret(tmp_path, "twilio") == "s3cret"
