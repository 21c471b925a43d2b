"""The HTML player: the file itself, and what it does in a real browser."""

import base64
import gzip
import importlib.util
import json
import os
import re
import shutil
from dataclasses import replace
from functools import partial
from html import unescape

import pytest

from app.export import ExportCancelledError, ExportError, ExportRequest, export, format_of
from app.export.player.reel import Reel, played
from app.export.sheet import Sheet
from app.export.svg import svg_bytes
from engine.trace import NONE
from tests.tapes import mlp_trace
from tests.traces import chain_trace, seed_trace
from ui.theme import DARK, HIGH_CONTRAST, LIGHT

pytestmark = pytest.mark.usefixtures("qapp")
STEPS = 5  # of the seed trace's pass
TEXT = re.compile(r"<text\b[^>]*>([^<]*)</text>")
BROWSER, DRIVER = (shutil.which(name) for name in ("chromium", "chromedriver"))
needs_browser = pytest.mark.skipif(
    not (BROWSER and DRIVER and importlib.util.find_spec("selenium")),
    reason="Chromium, its driver (Debian's chromium and chromium-driver) and the package selenium are not all there",
)


def request(**changes):
    return replace(ExportRequest(seed_trace(), 0, seconds=0.05), **changes)


def written(tmp_path, asked):
    (path,) = export(tmp_path / "pass.html", asked)
    return path


def content(path):
    packed = re.search(r'id="content">([^<]*)<', path.read_text())[1]
    return json.loads(gzip.decompress(base64.b64decode(packed)))


def reel(data):
    found = Reel(data["elements"])
    found.first, found.edits = data["first"], data["edits"]
    return found


def texts(svg):
    return [unescape(text) for text in TEXT.findall(svg)]


# -- the file --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [seed_trace, mlp_trace, partial(chain_trace, 12)])
def test_every_position_shows_what_the_svg_export_shows(tmp_path, make):
    asked = request(trace=make())
    data = content(written(tmp_path, asked))
    for theme in (LIGHT, DARK):
        sheet = Sheet(replace(asked, theme=theme))
        shown = reel(data["themes"][theme.name]["graph"])
        for index, position in enumerate(asked.positions):
            assert texts("".join(played(shown, index))) == texts(svg_bytes(sheet, position).decode())


def test_equal_elements_are_stored_once(tmp_path):
    data = content(written(tmp_path, request(trace=mlp_trace())))
    graph = data["themes"]["light"]["graph"]
    shown = reel(graph)
    assert sum(len(played(shown, place)) for place in range(len(data["positions"]))) > 3 * len(graph["elements"])


def test_the_panels_say_what_the_step_panel_says(tmp_path):
    data = content(written(tmp_path, request()))
    panels = data["themes"]["light"]["panels"]
    assert len(panels["texts"]) == STEPS + 1
    assert panels["texts"][3].startswith("STEP 3 OF 5\nMulBackward0")
    painted = " ".join(texts("".join(played(reel(panels), 3))))
    assert "STEP 3 OF 5" in painted
    assert "0.75" in painted


def test_a_page_asks_no_network_for_anything(tmp_path):
    page = written(tmp_path, request()).read_text()
    head = re.sub(r'id="content">[^<]*<', "", page)
    assert "default-src 'none'" in head
    assert re.findall(r"https?://(?!www\.w3\.org/2000/svg)", head) == []
    assert re.findall(r"<(?:link|img|iframe|script src)", head) == []


def test_a_title_is_text_whatever_it_holds(tmp_path):
    title = "</title><script>alert(1)</script> & <!--SCRIPT-->"
    page = written(tmp_path, request(title=title)).read_text()
    assert "<script>alert" not in page
    assert content(tmp_path / "pass.html")["title"] == title


def test_the_same_pass_gives_the_same_bytes(tmp_path):
    first = written(tmp_path, request()).read_bytes()
    assert written(tmp_path, request()).read_bytes() == first


