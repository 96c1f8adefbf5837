"""The unit says what is run, and where that may write."""

import configparser

from sidecar.unit import this_program, unit


def test_the_unit_is_one() -> None:
    text = unit("/opt/side car/bin/sidecar", ["/home/ana/50%", "/home/ana/b"], 600, home="/srv/side car")
    read = configparser.ConfigParser(strict=True, interpolation=None, comment_prefixes="#")
    read.read_string(text)
    assert read["Service"]["Type"] == "notify"
    assert read["Service"]["ExecStart"] == '"/opt/side car/bin/sidecar" run'
    assert int(read["Service"]["TimeoutStopSec"]) > 600
    assert read["Service"]["ReadWritePaths"] == "-/home/ana/50%% -/home/ana/b"
    assert read["Service"]["Environment"] == '"SIDECAR_HOME=/srv/side car"'
    assert read["Service"]["ExecReload"]
    assert "Environment" not in unit("/bin/sidecar", [], 30)


def test_a_gateways_unit_has_nothing_to_reload() -> None:
    text = unit("/bin/sidecar", ["/srv/keys"], 30, does="gateway")
    assert "ExecStart=/bin/sidecar gateway\nRestart=on-failure" in text
    assert "ExecReload" not in text


def test_the_program_that_runs_is_known_by_its_whole_path() -> None:
    assert this_program().startswith("/")
