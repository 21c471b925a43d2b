import math
import os
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage

from app.export import FORMATS, MARGIN, ExportError, UnknownFormatError, export_image, export_picture, framed
from engine.trace import Trace
from tests.tapes import flags_trace, mlp_trace
from tests.traces import chain_trace, seed_trace
from ui.canvas.picture import Picture
from ui.canvas.shown_graph import View
from ui.theme import DARK, LIGHT

pytestmark = pytest.mark.usefixtures("qapp")
SVG = "{http://www.w3.org/2000/svg}"


def texts(path):
    return [element.text or "" for element in ET.parse(path).iter(f"{SVG}text")]


@pytest.mark.parametrize("form", FORMATS, ids=lambda f: f.suffix)
@pytest.mark.parametrize("make", [seed_trace, mlp_trace, flags_trace, lambda: chain_trace(40)])
def test_every_format_writes_every_graph(tmp_path, form, make):
    path = export_image(tmp_path / f"graph{form.suffix}", make())
    assert path.stat().st_size > 1000
    assert os.listdir(tmp_path) == [path.name]


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.0])
def test_a_png_shows_the_bounds_and_the_margin_at_its_scale(tmp_path, scale):
    trace = mlp_trace()
    picture = Picture.of_trace(trace)
    image = QImage(str(export_image(tmp_path / "g.png", trace, scale=scale)))
    assert image.width() == math.ceil((picture.bounds.width() + 2 * MARGIN) * scale)
    assert image.height() == math.ceil((picture.bounds.height() + 2 * MARGIN) * scale)


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
def test_a_png_is_not_blank_and_nothing_touches_its_rim(tmp_path, theme):
    image = QImage(str(export_image(tmp_path / "g.png", mlp_trace(), pass_id=0, position=9, theme=theme)))
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1)
    plain = QColor(theme.background).rgb()
    drawn = pixels != plain
    assert drawn.mean() > 0.05
    rim = int(MARGIN) - 1
    assert not drawn[:rim].any()
    assert not drawn[-rim:].any()
    assert not drawn[:, :rim].any()
    assert not drawn[:, -rim:].any()


def test_an_svg_is_valid_and_its_text_stays_text(tmp_path):
    path = export_image(tmp_path / "g.svg", seed_trace(), pass_id=0, position=3)
    found = texts(path)
    for text in ("x", "AddBackward0", "ready #1", "y * y · now", "done · 0.25", "(none yet)", "slot 0", "slot 1"):
        assert text in found
    assert found.count("2.25") == 2
    assert found.count("MulBackward0") == 2


def test_an_svg_view_box_is_the_scene_with_its_margin(tmp_path):
    trace = seed_trace()
    frame = framed(Picture.of_trace(trace))
    root = ET.parse(export_image(tmp_path / "g.svg", trace)).getroot()
    assert root.get("viewBox") == f"0 0 {math.ceil(frame.width())} {math.ceil(frame.height())}"


def test_an_svg_names_fonts_with_a_substitute(tmp_path):
    path = export_image(tmp_path / "g.svg", seed_trace())
    families = {e.get("font-family") for e in ET.parse(path).iter(f"{SVG}text")}
    assert all(re.search(", (sans-serif|monospace)$", family) for family in families)


def test_the_same_input_gives_the_same_bytes(tmp_path):
    for form in FORMATS:
        once = export_image(tmp_path / f"a{form.suffix}", mlp_trace(), pass_id=0, position=5).read_bytes()
        again = export_image(tmp_path / f"b{form.suffix}", mlp_trace(), pass_id=0, position=5).read_bytes()
        assert once == again


def test_every_position_gives_another_picture(tmp_path):
    trace = seed_trace()
    files = [export_image(tmp_path / f"{k}.svg", trace, pass_id=0, position=k).read_bytes() for k in range(6)]
    assert len(set(files)) == 6


def test_the_step_is_as_on_the_canvas_and_selection_and_pointer_leave_no_trace(tmp_path):
    trace = seed_trace()
    picture = Picture.of_trace(trace, pass_id=0, position=3, theme=LIGHT)
    picture.set_selection([5, 6])
    picture.hovered = 4
    shown = export_picture(tmp_path / "a.svg", picture).read_bytes()
    assert shown == export_image(tmp_path / "b.svg", trace, pass_id=0, position=3, theme=LIGHT).read_bytes()
    assert picture.selected.tolist() == [5, 6]


def test_a_file_may_have_another_theme_than_the_window(tmp_path):
    picture = Picture.of_trace(seed_trace(), theme=DARK)
    path = export_picture(tmp_path / "a.svg", picture, theme=LIGHT)
    assert LIGHT.background in path.read_text()
    assert DARK.background not in path.read_text()
    assert picture.theme is DARK


def test_views_are_exported_as_they_are_shown(tmp_path):
    found = texts(export_image(tmp_path / "g.svg", seed_trace(), view=View.FUNCTIONS))
    assert "MulBackward0" in found
    assert "y" not in found


@pytest.mark.parametrize("name", ["g.bmp", "g", "g.svgz", ".png"])
def test_an_unknown_suffix_lists_the_known_ones(tmp_path, name):
    with pytest.raises(UnknownFormatError, match=r"use \.png, \.svg"):
        export_image(tmp_path / name, seed_trace())
    assert os.listdir(tmp_path) == []


def test_suffixes_may_be_written_in_capitals(tmp_path):
    assert export_image(tmp_path / "G.PNG", seed_trace()).read_bytes()[:4] == b"\x89PNG"


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    with pytest.raises(ExportError, match="cannot be written"):
        export_image(tmp_path / "missing" / "g.svg", seed_trace())
    (tmp_path / "folder.svg").mkdir()
    with pytest.raises(ExportError, match="cannot be written"):
        export_image(tmp_path / "folder.svg", seed_trace())
    assert os.listdir(tmp_path) == ["folder.svg"]


def test_a_failed_export_keeps_the_old_file(tmp_path):
    path = tmp_path / "g.png"
    path.write_bytes(b"old")
    with pytest.raises(ExportError, match="too large"):
        export_image(path, chain_trace(500), scale=8)
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["g.png"]


def test_an_empty_graph_says_what_to_do(tmp_path):
    with pytest.raises(ExportError, match="run code"):
        export_image(tmp_path / "g.svg", Trace())


def test_a_pass_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(IndexError, match="no pass 7"):
        export_image(tmp_path / "g.svg", seed_trace(), pass_id=7)


def test_a_picture_can_be_written_from_another_thread_while_it_is_shown(tmp_path):
    from concurrent.futures import ThreadPoolExecutor

    picture = Picture.of_trace(mlp_trace(), pass_id=0, position=4, theme=LIGHT)
    here = export_picture(tmp_path / "here.svg", picture).read_bytes()
    with ThreadPoolExecutor(2) as pool:
        paths = list(pool.map(lambda k: export_picture(tmp_path / f"{k}.svg", picture), range(6)))
    assert all(path.read_bytes() == here for path in paths)
