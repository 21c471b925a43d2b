"""`torch.autograd.anomaly_mode`."""

from ...checks.anomaly import detect_anomaly, set_detect_anomaly
from ..names import missing as _missing


def __getattr__(name: str) -> object:
    raise _missing("torch.autograd.anomaly_mode", name)


__all__ = ["detect_anomaly", "set_detect_anomaly"]
