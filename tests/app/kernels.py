"""A session with a real kernel for tests, and waiting for what it does."""

import re

from PySide6.QtCore import QEventLoop, QTimer

from app.session.session import Session

ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


class Driver:
    """A session that remembers what it said."""

    def __init__(self, early=None, **keywords):
        self.session = Session(**keywords)
        self.outputs, self.messages, self.states, self.finished, self.cells = [], [], [], {}, []
        self.session.output.connect(lambda kind, text: self.outputs.append((kind, text)))
        self.session.message.connect(self.messages.append)
        self.session.state_changed.connect(self.states.append)
        self.session.request_finished.connect(self.finished.__setitem__)
        self.session.cell_finished.connect(self.cells.append)
        self.session.start(early)

    @property
    def trace(self):
        return self.session.trace

    def wait(self, condition, seconds=30):
        """Run the event loop until the condition holds; it is looked at after every event of the session."""
        loop = QEventLoop()
        look = QTimer(interval=5)
        look.timeout.connect(lambda: condition() and loop.quit())
        look.start()
        limit = QTimer(singleShot=True, interval=seconds * 1000)
        limit.timeout.connect(loop.quit)
        limit.start()
        if not condition():
            loop.exec()
        look.stop()
        assert condition(), f"waited {seconds} s in vain; {self.states[-3:]} {self.messages} {self.outputs[-3:]}"

    def run(self, code, **place):
        """Run one cell to its end, when its row is complete too; returns its row."""
        request = self.session.run(code, **place)
        self.wait(lambda: request in self.finished and self.cell(request) in self.cells)
        return dict(self.trace.row("cells", self.cell(request)))

    def cell(self, request):
        """The row of the cell with this request, or None."""
        requests = [self.trace.text(index) for index in self.trace.cells.request.tolist()]
        return requests.index(request) if request in requests else None

    def said(self, *kinds):
        """What was printed since the last call, without colours."""
        text = "".join(text for kind, text in self.outputs if not kinds or kind in kinds)
        self.outputs.clear()
        return ESCAPES.sub("", text)

    def name(self, name):
        """The node that a name means now, or None."""
        found = [
            node
            for index, node in zip(self.trace.names.name.tolist(), self.trace.names.node.tolist(), strict=True)
            if self.trace.text(index) == name
        ]
        return self.trace.node(found[-1]) if found and found[-1] >= 0 else None

    def revive(self):
        """Restart and wait until cells can run."""
        self.session.restart()
        self.wait(lambda: self.session.state == "idle")

    def close(self):
        self.session.close()
