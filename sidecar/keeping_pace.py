"""Which speech model keeps up on this machine, measured now: the models at hand flow in, findings flow out.

The same as `asr.model = "auto"` does at first start; nothing is kept here.
"""

from collections.abc import Callable, Iterator

from sidecar import models, pick
from sidecar.config_sections import AsrConfig
from sidecar.doctor import Finding
from sidecar.places import Places
from streams.keeping_up import Speed, largest, too_slow

_ABOUT = "speed"


def findings(
    asr: AsrConfig, places: Places, say: Callable[[str], None], measure: pick.Measure | None = None
) -> Iterator[Finding]:
    """Measure every candidate at hand with both sides talking, a few seconds each; `say` is told before that.

    `measure` stands in for `sidecar.recogniser.measure`.
    """
    if asr.engine == "reference":
        return
    names = pick.candidates(asr.language)
    here, broken = pick.at_hand(asr, places.models_dir)
    if not here and not broken:
        advice = f"`sidecar models pull {names[1]}` brings one, {models.OFFERS[names[1]].megabytes} MB"
        yield Finding(_ABOUT, "warning", f"nothing to measure: none of {', '.join(names)} is here", advice)
        return
    speeds: dict[str, Speed] = {}
    if here:
        say(f"measuring {', '.join(here)} with both sides talking, a few seconds each")
        for name, speed in pick.measured(asr, here, broken, measure):
            speeds[name] = speed
            yield Finding(_ABOUT, "ok", pick.verdict(name, speed, asr.workers))
    for name, reason in broken.items():
        yield Finding(_ABOUT, "problem", f"{name}: {reason}", "delete it; `sidecar models pull` brings it anew")
    if not speeds:
        return
    skipped = [name for name in here if name not in speeds and name not in broken]
    if skipped:
        yield Finding(_ABOUT, "ok", f"{', '.join(skipped)}: not measured, being larger than one that is too slow")
    yield _choice(asr, places, largest(speeds, asr.workers), speeds)


def _choice(asr: AsrConfig, places: Places, chosen: str, speeds: dict[str, Speed]) -> Finding:
    """What `auto` would take, why, and whether the settings say something else."""
    if reason := too_slow(speeds[chosen], asr.workers):
        text = f"no model at hand keeps up; auto takes the cheapest, {chosen}: {reason}"
        return Finding(_ABOUT, "warning", text, "close other programs, or set asr.profile to fast")
    why = "the largest at hand that keeps up" if len(speeds) > 1 else "the only one at hand, and it keeps up"
    text = f"auto takes {chosen}: {why} with {asr.workers} workers and profile {asr.profile}"
    if asr.model == pick.AUTO:
        before = pick.kept(asr, places.models_dir, pick.at_hand(asr, places.models_dir)[0])
        if before and (held := largest(before, asr.workers)) != chosen:
            advice = f"delete {places.models_dir / pick.MEASUREMENTS} to have it measured anew at the next start"
            return Finding(_ABOUT, "warning", f"{text}; at first start it was {held}, which is kept", advice)
    elif asr.model in speeds and too_slow(speeds[asr.model], asr.workers):
        return Finding(_ABOUT, "warning", f"{text}; asr.model is {asr.model}", f"set asr.model to {chosen}, or to auto")
    return Finding(_ABOUT, "ok", text)
