from __future__ import annotations

import base64
import gzip
import html
import json
import re
from urllib.parse import quote

import pytest

from pytest_golive.credentials.redaction import Redactor
from pytest_golive.credentials.secret import Secret, StandIn
from pytest_golive.source.contents import seen_in
from pytest_golive.source.files import searcher_for
from pytest_golive.source.sightings import Searcher, beginnings, masked
from pytest_golive.source.unpacking import Room
from tests.unit.source.planted import KEY, OLD, OTHER, VENDORS, searcher

ODD = 'S3cr&t/"q=+<x>~9Lm'
"""A secret in which every encoding has something to do."""

ENCODED = {
    "plain": ODD,
    "in a URL": quote(ODD, safe=""),
    "in base64": base64.b64encode(ODD.encode()).decode(),
    "in base64, second alignment": base64.b64encode(b"x" + ODD.encode() + b"yz").decode(),
    "in base64, third alignment": base64.b64encode(b"xy" + ODD.encode() + b"z").decode(),
    "in base64 of URLs": base64.urlsafe_b64encode(ODD.encode()).decode(),
    "in a Basic header": f"Authorization: Basic {base64.b64encode(f'user:{ODD}'.encode()).decode()}",
    "in base64, over two lines": base64.encodebytes(f"{'x' * 41}{KEY}{'y' * 30}".encode()).decode(),
    "in hex": ODD.encode().hex(),
    "in JSON": json.dumps({"key": ODD}),
    "in HTML": f"<td>{html.escape(ODD)}</td>",
    "reversed": ODD[::-1],
    "compressed, in base64": base64.b64encode(gzip.compress(json.dumps({"key": "k", "is": KEY}).encode())).decode(),
    "in UTF-16": f"KEY={ODD}".encode("utf-16"),
    "in UTF-16 without a mark": f"KEY={ODD}".encode("utf-16-le"),
    "compressed": gzip.compress(f"key: {ODD}".encode()),
}


def _kinds(text: str | bytes, by: Searcher | None = None) -> list[tuple[str, str]]:
    data = text.encode() if isinstance(text, str) else text
    return [(seen.sighting.kind, seen.sighting.what) for seen in seen_in(data, by or searcher(), Room())]


@pytest.mark.parametrize("text", ENCODED.values(), ids=ENCODED)
def test_a_known_secret_is_seen_in_every_encoding(text: str | bytes) -> None:
    both = Redactor([Secret(ODD, "uppzy.api_key"), Secret(KEY, "uppzy.api_key")])

    assert _kinds(text, searcher_for(both, {"uppzy": None}, {})) == [("configured", "uppzy.api_key")]


ASSIGNED = [
    "UPPZY_API_KEY={}",
    "export UPPZY_API_KEY='{}'",
    "ENV UPPZY_API_KEY {}",
    "UPPZY_API_KEY: {}",
    "- name: UPPZY_API_KEY\n  value: {}",
    '{{"UPPZY_API_KEY": "{}"}}',
    'os.environ.get("UPPZY_API_KEY", "{}")',
    'os.environ["UPPZY_API_KEY"] or "{}"',
    "process.env.UPPZY_API_KEY || '{}'",
    "process.env['UPPZY_API_KEY'] ?? `{}`",
    "env('UPPZY_API_KEY', '{}')",
    "getenv('UPPZY_API_KEY') ?: '{}'",
    "$_ENV['UPPZY_API_KEY'] ?? '{}'",
    'ENV.fetch("UPPZY_API_KEY") {{ "{}" }}',
    'ENV["UPPZY_API_KEY"] || "{}"',
    'System.getenv().getOrDefault("UPPZY_API_KEY", "{}")',
    "uppzy.key=${{UPPZY_API_KEY:{}}}",
    "${{UPPZY_API_KEY:-{}}}",
    'os.Setenv("UPPZY_API_KEY", "{}")',
    '<env name="UPPZY_API_KEY" value="{}"/>',
    '"UPPZY_API_KEY = \\"{}\\"\\n"',
    'std::env::var("UPPZY_API_KEY").unwrap_or("{}".into())',
    'std::env::var("UPPZY_API_KEY").unwrap_or_else(|_| String::from("{}"))',
    'Optional.ofNullable(System.getenv("UPPZY_API_KEY")).orElse("{}")',
    "sys.env.get('UPPZY_API_KEY').getOrElse('{}')",
    '{{ name = "UPPZY_API_KEY", value = "{}" }}',
    '{{"name": "UPPZY_API_KEY", "value": "{}"}}',
]


