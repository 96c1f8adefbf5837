from xml.dom import minidom

import pytest

from sidecar.bench.plot import Panel, svg


def elements(picture, name):
    return minidom.parseString(picture).getElementsByTagName(name)


def test_every_curve_rises_from_left_to_right_within_the_picture():
    picture = svg("a < b", "s & t", [Panel("words", {"ours": [300, 100, 200], "theirs": [3000.0] * 500})])
    curves = elements(picture, "polyline")
    assert len(curves) == 2
    for curve in curves:
        points = [tuple(map(float, point.split(","))) for point in curve.getAttribute("points").split()]
        assert points == sorted(points, key=lambda point: (point[0], -point[1]))
        assert all(60 <= x <= 740 for x, _ in points)
    assert "ours: half within 0.20 s, 95 % within 0.30 s" in picture
    assert "a &lt; b" in picture


@pytest.mark.parametrize("values", [[], [0.0], [-5.0, 0.2]])
def test_few_or_strange_values_still_draw(values):
    assert elements(svg("t", "s", [Panel("p", {"ours": values})]), "line").length == 5


def test_curves_of_many_values_are_thinned():
    (curve,) = elements(svg("t", "s", [Panel("p", {"ours": list(range(10_000))})]), "polyline")
    assert len(curve.getAttribute("points").split()) <= 201
