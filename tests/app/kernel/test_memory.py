"""What the C library of a kernel is told, and that nobody else hears of it."""

import os

import pytest

from app.kernel.memory import VARIABLE, forget_settings, memory_settings
from tests.app.kernels import Driver


def test_a_value_of_the_users_stays():
    environment = {VARIABLE: "glibc.malloc.check=3"}
    assert memory_settings(environment) == {}
    forget_settings(environment)
    assert environment == {VARIABLE: "glibc.malloc.check=3"}


def test_our_value_goes_again():
    environment = {"HOME": "/", **memory_settings({})}
    assert VARIABLE in environment
    forget_settings(environment)
    assert environment == {"HOME": "/"}


@pytest.mark.skipif(not os.path.exists("/proc/self/environ"), reason="asks Linux what a process was started with")
def test_a_kernel_starts_with_it_and_what_it_starts_does_not(qapp):
    driver = Driver()
    driver.run(
        "import os\nstarted_with = open('/proc/self/environ', 'rb').read()\n"
        f"print({VARIABLE!r} in os.environ, {VARIABLE!r}.encode() in started_with)"
    )
    said = driver.said("stdout")
    driver.close()
    assert said == "False True\n"
