from sidecar.evaluation.splitting import part_of, parts
from tests.sidecar.evaluation.scores import scored


def test_a_half_depends_on_the_id_alone() -> None:
    halves = [part_of(str(number)) for number in range(400)]
    assert halves == [part_of(str(number)) for number in range(400)]
    assert 150 < halves.count("open") < 250


def test_both_halves_and_all() -> None:
    scores = [scored(str(number)) for number in range(20)]
    found = parts(scores, split=True)
    assert list(found) == ["all", "open", "sealed"]
    assert found["all"] == scores
    assert sorted(score.id for score in [*found["open"], *found["sealed"]]) == sorted(score.id for score in scores)
    assert list(parts(scores, split=False)) == ["all"]
