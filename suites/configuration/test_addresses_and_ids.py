"""What every environment has to say by itself: address, tenant, site."""

from __future__ import annotations

from urllib.parse import urlsplit

from pytest_golive.golive import Golive
from pytest_golive.manifest.values import is_filled_in, is_loopback_url
from pytest_golive.readiness.plan import PlannedCheck


def test_base_url_is_explicit(golive: Golive, planned: PlannedCheck) -> None:
    """The base URL is set for this environment, encrypted, and ends where the vendor's paths begin.

    If this fails: correct base_url in golive.yaml, and the same variable where the integration is deployed.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    url, path = vendor.base_url, vendor.pack.base_url.path
    parts = urlsplit(url)
    golive.must("the base URL has to be set", is_filled_in(url), expected="an address", actual=repr(url))
    encrypted = parts.scheme == "https" or is_loopback_url(url)
    golive.must("the base URL has to be encrypted", encrypted, expected="https://…", actual=url)
    golive.must("the base URL must not end in a slash", not url.endswith("/"), expected=url.rstrip("/"), actual=url)
    golive.must(
        f"the base URL has to end in {path or 'the host name'}",
        parts.path == path and not parts.query and not parts.fragment,
        expected=f"path {path!r}",
        actual=url,
    )


def test_tenant_id_is_explicit(golive: Golive, planned: PlannedCheck) -> None:
    """The tenant is set for this environment and is no placeholder.

    If this fails: set ids.tenant_id in golive.yaml to the workspace this environment belongs to.
    """
    value = golive.vendor(planned.vendor, planned.environment).id("tenant_id")
    golive.must("the tenant id has to be set", is_filled_in(value), expected="an id", actual=repr(value))


def test_site_id_is_explicit(golive: Golive, planned: PlannedCheck) -> None:
    """The site is set for this environment and is no placeholder.

    If this fails: set ids.site_id in golive.yaml to the site this environment belongs to.
    """
    value = golive.vendor(planned.vendor, planned.environment).id("site_id")
    golive.must("the site id has to be set", is_filled_in(value), expected="an id", actual=repr(value))


def test_smoke_variables_are_set(golive: Golive, planned: PlannedCheck) -> None:
    """Address, key and ids are all there before the first call is made.

    If this fails: the named value is empty or still the placeholder of the vendor's sample.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    required = [name for name, each in vendor.pack.ids.items() if each.required]
    values = {"base_url": vendor.base_url, **{f"ids.{name}": vendor.id(name) for name in required}}
    vendor.key(vendor.pack.authentication.credential)
    empty = [name for name, value in values.items() if not is_filled_in(value)]
    golive.must(
        "address, key and ids have to be set before a smoke test",
        not empty,
        expected="values without placeholders",
        actual=f"empty or a placeholder: {', '.join(empty)}",
    )
