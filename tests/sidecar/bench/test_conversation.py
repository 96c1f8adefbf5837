from pathlib import Path

import pytest

from sidecar import demo
from sidecar.bench.conversation import Conversation
from streams.errors import InputError


def test_words_and_sound_end_where_the_conversation_is_cut():
    talk = Conversation(2_000)
    frames = list(talk.frames("c"))
    assert talk.channels == ("agent", "customer")
    assert {frame.call_id for frame in frames} == {"c"}
    assert frames[-1].at_ms == 2_000
    assert all(word.end_ms <= 2_000 for spoken in talk.words.values() for word in spoken)
    assert talk.words["agent"] or talk.words["customer"]


def test_calls_stand_one_behind_the_other_and_come_again():
    calls = demo.bundled()
    whole_ms = sum(call.duration_ms for call in calls)
    talk = Conversation(2 * whole_ms, first=1)
    starts = [frame.started_ms for frame in talk.frames("c") if frame.channel == "agent"]
    assert starts == sorted(starts)
    assert all(start % 20 == 0 for start in starts)
    texts = [word.text for word in talk.words["agent"]]
    once = [word.text for word in Conversation(whole_ms // 2, first=1).words["agent"]]
    assert texts[: len(once)] == once
    # The second time round the same words lie as much later as the calls are long.
    second = next(at for at in range(len(once), len(texts)) if texts[at : at + len(once)] == once)
    assert talk.words["agent"][second].start_ms > whole_ms // 2
    assert all(a.start_ms <= b.start_ms for a, b in zip(talk.words["agent"], talk.words["agent"][1:], strict=False))


def test_another_first_call_says_other_words():
    assert Conversation(20_000).words != Conversation(20_000, first=2).words


def test_calls_without_sound_cannot_be_listened_to(tmp_path: Path):
    (tmp_path / "silent.call").write_text("00:01 agent hello\n", "utf-8")
    with pytest.raises(InputError, match="no bundled call has sound"):
        Conversation(1_000, folder=tmp_path)
