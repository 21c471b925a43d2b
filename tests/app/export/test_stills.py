"""PNG, SVG and PDF, re-read by programs that know nothing of this one, and compared with the graph and each other."""

import math
import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from app.export import ExportError, ExportRequest, Page, export
from app.export.drawings import MARGIN
from app.export.pdf import pdf_bytes
from app.export.png_stream import combined
from app.export.raster import BAND, LONGEST, painted
from app.export.sheet import Sheet
from app.version import __version__
from engine.trace import Status
from tests.app.export.reading import SVG, by_chromium, by_rsvg, difference, pixels, run, svg_texts
from tests.tapes import mlp_trace
from tests.traces import TraceBuilder, chain_trace, linear_trace, seed_trace
from ui.canvas.picture.picture import Picture
from ui.stepping import Place
from ui.theme import DARK, LIGHT, rgb

pytestmark = pytest.mark.usefixtures("qapp")
THEMES = pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])


def request(**more):
    return ExportRequest(seed_trace(), 0, 3, **more)


def alike(one, other):
    """The same pixels, but for a few where Qt begins to count a dashed line's dashes anew at the rim of an image."""
    return one.shape == other.shape and (one != other).any(axis=2).mean() < 2e-4


# -- PNG -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.0, 3.7])
def test_a_png_shows_the_bounds_and_the_margin_at_its_scale(tmp_path, scale):
    trace = mlp_trace()
    bounds = Picture.of_trace(trace).bounds
    (path,) = export(tmp_path / "g.png", ExportRequest(trace, scale=scale))
    height, width, _ = pixels(path).shape
    assert width == math.ceil(math.ceil(bounds.width() + 2 * MARGIN) * scale)
    assert height == math.ceil(math.ceil(bounds.height() + 2 * MARGIN) * scale)


@THEMES
def test_a_png_is_not_blank_and_nothing_touches_its_rim(tmp_path, theme):
    (path,) = export(tmp_path / "g.png", ExportRequest(mlp_trace(), 0, 9, theme=theme, scale=1.0))
    drawn = (pixels(path) != rgb(theme.background)).any(axis=2)
    assert drawn.mean() > 0.05
    rim = int(MARGIN) - 1
    for side in (drawn[:rim], drawn[-rim:], drawn[:, :rim], drawn[:, -rim:]):
        assert not side.any()


@pytest.mark.parametrize("background", [True, False])
def test_a_png_in_bands_has_the_pixels_of_one_painted_at_once(tmp_path, background):
    asked = ExportRequest(mlp_trace(), 0, 6, scale=1.7, background=background, panel=True, legend=True)
    (path,) = export(tmp_path / "g.png", asked)
    whole = painted(Sheet(asked), 6)
    assert whole.height() > 3 * BAND
    image = whole.convertToFormat(whole.Format.Format_RGBA8888)
    expected = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)[:, : image.width() * 4]
    assert alike(pixels(path, "RGBA"), expected.reshape(image.height(), image.width(), 4))


def test_a_png_says_what_it_shows(tmp_path):
    (path,) = export(tmp_path / "g.png", request(source="première.py", title="Σ of squares", dpi=300.0))
    with Image.open(path) as image:
        image.load()
        said, dpi = dict(image.info), image.info["dpi"]
    assert said["Software"] == f"Retrograde {__version__}"
    assert said["Source"] == "première.py"
    assert said["Title"] == "Σ of squares"
    assert "pass 1 of 1, step 3 of 5 of out.backward(): MulBackward0" in said["Description"]
    assert dpi == pytest.approx((300, 300), abs=0.1)


def test_a_png_can_be_transparent(tmp_path):
    (path,) = export(tmp_path / "g.png", request(background=False))
    alpha = pixels(path, "RGBA")[..., 3]
    assert (alpha[:20] == 0).all()
    assert (alpha == 255).mean() > 0.1
    (path,) = export(tmp_path / "g.png", request())
    with Image.open(path) as image:
        assert image.mode == "RGB"


@pytest.mark.parametrize("width", [317, 1600])
def test_a_width_in_pixels_is_kept_to_the_pixel(tmp_path, width):
    (path,) = export(tmp_path / "g.png", request(width=width, panel=True))
    assert pixels(path).shape[1] == width


