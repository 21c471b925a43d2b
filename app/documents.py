"""Opens `.py` and `.ipynb` files as cells of text. Files are data here: nothing is imported, evaluated or run.

Knows no Qt and nothing of the kernel.
"""

from __future__ import annotations

import io
import json
import re
import tokenize
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SUFFIXES = (".py", ".ipynb")
LARGEST = 64 << 20  # bytes; a notebook past this is pictures, and reading it would stall the window

_CELL_MARK = re.compile(r"^#\s*%%(?P<title>.*)$")
_HEADING = re.compile(r"^\s{0,3}#{1,6}\s+(?P<text>.+?)\s*#*\s*$")
_UNDERLINE = re.compile(r"^\s{0,3}(=+|-{3,})\s*$")


class DocumentError(ValueError):
    """A file that cannot be opened; the message says why and what to do next."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One piece of code that runs at once.

    title       what the trace and the window call it: "cell 3", or the file's name where a file is one cell
    text        the code
    heading     the last heading or mark above it, "" where there is none
    first_line  the line of the file that the code begins in; notebook cells count from 1
    """

    title: str
    text: str
    heading: str = ""
    first_line: int = 1


@dataclass(frozen=True, slots=True)
class _Piece:
    """Lines of a file before they are cleaned up."""

    heading: str
    lines: list[str]
    first_line: int = 1


@dataclass(frozen=True, slots=True)
class Document:
    """An opened file: its path and its code, cell by cell."""

    path: Path
    cells: tuple[Cell, ...]

    @property
    def title(self) -> str:
        """The file's name."""
        return self.path.name


def open_document(path: str | Path) -> Document:
    """Read a `.py` or `.ipynb` file. Raises `DocumentError` for whatever cannot be shown and run."""
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        known = " and ".join(SUFFIXES)
        raise DocumentError(f"{path.name}: only {known} files can be opened. Rename it if it is one of these.")
    raw = _read(path)
    cells = _notebook_cells(raw, path) if suffix == ".ipynb" else _script_cells(raw, path)
    if not cells:
        raise DocumentError(f"{path.name} has no code to run. Choose a file with at least one code cell.")
    return Document(path, cells)


def script(raw: bytes, name: str) -> Document:
    """A script that comes from no file, such as standard input. Raises `DocumentError`."""
    path = Path(name)
    cells = _script_cells(raw, path)
    if not cells:
        raise DocumentError(f"{name} has no code to run.")
    return Document(path, cells)


def cells_to_data(cells: Iterable[Any]) -> list[dict[str, Any]]:
    """Cells as plain data, for a session file: it shows the code also where the document is gone."""
    return [
        {"title": cell.title, "text": cell.text, "heading": cell.heading, "first_line": cell.first_line}
        for cell in cells
    ]


def cells_from_data(document: object) -> tuple[Cell, ...]:
    """The cells of a session file's document; entries that are none are left out."""
    entries = document.get("cells") if isinstance(document, dict) else None
    return (
        tuple(_cell_from_data(entry) for entry in entries or () if _is_cell(entry)) if isinstance(entries, list) else ()
    )


def _is_cell(entry: object) -> bool:
    return isinstance(entry, dict) and isinstance(entry.get("title"), str) and isinstance(entry.get("text"), str)


def _cell_from_data(entry: dict[str, Any]) -> Cell:
    heading, first = entry.get("heading"), entry.get("first_line")
    return Cell(
        entry["title"],
        entry["text"],
        heading if isinstance(heading, str) else "",
        first if type(first) is int and 1 <= first < LARGEST else 1,
    )


def first_line_title(path: Path) -> str:
    """An example's one-line title: the first line of its docstring or comment; the file's name if it has neither."""
    try:
        with path.open(encoding="utf-8") as file:
            line = file.readline(500)
    except (OSError, UnicodeDecodeError):
        line = ""
    return line.strip().strip("#\"' ").rstrip(".") or path.stem.replace("_", " ")


