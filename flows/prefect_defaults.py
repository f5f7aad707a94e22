"""How Prefect is set up where the user has not set it up: quiet, patient, and telling nobody."""

import os

DEFAULTS = {
    # Telemetry is off unless it is asked for.
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    # A first start on a slow machine has taken 23 seconds; Prefect gives up after 20.
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
}

# What the embedded server does for deployments, and a single run has no use for.
ONE_OFF = {
    f"PREFECT_SERVER_SERVICES_{service}_ENABLED": "false"
    for service in (
        "CANCELLATION_CLEANUP",
        "EVENT_LOGGER",
        "FOREMAN",
        "LATE_RUNS",
        "PAUSE_EXPIRATIONS",
        "SCHEDULER",
        "TRIGGERS",
    )
} | {
    "PREFECT_LOGGING_LEVEL": "WARNING",
    # What happens to batches is written down together: 10 ms of the server for each instead of 30.
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "50",
}


def set_up(one_off: bool) -> None:
    """To be called before Prefect is imported. Leaves alone what is set."""
    for name, value in (DEFAULTS | ONE_OFF if one_off else DEFAULTS).items():
        os.environ.setdefault(name, value)
