"""Films, read again by other programs: Pillow and ffmpeg."""

import importlib.util
import os
import subprocess
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from app.export import ExportCancelledError, ExportError, ExportRequest, Kind, UnfitRequestError, export, format_of
from app.export.film import frames as frames_module, mp4, webp
from app.export.film.frames import Frames, changes, rgb
from app.export.formats import FORMATS
from tests.tapes import mlp_trace
from tests.traces import seed_trace
from ui.theme import DARK

pytestmark = pytest.mark.usefixtures("qapp")
STEPS = 5  # of the seed trace's pass
needs_ffmpeg = pytest.mark.skipif(
    importlib.util.find_spec(mp4.NEEDS) is None, reason="imageio-ffmpeg, an optional package, is not installed"
)
IMAGES = [row for row in FORMATS if row.kind is Kind.FILM and row.id in ("gif", "apng", "webp")]


def request(**changes_):
    return replace(ExportRequest(seed_trace(), 0, seconds=0.4, legend=True, panel=True, title="Seed"), **changes_)


def played(path):
    """Size, frames as arrays, duration of each in ms, and how often it is played."""
    with Image.open(path) as film:
        shown, times = [], []
        for frame in range(film.n_frames):
            film.seek(frame)
            film.load()
            times.append(film.info["duration"])
            shown.append(np.asarray(film.convert("RGB")).astype(int))
        return film.size, shown, times, film.info.get("loop")


@pytest.mark.parametrize("form", IMAGES, ids=lambda form: form.id)
def test_a_film_has_a_frame_per_position_that_shows_what_the_canvas_paints(tmp_path, form):
    asked = request()
    (path,) = export(tmp_path / f"film{form.suffix}", asked)
    frames = Frames(asked)
    size, shown, times, loop = played(path)
    assert size == frames.size
    assert len(shown) == STEPS + 1
    assert {round(time) for time in times} == {400}
    assert loop == 0
    lossless = form.id != "gif"
    for position, frame in enumerate(shown):
        difference = np.abs(frame - rgb(frames.at(position)).astype(int))
        assert difference.max() <= (0 if lossless else 80)  # of a few antialiased pixels: 255 colours are not all
        assert difference.mean() < 0.2
    assert (shown[0] != shown[-1]).any()
    assert os.listdir(tmp_path) == [path.name]


@pytest.mark.parametrize("form", IMAGES, ids=lambda form: form.id)
def test_a_film_of_some_steps_in_another_theme_is_played_as_often_as_asked(tmp_path, form):
    asked = request(steps=(2, 4), theme=DARK, loops=3, seconds=0.1, panel=False)
    (path,) = export(tmp_path / f"film{form.suffix}", asked)
    _, shown, times, loop = played(path)
    assert len(shown) == 3
    assert {round(time) for time in times} == {100}
    assert loop == (2 if form.id == "gif" else 3)  # GIF counts the repetitions
    assert shown[0][0, 0].tolist() == [int(DARK.background[place : place + 2], 16) for place in (1, 3, 5)]


def test_a_gif_that_is_played_once_says_nothing_of_repetitions(tmp_path):
    (path,) = export(tmp_path / "film.gif", request(loops=1))
    assert played(path)[3] is None


def test_a_film_of_a_graph_without_a_pass_is_one_frame(tmp_path):
    (path,) = export(tmp_path / "film.gif", request(pass_id=-1, panel=False, legend=False))
    with Image.open(path) as film:
        assert film.n_frames == 1


def test_every_frame_but_the_first_holds_only_what_changes():
    frames = Frames(request(panel=False, legend=False))
    first, *rest = changes(frames.all())
    width, height = frames.size
    assert first.pixels.shape == (height, width)
    assert all(change.pixels.size < 0.7 * width * height for change in rest)
    shown = first.pixels.copy()
    for change in rest:
        rows, columns = change.pixels.shape
        shown[change.top : change.top + rows, change.left : change.left + columns][change.differs] = change.pixels[
            change.differs
        ]
    assert (shown == frames.at(STEPS)).all()


