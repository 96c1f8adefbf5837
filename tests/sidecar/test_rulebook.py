from pathlib import Path

import pytest

from nudges.packs import load
from sidecar.rulebook import LONGEST_CHARS, proven_in, read_pack, schema, trusted_pack
from streams.errors import PackError


def test_the_default_pack_as_it_ships() -> None:
    assert load(read_pack("default")).pack.name == "default"


def test_a_pack_of_ones_own(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(read_pack("default").replace('name = "default"', 'name = "mine"'), "utf-8")
    assert load(read_pack(str(file))).pack.name == "mine"


def test_a_pack_saved_by_an_editor_that_marks_its_text(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('extends = "default"\nname = "mine"\n', "utf-8-sig")
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


def test_packs_in_a_circle(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('extends = "team.toml"\n', "utf-8")
    (tmp_path / "team.toml").write_text('extends = "mine.toml"\n', "utf-8")
    with pytest.raises(PackError, match=r"team\.toml: extends mine\.toml, which stands on it in turn"):
        read_pack(str(tmp_path / "mine.toml"))


@pytest.mark.parametrize(
    ("extends", "message"),
    [
        ("3", r"mine\.toml: 'extends' must name another pack"),
        ('"no.toml"', r"mine\.toml: extends .*no\.toml: No such file"),
    ],
)
def test_packs_that_extend_nothing(tmp_path: Path, extends: str, message: str) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(f"extends = {extends}\n", "utf-8")
    with pytest.raises(PackError, match=message):
        read_pack(str(file))


def test_a_file_that_is_too_large_for_a_pack(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("#" * (LONGEST_CHARS + 1), "utf-8")
    with pytest.raises(PackError, match="more than 1,000,000 characters; that is no rule pack"):
        read_pack(str(file))


def test_a_pack_is_laid_over_another_once(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('extends = "default"\n[heat]\nstep = 7\n', "utf-8")
    first = read_pack(str(file))
    assert read_pack(str(file)) is first
    file.write_text('extends = "default"\n[heat]\nstep = 8\n', "utf-8")
    assert load(read_pack(str(file))).pack.heat.step == 8


def test_conversations_of_the_file_itself(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(
        'extends = "default"\n[[rule]]\nid = "silence.dead_air"\nenabled = true\n'
        "[[rule]]\nid = 'deesc.threat'\ntest = [{ name = 'x', call = '0-1 agent  hi' }]\n",
        "utf-8",
    )
    assert proven_in(str(file)) == {"deesc.threat"}
    assert len(proven_in("default")) == 40


def test_a_pack_that_would_hold_up_calls(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("extends = 'default'\n[[scope]]\n[scope.customer.slow]\nsay = '(a+)+b'\n", "utf-8")
    assert read_pack(str(file))
    with pytest.raises(PackError, match=r"mine\.toml: cue C\.slow: .* would hold up calls"):
        trusted_pack(str(file))
    assert trusted_pack("default") == read_pack("default")


def test_settings_of_a_pack_that_extends_another_need_not_be_whole() -> None:
    defs = schema()["$defs"]
    assert not defs["HeatSettings"].get("required")
    assert defs["RuleTest"]["required"] == ["name", "call"]
    scope = defs["Pack"]["properties"]["scope"]["items"]
    assert {"queues", "agents", "delivery", "rule"} <= set(scope["properties"])
    assert "scope" not in scope["properties"]


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
        ("[customer.parking]\nsay = '(park'\n", r"mine\.toml:3: cue C\.parking: '\(park' is not an expression"),
        (
            "[customer.quits]\nlearned = 'gives_up'\n[agent.parking]\nsay = '(park'\n",
            r"mine\.toml:5: cue A\.parking: '\(park' is not an expression",
        ),
        (
            "[customer.quits]\nlearned = 'gives_up'\nunless = '(park'\n",
            r"mine\.toml:4: cue C\.quits: '\(park' is not an expression",
        ),
        (
            '[[rule]]\nid = "silence.daed_air"\nenabled = false\n',
            r"mine\.toml:3: rule .* a new one, did you mean",
        ),
        ('[[scope]]\n[scope.heat]\nstep = "x"\n', r"mine\.toml:4: \[heat\]: step must be a number, not a text"),
        (
            '[[rule]]\nid = "deesc.abuse"\n[[rule]]\nid = "deesc.abuse"\n',
            r"mine\.toml:5: rule deesc\.abuse: stands twice; say it all in one place",
        ),
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
