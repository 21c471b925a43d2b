import threading

import numpy as np
import pytest
import zmq

from app.kernel.sender import Sender
from app.protocol.wire import VARIABLE, Address, LinkError, parse_request, request
from app.session.link import Link
from engine.codec import encode_batch
from engine.trace import Batch, Trace

BUDGET = 1 << 20


class Recorder:
    """A recorder whose events are rows of `drops`, one array for each."""

    def __init__(self):
        self.lock = threading.RLock()
        self.pending = []
        self.rows = []
        self.arrays = {}
        self.paused = threading.Event()
        self.resumed = threading.Event()

    @property
    def waiting(self):
        return len(self.pending)

    def pace(self):
        return 1000

    def process(self, most=1000):
        with self.lock:
            count = min(len(self.pending), most)
            self.rows += self.pending[:count]
            del self.pending[:count]
            return count

    def take(self):
        with self.lock:
            rows, self.rows = self.rows, []
        return Batch(strings=rows) if rows else None

    def array(self, handle):
        return self.arrays.get(handle)

    def pause(self):
        self.paused.set()

    def resume(self):
        self.resumed.set()


@pytest.fixture(params=["ipc", "tcp"])
def link(request, qapp):
    link = Link(transport=request.param)
    yield link
    link.close()


@pytest.fixture
def recorder():
    return Recorder()


@pytest.fixture
def sender(link, recorder, qtbot):
    sender = Sender(recorder, link.address({}, BUDGET))
    with qtbot.waitSignal(link.connected):
        sender.start()
    yield sender
    sender.close()


def collected(link, qtbot, count):
    texts = []

    def enough():
        for batch in link.take():
            texts.extend(batch.strings)
        return len(texts) >= count

    qtbot.waitUntil(enough, timeout=20_000)
    return texts


def push(link, address, *frames):
    """A stranger's message to the window's socket."""
    with zmq.Context() as context, context.socket(zmq.PUSH) as socket:
        socket.linger = 2000
        if address.keys.server_public:
            socket.curve_serverkey = address.keys.server_public.encode()
            socket.curve_publickey, socket.curve_secretkey = zmq.curve_keypair()
        socket.connect(address.batches)
        socket.send_multipart(frames)


def test_everything_recorded_arrives_in_order(link, sender, recorder, qtbot):
    expected = [str(number) for number in range(20_000)]
    for text in expected:
        recorder.pending.append(text)
    assert collected(link, qtbot, len(expected)) == expected


def test_flush_returns_when_everything_pending_became_rows(sender, recorder):
    recorder.pending.append("one")
    sender.flush()
    assert not recorder.pending


def test_what_is_left_is_sent_when_the_kernel_ends(link, recorder, qtbot):
    sender = Sender(recorder, link.address({}, BUDGET))
    sender.start()
    recorder.pending.append("the last")
    sender.close()
    assert collected(link, qtbot, 1) == ["the last"]


def test_an_array_and_a_slice_of_it_are_fetched(link, sender, recorder, qtbot):
    recorder.arrays[3] = np.arange(12.0).reshape(3, 4)
    with qtbot.waitSignal(link.answered) as whole:
        number = link.request(3)
    assert whole.args[0] == number
    assert np.array_equal(whole.args[1], recorder.arrays[3])
    with qtbot.waitSignal(link.answered) as part:
        link.request(3, ((None, None, 2), (1, 2, None)))
    assert np.array_equal(part.args[1], recorder.arrays[3][::2, 1:2])


@pytest.mark.parametrize(
    ("handle", "slices", "message"),
    [(7, (), "no longer kept"), (3, ((0, 1, None), (0, 1, None)), "too many indices"), (3, ((0, 1, 0),), "zero")],
)
def test_an_array_that_cannot_be_given_says_why(link, sender, recorder, qtbot, handle, slices, message):
    recorder.arrays[3] = np.arange(3.0)
    with qtbot.waitSignal(link.failed) as failed:
        link.request(handle, slices)
    assert message in failed.args[1]


