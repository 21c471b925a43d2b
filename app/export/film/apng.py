"""APNG: PNG with further frames, in all colours and without loss (https://www.w3.org/TR/png-3, animation chunks)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np

from ..atomic import Output
from ..metadata import described
from ..png_stream import SIGNATURE, text_chunk, write_chunk
from ..request import ExportRequest
from ..sizes import Estimate
from .frames import Frames, Pixels, changes, measure_film, rgb, write_film

_LEVEL = 6  # zlib's


def write_apng(out: Output, request: ExportRequest) -> None:
    """An animated PNG; programs that know none show its first frame."""
    write_film(out, Frames(request), _encode)


def measure_apng(request: ExportRequest) -> Estimate:
    """From some of the frames."""
    return measure_film(Frames(request), _encode)


def _encode(file: BinaryIO, frames: Frames, pixels: Iterator[Pixels], count: int) -> None:
    file.write(SIGNATURE)
    write_chunk(file, b"IHDR", struct.pack(">IIBBBBB", *frames.size, 8, 2, 0, 0, 0))
    write_chunk(file, b"acTL", struct.pack(">II", count, frames.request.loops))
    for key, value in described(frames.request).items():
        write_chunk(file, *text_chunk(key, value))
    number = 0
    for place, change in enumerate(changes(pixels)):
        height, width = change.pixels.shape[:2]
        control = (number, width, height, change.left, change.top, frames.duration, 1000, 0, 0)
        write_chunk(file, b"fcTL", struct.pack(">IIIIIHHBB", *control))
        content = zlib.compress(_rows(change.pixels), _LEVEL)
        if place == 0:
            write_chunk(file, b"IDAT", content)
            number += 1
        else:
            write_chunk(file, b"fdAT", struct.pack(">I", number + 1) + content)
            number += 2
    write_chunk(file, b"IEND", b"")


def _rows(pixels: Pixels) -> bytes:
    """Rows as they are: packed, plain drawings are two thirds of what differences of rows would be."""
    flat = rgb(pixels).reshape(len(pixels), -1)
    return np.pad(flat, ((0, 0), (1, 0))).tobytes()  # in front of each row the type of its filter: none
