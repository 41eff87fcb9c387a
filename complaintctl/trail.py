"""The trail: commits as `log` shows them, read with GitPython."""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from complaintctl import gitprocess
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from complaintctl.gitdir import GitDir

_TRAILER = r"([A-Za-z0-9][A-Za-z0-9-]*): (.*)"
_SIGNED = r"(.*?) ?<[^>]*> ?(-?\d+)?.*"


class Entry(NamedTuple):
    """One commit as the trail shows it. Times are seconds since 1970 in UTC."""

    commit: str
    author: str  # the name
    authored: int
    committed: int
    subject: str
    trailers: dict[str, str]


def commits(repository: GitDir, head: str, paths: Sequence[str], limit: int | None) -> list[Entry]:
    """The commits up to `head` that touched one of the paths (all, for none), newest first."""
    if repository.id_length == 64:  # GitPython reads SHA-1 repositories only
        given = [f"--max-count={limit}"] if limit is not None else []
        names = repository.run("rev-list", *given, head, "--", *paths).decode().split()
        return [entry(found.id, found.data) for found in repository.objects(names) if found]
    with _cleaned():
        import git

        with git.Repo(repository.root) as opened:
            options: dict[str, Any] = {} if limit is None else {"max_count": limit}
            return [
                Entry(
                    each.hexsha,
                    each.author.name or "",
                    each.authored_date,
                    each.committed_date,
                    *_subject_and_trailers(_text(each.message)),
                )
                for each in opened.iter_commits(head, paths, **options)
            ]


def entry(commit: str, data: bytes) -> Entry:
    """A commit object as an entry; times that cannot be read are 0."""
    head, _empty, message = data.decode("utf-8", "replace").partition("\n\n")
    fields = dict(line.split(" ", 1) for line in head.split("\n") if " " in line and line[0] != " ")
    author, committer = (re.fullmatch(_SIGNED, fields.get(key, "")) for key in ("author", "committer"))
    return Entry(
        commit,
        author[1] if author else "",
        int(author[2] or 0) if author else 0,
        int(committer[2] or 0) if committer else 0,
        *_subject_and_trailers(message),
    )


@contextmanager
def _cleaned() -> Iterator[None]:
    """Give GitPython, which starts git with this process's environment, the same pins as everything else."""
    before = dict(os.environ)
    pinned = gitprocess.pinned_environment()
    try:
        os.environ.clear()
        os.environ.update(pinned)
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _text(message: str | bytes) -> str:
    return message.decode("utf-8", "replace") if isinstance(message, bytes) else message


def _subject_and_trailers(message: str) -> tuple[str, dict[str, str]]:
    """The first line, and ``Key: value`` lines of the last paragraph when it holds nothing else."""
    paragraphs = message.strip().split("\n\n")
    subject = paragraphs[0].split("\n", 1)[0]
    rows = (
        [re.fullmatch(_TRAILER, line) for line in paragraphs[-1].split("\n")] if len(paragraphs) > 1 else []
    )
    matches = [row for row in rows if row]
    return subject, {row[1]: row[2] for row in matches} if len(matches) == len(rows) else {}
