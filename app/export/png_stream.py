"""Writes a PNG band by band (ISO/IEC 15948): each band is compressed by itself, in threads, and none is kept.

QImageWriter needs the whole image in memory and one thread; this takes a quarter of its time. A row is written as its
difference to the row above (filter "up"), which for drawings is mostly zeros.
"""

from __future__ import annotations

import os
import struct
import threading
import zlib
from collections import deque
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_UP, _NONE = 2, 0  # types of filters
_LEVEL = 3  # zlib's: no slower than 1 on drawings
_WINDOW = -15  # raw deflate
_PER_METRE = 1000 / 25.4
_THREADS = min(4, os.cpu_count() or 1)
_kept = threading.local()
_MODULUS = 65_521  # of Adler-32


class PngStream:
    """One file. Give it all its bands in order, then `close` it."""

    def __init__(
        self, file: BinaryIO, width: int, height: int, *, alpha: bool, text: Mapping[str, str], dpi: float = 0.0
    ) -> None:
        self._file, self._alpha = file, alpha
        self._pool = ThreadPoolExecutor(_THREADS)
        self._waiting: deque[Future[tuple[bytes, int, int]]] = deque()
        self._adler = 1
        file.write(SIGNATURE)
        self._chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6 if alpha else 2, 0, 0, 0))
        if dpi:
            per_metre = round(dpi * _PER_METRE)
            self._chunk(b"pHYs", struct.pack(">IIB", per_metre, per_metre, 1))
        for key, value in text.items():
            self._chunk(*text_chunk(key, value))
        self._chunk(b"IDAT", b"\x78\x5e")  # zlib's header, in front of all deflated bands

    def add(self, band: QImage) -> None:
        """The next rows."""
        self._waiting.append(self._pool.submit(_deflated, band, self._alpha))
        while len(self._waiting) > 2 * _THREADS:
            self._write_next()

    def close(self) -> None:
        """Write what is left, and the end."""
        while self._waiting:
            self._write_next()
        self._pool.shutdown()
        self._chunk(b"IDAT", b"\x03\x00" + struct.pack(">I", self._adler))  # an empty last block, and the checksum
        self._chunk(b"IEND", b"")

    def abandon(self) -> None:
        """Let the threads go; the file is worth nothing."""
        self._pool.shutdown(cancel_futures=True)

    def _write_next(self) -> None:
        content, adler, length = self._waiting.popleft().result()
        self._adler = combined(self._adler, adler, length)
        self._chunk(b"IDAT", content)

    def _chunk(self, kind: bytes, content: bytes) -> None:
        write_chunk(self._file, kind, content)


def write_chunk(file: BinaryIO, kind: bytes, content: bytes) -> None:
    """One chunk: length, kind, content, checksum."""
    file.write(struct.pack(">I", len(content)) + kind + content)
    file.write(struct.pack(">I", zlib.crc32(content, zlib.crc32(kind))))


def combined(first: int, second: int, length: int) -> int:
    """Adler-32 of two pieces from those of each; `length` is the second one's (as zlib's adler32_combine)."""
    a1, b1, a2, b2 = first & 0xFFFF, first >> 16, second & 0xFFFF, second >> 16
    low = (a1 + a2 - 1) % _MODULUS
    high = (b1 + b2 + length * (a1 - 1)) % _MODULUS
    return high << 16 | low


def _deflated(band: QImage, alpha: bool) -> tuple[bytes, int, int]:
    """The band's rows, filtered and deflated to a whole number of bytes; their checksum and length before that."""
    form = QImage.Format.Format_RGBA8888 if alpha else QImage.Format.Format_RGB888
    converted = band.convertToFormat(form)
    height, stride, row = converted.height(), converted.bytesPerLine(), converted.width() * (4 if alpha else 3)
    pixels = np.frombuffer(converted.constBits(), np.uint8).reshape(height, stride)[:, :row]
    rows = _room((height, row + 1))
    rows[:, 0] = _UP
    rows[0, 0] = _NONE  # so that no band depends on the one before
    rows[0, 1:] = pixels[0]
    np.subtract(pixels[1:], pixels[:-1], out=rows[1:, 1:])
    content = rows.reshape(-1)
    deflate = zlib.compressobj(_LEVEL, zlib.DEFLATED, _WINDOW, 9)
    # A sync flush ends on a whole byte, so that pieces can be put behind each other.
    packed = deflate.compress(content.data) + deflate.flush(zlib.Z_SYNC_FLUSH)
    return packed, zlib.adler32(content.data), len(content)


def _room(shape: tuple[int, int]) -> NDArray[np.uint8]:
    """Memory that the thread uses for each of its bands: fresh pages would cost more than what is written into them."""
    size = shape[0] * shape[1]
    held = getattr(_kept, "memory", None)
    if held is None or len(held) < size:
        held = _kept.memory = np.empty(size, np.uint8)
    found: NDArray[np.uint8] = held[:size].reshape(shape)
    return found


def text_chunk(key: str, value: str) -> tuple[bytes, bytes]:
    """tEXt where Latin-1 is enough, else iTXt, which is UTF-8."""
    name = key.encode("latin-1")
    try:
        return b"tEXt", name + b"\0" + value.encode("latin-1")
    except UnicodeEncodeError:
        return b"iTXt", name + b"\0\0\0\0\0" + value.encode("utf-8")