def test_an_array_asked_for_without_a_kernel_fails_at_once(link, qtbot):
    with qtbot.waitSignal(link.failed) as failed:
        link.request(0)
    assert "No kernel" in failed.args[1]


def test_a_message_without_the_token_is_not_taken(link, sender, recorder, qtbot):
    address = link.address({}, BUDGET)
    push(link, address, b"0" * 32, *encode_batch(Batch(strings=["false"])))
    push(link, address, *encode_batch(Batch(strings=["false"])))
    push(link, address, address.token.encode(), *encode_batch(Batch(strings=["true"])))
    assert collected(link, qtbot, 1) == ["true"]


def test_what_an_earlier_kernel_sent_is_not_taken_after_a_restart(link, sender, recorder, qtbot):
    recorder.pending.append("old")
    sender.flush()
    address = link.address({}, BUDGET)
    push(link, address, address.token.encode(), *encode_batch(Batch(strings=["new"])))
    assert collected(link, qtbot, 1) == ["new"]


def test_damaged_batches_are_refused_and_said(link, qtbot):
    address = link.address({}, BUDGET)
    with qtbot.waitSignal(link.refused) as refused:
        push(link, address, address.token.encode(), b"\x80\x04pickle")
    assert "5 frames" in refused.args[0]


def test_a_window_that_does_not_read_pauses_recording_and_never_blocks(recorder, monkeypatch):
    monkeypatch.setattr("app.kernel.sender.PATIENCE", 0.0)
    monkeypatch.setattr("app.kernel.sender.FAREWELL", 0.0)
    nobody = Address("ipc:///nowhere-at-all", "ipc:///nowhere-either", "0" * 32, {}, BUDGET)
    sender = Sender(recorder, nobody)
    sender.start()
    recorder.pending.append("lost")
    assert recorder.paused.wait(10)
    sender.flush()
    sender.close()


def test_recording_resumes_when_the_window_reads_again(link, recorder, monkeypatch, qtbot):
    monkeypatch.setattr("app.kernel.sender.PATIENCE", 0.0)
    monkeypatch.setattr("app.protocol.wire.HIGH_WATER", 1)
    monkeypatch.setattr("app.session.link.HIGH_WATER", 1)
    sender = Sender(recorder, link.address({}, BUDGET))
    sender.start()
    sent = 0
    while not recorder.paused.is_set():
        recorder.pending.append("x" * 200_000)
        sender.wake()
        qtbot.waitUntil(lambda: not recorder.pending or recorder.paused.is_set())
        sent += 1
    collected(link, qtbot, sent)
    assert recorder.resumed.wait(10)
    sender.close()


def test_a_fault_in_the_recorder_ends_recording_and_frees_the_waiting(link, recorder, capsys, monkeypatch):
    def broken():
        raise ZeroDivisionError("ours")

    recorder.process = broken
    sender = Sender(recorder, link.address({}, BUDGET))
    sender.start()
    sender.flush()
    assert recorder.paused.is_set()
    sender.close()


def test_the_address_is_taken_out_of_the_environment():
    address = Address("ipc://a", "ipc://b", "t" * 32, Trace().counts(), BUDGET)
    environment = {"HOME": "/", **address.environment()}
    assert Address.from_environment(environment) == address
    assert environment == {"HOME": "/"}
    assert Address.from_environment(environment) is None


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"token": 1}'])
def test_a_damaged_address_is_refused(text):
    with pytest.raises(LinkError, match=VARIABLE):
        Address.from_environment({VARIABLE: text})


def test_a_request_comes_back_as_it_was():
    assert parse_request(request(5, 7, ((None, 3, 2),))) == (5, 7, ((None, 3, 2),))


@pytest.mark.parametrize("frame", [b"", b"\xff", b"[]", b'{"id": 1}', b'{"id": 1, "handle": 2, "slices": [[1]]}'])
def test_a_hostile_request_is_refused(frame):
    with pytest.raises(LinkError):
        parse_request(frame)
