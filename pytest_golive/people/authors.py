"""Who wrote what, as git knows it: nobody reviews and approves what he or she wrote."""

from __future__ import annotations

import re
import subprocess
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

SECONDS = 60
"""How long git may take over one question; a history of 100,000 commits is listed in a few."""

COMMIT = re.compile(r"[0-9a-fA-F]{4,64}")

MAIL = re.compile(r"<?([^\s<>()]+@[^\s<>()]+)>?")


@dataclass(frozen=True, slots=True)
class Author:
    """Somebody who wrote a change, or vouches for one.

    Attributes:
        name: as written, without the address; may be empty.
        mail: the address in lower case; may be empty.
    """

    name: str
    mail: str

    @property
    def words(self) -> str:
        """The name without accents, letter case and signs, so that two spellings of it are one."""
        plain = unicodedata.normalize("NFKD", self.name.casefold())
        kept = "".join(sign for sign in plain if not unicodedata.combining(sign))
        return " ".join(re.findall(r"\w+", kept))

    def is_one_with(self, other: Author) -> bool:
        """Whether both are the same person, as far as name and address tell."""
        if self.mail and self.mail == other.mail:
            return True
        return bool(self.words) and self.words == other.words


def person(text: str) -> Author:
    """Read `Ana Souza <ana@shop.example>`, or a name or an address alone."""
    found = MAIL.search(text)
    name = MAIL.sub(" ", text).strip(" ,;<>()") if found else text.strip()
    return Author(" ".join(name.split()), found[1].lower() if found else "")


def same_person(one: str, other: str) -> bool:
    """Whether two people, as they are written in a file, are one."""
    return person(one).is_one_with(person(other))


class Unknown(Exception):
    """Git cannot tell; the message says why, as the end of a sentence."""


class History:
    """The history of the integration's files.

    Args:
        folder: where they lie; only changes below it count.
        apart: files that people write about a release, seen from `folder`; a change of these alone changes nothing
            that is released.
        since: the commit of the last GO; None where none is known.
    """

    def __init__(self, folder: Path, apart: Iterable[Path] = (), since: str | None = None) -> None:
        self._folder = folder
        self._apart = tuple(apart)
        self._since = since

    @cached_property
    def head(self) -> str:
        """The commit that is looked at.

        Raises:
            Unknown: there is no history.
        """
        return self._ask("rev-parse", "HEAD")

    @cached_property
    def everybody(self) -> tuple[Author, ...]:
        """All authors and co-authors there ever were.

        Raises:
            Unknown: there is no history, or it is cut off.
        """
        return self._authors("HEAD")

    @cached_property
    def of_the_change(self) -> tuple[Author, ...]:
        """The authors and co-authors of what changed since the last release; of everything before the first one.

        Raises:
            Unknown: there is no history, or it is cut off.
        """
        begin = self._release_before()
        return self._authors(f"{begin}..HEAD" if begin else "HEAD")

    @cached_property
    def last_change(self) -> datetime:
        """When what is released was changed last.

        Raises:
            Unknown: there is no history.
        """
        told = self._ask("log", "-1", "--format=%ct", "HEAD", "--", *self._paths())
        if not told:
            raise Unknown("git knows no commit of these files")
        return datetime.fromtimestamp(int(told), UTC)

    def changed_since(self, commit: str) -> tuple[str, ...]:
        """Return the files of a release that differ between a commit and what is looked at.

        Raises:
            Unknown: there is no such commit here.
        """
        try:
            if not COMMIT.fullmatch(commit):
                raise Unknown  # noqa: TRY301  # an option of git, say
            self._ask("cat-file", "-e", f"{commit}^{{commit}}")
        except Unknown:
            raise Unknown(f"git knows no commit {commit} here") from None
        told = self._ask("diff", "--name-only", "-z", commit, "HEAD", "--", *self._paths())
        return tuple(name for name in told.split("\0") if name)

    def _release_before(self) -> str | None:
        """Return the commit of the last GO, else of the last tag before what is looked at."""
        if self._since is not None and self._is_before(self._since):
            return self._since
        try:
            tag = self._ask("describe", "--tags", "--abbrev=0", "HEAD^")
        except Unknown:
            return None
        return tag if self._authors_between(tag) else None

    def _authors_between(self, begin: str) -> bool:
        return bool(self._ask("log", "-1", "--format=%H", f"{begin}..HEAD", "--", *self._paths()))

    def _is_before(self, commit: str) -> bool:
        try:
            self._ask("merge-base", "--is-ancestor", commit, "HEAD")
            return self._authors_between(commit)
        except Unknown:
            return False

    def _authors(self, span: str) -> tuple[Author, ...]:
        if self._ask("rev-parse", "--is-shallow-repository") == "true":
            raise Unknown("the history is cut off here (a shallow clone): fetch all of it, as with fetch-depth: 0")
        form = "--format=%aN <%aE>%n%(trailers:key=Co-authored-by,valueonly)"
        # Who merges a change has not written it.
        told = self._ask("log", "--no-merges", form, span, "--", *self._paths())
        lines = dict.fromkeys(line.strip() for line in told.splitlines() if line.strip())
        if not lines:
            raise Unknown("git knows no commit of these files")
        return tuple(map(person, lines))

    def _paths(self) -> Sequence[str]:
        return [".", *(f":(exclude){path.as_posix()}" for path in self._apart)]

    def _ask(self, *words: str) -> str:
        try:
            told = subprocess.run(  # noqa: S603  # the arguments are golive's own; commits are hexadecimal digits
                ["git", "-C", str(self._folder), *words],  # noqa: S607  # git is where the user has it
                capture_output=True,
                timeout=SECONDS,
                check=True,
                stdin=subprocess.DEVNULL,
            )
        except FileNotFoundError:
            raise Unknown("git is not installed here") from None
        except subprocess.TimeoutExpired:
            raise Unknown(f"git did not answer within {SECONDS} s") from None
        except subprocess.CalledProcessError as error:
            if b"not a git repository" in error.stderr:
                raise Unknown("the files lie in no git repository") from None
            if b"dubious ownership" in error.stderr:
                raise Unknown("another user owns the repository: git config --global --add safe.directory …") from None
            raise Unknown("git knows no commit of these files") from None
        return told.stdout.decode("utf-8", "replace").strip("\n\r ")
