"""The look that the panels share: surfaces, cards, small buttons, as one style sheet per theme. Pure text."""

from __future__ import annotations

from .readable import readable
from .theme import Theme, mix

RADIUS = 8


def panel_style(theme: Theme) -> str:
    """The style sheet of a panel; widgets choose their part by object name or by the property `part`."""
    card = mix(theme.panel, theme.background, 0.55)
    hover = mix(theme.raised, theme.accent, 0.14)
    button = theme.raised if theme.dark else mix(theme.panel, theme.line, 0.35)
    return f"""
    QLabel {{ color: {theme.text}; background: transparent; }}
    QLabel[part="dim"] {{ color: {theme.dim}; }}
    QLabel[part="heading"] {{ color: {theme.dim}; font-weight: 600; letter-spacing: 0.5px; }}
    QLabel[part="code"] {{ color: {theme.dim}; }}
    QLabel[part="error"] {{ color: {theme.error}; }}
    QLabel[part="good"] {{ color: {theme.accumulate}; }}
    QLabel[part="finding"] {{ color: {readable(theme.leaf, theme.leaf_fill)}; font-weight: 600; }}
    QLabel a {{ color: {theme.accent}; }}
    QFrame[part="card"] {{ background: {card}; border: 1px solid {theme.line}; border-radius: {RADIUS}px; }}
    QFrame[part="error-card"] {{ background: {mix(card, theme.error, 0.12)}; border: 1px solid {theme.error};
        border-radius: {RADIUS}px; }}
    QFrame[part="finding-card"] {{ background: {theme.leaf_fill}; border: 1px solid {mix(card, theme.leaf, 0.6)};
        border-radius: {RADIUS}px; }}
    QFrame[part="finding-card"]:hover, QFrame[part="finding-card"]:focus {{ border: 1px solid {theme.leaf}; }}
    QWidget#column, QWidget#column-viewport {{ background: transparent; }}
    QToolButton {{ color: {theme.text}; background: {button}; border: 1px solid transparent; border-radius: 7px;
        padding: 4px; }}
    QToolButton:hover {{ background: {hover}; }}
    QToolButton:focus {{ border: 1px solid {theme.accent}; }}
    QToolButton:disabled {{ background: transparent; border: 1px solid {theme.line}; }}
    QToolButton[part="flat"] {{ background: transparent; color: {theme.dim}; padding: 3px 8px; }}
    QToolButton[part="flat"]:hover {{ background: {hover}; color: {theme.text}; }}
    QToolButton[part="flat"]:checked {{ background: {mix(theme.panel, theme.accent, 0.18)}; color: {theme.text};
        border: 1px solid {theme.accent}; }}
    QToolButton[part="warning"] {{ background: {mix(theme.panel, theme.nonfinite, 0.16)}; color: {theme.text};
        border: 1px solid {theme.nonfinite}; padding: 2px 8px; }}
    QToolButton[part="warning"]:hover {{ background: {mix(theme.panel, theme.nonfinite, 0.3)}; }}
    QToolButton[part="warning"]:focus {{ border: 2px solid {theme.nonfinite}; }}
    QToolButton[part="primary"] {{ background: {theme.accent}; color: {theme.on_accent}; border-radius: 18px; }}
    QToolButton[part="primary"]:hover {{ background: {mix(theme.accent, theme.text, 0.15)}; }}
    QToolButton[part="primary"]:focus {{ border: 2px solid {theme.text}; }}
    QToolButton[part="primary"]:disabled {{ background: {theme.line}; }}
    QLineEdit {{ color: {theme.text}; background: {card}; border: 1px solid {theme.line}; border-radius: 6px;
        padding: 3px 6px; selection-background-color: {theme.accent}; selection-color: {theme.on_accent}; }}
    QLineEdit:focus {{ border: 1px solid {theme.accent}; }}
    QScrollBar:vertical {{ background: transparent; width: 9px; margin: 0; }}
    QScrollBar:horizontal {{ background: transparent; height: 9px; margin: 0; }}
    QScrollBar::handle {{ background: {mix(theme.line, theme.dim, 0.25)}; border-radius: 3px; margin: 2px;
        min-height: 24px; min-width: 24px; }}
    QScrollBar::handle:hover {{ background: {theme.dim}; }}
    QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {{ background: none;
        width: 0; height: 0; }}
    QTableView {{ color: {theme.text}; background: {card}; border: 1px solid {theme.line}; border-radius: 6px;
        gridline-color: {theme.panel}; }}
    QHeaderView, QHeaderView::section, QTableCornerButton::section {{ color: {theme.dim}; background: {card};
        border: none; padding: 2px 5px; }}
    """
