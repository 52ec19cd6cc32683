"""Every provider that is built in: its interop tests, its samples, and one suite of what must be refused."""
