"""The sample of Acuity Scheduling."""

from __future__ import annotations

from tests.providers.sample import OTHER_TEXT_SECRET, TEXT_SECRET, Sample, text_body

__all__ = ["SAMPLE"]

SAMPLE = Sample(
    scheme="acuity-scheduling",
    secret=TEXT_SECRET,
    other_secret=OTHER_TEXT_SECRET,
    body=text_body("action=appointment.changed&id=ID&calendarID=1&appointmentTypeID=1"),
)