@pytest.mark.parametrize("line", ASSIGNED)
@pytest.mark.parametrize("value", ["upz7Kj7dh38Gd92kLmQ", "9f8b2c4d-7e61-4a3f-b5d2-8c1e0f9a7b6d"])
def test_a_value_for_a_keys_variable_is_seen_in_every_language(line: str, value: str) -> None:
    assert _kinds(line.format(value)) == [("assigned", "a value for UPPZY_API_KEY")]


@pytest.mark.parametrize(
    "line",
    [
        'uppzy.get(url, headers={{"X-API-Key": "{}"}})',
        'uppzy: req.Header.Set("X-API-Key", "{}")',
        "curl -H 'x-api-key: {}' https://api.uppzy.com/api/v1",
    ],
)
def test_a_value_for_the_header_of_the_key_is_seen(line: str) -> None:
    """Only where the vendor is mentioned: others have a header of this name, too."""
    text = line.format("9f8b2c4d-7e61-4a3f-b5d2-8c1e0f9a7b6d")

    assert [(kind, what.lower()) for kind, what in _kinds(text)] == [("assigned", "a value for x-api-key")]
    assert _kinds(text.replace("uppzy", "weather")) == []
    assert _kinds(line.format("your-key")) == []


@pytest.mark.parametrize(
    "line",
    [
        "UPPZY_API_KEY: ${{ secrets.UPPZY_API_KEY_PROD1 }}",
        "UPPZY_API_KEY=${UPPZY_KEY_PROD_2024x}",
        "UPPZY_API_KEY=$UPPZY_KEY_PROD_2024x",
        "UPPZY_API_KEY: <your key 9x8y7z6w5v4u>",
        "UPPZY_API_KEY=replace-with-your-key-1",
        'UPPZY_API_KEY = os.environ["UPPZY_API_KEY_2"]',
        'UPPZY_API_KEY = "op://ci/uppzy/key-7K9x2Lm4Qw8"',
        "UPPZY_API_KEY=/run/secrets/uppzy_key_7K9x2Lm4Qw8",
        "UPPZY_API_KEY: ENC[AES256_GCM,data:7K9x2Lm4Qw8zT5,iv:x]",
        "- name: UPPZY_API_KEY\n  valueFrom: {secretKeyRef: {name: uppzy7K9x2Lm4Qw8zT5, key: k}}",
        "UPPZY_API_KEY: uppzy-api-key-v2-prod-eu1",
        '["UPPZY_API_KEY", "STAGING_TIMELY_API_KEY"]',
        "MY_UPPZY_API_KEY2=7K9x2Lm4Qw8zT5vB",
        f"UPPZY_API_KEY: {'AgBy3i4OJSWK+PiTySYZZA9rO43cGDEqAx5' * 12}",
        '{ name = "UPPZY_API_KEY", valueFrom = aws_ssm_parameter.uppzy7K9x2Lm4Qw8zT5.arn }',
        'env("UPPZY_API_KEY").orElseThrow(() -> new IllegalState7K9x2Lm4Qw8zT5())',
        "UPPZY_API_KEY = settings.uppzy7K9x2Lm4Qw8zT5.key",
        "html_template_renderer_for_mails2 tml_",
        '"integrity": "sha512-tml/Zk3vQ9xW7mB2nT5rY8uLZk3vQ9xW7mB2nT5rY8uL=="',
        "tly_live_your_api_key_here",
        "x-api-key: tly_live_********************",
        "aug_sk_prod_****hjt4",
        "commit e83c5163316f89bfbde7d9ab23ca2e25604af290",
    ],
)
def test_a_bait_is_not_seen(line: str) -> None:
    assert _kinds(line) == []


