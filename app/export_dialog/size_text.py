"""The size of a result in words. Knows no Qt."""

from __future__ import annotations

from ui.values import byte_size

from ..export.sizes import Estimate

_MM_PER_INCH = 25.4
_MM_PER_POINT = _MM_PER_INCH / 72


def size_text(estimate: Estimate, dpi: float = 0.0) -> str:
    """`2,016 x 2,344 px (171 x 198 mm) · 261 KiB`, `3 files · about 1.2 MiB`."""
    parts = []
    if estimate.width:
        text = f"{estimate.width:,} × {estimate.height:,} {estimate.unit}"
        mm = _MM_PER_POINT if estimate.unit == "pt" else _MM_PER_INCH / dpi if dpi else 0.0
        parts.append(f"{text} ({estimate.width * mm:.0f} × {estimate.height * mm:.0f} mm)" if mm else text)
    if estimate.files > 1:
        parts.append(f"{estimate.files:,} files")
    if estimate.bytes:
        parts.append(f"{'' if estimate.exact else 'about '}{byte_size(estimate.bytes)}")
    return " · ".join(parts)
