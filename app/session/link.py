"""The window's end of the link: a thread reads what the kernel recorded and tells the window at most every 15 ms.

Knows sockets, tokens and batches, not what they mean; the kernel's end is `app/kernel/sender.py`.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import tempfile
import threading
import time
import weakref
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import zmq
from PySide6.QtCore import QObject, Signal

from engine.codec import CodecError, decode_array, decode_batch
from engine.trace import Batch

from ..protocol.wire import (
    HIGH_WATER,
    Address,
    Keys,
    LinkError,
    Slices,
    carries,
    configured,
    new_token,
    parse_fields,
    request,
)

PERIOD = 0.015  # seconds between two signals
WAKE, STOP, ORDER = b"wake", b"stop", b"order"
LONGEST_IPC_PATH = 90  # a Unix socket's path has room for about 107 bytes


class Link(QObject):
    """Receives batches and arrays. `batches_arrived` says that `take()` has something."""

    batches_arrived = Signal()
    connected = Signal()  # the kernel of the last address can be asked for arrays
    answered = Signal(int, object)  # number of the request, the array
    failed = Signal(int, str)  # number of the request, why there is no array
    ordered = Signal(object)  # what the kernel tells beside arrays, as `stops.py` has it
    refused = Signal(str)  # something else arrived than our kernel sends

    def __init__(self, parent: QObject | None = None, *, transport: str = "") -> None:
        super().__init__(parent)
        self._context = zmq.Context()
        self._folder = _private_folder() if (transport or _best_transport()) == "ipc" else None
        self._remove_folder = weakref.finalize(self, _remove, self._folder)
        self._curve: tuple[bytes, bytes] | None = None if self._folder else zmq.curve_keypair()
        self._pull = self._bound(zmq.PULL, "batches")
        self._dealer = self._bound(zmq.DEALER, "arrays")
        self._orders = self._context.socket(zmq.PAIR)  # from the window's thread to the reader
        self._orders.bind("inproc://orders")
        self._token = new_token()
        self._lock = threading.Lock()
        self._inbox: deque[tuple[str, Batch]] = deque()
        self._announced = self._full = False
        self._number = 0
        self._endpoints = (self._endpoint(self._pull), self._endpoint(self._dealer))
        self._thread: threading.Thread | None = threading.Thread(target=self._read, name="retrograde-link", daemon=True)
        self._thread.start()

    def address(self, start: dict[str, int], budget: int) -> Address:
        """The address for the next start of the kernel; from now on nothing an earlier kernel sent is taken."""
        keys = Keys()
        if self._curve is not None:
            public, secret = zmq.curve_keypair()
            keys = Keys(self._curve[0].decode(), public.decode(), secret.decode())
        with self._lock:
            self._token = new_token()
            self._inbox.clear()
        return Address(*self._endpoints, self._token, start, budget, keys)

    def take(self, limit: int = 20) -> list[Batch]:
        """The batches that arrived, oldest first. Of more than `limit` the rest is announced again."""
        with self._lock:
            count = min(limit, len(self._inbox))
            taken = [self._inbox.popleft() for _ in range(count)]
            self._announced = False
            wake = self._full or bool(self._inbox)
            self._full = len(self._inbox) >= HIGH_WATER
        if wake:
            self._orders.send(WAKE)
        return [batch for token, batch in taken if token == self._token]

    def request(self, handle: int, slices: Slices = ()) -> int:
        """Ask the kernel for an array; `answered` or `failed` follows with the number returned here."""
        self._number += 1
        self._orders.send_multipart([b"%d" % self._number, request(self._number, handle, slices)])
        return self._number

    def order(self, fields: Mapping[str, Any]) -> None:
        """Send an order to the kernel; without a kernel it is lost, and `connected` tells when there is one."""
        if self._thread is None:  # closed: there is nobody to tell
            return
        self._orders.send_multipart([ORDER, json.dumps(fields).encode()])

    def close(self) -> None:
        """End the reader and remove the sockets. Further calls do nothing."""
        if self._thread is None:
            return
        self._orders.send(STOP)
        self._thread.join()
        self._thread = None
        self._orders.close(linger=0)
        self._context.term()
        self._remove_folder()

    # -- sockets ---------------------------------------------------------------------------------------------------

    def _bound(self, kind: int, name: str) -> zmq.Socket[bytes]:
        socket = configured(self._context.socket(kind))
        if self._curve is not None:
            socket.curve_server = True
            socket.curve_publickey, socket.curve_secretkey = self._curve
        socket.bind(f"ipc://{self._folder / name}" if self._folder else "tcp://127.0.0.1:*")
        return socket

    @staticmethod
    def _endpoint(socket: zmq.Socket[bytes]) -> str:
        return str(socket.getsockopt_string(zmq.LAST_ENDPOINT))

    # -- the reading thread ----------------------------------------------------------------------------------------

    def _read(self) -> None:
        orders = self._context.socket(zmq.PAIR)
        orders.connect("inproc://orders")
        poller = zmq.Poller()
        poller.register(orders, zmq.POLLIN)
        poller.register(self._dealer, zmq.POLLIN)
        poller.register(self._pull, zmq.POLLIN)
        last = 0.0
        waiting = False  # something arrived that was not announced yet
        while True:
            left = last + PERIOD - time.monotonic()
            events = dict(poller.poll(max(0, math.ceil(left * 1000)) if waiting else None))
            if orders in events:
                order = orders.recv_multipart()
                if order[0] == STOP:
                    break
                if order[0] == WAKE:
                    waiting = True
                elif order[0] == ORDER:
                    self._send_order(order[1])
                else:
                    self._ask(int(order[0]), order[1])
            if self._dealer in events:
                self._receive_answer()
            if self._pull in events:
                waiting = self._receive_batch() or waiting
            poller.modify(self._pull, 0 if self._full else zmq.POLLIN)
            if waiting and time.monotonic() >= last + PERIOD:
                waiting = False
                last = time.monotonic()
                self._announce()
        for socket in (orders, self._dealer, self._pull):
            socket.close(linger=0)

    def _ask(self, number: int, question: bytes) -> None:
        try:
            self._dealer.send_multipart([self._token.encode(), question], zmq.NOBLOCK)
        except zmq.Again:
            self.failed.emit(number, "No kernel is connected that could send the values. Restart it.")

    def _send_order(self, order: bytes) -> None:
        with suppress(zmq.Again):
            self._dealer.send_multipart([self._token.encode(), order], zmq.NOBLOCK)

    def _receive_batch(self) -> bool:
        frames = [frame.buffer for frame in self._pull.recv_multipart(copy=False)]
        token = self._token
        if not carries(token, frames[0]):
            return False  # an earlier kernel's, or a stranger's
        try:
            batch = decode_batch(frames[1:])
        except CodecError as error:
            self.refused.emit(str(error))
            return False
        with self._lock:
            self._inbox.append((token, batch))
            self._full = len(self._inbox) >= HIGH_WATER
        return True

    def _receive_answer(self) -> None:
        frames = [frame.buffer for frame in self._dealer.recv_multipart(copy=False)]
        if not carries(self._token, frames[0]) or len(frames) < 2:
            return
        try:
            fields = parse_fields(frames[1])
            if not fields:
                self.connected.emit()
                return
            if "paused" in fields or "resumed" in fields:
                if "paused" in fields:
                    self._send_order(json.dumps({"here": True}).encode())  # also while the window's thread is busy
                self.ordered.emit(fields)
                return
            number = fields.get("id")
            if type(number) is not int:
                raise LinkError("an answer without its number")
            if "error" in fields:
                self.failed.emit(number, str(fields["error"]))
            else:
                self.answered.emit(number, decode_array(frames[2:]))
        except (LinkError, CodecError) as error:
            self.refused.emit(str(error))

    def _announce(self) -> None:
        with self._lock:
            if self._announced or not self._inbox:
                return
            self._announced = True
        self.batches_arrived.emit()


def _best_transport() -> str:
    return "ipc" if os.name == "posix" and zmq.has("ipc") and len(tempfile.gettempdir()) < LONGEST_IPC_PATH else "tcp"


def _remove(folder: Path | None) -> None:
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)


def _private_folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="retrograde-"))  # 0700: nobody else may connect
