"""The flite speech synthesiser through ctypes: text in, samples and the true times of its words out.

Only the builder of the demo calls needs it (`apt install libflite1`); nothing that users run does.
"""

import ctypes
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

RATE_HZ = 16_000
VOICES = ("slt", "rms", "awb", "kal16")


class SpokenWord(NamedTuple):
    """One word as written, with its start and end in samples of the piece it was spoken in."""

    text: str
    start: int
    end: int


class Speech(NamedTuple):
    """What was spoken: float samples at 16 kHz without the silence around them, and the words in them."""

    samples: npt.NDArray[np.float64]
    words: tuple[SpokenWord, ...]


class _Wave(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_char_p),
        ("sample_rate", ctypes.c_int),
        ("num_samples", ctypes.c_int),
        ("num_channels", ctypes.c_int),
        ("samples", ctypes.POINTER(ctypes.c_short)),
    )


class _Voice(ctypes.Structure):
    _fields_ = (("name", ctypes.c_char_p), ("features", ctypes.c_void_p))


def _library(part: str) -> ctypes.CDLL:
    return ctypes.CDLL(f"libflite{part}.so.1", mode=ctypes.RTLD_GLOBAL)


class Voice:
    """One of flite's voices at one pace; `stretch` above 1 is slower, `pitch_hz` is the mean of its melody."""

    def __init__(self, name: str, *, stretch: float = 1.0, pitch_hz: float | None = None) -> None:
        core = _library("")
        _library("_usenglish")
        _library("_cmulex")
        voice_library = _library(f"_cmu_us_{name}")
        core.flite_init()
        register = voice_library[f"register_cmu_us_{name}"]
        register.restype = ctypes.POINTER(_Voice)
        register.argtypes = (ctypes.c_char_p,)
        self._voice = register(None)
        for name_in_core, result, arguments in (
            ("flite_synth_text", ctypes.c_void_p, (ctypes.c_char_p, ctypes.c_void_p)),
            ("utt_wave", ctypes.POINTER(_Wave), (ctypes.c_void_p,)),
            ("utt_relation", ctypes.c_void_p, (ctypes.c_void_p, ctypes.c_char_p)),
            ("relation_head", ctypes.c_void_p, (ctypes.c_void_p,)),
            ("item_next", ctypes.c_void_p, (ctypes.c_void_p,)),
            ("item_daughter", ctypes.c_void_p, (ctypes.c_void_p,)),
            ("item_feat_string", ctypes.c_char_p, (ctypes.c_void_p, ctypes.c_char_p)),
            ("flite_ffeature_float", ctypes.c_float, (ctypes.c_void_p, ctypes.c_char_p)),
            ("feat_set_float", None, (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_float)),
            ("delete_utterance", None, (ctypes.c_void_p,)),
        ):
            function = core[name_in_core]
            function.restype, function.argtypes = result, arguments
            setattr(self, f"_{name_in_core}", function)
        features = self._voice.contents.features
        self._feat_set_float(features, b"duration_stretch", stretch)
        if pitch_hz is not None:
            self._feat_set_float(features, b"int_f0_target_mean", pitch_hz)

    def say(self, text: str) -> Speech:
        """Speak `text`; words are split at white space and must be speakable as written (digits spelled out)."""
        utterance = self._flite_synth_text(text.encode(), self._voice)
        try:
            wave = self._utt_wave(utterance).contents
            assert (wave.sample_rate, wave.num_channels) == (RATE_HZ, 1), "the voice must be 16 kHz mono"
            samples = np.ctypeslib.as_array(wave.samples, (wave.num_samples,)).astype(np.float64) / 32768
            words = tuple(self._words(utterance))
        finally:
            self._delete_utterance(utterance)
        written = text.split()
        assert len(words) == len(written), f"flite split {text!r} into {words}"
        first, last = words[0][0], words[-1][1]
        spoken = (SpokenWord(w, s - first, e - first) for w, (s, e) in zip(written, words, strict=True))
        return Speech(samples[first:last], tuple(spoken))

    def _words(self, utterance: int) -> list[tuple[int, int]]:
        """Start and end in samples of every token (a written word may be spoken as several)."""
        found = []
        token = self._relation_head(self._utt_relation(utterance, b"Token"))
        while token:
            start_s, end_s = None, 0.0
            part = self._item_daughter(token)
            while part:
                end = self._flite_ffeature_float(part, b"R:SylStructure.daughtern.daughtern.R:Segment.end")
                start = self._flite_ffeature_float(part, b"R:SylStructure.daughter1.daughter1.R:Segment.p.end")
                if end > 0:
                    start_s = start if start_s is None else start_s
                    end_s = max(end_s, end)
                part = self._item_next(part)
            assert start_s is not None, "a token was not spoken"
            found.append((round(start_s * RATE_HZ), round(end_s * RATE_HZ)))
            token = self._item_next(token)
        return found
