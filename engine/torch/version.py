"""`torch.version`: whose behaviour the engine follows, and that it is built for no device but the CPU."""

__version__ = "2.13.0"
cuda = hip = xpu = git_version = None
debug = False
