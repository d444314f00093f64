"""A team's project whose people vouch for things and accept gaps; nothing is asked of any vendor."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.plugin.conftest import Project, Ran

ALONE = """
golive: 1
project: shop
environments:
  staging: {{vendors: {{}}}}
{more}
"""

WITH_TIMELY = """
golive: 1
project: shop
environments:
  staging:
    releases_to: production
    vendors: {{timely: {target}}}
  production:
    production: true
    {deployment}
    vendors: {{timely: {target}}}
attestations: golive/attestations.yaml
{more}
"""

TARGET = "{base_url: 'http://127.0.0.1:9/v1', api_key: {env: SHOP_KEY}, ids: {workspace_id: w, agent_id: a}}"


def day(ahead: int) -> str:
    """Return the day that is this many days ahead, UTC."""
    return (datetime.now(UTC) + timedelta(days=ahead)).strftime("%Y-%m-%d")


def waivers(project: Project, *records: str, ceiling: int = 10) -> None:
    """Write a project without any vendor, whose people waive rules of its own tests."""
    lines = [f"  - {{{record}}}\n" for record in records]
    project.write("golive/waivers.yaml", f"golive: 1\nceiling: {ceiling}\nwaivers:\n{''.join(lines)}")
    project.write("golive.yaml", ALONE.format(more="waivers: golive/waivers.yaml"))


def waiver(rule: str, ahead: int = 60, **more: str) -> str:
    """Return one record of a waiver."""
    told = {"rule": rule, "reason": "is being mended", "owner": "Ben", "approver": "Ana", "until": day(ahead), **more}
    return ", ".join(f"{key}: {value}" for key, value in told.items())


def words(project: Project, *records: str, deployment: str = "", more: str = "") -> None:
    """Write a project that uses Timely, whose people vouch for things."""
    lines = [f"  - {{{record}}}\n" for record in records]
    text = f"golive: 1\nattestations:\n{''.join(lines)}" if lines else "golive: 1\nattestations: []\n"
    project.write("golive/attestations.yaml", text)
    project.write("golive.yaml", WITH_TIMELY.format(target=TARGET, deployment=deployment, more=more))


def word(rule: str, ahead: int = -1, **more: str) -> str:
    """Return one record of an attestation."""
    told = {"rule": rule, "statement": "I saw it.", "by": "Ana <ana@shop.example>", "role": "QA lead", "at": day(ahead)}
    told |= {"evidence": "'https://shop.example/1'", **more}
    return ", ".join(f"{key}: {value}" for key, value in told.items())


def prerelease(project: Project, *args: str) -> Ran:
    """Run the pre-release suite in staging."""
    return project.run_warm("-m", "prerelease", "--env", "staging", *args)


def outcomes(told: dict[str, object]) -> dict[str, str]:
    """Return check and outcome of each result of a verdict file."""
    results = told["results"]
    assert isinstance(results, list)
    return {each["check"].rpartition("::")[2]: each["outcome"] for each in results}