@pytest.mark.parametrize("form", [row for row in FORMATS if row.kind is Kind.FILM], ids=lambda form: form.id)
def test_the_size_told_before_is_about_the_size_written(tmp_path, form):
    if not form.available:
        pytest.skip(form.how)
    asked = replace(request(), trace=mlp_trace(), scale=form.scale)
    told = form.measure(asked)
    (path,) = export(tmp_path / f"film{form.suffix}", asked)
    assert told.problem == ""
    assert 0.3 < told.bytes / path.stat().st_size < 3


@pytest.mark.parametrize("form", IMAGES, ids=lambda form: form.id)
def test_a_cancelled_film_leaves_no_file_and_keeps_the_old_one(tmp_path, form):
    path = tmp_path / f"film{form.suffix}"
    path.write_bytes(b"old")
    asked_for = []

    def cancelled():
        asked_for.append(1)
        return len(asked_for) > 4

    with pytest.raises(ExportCancelledError):
        export(path, request(cancelled=cancelled))
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == [path.name]


def test_progress_grows_and_names_the_steps():
    said = []
    list(Frames(request(progress=lambda done, what: said.append((done, what)))).all())
    assert [done for done, _ in said] == sorted(done for done, _ in said)
    assert said[-1][1] == f"Painting step {STEPS}"


def test_steps_too_short_to_be_seen_are_refused():
    with pytest.raises(UnfitRequestError, match=r"at least 0\.02 seconds"):
        Frames(request(seconds=0.001))


def test_webp_names_what_to_do_where_all_frames_do_not_fit_in_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(webp, "MOST_BYTES", 10_000_000)
    with pytest.raises(UnfitRequestError, match=r"Choose a scale of at most 0\.\d+, fewer steps, or GIF"):
        export(tmp_path / "film.webp", request())
    assert "too many for WebP" in format_of("a.webp").measure(request()).problem


def test_a_film_too_large_to_judge_from_three_frames_is_judged_from_one(monkeypatch):
    monkeypatch.setattr(frames_module, "MOST_SAMPLED", 1000)
    assert format_of("a.apng").measure(request()).bytes > 10_000


# -- MP4 -------------------------------------------------------------------------------------------------------------


def test_without_its_package_mp4_says_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(ExportError, match=r"pip install 'retrograde\[film\]'"):
        export(tmp_path / "film.mp4", request())
    assert os.listdir(tmp_path) == []


@needs_ffmpeg
def test_an_mp4_holds_each_step_for_its_frames_at_an_even_size(tmp_path):
    asked = request(fps=5, seconds=0.6, width=501)
    (path,) = export(tmp_path / "film.mp4", asked)
    frames = Frames(asked)
    width, height = (side + side % 2 for side in frames.size)
    ffmpeg = importlib.import_module(mp4.NEEDS).get_ffmpeg_exe()
    raw = subprocess.run(
        [ffmpeg, "-loglevel", "error", "-i", str(path), "-f", "rawvideo", "-pix_fmt", "rgb24", "-"],
        capture_output=True, check=True, timeout=60,
    ).stdout  # fmt: skip
    shown = np.frombuffer(raw, np.uint8).reshape(-1, height, width, 3).astype(int)
    assert len(shown) == 3 * (STEPS + 1)
    for position in (0, STEPS):
        pixels = rgb(frames.at(position)).astype(int)
        assert np.abs(shown[3 * position][: pixels.shape[0], : pixels.shape[1]] - pixels).mean() < 4


@needs_ffmpeg
def test_a_cancelled_mp4_leaves_no_file(tmp_path):
    asked_for = []

    def cancelled():
        asked_for.append(1)
        return len(asked_for) > 3

    with pytest.raises(ExportCancelledError):
        export(tmp_path / "film.mp4", request(cancelled=cancelled))
    assert os.listdir(tmp_path) == []


@needs_ffmpeg
@pytest.mark.parametrize("fps", [0, 500])
def test_a_frame_rate_no_player_shows_is_refused(tmp_path, fps):
    with pytest.raises(UnfitRequestError, match="1 to 120 frames per second"):
        export(tmp_path / "film.mp4", request(fps=fps))


@needs_ffmpeg
def test_a_film_too_wide_for_players_is_refused_with_a_scale_that_fits(tmp_path):
    with pytest.raises(UnfitRequestError, match="Choose a scale of at most"):
        export(tmp_path / "film.mp4", request(width=9000))
