"""What runs in the kernel process: IPython, the engine behind `import torch`, the sender. Never imports Qt."""
