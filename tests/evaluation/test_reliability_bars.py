"""A bar for every bin with predictions, as high as they are right."""

from __future__ import annotations

import numpy as np

from hanrock_sk.evaluation import reliability
from hanrock_sk.evaluation.reliability_bars import draw_reliability

TRUE = ["a", "b", "b", "a", None]
P = np.array([[0.92, 0.08], [0.92, 0.08], [0.35, 0.65], [0.7, 0.3], [0.5, 0.5]])


def test_bars_and_lines():
    from matplotlib import pyplot

    figure, ax = pyplot.subplots()
    found = reliability(TRUE, P)
    told = found.edges, found.confidence, found.accuracy, found.count
    assert draw_reliability(*told, ax=ax) is ax
    there = found.count > 0
    bars = {round(bar.get_x(), 6): bar.get_height() for bar in ax.patches}
    expected = zip(found.edges[:-1][there], found.accuracy[there], strict=True)
    assert bars == {round(edge, 6): height for edge, height in expected}
    [lines] = [each for each in ax.collections if len(each.get_segments())]
    ends = sorted(segment[1].tolist() for segment in lines.get_segments())
    np.testing.assert_allclose(ends, [[c, c] for c in sorted(found.confidence[there])])
    assert ax.get_title() == ""
    pyplot.close(figure)
