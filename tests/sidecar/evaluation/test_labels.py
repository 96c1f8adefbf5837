from sidecar.evaluation.labels import Case, Labels, case_of, paced
from streams.script import Turn


def test_text_is_paced_at_150_words_a_minute_with_gaps() -> None:
    turns = paced([("agent", "one two three"), ("customer", "four"), ("agent", "")])
    assert [(turn.started_ms, turn.ended_ms) for turn in turns] == [(0, 1200), (1800, 2200), (2800, 3200)]
    assert [word.text for word in turns[0].words] == ["one", "two", "three"]


def test_another_gap() -> None:
    assert [turn.started_ms for turn in paced([("agent", "a"), ("agent", "b")], 8000)] == [0, 8400]


def test_the_onset_is_the_first_upset_turn() -> None:
    assert Labels(tension=((6, 3), (0, 1), (4, 2))).onset == 4
    assert Labels(tension=((0, 1),)).onset is None
    assert Labels().onset is None


def test_calm_needs_somebody_who_looked() -> None:
    assert Labels(tension=((0, 1),)).calm
    assert not Labels(tension=((0, 2),)).calm
    assert not Labels().calm


def test_a_case_keeps_the_labels_numbering_where_turns_are_settled() -> None:
    def turn(start_ms: int, text: str) -> Turn:
        return Turn(channel="agent", started_ms=start_ms, ended_ms=start_ms + 500, text=text, words=())

    found = case_of("a", (turn(900, "late"), turn(0, "soon")), Labels(), "x", timed=True)
    assert [span.started_ms for span in found.spans] == [900, 0]
    assert found.script is not None
    assert [each.text for each in found.script.turns] == ["soon", "late"]
    assert found.talk_ms == 1000
    assert Case(id="b", spans=()).talk_ms == 0
