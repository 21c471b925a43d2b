import json
import os
from pathlib import Path

import pytest

from app import documents
from app.documents import Document, DocumentError, first_line_title, open_document


def write(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def notebook(*cells: dict) -> str:
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells)})


def code(source: str | list[str]) -> dict:
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], "execution_count": None}


def texts(document: Document) -> list[str]:
    return [cell.text for cell in document.cells]


def test_a_script_without_marks_is_one_cell_named_after_the_file(tmp_path):
    document = open_document(write(tmp_path, "a.py", "x = 1\n\ny = 2\n"))
    assert [(c.title, c.text, c.first_line) for c in document.cells] == [("a.py", "x = 1\n\ny = 2", 1)]


def test_a_script_with_marks_is_split_and_keeps_the_lines_of_the_file(tmp_path):
    document = open_document(write(tmp_path, "a.py", "x = 1\n# %% Second part\n\ny = 2\n#%%\nz = 3\n"))
    assert [(c.title, c.text, c.heading, c.first_line) for c in document.cells] == [
        ("cell 1", "x = 1", "", 1),
        ("cell 2", "y = 2", "Second part", 4),
        ("cell 3", "z = 3", "", 6),
    ]


def test_empty_parts_of_a_script_are_left_out(tmp_path):
    assert texts(open_document(write(tmp_path, "a.py", "# %%\n\n# %%\nx = 1\n# %%\n"))) == ["x = 1"]


@pytest.mark.parametrize(
    "content",
    [
        "# é\n".encode(),
        b"\xef\xbb\xbf# \xc3\xa9\n",
        b"# -*- coding: latin-1 -*-\n# \xe9\n",
        b"#!/usr/bin/python\n# coding: cp1252\n# \xe9\n",
    ],
)
def test_a_script_is_read_in_its_own_encoding(tmp_path, content):
    assert open_document(write(tmp_path, "a.py", content)).cells[0].text.endswith("# é")


def test_line_endings_of_other_systems_are_read(tmp_path):
    assert texts(open_document(write(tmp_path, "a.py", b"x = 1\r\ny = 2\r\n"))) == ["x = 1\ny = 2"]


def test_lines_are_counted_as_python_counts_them(tmp_path):
    document = open_document(write(tmp_path, "a.py", "x = 1\x0c\n'\u2028'\r# %%\ny = 2\n"))
    assert [(c.text, c.first_line) for c in document.cells] == [("x = 1\x0c\n'\u2028'", 1), ("y = 2", 4)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"x = 1\n\xff\xfe\xfa", "not"),
        (b"\x00\x01\x02\x03", "binary"),
        (b"# coding: no-such-thing\n", "not Python text"),
    ],
)
def test_a_script_that_is_not_text_says_so(tmp_path, content, said):
    with pytest.raises(DocumentError, match=said):
        open_document(write(tmp_path, "a.py", content))


def test_a_notebook_gives_its_code_cells_with_the_headings_above_them(tmp_path):
    text = notebook(
        {"cell_type": "markdown", "source": ["# Start\n", "words"]},
        code(["import torch\n", "x = 1"]),
        {"cell_type": "markdown", "source": "Gradients\n---------\nmore"},
        code("y = 2"),
        code("   "),
        {"cell_type": "raw", "source": "raw"},
        code("z = 3"),
    )
    document = open_document(write(tmp_path, "n.ipynb", text))
    assert [(c.title, c.text, c.heading, c.first_line) for c in document.cells] == [
        ("cell 1", "import torch\nx = 1", "Start", 1),
        ("cell 2", "y = 2", "Gradients", 1),
        ("cell 3", "z = 3", "", 1),
    ]


def test_an_old_notebook_is_read(tmp_path):
    cells = [
        {"cell_type": "heading", "level": 1, "source": "Start"},
        {"cell_type": "code", "input": ["x = 1\n", "y = 2"], "language": "python"},
    ]
    text = json.dumps({"nbformat": 3, "worksheets": [{"cells": cells}]})
    document = open_document(write(tmp_path, "n.ipynb", text))
    assert [(c.text, c.heading) for c in document.cells] == [("x = 1\ny = 2", "Start")]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "damaged"),
        (b'{"nbformat": 4, "cells": [', "damaged"),
        (b"\x89PNG\r\n\x1a\n\xff\xfe\x00", "binary"),
        (b"[1, 2]", "not a notebook"),
        (b'"text"', "not a notebook"),
        (b'{"cells": []}', "notebook format None"),
        (b'{"nbformat": 99, "cells": []}', "notebook format 99"),
        (b'{"nbformat": 4}', "no list of cells"),
        (b'{"nbformat": 4, "cells": 3}', "no list of cells"),
        (b'{"nbformat": 4, "cells": [1]}', "entry 1 is not a cell"),
        (b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": 3}]}', "cell 1 is not text"),
        (b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": [3]}]}', "cell 1 is not text"),
        (b'{"nbformat": 4, "cells": []}', "no code"),
        (b'{"nbformat": 3, "worksheets": [{}]}', "no list of cells"),
        (b"[" * 100_000, "damaged"),
    ],
)
def test_a_damaged_notebook_says_what_is_wrong_with_it(tmp_path, content, said):
    with pytest.raises(DocumentError, match=said):
        open_document(write(tmp_path, "n.ipynb", content))


def test_a_missing_file_a_folder_and_a_foreign_suffix_are_told_apart(tmp_path):
    (tmp_path / "folder.py").mkdir()
    with pytest.raises(DocumentError, match="does not exist"):
        open_document(tmp_path / "none.py")
    with pytest.raises(DocumentError, match="is a folder"):
        open_document(tmp_path / "folder.py")
    with pytest.raises(DocumentError, match=r"only \.py and \.ipynb"):
        open_document(write(tmp_path, "a.txt", "x"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
def test_a_file_without_permission_says_so(tmp_path):
    path = write(tmp_path, "a.py", "x = 1")
    path.chmod(0)
    with pytest.raises(DocumentError, match="Check its permissions"):
        open_document(path)


def test_a_file_that_is_too_large_is_refused_before_it_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(documents, "LARGEST", 10)
    with pytest.raises(DocumentError, match="Clear the outputs"):
        open_document(write(tmp_path, "n.ipynb", b"x" * 11))


def test_an_examples_title_is_its_first_line(tmp_path):
    assert first_line_title(write(tmp_path, "a.py", "# The first pass.\nx = 1")) == "The first pass"
    assert first_line_title(write(tmp_path, "b.py", '"""Shared weights"""\n')) == "Shared weights"
    assert first_line_title(write(tmp_path, "two_words.py", "")) == "two words"
