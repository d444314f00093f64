"""A first golive.yaml, as text: what the packs declare, and why it stands there."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pytest_golive.vendors.library import general_rules, read_rules
from pytest_golive.vendors.pack import Credential, Identifier, Pack

STAGING = "staging"
PRODUCTION = "production"

WIDTH = 100
"""Columns a comment on lines of its own takes."""

WIDEST = 120
"""Columns a line may take together with the comment behind it."""

WHAT_IT_IS = (
    "golive.yaml: where golive finds your integration. No secret stands in this file, only where it is read from: "
    "{env: NAME}, {file: PATH} or {command: [PROGRAM, ARGUMENT]}."
)
EDITORS = (
    "Editors complete and explain the keys by a JSON Schema: `golive schema > golive.schema.json` writes it, and the "
    "YAML language server finds it by this line at the top:"
)
VARIABLES = (
    "Every variable carries the name of its environment, and none is read by two: a staging run looks at production "
    "too, and has to see that each has a key of its own. Where a pipeline holds only the names of the vendor's "
    "samples, map them before the run:"
)

PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
KEYWORDS = {"true", "false", "null"}


def golive_yaml(project: str, packs: Sequence[Pack]) -> str:
    """Return a golive.yaml for these vendors, with a staging and a production environment."""
    lines = [*_head(packs[0]), "", "golive: 1", f"project: {flow(project)}", "", "environments:"]
    lines += _staging(packs)
    lines += ["", *_production(packs), "", *_people()]
    return "\n".join(lines) + "\n"


def _people() -> Iterator[str]:
    told = "What no program can see, people vouch for, or accept until a day. These commands write it down:"
    yield from _comment(0, told)
    yield "#   golive attest RULE"
    yield "#   golive waive RULE"


def variables(packs: Sequence[Pack], environment: str) -> tuple[str, ...]:
    """Return the variables that the written file needs for an environment, in order."""
    plain: list[str] = []
    for pack in packs:
        plain.append(pack.base_url.variable)
        plain += [credential.variable for credential in pack.credentials.values() if credential.required]
        plain += [identifier.variable for identifier in pack.ids.values() if identifier.required]
    return tuple(variable(environment, name) for name in plain)


def variable(environment: str, plain: str) -> str:
    """Return the name a vendor's variable has for one environment."""
    return f"{environment.upper()}_{plain}"


def flow(value: Any) -> str:
    """Return a value on one line of YAML, which JSON is too; in quotes unless it is a plain word."""
    if isinstance(value, str) and PLAIN.fullmatch(value) and value.lower() not in KEYWORDS:
        return value
    if isinstance(value, list):
        return f"[{', '.join(map(flow, value))}]"
    return json.dumps(value, ensure_ascii=False)


def _head(pack: Pack) -> Iterator[str]:
    plain = pack.credentials[pack.authentication.credential].variable
    yield from _comment(0, WHAT_IT_IS)
    yield "#"
    yield from _comment(0, EDITORS)
    yield "#   # yaml-language-server: $schema=golive.schema.json"
    yield "#"
    yield from _comment(0, VARIABLES)
    yield f'#   export {variable(STAGING, plain)}="${plain}"'


def _staging(packs: Sequence[Pack]) -> Iterator[str]:
    yield f"  {STAGING}:"
    yield from _comment(4, "What has to hold in production too is looked at from here, by reading only.")
    yield f"    releases_to: {PRODUCTION}"
    yield from _deployment(STAGING)
    yield "    vendors:"
    for pack in packs:
        yield from _vendor(pack, STAGING)


def _production(packs: Sequence[Pack]) -> Iterator[str]:
    yield f"  {PRODUCTION}:"
    yield from _comment(4, "Real customers are here: a run only reads, unless `allow` names more.")
    yield "    production: true"
    allowances = [(name, pack, given) for pack in packs for name, given in pack.allowances.items()]
    if allowances:
        yield from _comment(4, "What may be allowed, and what it costs:")
    for name, pack, given in allowances:
        yield from _comment(4, f"- {name} ({pack.title}): {given.title}. Cost: {given.cost}", hanging="  ")
    yield "    allow: []"
    yield from _deployment(PRODUCTION)
    yield "    vendors:"
    for pack in packs:
        yield from _vendor(pack, PRODUCTION)


def _deployment(environment: str) -> Iterator[str]:
    told = "Where the deployment tells the fingerprints of the keys it holds, made as `golive fingerprint` makes them:"
    yield from _comment(4, told)
    yield f"    # deployment: {{fingerprints: https://{environment}.example/golive/fingerprints}}"


def _vendor(pack: Pack, environment: str) -> Iterator[str]:
    yield f"      {pack.vendor}:"
    yield from _comment(8, f"{pack.title} documents {pack.base_url.production}")
    yield f"        base_url: {_from_variable(environment, pack.base_url.variable)}"
    yield from _sources(8, pack.credentials, environment)
    if pack.ids:
        # Without a required one there would be a key without a value.
        yield "        ids:" if any(given.required for given in pack.ids.values()) else "        # ids:"
        yield from _sources(10, pack.ids, environment)
    if environment == STAGING:
        yield from _features(pack)
        yield from _settings(pack)
        return
    for name, there in (("features", pack.features), ("settings", _needed_settings(pack))):
        if there:
            yield from _comment(8, f"The same as in {STAGING}; write them out where they differ.")
            yield f"        {name}: *{pack.vendor}_{name}"


def _sources(
    indent: int, declared: Mapping[str, Credential] | Mapping[str, Identifier], environment: str
) -> Iterator[str]:
    for name, given in declared.items():
        mark = "" if given.required else "# "
        yield from _told(indent, f"{mark}{name}: {_from_variable(environment, given.variable)}", given.title)


def _features(pack: Pack) -> Iterator[str]:
    if not pack.features:
        return
    yield from _comment(8, "Parts of the API. What you do not use is false: its rules then do not apply.")
    yield f"        features: &{pack.vendor}_features"
    for name, feature in pack.features.items():
        yield from _told(10, f"{name}: {flow(feature.default)}", feature.title)


def _settings(pack: Pack) -> Iterator[str]:
    needed = _needed_settings(pack)
    if not pack.settings:
        return
    yield from _comment(8, "Examples: put in what your integration really does.")
    yield f"        settings: &{pack.vendor}_settings" if needed else "        # settings:"
    for name, setting in pack.settings.items():
        yield from _told(10, f"{'' if name in needed else '# '}{name}: {flow(setting.example)}", setting.title)


def _needed_settings(pack: Pack) -> set[str]:
    """Return the settings a rule needs. Others, a written exception, say, would claim what nobody decided."""
    rules = (*read_rules(pack.vendor), *general_rules())
    return {name for rule in rules for name in rule.needs.settings if name in pack.settings}


def _from_variable(environment: str, plain: str) -> str:
    return f"{{env: {variable(environment, plain)}}}"


def _told(indent: int, line: str, comment: str) -> list[str]:
    """Return a line with its comment behind it, or above where there is no room for it."""
    whole = f"{'':{indent}}{line}  # {comment}"
    return [whole] if len(whole) <= WIDEST else [*_comment(indent, comment), f"{'':{indent}}{line}"]


def _comment(indent: int, text: str, hanging: str = "") -> list[str]:
    lines = textwrap.wrap(
        text, WIDTH - indent - 2, break_long_words=False, break_on_hyphens=False, subsequent_indent=hanging
    )
    return [f"{'':{indent}}# {line}" for line in lines]
