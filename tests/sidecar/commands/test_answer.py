"""`sidecar answer` as a program."""

import signal

from tests.sidecar.commands.programs import Programs


def test_without_a_service_it_says_so(programs: Programs) -> None:
    code, _, err = programs.done("answer", "ack")
    assert code == 1
    assert "is `sidecar run` going, with the same keys?" in err


def test_what_the_service_says_comes_back(programs: Programs) -> None:
    service = programs.service()
    assert programs.done("answer", "helpful") == (1, "", "sidecar: no call is going on\n")
    assert programs.stop(service, signal.SIGTERM)[0] == 0


def test_another_action_is_refused(programs: Programs) -> None:
    code, _, err = programs.done("answer", "shrug")
    assert code == 2
    assert "'shrug' is not one of 'ack', 'dismiss'" in err
