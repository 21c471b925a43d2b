"""The table of formats, and what holds for every row of it."""

import os
from dataclasses import replace

import pytest

from app.export import (
    FORMATS,
    ExportCancelledError,
    ExportError,
    ExportRequest,
    Kind,
    Option,
    UnknownFormatError,
    export,
    format_of,
)
from app.export.atomic import Output
from engine.trace import Trace
from tests.benchmarks.wide_graph import wide_drawing, wide_trace
from tests.tapes import flags_trace, mlp_trace
from tests.traces import chain_trace, seed_trace
from ui.canvas.picture.fonts import Fonts

pytestmark = pytest.mark.usefixtures("qapp")
OWN = [form for form in FORMATS if form.kind is not Kind.FILM]
STILLS = [form for form in OWN if form.kind is Kind.STILL]


def named(form):
    return form.id


def test_every_format_has_a_word_of_its_own():
    assert len({form.id for form in FORMATS}) == len(FORMATS)
    assert all(form.suffix.startswith(".") and form.suffix == form.suffix.lower() for form in FORMATS)
    assert all(form.how for form in FORMATS if form.needs)


@pytest.mark.parametrize("form", OWN, ids=named)
@pytest.mark.parametrize("make", [seed_trace, mlp_trace, flags_trace, lambda: chain_trace(40)])
def test_every_format_writes_every_graph(tmp_path, form, make):
    files = export(tmp_path / f"graph{form.suffix}", ExportRequest(make()), form)
    assert all(file.stat().st_size > 200 for file in files)
    assert sorted(os.listdir(tmp_path)) == sorted(file.name for file in files)


@pytest.mark.parametrize("form", OWN, ids=named)
def test_the_measured_size_is_that_of_the_files(tmp_path, form):
    request = ExportRequest(mlp_trace(), 0, 5, scale=1.0)
    estimate = form.measure(request)
    files = export(tmp_path / f"graph{form.suffix}", request, form)
    taken = sum(file.stat().st_size for file in files)
    assert estimate.files == len(files)
    assert taken == pytest.approx(estimate.bytes, rel=0.02 if estimate.exact else 0.6)


@pytest.mark.parametrize("word", ["svg", "pdf"])
def test_the_size_of_a_large_drawing_is_judged_and_not_counted(tmp_path, word):
    trace, width = wide_trace(2500)
    request = ExportRequest(trace, 0, 5, drawing=wide_drawing(trace, width, Fonts()))
    form = format_of("", word)
    estimate = form.measure(request)
    (path,) = export(tmp_path / f"g{form.suffix}", request, form)
    assert not estimate.exact
    assert path.stat().st_size == pytest.approx(estimate.bytes, rel=0.4)


@pytest.mark.parametrize("form", [form for form in OWN if form.id not in ("pdf", "gexf")], ids=named)
def test_the_same_input_gives_the_same_bytes(tmp_path, form):
    request = ExportRequest(mlp_trace(), 0, 5, title="again", legend=True, panel=True)
    once = [file.read_bytes() for file in export(tmp_path / f"a{form.suffix}", request, form)]
    again = [
        file.read_bytes() for file in export(tmp_path / f"b{form.suffix}", replace(request, trace=mlp_trace()), form)
    ]
    assert once == again


@pytest.mark.parametrize("form", OWN, ids=named)
def test_every_step_gives_another_file(tmp_path, form):
    trace = seed_trace()
    written = [
        b"".join(file.read_bytes() for file in export(tmp_path / f"{k}{form.suffix}", ExportRequest(trace, 0, k), form))
        for k in range(6)
    ]
    assert len(set(written)) == 6


@pytest.mark.parametrize("form", STILLS, ids=named)
def test_stills_of_several_steps_are_numbered(tmp_path, form):
    files = export(tmp_path / f"g{form.suffix}", ExportRequest(seed_trace(), 0, steps=(2, 4)), form)
    assert [file.name for file in files] == [f"g-{k}{form.suffix}" for k in (2, 3, 4)]
    assert len({file.read_bytes() for file in files}) == 3


