"""Status and metrics, for operations."""
