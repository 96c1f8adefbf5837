import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.engine import JobKind
from streams.features import allowed_frames
from streams.settings import ProfileSettings
from streams.windows import LONGEST_MS, token_cap, total_length, window_ms

SAFE = ProfileSettings()
FAST = ProfileSettings(windows_s=(5, 8, 10, 12, 15, 20, 30), partial_floor_s=5, final_floor_s=5)


@pytest.mark.parametrize(
    ("kind", "audio_ms", "expected_ms"),
    [
        (JobKind.AGENT_PARTIAL, 400, 10_000),
        (JobKind.CUSTOMER_PARTIAL, 8_700, 10_000),
        (JobKind.CUSTOMER_PARTIAL, 8_701, 12_000),
        (JobKind.SPECULATIVE, 8_001, 12_000),
        (JobKind.FINAL, 8_000, 10_000),
        (JobKind.FINAL, 14_000, 20_000),
        (JobKind.FINAL, 29_500, 30_000),
        (JobKind.FINAL, 30_000, 30_000),
    ],
)
def test_the_smallest_window_that_holds_sound_and_margin(kind: JobKind, audio_ms: int, expected_ms: int) -> None:
    assert window_ms(SAFE, kind, audio_ms) == expected_ms


def test_a_faster_profile_has_smaller_windows() -> None:
    assert window_ms(FAST, JobKind.AGENT_PARTIAL, 3_000) == 5_000
    assert window_ms(FAST, JobKind.FINAL, 3_001) == 8_000


def test_a_retry_gets_the_next_window_and_the_last_one_is_thirty_seconds() -> None:
    assert [window_ms(SAFE, JobKind.FINAL, 12_000, attempt) for attempt in range(5)] == [
        15_000,
        20_000,
        30_000,
        30_000,
        30_000,
    ]
    short = ProfileSettings(windows_s=(10,))
    assert [window_ms(short, JobKind.FINAL, 1_000, attempt) for attempt in range(3)] == [10_000, 30_000, 30_000]


def test_sound_longer_than_any_window_is_refused() -> None:
    with pytest.raises(ValueError, match="30001 ms of sound"):
        window_ms(SAFE, JobKind.FINAL, 30_001)


@given(st.sampled_from([SAFE, FAST]), st.sampled_from(list(JobKind)), st.integers(0, LONGEST_MS), st.integers(0, 3))
def test_no_window_cuts_the_sound_or_is_encoded_twice(
    profile: ProfileSettings, kind: JobKind, audio_ms: int, attempt: int
) -> None:
    chosen_ms = window_ms(profile, kind, audio_ms, attempt)
    margin_ms = profile.partial_margin_ms if kind.is_partial else profile.final_margin_ms
    assert chosen_ms == LONGEST_MS or chosen_ms >= audio_ms + margin_ms
    for bands in (80, 128):
        assert allowed_frames(chosen_ms // 10, bands)


def test_the_token_cap_grows_with_the_sound() -> None:
    assert token_cap(0) == 8
    assert token_cap(10_000) == 73
    assert token_cap(10_001) == 74


@given(st.integers(1, 100), st.integers(1, 203))
def test_half_the_total_is_never_less_than_the_new_tokens(prompt_tokens: int, new_tokens: int) -> None:
    total = total_length(prompt_tokens, new_tokens)
    assert total // 2 >= new_tokens
    assert total - prompt_tokens >= new_tokens


def test_the_longest_prompt_and_answer_fit_the_decoder() -> None:
    assert total_length(64 + 5, token_cap(LONGEST_MS)) <= 448
