"""A report as lines that a person reads."""

from collections.abc import Iterator

from sidecar.bench.figures import Overload, Report, SplitSpread, Stock
from sidecar.bench.spread import Spread


def lines(report: Report) -> Iterator[str]:
    """The report, most important first; the first line says what is real about it."""
    machine = report.machine
    yield report.about
    yield (
        f"{report.model}, profile {report.profile}, {report.minutes:g} min of both sides, {machine.cores_used} of "
        f"{machine.cores} cores ({machine.cpu}), background load {report.background_load} %"
    )
    if machine.busy_elsewhere is not None:
        yield f"other programs used {machine.busy_elsewhere:.0%} of the machine meanwhile"
    yield ""
    yield f"{'ms after the true end':<36}{'p50':>8}{'p95':>8}{'p99':>8}{'count':>8}"
    yield from _split("word first shown", "waiting for more sound", report.word_shown_ms)
    yield from _split("word committed", "waiting for a second pass", report.word_committed_ms)
    yield from _split("final after speech", "waiting for the pause", report.final_after_speech_ms)
    yield _row("last word of a turn final", report.turn_final_ms)
    yield ""
    yield from _facts(report)
    if report.overload is not None:
        yield from _overload(report.overload)
    if report.stock is not None:
        yield from _stock(report, report.stock)


def _split(name: str, waits: str, late: SplitSpread) -> Iterator[str]:
    yield _row(name, late)
    yield _row(f"  of it {waits}", late.wait)
    yield _row("  of it in the queue", late.queue)
    yield _row("  of it computing", late.compute)


def _facts(report: Report) -> Iterator[str]:
    yield _fact("CPU s per s of the conversation", f"{report.cpu_s_per_audio_s:.3f}", "both sides together")
    yield _fact("listening alone", f"{report.ingest_core_share:.2%}", "of a core, both sides")
    yield _fact("memory", f"{report.rss_mb:.0f} MB", "the most at any time")
    holds = report.loop_hold_ms
    yield _fact("event loop held", f"{holds.most:.1f} ms", f"at most; p99 {holds.p99:.1f} ms")
    yield _fact("  of it its own work", f"{holds.work_most:.1f} ms", f"at most; p99 {holds.work_p99:.1f} ms")
    yield _fact("shown words later changed", f"{report.unstable_word_ratio:.1%}", _committed(report))
    yield _fact("finals lost", str(report.finals_lost), f"of {report.finals}")
    yield _fact("words in no final", str(report.words_lost), f"of {report.words_said}")
    yield _fact("words invented", f"{report.words_invented_per_silent_minute:g}", "per silent minute of a side")
    yield _fact("partials skipped", str(report.partials_skipped), f"{report.partials} decoded")
    yield _fact("most degraded", str(report.most_degraded), "0 not at all, 4 finals only")
    if report.frames_sent_late:
        yield _fact("frames sent late", str(report.frames_sent_late), "by more than 20 ms: the machine was busy")
    if report.drift is not None:
        drift = report.drift
        yield _fact(
            "each hour brings",
            f"{drift.rss_mb_per_hour:+.1f} MB",
            f"{drift.final_ms_per_hour:+.0f} ms of final latency, {drift.cpu_per_hour:+.3f} CPU s per s",
        )


def _overload(overload: Overload) -> Iterator[str]:
    yield ""
    much = f"{overload.asked:g} times what the machine can do"
    yield f"overload: {overload.calls} calls at once for {overload.spell_s:.0f} s, {much}"
    yield _row("final after speech, in the spell", overload.final_after_speech_ms)
    yield _fact("finals lost", str(overload.finals_lost), f"of {overload.finals}")
    yield _fact("most degraded", str(overload.most_degraded), "0 not at all, 4 finals only")
    yield _fact("back to normal after", f"{overload.recovery_s:.1f} s", "")


def _stock(report: Report, stock: Stock) -> Iterator[str]:
    yield ""
    yield f"the usual way: {stock.about}"
    yield _row("word first shown", stock.word_shown_ms)
    yield _row("word committed", stock.word_committed_ms)
    yield _row("last word of a turn final", stock.turn_final_ms)
    yield _fact("CPU s per s of the conversation", f"{stock.cpu_s_per_audio_s:.3f}", f"{stock.passes} passes")
    yield _fact("listening alone", f"{report.ingest_core_share:.2%}", "of a core, both sides")
    yield _fact("memory", f"{stock.rss_mb:.0f} MB", "with ours still loaded")
    ratio = report.stock_over_ours
    if ratio is not None:
        yield (
            f"usual over ours: CPU {ratio.cpu:g} x, turn final {ratio.turn_final_p50:g} x "
            f"(p95 {ratio.turn_final_p95:g} x), word committed {ratio.word_committed_p50:g} x, "
            f"word shown {ratio.word_shown_p50:g} x"
        )


def _row(name: str, values: Spread) -> str:
    return f"{name:<36}{values.p50:>8.0f}{values.p95:>8.0f}{values.p99:>8.0f}{values.count:>8}"


def _fact(name: str, value: str, remark: str) -> str:
    return f"{name:<36}{value:>8}  {remark}".rstrip()


def _committed(report: Report) -> str:
    return "committed ones: none" if not report.committed_changed else f"committed ones: {report.committed_changed}"
