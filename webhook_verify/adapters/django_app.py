"""The Django app that registers this package's checks for ``manage.py check``.

```python
INSTALLED_APPS = [..., "webhook_verify.adapters.django_app.WebhookChecksConfig"]
```

Without the app, the checks are registered when a view imports the adapter, which is too late for the first
``manage.py check``: Django imports the views while the checks already run.
"""

from __future__ import annotations

from importlib import import_module

try:
    from django.apps import AppConfig
except ImportError as _missing:
    raise ImportError("webhook_verify.adapters.django needs Django: pip install 'django>=5.2'") from _missing

__all__ = ["WebhookChecksConfig"]


class WebhookChecksConfig(AppConfig):
    """The app for `INSTALLED_APPS`. It has no models."""

    name = "webhook_verify.adapters"
    label = "webhook_verify_checks"

    def ready(self) -> None:
        """Register the checks. Called by Django."""
        import_module("webhook_verify.adapters._django_checks")
