"""Who speaks when: speech edges flow in, silence, talk-over, talk share and the floor come out, without any words.

An edge is announced a little after it happened, so whatever is decided at a deadline waits `edge_lag_ms` more and then
judges by where in the audio the edges stand.
"""

import msgspec

from nudges.signals import Replied, Signal, TalkedOver
from streams.events import (
    AudioLost,
    AudioPaused,
    AudioResumed,
    CallEnded,
    Channel,
    Event,
    Hold,
    Resumed,
    SpeechEnded,
    SpeechStarted,
)


class TimingSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What counts as what, in milliseconds.

    Speech of one side with gaps below `run_gap_ms` is one run; up to `backchannel_ms` of it is a back-channel. An
    interruption starts at least `into_ms` into the other's run and overlaps it by at least `overlap_ms`; from
    `long_overlap_ms` on it is long. A customer's first run of `issue_min_ms` is the issue statement, guarded for
    `issue_guard_ms`. A pause of `floor_gap_ms` gives the floor away. `edge_lag_ms`: how late an edge may be announced.
    """

    run_gap_ms: int
    backchannel_ms: int
    into_ms: int
    overlap_ms: int
    long_overlap_ms: int
    issue_min_ms: int
    issue_guard_ms: int
    floor_gap_ms: int
    edge_lag_ms: int


class Run:
    """One side's speech with short gaps merged; `spans` are its voiced stretches, the last one may be open."""

    def __init__(self, started_ms: int) -> None:
        self.spans: list[tuple[int, int | None]] = [(started_ms, None)]

    @property
    def started_ms(self) -> int:
        """When it began."""
        return self.spans[0][0]

    @property
    def ended_ms(self) -> int | None:
        """When it fell silent; None while speech goes on."""
        return self.spans[-1][1]

    def voiced_ms(self, since_ms: int, until_ms: int) -> int:
        """How much of the stretch from `since_ms` to `until_ms` it fills with speech."""
        return sum(
            max(0, min(until_ms if ended_ms is None else ended_ms, until_ms) - max(started_ms, since_ms))
            for started_ms, ended_ms in self.spans
        )

    def closed_ms(self, since_ms: int, until_ms: int) -> int:
        """The same, of its finished stretches alone."""
        return sum(
            max(0, min(ended_ms, until_ms) - max(started_ms, since_ms))
            for started_ms, ended_ms in self.spans
            if ended_ms is not None
        )

    def end_by(self, now_ms: int) -> int:
        """When it ended, or now while it goes on."""
        return now_ms if self.ended_ms is None else self.ended_ms


class _Contest:
    """An agent's run that began after the customer had begun one, judged once it is longer than a back-channel."""

    def __init__(self, run: Run, other: Run) -> None:
        self.run = run
        self.other = other
        self.told = False


