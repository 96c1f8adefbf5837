"""What the coach understands of a call: words and edges flow in, signals for the rules and facts for people flow out.

The read models stand side by side in here and hear everything in one order: conversation and pace first, then mood,
attention, heat and the empathy ledger, then the checklist.
"""

from nudges.attention import Attention
from nudges.checklist import Checklist, overdue
from nudges.conversation import Conversation, Spoken
from nudges.cues import Side
from nudges.empathy import Ledger
from nudges.forecast import forecast
from nudges.heat import HeatGauge
from nudges.pace import Pace
from nudges.packs import LoadedPack
from nudges.sentiment import MoodLine, vader
from nudges.signals import HeatMoved, MoodMoved, OpeningMoved, Signal, TurnClosed, TurnGrew, TurnTense
from nudges.situation import Situation
from nudges.timing import Timing
from streams import events
from streams.events import (
    Channel,
    CoachEvent,
    Empathy,
    Forecast,
    Heat,
    Hypothesis,
    Mood,
    SpeechEnded,
    SpeechStarted,
    Utterance,
)

SIDES: dict[Channel, Side] = {"agent": "A", "customer": "C"}


class Understanding:
    """The read models of one call; `openings` is the number of the last opening before it began anew.

    What they have to tell people gathers in here until `told` takes it away.
    """

    def __init__(self, call_id: str, loaded: LoadedPack, timing: Timing, openings: int = 0) -> None:
        pack = loaded.pack
        self._call_id = call_id
        self._pack, self._book = pack, loaded.book
        self._attention = Attention(loaded.model, pack.model, loaded.moves) if loaded.model and pack.model else None
        mood = pack.mood
        valences = tuple(mood.valences.items())
        self._mood = MoodLine(mood, vader(mood.neutral_words, valences, tuple(mood.phrases.items())))
        # What the phrases say the cue families say as well; heat and ledger must not count it twice.
        self._words_alone = vader(mood.neutral_words, valences)
        self._heat = HeatGauge(pack.heat)
        self._conversation = Conversation(pack.conversation, loaded.book, loaded.moves)
        self._pace = Pace(pack.pace)
        self._checklist = Checklist(pack.checklist, self._conversation)
        self._ledger = Ledger(f"{call_id}-o", openings, pack.empathy, self._conversation, self._attention)
        self._streak = 0
        self._raised = False
        self._forecast: Forecast = "steady"
        self._said: list[CoachEvent] = []
        self.seen = Situation(
            conversation=self._conversation,
            timing=timing,
            pace=self._pace,
            mood=self._mood,
            heat=self._heat,
            ledger=self._ledger,
            checklist=self._checklist,
        )

    @property
    def openings(self) -> int:
        """The number of the last opening so far."""
        return self._ledger.count

    def reload(self, loaded: LoadedPack) -> None:
        """Hear by other cue families and keep another checklist from here on.

        The trained eye, mood, heat and ledger go on as they began: half a call each by two measures would be neither.
        """
        self._book = loaded.book
        self._conversation.use(loaded.book, loaded.moves)
        self._checklist.use(loaded.pack.checklist)

    def told(self) -> list[CoachEvent]:
        """What there is to tell people since the last time."""
        said, self._said = self._said, []
        return said

    def wake_ms(self, now_ms: int) -> int | None:
        """When something becomes true though nothing happens."""
        times = (
            self._conversation.wake_ms(now_ms),
            self._heat.wake_ms(now_ms),
            self._ledger.wake_ms(now_ms),
            self._checklist.wake_ms(now_ms),
        )
        return min((at_ms for at_ms in times if at_ms is not None), default=None)

    # --- the flow -------------------------------------------------------------------------------------------------

    def edge(self, event: SpeechStarted | SpeechEnded) -> None:
        """Take in a speech edge."""
        if event.channel in SIDES:
            self._conversation.edge(SIDES[event.channel], event)

    def hypothesis(self, event: Hypothesis) -> list[Signal]:
        """Take in what is stable of an utterance."""
        if event.channel not in SIDES:
            return []
        self._conversation.hypothesis(SIDES[event.channel], event)
        return self._ledger_moved(self._ledger.agent_spoke()) if event.channel == "agent" else []

    def utterance(self, event: Utterance) -> list[Signal]:
        """Take in final words; of a channel that both sides share only the mood is known."""
        if event.channel in SIDES:
            return self._understand(self._conversation.utterance(SIDES[event.channel], event))
        self._score(event.text, event.utterance, event.ended_ms)
        return []

    def cool(self) -> None:
        """Tell of the heat's decay where that is worth telling."""
        if self._heat.due(self.seen.now_ms):
            self.tell_heat()

    def advance(self) -> list[Signal]:
        """What has become true by now."""
        now_ms = self.seen.now_ms
        signals = self._understand(self._conversation.advance(now_ms))
        signals += self._ledger_moved(self._ledger.advance(now_ms))
        moved = self._checklist.advance(now_ms)
        for one in moved:
            item = one.item
            self._said.append(
                events.Checklist(call_id=self._call_id, at_ms=now_ms, item=item.id, state=one.state, label=item.label)
            )
        signals += overdue(moved)
        return signals

    def finish(self) -> None:
        """The call is over."""
        self._understand(self._conversation.finish())
        self._ledger_moved(self._ledger.finish())

    def withdraw(self) -> None:
        """Take back what waits for an answer."""
        self._ledger_moved(self._ledger.withdraw())

    def _understand(self, spoken: list[Spoken]) -> list[Signal]:
        """Let mood, heat and ledger hear what the conversation brought; answers with everything they add."""
        heard: list[Signal] = []
        for signal in spoken:
            if isinstance(signal, TurnClosed):
                heard.extend(self._turn_closed(signal))
                heard.append(signal)
                continue
            heard.append(signal)
            if signal.turn.side == "C":
                heard.extend(self._hear_customer(signal))
            else:
                self._pace.hear(signal.piece)
                if self._attention is not None:
                    self._attention.hear_agent(signal.piece)
                heard.extend(self._ledger_moved(self._ledger.agent_spoke()))
        return heard

    def _turn_closed(self, closed: TurnClosed) -> list[Signal]:
        if closed.turn.side == "A":
            return self._ledger_moved(self._ledger.agent_closed(closed))
        if closed.turn.word_count >= self._pack.mood.min_words:
            self._streak = self._streak + 1 if self._raised else 0
        self._raised = False
        return []

    def _hear_customer(self, grew: TurnGrew) -> list[Signal]:
        signals: list[Signal] = []
        piece, now_ms = grew.piece, self.seen.now_ms
        score = self._score(piece.text, piece.utterance, piece.ended_ms)
        if score is not None:
            signals.append(MoodMoved(score, self._mood.smoothed))
            score = self._words_alone.score(piece.text)
        glimpse = self._attention.hear_customer(piece) if self._attention is not None else None
        tone = None
        if glimpse is not None:
            tone = TurnTense(glimpse.tension, glimpse.tense_because, glimpse.run)
        before = self._heat.value(now_ms)
        weights = tuple(self._book.weight(hit.cue) for hit in grew.hits)
        moved = self._heat.hear(grew.hits, weights, score=score, turn=grew.turn.index, now_ms=now_ms, tone=tone)
        if moved:
            self._raised = self._raised or moved > 0
            self.tell_heat()
            signals.append(HeatMoved(self._heat.value(now_ms), before, self._streak + self._raised))
        signals.extend(self._ledger_moved(self._ledger.customer_spoke(grew, score, glimpse)))
        return signals

    # --- telling --------------------------------------------------------------------------------------------------

    def _score(self, text: str, utterance: int, said_ms: int) -> float | None:
        score = self._mood.hear(text, said_ms)
        if score is not None:
            self._said.append(
                Mood(
                    call_id=self._call_id,
                    at_ms=self.seen.now_ms,
                    utterance=utterance,
                    score=score,
                    smoothed=self._mood.smoothed,
                    trend=self._mood.trend(),
                )
            )
        return score

    def _ledger_moved(self, signals: list[Signal]) -> list[Signal]:
        for signal in signals:
            if isinstance(signal, OpeningMoved):
                opening = signal.opening
                self._said.append(
                    Empathy(
                        call_id=self._call_id,
                        at_ms=self.seen.now_ms,
                        opening=opening.opening,
                        state=opening.state,
                        strength=opening.strength,
                        quote=opening.quote,
                        said_ms=opening.said_ms,
                    )
                )
        return signals

    def tell_heat(self) -> None:
        """Tell how hot the call is now, and why."""
        now_ms = self.seen.now_ms
        value, band = self._heat.tell(now_ms)
        self._forecast = forecast(self._pack.forecast, self.seen, self._forecast)
        self._said.append(
            Heat(
                call_id=self._call_id,
                at_ms=now_ms,
                value=value,
                band=band,
                because=self._heat.causes(now_ms),
                forecast=self._forecast,
            )
        )
