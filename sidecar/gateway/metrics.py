"""What a gateway tells a monitoring system: its figures flow in, counts under stable names flow out.

Counts only, as those of the service: no ids, no names, nothing of a call. Served by `sidecar.monitor`.
"""

from typing import NamedTuple

from prometheus_client import CollectorRegistry, Counter, Gauge


class Figures(NamedTuple):
    """A gateway at one moment; `begun`, `refused` and `dropped` count from its start.

    `connections` of platforms are open, `waiting` calls have no workstation now, and `dropped` pieces of calls found no
    room and were made good as lost sound.
    """

    connections: int = 0
    waiting: int = 0
    workstations: int = 0
    begun: int = 0
    refused: int = 0
    dropped: int = 0


class GatewayMetrics:
    """The counts of one run of a gateway."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        make = self.registry
        self._connections = Gauge("sidecar_gateway_connections", "Platforms' open connections.", registry=make)
        self._waiting = Gauge("sidecar_gateway_calls_waiting", "Calls that wait for a workstation.", registry=make)
        self._workstations = Gauge("sidecar_gateway_workstations", "Workstations that are here.", registry=make)
        self._begun = Counter("sidecar_gateway_calls_begun", "Calls handed on or parked.", registry=make)
        self._refused = Counter("sidecar_gateway_calls_refused", "Connections ended for an error.", registry=make)
        self._dropped = Counter("sidecar_gateway_pieces_dropped", "Pieces that found no room.", registry=make)
        self._before = Figures()

    def look(self, now: Figures) -> None:
        """Take the figures of now."""
        self._connections.set(now.connections)
        self._waiting.set(now.waiting)
        self._workstations.set(now.workstations)
        self._begun.inc(now.begun - self._before.begun)
        self._refused.inc(now.refused - self._before.refused)
        self._dropped.inc(now.dropped - self._before.dropped)
        self._before = now
