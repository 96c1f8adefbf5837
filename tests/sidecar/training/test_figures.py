import json
from pathlib import Path

import pytest

from sidecar.training.figures import main

ROWS = [
    ("d1", "customer", "hello i want to change my delivery day please"),
    ("d1", "agent", "Which order is it?"),
    ("d1", "customer", "it is order nine"),
    ("d1", "customer", "thanks"),
    ("d2", "customer", "i have rung four times, nobody called back and i am furious, this is a disgrace"),
    ("d2", "agent", "What is your postcode?"),
    ("d2", "customer", ""),
    ("d2", "customer", "this is ridiculous, i have told you three times and i am fed up of waiting, get me a manager"),
]
LABELS = [
    {"id": "d1", "tension": [[0, 0], [2, 0]], "openings": [], "escalation": {"onset": None}},
    {
        "id": "d2",
        "tension": [[0, 2], [2, 3]],
        "openings": [
            {"n": 0, "strength": "strong", "outcome": "missed"},
            {"n": 2, "strength": "strong", "outcome": "none_due"},
        ],
        "escalation": {"onset": 0},
    },
]


@pytest.fixture
def dialogues(tmp_path: Path) -> Path:
    (tmp_path / "maia").mkdir()
    (tmp_path / "multidogo").mkdir()
    rows = [f'{talk},{who},"{text}","{text}"' for talk, who, text in ROWS]
    head = "doc_id,translation_direction,source_segment,pe_segment"
    (tmp_path / "maia" / "MAIA.en-fr.csv").write_text("\n".join((head, *rows)) + "\n", "utf-8")
    (tmp_path / "maia" / "labels.jsonl").write_text("\n".join(map(json.dumps, LABELS)) + "\n", "utf-8")
    (tmp_path / "multidogo" / "shop_dev.tsv").write_text(
        "conversationId\tutterance\na\thello\na\ti would like two pizzas\nb\t\nb\tdo you open on sunday\n", "utf-8"
    )
    return tmp_path


@pytest.mark.parametrize("options", [[], ["--bare"], ["--open"]])
def test_figures_count_what_was_found(dialogues: Path, options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    main([str(dialogues), *options])
    said = capsys.readouterr().out
    assert "neutral conversations (2): speak 0.00%, watch 0.00%, tension 0.00%" in said
    if "--open" not in options:
        assert "openings speak (p >= 0.45): precision 1.00 recall 1.00 strong 1.00 (2 flags)" in said
        assert "onset met 1/1 = 1.00; calm flagged 0/1 = 0.00" in said
        assert "{('missed', 'missed'): 1}" in said
