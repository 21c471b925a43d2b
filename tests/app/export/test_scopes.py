"""Parts of a graph: the view, the selection, a group, by hand and by name."""

from dataclasses import replace

import pytest

from app.export import ExportRequest, Scope, UnfitRequestError, export
from app.export.drawings import MARGIN, area_of
from app.export.scopes import found_group, found_nodes
from app.export.sheet import Sheet
from tests.app.export.reading import pixels, svg_texts
from tests.tapes import mlp_trace
from tests.traces import seed_trace
from ui.canvas.picture.picture import Picture
from ui.grouping.gather import gather
from ui.shown_state import Grouping, ShownState
from ui.snapshot import Snapshot
from ui.stepping import PassSteps

pytestmark = pytest.mark.usefixtures("qapp")


def test_a_view_shows_what_is_in_it_and_cuts_no_box(tmp_path):
    drawing = Picture.of_trace(seed_trace()).drawing
    left, top, right, bottom = drawing.rects[6].tolist()
    middle = ((left + right) / 2, (top + bottom) / 2)
    area = (middle[0] - 5, middle[1] - 5, middle[0] + 5, middle[1] + 5)
    asked = ExportRequest(seed_trace(), 0, 3, scope=Scope.VIEW, area=area, drawing=drawing, scale=1.0)
    found = area_of(asked, drawing)
    assert found[0] <= left - MARGIN
    assert found[3] >= bottom + MARGIN
    (path,) = export(tmp_path / "g.svg", asked)
    assert "y * y · now" in svg_texts(path)
    assert "out" not in svg_texts(path)
    height, width, _ = pixels(export(tmp_path / "g.png", asked)[0]).shape
    assert (width, height) == Sheet(asked).size


def test_a_view_of_everything_is_no_larger_than_the_whole():
    drawing = Picture.of_trace(seed_trace()).drawing
    whole = ExportRequest(seed_trace(), drawing=drawing)
    view = replace(whole, scope=Scope.VIEW, area=(-1e6, -1e6, 1e6, 1e6))
    assert area_of(view, drawing) == area_of(whole, drawing)


def test_a_view_of_nothing_says_so(tmp_path):
    asked = ExportRequest(seed_trace(), scope=Scope.VIEW, area=(9e5, 9e5, 9.1e5, 9.1e5))
    with pytest.raises(UnfitRequestError, match="Move the view"):
        export(tmp_path / "g.svg", asked)


def test_the_title_of_a_view_stands_clear_of_its_edges(tmp_path):
    drawing = Picture.of_trace(seed_trace()).drawing
    left, top, right, bottom = drawing.rects[6].tolist()
    asked = ExportRequest(
        seed_trace(), 0, 3, scope=Scope.VIEW, area=(left, top, right, bottom), drawing=drawing, title="Cut", scale=1.0
    )
    image = pixels(export(tmp_path / "g.png", asked)[0])
    plain = image[0, 0]
    assert (image[48:52] == plain).all()  # between the title and the drawing


def test_a_selection_is_laid_out_alone(tmp_path):
    asked = ExportRequest(seed_trace(), 0, 3, scope=Scope.SELECTION, nodes=frozenset({5, 6, 7}))
    sheet = Sheet(asked)
    assert len(sheet.picture.drawing.rects) == 3
    assert "y * y · now" in svg_texts(export(tmp_path / "g.svg", asked)[0])
    with pytest.raises(UnfitRequestError, match="Nothing is selected"):
        export(tmp_path / "g.svg", replace(asked, nodes=frozenset()))


def test_a_group_is_laid_out_alone_and_open():
    trace = mlp_trace()
    for grouping in Grouping:
        groups = gather(Snapshot.of(trace), grouping)
        if not len(groups):
            continue
        key = groups.keys[0]
        shown = ShownState(grouping, collapsed=frozenset({key}))
        sheet = Sheet(ExportRequest(trace, scope=Scope.GROUP, group=key, shown=shown))
        assert len(sheet.picture.drawing.rects) == int(groups.inside(0).sum())


def test_nodes_are_found_as_in_the_search_bar():
    trace = seed_trace()
    assert found_nodes(trace, None, "op:mul") == {6, 9}
    assert found_nodes(trace, PassSteps(trace, 0), '"x"') == {0}
    with pytest.raises(UnfitRequestError, match="finds nothing"):
        found_nodes(trace, None, "op:conv")
    with pytest.raises(UnfitRequestError, match="is:"):
        found_nodes(trace, None, "is:nonsense")


def test_a_group_that_is_not_there_lists_those_that_are():
    grouping, key = found_group(seed_trace(), "cell 1")
    assert (grouping, key) == (Grouping.BY_CELL, "cell:0")
    with pytest.raises(UnfitRequestError, match="There are: cell 1"):
        found_group(seed_trace(), "encoder")
