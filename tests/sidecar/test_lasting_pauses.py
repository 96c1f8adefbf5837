"""Which pauses a call goes on in, and which are forgotten."""

import os
from pathlib import Path

import msgspec
import pytest

from sidecar import config
from sidecar.lasting_pauses import LastingPauses
from sidecar.pausing import FROM_BEFORE, by_agent
from streams.errors import StorageError
from streams.events import AudioPaused, AudioResumed, CallEnded, CallStarted, Event, Tick

STARTED = CallStarted(call_id="c/1", at_ms=0, source="audiohook")
ON, OFF = by_agent("c/1", 5_000, on=True), by_agent("c/1", 9_000, on=False)
NOW_S = 1_800_000_000


class Clock:
    def __init__(self) -> None:
        self.now_s = NOW_S

    def __call__(self) -> int:
        return self.now_s


def pauses(home: Path, clock: Clock, *sets: str) -> LastingPauses:
    return LastingPauses(home, config.load(sets=list(sets)).taps, clock)


def keep(home: Path, clock: Clock, *events: Event, started: CallStarted = STARTED) -> None:
    """What becomes of the file when these events pass at the clock's time."""
    keeper = pauses(home, clock).keeper(started)
    for event in events:
        keeper.write(event)
        if event == ON:
            newest = max((home / "paused").iterdir(), key=lambda file: file.stat().st_ctime_ns)
            os.utime(newest, (clock.now_s, clock.now_s))


def test_a_call_without_a_pause_begins_in_none(tmp_path: Path) -> None:
    assert pauses(tmp_path, Clock()).lasted_ms(STARTED) is None
    assert not [*tmp_path.iterdir()], "asking makes no files"


def test_an_agents_pause_lasts_over_the_end_of_the_service(tmp_path: Path) -> None:
    clock = Clock()
    keep(tmp_path, clock, Tick(call_id="c/1", at_ms=1), ON)
    (file,) = (tmp_path / "paused").iterdir()
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (b"", 0o600)
    clock.now_s += 42
    assert pauses(tmp_path, clock).lasted_ms(STARTED) == 42_000
    assert pauses(tmp_path, clock).lasted_ms(msgspec.structs.replace(STARTED, call_id="c2")) is None
    clock.now_s = NOW_S - 10
    assert pauses(tmp_path, clock).lasted_ms(STARTED) == 0, "a clock that was set back makes no pause negative"


@pytest.mark.parametrize("reason", ["hung_up", "closed"])
def test_what_ended_the_pause_or_the_call_ends_it_for_good(tmp_path: Path, reason: str) -> None:
    for end in (OFF, CallEnded(call_id="c/1", at_ms=9_000, reason=reason)):
        keep(tmp_path, Clock(), ON, end)
        assert pauses(tmp_path, Clock()).lasted_ms(STARTED) is None
        keep(tmp_path, Clock(), end)


@pytest.mark.parametrize("reason", ["interrupted", "failed", "connection_lost", "idle", "silence", "disconnected"])
def test_an_end_that_nobody_said_leaves_the_pause(tmp_path: Path, reason: str) -> None:
    keep(tmp_path, Clock(), ON, CallEnded(call_id="c/1", at_ms=9_000, reason=reason))
    assert pauses(tmp_path, Clock()).lasted_ms(STARTED) is not None


def test_the_platforms_pauses_are_the_platforms_to_say_again(tmp_path: Path) -> None:
    keep(tmp_path, Clock(), AudioPaused(call_id="c/1", at_ms=1, reason="card"))
    assert pauses(tmp_path, Clock()).lasted_ms(STARTED) is None
    keep(tmp_path, Clock(), ON)
    keep(tmp_path, Clock(), AudioResumed(call_id="c/1", at_ms=2))
    assert pauses(tmp_path, Clock()).lasted_ms(STARTED) is not None


def test_a_second_crash_in_the_pause_does_not_make_it_younger(tmp_path: Path) -> None:
    clock = Clock()
    keep(tmp_path, clock, ON)
    clock.now_s += 100
    pauses(tmp_path, clock).keeper(STARTED).write(AudioPaused(call_id="c/1", at_ms=0, reason=FROM_BEFORE))
    clock.now_s += 100
    assert pauses(tmp_path, clock).lasted_ms(STARTED) == 200_000


def test_a_pause_that_is_asked_for_again_has_all_of_its_time(tmp_path: Path) -> None:
    clock = Clock()
    keep(tmp_path, clock, ON)
    clock.now_s += 280
    keep(tmp_path, clock, ON)
    clock.now_s += 280
    assert pauses(tmp_path, clock).lasted_ms(STARTED) == 280_000


@pytest.mark.parametrize(("pause_s", "longest_s"), [(300, 300), (0, 14_400)])
def test_a_forgotten_pause_is_not_carried_on(tmp_path: Path, pause_s: int, longest_s: int) -> None:
    clock, setting = Clock(), f"taps.pause_s={pause_s}"
    keep(tmp_path, clock, ON)
    keep(tmp_path, clock, ON, started=msgspec.structs.replace(STARTED, call_id="never-again"))
    clock.now_s += longest_s - 1
    assert pauses(tmp_path, clock, setting).lasted_ms(STARTED) == (longest_s - 1) * 1000
    clock.now_s += 1
    assert pauses(tmp_path, clock, setting).lasted_ms(STARTED) is None
    assert not [*(tmp_path / "paused").iterdir()], "nor kept, of any call"


def test_calls_of_this_machines_softphone_are_one_after_the_other(tmp_path: Path) -> None:
    first, second = (CallStarted(call_id=f"local-{n}", at_ms=0, source="this machine") for n in (1, 2))
    keep(tmp_path, Clock(), ON, started=first)
    assert pauses(tmp_path, Clock()).lasted_ms(second) == 0


def test_a_folder_that_cannot_be_used_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "paused").write_text("")
    assert pauses(tmp_path, Clock()).lasted_ms(STARTED) is None
    with pytest.raises(StorageError, match="a file is in its place"):
        pauses(tmp_path, Clock()).keeper(STARTED).write(ON)
    (tmp_path / "paused").unlink()
    (tmp_path / "paused" / "c-1").mkdir(parents=True)
    pauses(tmp_path, Clock()).keeper(STARTED).write(OFF)


def test_a_pause_that_cannot_be_kept_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "touch", full)
    with pytest.raises(StorageError, match=r"No space left.*would not outlast the service"):
        pauses(tmp_path, Clock()).keeper(STARTED).write(ON)
