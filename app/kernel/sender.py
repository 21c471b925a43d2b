"""The kernel's end of the link: one thread drains the recorder and sends, one answers requests for arrays.

User code only ever appends to the recorder's list; what it waits for, it waits for here, and a window that does not
read makes it lose recordings (counted), never its time. Knows no Qt and no IPython.
"""

from __future__ import annotations

import json
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import numpy as np
import zmq
from numpy.typing import NDArray

from engine.codec import encode_array, encode_batch
from engine.trace import Batch

from ..protocol.wire import MAX_ANSWER, Address, LinkError, carries, configured, parse_fields, parse_request
from .interrupts import deferred_interrupt

PERIOD = 0.015  # seconds between two batches while something happens
IDLE = 0.25  # seconds between two looks while nothing does
PATIENCE = 2.0  # seconds of a window that does not read before recording pauses
FEW = 2048  # events that the thread that waits for them may as well work off itself
TELL = "inproc://tell"
FAREWELL = 1.0  # seconds the last batch may take when the kernel ends


class Source(Protocol):
    """What the sender needs of a recorder."""

    @property
    def waiting(self) -> int:
        """How many events wait to become rows."""

    def pace(self) -> int:
        """How many events may be processed now without taking time from the user's code."""

    def process(self, most: int = ..., /) -> int:
        """Turn at most so many of the pending events into rows; their number, 0 when there were none."""

    def take(self) -> Batch | None:
        """The rows made since the last call, or None."""

    def array(self, handle: int) -> NDArray[Any] | None:
        """A recorded array that is still kept; it may be overwritten once the lock is free."""

    def pause(self) -> None:
        """Record nothing until `resume`, and count what is lost."""

    def resume(self) -> None:
        """Record again."""

    @property
    def lock(self) -> Any:
        """Held while kept arrays are copied or overwritten."""


