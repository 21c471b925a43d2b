"""Sentences whose words lead somewhere: to a node, a line of source, a step of a pass. Plain values; knows no Qt."""

from __future__ import annotations

from dataclasses import dataclass

from engine.trace import NONE, Trace

from .describe import place


@dataclass(frozen=True, slots=True)
class GoTo:
    """Where a word leads; parts that are NONE are left as they are. The line counts from 1.

    `position` is a step of pass `pass_id`, or, where that is NONE, of the walk that is shown (0: no step).
    """

    node: int = NONE
    source: int = NONE
    line: int = 0
    pass_id: int = NONE
    position: int = 0


@dataclass(frozen=True, slots=True)
class Word:
    """Some text, perhaps a link; `role` names a colour of the theme."""

    text: str
    goes: GoTo | None = None
    role: str = "text"


Words = tuple[Word, ...]


def words(*parts: str | Word | Words) -> Words:
    """A sentence of texts, links and other sentences."""
    found: list[Word] = []
    for part in parts:
        if isinstance(part, str):
            if part:
                found.append(Word(part))
        elif isinstance(part, Word):
            found.append(part)
        else:
            found += part
    return tuple(found)


def plain(sentence: Words) -> str:
    """The sentence in letters."""
    return "".join(word.text for word in sentence)


def listed(items: list[Words]) -> Words:
    """`a, b and c`."""
    found: list[str | Word | Words] = []
    for index, item in enumerate(items):
        if index:
            found.append(" and " if index == len(items) - 1 else ", ")
        found.append(item)
    return words(*found)


def node_word(title: str, node: int) -> Word:
    """A link that selects a node."""
    return Word(title, GoTo(node=node)) if node != NONE else Word(title)


def line_word(trace: Trace, source: int, line: int, *, brief: bool = False) -> Word:
    """`cell 7, line 5` as a link, or `line 5`; empty where nothing is known."""
    text = place(trace, NONE if brief else source, line)
    return Word(text, GoTo(source=source, line=line)) if source != NONE and line > 0 else Word(text)


def step_word(pass_id: int, position: int, text: str = "") -> Word:
    """`step 3` as a link."""
    return Word(text or f"step {position:,}", GoTo(pass_id=pass_id, position=position))
