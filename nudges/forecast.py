"""Where the heat may be going: what is known of the call flows in, one word for the screens comes out.

A forecast colours and does nothing else: no rule sees it, so nothing is ever said because of what has not happened.
"""

import msgspec

from nudges.findings import ms
from nudges.situation import Situation
from streams.events import Forecast


class ForecastSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How far ahead is looked, and what counts.

    The heat is thought on as it went in the last `ahead_s`; an opening that waits for its answer adds `opening`
    points, each of the agent's `refusals` (cue families) in the last `refusal_s` adds `refusal`. At `rising` of these
    points or more it is rising, at `boiling` or more it is about to boil over; what was told is left `leave_below`
    points under where it began, so that no screen flickers.
    """

    ahead_s: float = 30.0
    opening: float = 8.0
    refusal: float = 6.0
    refusals: tuple[str, ...] = ()
    refusal_s: float = 60.0
    rising: float = 25.0
    boiling: float = 60.0
    leave_below: float = 5.0


def forecast(settings: ForecastSettings, seen: Situation, told: Forecast = "steady") -> Forecast:
    """What the heat is likely to be soon, if all goes on as it went; a heat of nothing is steady.

    `told` is what was said last.
    """
    now_ms = seen.now_ms
    value = seen.heat.value(now_ms)
    if not value:
        return "steady"
    refused = seen.conversation.heard(settings.refusals, now_ms - ms(settings.refusal_s))
    points = value + (value - seen.heat.value(max(0, now_ms - ms(settings.ahead_s))))
    points += settings.opening * (seen.ledger.waiting is not None) + settings.refusal * len(refused)
    if points >= settings.boiling - settings.leave_below * (told == "boiling"):
        return "boiling"
    return "rising" if points >= settings.rising - settings.leave_below * (told != "steady") else "steady"
