"""Which device is meant."""

import pytest

from sidecar.local.devices import Device, choose
from streams.errors import TapError

JABRA = Device(id="a1", name="Jabra Evolve", kind="microphone", default=True)
WEBCAM = Device(id="a2", name="Webcam", kind="microphone")
HEADSET = Device(id="o1.monitor", name="Monitor of Jabra Evolve", kind="loopback", default=True)
HDMI = Device(id="o2.monitor", name="Monitor of HDMI", kind="loopback")
ALL = (JABRA, WEBCAM, HEADSET, HDMI)


@pytest.mark.parametrize(
    ("kind", "wanted", "meant"),
    [
        ("microphone", "default", JABRA),
        ("loopback", "default", HEADSET),
        ("microphone", "a2", WEBCAM),
        ("loopback", "Monitor of HDMI", HDMI),
        ("loopback", "jabra", HEADSET),
        ("microphone", "web", WEBCAM),
        # A virtual cable's microphone may be what the customer is heard on, and the other way round.
        ("loopback", "Webcam", WEBCAM),
        ("microphone", "o2.monitor", HDMI),
    ],
)
def test_a_setting_names_a_device(kind: str, wanted: str, meant: Device) -> None:
    assert choose(ALL, kind, wanted) == meant  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "wanted", "why"),
    [
        ("loopback", "monitor", "several are: Monitor of Jabra Evolve, Monitor of HDMI"),
        ("microphone", "none such", "see `sidecar devices`"),
    ],
)
def test_what_names_none_or_several_is_refused(kind: str, wanted: str, why: str) -> None:
    with pytest.raises(TapError, match=why):
        choose(ALL, kind, wanted)  # type: ignore[arg-type]


def test_a_system_without_a_default_says_what_to_do() -> None:
    with pytest.raises(TapError, match=r"no default microphone; name one of `sidecar devices` as taps\.local\.micro"):
        choose((HDMI,), "microphone", "default")
