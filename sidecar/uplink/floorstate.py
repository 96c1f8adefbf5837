"""One call as supervisors see it: the call's events flow in, the newest `CallState` flows out.

Pure. Nothing of what was said is in it: families of cues instead of their quotes, titles of hints instead of their
evidence. The agent's side gives timing and outcomes only.
"""

from collections.abc import Callable

import msgspec

from sidecar.uplink.hints import Hints
from sidecar.uplink.own import is_own
from streams import events as e
from streams.events import Band, Channel, Event, Telemetry
from streams.floor import CallState, OpenHelp, Phase, Speaking

SPARK = 16
"""Moods that are drawn on a row."""
BANDS: tuple[Band, ...] = ("calm", "watch", "warm", "hot", "critical")
_OPENINGS = {"open": "opening for empathy", "given": "opening answered", "missed": "opening missed"}
_OTHER: dict[Channel, Channel] = {"agent": "customer", "customer": "agent", "mixed": "mixed"}


class Kinds(msgspec.Struct, frozen=True, kw_only=True):
    """Which kinds of facts leave the machine, as `[share]` says."""

    mood: bool = True
    nudges: bool = True
    alerts: bool = True
    words: bool = False

    @property
    def withheld(self) -> tuple[str, ...]:
        """The names of those that a row shows and that stay here."""
        kept = (("mood", self.mood), ("nudges", self.nudges), ("alerts", self.alerts))
        return tuple(name for name, goes in kept if not goes)


