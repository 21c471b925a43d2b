import pytest

from ui.canvas.painting.box_texts import fitting_title
from ui.canvas.picture.fonts import Fonts


@pytest.fixture
def fonts(qapp):
    return Fonts()


def room_for(fonts, text):
    return fonts.width(fonts.title, text) + 0.5


def test_a_title_that_fits_stays_whole(fonts):
    assert fitting_title(fonts, "net.weight", room_for(fonts, "net.weight")) == "net.weight"


def test_of_a_path_the_last_names_stay(fonts):
    path = "encoder.layers.0.norm1.weight"
    assert fitting_title(fonts, path, room_for(fonts, "…norm1.weight")) == "…norm1.weight"
    assert fitting_title(fonts, path, room_for(fonts, "…weight")) == "…weight"


def test_of_an_expression_the_beginning_stays(fonts):
    found = fitting_title(fonts, "y.sum() + z.sum()", room_for(fonts, "y.sum() + …"))
    assert found.startswith("y.sum()")
    assert found.endswith("…")


def test_how_often_a_block_is_repeated_is_never_left_out(fonts):
    found = fitting_title(fonts, "TransformerEncoderLayer ×12", room_for(fonts, "Transf… ×12"))
    assert found.startswith("Tra")
    assert found.endswith("… ×12")


def test_that_a_box_is_a_gradient_is_never_left_out(fonts):
    found = fitting_title(fonts, "torch.tensor(v, requires_g….grad", room_for(fonts, "torch….grad"))
    assert found.startswith("tor")
    assert found.endswith("….grad")
    assert fitting_title(fonts, "…attn.in_proj_weight.grad", room_for(fonts, "…in_proj_weight.grad")) == (
        "…in_proj_weight.grad"
    )


def test_the_brackets_of_a_call_go_first(fonts):
    assert fitting_title(fonts, "unsafe_split(…)", room_for(fonts, "unsafe_split")) == "unsafe_split"


def test_of_a_gradient_at_least_its_tensor_is_told(fonts):
    assert fitting_title(fonts, "query.grad", room_for(fonts, "query.gr…")).startswith("query")


def test_which_of_one_name_a_tensor_was_is_never_left_out(fonts):
    assert fitting_title(fonts, "scores⁽¹²⁾", room_for(fonts, "sco…⁽¹²⁾")) == "sco…⁽¹²⁾"


def test_where_hardly_a_letter_fits_there_is_no_text(fonts):
    for title in ("MulBackward0", "net.weight", "a + b", "Block ×16"):
        assert fitting_title(fonts, title, 8.0) == ""


def test_whatever_is_left_fits(fonts):
    for title in (
        "self.layers.0.self_attn.in_proj_weight",
        "torch.tensor(v, requires_grad=True)",
        "Block ×1,600",
        "π²∂",
    ):
        for room in range(5, 300, 7):
            assert fonts.width(fonts.title, fitting_title(fonts, title, float(room))) <= room + 0.5
