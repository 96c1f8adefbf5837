from pathlib import Path

import pytest

from nudges.packs import load
from sidecar.rulebook import read_pack
from streams.errors import PackError


def test_the_default_pack_as_it_ships() -> None:
    assert load(read_pack("default")).pack.name == "default"


def test_a_pack_of_ones_own(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(read_pack("default").replace('name = "default"', 'name = "mine"'), "utf-8")
    assert load(read_pack(str(file))).pack.name == "mine"


def test_a_pack_that_extends_the_default(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(
        'name = "mine"\nextends = "default"\n[heat]\nstep = 9\n[[rule]]\nid = "silence.dead_air"\nenabled = false\n',
        "utf-8",
    )
    pack = load(read_pack(str(file))).pack
    default = load(read_pack("default")).pack
    assert pack.name == "mine"
    assert pack.extends == ""
    assert pack.heat.step == 9
    assert pack.heat.half_life_s == default.heat.half_life_s
    assert [rule.id for rule in pack.rule] == [rule.id for rule in default.rule]
    (dead_air,) = [rule for rule in pack.rule if rule.id == "silence.dead_air"]
    assert not dead_air.enabled
    assert dead_air.test


def test_packs_extend_packs_beside_them(tmp_path: Path) -> None:
    (tmp_path / "team.toml").write_text('extends = "default"\n[heat]\nstep = 7\n', "utf-8")
    (tmp_path / "mine.toml").write_text('extends = "team.toml"\nname = "mine"\n', "utf-8")
    pack = load(read_pack(str(tmp_path / "mine.toml"))).pack
    assert (pack.name, pack.heat.step) == ("mine", 7)


@pytest.mark.parametrize("extends", ['"mine.toml"', "3"])
def test_packs_in_a_circle_or_extending_nothing(tmp_path: Path, extends: str) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(f"extends = {extends}\n", "utf-8")
    with pytest.raises(PackError, match="'extends' must name another pack"):
        read_pack(str(file))


def test_a_pack_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(PackError, match=r"none\.toml: No such file or directory; write 'default' or"):
        read_pack(str(tmp_path / "none.toml"))


def test_a_pack_that_is_not_text(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PackError, match="not a text file"):
        read_pack(str(file))


def test_a_mistake_is_named_with_its_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(read_pack("default").replace("half_life_s", "half_live_s"), "utf-8")
    with pytest.raises(PackError, match=r"mine\.toml:\d+: .*half_live_s"):
        read_pack(str(file))


def test_the_default_pack_carries_what_was_learned() -> None:
    assert load(read_pack("default")).model is not None


@pytest.mark.parametrize(
    ("own", "message"),
    [
        ('[heat]\nstep = "x"\n', r"mine\.toml:3: .*step"),
        ('[[rule]]\nid = "silence.dead_air"\nseverity = "loud"\n', r"mine\.toml:4: rule silence\.dead_air: .*loud"),
        ('[[rule]]\nid = "silence.dead_air"\ncolour = 1\n', r"mine\.toml:4: rule silence\.dead_air: .*colour"),
        (
            '[[rule]]\nid = "silence.dead_air"\nwhen = [{ on = "heard", cues = ["C.nobody"] }]\n',
            r"mine\.toml: rule silence\.dead_air \(line 3\): no cue family C\.nobody",
        ),
        (
            '[[checklist]]\nid = "greet-name"\ngroup = "hi"\n[[checklist]]\nid = "greet-company"\ngroup = "hi"\n',
            r"mine\.toml: rule process\.greeting \(of the pack that this one extends\): ",
        ),
    ],
)
def test_a_mistake_is_told_by_the_line_of_ones_own_file(tmp_path: Path, own: str, message: str) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(f'extends = "default"\n{own}', "utf-8")
    with pytest.raises(PackError, match=message):
        read_pack(str(file))
