import numpy as np

from engine.trace import ArrayView, NodeFlag
from ui.canvas.shown import captions


def array(shape=(2, 2), *, low=0.0, high=1.0, norm=1.0, nans=0, infs=0):
    return ArrayView(0, shape, "float32", 16, norm, 0.5, 0.1, low, high, 0, nans, infs)


def test_a_uniform_gradient_is_written_by_its_value_and_another_by_its_norm():
    assert captions.gradient_caption(array(low=2.25, high=2.25, norm=4.5)) == "2.25"
    assert captions.gradient_caption(array(norm=9.17)) == "‖9.17‖"


def test_two_short_numbers_are_written_out_and_two_long_ones_are_not():
    assert captions.gradient_caption(array((2,)), np.array([0.5, -1])) == "[0.5, -1]"
    assert captions.gradient_caption(array((2,), norm=3), np.array([0.12345, -1.2345])) == "‖3‖"


def test_beside_an_edge_there_is_room_for_tiny_tensors_and_for_a_shape():
    room = {"room": captions.LABEL_CHARACTERS, "shaped": True}
    assert captions.gradient_caption(array((3,)), np.array([1, 2.5, -3]), **room) == "[1, 2.5, -3]"
    assert captions.gradient_caption(array((2, 1)), np.array([[1], [2]]), **room) == "[[1], [2]]"
    assert captions.gradient_caption(array((64, 3), norm=9.03), None, **room) == "‖9.03‖ 64×3"
    assert captions.gradient_caption(array((1024, 3072), norm=9.034), None, **room) == "‖9.034‖"


def test_a_node_says_what_its_gradients_add_up_to_so_far_where_that_is_short():
    assert captions.summed_caption("2.25", "waits for 1") == "2.25 · waits for 1"
    assert captions.summed_caption("[0.125, 3]", "waits for 1") == "waits for 1"
    assert captions.summed_caption("", "waits for 1") == "waits for 1"


def test_a_broken_gradient_says_so_before_anything_else():
    assert captions.gradient_caption(array(low=1, high=1, nans=1, infs=1)) == "NaN"
    assert captions.gradient_caption(array(low=1, high=1, infs=1)) == "Inf"


def test_a_gradient_without_elements_says_empty():
    assert captions.gradient_caption(array((0, 3), low=0, high=0)) == "empty"


def test_a_tensor_says_shape_dtype_and_flags():
    leaf = NodeFlag.LEAF | NodeFlag.REQUIRES_GRAD
    assert captions.tensor_caption("2,2", "float32", leaf) == "[2, 2] f32 · leaf"
    assert captions.tensor_caption("", "float64", NodeFlag.REQUIRES_GRAD) == "scalar f64"
    assert captions.tensor_caption("0,3", "int64", NodeFlag.LEAF) == "[0, 3] i64 · no grad"
    assert captions.tensor_caption("4", "float32", NodeFlag.VIEW | NodeFlag.INPLACE) == "[4] f32 · view · in-place"
    assert captions.tensor_caption("4", "float32", NodeFlag.RETAINS_GRAD).endswith("retains grad")
    assert captions.tensor_caption("4", "float32", leaf | NodeFlag.PARAMETER) == "[4] f32 · param"


def test_state_texts_fit_the_room_that_boxes_keep_for_them():
    for text in (
        captions.done_caption(["‖1.235e-10‖"]), captions.done_caption(["1", "2.25"]), captions.done_caption([]),
        captions.now_caption("a very long expression + another"), captions.waiting_caption(5000),
    ):  # fmt: skip
        assert len(text) <= captions.STATE_CHARACTERS


def test_a_node_that_has_run_says_what_it_sent():
    assert captions.done_caption(["0.75"]) == "done · 0.75"
    assert captions.done_caption(["2.25", "2.25"]) == "done · 2.25"
    assert captions.done_caption(["1", "2"]) == "done · 1, 2"
    assert captions.done_caption(["‖1.234‖", "‖5.678‖"]) == "done"


def test_long_and_many_line_texts_become_one_short_line():
    assert captions.one_line("a\n   + b", 20) == "a + b"
    assert captions.one_line("x" * 300, 20) == "x" * 19 + "…"


def test_the_middle_distance_leaves_out_backward():
    assert captions.short_title("MulBackward0") == "Mul"
    assert captions.short_title("AccumulateGrad") == "Accumulate"
    assert captions.short_title("weight2") == "weight2"
    assert captions.short_title("Backward0") == "Backward0"


def test_of_a_long_path_the_last_names_stay_of_anything_else_the_beginning():
    weight = "encode.layers.1.self_attn.in_proj_weight"
    assert captions.title_line("net.0.weight") == "net.0.weight"
    assert captions.title_line(weight) == "…1.self_attn.in_proj_weight"
    assert captions.title_line(f"{weight}.grad") == "…1.self_attn.in_proj_weight.grad"
    assert captions.title_line("models[0].encoder.layers[11].attention.bias") == "…layers[11].attention.bias"
    assert captions.title_line(f"t({weight})") == "t(…1.self_attn.in_proj_weight)"
    assert captions.title_line("net.layers.0.a(x) + net.layers.1.b(x)") == "…layers.0.a(x) + …layers.1.b(x)"
    assert captions.title_line("y.sum() + z.sum() + w.sum() + 1.25 * v") == "y.sum() + z.sum() + w.sum() + 1…"
    assert captions.title_line("3.14159265358979323846264338327950288") == "3.14159265358979323846264338327…"
    assert captions.title_line("torch.tensor(v, requires_grad=True) + 1") == "torch.tensor(v, requires_grad=T…"
    assert captions.title_line("torch.tensor(v, requires_grad=True).grad") == "torch.tensor(v, requires_g….grad"
    assert captions.title_line("a." + "b" * 50) == "…" + "b" * 30 + "…"


def test_what_tells_a_title_from_others_is_at_its_end():
    for title, ending in (("w.grad", ".grad"), ("Block ×1,600", " ×1,600"), ("y⁽¹²⁾", "⁽¹²⁾"), ("y * 2", "")):
        assert captions.split_ending(title) == (title.removesuffix(ending), ending)
