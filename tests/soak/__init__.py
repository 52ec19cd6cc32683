"""A minute of load, some of it hostile: no wrong verdict, no server error, no growth."""
