from engine.trace import NONE
from tests.traces import seed_trace
from ui.words import GoTo, Word, line_word, listed, node_word, plain, step_word, words


def test_a_sentence_is_put_together_from_texts_links_and_sentences():
    inner = words("ran at ", step_word(0, 3))
    sentence = words("MulBackward0 ", inner, "", ".")
    assert plain(sentence) == "MulBackward0 ran at step 3."
    assert [word.goes for word in sentence if word.goes] == [GoTo(pass_id=0, position=3)]


def test_several_are_listed_with_an_and_before_the_last():
    assert plain(listed([words(text) for text in "abc"])) == "a, b and c"
    assert plain(listed([words("a"), words("b")])) == "a and b"
    assert plain(listed([words("a")])) == "a"


def test_a_line_is_a_link_where_it_is_known():
    trace = seed_trace()
    assert line_word(trace, 0, 4) == Word("cell 1, line 4", GoTo(source=0, line=4))
    assert line_word(trace, 0, 4, brief=True).text == "line 4"
    assert line_word(trace, NONE, 0) == Word("")


def test_a_node_that_is_not_there_is_no_link():
    assert node_word("y", NONE).goes is None
    assert node_word("y", 7).goes == GoTo(node=7)
