"""What tells whether gradients are right: `gradcheck` and anomaly detection."""
