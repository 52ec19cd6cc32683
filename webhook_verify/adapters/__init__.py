"""Adapters for web frameworks. Import the module that you need, such as `webhook_verify.adapters.asgi`."""
