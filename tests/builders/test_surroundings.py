"""What the operator's machine says about indexes, proxies and certificates."""

from pathlib import Path

import pytest

from headway.builders.surroundings import gathered


@pytest.fixture
def home(tmp_path):
    (tmp_path / "home/.config/pip").mkdir(parents=True)
    (tmp_path / "etc/xdg/pip").mkdir(parents=True)
    (tmp_path / "mirror/simple").mkdir(parents=True)
    (tmp_path / "wheels").mkdir()
    (tmp_path / "ca.pem").write_text("certificate")
    return tmp_path / "home"


def test_the_variables_that_concern_builds_are_kept_and_no_others(home):
    kept = {
        "PIP_INDEX_URL": "u",
        "https_proxy": "p",
        "NO_PROXY": "n",
        "npm_config_registry": "r",
        "SSL_CERT_FILE": "c",
    }
    others = {
        "PIP_TARGET": "t",
        "PIP_CONFIG_FILE": "f",
        "npm_config_cache": "c",
        "AWS_SECRET_ACCESS_KEY": "s",
        "PATH": "p",
    }
    assert gathered(kept | others, home, home).environment == kept


def test_the_settings_of_pip_are_merged_in_its_own_order(home, tmp_path):
    (tmp_path / "etc/pip.conf").write_text("[global]\ntimeout = 1\nindex-url = http://one/\ncache-dir = /c\n")
    (home / ".config/pip/pip.conf").write_text(
        "[global]\nindex-url = http://two/%20/\nfind-links =\n  a\n  b\n"
    )
    (tmp_path / "own.conf").write_text("[install]\nno-binary = x\n")
    environment = {"PIP_CONFIG_FILE": str(tmp_path / "own.conf")}
    assert gathered(environment, home, tmp_path).pip_conf == (
        "[global]\ntimeout = 1\nindex-url = http://two/%20/\nfind-links = \n    a\n    b\n[install]\nno-binary = x\n"
    )


def test_the_settings_of_npm_come_without_those_for_a_home(home, tmp_path):
    (tmp_path / "etc/npmrc").write_text("cafile=x\n")
    (home / ".npmrc").write_text("//r/:_authToken=t\ncache=/home/c\nprefix = /p")
    assert gathered({}, home, tmp_path).npmrc == "cafile=x\n//r/:_authToken=t\n"


def test_files_that_the_settings_name_are_mounted_and_of_an_index_its_parent(home, tmp_path):
    (tmp_path / "etc/pip.conf").write_text(
        f"[global]\nextra-index-url = file://{tmp_path}/mirror/simple http://x/\nfind-links = {tmp_path}/wheels\n"
        "constraint = /not/there.txt\ncert = /usr/bin/env\n"
    )
    (home / ".npmrc").write_text(f'cafile="{tmp_path}/ca.pem"\n')
    mounts = gathered({"SSL_CERT_DIR": "/"}, home, tmp_path).mounts
    expected = [tmp_path / "mirror", tmp_path / "wheels", tmp_path / "ca.pem"]
    assert mounts == {str(each): each for each in expected}


def test_settings_that_cannot_be_read_are_done_without(home, tmp_path):
    (tmp_path / "etc/pip.conf").write_text("no section")
    (home / ".npmrc").write_bytes(b"\xff")
    read = gathered({"PIP_CERT": "x\0y", "PIP_CONFIG_FILE": str(Path("/dev/null"))}, home, tmp_path)
    assert (read.pip_conf, read.npmrc, read.mounts) == ("", "", {})