def test_an_image_past_its_limit_says_so_and_tiles_put_together_are_the_image(tmp_path):
    long = ExportRequest(chain_trace(120), 0, 3, scale=1.0)
    with pytest.raises(ExportError, match=rf"{LONGEST:,} a side.*tiles, or SVG"):
        export(tmp_path / "g.png", replace(long, scale=2.0))
    assert max(Sheet(long).pixels) < LONGEST
    (whole,) = export(tmp_path / "whole.png", long)
    files = export(tmp_path / "tile.png", replace(long, tile=1000))
    width, height = Sheet(long).pixels
    assert len(files) == math.ceil(height / 1000) * math.ceil(width / 1000)
    assert files[0].name == "tile-r1c1.png"
    assert alike(np.concatenate([pixels(file) for file in files]), pixels(whole))
    assert len(export(tmp_path / "large.png", replace(long, scale=2.0, tile=8000))) > 1


def test_checksums_of_pieces_are_combined_as_zlib_does():
    import zlib

    one, other = b"retro" * 999, bytes(range(256)) * 77
    assert combined(zlib.adler32(one), zlib.adler32(other), len(other)) == zlib.adler32(one + other)


# -- SVG -------------------------------------------------------------------------------------------------------------


def test_an_svg_is_valid_and_its_text_stays_text(tmp_path):
    (path,) = export(tmp_path / "g.svg", request())
    found = svg_texts(path)
    for text in ("x", "AddBackward0", "ready #1", "y * y · now", "done · 0.25", "(none yet)", "slot 0", "slot 1"):
        assert text in found
    assert found.count("2.25") == 2
    assert found.count("MulBackward0") == 2


def test_an_svg_is_as_large_as_the_scene_with_its_margin(tmp_path):
    bounds = Picture.of_trace(seed_trace()).bounds
    width, height = (math.ceil(side + 2 * MARGIN) for side in (bounds.width(), bounds.height()))
    root = ET.parse(export(tmp_path / "g.svg", request(scale=2.0))[0]).getroot()
    assert root.get("viewBox") == f"0 0 {width} {height}"
    assert (root.get("width"), root.get("height")) == (str(2 * width), str(2 * height))


def test_an_svg_declares_every_font_with_a_substitute_and_every_width(tmp_path):
    (path,) = export(tmp_path / "g.svg", request(panel=True, legend=True))
    written = list(ET.parse(path).iter(f"{SVG}text"))
    families = {text.get("font-family") for text in written}
    assert all(re.fullmatch(r"[^,]+, (sans-serif|serif|monospace)", family) for family in families)
    assert {family.rpartition(", ")[2] for family in families} == {"sans-serif", "serif", "monospace"}
    assert all(float(text.get("textLength")) > 0 for text in written if (text.text or "").strip())


def test_an_svg_says_what_it_shows(tmp_path):
    root = ET.parse(export(tmp_path / "g.svg", request(title="a < b & c"))[0]).getroot()
    assert root.findtext(f"{SVG}title") == "a < b & c"
    assert f"Retrograde {__version__}" in root.findtext(f"{SVG}desc")
    assert "step 3 of 5" in root.findtext(f"{SVG}desc")


@THEMES
@pytest.mark.parametrize("reader", ["rsvg", "chromium"])
def test_others_draw_an_svg_as_the_window_does(tmp_path, theme, reader):
    asked = request(theme=theme, legend=True, panel=True, title="Seen by others")
    (drawing,) = export(tmp_path / "g.svg", asked)
    (image,) = export(tmp_path / "g.png", asked)
    expected = pixels(image)
    height, width, _ = expected.shape
    seen = by_rsvg(drawing) if reader == "rsvg" else by_chromium(drawing, width, height)
    assert difference(seen, expected) < 0.2 * difference(np.full_like(expected, rgb(theme.background)), expected)


def test_a_drawing_whose_coordinates_would_be_rounded_is_no_svg(tmp_path):
    with pytest.raises(ExportError, match=r"six digits.*PNG in tiles"):
        export(tmp_path / "g.svg", ExportRequest(chain_trace(5000)))


