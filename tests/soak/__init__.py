"""A minute of load with some hostile requests: no wrong result, no server error, no growth of memory."""
