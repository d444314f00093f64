"""Which steps of pipelines deploy, and whether a smoke follows each of them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pytest_golive.source.pipelines.flow import Flow, Job, Step
from pytest_golive.source.pipelines.uses import Stage, stage_of

SMOKE = re.compile(
    r"smoke|golive|\bpytest\b[^\n]*-m[=,\s\"']+(?:prerelease|postrotation)|/m2m/(?:tenants|sites)|\bhelm\s+test\b"
    r"|rauchtest"
    r"|\bhumo\b|fuma[cç]a",
    re.IGNORECASE,
)
MAYBE = re.compile(
    r"\bsanity|\be2e\b|end[-_ ]to[-_ ]end|acceptance|synthetic|post[-_ ]?deploy|verif(?:y|ication)[-_ ]?(?:deploy"
    r"|release|prod)"
    r"|health[-_ ]?check|integration[-_ ]?test|\bcypress\b|\bplaywright\b|newman\b|\bk6 run",
    re.IGNORECASE,
)
"""What may be the smoke under another name."""

_COMMANDS = re.compile(
    r"\bkubectl\s+(?:[-\w=]+\s+)*(?:apply|set\s+image|rollout\s+restart|replace)\b|\bhelm\s+(?:upgrade|install)\b"
    r"|\bhelmfile\s+(?:apply|sync)"
    r"|\b(?:serverless|sls|cdk|sam|flyctl|fly|vercel|eb|copilot|firebase|wrangler|netlify|kamal|cap|shopify|caprover"
    r"|dokku|surge)\s+"
    r"(?:[\w:.-]+\s+)?deploy\b|\bvercel\b[^\n]*--prod|\bgcloud\s+(?:[\w-]+\s+)*deploy\b"
    r"|\baws\s+(?:ecs\s+update-service|deploy\b"
    r"|lambda\s+update-function-code|elasticbeanstalk\s+update-environment|apprunner\s+start-deployment)"
    r"|\baz\s+(?:webapp|containerapp|functionapp)\s+(?:deploy|up|update|config|deployment)|\bansible-playbook\b"
    r"|\bdocker\s+stack\s+deploy"
    r"|\bargocd\s+app\s+sync|\bheroku\s+container:release|git\s+push\s+(?:heroku|dokku|production)"
    r"|\bnomad\s+job\s+run"
    r"|\brailway\s+up|\bskaffold\s+(?:run|deploy)|\buses?:?\s*\S*deploy\S*"
    r"|(?:^|[\s/.])(?:[\w-]*[_-])?deploy(?:[_-][\w-]+)?\.(?:sh|py|js|ts|ps1|rb)\b|\b(?:make|just|task|npm run|yarn"
    r"|pnpm(?: run)?|rake|invoke|inv|nx)\s+"
    r"(?:[\w:-]+[:-])?deploy[\w:-]*",
    re.IGNORECASE | re.MULTILINE,
)
_NAMES = re.compile(
    r"\bdeploy(?:s|ment|ing)?\b|\brelease to\b|\broll[- ]?out\b|\bship to\b|\bgo[- ]?live to\b|\bausliefer\w*"
    r"|\bdesplieg\w*",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"\bdocs?\b|gh-pages|github-pages|\bpages\b|storybook|preview|review[-_ ]?app|pypi|npm publish|registry"
    r"|\binfra\w*|terraform"
    r"|\bundeploy|\bstop\b|\bdestroy|\bnotify|\bchangelog|\bsentry\b|dry[-_ ]?run|\bcheck deploy|before deploy"
    r"|pre[-_ ]?deploy|\bwait\b|approv|deploy(?:ment)?[-_ ]?(?:key|token|credential|user|gate|role|status|tool)"
    r"|front-?end|\bstatic\b|\bassets\b|\bcdn\b|landing|\bwebsite\b|\bmobile\b|\bios\b|android|app-?store|testflight"
    r"|migrat"
    r"|\bkind\b|minikube|git-?ops|\bflux\b",
    re.IGNORECASE,
)
"""What is deployed beside the service, or is about deploying and is none."""

_BESIDE = re.compile(
    r"\bdocs?\b|gh-pages|github-pages|deploy-pages|storybook|preview|--dry|review-app|deployment[-_]status"
    r"|deployment-action"
    r"|delete-deployment|deploy(?:ment)?[-_]key|cert-manager|ingress-nginx|prometheus|namespace\.ya?ml|\bcrds?\b"
    r"|migrat",
    re.IGNORECASE,
)
"""In a command: what is deployed beside the service, or not really."""

_TEST_BED = re.compile(
    r"\bkind create\b|minikube|\bk3[ds]\b|helm/kind-action|chart-testing|\bct install\b|microk8s", re.IGNORECASE
)
"""A cluster that lives as long as the job: what is put there is deployed to nobody."""

_HOOK = re.compile(
    r"hook[\"']?\s*:\s*[\"']?[^\n]*(?:PostSync|post-upgrade|post-install)|type:\s*(?:post-rollout|confirm-promotion"
    r"|acceptance)"
    r"|kind:\s*(?:Cluster)?AnalysisTemplate",
    re.IGNORECASE,
)
"""What a cluster does by itself after each deploy."""

_SCRIPT = re.compile(r"(?<![\w./-])(?:\./)?([\w-][\w./-]*\.(?:sh|bash|py|js|ts|mjs|ps1|rb|ya?ml))\b")
_TASK = re.compile(r"\b(?:make|just)\s+([\w.:-]+)")
_NPM = re.compile(r"\b(?:npm run|yarn(?: run)?|pnpm(?: run)?)\s+([\w:.-]+)")
_LOCAL = re.compile(r"\./(\.github/[\w./-]+)")
_SILENT = re.compile(r"^\s*(?:#|//|echo\b|printf\b|rem\b).*$|(?<=\s)#\s[^\n]*$", re.IGNORECASE | re.MULTILINE)
LARGEST_BYTES = 200_000
DEEPEST = 2


@dataclass(frozen=True, slots=True)
class Deploy:
    """A step that deploys.

    Attributes:
        place: file and line.
        job: the job it is a step of.
        stage: where it deploys to, as far as names tell.
        smoke: what follows it, by file and name; empty where no smoke does.
        maybe: a step that follows, and may be one.
        lax: whether a red smoke would stop nothing.
    """

    place: str
    job: str
    stage: Stage
    smoke: str = ""
    maybe: str = ""
    lax: bool = False


def deploys_in(flows: Sequence[Flow], root: Path, files: Iterable[Path] = ()) -> tuple[Deploy, ...]:
    """Return all steps that deploy the service, each with what follows it.

    Args:
        flows: the pipelines.
        root: the repository.
        files: its files: a cluster may run the smoke by itself after each deploy.
    """
    whole = _Whole(flows, root, _hook_in(files, root) if flows else "")
    found = tuple(deploy for flow in flows if not whole.is_called(flow) for deploy in whole.deploys(flow))
    return found or tuple(whole.elsewhere())


class _Whole:
    """All pipelines of a repository: one may be started by another."""

    def __init__(self, flows: Sequence[Flow], root: Path, hook: str) -> None:
        self._flows = flows
        self._root = root
        self._hook = hook
        self._texts: dict[str, str] = {}

    def is_called(self, flow: Flow) -> bool:
        """Whether a pipeline is only a part of others, and is read there."""
        return flow.called and any(
            flow.file in self.text(step)
            for other in self._flows
            if other is not flow
            for job in other.jobs
            for step in job.steps
        )

    def text(self, step: Step) -> str:
        """Return what a step runs, with the scripts that it calls, and without what it only prints."""
        if step.text not in self._texts:
            plain = step.text.replace("\\\n", " ")
            self._texts[step.text] = _SILENT.sub("", _inlined(plain, self._root))
        return self._texts[step.text]

    def deploys(self, flow: Flow) -> Iterator[Deploy]:
        """Yield the deploys of a pipeline: one for each job and stage."""
        for job in flow.jobs:
            for own, (number, begun) in self._deploys_of(job).items():
                step = job.steps[number]
                smoke, lax = self._following(flow, job, number, begun, SMOKE)
                maybe, _ = self._following(flow, job, number, begun, MAYBE)
                file = job.file or flow.file
                place = f"{file}:{step.line}" if step.line else file
                stage = own or stage_of(job.environment) or stage_of(job.name, flow.name, job=True)
                yield Deploy(place, job.name, stage, smoke or self._hook, maybe, lax)

    def elsewhere(self) -> Iterator[Deploy]:
        """Yield the deploys of a platform that does them by itself, where a pipeline waits for any of them."""
        for flow in self._flows:
            steps = [(job, step) for job in flow.jobs for step in job.steps] if "*" in flow.triggers else []
            for job, step in steps:
                if not step.skipped and (SMOKE.search(f"{job.name} {step.name}") or SMOKE.search(self.text(step))):
                    yield Deploy(flow.file, "any deployment", "", f"{flow.file}: {job.name}", "", step.tolerated)
                    break

    def _deploys_of(self, job: Job) -> dict[Stage, tuple[int, int]]:
        """Return by stage which step of a job deploys, and where in its text that begins."""
        if _OTHER.search(job.name) or any(_TEST_BED.search(self.text(step)) for step in job.steps):
            return {}
        plain = [
            number
            for number, step in enumerate(job.steps)
            if not any(what.search(f"{step.name} {self.text(step)}") for what in (SMOKE, MAYBE, _OTHER))
        ]
        found: dict[Stage, tuple[int, int]] = {}
        for number, step in enumerate(job.steps):
            begun = self._command_in(step)
            if begun is None and number in plain and _NAMES.search(step.name):
                begun = 0
            if begun is not None:
                # Several commands for one stage are one deploy.
                found.setdefault(stage_of(step.name, job=True), (number, begun))
        # A job that is called so deploys by the last thing it does, but for what it tries then.
        is_called = _NAMES.search(job.name) and not SMOKE.search(job.name) and not MAYBE.search(job.name)
        return found or ({"": (plain[-1], 0)} if is_called and plain else {})

    def _command_in(self, step: Step) -> int | None:
        text = self.text(step)
        command = _COMMANDS.search(text)
        if command is None or _OTHER.search(step.name):
            return None
        line = text[text.rfind("\n", 0, command.start()) + 1 : command.end()] + text[command.end() :].partition("\n")[0]
        return None if _BESIDE.search(line) else command.start()

    def _following(self, flow: Flow, job: Job, number: int, begun: int, what: re.Pattern[str]) -> tuple[str, bool]:
        """Return the first step after a deploy that is something, and whether its failure stops nothing."""
        own = self.text(job.steps[number])
        if what.search(own, begun + 1):
            return f"{flow.file}: {job.name}", _is_lax(own)
        later = [(job, step) for step in job.steps[number + 1 :]]
        later += [(other, step) for other in flow.jobs if _key(job) & other.after for step in other.steps]
        for other in self._flows:
            if "*" in other.triggers or flow.name in other.triggers:
                later += [(each, step) for each in other.jobs for step in each.steps]
        for each, step in later:
            if not step.skipped and (what.search(step.name) or what.search(self.text(step)) or what.search(each.name)):
                return f"{flow.file}: {each.name}", step.tolerated or _is_lax(self.text(step))
        return "", False


def _hook_in(files: Iterable[Path], root: Path) -> str:
    """Return the file by which a cluster runs the smoke after each deploy; empty where there is none."""
    for path in files:
        if path.suffix in {".yaml", ".yml", ".tpl"}:
            text = _read(path)
            if _HOOK.search(text) and SMOKE.search(_SILENT.sub("", text)):
                return path.relative_to(root).as_posix()
    return ""


def _key(job: Job) -> frozenset[str]:
    """Return what other jobs call a job that they wait for."""
    return frozenset({job.name, job.name.partition(" ")[0]})


def _is_lax(text: str) -> bool:
    return any(SMOKE.search(line) and re.search(r"\|\|\s*(?:true|:|exit 0)\b", line) for line in text.split("\n"))


def _inlined(text: str, root: Path, depth: int = 0) -> str:
    """Return a text with the scripts of the repository that it calls, each where it is called."""
    if depth >= DEEPEST:
        return text

    def script(match: re.Match[str]) -> str:
        held = _read(root / match[1])
        return f"{match[0]}\n{_inlined(held, root, depth + 1)}\n" if held else match[0]

    def task(match: re.Match[str]) -> str:
        held = _recipe(root, match[1])
        return f"{match[0]}\n{_inlined(held, root, depth + 1)}\n" if held else match[0]

    def package(match: re.Match[str]) -> str:
        held = _package_script(root, match[1])
        return f"{match[0]}\n{_inlined(held, root, depth + 1)}\n" if held else match[0]

    def local(match: re.Match[str]) -> str:
        held = _read(root / match[1]) or _read(root / match[1] / "action.yml") or _read(root / match[1] / "action.yaml")
        return f"{match[0]}\n{held}\n" if held else match[0]

    replaced: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
        (_LOCAL, local),
        (_TASK, task),
        (_NPM, package),
    )
    for pattern, how in replaced:
        text = pattern.sub(how, text)
    return text if depth or _LOCAL.search(text) else _SCRIPT.sub(script, text)


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace") if path.is_file() and path.stat().st_size <= LARGEST_BYTES else ""
    except OSError:
        return ""


def _recipe(root: Path, target: str) -> str:
    held = _read(root / "Makefile") or _read(root / "justfile")
    match = re.search(rf"^{re.escape(target)}\s*:(?!=)[^\n]*\n((?:[\t ]+[^\n]*\n?|\n)*)", held, re.MULTILINE)
    return match[1] if match else ""


def _package_script(root: Path, name: str) -> str:
    try:
        data = json.loads(_read(root / "package.json") or "{}")
    except ValueError:
        return ""
    scripts = data.get("scripts") if isinstance(data, dict) else None
    return str(scripts.get(name, "")) if isinstance(scripts, dict) else ""
