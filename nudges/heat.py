"""How close the call is to boiling over: the customer's cues and scores flow in, a value from 0 to 100 comes out.

The value decays on the media clock by a closed form, so the moment at which it crosses any line is exact and does not
depend on who asks when.
"""

import math
from itertools import takewhile

import msgspec

from nudges.signals import Hit, TurnTense
from streams.events import Band, Cause, Quote

BANDS: tuple[Band, ...] = ("calm", "watch", "warm", "hot", "critical")


class HeatSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How heat rises and falls.

    `bands` are the entries of watch, warm, hot and critical; a band is left `leave_below` points under its entry;
    `scores` are (at most this sentiment, points), `tension` (at least this probability of a tense turn, points); in a
    turn less tense than `doubt_below` cues weigh only `doubt_share`, and in one as tense as `unthankful_from` thanks
    amid other cues cool nothing; a change by `step` is worth telling; a cause is named until it has decayed below
    `cause_floor` points, `causes` at most.
    """

    half_life_s: float
    bands: tuple[float, float, float, float]
    leave_below: float
    scores: tuple[tuple[float, float], ...]
    tension: tuple[tuple[float, float], ...] = ()
    doubt_below: float = 0.0
    doubt_share: float = 1.0
    unthankful_from: float = 1.0
    step: float
    causes: int
    cause_floor: float


class HeatGauge:
    """The heat of one call."""

    def __init__(self, settings: HeatSettings) -> None:
        self._settings = settings
        self._half_life_ms = settings.half_life_s * 1000
        self._steps: list[tuple[int, float]] = [(0, 0.0)]
        self.highest = self._steps[0]
        """When the call was hottest, and how hot (the first such moment)."""
        self._causes: list[Cause] = []
        self._told = 0.0
        self._band = 0
        self._turn = -1
        self._counted: dict[str, float] = {}
        self._run = -1
        self._of_run = 0.0
        self.tone: TurnTense | None = None
        """How tense the customer's turn looked when it was heard last; None where nothing was learned."""

    def value(self, at_ms: int) -> float:
        """The value at `at_ms`, now or earlier."""
        since_ms, value = next(step for step in reversed(self._steps) if step[0] <= at_ms or step is self._steps[0])
        return value * self._left(at_ms - since_ms)

    def peak(self, since_ms: int, now_ms: int) -> float:
        """The highest value from `since_ms` until now."""
        steps = takewhile(lambda step: step[0] > since_ms, reversed(self._steps))
        later = [value for at_ms, value in steps if at_ms <= now_ms]
        return max([self.value(since_ms), *later])

    def above_since(self, at: float, now_ms: int) -> int | None:
        """Since when it has been at `at` or above without a break; None when it is below now."""
        if self.value(now_ms) < at:
            return None
        since_ms, until_ms = now_ms, now_ms
        for step_ms, value in reversed(self._steps):
            # Between two steps it only falls, so the lowest value of a stretch stands at its end.
            if value < at or value * self._left(until_ms - step_ms) < at:
                break
            since_ms = until_ms = step_ms
        return since_ms

    @property
    def band(self) -> Band:
        """The band told last."""
        return BANDS[self._band]

    def falls_to_ms(self, target: float, now_ms: int) -> int | None:
        """When it will have decayed to `target` if nothing raises it; None when it is there already or never will."""
        value = self.value(now_ms)
        if target <= 0 or value <= target:
            return None
        return now_ms + max(1, math.ceil(self._half_life_ms * math.log2(value / target)))

    def wake_ms(self, now_ms: int) -> int | None:
        """When decay next has to be told: a band left, or a step down."""
        return self.falls_to_ms(self._tell_at(), now_ms)

    def due(self, now_ms: int) -> bool:
        """Whether decay has to be told now."""
        # Rounded, so that the moment computed for a crossing is one at which it has happened.
        return 0 < round(self._tell_at(), 6) >= round(self.value(now_ms), 6)

    def hear(
        self,
        hits: tuple[Hit, ...],
        weights: tuple[float, ...],
        *,
        score: float | None,
        turn: int,
        now_ms: int,
        tone: TurnTense | None = None,
    ) -> float:
        """Add what new words of the customer weigh, each family once a turn; answers the change in points."""
        if turn != self._turn:
            self._turn, self._counted = turn, {}
        if tone is not None and tone.run != self._run:
            self._run, self._of_run = tone.run, 0.0
        added = 0.0
        self.tone = tone
        doubted = tone is not None and tone.tension < self._settings.doubt_below
        # "Thanks for your efforts" ends many a bitter turn; thanks by themselves are meant.
        bitter = tone is not None and tone.tension >= self._settings.unthankful_from and max(weights, default=0.0) > 0
        for hit, points in zip(hits, weights, strict=True):
            weight = points * self._settings.doubt_share if doubted and points > 0 else points
            if bitter and points < 0:
                continue
            if weight and hit.cue not in self._counted:
                self._counted[hit.cue] = weight
                added += weight
                self._of_run += max(0.0, weight)
                self._causes.append(Cause(hit.cue.removeprefix("C."), weight, hit.quote, hit.said_ms))
        added += self._score_points(score)
        added += self._tone_points(tone, now_ms)
        if not added:
            return 0.0
        before = self.value(now_ms)
        after = min(100.0, max(0.0, before + added))
        self._steps.append((now_ms, after))
        self.highest = max(self.highest, self._steps[-1], key=lambda step: step[1])
        return after - before

    def causes(self, now_ms: int) -> tuple[Cause, ...]:
        """What raised it and still weighs, heaviest first."""
        lasting = [
            (left, cause)
            for cause in self._causes
            if (left := cause.weight * self._left(now_ms - cause.said_ms)) >= self._settings.cause_floor
        ]
        self._causes = [cause for _, cause in lasting]
        lasting.sort(key=lambda weighed: (-weighed[0], -weighed[1].said_ms))
        return tuple(cause for _, cause in lasting[: self._settings.causes])

    def tell(self, now_ms: int) -> tuple[float, Band]:
        """The value and band to tell now; remembers that they were told."""
        value = self.value(now_ms)
        self._band = self._band_of(value)
        self._told = value
        return round(value, 1), self.band

    def _tell_at(self) -> float:
        leave = self._settings.bands[self._band - 1] - self._settings.leave_below if self._band else 0.0
        return max(leave, self._told - self._settings.step)

    def _band_of(self, value: float) -> int:
        entered = sum(value >= entry for entry in self._settings.bands)
        band = max(entered, self._band)
        while band > entered and round(value, 6) <= self._settings.bands[band - 1] - self._settings.leave_below:
            band -= 1
        return band

    def _score_points(self, score: float | None) -> float:
        if score is None:
            return 0.0
        points = max((points for at_most, points in self._settings.scores if score <= at_most), default=0.0)
        more = max(0.0, points - self._counted.get("score", 0.0))
        self._counted["score"] = self._counted.get("score", 0.0) + more
        self._of_run += more
        return more

    def _tone_points(self, tone: TurnTense | None, now_ms: int) -> float:
        """What the tone of the whole turn adds to what its words have raised already."""
        if tone is None:
            return 0.0
        points = max((points for least, points in self._settings.tension if tone.tension >= least), default=0.0)
        more = max(0.0, points - self._of_run)
        if more:
            first = tone.because[0] if tone.because else Quote("", now_ms)
            self._of_run += more
            self._causes.append(Cause("tone", more, first.quote, first.said_ms))
        return more

    def _left(self, elapsed_ms: int) -> float:
        return float(2.0 ** (-max(0, elapsed_ms) / self._half_life_ms))
