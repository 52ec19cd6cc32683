"""Every provider that is built in: a witness that is not ours, and one suite of what must be refused."""
