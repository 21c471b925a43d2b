"""Runs operators in worker processes with a time limit each; an operator that hangs or crashes costs only itself."""

import multiprocessing
import multiprocessing.connection
import time


def run_all(tasks, work, jobs, seconds):
    """Yields (task, result of `work(task)`), or (task, "what went wrong"), as they come."""
    context = multiprocessing.get_context("fork")  # the table of operators takes seconds to load: load it once
    waiting = list(reversed(tasks))
    workers = [_Worker(context, work) for _ in range(min(jobs, len(tasks)))]
    try:
        for worker in workers:
            worker.give(waiting.pop())
        while any(worker.busy for worker in workers):
            ready = multiprocessing.connection.wait([worker.pipe for worker in workers if worker.busy], timeout=0.5)
            for worker in workers:
                answer = worker.answer(worker.pipe in ready, seconds)
                if answer is None:
                    continue
                yield answer
                if waiting:
                    worker.give(waiting.pop())
    finally:
        for worker in workers:
            worker.end()


class _Worker:
    def __init__(self, context, work):
        self.context, self.work = context, work
        self.task, self.busy, self.since = None, False, 0.0
        self._start()

    def _start(self):
        self.pipe, theirs = self.context.Pipe()
        self.process = self.context.Process(target=_serve, args=(theirs, self.work), daemon=True)
        self.process.start()
        theirs.close()

    def give(self, task):
        self.task, self.busy, self.since = task, True, time.monotonic()
        self.pipe.send(task)

    def answer(self, ready, seconds):
        """(task, result) when there is one; the process is replaced when it died or took too long."""
        if not self.busy:
            return None
        failure = None
        if ready:
            try:
                result = self.pipe.recv()
            except EOFError:
                failure = "the process crashed"
        elif time.monotonic() - self.since > seconds:
            failure = f"took more than {seconds:.0f} s"
        else:
            return None
        self.busy = False
        if failure is None:
            return self.task, result
        self.end()
        self._start()
        return self.task, failure

    def end(self):
        self.process.kill()
        self.process.join()
        self.pipe.close()


def _serve(pipe, work):
    while True:
        try:
            task = pipe.recv()
        except EOFError:
            return
        pipe.send(work(task))
