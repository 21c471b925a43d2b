"""Write programs/*.out: what every program of programs/*.txt prints with real PyTorch. Needs torch.

Run: .venv/bin/python -m tests.oracle.make_programs
"""

from tests.oracle.programs import FOLDER, NAMES, run


def main() -> None:
    for name in NAMES:
        (FOLDER / f"{name}.out").write_text("\n".join(run(name)) + "\n")
        print(name)


if __name__ == "__main__":
    main()
