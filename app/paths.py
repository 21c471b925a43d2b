"""Where files of ours and of the user's live on this platform. Knows no Qt, so that the kernel could ask too.

`RETROGRADE_HOME` keeps everything the program writes under one folder: for a portable copy, and for tests.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import platformdirs

HOME_VARIABLE = "RETROGRADE_HOME"
_NAME = "retrograde"


def resources() -> Path:
    """The folder of icons, themes and examples: beside `app`, in a checkout, in the wheel and in a bundle alike."""
    return Path(__file__).resolve().parent.parent / "resources"


def settings_file() -> Path:
    """The file that holds the settings."""
    return _folder("config", platformdirs.user_config_path) / "settings.ini"


def state_folder() -> Path:
    """The folder for what is kept between sessions: console history and the log. Made when it is missing."""
    folder = _folder("state", platformdirs.user_state_path)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _folder(kind: str, of_platform: Callable[..., Path]) -> Path:
    home = os.environ.get(HOME_VARIABLE)
    return Path(home) / kind if home else of_platform(_NAME, appauthor=False)
