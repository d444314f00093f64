"""Jenkins: a credential has an id, which a stage takes it by."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pytest_golive.source.pipelines.uses import IsKey, Use, stage_of, stage_of_variable

_STAGE = re.compile(r"stage\s*\(?\s*(['\"])(?P<name>.+?)\1\s*\)?\s*\{")
_TAKEN = re.compile(
    r"(?P<variable>\w+)\s*=\s*credentials\(\s*(['\"])(?P<id>[^'\"]+)\2\s*\)"
    r"|credentialsId\s*:\s*(['\"])(?P<with_id>[^'\"]+)\4[^)]*?[vV]ariable\s*:\s*(['\"])(?P<bound>\w+)\6"
)
_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)


def uses(file: str, text: str, is_key: IsKey) -> Iterator[Use]:
    """Yield where the stages of a Jenkinsfile take keys from; what the whole pipeline takes, once for each stage."""
    text = _COMMENT.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)
    stages = [(match["name"], match.end(), _end(text, match.end())) for match in _STAGE.finditer(text)]
    for match in _TAKEN.finditer(text):
        name, variable = match["id"] or match["with_id"], match["variable"] or match["bound"]
        if "$" in name or not (is_key(name) or is_key(variable)):
            continue
        line = 1 + text.count("\n", 0, match.start())
        around = [stage for stage, begun, ended in stages if begun <= match.start() < ended]
        for stage in around[-1:] or [stage for stage, _, _ in stages]:
            place = stage_of(*reversed(around)) if around else stage_of(stage, job=True)
            own = stage_of_variable(variable, is_key, place)
            yield Use(file, line, f"stage {stage}", own, f"credential {name}", "Jenkins")


def _end(text: str, begun: int) -> int:
    depth = 1
    for place in range(begun, len(text)):
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if depth == 0:
            return place
    return len(text)
