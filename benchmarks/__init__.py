"""Side by side with the peers, in one run: ``python -m benchmarks`` (``make bench``).

Each section is a module that says what it measures and how, prints its tables and gives back the
bars that it is held to. :mod:`benchmarks._measure` holds the method that all share.
"""
