"""Write dtypes.json: promotion tables, casts, scalar mixes and finfo/iinfo as real PyTorch has them. Needs torch.

Run: .venv/bin/python tests/oracle/make_dtypes.py
"""

import json
from itertools import product
from pathlib import Path

import torch

NAMES = ["bool", "uint8", "int8", "int16", "int32", "int64", "float16", "bfloat16", "float32", "float64"]
NAMES += ["complex32", "complex64", "complex128"]
STORED = ["bool", "uint8", "int8", "int16", "int32", "int64", "float32", "float64"]
NUMBERS = {"True": True, "3": 3, "2.5": 2.5, "1j": 1j}


def main() -> None:
    of = {name: getattr(torch, name) for name in NAMES}
    operands = {f"{name}{shape}": torch.ones(shape, dtype=of[name]) for name in STORED for shape in ([], [2])}
    data = {
        "promote_types": {f"{a},{b}": str(torch.promote_types(of[a], of[b])) for a, b in product(NAMES, NAMES)},
        "can_cast": {f"{a},{b}": torch.can_cast(of[a], of[b]) for a, b in product(NAMES, NAMES)},
        "result_type": {
            f"{a},{b}": str(torch.result_type(x, y))
            for (a, x), (b, y) in product((operands | NUMBERS).items(), repeat=2)
        },
        "finfo": {name: repr(torch.finfo(of[name])) for name in ("float16", "bfloat16", "float32", "float64")},
        "iinfo": {name: repr(torch.iinfo(of[name])) for name in ("uint8", "int8", "int16", "int32", "int64")},
        "attributes": {
            name: [of[name].itemsize, of[name].is_floating_point, of[name].is_complex, of[name].is_signed]
            for name in NAMES
            if name not in ("bfloat16",)
        },
    }
    Path(__file__).with_name("dtypes.json").write_text(json.dumps(data, indent=0) + "\n")


if __name__ == "__main__":
    main()