class Timing:
    """The timing lane of one call; a call with one mixed channel has silence only."""

    def __init__(self, settings: TimingSettings) -> None:
        self._settings = settings
        self._runs: dict[Channel, list[Run]] = {"agent": [], "customer": [], "mixed": []}
        # Counted as it goes, so that the end of a long call is no long sum.
        self._spoken_ms: dict[Channel, int] = {"agent": 0, "customer": 0, "mixed": 0}
        self._quiet_since_ms: int | None = None
        self._suspended: list[str] = []
        self._contest: _Contest | None = None
        self._floor_since_ms: int | None = None
        self._issue_ms: int | None = None
        self._hold_since_ms: int | None = None
        self.hold_ended_ms: int | None = None
        self.paused_ms: int | None = None
        self.talk_overs: list[TalkedOver] = []
        self.silence_ms = 0
        self.longest_silence_ms = 0
        self.overlap_ms = 0
        self.hold_ms = 0

    # --- what rules ask -------------------------------------------------------------------------------------------

    def speaking(self, channel: Channel) -> bool:
        """Whether this side's speech is going on."""
        runs = self._runs[channel]
        return bool(runs) and runs[-1].ended_ms is None

    @property
    def anyone_speaking(self) -> bool:
        """Whether any side's speech is going on."""
        return any(self.speaking(channel) for channel in self._runs)

    @property
    def last_ended_ms(self) -> int:
        """When the last speech so far ended; 0 before any."""
        return max((run.ended_ms or 0 for runs in self._runs.values() for run in runs[-1:]), default=0)

    @property
    def silent_since_ms(self) -> int | None:
        """Since when nobody speaks; None while somebody does, before the first word, on hold and without audio."""
        return None if self._suspended else self._quiet_since_ms

    @property
    def on_hold(self) -> bool:
        """Whether the customer is on hold."""
        return self._hold_since_ms is not None

    @property
    def hold_since_ms(self) -> int | None:
        """Since when the customer is on hold; None while they are not."""
        return self._hold_since_ms

    def spoke_ms(self, channel: Channel, since_ms: int, now_ms: int) -> int:
        """How long this side has spoken since `since_ms`."""
        total_ms = 0
        for run in reversed(self._runs[channel]):
            if run.end_by(now_ms) <= since_ms:
                break
            total_ms += run.voiced_ms(since_ms, now_ms)
        return total_ms

    def spoken_ms(self, channel: Channel, now_ms: int) -> int:
        """How long this side has spoken in the whole call."""
        open_ms = max(0, now_ms - self._runs[channel][-1].spans[-1][0]) if self.speaking(channel) else 0
        return self._spoken_ms[channel] + open_ms

    def spoke_after(self, channel: Channel, since_ms: int) -> bool:
        """Whether any speech of this side reaches beyond `since_ms`."""
        runs = self._runs[channel]
        return bool(runs) and (runs[-1].ended_ms is None or runs[-1].ended_ms > since_ms)

    def floor_since_ms(self, now_ms: int) -> int | None:
        """Since when the agent has held the floor with nothing but back-channels from the customer; None if not."""
        if self._floor_since_ms is None or self._customer_took_floor(now_ms):
            return None
        run = self._runs["agent"][-1]
        if run.ended_ms is not None and now_ms - run.ended_ms > self._settings.floor_gap_ms:
            return None
        return self._floor_since_ms

    def listened_ms(self, before_ms: int) -> int:
        """How long the customer spoke before the agent's run around `before_ms`, with back-channels at most between."""
        since_ms = 0
        for run in reversed(self._runs["agent"]):
            ended_ms = run.ended_ms
            if ended_ms is not None and ended_ms <= before_ms and not self._is_backchannel(run):
                since_ms = ended_ms
                break
        return self.spoke_ms("customer", since_ms, before_ms)

    # --- the flow -------------------------------------------------------------------------------------------------

    def feed(self, event: Event) -> None:
        """Take in one event; what follows from it comes out of `advance`."""
        match event:
            case SpeechStarted():
                self._begin(event.channel, event.started_ms)
            case SpeechEnded():
                self._end(event.channel, event.started_ms, event.ended_ms)
            case AudioLost():
                # Somebody may have spoken in what was lost: silence counts anew from here.
                self._close_silence(event.at_ms - event.lost_ms)
                if self._quiet_since_ms is not None:
                    self._quiet_since_ms = event.at_ms
            case AudioPaused():
                self.paused_ms = event.at_ms
                self._suspend("pause", event.at_ms)
            case AudioResumed():
                self._resume("pause", event.at_ms)
            case Hold() if self._hold_since_ms is None:
                self._hold_since_ms = event.at_ms
                self._suspend("hold", event.at_ms)
            case Resumed() if self._hold_since_ms is not None:
                self.hold_ms += event.at_ms - self._hold_since_ms
                self._hold_since_ms, self.hold_ended_ms = None, event.at_ms
                self._resume("hold", event.at_ms)
            case CallEnded():
                self._close_silence(event.at_ms)
                if self._hold_since_ms is not None:
                    self.hold_ms += event.at_ms - self._hold_since_ms
            case _:
                pass

    def swap_sides(self) -> None:
        """What was taken for the agent's speech was the customer's, and the other way round."""
        runs = self._runs
        runs["agent"], runs["customer"] = runs["customer"], runs["agent"]
        spoken_ms = self._spoken_ms
        spoken_ms["agent"], spoken_ms["customer"] = spoken_ms["customer"], spoken_ms["agent"]
        self._contest = self._floor_since_ms = self._issue_ms = None
        self.talk_overs = []

    def wake_ms(self, now_ms: int) -> int | None:
        """When the running contest for the floor has to be judged next."""
        if self._contest is None or self._contest.run.ended_ms is not None:
            return None
        at_ms = self._judge_at_ms(self._contest)
        return at_ms if at_ms is not None and at_ms > now_ms else None

    def advance(self, now_ms: int) -> list[Signal]:
        """What has become true by now."""
        contest = self._contest
        if contest is None:
            return []
        settings = self._settings
        run, other = contest.run, contest.other
        lag_ms = settings.edge_lag_ms if run.ended_ms is None else 0
        if run.voiced_ms(0, now_ms - lag_ms) <= settings.backchannel_ms:
            return []
        overlap_ms = run.voiced_ms(other.started_ms, other.end_by(now_ms - lag_ms))
        interrupted = run.started_ms - other.started_ms >= settings.into_ms and overlap_ms >= settings.overlap_ms
        long = overlap_ms >= settings.long_overlap_ms
        if contest.told and not (interrupted and long):
            return []
        if contest.told or (interrupted and long) or not interrupted:
            self._contest = None
        contest.told = True
        if not interrupted:
            if self._is_backchannel(other) or other.started_ms > run.started_ms:
                return []
            return [Replied(run.started_ms, run.started_ms - other.end_by(now_ms))]
        issue_ms = self._issue_since_ms(now_ms)
        in_issue = issue_ms is not None and issue_ms <= run.started_ms <= issue_ms + settings.issue_guard_ms
        over = TalkedOver(run.started_ms, overlap_ms, long, in_issue)
        if self.talk_overs and self.talk_overs[-1].started_ms == run.started_ms:
            self.talk_overs.pop()
        self.talk_overs.append(over)
        return [over]

    def _judge_at_ms(self, contest: _Contest) -> int | None:
        run, settings = contest.run, self._settings
        voiced_before_ms = sum((ended_ms or 0) - started_ms for started_ms, ended_ms in run.spans[:-1])
        if not contest.told:
            return run.spans[-1][0] + settings.backchannel_ms + 1 - voiced_before_ms + settings.edge_lag_ms
        if contest.other.ended_ms is not None:
            return None
        overlap_before_ms = run.voiced_ms(contest.other.started_ms, run.spans[-1][0])
        return run.spans[-1][0] + settings.long_overlap_ms - overlap_before_ms + settings.edge_lag_ms

    def _begin(self, channel: Channel, started_ms: int) -> None:
        self._close_silence(started_ms)
        self._quiet_since_ms = None
        runs = self._runs[channel]
        last_ended_ms = runs[-1].ended_ms if runs else None
        if last_ended_ms is not None and started_ms - last_ended_ms < self._settings.run_gap_ms:
            runs[-1].spans.append((started_ms, None))
        else:
            runs.append(Run(started_ms))
            if channel == "agent" and self._runs["customer"]:
                self._contest = _Contest(runs[-1], self._runs["customer"][-1])
        if channel == "agent" and (
            self._floor_since_ms is None
            or (last_ended_ms is not None and started_ms - last_ended_ms > self._settings.floor_gap_ms)
        ):
            self._floor_since_ms = started_ms

    def _end(self, channel: Channel, started_ms: int, ended_ms: int) -> None:
        runs = self._runs[channel]
        if not runs or runs[-1].ended_ms is not None:
            return
        begun_ms = runs[-1].spans[-1][0]
        runs[-1].spans[-1] = (begun_ms, ended_ms)
        self._spoken_ms[channel] += max(0, ended_ms - begun_ms)
        if channel == "customer":
            self._issue_ms = self._issue_since_ms(ended_ms)
            if ended_ms - started_ms > self._settings.backchannel_ms:
                self._floor_since_ms = ended_ms if self.speaking("agent") else None
        # Each pair of overlapping stretches is counted once: when the later of the two ends.
        if channel != "mixed":
            other: Channel = "customer" if channel == "agent" else "agent"
            for run in reversed(self._runs[other]):
                if run.end_by(ended_ms) <= started_ms:
                    break
                self.overlap_ms += run.closed_ms(started_ms, ended_ms)
        if not self.anyone_speaking:
            self._quiet_since_ms = self.last_ended_ms

    def _is_backchannel(self, run: Run) -> bool:
        return run.closed_ms(0, run.end_by(0)) <= self._settings.backchannel_ms and run.ended_ms is not None

    def _issue_since_ms(self, now_ms: int) -> int | None:
        if self._issue_ms is not None or not self._runs["customer"]:
            return self._issue_ms
        run = self._runs["customer"][-1]
        return run.started_ms if run.voiced_ms(0, now_ms) >= self._settings.issue_min_ms else None

    def _customer_took_floor(self, now_ms: int) -> bool:
        if not self.speaking("customer"):
            return False
        return now_ms - (self._runs["customer"][-1].spans[-1][0]) > self._settings.backchannel_ms

    def _close_silence(self, until_ms: int) -> None:
        if self.silent_since_ms is not None:
            lasted_ms = max(0, until_ms - self.silent_since_ms)
            self.silence_ms += lasted_ms
            self.longest_silence_ms = max(self.longest_silence_ms, lasted_ms)

    def _suspend(self, why: str, at_ms: int) -> None:
        self._close_silence(at_ms)
        if why not in self._suspended:
            self._suspended.append(why)

    def _resume(self, why: str, at_ms: int) -> None:
        if why in self._suspended:
            self._suspended.remove(why)
        if self._quiet_since_ms is not None:
            self._quiet_since_ms = max(self._quiet_since_ms, at_ms)
