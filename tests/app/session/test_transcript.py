from app.session import transcript
from app.session.transcript import Transcript


def test_what_is_printed_in_portions_becomes_one_piece():
    kept = Transcript()
    for kind, text in (
        ("In [1]", "f()"),
        ("stdout", "a"),
        ("stdout", "b\n"),
        ("stderr", "c"),
        ("stdout", "d"),
        ("stdout", ""),
    ):
        kept.add(kind, text)
    assert kept.entries == [("In [1]", "f()"), ("stdout", "ab\n"), ("stderr", "c"), ("stdout", "d")]


def test_equal_kinds_of_cells_and_results_stay_apart():
    kept = Transcript()
    kept.add("In [1]", "a")
    kept.add("In [1]", "b")
    assert len(kept.entries) == 2


def test_a_growing_file_gets_each_character_once():
    kept, written = Transcript(), []
    for number in range(10):
        kept.add("stdout", str(number))
        written += kept.take()
    assert "".join(text for _, text in written) == "0123456789"
    assert kept.take() == []


def test_the_oldest_pieces_go_when_there_are_too_many_characters(monkeypatch):
    monkeypatch.setattr(transcript, "MOST_CHARACTERS", 100)
    kept = Transcript()
    for number in range(50):
        kept.add("error", f"{number:010}")
        kept.take()
    assert sum(len(text) for _, text in kept.entries) <= 100
    assert kept.entries[-1][1] == "0000000049"
    kept.add("error", "new")
    assert kept.take() == [("error", "new")]


def test_a_transcript_from_a_file_is_written_again_by_the_next_file():
    kept = Transcript()
    kept.replace([("In [1]", "x"), ("Out[1]", "1\n")])
    assert kept.take() == [("In [1]", "x"), ("Out[1]", "1\n")]
