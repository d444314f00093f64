import copy
import json
import pickle

import pytest

from pytest_golive.credentials.secret import Secret, fingerprint, weakness

VALUE = "upz_live_4f9c2e71ab"


@pytest.fixture
def secret() -> Secret:
    return Secret(VALUE, "uppzy.api_key")


def test_the_fingerprint_is_the_documented_one() -> None:
    """A deployment can compute the same 12 digits with HMAC-SHA256 and the public key."""
    assert fingerprint(VALUE) == "f81fd5e005e6"
    assert fingerprint("upz_live_ü") == "10c19073ab83"


@pytest.mark.parametrize("show", [repr, str, "{}".format, "{:>40}".format, lambda secret: f"{[secret]}"])
def test_no_way_of_printing_shows_the_value(secret: Secret, show) -> None:  # type: ignore[no-untyped-def]
    """A secret prints as its name and fingerprint."""
    shown = show(secret)

    assert VALUE not in shown
    assert f"<Secret uppzy.api_key {fingerprint(VALUE)}>" in shown


def test_only_reveal_gives_the_value_away(secret: Secret) -> None:
    """The value is there for the one place that sends it."""
    assert secret.reveal() == VALUE
    assert secret.fingerprint == fingerprint(VALUE)


def test_secrets_are_equal_by_value() -> None:
    """Two names of one value are the same secret, a plain text is none."""
    assert Secret(VALUE, "a.key") == Secret(VALUE, "b.key")
    assert Secret(VALUE, "a.key") != Secret("another-value", "a.key")
    assert Secret(VALUE, "a.key") != VALUE
    assert len({Secret(VALUE, "a.key"), Secret(VALUE, "b.key")}) == 1


@pytest.mark.parametrize("copier", [copy.copy, copy.deepcopy, pickle.dumps])
def test_a_secret_is_not_copied_or_pickled(secret: Secret, copier) -> None:  # type: ignore[no-untyped-def]
    """What would carry the value elsewhere is refused in a sentence."""
    with pytest.raises(TypeError) as refused:
        copier(secret)

    assert str(refused.value) == (
        "the secret uppzy.api_key is neither copied nor pickled: pass its name and read it again"
    )


@pytest.mark.parametrize("use", [len, iter, json.dumps, vars, lambda secret: secret + "x"])
def test_a_secret_is_no_text(secret: Secret, use) -> None:  # type: ignore[no-untyped-def]
    """It cannot be walked through, measured, joined or written as JSON."""
    with pytest.raises(TypeError) as refused:
        use(secret)

    assert VALUE not in str(refused.value)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("", "the secret is shorter than 8 characters, too short to be masked in a report"),
        ("seven77", "the secret is shorter than 8 characters, too short to be masked in a report"),
        ("xxxxxxxx", "the secret is one character repeated, surely not the real one"),
        *(
            (placeholder, "the secret is a placeholder or a common word, surely not the real one")
            for placeholder in (
                *("changeme", "CHANGE_ME", "password1", "Password123!", "your-api-key", "YOUR_SECRET_HERE"),
                *("<API_KEY>", "<your key>", "${API_KEY}", "{{ api_key }}", "$UPPZY_API_KEY", "[api key]"),
                *("12345678", "0123456789", "xxxx-xxxx-xxxx", "insert-key-here", "replace me with a key"),
            )
        ),
    ],
)
def test_what_cannot_be_a_secret_is_refused(value: str, why: str) -> None:
    """Placeholders and words too short to be masked are told apart from secrets, without being shown."""
    assert weakness(value) == why


@pytest.mark.parametrize(
    "value",
    [VALUE, "whsec_MfKQ9r8GKYqrTwjU", "correct horse battery", "83651907", '{"type": "service_account"}'],
)
def test_a_real_secret_is_taken(value: str) -> None:
    """Keys, phrases, random digits and key files in JSON pass."""
    assert weakness(value) is None
