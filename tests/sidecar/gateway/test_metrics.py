"""A gateway's figures under their stable names."""

from sidecar.gateway.metrics import Figures, GatewayMetrics


def test_what_is_there_is_shown_and_what_happened_is_counted() -> None:
    metrics = GatewayMetrics()
    metrics.look(Figures(connections=3, waiting=1, workstations=2, begun=5, refused=1, dropped=4))
    metrics.look(Figures(connections=2, waiting=0, workstations=2, begun=6, refused=1, dropped=9))
    shown = {
        name: metrics.registry.get_sample_value(f"sidecar_gateway_{name}")
        for name in (
            *("connections", "calls_waiting", "workstations"),
            *("calls_begun_total", "calls_refused_total", "pieces_dropped_total"),
        )
    }
    assert [*shown.values()] == [2, 0, 2, 6, 1, 9]