@pytest.mark.parametrize("form", FORMATS, ids=named)
def test_a_cancelled_export_leaves_the_old_file_and_no_other(tmp_path, form):
    if not form.available:
        pytest.skip(form.how)
    path = tmp_path / f"g{form.suffix}"
    path.write_bytes(b"old")
    asked = []

    def cancelled():
        asked.append(1)
        return len(asked) > 2

    request = ExportRequest(
        chain_trace(30), 0, cancelled=cancelled, steps=(0, 3) if Option.STEPS in form.options else None
    )
    with pytest.raises(ExportCancelledError):
        export(path, request, form)
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == [path.name]


@pytest.mark.parametrize("form", OWN, ids=named)
def test_progress_grows_to_the_end(tmp_path, form):
    told = []
    export(tmp_path / f"g{form.suffix}", ExportRequest(mlp_trace(), progress=lambda d, w: told.append((d, w))), form)
    shares = [done for done, _ in told]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert all(what for _, what in told)


@pytest.mark.parametrize("form", OWN, ids=named)
def test_an_empty_graph_says_what_to_do(tmp_path, form):
    with pytest.raises(ExportError, match="run code"):
        export(tmp_path / f"g{form.suffix}", ExportRequest(Trace()), form)


@pytest.mark.parametrize("form", OWN, ids=named)
def test_a_pass_that_is_not_there_is_refused(tmp_path, form):
    with pytest.raises(ExportError, match="no pass 8"):
        export(tmp_path / f"g{form.suffix}", ExportRequest(seed_trace(), 7), form)


@pytest.mark.parametrize("name", ["g.bmp", "g", "g.svgz", ".png"])
def test_an_unknown_suffix_lists_the_known_ones(tmp_path, name):
    with pytest.raises(UnknownFormatError, match=r"use \.png, \.svg"):
        export(tmp_path / name, ExportRequest(seed_trace()))
    assert os.listdir(tmp_path) == []


def test_suffixes_may_be_written_in_capitals_and_a_word_stands_above_the_suffix(tmp_path):
    assert format_of("G.PNG").id == "png"
    assert format_of("g.txt", "mermaid").suffix == ".mmd"
    with pytest.raises(UnknownFormatError, match="no format bmp"):
        format_of("g.png", "bmp")


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    with pytest.raises(ExportError, match="cannot be written"):
        export(tmp_path / "missing" / "g.svg", ExportRequest(seed_trace()))
    (tmp_path / "folder.svg").mkdir()
    with pytest.raises(ExportError, match=r"folder\.svg cannot be written"):
        export(tmp_path / "folder.svg", ExportRequest(seed_trace()))
    assert os.listdir(tmp_path) == ["folder.svg"]


def test_a_failed_export_keeps_the_old_file(tmp_path):
    path = tmp_path / "g.png"
    path.write_bytes(b"old")
    with pytest.raises(ExportError, match="too many"):
        export(path, ExportRequest(chain_trace(500), scale=8))
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["g.png"]


def test_files_come_together_or_not_at_all(tmp_path):
    (tmp_path / "b.txt").write_text("old")

    def write_half():
        with Output(tmp_path / "a.txt") as out:
            out.write(b"new")
            out.write(b"new", tmp_path / "b.txt")
            raise RuntimeError("midway")

    with pytest.raises(RuntimeError, match="midway"):
        write_half()
    assert os.listdir(tmp_path) == ["b.txt"]
    assert (tmp_path / "b.txt").read_text() == "old"
    with Output(tmp_path / "a.txt") as out:
        out.write(b"new")
        out.write(b"new", tmp_path / "b.txt")
    assert sorted(os.listdir(tmp_path)) == ["a.txt", "b.txt"]
    assert (tmp_path / "b.txt").read_text() == "new"


def test_a_graph_can_be_written_from_other_threads_at_once(tmp_path):
    from concurrent.futures import ThreadPoolExecutor

    request = ExportRequest(mlp_trace(), 0, 4, panel=True, legend=True)
    here = export(tmp_path / "here.svg", request)[0].read_bytes()
    with ThreadPoolExecutor(2) as pool:
        written = list(pool.map(lambda k: export(tmp_path / f"{k}.svg", request)[0].read_bytes(), range(6)))
    assert set(written) == {here}
