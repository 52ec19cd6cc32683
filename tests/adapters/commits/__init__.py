"""Applications that commit a handler's work in different places, for the tests of settlement."""
