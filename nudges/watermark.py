"""How far one side's words are known: speech edges and words flow in, a watermark comes out.

Rules about absence ask it before they speak, so that no nudge fires while the words that would have made it needless
are still being recognised.
"""

from streams.events import Hypothesis, SpeechEnded, SpeechStarted, Utterance


class Watermark:
    """Until when everything that one side said is known.

    `slack_ms`: how much earlier than the end of speech the last word of its utterance may end.
    """

    def __init__(self, slack_ms: int) -> None:
        self._slack_ms = slack_ms
        self._unheard: list[tuple[int, int | None]] = []
        self._words_until_ms = 0
        self._stable_until_ms = 0

    @property
    def speaking(self) -> bool:
        """Whether speech is going on."""
        return bool(self._unheard) and self._unheard[-1][1] is None

    @property
    def unheard(self) -> tuple[int, int | None] | None:
        """Start and end of the first stretch of speech without its final words; the end is None while it goes on."""
        if not self._unheard:
            return None
        started_ms, ended_ms = self._unheard[0]
        return max(started_ms, min(self._words_until_ms, ended_ms or self._words_until_ms)), ended_ms

    def known_until(self, now_ms: int) -> int:
        """Everything said before this moment is known."""
        if not self._unheard:
            return now_ms
        return min(now_ms, max(self._unheard[0][0], self._words_until_ms, self._stable_until_ms))

    def feed(self, event: SpeechStarted | SpeechEnded | Hypothesis | Utterance) -> None:
        """Take in an edge or words of this side."""
        match event:
            case SpeechStarted():
                self._unheard.append((event.started_ms, None))
            case SpeechEnded():
                if self.speaking:
                    self._unheard.pop()
                self._unheard.append((event.started_ms, event.ended_ms))
            case Hypothesis():
                if event.stable:
                    self._stable_until_ms = max(self._stable_until_ms, event.stable_until_ms)
            case _:
                self._words_until_ms = max(self._words_until_ms, event.ended_ms)
        self._unheard = [
            (started_ms, ended_ms)
            for started_ms, ended_ms in self._unheard
            if ended_ms is None or ended_ms > self._words_until_ms + self._slack_ms
        ]