def _read(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise DocumentError(
                f"{path.name} is {size / (1 << 20):.0f} MiB; files up to {LARGEST >> 20} MiB can be opened. "
                "Clear the outputs of the notebook, or split the file."
            )
        return path.read_bytes()
    except FileNotFoundError:
        raise DocumentError(f"{path} does not exist. Check the name and the folder.") from None
    except IsADirectoryError:
        raise DocumentError(f"{path} is a folder. Choose a file inside it.") from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise DocumentError(f"{path} cannot be read: {reason}. Check its permissions.") from error


def _lines(text: str) -> list[str]:
    """Lines as Python counts them; `str.splitlines` would also split at form feeds and Unicode's separators."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


# -- scripts -----------------------------------------------------------------------------------------------------


def _script_cells(raw: bytes, path: Path) -> tuple[Cell, ...]:
    """Split at lines that start with `# %%`; a file without such lines is one cell."""
    lines = _lines(_decode_script(raw, path))
    marks = [number for number, line in enumerate(lines) if _CELL_MARK.match(line)]
    if not marks:
        return _named([_Piece("", lines)], whole=path.name)
    pieces = [_Piece("", lines[: marks[0]])]
    for start, end in zip(marks, [*marks[1:], len(lines)], strict=True):
        found = _CELL_MARK.match(lines[start])
        heading = found["title"].strip(" -") if found else ""
        pieces.append(_Piece(heading, lines[start + 1 : end], first_line=start + 2))
    return _named(pieces)


def _named(pieces: list[_Piece], whole: str = "") -> tuple[Cell, ...]:
    """Cells with blank lines around them cut off, empty ones left out, and numbered from 1."""
    filled = [piece for piece in pieces if any(line.strip() for line in piece.lines)]
    return tuple(_cell(piece, whole or f"cell {number}") for number, piece in enumerate(filled, start=1))


def _cell(piece: _Piece, title: str) -> Cell:
    skipped = next(i for i, line in enumerate(piece.lines) if line.strip())
    text = "\n".join(piece.lines[skipped:]).rstrip()
    return Cell(title, text, piece.heading, piece.first_line + skipped)


def _decode_script(raw: bytes, path: Path) -> str:
    """Text by the file's own coding line or byte order mark, as Python reads it (PEP 263)."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(raw).readline)
        text = raw.decode(encoding)
    except SyntaxError as error:
        raise DocumentError(f"{path.name} is not Python text: {error.msg}. Save it as UTF-8.") from error
    except UnicodeDecodeError as error:
        raise DocumentError(
            f"{path.name} is not text in {error.encoding} (byte {error.start}). "
            "Save it as UTF-8, or name its encoding in the first line."
        ) from error
    if "\0" in text:
        raise DocumentError(f"{path.name} is a binary file, not Python text. Choose another file.")
    return text


# -- notebooks ---------------------------------------------------------------------------------------------------


def _notebook_cells(raw: bytes, path: Path) -> tuple[Cell, ...]:
    notebook = _parse_notebook(raw, path)
    version = notebook.get("nbformat")
    if version == 3:
        sheets = _list(notebook, "worksheets", path)
        cells = [cell for sheet in sheets if isinstance(sheet, dict) for cell in _list(sheet, "cells", path)]
    elif version == 4:
        cells = _list(notebook, "cells", path)
    else:
        raise DocumentError(
            f"{path.name} has notebook format {version!r}; formats 3 and 4 can be opened. Save it again with Jupyter."
        )
    return _named(_code_pieces(cells, path))


def _parse_notebook(raw: bytes, path: Path) -> dict[str, Any]:
    try:
        notebook = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise DocumentError(f"{path.name} is a binary file, not a notebook. Choose another file.") from error
    except json.JSONDecodeError as error:
        raise DocumentError(
            f"{path.name} is damaged: {error.msg} in line {error.lineno}. Restore it from a copy, or export it again."
        ) from error
    except RecursionError as error:
        raise DocumentError(f"{path.name} is damaged: it is nested too deeply. Restore it from a copy.") from error
    if not isinstance(notebook, dict):
        raise DocumentError(f"{path.name} is JSON, but not a notebook. Choose another file.")
    return notebook


def _list(owner: dict[str, Any], key: str, path: Path) -> list[Any]:
    found = owner.get(key)
    if not isinstance(found, list):
        raise DocumentError(f"{path.name} is damaged: it has no list of {key}. Restore it from a copy.")
    return found


def _code_pieces(cells: list[Any], path: Path) -> list[_Piece]:
    pieces: list[_Piece] = []
    heading = ""
    for number, cell in enumerate(cells, start=1):
        if not isinstance(cell, dict):
            raise DocumentError(f"{path.name} is damaged: entry {number} is not a cell. Restore it from a copy.")
        text = _cell_text(cell, number, path)
        if cell.get("cell_type") == "code":
            pieces.append(_Piece(heading, _lines(text)))
            heading = ""
        elif cell.get("cell_type") == "heading":  # format 3
            heading = text.strip()
        elif cell.get("cell_type") == "markdown":
            heading = _last_heading(text) or heading
    return pieces


def _cell_text(cell: dict[str, Any], number: int, path: Path) -> str:
    """A cell's text: one string or a list of strings; format 3 calls code `input`."""
    source = cell.get("source", cell.get("input", ""))
    if isinstance(source, str):
        return source
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        return "".join(source)
    raise DocumentError(f"{path.name} is damaged: the text of cell {number} is not text. Restore it from a copy.")


def _last_heading(text: str) -> str:
    """The last `# heading`, or line underlined with `===` or `---`, of a Markdown text."""
    found = ""
    lines = _lines(text)
    for above, line in zip(["", *lines], lines, strict=False):
        mark = _HEADING.match(line)
        if mark:
            found = mark["text"]
        elif above.strip() and _UNDERLINE.match(line):
            found = above.strip()
    return found
