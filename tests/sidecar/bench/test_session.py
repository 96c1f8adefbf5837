"""A real run of a second and a half: all that is measured is there, whatever the machine was doing."""

from sidecar import config
from sidecar.bench import session
from sidecar.bench.conversation import Conversation
from sidecar.bench.session import Entry, decodes_of
from sidecar.bench.watch import Decode
from streams.events import Utterance
from streams.reference import ReferenceTranscriber


async def test_calls_are_sent_heard_and_watched(tmp_path):
    talk = Conversation(1_600)
    moved = []
    run = await session.perform(
        {"one": Entry(talk), "two": Entry(Conversation(1_000), after_ms=200)},
        ReferenceTranscriber(talk.words),
        config.load(),
        tmp_path,
        progress=moved.append,
    )
    assert set(run.calls) == {"one", "two"}
    finals = [one.event for one in run.calls["one"].words if isinstance(one.event, Utterance)]
    assert " ".join(final.text for final in finals) == " ".join(
        word.text for channel in ("customer", "agent") for word in talk.words[channel]
    )
    assert run.cpu_s > 0
    assert run.wall_s >= 1.6
    assert len(run.samples) == len(moved) > 5
    assert run.decodes
    assert (tmp_path / "two" / "events.jsonl").stat().st_size > 0


def test_decodes_of_a_call_are_on_its_own_clock(kit):
    decodes = [Decode(kit.job(call="one"), 500, 700), Decode(kit.job(call="two"), 600, 800)]
    assert [(one.begun_ms, one.ended_ms) for one in decodes_of(decodes, "two", 100)] == [(500, 700)]