def test_a_pass_of_a_hundred_steps_stays_under_a_megabyte(tmp_path):
    asked = request(trace=chain_trace(99))
    assert len(asked.positions) >= 100
    assert written(tmp_path, asked).stat().st_size < 1_000_000


def test_the_size_told_before_is_about_the_size_written(tmp_path):
    asked = request(trace=mlp_trace())
    told = format_of("a.html").measure(asked)
    assert 0.4 < told.bytes / written(tmp_path, asked).stat().st_size < 2.5


def test_without_a_pass_there_is_nothing_to_step_through(tmp_path):
    with pytest.raises(ExportError, match=r"Call backward\(\) first"):
        written(tmp_path, request(pass_id=NONE))
    assert "Call backward() first" in format_of("a.html").measure(request(pass_id=NONE)).problem


def test_a_cancelled_page_leaves_the_old_file(tmp_path):
    path = tmp_path / "pass.html"
    path.write_text("old")
    asked_for = []

    def cancelled():
        asked_for.append(1)
        return len(asked_for) > 3

    with pytest.raises(ExportCancelledError):
        export(path, request(cancelled=cancelled))
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == [path.name]


def test_a_drawing_of_another_make_is_refused():
    with pytest.raises(ExportError, match="Export SVG instead"):
        Reel().add(b'<svg><g fill="none"><g fill="red"><g fill="blue"><rect/></g></g></g></svg>')
    with pytest.raises(ExportError, match="Export SVG instead"):
        Reel().add(b'<svg><g fill="none">words</g></svg>')


