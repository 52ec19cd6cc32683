"""Adapters put the decision into a framework: each translates a request in and a result out.

Import the one you need by its module, such as :mod:`webhook_verify.adapters.asgi`.
"""