def test_a_transparent_svg_has_no_ground(tmp_path):
    (path,) = export(tmp_path / "g.svg", request(background=False))
    assert not [e for e in ET.parse(path).iter(f"{SVG}rect") if (e.get("x"), e.get("y")) == ("0", "0")]


# -- PDF -------------------------------------------------------------------------------------------------------------


def page_size(path):
    found = re.search(r"Page size:\s+([\d.]+) x ([\d.]+) pts", run("pdfinfo", path))
    return float(found[1]), float(found[2])


def test_a_pdf_page_fits_the_drawing_and_its_fonts_are_embedded(tmp_path):
    asked = request(panel=True, legend=True)
    (path,) = export(tmp_path / "g.pdf", asked)
    width, height = Sheet(asked).size
    assert page_size(path) == pytest.approx((width * 0.75, height * 0.75), abs=1)
    fonts = run("pdffonts", path).splitlines()[2:]
    assert len(fonts) >= 4
    assert all(re.search(r"\s(yes) (yes|no)\s+(yes)\s", line) for line in fonts)  # embedded, and with its letters


def test_the_texts_of_a_pdf_can_be_found(tmp_path):
    (path,) = export(tmp_path / "g.pdf", request(panel=True, title="Seed"))
    found = run("pdftotext", path, "-")
    for text in ("Seed", "AddBackward0", "AccumulateGrad", "ready #1", "STEP 3 OF 5", "2.25"):
        assert text in found
    assert len(re.findall("^MulBackward0$", found, re.M)) >= 2
    said = run("pdfinfo", path)
    assert f"Retrograde {__version__}" in said
    assert "step 3 of 5" in said


@THEMES
def test_a_pdf_looks_as_the_window_does(tmp_path, theme):
    asked = request(theme=theme, legend=True)
    (path,) = export(tmp_path / "g.pdf", asked)
    (image,) = export(tmp_path / "g.png", asked)
    expected = pixels(image)
    height, width, _ = expected.shape
    run("pdftoppm", "-png", "-scale-to-x", width, "-scale-to-y", height, path, tmp_path / "page")
    seen = pixels(next(tmp_path.glob("page*.png")))
    assert difference(seen, expected) < 0.2 * difference(np.full_like(expected, rgb(theme.background)), expected)


def test_a_pdf_on_a4_has_as_many_pages_as_it_takes_and_all_texts(tmp_path):
    asked = ExportRequest(chain_trace(12), 0, 3, page=Page.A4)
    (path,) = export(tmp_path / "g.pdf", asked)
    assert page_size(path) == pytest.approx((595, 842), abs=1)
    pages = int(re.search(r"Pages:\s+(\d+)", run("pdfinfo", path))[1])
    assert pages >= math.ceil(Sheet(asked).size[1] / (277 / 25.4 * 96))
    found = run("pdftotext", path, "-")
    assert len(re.findall("MulBackward0", found)) >= 12
    assert f"row {pages} of {pages}" in found


def test_a_page_larger_than_readers_show_is_refused_with_ways_out(tmp_path):
    long = ExportRequest(chain_trace(300))
    with pytest.raises(ExportError, match=r"14,400 a side.*A4 pages, a scale of at most 0\.\d+, or SVG"):
        export(tmp_path / "g.pdf", long)
    assert len(pdf_bytes(Sheet(replace(long, page=Page.A4)), 0)) > 10_000


# -- what a sheet holds ----------------------------------------------------------------------------------------------


def test_the_step_panel_says_what_the_window_says(tmp_path):
    asked = ExportRequest(linear_trace(), 1, 4, panel=True)
    found = " ".join(svg_texts(export(tmp_path / "g.svg", asked)[0]))
    assert "STEP 4 OF 6" in found
    assert "AccumulateGrad" in found
    assert "before + added = after" in found
    assert "∂" in " ".join(svg_texts(export(tmp_path / "h.svg", replace(asked, position=5))[0]))