class FloorState:
    """Follows one call; `clean` keeps what people said out of texts that leave."""

    def __init__(self, kinds: Kinds, clean: Callable[[str], str]) -> None:
        self._kinds = kinds
        self._clean = clean
        self._hints = Hints()
        self._started: e.CallStarted | None = None
        self._at_ms = 0
        self._speaking: dict[Channel, int] = {}
        self._silence_since_ms = -1
        self._on_hold = self._paused = self._ended = False
        self._mood: e.Mood | None = None
        self._spark: tuple[int, ...] = ()
        self._heat: e.Heat | None = None
        self._signal, self._signal_at_ms = "", -1
        self._lag_ms = 0
        self._help: OpenHelp | None = None

    @property
    def phase(self) -> Phase:
        """How the call stands."""
        if self._ended:
            return "wrap_up"
        if self._on_hold:
            return "hold"
        return "no_audio" if self._paused else "live"

    def feed(self, event: Event | Telemetry, *, private: bool = False) -> None:
        """Follow the call; of a private stretch of it nothing is remembered but how things stand at its end."""
        self._at_ms = max(self._at_ms, event.at_ms)
        if not private:
            self._hints.feed(event)
        match event:
            case e.SpeechStarted() | e.SpeechEnded() | e.SidesSwapped():
                self._speech(event)
            case e.Hypothesis() | e.Utterance():
                self._lag_ms = event.lag_ms
            case e.StageLag() if event.stage == "words":
                self._lag_ms = round(event.p50_ms)
            case e.Mood():
                self._mood = event
                if not private:
                    self._spark = (*self._spark, round(event.smoothed * 100))[-SPARK:]
            case e.HelpAsked():
                self._help = OpenHelp(event.help, self._clean(event.text), event.at_ms)
            case e.HelpAnswered() if self._help and self._help.help == event.help:
                self._help = None
            case _:
                self._course(event)
        if (text := self._told(event)) and not private:
            self._signal, self._signal_at_ms = text, event.at_ms
        if isinstance(event, e.Heat):
            self._heat = event

    def silence(self) -> CallState:
        """The state when the machine has heard nothing of the call for a while, neither sound nor silence."""
        state = self.state()
        return msgspec.structs.replace(state, phase="no_audio") if state.phase == "live" else state

    def private(self) -> CallState:
        """All that is told of a call whose agent has switched sharing off: whose it is, and a call for help."""
        return msgspec.structs.replace(self._identity(), phase=self.phase, help=self._help, shared=False)

    def state(self) -> CallState:
        """The newest state."""
        kinds = self._kinds
        state = msgspec.structs.replace(
            self._identity(),
            phase=self.phase,
            speaking=self._who(),
            signal=self._signal,
            signal_at_ms=self._signal_at_ms,
            silence_since_ms=-1 if self._on_hold or self._ended else self._silence_since_ms,
            lag_ms=self._lag_ms,
            help=self._help,
            shares_words=kinds.words,
            withheld=kinds.withheld,
        )
        if kinds.mood:
            state = self._with_mood(state)
        return self._with_nudges(state) if kinds.nudges else state

    # --- parts of the state -----------------------------------------------------------------------------------------

    def _identity(self) -> CallState:
        started = self._started
        return CallState(
            call_id=started.call_id if started else "",
            at_ms=self._at_ms,
            agent_id=started.agent_id if started else "",
            agent_name=started.agent_name if started else "",
            queue=started.queue if started else "",
            started_at=started.started_at if started else "",
        )

    def _with_mood(self, state: CallState) -> CallState:
        mood, heat = self._mood, self._heat
        if mood:
            state = msgspec.structs.replace(state, mood=mood.smoothed, trend=mood.trend, spark=self._spark)
        if heat:
            because = tuple(dict.fromkeys(cause.cue for cause in heat.because))
            state = msgspec.structs.replace(
                state, heat=round(heat.value), band=heat.band, forecast=heat.forecast, because=because
            )
        return state

    def _with_nudges(self, state: CallState) -> CallState:
        hints = self._hints
        return msgspec.structs.replace(
            state,
            nudge=hints.on_screen,
            nudges=hints.count,
            nudges_open=hints.open,
            helpful=hints.thumbs("helpful"),
            not_helpful=hints.thumbs("not_helpful"),
            openings_given=hints.openings("given"),
            openings_bare=hints.openings("bare"),
            openings_missed=hints.openings("missed"),
            opening_since_ms=hints.opening_since_ms,
        )

    def _who(self) -> Speaking:
        match sorted(self._speaking):
            case []:
                return "nobody"
            case ["agent"]:
                return "agent"
            case ["customer"]:
                return "customer"
            case _:
                return "both"

    # --- steps ------------------------------------------------------------------------------------------------------

    def _speech(self, event: e.SpeechStarted | e.SpeechEnded | e.SidesSwapped) -> None:
        match event:
            case e.SpeechStarted():
                self._speaking[event.channel] = event.started_ms
                self._silence_since_ms = -1
            case e.SpeechEnded():
                self._speaking.pop(event.channel, None)
                if not self._speaking:
                    self._silence_since_ms = event.ended_ms
            case _:
                self._speaking = {_OTHER[side]: since_ms for side, since_ms in self._speaking.items()}

    def _course(self, event: Event | Telemetry) -> None:
        match event:
            case e.CallStarted():
                self._started = event
            case e.Hold():
                self._on_hold = True
            case e.Resumed():
                self._on_hold = False
            case e.AudioPaused():
                self._paused = True
            case e.AudioResumed():
                self._paused = False
            case e.CallEnded():
                # Nobody can come to an agent whose call is over.
                self._ended, self._speaking, self._help = True, {}, None
            case _:
                pass

    def _told(self, event: Event | Telemetry) -> str:
        """What an event is worth telling as the last signal; empty where it is not, or stays here."""
        kinds = self._kinds
        match event:
            case e.FloorAlert() if kinds.alerts and not is_own(event):
                return self._clean(event.text) or event.rule
            case e.Heat() if kinds.mood:
                return self._course_of_heat(event)
            case e.Nudge() if kinds.nudges and not is_own(event):
                return event.title
            case e.NudgeResolved() if kinds.nudges and event.outcome == "done":
                nudge = self._hints.of(event.nudge)
                return f"done: {nudge.title}" if nudge else ""
            case e.Empathy() if kinds.nudges:
                return _OPENINGS.get(event.state, "")
            case e.Checklist() if kinds.nudges and event.state == "overdue":
                return f"overdue: {event.label or event.item}"
            case _:
                return _SIGNALS.get(type(event), "")

    def _course_of_heat(self, event: e.Heat) -> str:
        before = BANDS.index(self._heat.band if self._heat else "calm")
        now = BANDS.index(event.band)
        if now == before:
            return ""
        return f"heat rose to {event.band}" if now > before else f"heat fell to {event.band}"


_SIGNALS: dict[type, str] = {
    e.HelpAsked: "asked for help",
    e.HelpAnswered: "help answered",
    e.Hold: "on hold",
    e.Resumed: "back from hold",
    e.AudioPaused: "sound paused",
    e.AudioLost: "sound was lost",
    e.CallEnded: "call over",
}
