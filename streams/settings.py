"""What the streaming loop is told from the outside: the `[asr]` settings that decide how sound becomes words.

Data flows in once, from `config.toml` to the loop; every name is that of the file, every default is the file's.
"""

import msgspec

LONGEST_S = (4, 28)
"""What the longest utterance may be set to: Whisper hears 30 s at once, and wants silence behind the last word."""


class ProfileSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[asr.profiles.NAME]`: the encoder windows, how often words are asked for, and how hard each decode tries."""

    windows_s: tuple[int, ...] = (10, 12, 15, 20, 30)
    partial_floor_s: int = 10
    partial_margin_ms: int = 1300
    final_floor_s: int = 10
    final_margin_ms: int = 2000
    partial_every_ms: int = 448
    partial_beam: int = 1
    speculative_beam: int = 3
    final_beam: int = 3


class EndpointSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[asr.endpoint]`: how long a pause must be before what was said is final."""

    soft_pause_ms: int = 208
    pause_ms: int = 480
    sentence_pause_ms: int = 300
    hesitation_pause_ms: int = 860
    longest_s: int = 14
    turn_gap_ms: int = 700

    def __post_init__(self) -> None:
        if not LONGEST_S[0] <= self.longest_s <= LONGEST_S[1]:
            raise ValueError(f"longest_s is {self.longest_s}; it must be {LONGEST_S[0]} to {LONGEST_S[1]} s")


class VadSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[asr.vad]`: what counts as speech."""

    start_probability: float = 0.5
    stop_probability: float = 0.35
    min_speech_ms: int = 96
    min_voiced_ms: int = 250
    pre_roll_ms: int = 240


class LoopSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything one call's listening loop is tuned by."""

    profile: ProfileSettings = ProfileSettings()
    endpoint: EndpointSettings = EndpointSettings()
    vad: VadSettings = VadSettings()
