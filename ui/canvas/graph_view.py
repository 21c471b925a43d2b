"""The scrollable, zoomable viewport with the one item. It moves its camera and says what was done to which box.

It must not know the trace nor the view state: `CanvasView` translates boxes into nodes.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEasingCurve, QEvent, QPoint, QPointF, QRectF, Qt, QVariantAnimation, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QKeyEvent,
    QMouseEvent,
    QPaintEvent,
    QResizeEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QGraphicsScene, QGraphicsView, QWidget

from engine.trace import NONE

from ..theme import Theme
from .camera import fitting
from .camera.fitting import Camera, Corner, Fit
from .camera.gliding import Gliding
from .camera.interaction import Gestures
from .camera.walk import Direction
from .painting.group_painter import SIGN_REACH, sign, sign_rect
from .painting.item import GraphItem
from .painting.label_job import LabelJob
from .painting.painter import TEXT_FROM
from .painting.pulse import Pulse
from .picture.clipping import Rect
from .picture.picture import Picture

MOTION_MS = 170
_ARROWS = {
    Qt.Key.Key_Left: Direction.LEFT,
    Qt.Key.Key_Right: Direction.RIGHT,
    Qt.Key.Key_Up: Direction.UP,
    Qt.Key.Key_Down: Direction.DOWN,
}
_UPRIGHT = (Qt.Key.Key_Up, Qt.Key.Key_Down)
_REACH = 3.0  # pixels beside a box that still count, so that specks can be hit


class GraphView(QGraphicsView):
    """A picture and the camera that looks at it."""

    box_clicked = Signal(int, bool)  # box or NONE; whether the click extends the selection
    box_menu = Signal(int, QPoint)  # a menu is asked for, at a box or NONE; where, on the screen
    group_opened = Signal(int)  # the box of a closed group was double-clicked
    sign_clicked = Signal(int)  # the plus or minus on a box
    box_hovered = Signal(int, QPointF)  # box or NONE; where the pointer is, in the viewport
    camera_moved = Signal()
    arrow_pressed = Signal(Direction)
    digit_pressed = Signal(int, bool)  # 1 to 9; whether with Ctrl
    walking = False  # the arrow keys walk; else Left and Right belong to the window
    legend_moved = Signal()  # to another corner
    resized = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.item = GraphItem()
        scene = QGraphicsScene(self)
        scene.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self.pulse = Pulse(self)
        scene.addItem(self.item)
        scene.addItem(self.pulse.item)
        self.setScene(scene)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontSavePainterState)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.animated = True
        self.touched = False  # the user has moved the camera since it was last fitted
        self.legend_size = (0.0, 0.0)  # pixels that the legend needs in its corner
        self.legend_corner = Corner.TOP_LEFT
        self.kept_free = 0.0  # pixels at the lower edge in which a fit shows nothing: something stands there
        self.is_covered: Callable[[QRectF], bool] = lambda rect: False  # by something over the graph
        self._camera = Camera(1.0, 0.0, 0.0)
        self._gestures = Gestures(self)
        self._motion = QVariantAnimation(self, duration=MOTION_MS, startValue=0.0, endValue=1.0)
        self._motion.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._motion.valueChanged.connect(self._move_on)
        self._from = self._to = self._camera
        self.gliding = Gliding(self.item, self)
        self.labels = LabelJob(self.item, self)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Colour what lies behind the picture."""
        self.setBackgroundBrush(QColor(theme.background))

    def set_picture(self, picture: Picture | None) -> None:
        """Show a picture; the camera stays where it is."""
        self.gliding.stop()
        self.pulse.stop()
        self.item.set_picture(picture)

    def show_step(self, changed: Rect | None = None, *, pulse: bool) -> None:
        """Paint the picture's new step, with a pulse along its edges where that is wanted and can be seen.

        From near only what has `changed` is painted; from afar boxes and strokes stand for others beside them.
        """
        if changed is None or self._camera.scale < TEXT_FROM or self._motion.state() == QVariantAnimation.State.Running:
            self.item.update()
        else:
            left, top, right, bottom = changed
            self.item.update(QRectF(left, top, right - left, bottom - top))
        picture = self.item.picture
        if pulse and picture is not None and self.animated and self.isVisible() and self._camera.scale >= TEXT_FROM / 2:
            self.pulse.start(picture, self.seen())
        else:
            self.pulse.stop()

    def glide(self, before: Picture, camera: Camera) -> None:
        """Let the boxes come from where they were in the picture before, seen from where the camera was."""
        picture = self.item.picture
        if picture is None or not (self.animated and self.isVisible()):
            return
        # A camera that jumped took what it looks at along; one that still moves shows the way itself.
        jumped = self._camera != camera and self._camera.scale == camera.scale
        shift = (self._camera.x - camera.x, self._camera.y - camera.y) if jumped else (0.0, 0.0)
        self.gliding.start(before.drawing, picture, shift)

    # -- camera --------------------------------------------------------------------------------------------------

    @property
    def camera(self) -> Camera:
        """Where the view looks, or will when the motion under way has ended."""
        return self._to if self._motion.state() == QVariantAnimation.State.Running else self._camera

    def fitted(self) -> Fit:
        """The camera that shows the whole picture, and where the legend stands clear of it."""
        picture, port = self.item.picture, self.viewport().size()
        if picture is None:
            return fitting.fit((0.0, 0.0, 0.0, 0.0), port.width(), port.height())
        drawing, size = picture.drawing, self.legend_size
        return fitting.fit(
            drawing.bounds,
            port.width(),
            port.height(),
            size,
            drawing.is_free,
            self.legend_corner,
            kept_free=self.kept_free,
        )

    def fit(self, *, animate: bool = True) -> None:
        """Show the whole picture; from then on growth is followed until the user moves the camera."""
        self.touched = False
        self._look_at_all(self.fitted(), animate=animate)

    def fit_again(self) -> None:
        """Show the whole picture in another part of the viewport, if it is what is shown."""
        if self.item.picture is not None and not self.touched and self.fits_legibly():
            self._look_at_all(self.fitted(), animate=True)

    def open_at(self, rect: QRectF, *, animate: bool = False) -> None:
        """Show the whole picture where its boxes can be told apart, else the part of it around `rect`, readably."""
        self.touched = False
        whole = self.fitted()
        near = Camera(fitting.READABLE, rect.center().x(), rect.center().y())
        if whole.camera.scale >= fitting.LEGIBLE_FIT:
            self._look_at_all(whole, animate=animate)
        else:
            self.look(self._filled(near), animate=animate)

    def fits_legibly(self) -> bool:
        """Whether the boxes can be told apart when the whole picture is seen."""
        return self.fitted().camera.scale >= fitting.LEGIBLE_FIT

    def keep_in_place(self, before: QRectF, after: QRectF) -> None:
        """What was at `before` has come to be at `after`: look so that it stays where it is on the screen."""
        self.touched = True
        by, camera = after.center() - before.center(), self.camera
        self.look(self._filled(Camera(camera.scale, camera.x + by.x(), camera.y + by.y())), animate=True)

    def middle_box(self, picture: Picture) -> int:
        """The box of a picture nearest to the middle of the view, or NONE."""
        seen = self.seen(self.camera)
        return picture.box_at(self.camera.x, self.camera.y, max(seen.width(), seen.height()))

    def _filled(self, camera: Camera) -> Camera:
        port, bounds = self.viewport(), self.item.boundingRect()
        edges = bounds.left(), bounds.top(), bounds.right(), bounds.bottom()
        return fitting.filled(camera, edges, port.width(), port.height())

    def _look_at_all(self, fit: Fit, *, animate: bool) -> None:
        if fit.corner is not self.legend_corner:
            self.legend_corner = fit.corner
            self.legend_moved.emit()
        self.look(fit.camera, animate=animate)

    def look(self, camera: Camera, *, animate: bool = False) -> None:
        """Move the camera, at once or within `MOTION_MS`."""
        self._motion.stop()
        if not (animate and self.animated and self.isVisible()):
            self._set_camera(camera)
            return
        self._from, self._to = self._camera, camera
        self._motion.start()

    def zoom(self, factor: float, at: QPointF) -> None:
        """Zoom so that what is under `at` (viewport pixels) stays there."""
        self._motion.stop()
        self.touched = True
        scale = fitting.clamp_scale(self._camera.scale * factor, self.fitted().camera.scale)
        point = self.scene_point(at)
        self._set_camera(fitting.zoom_at(self._camera, scale, point.x(), point.y()))

    def pan(self, by: QPointF) -> None:
        """Move what is seen by pixels; some of the picture always stays in view."""
        self._motion.stop()
        self.touched = True
        scale, x, y = self._camera
        bounds = self.item.boundingRect()
        x = min(max(x - by.x() / scale, bounds.left()), bounds.right())
        y = min(max(y - by.y() / scale, bounds.top()), bounds.bottom())
        self._set_camera(Camera(scale, x, y))

    def reveal(self, rect: QRectF) -> None:
        """Bring a part of the scene into view, if it is not all there already."""
        seen = self.seen(self.camera)
        whole = seen.contains(rect) and not self.is_covered(rect)
        if whole or (seen.intersects(rect) and (rect.width() > seen.width())):
            return
        there = Camera(self.camera.scale, rect.center().x(), rect.center().y())
        self.box_hovered.emit(NONE, QPointF())  # what was under the pointer goes from there
        self.look(self._filled(there), animate=True)
        if self.is_covered(rect):
            self.look(there, animate=True)

    def go_to(self, rect: QRectF) -> None:
        """Look at a part of the scene near enough to read it."""
        self.touched = True
        near = Camera(max(self.camera.scale, 1.0), rect.center().x(), rect.center().y())
        self.look(self._filled(near), animate=True)

    def zoom_to(self, rect: QRectF) -> None:
        """Look at a part of the scene from near."""
        self.touched = True
        scale = max(self.camera.scale * 1.6, 1.0)
        self.look(Camera(min(scale, 2.0), rect.center().x(), rect.center().y()), animate=True)

    def zoom_to_area(self, area: QRectF) -> None:
        """Look at a rectangle of the scene, as large as fits."""
        port = self.viewport().size()
        scale = min(port.width() / max(area.width(), 1e-9), port.height() / max(area.height(), 1e-9))
        scale = fitting.clamp_scale(scale, self.fitted().camera.scale)
        self.touched = True
        self.look(Camera(scale, area.center().x(), area.center().y()), animate=True)

    def centre_on(self, point: QPointF) -> None:
        """Look at a point of the scene, as far away as before."""
        self.touched = True
        self.look(self.camera._replace(x=point.x(), y=point.y()))

    def seen(self, camera: Camera | None = None) -> QRectF:
        """The part of the scene in view."""
        scale, x, y = camera if camera is not None else self._camera
        wide, high = self.viewport().width() / scale, self.viewport().height() / scale
        return QRectF(x - wide / 2, y - high / 2, wide, high)

    def scene_point(self, at: QPointF) -> QPointF:
        """The scene's point under a point of the viewport."""
        seen = self.seen()
        return QPointF(seen.left() + at.x() / self._camera.scale, seen.top() + at.y() / self._camera.scale)

    def on_screen(self, rect: QRectF, camera: Camera | None = None) -> QRectF:
        """Where a rectangle of the scene is in the viewport, or will be when `camera` looks."""
        seen, scale = self.seen(camera), (camera or self._camera).scale
        corner = (rect.topLeft() - seen.topLeft()) * scale
        return QRectF(corner, rect.size() * scale)

    def box_at(self, at: QPointF) -> int:
        """The box under a point of the viewport, or NONE."""
        point = self.scene_point(at)
        picture = self.item.picture
        if picture is None:
            return NONE
        signed = self.sign_at(at)
        return signed if signed != NONE else picture.box_at(point.x(), point.y(), _REACH / self._camera.scale)

    def sign_at(self, at: QPointF) -> int:
        """The box whose plus or minus is under a point of the viewport, or NONE."""
        point, picture = self.scene_point(at), self.item.picture
        if picture is None or self._camera.scale < TEXT_FROM:
            return NONE
        near = [picture.hovered, picture.box_at(point.x(), point.y(), SIGN_REACH)]
        found = (b for b in near if sign(picture, b) and sign_rect(picture, b).contains(point))
        return next(found, NONE)

    def _move_on(self, share: float) -> None:
        self._set_camera(fitting.between(self._from, self._to, float(share)))

    def _set_camera(self, camera: Camera) -> None:
        """The scene's rectangle is always exactly what is seen: scroll bars, with their limits, play no part."""
        self._camera = camera
        self.setTransform(QTransform.fromScale(camera.scale, camera.scale))
        self.setSceneRect(self.seen())
        self.viewport().update()
        self.camera_moved.emit()

    # -- events --------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint, and find out whether that is all."""
        super().paintEvent(event)
        self.labels.follow_frame()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the graph fitted, or what was in the middle there."""
        super().resizeEvent(event)
        if self.item.picture is not None and not self.touched:
            self._look_at_all(self.fitted(), animate=False)
        else:
            self._set_camera(self._camera)
        self.resized.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom."""
        self._gestures.wheel(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click or a drag begins."""
        self._gestures.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pan or hover."""
        self._gestures.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click or a drag ends."""
        self._gestures.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Zoom to a box."""
        self._gestures.double_click(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """A menu for the box under the pointer; the keyboard's menu key asks for that of the selection."""
        at = QPointF(event.pos())
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        self.box_menu.emit(NONE if by_key else self.box_at(at), event.globalPos())
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the pointer any more."""
        self.box_hovered.emit(NONE, QPointF())
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space fits, arrows walk, digits are bookmarks; every other key belongs to the window."""
        key, modifiers = Qt.Key(event.key()), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        control = modifiers == Qt.KeyboardModifier.ControlModifier
        event.accept()
        if key == Qt.Key.Key_Space and not modifiers:
            self.fit()
        elif key in _ARROWS and not modifiers:
            self.arrow_pressed.emit(_ARROWS[key])
        elif Qt.Key.Key_1 <= key <= Qt.Key.Key_9 and (control or not modifiers):
            self.digit_pressed.emit(key - Qt.Key.Key_0, control)
        else:
            event.ignore()

    def event(self, event: QEvent) -> bool:
        """Which arrows are the canvas's, not the window's: all in a walk, Up and Down where one can begin."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
            key = Qt.Key(event.key())
            if key in _ARROWS and not modifiers and (self.walking or (key in _UPRIGHT and self._can_walk())):
                event.accept()
                return True
        return super().event(event)

    def _can_walk(self) -> bool:
        """From a selected box; or from anywhere, while Up and Down have no step to change."""
        picture = self.item.picture
        return picture is not None and (picture.story is None or len(picture.selected) > 0)
