"""The look of the window: a theme as Qt's palette and one style sheet for what every window is made of.

Panels bring their own sheet (`panel_style`). Sizes follow the system font; distances are steps of 4 px.
"""

from __future__ import annotations

from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from .icons import FOLDER
from .readable import readable
from .theme import Theme, contrast, mix

MARKS = FOLDER.parent / "marks"

_ROLES = {
    QPalette.ColorRole.Window: "panel",
    QPalette.ColorRole.WindowText: "text",
    QPalette.ColorRole.Base: "background",
    QPalette.ColorRole.AlternateBase: "panel",
    QPalette.ColorRole.Text: "text",
    QPalette.ColorRole.Button: "raised",
    QPalette.ColorRole.ButtonText: "text",
    QPalette.ColorRole.BrightText: "error",
    QPalette.ColorRole.ToolTipBase: "raised",
    QPalette.ColorRole.ToolTipText: "text",
    QPalette.ColorRole.PlaceholderText: "dim",
    QPalette.ColorRole.Highlight: "accent",
    QPalette.ColorRole.HighlightedText: "on_accent",
    QPalette.ColorRole.Link: "accent",
    QPalette.ColorRole.LinkVisited: "function",
    QPalette.ColorRole.Accent: "accent",
    QPalette.ColorRole.Light: "line",
    QPalette.ColorRole.Mid: "line",
    QPalette.ColorRole.Dark: "line",
    QPalette.ColorRole.Shadow: "background",
}


def palette(theme: Theme) -> QPalette:
    """The theme as Qt's palette, for everything that a style sheet does not reach."""
    made = QPalette()
    for role, name in _ROLES.items():
        made.setColor(role, QColor(getattr(theme, name)))
    faint = QColor(mix(theme.dim, theme.panel, 0.4))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, faint)
    return made


def apply(application: QApplication, theme: Theme) -> None:
    """Dress the whole application in a theme."""
    application.setStyle("Fusion")
    application.setPalette(palette(theme))
    application.setStyleSheet(style_sheet(theme))


