"""`sidecar call` as a program."""

import signal

from tests.sidecar.commands.programs import Programs


def test_without_a_local_tap_it_says_how_to_switch_it_on(programs: Programs) -> None:
    service = programs.service()
    for action in ("start", "end"):
        code, out, err = programs.done("call", action)
        assert (code, out) == (1, "")
        assert "set taps.local.enabled = true" in err
    assert programs.stop(service, signal.SIGTERM)[0] == 0


def test_without_a_service_it_says_so(programs: Programs) -> None:
    code, _, err = programs.done("call", "start", "--id", "crm-7")
    assert code == 1
    assert "is `sidecar run` going" in err