class Sender:
    """Sends what a recorder records; `flush` waits until everything pending became rows."""

    def __init__(self, recorder: Source, address: Address) -> None:
        self._recorder = recorder
        self._address = address
        self._token = address.token.encode()
        self._context = zmq.Context()
        self._change = threading.Condition()
        self._asked = self._done = 0
        self._stopping = self._failed = self._busy = False
        self._unsent: list[Any] | None = None
        self._blocked_since: float | None = None
        self._delivered = 0.0
        self.orders: Callable[[Mapping[str, Any]], None] = _refuse  # what is done with an order that asks for no array
        self._told: zmq.Socket[bytes] | None = None  # from the main thread to the answering one
        self._threads = [
            threading.Thread(target=self._send_batches, name="retrograde-sender", daemon=True),
            threading.Thread(target=self._answer_requests, name="retrograde-arrays", daemon=True),
        ]

    def start(self) -> None:
        """Start both threads, on the main thread."""
        self._told = self._context.socket(zmq.PAIR)
        self._told.bind(TELL)
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """Look now whether there is something to send, and more often for a while."""
        with self._change:
            self._busy = True
            self._change.notify_all()

    def flush(self) -> None:
        """Return when all that was recorded so far became rows. Safe to interrupt; returns at once inside the sender.

        A little is worked off here, which is quicker than to wait for the other thread's turn.
        """
        thread = self._threads[0]
        if thread is threading.current_thread():
            return
        if self._recorder.waiting <= FEW and not self._failed:
            self._work_off_here()
            return
        with self._change:
            self._asked += 1
            ticket = self._asked
            self._change.notify_all()
            while self._done < ticket and not self._failed and thread.is_alive():
                self._change.wait(0.5)

    def tell(self, order: Mapping[str, Any]) -> None:
        """Send an order to the window, on the main thread; it is lost where no window reads."""
        if self._told is not None:
            self._told.send(json.dumps(order).encode(), zmq.NOBLOCK)

    def _work_off_here(self) -> None:
        try:
            with deferred_interrupt():
                while self._recorder.process():
                    if not self._busy:
                        self.wake()
        except Exception:  # as on the sending thread
            self._give_up()

    def _give_up(self) -> None:
        """A fault of ours must not stop the user's code: say so, and record no more."""
        print("Retrograde stopped recording because of a fault of its own:", file=sys.__stderr__)
        traceback.print_exc(file=sys.__stderr__)
        self._failed = True
        self._recorder.pause()

    def close(self) -> None:
        """Send what is left and end both threads."""
        if self._told is not None:
            self._told.close(linger=0)
            self._told = None
        with self._change:
            self._stopping = True
            self._change.notify_all()
        self._threads[0].join(FAREWELL + 1)
        if not self._threads[0].is_alive():
            self._context.term()  # wakes the answering thread, which closes its socket

    # -- the sending thread ----------------------------------------------------------------------------------------

    def _send_batches(self) -> None:
        socket = self._connected(zmq.PUSH, self._address.batches)
        try:
            while not self._stopping:
                self._tick(socket)
            while self._recorder.process():
                pass
            self._deliver(socket, FAREWELL)
        except zmq.ContextTerminated:
            return  # the kernel ends while the window is gone
        except Exception:
            self._give_up()
        finally:
            with self._change:
                self._failed = True
                self._change.notify_all()
            socket.close(linger=int(FAREWELL * 1000))

    def _tick(self, socket: zmq.Socket[bytes]) -> None:
        with self._change:
            if self._asked == self._done:
                self._change.wait(PERIOD if self._busy else IDLE)
            asked = self._asked
        waited_for = asked != self._done
        if waited_for:
            self._busy = True
            while self._recorder.process():
                self._deliver_when_due(socket)
        elif self._unsent is None:
            pace = self._recorder.pace()
            self._busy = not pace or self._recorder.process(pace) > 0
        with self._change:
            self._done = asked
            self._change.notify_all()
        self._deliver_when_due(socket)

    def _deliver_when_due(self, socket: zmq.Socket[bytes]) -> None:
        """Send what there is, unless that was done a moment ago: the user's code may wait many times in a moment."""
        now = time.monotonic()
        if now - self._delivered >= PERIOD:
            self._delivered = now
            self._deliver(socket, 0.0)
        else:
            self._busy = True  # so that the next look comes soon

    def _deliver(self, socket: zmq.Socket[bytes], seconds: float) -> None:
        """Send the rows there are; what the window does not take stays `_unsent` and is tried again."""
        if self._unsent is None:
            batch = self._recorder.take()
            if batch is None:
                return
            self._unsent = [self._token, *encode_batch(batch)]
        if socket.poll(int(seconds * 1000), zmq.POLLOUT):
            socket.send_multipart(self._unsent, zmq.NOBLOCK, copy=False)
            self._unsent = None
            if self._blocked_since is not None:
                self._blocked_since = None
                self._recorder.resume()
            return
        now = time.monotonic()
        self._blocked_since = self._blocked_since or now
        if now - self._blocked_since > PATIENCE:
            self._recorder.pause()

    # -- the answering thread --------------------------------------------------------------------------------------

    def _answer_requests(self) -> None:
        socket = self._connected(zmq.DEALER, self._address.arrays)
        told = self._context.socket(zmq.PAIR)
        told.connect(TELL)
        poller = zmq.Poller()
        poller.register(socket, zmq.POLLIN)
        poller.register(told, zmq.POLLIN)
        try:
            socket.send_multipart([self._token, b"{}"])  # says that requests can be answered from now on
            while not self._stopping:
                events = dict(poller.poll(500))
                if told in events:
                    socket.send_multipart([self._token, told.recv()])
                if socket in events:
                    frames = socket.recv_multipart()
                    if len(frames) == 2 and carries(self._address.token, frames[0]):
                        self._receive(socket, frames[1])
        except zmq.ContextTerminated:
            return
        finally:
            told.close(linger=0)
            socket.close(linger=0)

    def _receive(self, socket: zmq.Socket[bytes], frame: bytes) -> None:
        """A request for an array, or an order."""
        try:
            fields = parse_fields(frame)
        except LinkError as error:
            socket.send_multipart([self._token, _failure(-1, error)])
            return
        if "handle" in fields:
            socket.send_multipart([self._token, *self._answer(frame)], copy=False)
            return
        try:
            self.orders(fields)
        except ValueError as error:
            socket.send_multipart([self._token, _failure(-1, error)])

    def _answer(self, frame: bytes) -> list[Any]:
        number = -1
        try:
            number, handle, slices = parse_request(frame)
            with self._recorder.lock:
                array = self._recorder.array(handle)
                if array is None:
                    raise LinkError("The values are no longer kept; the statistics are.")
                part = array[tuple(slice(*part) for part in slices)]
                if part.nbytes > MAX_ANSWER:
                    raise LinkError(f"{part.nbytes:,} bytes at once are too many; ask for a slice.")
                part = np.array(part)
            return [b'{"id":%d}' % number, *encode_array(part)]
        except (LinkError, IndexError, ValueError, MemoryError) as error:
            return [_failure(number, error)]

    def _connected(self, kind: int, endpoint: str) -> zmq.Socket[bytes]:
        socket = configured(self._context.socket(kind))
        keys = self._address.keys
        if keys.server_public:
            socket.curve_serverkey = keys.server_public.encode()
            socket.curve_publickey = keys.client_public.encode()
            socket.curve_secretkey = keys.client_secret.encode()
        socket.setsockopt(zmq.IMMEDIATE, kind == zmq.PUSH)  # batches wait here, counted, not in a pipe to nobody
        socket.connect(endpoint)
        return socket


def _refuse(order: Mapping[str, Any]) -> None:
    raise LinkError(f"nobody takes orders here: {', '.join(order)}")


def _failure(number: int, error: Exception) -> bytes:
    return json.dumps({"id": number, "error": str(error)}).encode()
