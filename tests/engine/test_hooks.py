import pytest

from engine import torch
from tests.oracle.sessions import check, titles


@pytest.mark.usefixtures("fresh_warnings")
@pytest.mark.parametrize("title", titles("hooks"))
def test_a_session_prints_what_pytorch_prints(title):
    check(torch, "hooks", title)
