"""The event types in the samples of schemes that sign a URL or parameters, or use a plain hash."""

from __future__ import annotations

__all__ = ["OF_PARAMETERS"]

OF_PARAMETERS: list[tuple[str, str | None, bool]] = [
    ("cloudinary", "upload", True),
    ("pandadoc", "document_state_changed", True),
    ("plivo-v2", None, False),
    ("qiniu", None, False),
    ("shopify-app-proxy", None, False),
    ("vonage-signed-message", None, False),
]
