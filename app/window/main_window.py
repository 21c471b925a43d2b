"""The main window: puts the docks around the canvas, follows session and settings, keeps its own layout.

What its actions do is in `app/commands`; what they are is in `actions.py`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, QSize, QUrl, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QDockWidget, QLabel, QMainWindow, QMenu, QSizePolicy, QToolBar, QWidget

from ui import style
from ui.dock_columns import DockColumns
from ui.docks import add_docks, arrange, fill
from ui.graph_area import GraphArea
from ui.kernel_label import KernelLabel
from ui.narrow_bar import NarrowBar
from ui.notice_bar import NoticeBar
from ui.outline import Outline
from ui.own_keys import OwnKeys
from ui.pause_bar import PauseBar
from ui.script.pane import ScriptPane
from ui.timeline import Timeline
from ui.view_choice import ViewChoice
from ui.view_state import ViewState

from ..commands.window_commands import Commands
from ..documents import SUFFIXES
from ..saving.session_files import SessionFiles
from ..session.session import Session
from ..session.transcript import Entry
from ..settings import Settings
from ..store import SUFFIX
from .menus import Menus
from .status import conditions, keys_text, status_text
from .theme_choice import ThemeChoice

if TYPE_CHECKING:
    from ui.console import Console

ENGINE = "Embedded engine (NumPy)"
LARGEST_FIRST_SIZE = (1600, 1000)
MESSAGE_TIME = 8_000  # ms


class MainWindow(QMainWindow):
    """One window on one session."""

    error_caught = Signal(str)  # from any thread

    def __init__(self, session: Session, settings: Settings) -> None:
        super().__init__()
        self.setObjectName("window")
        self.session, self.settings = session, settings
        self.themes = ThemeChoice(settings, self)
        self._dress_application()  # before there are widgets, which would all be polished twice
        self._console: Console | None = None
        self.view_state = ViewState(session.trace, self)
        self.view_state.set_fetch(session.fetch)
        self.area = GraphArea(self.view_state)
        self.canvas = self.area.canvas
        self.setCentralWidget(self.area)
        self.panels = add_docks(self, self.view_state)
        self.columns = DockColumns(self)
        self.view_choice, self.kernel_label = ViewChoice(), KernelLabel(ENGINE)
        self.notice, self.pause_bar = NoticeBar(self), PauseBar(self)
        self._status = QLabel()
        self.commands = Commands(self)
        self.files = SessionFiles(self)
        self._earlier: tuple[list[Entry], str] = ([], "")  # what a console shows first, once there is one
        self._may_close = False
        scopes: dict[str, QWidget] = {"canvas": self.canvas, "script": self.script, "timeline": self.timeline}
        self.menus = Menus(self, lambda action: self.commands.slot(action.id), scopes)
        self._build_bars()
        OwnKeys(self).keep_in(self)
        self._connect()
        self.setAcceptDrops(True)
        self.retitle()
        self._dress()
        self._restore()
        self.follow()

    @property
    def console(self) -> Console:
        """The console dock's widget. Raises RuntimeError before `attach_console`."""
        if self._console is None:
            raise RuntimeError("the window has no console yet; call attach_console() first")
        return self._console

    @property
    def script(self) -> ScriptPane:
        """The script dock's widget."""
        found = self.panels["script"]
        assert isinstance(found, ScriptPane)
        return found

    @property
    def outline(self) -> Outline:
        """The outline dock's widget."""
        found = self.panels["outline"]
        assert isinstance(found, Outline)
        return found

    @property
    def timeline(self) -> Timeline:
        """The timeline dock's widget."""
        found = self.panels["timeline"]
        assert isinstance(found, Timeline)
        return found

    def attach_console(self) -> None:
        """Make the console and give it the kernel of the session, which must have started."""
        from ui.console import Console

        console = self._console = self.panels["console"] = Console()
        console.set_theme(self.themes.theme)
        dock = self.findChild(QDockWidget, "console")
        if dock is not None:
            fill(dock, console)
        console.custom_interrupt_requested.connect(self.session.interrupt)
        console.custom_restart_requested.connect(self.session.restart)
        self._follow_font()
        console.kernel_client = self.session.client
        console.show_transcript(*self._earlier)
        self.session.execute_through(console.run_cell)
        self._on_kernel(self.session.state)
        console.setFocus()

    def say(self, text: str) -> None:
        """A passing word in the status bar."""
        self.statusBar().showMessage(text, MESSAGE_TIME)

    def show_transcript(self, entries: list[Entry], note: str) -> None:
        """Let the console begin with the text of an earlier session."""
        self._earlier = (entries, note)
        if self._console is not None:
            self._console.show_transcript(entries, note)

    def show_dock(self, name: str) -> None:
        """Bring a dock to the front."""
        dock = self.findChild(QDockWidget, name)
        if dock is not None:
            dock.show()
            dock.raise_()

    def retitle(self) -> None:
        """The title says what is open, and by its star whether something in it is unsaved."""
        name, document = self.files.name, self.commands.document
        self.setWindowTitle(f"{name}[*] · Retrograde" if name else "Retrograde[*]")
        self.setWindowModified(self.files.modified)
        path = self.files.path or (document.path.resolve() if document is not None else None)
        self.setWindowFilePath("" if path is None else str(path))

    # -- building ------------------------------------------------------------------------------------------------

    def _build_bars(self) -> None:
        bar = QToolBar("Toolbar")
        bar.setObjectName("toolbar")
        bar.setMovable(False)
        bar.setIconSize(QSize(16, 16))
        bar.toggleViewAction().setEnabled(False)  # a window without its buttons has no way to bring them back
        self.menus.add_buttons(bar)
        bar.addWidget(_space(16))
        bar.addWidget(self.view_choice)
        stretch = QWidget()
        stretch.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        bar.addWidget(stretch)
        bar.addWidget(self.kernel_label)
        NarrowBar(bar, self.kernel_label, self.menus.buttons)
        self.addToolBar(bar)
        self.addToolBarBreak()
        self.addToolBar(self.notice)
        self.addToolBarBreak()
        self.addToolBar(self.pause_bar)
        self.statusBar().addWidget(self._status, 1)
        self.statusBar().addPermanentWidget(QLabel(keys_text()))
        self.statusBar().setSizeGripEnabled(False)

    def _connect(self) -> None:
        session, state = self.session, self.view_state
        session.trace_grew.connect(state.trace_grew)
        session.array_arrived.connect(lambda _handle: state.trace_grew())
        session.state_changed.connect(self._on_kernel)
        session.message.connect(self.say)
        self.canvas.navigation.said.connect(self.say)
        self.timeline.said.connect(self.say)
        for changed in (
            state.trace_changed,
            state.step_changed,
            state.selection_changed,
            state.shown_changed,
            state.breakpoints_changed,
        ):
            changed.connect(self.follow)
        self.canvas.picture_changed.connect(self.follow)
        self.canvas.menu_asked.connect(self._pop_up)
        self.script.view.menu_asked.connect(self.menus.script_menu.popup)
        self.menus.script_menu.addSeparator()
        self.menus.script_menu.addAction("Copy").triggered.connect(self.script.view.copy)
        self.outline.go_requested.connect(self.canvas.go_to)
        self.settings.changed.connect(self._on_setting)
        self.themes.changed.connect(self._dress_application)
        self.themes.changed.connect(self._dress)
        self.view_choice.chosen.connect(self.canvas.set_view)
        self.script.run_requested.connect(self.commands.run_listed)
        self.error_caught.connect(self.notice.say)
        self.files.changed.connect(self.retitle)
        self.files.changed.connect(self.follow)
        self.commands.live.changed.connect(self.follow)

    def _pop_up(self, at: QPoint) -> None:
        """The menu of the selected boxes, or of the canvas."""
        (self.menus.box_menu if self.view_state.selection else self.menus.ground_menu).popup(at)

    def createPopupMenu(self) -> QMenu:
        """Which docks there are; the bars of notices come and go by themselves."""
        menu = QMenu(self)
        self.commands.docks(menu)
        return menu

    # -- following -----------------------------------------------------------------------------------------------

    def follow(self) -> None:
        """Bring status bar and enabled actions up to date."""
        self._status.setText(status_text(self.view_state))
        held = conditions(
            self.view_state,
            document=bool(self.script.listing.cells),
            kernel=self.session.state,
            recent=bool(self.settings.texts("recent_files")),
            examples=bool(self.commands.examples()),
        )
        held |= self.canvas.folding.conditions() | self.files.conditions() | self.commands.live.conditions()
        self.menus.enable(held)

    def _on_kernel(self, state: str) -> None:
        # That a pass waits comes another way than that the kernel is busy, and may come first.
        waits = self.session.is_paused and state in ("idle", "busy")
        self.kernel_label.set_state("paused" if waits else state)
        console = self._console
        if state == "idle" and console is not None:
            console.release()
        elif state == "restarting":
            self.notice.dismiss()
            if console is not None:
                console.hold("Restarting the kernel …")
        elif state == "dead":
            if console is not None:
                console.hold("The kernel ended. Restart it to go on.")
            text = "The kernel ended; your variables are gone. The graph and its passes stay."
            self.notice.say(text, "Restart kernel", self.session.restart)
        self.follow()

    def _on_setting(self, name: str) -> None:
        if name in ("reduced_motion", "step_into_groups", "follow_step", "signed_gradients"):
            self._follow_motion()
        elif name == "code_font_size":
            self._follow_font()

    def _follow_motion(self) -> None:
        reduced = self.settings.boolean("reduced_motion")
        self.canvas.set_animated(not reduced)
        self.menus.actions["reduced_motion"].setChecked(reduced)
        follows, signed = self.settings.boolean("follow_step"), self.settings.boolean("signed_gradients")
        self.canvas.set_follows(follows)
        self.menus.actions["follow_step"].setChecked(follows)
        self.canvas.set_signed(signed)
        self.menus.actions["signed_gradients"].setChecked(signed)
        opens = self.settings.boolean("step_into_groups")
        self.canvas.set_opens_groups(opens)
        self.menus.actions["step_into_groups"].setChecked(opens)

    def _follow_font(self) -> None:
        points = self.settings.integer("code_font_size")
        if self._console is not None:
            self._console.set_font_size(points)
        self.script.set_font_size(points)

    def _dress_application(self) -> None:
        application = QApplication.instance()
        if isinstance(application, QApplication):
            style.apply(application, self.themes.theme)

    def _dress(self) -> None:
        parts: list[Any] = [self.area, *self.panels.values(), self.view_choice, self.kernel_label, self.menus]
        for part in parts:
            part.set_theme(self.themes.theme)

    # -- layout, files, end --------------------------------------------------------------------------------------

    def _restore(self) -> None:
        self._follow_motion()
        self._follow_font()
        if not self.restoreGeometry(self.settings.binary("window_geometry")):
            screen = QGuiApplication.primaryScreen().availableSize()
            width, height = (min(part, most) for part, most in zip(screen.toTuple(), LARGEST_FIRST_SIZE, strict=True))
            self.resize(width, height)
        if self.restoreState(self.settings.binary("window_layout")):
            self.columns.adopt()
        else:
            arrange(self)
        self.notice.dismiss()
        self.pause_bar.hide()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take a script, a notebook or a session."""
        if _document_in(event.mimeData().urls()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open the file that was dropped."""
        path = _document_in(event.mimeData().urls())
        if path is not None:
            event.acceptProposedAction()
            self.commands.open_path(path)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask when something is unsaved; keep the layout, end the kernel."""
        if not self._may_close and (self.files.saving or self.files.asks()):
            event.ignore()
            self.commands.filing.before_end("close the window", self._close_for_good)
            return
        self.files.close()
        self.settings.set("window_geometry", bytes(self.saveGeometry().data()))
        self.settings.set("window_layout", bytes(self.saveState().data()))
        self.settings.sync()
        self.hide()  # ending the kernel takes a moment
        self.canvas.close_job()
        self.session.close()
        super().closeEvent(event)

    def _close_for_good(self) -> None:
        self._may_close = True
        self.close()


def _document_in(urls: list[QUrl]) -> Path | None:
    paths = (Path(url.toLocalFile()) for url in urls if url.isLocalFile())
    return next((path for path in paths if path.suffix.lower() in (*SUFFIXES, SUFFIX)), None)


def _space(width: int) -> QWidget:
    made = QWidget()
    made.setFixedWidth(width)
    return made
