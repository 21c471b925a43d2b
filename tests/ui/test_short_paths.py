"""Long names keep their ends, in as many words as there is room for."""

import pytest

from engine.trace import NONE
from ui.formula.boxes import plain
from ui.short_paths import shorten_paths
from ui.step_panel.facts import Accumulation
from ui.step_panel.line_parts import LONGEST_TITLE, shortened
from ui.step_panel.sum_lines import accumulation_lines


@pytest.mark.parametrize(
    ("text", "room", "kept"),
    [
        ("net.0.weight", 12, "net.0.weight"),
        ("encoder.layers.11.self_attn.in_proj_weight", 25, "…self_attn.in_proj_weight"),
        ("t(net.layers.0.weight)", 14, "t(…0.weight)"),
        ("net.0.weight.grad", 12, "…weight.grad"),
        ("1.7320508075688772", 10, "1.7320508075688772"),
    ],
)
def test_of_a_path_the_last_names_stay_and_a_number_is_none(text, room, kept):
    assert shorten_paths(text, lambda shorter: len(shorter) <= room) == kept


def test_the_sum_into_a_long_name_leaves_room_for_its_numbers():
    title = "enc.layers.0.self_attn.in_proj_weight.grad"
    _, numbers = accumulation_lines(Accumulation(title, NONE, 0, 1), lambda handle: None)
    assert numbers.head is not None
    assert plain(numbers.head) == shortened(title) == "…in_proj_weight.grad"
    assert len(plain(numbers.head)) <= LONGEST_TITLE
