"""What the embedded agents know, and how they answer: a little, always the same, and nothing beside it."""

from __future__ import annotations

import re
from dataclasses import dataclass

HUMAN = re.compile(
    r"\b(humans?|real person|attendant|representative|humano|atendente|pessoa de verdade)\b", re.IGNORECASE
)
"""Words that hand a conversation over to a person."""

HANDED_OVER = {
    "en": "I am handing you over to a person of our team. Somebody will write to you here.",
    "pt": "Vou passar você para uma pessoa da nossa equipe. Alguém vai escrever para você aqui.",
}
DECLINED = {
    "en": "I am sorry, I can only help with questions about our shop and your orders.",
    "pt": "Desculpe, só posso ajudar com perguntas sobre a nossa loja e os seus pedidos.",
}
PORTUGUESE = re.compile(
    r"\b(qual|quais|como|quando|onde|vocês|você|não|posso|quanto|meu|minha|pedido|uma?|é|são|para|loja|fazer)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Topic:
    """Something the agents know.

    Attributes:
        words: beginnings of words that a question about it holds, in both languages.
        en: the answer in English.
        pt: the answer in Portuguese.
    """

    words: tuple[str, ...]
    en: str
    pt: str


TOPICS = (
    Topic(
        ("open", "hours", "clos", "horário", "horario", "abre", "fecha", "funcionamento"),
        "Our opening hours are Monday to Friday, from 9:00 to 18:00.",
        "O nosso horário de funcionamento é de segunda a sexta, das 9:00 às 18:00.",
    ),
    Topic(
        ("ship", "deliver", "arriv", "entrega", "frete", "envio", "prazo"),
        "We ship within two working days, and delivery takes three to five days.",
        "Enviamos em até dois dias úteis, e a entrega leva de três a cinco dias.",
    ),
    Topic(
        ("return", "refund", "exchange", "devol", "troca", "reembolso"),
        "You can return an item within 30 days, and the refund comes by the way you paid.",
        "Você pode devolver um produto em até 30 dias, e o reembolso vem pela forma de pagamento.",
    ),
    Topic(
        ("pay", "card", "pix", "boleto", "instal", "pagamento", "cartão", "parcel"),
        "You can pay by card, Pix or boleto, and by card in up to three instalments.",
        "Você pode pagar com cartão, Pix ou boleto, e no cartão em até três parcelas.",
    ),
    Topic(
        ("track", "order", "status", "pedido", "rastre"),
        "You find where your order is with the tracking link in the e-mail that confirmed it.",
        "Você vê onde está o seu pedido pelo link de rastreio no e-mail de confirmação.",
    ),
    Topic(
        ("where", "address", "store", "located", "onde", "endereço", "fica"),
        "Our store is in the old town, beside the market hall.",
        "A nossa loja fica no centro, ao lado do mercado.",
    ),
    Topic(
        ("warrant", "guarant", "broken", "defect", "garantia", "defeito", "quebr"),
        "Every product has a warranty of one year: write to us with a photo and the order number.",
        "Todo produto tem garantia de um ano: escreva para nós com uma foto e o número do pedido.",
    ),
    Topic(
        ("invoice", "receipt", "nota", "fiscal", "recibo"),
        "The invoice is sent by e-mail on the day your order leaves us.",
        "A nota fiscal é enviada por e-mail no dia em que o pedido sai.",
    ),
)


def wants_a_person(message: str) -> bool:
    """Whether a message hands the conversation over."""
    return HUMAN.search(message) is not None


def answer_to(message: str) -> str:
    """Return the answer to a message, in the language it is written in."""
    language = "pt" if len(PORTUGUESE.findall(message)) >= 2 else "en"
    if wants_a_person(message):
        return HANDED_OVER[language]
    words = re.findall(r"\w+", message.lower())
    hits = {topic: sum(word.startswith(topic.words) for word in words) for topic in TOPICS}
    best = max(TOPICS, key=lambda topic: hits[topic])
    if not hits[best]:
        return DECLINED[language]
    return best.pt if language == "pt" else best.en
