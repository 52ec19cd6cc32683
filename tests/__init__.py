"""The specification of webhook_verify, as tests."""

from hypothesis import HealthCheck, settings

# A busy machine is no failure, nor is the table of Unicode that hypothesis makes once in a clean clone.
settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")
