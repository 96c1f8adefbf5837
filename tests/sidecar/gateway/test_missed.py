"""What was missed is made good once, in as few words as can be."""

from sidecar.gateway.missed import Missed
from streams.taps.dialect import Hole, SayEnd, SayHold, SayLost, SayMuted, SayPaused, SayResumed, SayUnmuted, Sound


def test_losses_are_summed_by_channel_and_the_last_word_holds() -> None:
    missed = Missed()
    for piece in (
        Sound(("agent", "customer"), bytes(4 * 80), 8_000),
        Sound(("agent", "customer"), bytes(4 * 80), 8_000),
        Hole(("agent",), 30, "x"),
        SayLost(5, "agent"),
        SayLost(7),
        SayHold(),
        SayResumed(),
        SayPaused("card"),
        SayMuted("agent"),
        SayUnmuted("agent"),
        SayEnd("hung_up"),
    ):
        missed.keep(piece)
    assert missed.made_good() == [
        Hole(("agent", "customer"), 20, "gateway"),
        Hole(("agent",), 30, "gateway"),
        SayLost(7, None, "gateway"),
        SayResumed(),
        SayPaused("card"),
        SayUnmuted("agent"),
        SayEnd("hung_up"),
    ]
    assert missed.made_good() == []


def test_less_than_a_millisecond_is_nothing_and_sound_may_be_forgotten() -> None:
    missed = Missed()
    missed.keep(Sound(("mixed",), bytes(2), 8_000))
    missed.keep(SayHold())
    assert missed.made_good() == [SayHold()]
    missed.keep(SayLost(100))
    missed.keep(SayHold())
    missed.forget_sound()
    assert missed.made_good() == [SayHold()]
