"""`torch.nn.init` and `torch.nn.utils` against what PyTorch printed."""

import pytest

from engine import torch
from tests.oracle import sessions


@pytest.mark.parametrize("title", sessions.titles("init"))
def test_parameters_are_filled_as_by_pytorch(title):
    sessions.check(torch, "init", title)


@pytest.mark.parametrize("title", sessions.titles("nn_utils"))
def test_parameters_and_gradients_are_changed_as_by_pytorch(title):
    sessions.check(torch, "nn_utils", title)


@pytest.mark.parametrize("title", sessions.titles("shape_layers"))
def test_layers_without_parameters_give_pytorch_s_shapes(title):
    sessions.check(torch, "shape_layers", title)


@pytest.mark.parametrize("title", sessions.titles("lazy"))
def test_lazy_layers_take_their_shapes_as_pytorch_s(title):
    sessions.check(torch, "lazy", title)


@pytest.mark.parametrize("title", sessions.titles("further_nn"))
def test_what_few_programs_use_answers_as_pytorch_s(title):
    sessions.check(torch, "further_nn", title)


@pytest.mark.parametrize("title", sessions.titles("layer_edges"))
def test_edges_of_layers_print_what_pytorch_prints(title):
    sessions.check(torch, "layer_edges", title)


@pytest.mark.parametrize("title", sessions.titles("parametrize"))
def test_parametrized_weights_are_those_of_pytorch(title):
    sessions.check(torch, "parametrize", title)


@pytest.mark.parametrize("title", sessions.titles("prune"))
def test_pruned_parameters_are_those_of_pytorch(title):
    sessions.check(torch, "prune", title)
