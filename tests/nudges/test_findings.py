from nudges.findings import Memory, distinct, ms, plain, quotes, window
from nudges.signals import Hit
from streams.events import Quote


def test_quotes_are_the_newest_and_none_stands_twice() -> None:
    hits = [Hit("C.x", "C", text, at, at, 0) for at, text in enumerate(["a", "b", "b", "c", "d"])]
    assert quotes(hits) == (Quote("b", 2), Quote("c", 3), Quote("d", 4))
    assert distinct([Quote("i am so angry", 1), Quote("am so angry now", 1), Quote("so now what", 2)]) == (
        Quote("i am so angry", 1),
        Quote("so now what", 2),
    )
    assert quotes([Hit("A.x", "A", "a", 1, 1, 0)]) == (Quote("a", 1, "agent"),)


def test_words_for_people() -> None:
    assert plain("C.threat_public") == "threat public"
    assert window(3, "times", 120) == "3 times in 120 s"
    assert window(3, "", 0) == "3"
    assert ms(1.5) == 1500


def test_a_fresh_memory_is_empty() -> None:
    memory = Memory()
    assert (memory.told_ms, memory.watched, memory.gaps_ms) == (-1, None, [])
