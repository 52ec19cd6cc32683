"""The inbox: a delivery is stored before it is acknowledged, and then processed with retries.

`entries` has the rows, `store` the calls of a store. Nothing here verifies a delivery.
"""