def test_a_pass_that_failed_says_so_on_its_panel(tmp_path):
    b = TraceBuilder()
    b.add("sources", title="cell 1", text="x.backward()")
    b.add("cells", source=0, number=1)
    _, x, edges = b.function("MulBackward0", "a * 2", [b.tensor("a", 1.0), b.constant("2")], "x", 2.0)
    value = b.array(1.0)
    mul = 2
    b.add(
        "passes", cell=0, source=0, line=1, title="x.backward()", root=x, status=Status.ERROR, steps=1,
        error_type="RuntimeError", error_message="it has been freed", error_node=mul,
    )  # fmt: skip
    b.add("flows", pass_=0, step=0, edge=edges[-1], target=mul, target_slot=0, value=value)
    b.add("steps", pass_=0, index=1, node=mul, arrived=value, used=value)
    found = " ".join(svg_texts(export(tmp_path / "g.svg", ExportRequest(b.build(), 0, 1, panel=True))[0]))
    assert "RuntimeError" in found
    assert "it has been freed" in found


def test_the_legend_stands_on_the_sheet_and_never_on_the_graph(tmp_path):
    for asked in (
        request(legend=True),
        request(legend=True, panel=True),
        ExportRequest(mlp_trace(), 0, 2, legend=True),
    ):
        sheet = Sheet(asked)
        assert "gradient norm, logarithmic" in svg_texts(export(tmp_path / "g.svg", asked)[0])
        legend = sheet._legend_at
        assert legend.right() <= sheet.size[0]
        assert legend.bottom() <= sheet.size[1]
        shift = sheet._area.topLeft() - sheet._drawing_at
        moved = legend.translated(shift)
        assert sheet.picture.drawing.is_free((moved.left(), moved.top(), moved.right(), moved.bottom()))


def test_a_title_is_broken_and_never_cut(tmp_path):
    title = "a very long title " * 12 + "and" + "sixtyfourletters" * 8
    found = svg_texts(export(tmp_path / "g.svg", request(title=title))[0])
    joined = "".join(found).replace(" ", "")
    assert title.replace(" ", "") in joined


def test_all_steps_of_a_sheet_have_one_size(tmp_path):
    files = export(tmp_path / "g.svg", request(steps=(0, 5), panel=True))
    assert len({ET.parse(file).getroot().get("viewBox") for file in files}) == 1


def test_without_a_pass_there_is_neither_legend_nor_panel(tmp_path):
    bare = export(tmp_path / "a.svg", ExportRequest(seed_trace()))[0].read_bytes()
    assert export(tmp_path / "b.svg", ExportRequest(seed_trace(), legend=True, panel=True))[0].read_bytes() == bare


def test_the_theme_is_independent_of_the_canvas(tmp_path):
    picture = Picture.of_trace(seed_trace(), theme=DARK)
    asked = ExportRequest(seed_trace(), theme=LIGHT, drawing=picture.drawing)
    text = export(tmp_path / "a.svg", asked)[0].read_text()
    assert LIGHT.background in text
    assert DARK.background not in text


def test_a_forward_pass_and_half_a_step_can_be_exported(tmp_path):
    forward = ExportRequest(seed_trace(), cell=0, position=2, legend=True)
    found = svg_texts(export(tmp_path / "f.svg", forward)[0])
    assert "MulBackward0" in found
    assert "forward pass of cell 1, step 2 of 4" in (tmp_path / "f.svg").read_text()
    halfway = replace(request(), place=Place(3, 3, 0))
    (path,) = export(tmp_path / "h.svg", halfway)
    assert svg_texts(path).count("2.25") == 0
    assert svg_texts(export(tmp_path / "g.svg", request())[0]).count("2.25") == 2
    assert len(export(tmp_path / "all.svg", replace(forward, steps=(0, 4)))) == 5


def test_what_is_not_there_cannot_be_walked(tmp_path):
    with pytest.raises(ExportError, match="no cell 5"):
        export(tmp_path / "f.svg", ExportRequest(seed_trace(), cell=4))


def test_an_svg_is_the_same_in_however_many_pieces_its_texts_are_mended(tmp_path, monkeypatch):
    request = ExportRequest(mlp_trace(), 0, position=3, legend=True, panel=True)
    (whole,) = export(tmp_path / "whole.svg", request)
    monkeypatch.setattr("app.export.svg_text._PIECE", 300)
    (pieces,) = export(tmp_path / "pieces.svg", request)
    assert whole.read_bytes() == pieces.read_bytes()
