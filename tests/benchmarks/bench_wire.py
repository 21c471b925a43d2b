"""From an operation in the kernel to a row in the window's process: events a second, none lost; arrays in MB/s."""

from __future__ import annotations

import statistics
import sys
import time

from PySide6.QtCore import QCoreApplication

from tests.app.kernels import Driver

OPERATIONS = 50_000
RUNS = 3
CELL = f"y = x\nfor _ in range({OPERATIONS}): y = y + 1.0\n"


def measure_burst(driver: Driver) -> tuple[float, int]:
    """Seconds from sending a cell of additions to its last row being here, and how many functions are missing."""
    before = count_functions(driver)
    started = time.perf_counter()
    driver.run(CELL)
    return time.perf_counter() - started, OPERATIONS - (count_functions(driver) - before)


def count_functions(driver: Driver) -> int:
    return int((driver.trace.nodes.kind == 1).sum())


def measure_latency(driver: Driver) -> float:
    """Milliseconds from sending a cell of 50 operations to its last row being here."""
    started = time.perf_counter()
    driver.run("z = x\nfor _ in range(50): z = z * 1.5")
    return (time.perf_counter() - started) * 1e3


def measure_fetch(driver: Driver, megabytes: int) -> float:
    """MiB/s of one array on demand."""
    driver.run(f"a = torch.ones({megabytes} * 2**18)")
    handle = driver.name("a").value
    arrived: list[int] = []
    driver.session.array_arrived.connect(arrived.append)
    started = time.perf_counter()
    driver.session.fetch(handle)
    driver.wait(lambda: bool(arrived))
    driver.session.array_arrived.disconnect(arrived.append)
    return megabytes / (time.perf_counter() - started)


def main() -> int:
    """Print the table; 1 when something was lost."""
    application = QCoreApplication(sys.argv)
    driver = Driver()
    driver.run("import torch\nx = torch.ones(2, 2, requires_grad=True)")
    bursts = [measure_burst(driver) for _ in range(RUNS)]
    lost = sum(missing for _, missing in bursts)
    rows = 3 * OPERATIONS / statistics.median(seconds for seconds, _ in bursts)
    rate = OPERATIONS / statistics.median(seconds for seconds, _ in bursts)
    print(f"cell of {OPERATIONS:,} additions, end to end: {rate:,.0f} operations/s ({rows:,.0f} nodes/s), {lost} lost")
    latencies = [measure_latency(driver) for _ in range(20)]
    print(f"cell of 50 operations, sent to last row here: {statistics.median(latencies):.1f} ms")
    for megabytes in (1, 16, 128):
        fetches = [measure_fetch(driver, megabytes) for _ in range(RUNS)]
        print(f"array of {megabytes} MiB on demand: {statistics.median(fetches):,.0f} MiB/s")
    driver.close()
    del application
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
