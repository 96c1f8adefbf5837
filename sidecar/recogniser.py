"""From the `[asr]` settings and a model's directory to Whisper: loaded, or measured.

Importing this loads CTranslate2 and NumPy, so it is imported only where a model is about to be used.
"""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from sidecar.allocator import share_one_arena
from sidecar.config_sections import AsrConfig
from streams import speed, whisper, whisper_model
from streams.keeping_up import Speed
from streams.settings import ProfileSettings
from streams.whisper import WhisperSettings, WhisperTranscriber


def load(asr: AsrConfig, directory: Path) -> WhisperTranscriber:
    """The recogniser with the model in `directory`, ready to hear the first utterance as fast as any other.

    Raises ModelError when the model cannot be used.
    """
    share_one_arena()
    ears = whisper.load(directory, _settings(asr))
    ears.warm()
    return ears


def load_profiles(
    asr: AsrConfig, directory: Path, profiles: Mapping[str, ProfileSettings]
) -> dict[str, WhisperTranscriber]:
    """One recogniser for each profile, all with the one model in `directory`.

    Raises ModelError when the model cannot be used.
    """
    settings = _settings(asr)
    model = whisper_model.open_model(directory, settings.compute_type, 1)
    return {
        name: WhisperTranscriber(model, msgspec.structs.replace(settings, profile=profile))
        for name, profile in profiles.items()
    }


def measure(asr: AsrConfig, directory: Path) -> Speed:
    """What speech takes with the model in `directory` while both sides talk.

    Raises ModelError when the model cannot be used.
    """
    return speed.measure(directory, _settings(asr))


def _settings(asr: AsrConfig) -> WhisperSettings:
    return WhisperSettings(
        profile=asr.profiles[asr.profile],
        language=asr.language,
        compute_type=asr.compute_type,
        workers=asr.workers,
        batching=asr.batching,
    )
