"""Where a repository keeps its things, and what can be told of it by reading its files.

Finding the repository, its branch, its newest commit and whether something is
half done starts no process at all; only what is unusual is left to git.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from complaintctl import gitprocess
from complaintctl.catfile import Batch, Found
from complaintctl.errors import EnvironmentFault, RegisterState
from complaintctl.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from complaintctl.gitprocess import Outcome

_SHA1 = 40  # hexadecimal digits
HEADS = "refs/heads/"
# What a step in progress leaves in the git directory, the inner ones first.
_HALF = (
    ("rebase-merge", "rebase"),
    ("rebase-apply", "rebase"),
    ("CHERRY_PICK_HEAD", "cherry-pick"),
    ("REVERT_HEAD", "revert"),
    ("sequencer", "cherry-pick"),
    ("MERGE_HEAD", "merge"),
    ("BISECT_LOG", "bisect"),
)


def _hasher(id_length: int) -> Callable[[bytes], Any]:
    """The hash that makes ids of this length; ``hashlib`` loads OpenSSL, which costs more than hashing."""
    if id_length == _SHA1:
        try:
            from _sha1 import sha1  # type: ignore[import-not-found]  # as the standard library's random does
        except ImportError:
            from hashlib import sha1
        return sha1  # type: ignore[no-any-return]
    from hashlib import sha256

    return sha256


class GitDir:
    """One work tree with its repository.

    `root` is the top of the work tree, `git_dir` what belongs to this work tree
    alone (HEAD, index), `common_dir` what all work trees of it share.
    """

    def __init__(self, root: Path, git_dir: Path, common_dir: Path) -> None:
        self.root = root
        self.git_dir = git_dir
        self.common_dir = common_dir
        self.warnings: list[str] = []  # what went wrong after a step was recorded
        self.held: int | None = None  # the file descriptor of the register's lock, while this process has it
        self._batch: Batch | None = None
        self._config: dict[str, str] | None = None

    @classmethod
    def find(cls, start: Path) -> Self:
        """The repository around a folder or file; starts no process.

        Raises RegisterState when there is none, and inside a bare repository
        or a git directory.
        """
        here = start.resolve()
        for folder in (here, *here.parents):
            marker = folder / ".git"
            if (marker / "HEAD").is_file():
                return cls(folder, marker, _common(marker))
            if marker.is_file():
                git_dir = _named(marker, "gitdir:")
                return cls(folder, git_dir, _common(git_dir))
            if (folder / "HEAD").is_file() and (folder / "objects").is_dir() and (folder / "refs").is_dir():
                raise RegisterState(
                    _("{folder} is a bare repository or the inside of one.").format(folder=folder),
                    hint=_("go to the folder of the register, or name it with -C"),
                )
        raise RegisterState(
            _("{folder} is in no git repository.").format(folder=here),
            hint=_("make a register with `complaintctl init`, or name one with -C"),
        )

    @classmethod
    def bare(cls, folder: Path) -> Self:
        """The bare repository in a folder, as a server has it: for reading; there is no work tree.

        Raises RegisterState when it is none.
        """
        here = folder.resolve()
        if (here / ".git").exists() or not ((here / "HEAD").is_file() and (here / "objects").is_dir()):
            raise RegisterState(
                _("{folder} is no bare repository.").format(folder=here),
                hint=_("git clone --bare REGISTER REGISTER.git, and go there"),
            )
        return cls(here, here, here)

    @cached_property
    def own(self) -> Path:
        """This program's folder for this work tree (journal, index in the making)."""
        return self.git_dir / "complaintctl"

    @cached_property
    def shared(self) -> Path:
        """This program's folder for all work trees of the repository (lock, objects in the making)."""
        return self.common_dir / "complaintctl"

    # -- what stands in files -------------------------------------------------

    def branch(self) -> str | None:
        """The name of the branch that is checked out; None when HEAD is detached."""
        head = _first_line(self.git_dir / "HEAD")
        if head == f"ref: {HEADS}.invalid":  # refs are kept in another format
            name = self.ask("symbolic-ref", "--quiet", "HEAD").out.decode("utf-8", "surrogateescape").strip()
            head = f"ref: {name}"
        name = head.removeprefix("ref:").strip() if head.startswith("ref:") else ""
        return name.removeprefix(HEADS) if name.startswith(HEADS) else None

    def head(self) -> str | None:
        """The id of the commit that is checked out; None before the first one."""
        head = _first_line(self.git_dir / "HEAD")
        if _is_id(head):
            return head
        if head.startswith(f"ref: {HEADS}") and not head.endswith("/.invalid"):
            return self.tip(head.removeprefix(f"ref: {HEADS}"))
        return self._verified("HEAD")

    def tip(self, branch: str) -> str | None:
        """The id of the newest commit of a branch; None when there is none."""
        ref = HEADS + branch
        if _first_line(self.git_dir / "HEAD") == f"ref: {HEADS}.invalid":
            return self._verified(ref)
        for _attempt in range(2):  # between the two looks, `git pack-refs` may move it
            text = _first_line(self.common_dir / ref)
            if _is_id(text):
                return text
            if text:
                return self._verified(ref)
            packed = _packed(self.common_dir, ref)
            if packed:
                return packed
        return None

    def half_state(self) -> str | None:
        """What a person has begun and not finished: merge, rebase, cherry-pick, revert or bisect."""
        for name, what in _HALF:
            if (self.git_dir / name).exists():
                return what
        return None

    # -- through git ----------------------------------------------------------

    def ask(
        self, *arguments: str, given: bytes | None = None, env: Mapping[str, str] | None = None
    ) -> Outcome:
        """Run git at the top of the work tree and say how it ended; never raises for what it answers."""
        return gitprocess.run(self.root, *arguments, given=given, env=env)

    def run(
        self,
        *arguments: str,
        input: bytes | None = None,  # noqa: A002  (as in subprocess)
        env: Mapping[str, str] | None = None,
        check: bool = True,
    ) -> bytes:
        """Run git at the top of the work tree; its stdout.

        `env` is added to the cleaned environment. Raises EnvironmentFault when
        git fails, unless `check` is off.
        """
        outcome = gitprocess.run(self.root, *arguments, given=input, env=env)
        if check and outcome.code != 0:
            raise gitprocess.fault(self.root, outcome)
        return outcome.out

    def write(self, arguments: Sequence[str], env: Mapping[str, str], given: bytes = b"") -> None:
        """Run a git that writes: until it ends it holds the register's lock, even if it outlives us.

        Raises EnvironmentFault when it fails.
        """
        hold = () if self.held is None else (self.held,)
        outcome = gitprocess.end(gitprocess.start(self.root, arguments, env=env, hold=hold), given)
        if outcome.code != 0:
            raise gitprocess.fault(self.root, outcome)

    def objects(self, names: Sequence[str]) -> list[Found | None]:
        """What git has under each name; None: nothing.

        As long as they lie in files of their own no process is started; from
        then on one is, and is kept.
        """
        found = self._loose(names)
        if len(found) == len(names):
            return found
        if self._batch is None:
            self._batch = Batch(self.root)
        try:
            return found + self._batch.ask(names[len(found) :])
        except EnvironmentFault:
            self._batch = None
            raise

    def _loose(self, names: Sequence[str]) -> list[Found | None]:
        """What the first of these names stand for, up to the one that git has to be asked for."""
        from complaintctl import loose

        found: list[Found | None] = []
        for name in names if self._batch is None and loose.open_to_us(self) else ():
            one = loose.find(self, name)
            if one is None:
                break
            found.append(one)
        return found

    def config(self) -> dict[str, str]:
        """The configuration in force, names in lower case but for their middle part; read once."""
        if self._config is None:
            self._config = {}
            for entry in self.run("config", "--list", "-z").decode("utf-8", "surrogateescape").split("\0"):
                name, _line, value = entry.partition("\n")
                if name:
                    self._config[name] = value
        return self._config

    @cached_property
    def id_length(self) -> int:
        """Hexadecimal digits of an object id: 40 (SHA-1) or 64 (SHA-256)."""
        known = self.head()
        if known:
            return len(known)
        return 64 if self.config().get("extensions.objectformat", "sha1").lower() == "sha256" else 40

    def object_id(self, data: bytes, kind: str = "blob") -> str:
        """The id that git gives to these bytes; computed here."""
        name: str = self._hash(b"%s %d\0" % (kind.encode(), len(data)) + data).hexdigest()
        return name

    @cached_property
    def _hash(self) -> Callable[[bytes], Any]:
        return _hasher(self.id_length)

    def hash_many(self) -> Callable[[bytes], Any]:
        """The hash behind ids, for very many objects: OpenSSL's is slow to load, and far faster."""
        import hashlib

        self._hash = hashlib.sha1 if self.id_length == _SHA1 else hashlib.sha256
        return self._hash

    def contains(self, ancestor: str, descendant: str) -> bool:
        """Whether a commit is another one, or stands before it in its history."""
        if ancestor == descendant:
            return True
        outcome = self.ask("merge-base", "--is-ancestor", ancestor, descendant)
        if outcome.code not in {0, 1}:
            raise gitprocess.fault(self.root, outcome)
        return outcome.code == 0

    def close(self) -> None:
        """End the process that is kept for reading; the next reading starts another."""
        if self._batch is not None:
            self._batch.close()
            self._batch = None

    def warn(self, error: Exception) -> None:
        """Keep in mind what went wrong after a step was recorded."""
        why = getattr(error, "message", None) or getattr(error, "strerror", None) or error
        self.warnings.append(
            _("The step is recorded; the files here follow with the next command ({why}).").format(why=why)
        )

    def _verified(self, name: str) -> str | None:
        outcome = self.ask("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
        if outcome.code not in {0, 1}:
            raise gitprocess.fault(self.root, outcome)
        return outcome.out.decode().strip() or None


def _is_id(text: str) -> bool:
    """Whether a text is the id of an object, by SHA-1 or SHA-256."""
    return len(text) in {40, 64} and not text.strip("0123456789abcdef")


def _first_line(path: Path) -> str:
    """What a small file of git holds, without the newline; empty when there is none."""
    try:
        return path.read_text("utf-8", "surrogateescape").strip()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return ""
    except OSError as error:
        raise EnvironmentFault(
            _("{file} cannot be read: {why}.").format(file=path, why=error.strerror)
        ) from error


def _packed(common_dir: Path, ref: str) -> str | None:
    try:
        text = (common_dir / "packed-refs").read_bytes()
    except FileNotFoundError:
        return None
    match = re.search(
        rb"^([0-9a-f]{40,64}) " + re.escape(ref.encode("utf-8", "surrogateescape")) + rb"$", text, re.M
    )
    return match[1].decode() if match else None


def _named(marker: Path, word: str = "") -> Path:
    """The folder that a pointer file of git names, relative to where the file is."""
    text = _first_line(marker)
    folder = marker.parent / text.removeprefix(word).strip()
    if not text.startswith(word) or not folder.is_dir():
        raise RegisterState(
            _("{file} points to no git directory.").format(file=marker),
            hint=_("git worktree repair, or clone the register again"),
        )
    return folder.resolve()


def _common(git_dir: Path) -> Path:
    pointer = git_dir / "commondir"
    return _named(pointer) if pointer.is_file() else git_dir
