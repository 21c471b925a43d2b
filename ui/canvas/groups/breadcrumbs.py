"""The path of groups above the graph: where the selection is, or the part that is shown alone.

A crumb is a button. A click shows its group as one box, or opens it when it is one already; the first stands for the
whole graph. It knows groups by their numbers and titles only; `Folding` does what is clicked.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from engine.trace import NONE

from ...theme import Theme

WHOLE = "Whole graph"
PART = "Sub-graph"
_MOST_CHARACTERS = 28


class Crumb(NamedTuple):
    """One group of the path: its number, what it is called, whether it is one box now."""

    group: int
    title: str
    kind: str
    closed: bool


class Breadcrumbs(QFrame):
    """One row of crumbs; hidden while the graph has no groups."""

    clicked = Signal(int)  # a group, or NONE for all that there is

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("breadcrumbs")
        self.setAccessibleName("Where the selection is")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(10, 3, 10, 3)
        self._row.setSpacing(2)
        self._shown: tuple[Crumb, ...] | None = None
        self._first = WHOLE
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.set_theme(theme)
        self.hide()

    @property
    def crumbs(self) -> list[CrumbButton]:
        """The buttons, the whole graph first."""
        return [item for item in self.findChildren(CrumbButton) if not item.isHidden()]

    def show_path(self, path: Sequence[Crumb] | None, *, whole: bool = True) -> None:
        """Show a path from the outermost group, in the whole graph or in a part of it; None: there are no groups."""
        self.setVisible(path is not None)
        wanted = tuple(path) if path is not None else None
        first = WHOLE if whole else PART
        if (wanted, first) != (self._shown, self._first):
            self._shown, self._first = wanted, first
            self._build()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many crumbs as there is room for."""
        super().resizeEvent(event)
        self._build()

    def _build(self) -> None:
        """The first crumbs and the last ones; those in between are left out as far as there is no room."""
        focused = next((k for k, crumb in enumerate(self.crumbs) if crumb.hasFocus()), NONE)
        self._clear()
        if self._shown is None:
            return
        crumbs = [CrumbButton(NONE, self._first, "Close the outermost groups"), *map(_button, self._shown)]
        separator, dots = QLabel("›"), QLabel("…")
        for part in (*crumbs, separator, dots):
            part.setParent(self)  # for its font
            part.ensurePolished()
        between = separator.sizeHint().width() + 2 * self._row.spacing()
        room = self.width() - 20
        kept, left_out = crumbs, 0
        while len(kept) > 2 and sum(crumb.sizeHint().width() + between for crumb in kept) - between > room:
            if not left_out:  # from now on the dots need room too
                room -= dots.sizeHint().width() + between
            kept.pop(1).deleteLater()
            left_out += 1
        for place, crumb in enumerate(kept):
            if place:
                self._row.addWidget(QLabel("›"))
            if place == 1 and left_out:
                self._row.addWidget(QLabel("…"))
                self._row.addWidget(QLabel("›"))
            crumb.clicked.connect(partial(self.clicked.emit, crumb.stands_for))
            self._row.addWidget(crumb)
            crumb.show()
        self._row.addStretch(1)
        separator.deleteLater()
        dots.deleteLater()
        if focused != NONE:
            kept[min(focused, len(kept) - 1)].setFocus()

    def set_theme(self, theme: Theme) -> None:
        """Other colours."""
        self.setStyleSheet(
            f"QFrame#breadcrumbs {{ background: {theme.panel}; border: none; border-bottom: 1px solid {theme.line}; }}"
            f"QLabel {{ color: {theme.dim}; background: transparent; border: none; }}"
            f"QToolButton {{ color: {theme.text}; background: transparent; border: 1px solid transparent;"
            " border-radius: 5px; padding: 2px 6px; }"
            "QToolButton[closed='true'] { font-weight: 600; }"
            f"QToolButton:hover {{ background: {theme.raised}; }}"
            f"QToolButton:focus {{ border-color: {theme.accent}; }}"
        )

    def _clear(self) -> None:
        while (item := self._row.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()


def _button(crumb: Crumb) -> CrumbButton:
    does = "Open" if crumb.closed else "Close"
    made = CrumbButton(crumb.group, crumb.title, f"{does} {crumb.kind} {crumb.title}")
    made.setProperty("closed", crumb.closed)
    return made


class CrumbButton(QToolButton):
    """A crumb. Space, Return and Enter press it, although they mean something else on the canvas below."""

    def __init__(self, group: int, title: str, tip: str) -> None:
        super().__init__()
        self.stands_for = group
        short = title if len(title) <= _MOST_CHARACTERS else title[: _MOST_CHARACTERS - 1] + "…"
        self.setText(short.replace("&", "&&"))
        self.setToolTip(tip)
        self.setAccessibleName(title)
        self.setAccessibleDescription(tip)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def event(self, event: QEvent) -> bool:
        """Keep the keys that press a button from becoming shortcuts."""
        keys = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in keys:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return and Enter press it as Space does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)
