import pytest

from app.settings import SETTINGS, Settings
from app.window.theme_choice import ThemeChoice
from ui.theme import THEMES


@pytest.fixture
def file(tmp_path):
    return tmp_path / "settings.ini"


def test_every_setting_reads_as_its_default_from_an_empty_file(qapp, file):
    settings = Settings(file)
    assert {row.name: settings.value(row.name) for row in SETTINGS} == {row.name: row.default for row in SETTINGS}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("theme", "dark"),
        ("reduced_motion", True),
        ("recording_budget", 64),
        ("recent_files", ["one"]),
        ("recent_files", ["/a b/é.py", "two"]),
        ("window_layout", b"\x00\xff"),
    ],
)
def test_a_setting_comes_back_from_the_file_with_its_type(qapp, file, name, value):
    first = Settings(file)
    first.set(name, value)
    first.sync()
    assert Settings(file).value(name) == value


def test_a_change_is_told_once(qapp, qtbot, file):
    settings = Settings(file)
    with qtbot.waitSignal(settings.changed) as told:
        settings.set("theme", "dark")
    assert told.args == ["theme"]
    with qtbot.assertNotEmitted(settings.changed):
        settings.set("theme", "dark")


def test_a_value_of_the_wrong_kind_is_refused(qapp, file):
    settings = Settings(file)
    with pytest.raises(ValueError, match="theme"):
        settings.set("theme", "pink")
    with pytest.raises(ValueError, match="recording_budget"):
        settings.set("recording_budget", True)
    with pytest.raises(ValueError, match="recording_budget"):
        settings.set("recording_budget", 1)
    with pytest.raises(KeyError):
        settings.value("no_such_setting")


@pytest.mark.parametrize("content", ["\0\1\2", "[General]\ntheme=pink\nrecording_budget=lots\nreduced_motion=maybe\n"])
def test_a_damaged_file_reads_as_the_defaults(qapp, file, content):
    file.write_text(content)
    settings = Settings(file)
    assert settings.text("theme") == "system"
    assert settings.integer("recording_budget") == 1024
    assert settings.boolean("reduced_motion") is False


def test_recent_files_are_kept_newest_first_and_once(qapp, file, tmp_path):
    settings = Settings(file)
    for name in ("a.py", "b.py", "a.py"):
        settings.remember_file(tmp_path / name)
    assert settings.texts("recent_files") == [str(tmp_path / "a.py"), str(tmp_path / "b.py")]


def test_the_theme_follows_the_setting(qapp, tmp_path):
    settings = Settings(tmp_path / "settings.ini")
    choice = ThemeChoice(settings)
    for name in THEMES:
        settings.set("theme", name)
        assert choice.theme is THEMES[name]
    settings.set("theme", "system")
    assert choice.theme in THEMES.values()
