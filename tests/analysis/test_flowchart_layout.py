"""The geometry of a drawing: nothing on top of anything, everything joined, loops round, and always the same."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.flowchart.drawing import FIGURE, NAME, drawing
from analysis.flowchart.graph import chart
from analysis.flowchart.layers import Line, Size
from analysis.flowchart.layout import Layout, Rect, arrange
from analysis.flowchart.order import crossings
from analysis.flowchart.place import nearest
from analysis.flowchart.ranks import backward, ranked
from analysis.flowchart.text import width, wrapped
from analysis.wording import Speech
from tests.analysis.flowcharts import SHOP, frames

BOX, LABEL = Size(120, 50), Size(48, 18)


def ends(arrow: tuple[int, int, int]) -> tuple[int, int]:
    return arrow[:2]


graphs = st.integers(1, 12).flatmap(
    lambda count: st.tuples(
        st.just(count),
        st.lists(
            st.tuples(st.integers(0, count - 1), st.integers(0, count - 1), st.integers(1, 99)),
            max_size=40,
            unique_by=ends,
        ),
    )
)


def laid_out(count: int, arrows: list[tuple[int, int, int]]) -> Layout:
    boxes = [Size(60 + 37 * (number % 4), 40 + 16 * (number % 3)) for number in range(count)]
    return arrange(boxes, [Line(source, target, weight, LABEL) for source, target, weight in arrows])


def overlap(one: Rect, other: Rect) -> bool:
    return (
        one.x < other.x + other.width - 0.01
        and other.x < one.x + one.width - 0.01
        and one.y < other.y + other.height - 0.01
        and other.y < one.y + one.height - 0.01
    )


def on_border(point: tuple[float, float], box: Rect) -> bool:
    x, y = point
    beside = min(abs(x - box.x), abs(x - box.x - box.width)) < 0.01 and box.y <= y <= box.y + box.height
    above = min(abs(y - box.y), abs(y - box.y - box.height)) < 0.01 and box.x <= x <= box.x + box.width
    return beside or above


@given(graphs)
@settings(max_examples=60, deadline=None)
def test_nothing_overlaps_and_everything_is_joined(graph: tuple[int, list[tuple[int, int, int]]]) -> None:
    count, arrows = graph
    found = laid_out(count, arrows)
    solid = [*found.boxes, *(route.label for route in found.routes)]
    assert not [pair for pair in itertools.combinations(solid, 2) if overlap(*pair)]
    for (source, target, _), route in zip(arrows, found.routes, strict=True):
        assert on_border(route.points[0], found.boxes[source])
        assert on_border(route.points[-1], found.boxes[target])
    for rect in solid:
        assert 0 <= rect.x <= rect.x + rect.width <= found.width
        assert 0 <= rect.y <= rect.y + rect.height <= found.height


@given(graphs)
@settings(max_examples=40, deadline=None)
def test_no_arrow_runs_through_a_box(graph: tuple[int, list[tuple[int, int, int]]]) -> None:
    """Curves are in the gaps between rows, so only the straight pieces between rows' edges could meet a box."""
    count, arrows = graph
    found = laid_out(count, arrows)
    for route in found.routes:
        for (x0, y0), (x1, y1) in itertools.pairwise(route.points):
            piece = Rect(min(x0, x1), min(y0, y1), abs(x1 - x0), abs(y1 - y0))
            thin = Rect(piece.x - 0.5, piece.y, 1, piece.height)
            assert abs(x1 - x0) > 0.05 or not any(overlap(thin, box) for box in found.boxes)


def test_a_tree_is_drawn_without_a_crossing() -> None:
    arrows = [Line(parent, 2 * parent + child, 1 + parent, LABEL) for parent in range(7) for child in (1, 2)]
    scrambled = [arrows[number] for number in (5, 13, 0, 8, 3, 11, 6, 1, 9, 4, 12, 2, 10, 7)]
    assert arrange([BOX] * 15, scrambled).crossings == 0


def test_a_crossing_is_counted() -> None:
    below = [[3], [2], [], []]
    assert crossings([[0, 1], [2, 3]], below, [0, 1, 0, 1]) == 1
    assert crossings([[0, 1], [3, 2]], below, [0, 1, 1, 0]) == 0


def test_the_same_chart_is_drawn_the_same() -> None:
    steps, edges = frames(SHOP)
    once = drawing(chart(steps, edges), Speech())
    again = drawing(chart(steps.reverse(), edges.reverse()), Speech())
    assert once == again


def test_the_usual_way_leads_down_and_the_way_back_is_a_loop_at_the_side() -> None:
    """Queue, Working, Resolved by 90 tickets, and 30 times from Working back to Queue."""
    found = arrange([BOX] * 3, [Line(0, 1, 90, LABEL), Line(1, 2, 90, LABEL), Line(1, 0, 30, LABEL)])
    assert [route.kind for route in found.routes] == ["forward", "forward", "back"]
    assert found.boxes[0].y < found.boxes[1].y < found.boxes[2].y
    assert len({box.x for box in found.boxes}) == 1
    start, end = found.routes[2].points[0], found.routes[2].points[-1]
    assert start[0] == end[0] == found.boxes[0].x + BOX.width
    assert start[1] > end[1]


def test_a_self_loop_has_its_label_beside_it() -> None:
    found = arrange([BOX, BOX], [Line(0, 1, 1, LABEL), Line(0, 0, 1, LABEL)])
    assert found.routes[1].kind == "self"
    assert found.routes[1].label.x >= found.boxes[0].x + BOX.width


def test_the_heaviest_way_from_the_start_decides_what_goes_back() -> None:
    """The loop C -> A (60) is heavier than A -> B1 and A -> B2 (50 each), yet A is where tickets come in."""
    pairs = [(0, 1), (1, 2), (1, 3), (2, 4), (3, 4), (4, 1)]
    assert backward(5, pairs, [40, 50, 50, 50, 50, 60], 0) == {5}


def test_rows_follow_the_longest_way() -> None:
    assert ranked(4, [(0, 1), (1, 2), (0, 2), (2, 3)], [1, 1, 1, 1], 3) == [0, 1, 2, 3]


def test_places_are_as_near_as_gaps_allow() -> None:
    assert nearest([[(0.0, 1.0)], [(5.0, 1.0)]], [3.0]) == [0.0, 5.0]
    assert nearest([[(0.0, 3.0)], [(1.0, 1.0)]], [4.0]) == [0.0, 4.0]


@given(st.text(max_size=90))
def test_wrapped_lines_fit_and_leave_nothing_out(text: str) -> None:
    lines = wrapped(text, NAME, 170, bold=True)
    assert all(width(line, NAME, bold=True) <= 170 for line in lines)
    assert "".join(lines).replace(" ", "").replace("\ufffd", "") == "".join(
        sign for sign in "".join(text.split()) if f"{sign}" in "".join(lines)
    ).replace("\ufffd", "")


def test_every_caption_fits_its_box() -> None:
    long = "A step whose name goes on " * 3
    drawn = drawing(chart(*frames([["Queue", long, "Supercalifragilisticexpialidocious" * 2]])), Speech())
    for caption, box in zip(drawn.captions, drawn.layout.boxes, strict=True):
        assert all(width(line, NAME, bold=True) < box.width for line in caption.name)
        assert all(width(line, FIGURE) < box.width for line in caption.figure)
        assert box.height > 16 * caption.rows
    assert " ".join(drawn.captions[2].name + drawn.captions[1].name).count("goes on") == 3