# -- in a browser ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser():
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = BROWSER
    for argument in (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--window-size=1280,800",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    yield driver
    driver.quit()


@pytest.fixture
def page(browser, tmp_path):
    """Opens the player of a request; afterwards the browser must have had nothing to complain of."""

    def opened(asked, fragment=""):
        browser.get("about:blank")
        browser.get(written(tmp_path, asked).as_uri() + fragment)
        until(browser, lambda: browser.find_element("css selector", "html").get_attribute("data-ready") == "yes")
        return browser

    yield opened
    assert browser.get_log("browser") == []


def until(browser, holds):
    from selenium.webdriver.support.ui import WebDriverWait

    WebDriverWait(browser, 10, poll_frequency=0.02).until(lambda _: holds())


def at(browser):
    return int(browser.find_element("css selector", "html").get_attribute("data-position"))


def click(browser, name):
    browser.find_element("id", name).click()


def press(browser, key):
    browser.find_element("css selector", "body").send_keys(key)


def shown_texts(browser, part="graph"):
    return browser.execute_script(f"return [...document.querySelectorAll('#{part} text')].map(t => t.textContent)")


@needs_browser
def test_buttons_and_keys_go_where_they_say(page):
    from selenium.webdriver.common.keys import Keys

    browser = page(request())
    assert at(browser) == 0
    for name, position in (("forward", 1), ("forward", 2), ("last", STEPS), ("back", STEPS - 1), ("first", 0)):
        click(browser, name)
        assert at(browser) == position
    for key, position in ((Keys.END, STEPS), (Keys.LEFT, 4), (Keys.HOME, 0), (Keys.RIGHT, 1)):
        press(browser, key)
        assert at(browser) == position
    press(browser, Keys.HOME)
    assert not browser.find_element("id", "back").is_enabled()
    assert browser.find_element("id", "forward").is_enabled()


@needs_browser
def test_the_last_state_is_the_windows_in_both_themes(page):
    asked = request()
    browser = page(asked, f"#step={STEPS}")
    assert at(browser) == STEPS
    for theme in (LIGHT, DARK):
        sheet = Sheet(replace(asked, theme=theme))
        assert shown_texts(browser) == texts(svg_bytes(sheet, STEPS).decode())
        fills = browser.execute_script(
            "return [...document.querySelectorAll('#graph > *')].map(e => e.getAttribute('fill'))"
        )
        painted = [re.search(r' fill="([^"]*)"', text)[1] for text in played(_graph(asked, theme, STEPS), 0)]
        assert fills == painted
        click(browser, "theme")


def _graph(asked, theme, position):
    found = Reel()
    found.add(svg_bytes(Sheet(replace(asked, theme=theme)), position))
    return found


@needs_browser
def test_going_there_and_back_shows_the_same(page):
    browser = page(request(trace=mlp_trace()))
    first = shown_texts(browser), shown_texts(browser, "panel")
    click(browser, "last")
    last = shown_texts(browser), shown_texts(browser, "panel")
    assert last != first
    click(browser, "first")
    assert (shown_texts(browser), shown_texts(browser, "panel")) == first
    click(browser, "last")
    assert (shown_texts(browser), shown_texts(browser, "panel")) == last


@needs_browser
def test_playing_stops_at_the_end_unless_it_is_to_begin_again(page):
    browser = page(request(loops=1))
    click(browser, "play")
    until(browser, lambda: at(browser) == STEPS)
    until(browser, lambda: browser.find_element("id", "play").get_attribute("aria-label") == "Play")
    click(browser, "loop")
    click(browser, "play")  # from the end it begins again
    until(browser, lambda: at(browser) == STEPS)
    until(browser, lambda: at(browser) == 1)
    press(browser, "p")
    assert browser.find_element("id", "play").get_attribute("aria-label") == "Play"


@needs_browser
def test_the_slider_the_address_and_the_panel_agree(page):
    from selenium.webdriver.common.keys import Keys

    browser = page(request(steps=(2, 4)), "#step=3")
    assert at(browser) == 3
    assert "STEP 3 OF 5" in shown_texts(browser, "panel")
    assert "Step 3 of 5: MulBackward0" in browser.find_element("id", "now").text
    browser.find_element("id", "slider").send_keys(Keys.RIGHT)
    assert at(browser) == 4
    assert "STEP 4 OF 5" in shown_texts(browser, "panel")


@needs_browser
@pytest.mark.parametrize("theme", [LIGHT, DARK, HIGH_CONTRAST], ids=lambda theme: theme.name)
def test_a_page_opens_in_the_theme_it_was_exported_in(page, theme):
    browser = page(request(theme=theme))
    colour = browser.execute_script("return getComputedStyle(document.body).backgroundColor")
    parts = [int(theme.background[place : place + 2], 16) for place in (1, 3, 5)]
    assert [int(part) for part in re.findall(r"\d+", colour)][:3] == parts


@needs_browser
@pytest.mark.parametrize("size", [(1280, 800), (600, 900)])
def test_nothing_overlaps_or_is_cut_in_wide_and_narrow_windows(page, size):
    browser = page(request())
    browser.set_window_size(*size)
    boxes = browser.execute_script(
        "return ['header', '#stage', 'aside', 'footer'].map(q => { const r ="
        " document.querySelector(q).getBoundingClientRect(); return [r.left, r.top, r.right, r.bottom]; })"
    )
    inner = browser.execute_script("return [innerWidth, innerHeight, document.documentElement.scrollWidth]")
    assert inner[2] <= inner[0]
    for left, top, right, bottom in boxes:
        assert min(left, top) >= 0
        assert right <= inner[0] + 1
        assert bottom <= inner[1] + 1
        assert right - left > 100
        assert bottom - top > 30
    browser.set_window_size(1280, 800)


@needs_browser
def test_the_zoom_buttons_go_near_and_fit_shows_all_again(page):
    browser = page(request())
    before = browser.find_element("id", "graph").get_dom_attribute("viewBox")
    click(browser, "closer")
    nearer = browser.find_element("id", "graph").get_dom_attribute("viewBox")
    assert float(nearer.split()[2]) < float(before.split()[2])
    press(browser, "f")
    assert browser.find_element("id", "graph").get_dom_attribute("viewBox") == before