@pytest.mark.parametrize("before", ["'", " ", "\\n", "%3D", "=", "(", "\\t"])
def test_what_looks_like_a_vendors_key_is_seen(before: str) -> None:
    assert _kinds(f"x{before}{OTHER}") == [("pattern", "a key of timely")]


def test_a_key_tells_whether_it_is_productions() -> None:
    body = "4fG7hJ2kL9mN3pQ5rS8tVw_Xy6zB1cD4eF7gH2jK5lM8nP3qR6sT9uV"

    found = searcher().find(f"aug_sk_test_{body} aug_sk_prod_{body} {OTHER}".encode())

    assert [each.production for each in found] == [False, True, None]


def test_a_secret_that_was_replaced_is_known_as_such() -> None:
    assert [(each.what, each.retired) for each in searcher().find(f"{OLD} {KEY}".encode())] == [
        ("timely.previous_api_key", True),
        ("timely.api_key", False),
    ]


def test_a_stand_in_of_a_replay_is_no_key() -> None:
    """The recording in the repository names it; it opens nothing."""
    redactor = Redactor()
    redactor.add(StandIn("wq8Zt2mLx0Pv7Rn4", "uppzy.api_key", "0123456789ab"))
    redactor.add(Secret("Jb5Kd9Ys1Hc3Ug6e", "uppzy.previous_api_key"))

    found = Searcher(redactor).find(b"stand_in: wq8Zt2mLx0Pv7Rn4, key: Jb5Kd9Ys1Hc3Ug6e")

    assert [each.what for each in found] == ["uppzy.previous_api_key"]


def test_one_place_is_told_once() -> None:
    """The exact secret wins over what it looks like, and over the variable it is given to."""
    assert _kinds(f"STAGING_TIMELY_API_KEY={KEY}") == [("configured", "timely.api_key")]


def test_a_value_is_never_shown() -> None:
    shown = re.sub("[0-9a-f]{12}", "#", masked(OTHER))

    assert (shown, OTHER[9:] in masked(OTHER)) == ("tly_live_*** (29 characters, fingerprint #)", False)
    assert re.sub("[0-9a-f]{12}", "#", masked("Kj7dh38Gd92kLm")) == "Kj*** (14 characters, fingerprint #)"


@pytest.mark.parametrize(
    ("pattern", "heads"),
    [
        (r"\b(aug|mrp)_sk_(test|prod)_[0-9A-Za-z]{16,}\b", (b"aug_sk_", b"mrp_sk_")),
        (r"(tly_[a-z]+_|tml_)[A-Za-z0-9_-]{12,}", (b"tly_", b"tml_")),
        (r"swpk_live_[A-Za-z0-9_-]{16,}", (b"swpk_live_",)),
        (r"whsec_.+", (b"whsec_",)),
        (r"acme\.key", (b"acme",)),
        (r"[0-9a-f]{32}", ()),
        (r"abcd?e", ()),
        (r"sk_+a", ()),
        (r"(ab|cd)+efgh", ()),
        (r"(x|y)z", ()),
    ],
)
def test_what_a_match_begins_with(pattern: str, heads: tuple[bytes, ...]) -> None:
    assert beginnings(pattern) == heads


def test_a_pattern_without_a_fixed_beginning_is_searched_for_as_it_is() -> None:
    assert VENDORS
    by = searcher()
    by._patterns.append(
        (beginnings("[A-Z]{4}[0-9][A-Za-z0-9]{16}"), re.compile(b"[A-Z]{4}[0-9][A-Za-z0-9]{16}"), by.shapes[0])
    )

    assert _kinds("key QZXW7mB2nT5rY8uLkP3sd", by) == [("pattern", "a key of timely")]
