"""Write reprs.json: how real PyTorch prints the tensors of print_cases.py. Needs torch.

Run: .venv/bin/python -m tests.oracle.make_reprs
"""

import json
from pathlib import Path

import torch

from tests.oracle.print_cases import PrintCase, cases


def text_of(case: PrintCase) -> str:
    tensor = torch.from_numpy(case.array)
    tensor.requires_grad_(case.requires_grad)
    if case.grad_fn == "clone":
        tensor = tensor.clone()
    torch.set_printoptions(profile="default")
    torch.set_printoptions(**case.options)
    return repr(tensor)


def main() -> None:
    texts = {case.name: text_of(case) for case in cases()}
    Path(__file__).with_name("reprs.json").write_text(json.dumps(texts, indent=0) + "\n")
    print(len(texts), "reprs")


if __name__ == "__main__":
    main()
