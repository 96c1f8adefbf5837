"""`sidecar tail` as a program beside a service."""

import json
import signal
from pathlib import Path

from sidecar import demo
from tests.sidecar.commands.programs import Programs


def test_a_call_is_printed_as_it_passes(programs: Programs) -> None:
    tail = programs.start("tail", "--json")
    assert tail.stderr is not None
    assert tail.stdout is not None
    assert tail.stderr.readline() == "sidecar: waiting for the service\n"
    service = programs.service()
    assert tail.stderr.readline() == "sidecar: connected\n"
    sound = Path(demo.find("missed-empathy").sound)
    code, _, err = programs.done("replay", str(sound), "--to-service", "--speed", "max")
    assert (code, err) == (0, "")
    events = []
    while not events or events[-1]["type"] != "CallEnded":
        events.append(json.loads(tail.stdout.readline()))
    assert {"CallStarted", "Utterance", "Nudge", "NudgeResolved"} <= {event["type"] for event in events}
    programs.stop(service, signal.SIGTERM)
    assert tail.stderr.readline() == "sidecar: the service is away; waiting for it\n"
    assert programs.stop(tail, signal.SIGINT)[0] == 130
