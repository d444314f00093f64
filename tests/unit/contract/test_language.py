from __future__ import annotations

import pytest

from pytest_golive.contract.language import language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Our opening hours are Monday to Friday, and you can write to us at any time.", "en"),
        ("O nosso horário de funcionamento é de segunda a sexta, das 9:00 às 18:00.", "pt"),
        ("Nuestra tienda está abierta para usted los lunes y los martes hasta las 18:00.", "es"),
        ("Desculpe, só posso ajudar com perguntas sobre a nossa loja e os seus pedidos, não com isso.", "pt"),
    ],
)
def test_a_text_is_told_by_its_small_words(text: str, language: str) -> None:
    """A sentence or two are enough."""
    assert language_of(text) == language


@pytest.mark.parametrize("text", ["", "9:00", "OK", "Pix, boleto", "https://shop.example/track", "para que por"])
def test_nothing_is_told_of_what_leaves_a_doubt(text: str) -> None:
    """Too short, no words, or words of two languages."""
    assert language_of(text) is None