def monospace(points: float = 0) -> QFont:
    """The one monospace font, in the size of the system's interface font or in `points`."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPointSizeF(points or QApplication.font().pointSizeF())
    font.setStyleHint(QFont.StyleHint.Monospace)
    return font


def card(theme: Theme) -> str:
    """The surface of cards, of the script and of the console."""
    return mix(theme.panel, theme.background, 0.55)


def _tick(colour: str) -> str:
    """The mark of a checked box, as near to a colour as there is: style sheets take it from a file only."""
    ink = max(("black", "white"), key=lambda name: -contrast(colour, {"black": "#000000", "white": "#ffffff"}[name]))
    return (MARKS / f"check-{ink}.svg").as_posix()


def style_sheet(theme: Theme) -> str:
    """The style sheet of menus, toolbar, docks, buttons, fields, scroll bars, tooltips and dialogs."""
    button = theme.raised if theme.dark else mix(theme.panel, theme.line, 0.35)
    hover = mix(button, theme.accent, 0.16)
    pressed = mix(button, theme.accent, 0.32)
    faint = mix(theme.dim, theme.panel, 0.45)
    handle = mix(theme.line, theme.dim, 0.25)
    on_accent = readable(theme.on_accent, theme.accent)
    return f"""
    QMainWindow, QDialog {{ background: {theme.panel}; }}
    QMainWindow::separator {{ background: {theme.line}; width: 1px; height: 1px; margin: 0; }}
    QMainWindow::separator:hover {{ background: {theme.accent}; }}
    QMenuBar {{ background: {theme.panel}; color: {theme.text}; padding: 2px 4px; }}
    QMenuBar::item {{ padding: 4px 12px; border-radius: 6px; background: transparent; }}
    QMenuBar::item:selected, QMenuBar::item:pressed {{ background: {hover}; }}
    QMenu {{ background: {theme.raised}; color: {theme.text}; border: 1px solid {theme.line}; padding: 4px;
        menu-scrollable: 1; }}
    QMenu::item {{ padding: 6px 28px 6px 12px; border-radius: 4px; }}
    QMenu::item:selected {{ background: {hover}; }}
    QMenu::item:disabled {{ color: {faint}; }}
    QMenu::icon {{ padding-left: 8px; }}
    QMenu::separator {{ height: 1px; background: {theme.line}; margin: 4px 8px; }}
    QToolBar {{ background: {theme.panel}; border: none; border-bottom: 1px solid {theme.line};
        padding: 4px 12px 8px 12px; spacing: 8px; }}
    QToolBar QToolButton, QPushButton {{ background: {button}; color: {theme.text};
        border: 1px solid {theme.line}; border-radius: 6px; padding: 4px 12px; }}
    QToolBar QToolButton:hover, QPushButton:hover {{ background: {hover}; }}
    QToolBar QToolButton:pressed, QPushButton:pressed {{ background: {pressed}; }}
    QToolBar QToolButton:focus, QPushButton:focus {{ border-color: {theme.accent}; }}
    QToolBar QToolButton:disabled, QPushButton:disabled {{ color: {faint}; background: transparent; }}
    QToolBar QToolButton[part="primary"], QPushButton:default {{ background: {theme.accent}; color: {on_accent};
        border-color: {theme.accent}; }}
    QToolBar QToolButton[part="primary"]:hover, QPushButton:default:hover {{
        background: {mix(theme.accent, theme.text, 0.12)}; }}
    QToolBar QToolButton[part="primary"]:disabled {{ background: {button}; color: {faint};
        border-color: {theme.line}; }}
    QToolBar QLabel {{ color: {theme.text}; }}
    QWidget#dock-title {{ background: {theme.panel}; }}
    QLabel#dock-name {{ color: {theme.dim}; font-weight: 600; letter-spacing: 0.5px; }}
    QLabel#dock-note {{ color: {theme.dim}; }}
    QStatusBar {{ background: {theme.panel}; color: {theme.dim}; border-top: 1px solid {theme.line}; }}
    QStatusBar QLabel {{ color: {theme.dim}; padding: 2px 8px; }}
    QStatusBar::item {{ border: none; }}
    QToolBar#notice-bar, QToolBar#pause-bar {{ padding: 0; border: none; }}
    QFrame#pause {{ background: {mix(theme.panel, theme.now, 0.18)}; border: none;
        border-bottom: 1px solid {theme.now}; }}
    QFrame#pause QLabel {{ color: {theme.text}; }}
    QFrame#notice {{ background: {mix(theme.panel, theme.error, 0.14)}; border: none;
        border-bottom: 1px solid {theme.error}; }}
    QFrame#notice[kind="offer"] {{ background: {mix(theme.panel, theme.accent, 0.12)};
        border-bottom-color: {theme.accent}; }}
    QFrame#notice QLabel {{ color: {theme.text}; }}
    QToolTip {{ background: {theme.raised}; color: {theme.text}; border: 1px solid {theme.line}; padding: 4px 8px; }}
    QLineEdit {{ background: {card(theme)}; color: {theme.text};
        border: 1px solid {theme.line}; border-radius: 6px; padding: 4px 8px;
        selection-background-color: {theme.accent}; selection-color: {on_accent}; }}
    QLineEdit:focus {{ border-color: {theme.accent}; }}
    QCheckBox::indicator {{ width: 14px; height: 14px; border: 1px solid {theme.dim}; border-radius: 4px;
        background: {card(theme)}; }}
    QCheckBox::indicator:checked {{ background: {theme.accent}; border-color: {theme.accent};
        image: url("{_tick(on_accent)}"); }}
    QCheckBox::indicator:focus {{ border-color: {theme.accent}; }}
    QTabBar::tab {{ background: transparent; color: {theme.dim}; padding: 4px 12px; border: 1px solid transparent;
        border-radius: 6px; margin: 2px; }}
    QTabBar::tab:hover {{ background: {hover}; color: {theme.text}; }}
    QTabBar::tab:selected {{ background: {mix(theme.panel, theme.accent, 0.18)}; color: {theme.text};
        border-color: {theme.accent}; }}
    QTableWidget, QTreeView, QListView {{ background: {card(theme)}; color: {theme.text};
        border: 1px solid {theme.line}; border-radius: 6px; gridline-color: {theme.line}; }}
    QHeaderView::section {{ background: {theme.panel}; color: {theme.dim}; border: none; padding: 4px 8px; }}
    QScrollBar {{ background: transparent; border: none; }}
    QScrollBar:vertical {{ width: 10px; }}
    QScrollBar:horizontal {{ height: 10px; }}
    QScrollBar::handle {{ background: {handle}; border-radius: 3px; margin: 2px; }}
    QScrollBar::handle:vertical {{ min-height: 24px; }}
    QScrollBar::handle:horizontal {{ min-width: 24px; }}
    QScrollBar::handle:hover {{ background: {theme.dim}; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    """
