"""Logs of the service and its commands: to stderr, one line each, never with what was said in a call.

Whoever has something to report takes a logger from here; the deciding code never logs. A person's terminal gets
readable lines, anything else gets JSON.
"""

import logging
import sys
from typing import TextIO

import structlog
from structlog.typing import EventDict, FilteringBoundLogger, WrappedLogger

SPOKEN_KEYS = frozenset({"text", "words", "quote", "say", "stable", "tail", "evidence", "title", "transcript", "token"})
"""Fields that may hold a caller's words or a secret; their values never reach a log."""


def configure(verbose: int = 0, stream: TextIO | None = None) -> None:
    """Set up logging for this process: warnings, with `verbose` 1 also information, with 2 everything."""
    level = {0: logging.WARNING, 1: logging.INFO}.get(verbose, logging.DEBUG)
    # What a stranger's handshake lacked is the library's to say only to whoever looks for it.
    logging.getLogger("websockets").setLevel(logging.DEBUG if verbose > 1 else logging.CRITICAL)
    readable = (stream or sys.stderr).isatty()
    renderer = structlog.dev.ConsoleRenderer(colors=readable) if readable else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            hide_spoken,
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        # Asked for anew each time: stderr goes to a file while a panel owns the terminal.
        logger_factory=lambda *_: structlog.PrintLogger(stream or sys.stderr),
        cache_logger_on_first_use=False,
    )


def get(part: str) -> FilteringBoundLogger:
    """The logger of one part of the service; before `configure` it gives warnings."""
    if not structlog.is_configured():
        configure()
    logger: FilteringBoundLogger = structlog.get_logger(part=part)
    return logger


def hide_spoken(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """A structlog processor that blanks every field in which words of a call could stand."""
    for key in SPOKEN_KEYS & event.keys():
        event[key] = "***"
    return event
