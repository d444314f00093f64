"""Which language a text is in, told by its small words; told only where they leave no doubt."""

from __future__ import annotations

import re

WRITTEN = {
    "en": "the and is are was you your we our to of in on for with from can will not have it this that at by or if",
    "es": "el la los las y es son usted su nuestro nuestra del en con para por una puede que al lo si hasta muy",
    "pt": "o os e é são você seu sua nosso nossa de da em na com para por uma um pode não que ao dos das até pelo pela",
}
"""Words that stand in nearly every sentence of a language; some stand in two of them."""

SMALL_WORDS = {language: frozenset(words.split()) for language, words in WRITTEN.items()}

FEWEST = 3
"""Small words that a text has to hold before anything is said about it."""


def language_of(text: str) -> str | None:
    """Return the language of a text; None where it is too short or could be two."""
    words = re.findall(r"[^\W\d_]+", text.lower())
    counts = sorted(((sum(word in small for word in words), name) for name, small in SMALL_WORDS.items()), reverse=True)
    (most, language), (second, _) = counts[0], counts[1]
    return language if most >= FEWEST and most > second else None
