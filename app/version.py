"""The one place that states the version; the wheel, --version and exports read it."""

__version__ = "0.1.0"
