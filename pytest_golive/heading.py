"""What pytest's header says of a run: where it goes, what it may do there, and with which keys."""

from __future__ import annotations

from pytest_golive import recording
from pytest_golive.run import BANNER, Run


def heading(run: Run) -> list[str]:
    """Return the lines of pytest's header."""
    environment = run.golive.environment
    kinds = "production" if environment.production else "not production"
    may = "only reads" if environment.production else "may write"
    allowed = f"; allowed: {', '.join(environment.allow)}" if environment.production and environment.allow else ""
    lines = [f"golive: environment {environment.name} ({kinds}: {may}{allowed}), {len(run.plan.checks)} checks planned"]
    if run.sandbox:
        lines.append(f"golive: {BANNER}")
    lines += recording.header(run)
    for vendor, target in environment.targets.items():
        keys = ", ".join(f"{name} {secret.fingerprint}" for name, secret in target.credentials.items())
        lines.append(f"golive: {vendor} at {target.base_url}, {keys or 'no keys'}")
        limits = run.golive.limits(vendor, environment.name)
        if limits is not None:
            lines.append(f"golive: {vendor} is asked at most {limits.told}")
    return lines
