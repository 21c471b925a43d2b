"""What both ends of the link agree on: addresses, tokens, requests. Knows no Qt and nothing of the engine.

The window binds two sockets and the kernel connects to them, so that a restarted kernel finds them where they were:

    kernel PUSH   ── token, batch frames ──►  PULL   window
    kernel DEALER ◄── token, request ──────── DEALER window      (or an order, see `stops.py`)
    kernel DEALER ─── token, answer ───────►  DEALER window      (first an empty one: "I am here"; or an order)

Every message opens with the token of this start of the kernel; whatever else arrives is refused. Endpoints are files in
a private folder where there is `ipc`, otherwise loopback TCP, which is encrypted besides (CurveZMQ).
"""

from __future__ import annotations

import hmac
import json
import os
import secrets
from collections.abc import Mapping, MutableMapping
from dataclasses import asdict, dataclass, field
from typing import Any

import zmq

VARIABLE = "RETROGRADE_LINK"
METADATA_KEY = "retrograde"  # of an execute request: where the cell stands in its document
STOPS_KEY = "retrograde_stops"  # ... and where its passes pause: an order that may be on its way on our socket too
HIGH_WATER = 200  # batches that may wait at each end
MAX_FRAME = 1 << 30  # bytes; no honest frame is larger
MAX_ANSWER = 256 << 20  # bytes of array in one answer; ask for a slice beyond

Slices = tuple[tuple[int | None, int | None, int | None], ...]


class LinkError(RuntimeError):
    """A message or an address that does not belong to this session."""


@dataclass(frozen=True)
class Keys:
    """The CurveZMQ keys of a link over TCP; empty over ipc."""

    server_public: str = ""
    client_public: str = ""
    client_secret: str = ""


@dataclass(frozen=True)
class Address:
    """Where the kernel sends what it records, and from which row on; `start` is what `Trace.counts()` said."""

    batches: str
    arrays: str
    token: str
    start: dict[str, int]
    budget: int
    keys: Keys = field(default_factory=Keys)

    def environment(self) -> dict[str, str]:
        """The variable that hands this address to a child process."""
        return {VARIABLE: json.dumps(asdict(self))}

    @classmethod
    def from_environment(cls, environment: MutableMapping[str, str] | None = None) -> Address | None:
        """The address this process was started with, taken out of its environment; None without one."""
        found = os.environ if environment is None else environment
        text = found.pop(VARIABLE, None)
        if text is None:
            return None
        try:
            fields = json.loads(text)
            return cls(**(fields | {"keys": Keys(**fields["keys"])}))
        except (ValueError, TypeError, KeyError) as error:
            raise LinkError(f"{VARIABLE} is not an address: {error}") from None


def new_token() -> str:
    """A secret for one start of the kernel."""
    return secrets.token_hex(16)


def carries(token: str, frame: Any) -> bool:
    """Whether the first frame of a message is the token, compared in constant time."""
    return len(frame) == len(token) and hmac.compare_digest(bytes(frame), token.encode())


def configured(socket: zmq.Socket[bytes]) -> zmq.Socket[bytes]:
    """The socket with the options both ends use: bounded queues, bounded frames, nothing kept at close."""
    socket.setsockopt(zmq.LINGER, 0)
    socket.setsockopt(zmq.SNDHWM, HIGH_WATER)
    socket.setsockopt(zmq.RCVHWM, HIGH_WATER)
    socket.setsockopt(zmq.MAXMSGSIZE, MAX_FRAME)
    return socket


def request(number: int, handle: int, slices: Slices) -> bytes:
    """The bytes that ask for (a slice of) the array `handle`; `number` comes back with the answer."""
    return json.dumps({"id": number, "handle": handle, "slices": slices}).encode()


def parse_request(frame: Any) -> tuple[int, int, Slices]:
    """What `request` wrote. Raises `LinkError`."""
    fields = parse_fields(frame)
    number, handle, slices = fields.get("id"), fields.get("handle"), fields.get("slices")
    if type(number) is not int or type(handle) is not int or not isinstance(slices, list):
        raise LinkError("a request names its number, a handle and slices")
    for part in slices:
        if not isinstance(part, list) or len(part) != 3 or any(type(n) not in (int, type(None)) for n in part):
            raise LinkError("a slice has a start, a stop and a step")
    return number, handle, tuple((start, stop, step) for start, stop, step in slices)


def parse_fields(frame: Any) -> Mapping[str, Any]:
    """A JSON object from the wire. Raises `LinkError`."""
    try:
        fields = json.loads(bytes(frame))
    except (ValueError, RecursionError) as error:
        raise LinkError(f"a message that is no JSON: {error}") from None
    if not isinstance(fields, dict):
        raise LinkError("a message that is no JSON object")
    return fields
