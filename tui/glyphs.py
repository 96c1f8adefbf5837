"""The characters that stand for things, in Unicode and in plain ASCII; every one is a single cell wide."""

from dataclasses import dataclass

from streams.events import Forecast, Severity


@dataclass(frozen=True, slots=True)
class Glyphs:
    """One set: bar of a card by severity, spark from low to high, filled and empty part of a meter, rules, a cut.

    `outlook` marks where the heat may be going.
    """

    bars: dict[Severity, str]
    spark: str
    full: str
    empty: str
    across: str
    down: str
    cut: str
    outlook: dict[Forecast, str]


UNICODE = Glyphs(
    bars={"critical": "█", "warn": "▌", "info": "│", "praise": "┊"},
    spark="▁▂▃▄▅▆▇█",
    full="█",
    empty="░",
    across="─",
    down="│",
    cut="…",
    outlook={"steady": "", "rising": "↗", "boiling": "▲"},
)
ASCII = Glyphs(
    bars={"critical": "#", "warn": "|", "info": ":", "praise": "."},
    spark="_.,-~=+#",
    full="#",
    empty=".",
    across="-",
    down="|",
    cut="~",
    outlook={"steady": "", "rising": "/", "boiling": "!"},
)

WORDS: dict[Severity, str] = {"critical": "HIGH", "warn": "MED", "info": "INFO", "praise": "NICE"}
MARKS: dict[Severity, str] = {"critical": "!!", "warn": "!", "info": "i", "praise": "+"}
RANK: dict[Severity, int] = {"critical": 0, "warn": 1, "info": 2, "praise": 3}
"""Order in which nudges take the card: a worse one goes first."""


def choose(wanted: str, encoding: str) -> Glyphs:
    """The set that was asked for; "auto" goes by the terminal's encoding."""
    if wanted == "auto":
        return UNICODE if encoding.lower().replace("-", "").startswith("utf") else ASCII
    return ASCII if wanted == "ascii" else UNICODE
