"""A `.env` file stays on the machine it belongs to."""

from __future__ import annotations

from pytest_golive.golive import Golive
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.source import env_files
from pytest_golive.source.git import NoGit


def test_env_files_stay_out_of_git(golive: Golive, planned: PlannedCheck) -> None:
    """No `.env` file with secrets is or was tracked, and git ignores one where it is used.

    If this fails: `git rm --cached` the file, ignore it, and replace every secret that it held.
    """
    del planned
    source = golive.source
    try:
        with source.under_git() as repository:
            tracked = env_files.tracked(repository)
            held = [each for each in env_files.in_history(repository) if each.secrets]
            ignored = env_files.is_ignored(repository)
    except NoGit as problem:
        golive.not_verified(f"git cannot be asked in {golive.repository.name}: {problem}", key="source.repository")
        return
    wrong = [each for each in tracked if each.secrets]
    wrong += [each for each in held if each.path not in {one.path for one in wrong}]
    golive.must(
        "no .env file with secrets may be in git, now or in its history",
        not wrong,
        expected="samples without values, such as .env.example",
        actual="; ".join(each.told() for each in wrong[:5]),
    )
    golive.must(
        "git has to ignore .env where such files are used",
        ignored or not env_files.is_used(source.repository),
        expected="a line .env in .gitignore",
        actual="`git check-ignore .env` says no",
    )
    for each in tracked:
        golive.warn(f"{each.told()}, none of which looks like a secret")
    if not ignored:
        golive.warn("git does not ignore .env; nothing here seems to use such a file")
