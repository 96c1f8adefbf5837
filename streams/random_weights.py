"""Whisper models of true dimensions with random weights: real compute where no trained model is at hand.

A size's name and a seed flow in, a directory that CTranslate2 and faster-whisper load like any converted model flows
out. Timing, memory and shapes are those of the real model; what it "hears" is noise.
"""

from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
from ctranslate2.specs.whisper_spec import WhisperSpec

from streams.random_vocabulary import Vocabulary

_Layer: TypeAlias = Any  # one part of CTranslate2's specification, whose fields carry no usable types


class Size(NamedTuple):
    """The figures that make a Whisper model of one size; encoder and decoder have as many layers."""

    width: int
    layers: int
    heads: int
    multilingual: bool


SIZES = {
    "tiny.en": Size(384, 4, 6, multilingual=False),
    "tiny": Size(384, 4, 6, multilingual=True),
    "base.en": Size(512, 6, 8, multilingual=False),
    "base": Size(512, 6, 8, multilingual=True),
    "small.en": Size(768, 12, 12, multilingual=False),
    "small": Size(768, 12, 12, multilingual=True),
}
"""From the published configurations of Whisper (Radford et al. 2022, table 1)."""

_MEL_BANDS = 80
_AUDIO_POSITIONS = 1_500
_TEXT_POSITIONS = 448
_EMBEDDING_DEVIATION = 0.02
_LARGEST_INT8 = 127


def build(directory: Path, size: str = "tiny.en", seed: int = 0) -> Path:
    """Write a model of `size` (a key of SIZES), int8 quantised, into `directory` and return the directory."""
    figures = SIZES[size]
    vocabulary = Vocabulary(multilingual=figures.multilingual)
    tokens = vocabulary.tokens
    spec: _Layer = WhisperSpec(figures.layers, figures.heads, figures.layers, figures.heads)  # type: ignore[no-untyped-call]
    _Painter(seed).paint(spec, figures.width, len(tokens))
    spec.register_vocabulary(tokens)
    spec.config.suppress_ids = []
    spec.config.suppress_ids_begin = [tokens.index("Ġ"), tokens.index("<|endoftext|>")]
    spec.config.lang_ids = vocabulary.language_ids
    # What CTranslate2's converter takes where a model names no heads of its own: all of the upper half.
    upper = range(figures.layers // 2, figures.layers)
    spec.config.alignment_heads = [[layer, head] for layer in upper for head in range(figures.heads)]
    spec.validate()
    # The output projection is the embedding table again; an alias keeps it from being stored twice.
    spec.decoder.projection.weight = "decoder/embeddings/weight"
    spec.decoder.projection.weight_scale = "decoder/embeddings/weight_scale"
    directory.mkdir(parents=True, exist_ok=True)
    spec.save(str(directory))
    vocabulary.tokenizer().save(str(directory / "tokenizer.json"))
    return directory


class _Painter:
    """Fills a specification with noise scaled so that signals neither die out nor grow from layer to layer."""

    def __init__(self, seed: int) -> None:
        self._random = np.random.default_rng(seed)

    def paint(self, spec: _Layer, width: int, tokens: int) -> None:
        encoder, decoder = spec.encoder, spec.decoder
        self._matrix(encoder.conv1, (width, _MEL_BANDS, 3))
        self._matrix(encoder.conv2, (width, width, 3))
        encoder.position_encodings.encodings = _sinusoids(_AUDIO_POSITIONS, width)
        decoder.position_encodings.encodings = self._noise((_TEXT_POSITIONS, width))
        self._matrix(decoder.embeddings, (tokens, width), _EMBEDDING_DEVIATION)
        decoder.projection.weight = decoder.embeddings.weight
        decoder.projection.weight_scale = decoder.embeddings.weight_scale
        for stack in (encoder, decoder):
            _level(stack.layer_norm, width)
            for layer in stack.layer:
                self._attention(layer.self_attention, width)
                self._feed_forward(layer.ffn, width)
        for layer in decoder.layer:
            self._attention(layer.attention, width)

    def _attention(self, attention: _Layer, width: int) -> None:
        _level(attention.layer_norm, width)
        # Queries, keys and values lie in one matrix; towards the encoder the queries have their own.
        parts = (3, 1) if len(attention.linear) == 2 else (1, 2, 1)
        for linear, part in zip(attention.linear, parts, strict=True):
            self._matrix(linear, (part * width, width))

    def _feed_forward(self, block: _Layer, width: int) -> None:
        _level(block.layer_norm, width)
        self._matrix(block.linear_0, (4 * width, width))
        self._matrix(block.linear_1, (width, 4 * width))

    def _matrix(self, layer: _Layer, shape: tuple[int, ...], deviation: float = 0.0) -> None:
        """Bytes drawn evenly, with the scale that gives them `deviation`, or one over the root of the fan-in."""
        values = np.frombuffer(self._random.bytes(int(np.prod(shape))), np.int8).reshape(shape)
        layer.weight = np.maximum(values, -_LARGEST_INT8)
        spread = _LARGEST_INT8 / np.sqrt(3.0)
        wanted = deviation or 1.0 / np.sqrt(np.prod(shape[1:]))
        layer.weight_scale = np.full(shape[0], spread / wanted, np.float32)
        if hasattr(layer, "bias"):
            layer.bias = np.zeros(shape[0], np.float32)

    def _noise(self, shape: tuple[int, int]) -> npt.NDArray[np.float32]:
        return self._random.standard_normal(shape, np.float32) * np.float32(_EMBEDDING_DEVIATION)


def _level(norm: _Layer, width: int) -> None:
    norm.gamma = np.ones(width, np.float32)
    norm.beta = np.zeros(width, np.float32)


def _sinusoids(length: int, width: int) -> npt.NDArray[np.float32]:
    rates = np.exp(-np.log(10_000.0) / (width // 2 - 1) * np.arange(width // 2))
    angles = np.arange(length)[:, None] * rates[None, :]
    return np.concatenate([np.sin(angles), np.cos(angles)], axis=1).astype(np.float32)
