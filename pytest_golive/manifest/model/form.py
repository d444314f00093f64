"""How values are written in golive.yaml: texts, names, moments, lists of texts, variables."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from pytest_golive.credentials.source import VariableName

Text = Annotated[str, Field(min_length=1)]

Seconds = Annotated[float, Field(gt=0)]

Argv = Annotated[tuple[Text, ...], Field(min_length=1)]

WebAddress = Annotated[str, Field(pattern=r"^https?://[^/\s]", examples=["https://shop.example/golive"])]

PythonObject = Annotated[str, Field(pattern=r"^[\w.]+:[\w.]+$", examples=["shop.golive:drive"])]

EnvironmentName = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_.-]*$", examples=["staging"])]

ProgramName = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_.-]*$", examples=["crm-sync"])]

DayOrMoment = Annotated[
    str, Field(pattern=r"^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?Z)?$", examples=["2026-11-21T09:00:00Z"])
]

Moment = Annotated[
    str,
    Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)$", examples=["2026-11-20T10:00:00Z"]),
]

Fingerprint = Annotated[str, Field(pattern=r"^[0-9a-f]{12}$", examples=["5d03c20d6b3d"])]

RuleOrFault = Annotated[str, Field(pattern=r"^[A-Z]{2,8}-[0-9]{2,3}$", examples=["TIM-26"])]


def _as_tuple(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Texts = Annotated[
    tuple[Text, ...],
    BeforeValidator(_as_tuple),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "minLength": 1},
                {"type": "array", "items": {"type": "string", "minLength": 1}},
            ]
        }
    ),
]
"""One text, or a list of them."""


def exactly_one_of(*names: str) -> dict[str, Any]:
    """Return the JSON Schema by which one, and only one, of these keys is there."""
    return {"oneOf": [{"required": [name]} for name in names]}


class Frozen(BaseModel):
    """A value that is read once and never changed; an unknown key is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    def _need_one_of(self, *names: str) -> None:
        if len([name for name in names if getattr(self, name) is not None]) != 1:
            raise ValueError(f"give exactly one of {', '.join(names)}")


class FromVariable(Frozen):
    """A value that is read from the environment when the run begins."""

    env: VariableName = Field(description="environment variable that holds the value")
