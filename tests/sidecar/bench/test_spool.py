"""Notes that lie in a file until they are wanted."""

from contextlib import closing

from sidecar.bench.spool import Spool
from sidecar.bench.watch import Decode, Stamped


def test_notes_come_back_as_they_were_given_open_or_closed(kit, tmp_path):
    decodes = [Decode(kit.job(utterance=number), number + 0.25, number + 0.5) for number in range(3)]
    with closing(Spool(tmp_path / "decodes", Decode)) as spool:
        assert list(spool) == []
        for decode in decodes:
            spool.add(decode)
        assert list(spool) == decodes
    assert list(spool) == decodes


def test_words_keep_their_kind(kit, tmp_path):
    stamped = [kit.final(700, "hello there"), kit.draft(500, "hello", "there")]
    with closing(Spool(tmp_path / "words", Stamped)) as spool:
        for one in stamped:
            spool.add(one)
    assert list(spool) == stamped


def test_nothing_of_a_note_stays_in_memory(tmp_path):
    with closing(Spool(tmp_path / "notes", str)) as spool:
        held = len(vars(spool))
        for number in range(1_000):
            spool.add(str(number))
        assert len(vars(spool)) == held
        assert not [kept for kept in vars(spool).values() if isinstance(kept, list | dict | tuple)]
