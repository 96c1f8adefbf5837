"""A figure's course over a call of any length in a bounded number of points: values flow in, points flow out. Pure."""


class Curve:
    """Keeps at most `limit` points (media ms, value), further apart the longer the call."""

    def __init__(self, limit: int, every_ms: int = 1_000) -> None:
        self._limit = limit
        self._every_ms = every_ms
        self._points: list[tuple[int, int]] = []

    @property
    def points(self) -> tuple[tuple[int, int], ...]:
        """The course so far, oldest first."""
        return tuple(self._points)

    def add(self, at_ms: int, value: int) -> None:
        """Take the value that holds from `at_ms` on; of those too close together the latest is kept."""
        if len(self._points) > 1 and at_ms - self._points[-2][0] < self._every_ms:
            self._points[-1] = (at_ms, value)
            return
        self._points.append((at_ms, value))
        while len(self._points) > self._limit:
            self._every_ms *= 2
            kept = self._points[:1]
            for point in self._points[1:-1]:
                if point[0] - kept[-1][0] >= self._every_ms:
                    kept.append(point)
            self._points = [*kept, self._points[-1]]
