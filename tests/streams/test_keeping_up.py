import pytest

from streams.keeping_up import Speed, largest, too_slow

TINY, BASE, SMALL = Speed(0.2, 120.0), Speed(0.5, 400.0), Speed(1.4, 1_500.0)


@pytest.mark.parametrize(
    ("speed", "workers", "reason"),
    [
        (TINY, 1, ""),
        (BASE, 2, ""),
        (BASE, 1, "both sides at once take 100% of its 1 worker"),
        (SMALL, 2, "both sides at once take 140% of its 2 workers"),
        (SMALL, 4, "a sentence takes 1500 ms, more than 700"),
        (Speed(0.8, 700.0), 2, ""),
    ],
)
def test_a_model_keeps_up_by_its_work_and_by_its_latency(speed: Speed, workers: int, reason: str) -> None:
    assert too_slow(speed, workers) == reason


@pytest.mark.parametrize(
    ("speeds", "workers", "name"),
    [
        ({"tiny": TINY, "base": BASE, "small": SMALL}, 2, "base"),
        ({"tiny": TINY, "base": BASE}, 1, "tiny"),
        ({"tiny": Speed(0.9, 300.0), "base": Speed(2.0, 900.0)}, 2, "tiny"),
        ({"tiny": Speed(0.8, 300.0), "base": Speed(0.81, 300.0)}, 2, "tiny"),
        ({"tiny": TINY, "base": BASE, "small": Speed(1.4, 650.0)}, 4, "small"),
    ],
)
def test_the_largest_model_that_keeps_up_is_taken(speeds: dict[str, Speed], workers: int, name: str) -> None:
    assert largest(speeds, workers) == name
