import pytest

from ui.script.highlight import open_quotes_after, opened_by_line, parts


def kinds(line, opened=""):
    return [(line[part.start : part.end], part.kind) for part in parts(line, opened)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("x = torch.ones(2, 2)", [("ones", "call"), ("2", "number"), ("2", "number")]),
        ("z = y * 3.5e-3", [("3.5e-3", "number")]),
        ("for i in range(0xFF):", [("for", "keyword"), ("in", "keyword"), ("range", "builtin"), ("0xFF", "number")]),
        ("x = None  # why", [("None", "constant"), ("# why", "comment")]),
        ("print('a # b')", [("print", "builtin"), ("'a # b'", "string")]),
        (r"s = 'it\'s' + f\"x\"".replace('\\"', '"'), [(r"'it\'s'", "string"), ('f"x"', "string")]),
        ("@torch.no_grad()", [("@torch.no_grad", "decorator")]),
        ("%matplotlib inline", [("%matplotlib inline", "magic")]),
        ("x2 = größe1", []),
        ("a = '''x''' + '''y", [("'''x'''", "string"), ("'''y", "string")]),
        ("s = 'never closed", [("'never closed", "string")]),
        ("", []),
    ],
)
def test_parts_of_a_line_are_told_apart(line, expected):
    assert kinds(line) == expected


def test_a_line_inside_a_long_string_is_a_string_up_to_its_end():
    assert kinds("text 1", '"""') == [("text 1", "string")]
    assert kinds('end""" + 1', '"""') == [('end"""', "string"), ("1", "number")]


def test_what_a_line_leaves_open_is_known_to_the_next_one():
    code = ['a = """one', "two", "three\"\"\" + '''x", "y'''", "b = 1"]
    assert opened_by_line(code) == ["", '"""', '"""', "'''", ""]


def test_quotes_in_strings_and_comments_open_nothing():
    assert open_quotes_after('x = \'"""\'') == ""
    assert open_quotes_after('# """') == ""


def test_a_line_of_very_many_quotes_is_no_problem():
    assert open_quotes_after('""""""' * 20_000) == ""
