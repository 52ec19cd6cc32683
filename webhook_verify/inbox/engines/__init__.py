"""The queue engines of a `Handoff`: one module per engine, which imports it."""
