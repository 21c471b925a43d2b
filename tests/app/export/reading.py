"""Readers that know nothing of this program: XML, Pillow, Graphviz, poppler, librsvg, Chromium."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

SVG = "{http://www.w3.org/2000/svg}"


def run(program: str, *arguments: object, timeout: float = 60.0) -> str:
    """What a program prints; the test is skipped where the program is not installed."""
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is not installed")
    done = subprocess.run([found, *map(str, arguments)], capture_output=True, timeout=timeout, check=True)
    return done.stdout.decode("utf-8", "replace")


def svg_texts(path: Path) -> list[str]:
    """Every text of an SVG."""
    return [element.text or "" for element in ET.parse(path).iter(f"{SVG}text")]


def pixels(path: Path, mode: str = "RGB") -> np.ndarray:
    """An image as an array, read by Pillow."""
    with Image.open(path) as image:
        return np.asarray(image.convert(mode))


def by_rsvg(path: Path) -> np.ndarray:
    """An SVG as librsvg draws it."""
    target = path.with_suffix(".rsvg.png")
    run("rsvg-convert", path, "-o", target)
    return pixels(target)


def by_chromium(path: Path, width: int, height: int) -> np.ndarray:
    """An SVG as Chromium draws it."""
    target = path.with_suffix(".chromium.png")
    with tempfile.TemporaryDirectory() as profile:
        run(
            "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
            f"--user-data-dir={profile}", "--force-device-scale-factor=1", f"--screenshot={target}",
            f"--window-size={width},{height}", path.as_uri(),
        )  # fmt: skip
    return pixels(target)


def difference(one: np.ndarray, other: np.ndarray) -> float:
    """Mean difference of two pictures of one size, 0 to 1, after a little blur: antialiasing is everybody's own."""
    assert one.shape == other.shape

    def blurred(image: np.ndarray) -> np.ndarray:
        height, width = (side // 4 * 4 for side in image.shape[:2])
        return image[:height, :width].reshape(height // 4, 4, width // 4, 4, -1).mean(axis=(1, 3))

    return float(np.abs(blurred(one) - blurred(other)).mean() / 255)
