"""Git over the network: for what a person asks to be sent or fetched, and for nothing else.

Everything that `gitprocess` pins stays pinned, but for the ways out: a file, ssh
and https are allowed.  How this person reaches other machines (ssh, passwords) is
taken from their own configuration and environment; what the repository's own
configuration says of programs to be run for it is not followed.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from complaintctl import gitprocess
from complaintctl.errors import EnvironmentFault, Usage, printable
from complaintctl.i18n import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from complaintctl.gitdir import GitDir
    from complaintctl.gitprocess import Outcome

PROTOCOLS = "file:ssh:https"
# What a person's environment says about reaching other machines.
_OWN = ("GIT_SSH", "GIT_SSH_COMMAND", "GIT_SSH_VARIANT", "GIT_ASKPASS", "GIT_SSL_CAINFO", "GIT_SSL_NO_VERIFY")
_TRUSTED = {"system", "global"}  # the scopes of configuration that are the person's


def names(repository: GitDir) -> list[str]:
    """The remotes that are configured, in order of name."""
    keys = repository.config()
    return sorted(
        key.removeprefix("remote.").removesuffix(".url")
        for key in keys
        if key.startswith("remote.") and key.endswith(".url")
    )


def chosen(repository: GitDir, name: str = "", branch: str = "") -> str:
    """The remote that is meant: the one named, else that of the branch, else origin, else the only one.

    Raises `Usage` where there is none of that name, none at all, or several to choose from.
    """
    known = names(repository)
    if name:
        if name in known:
            return name
        raise Usage(
            _("There is no remote {name}.").format(name=printable(name)),
            hint=_("one of: {names}").format(names=", ".join(known)) if known else "git remote add …",
        )
    wanted = repository.config().get(f"branch.{branch}.remote", "origin")
    for one in (wanted, "origin"):
        if one in known:
            return one
    if len(known) == 1:
        return known[0]
    if known:
        raise Usage(_("There are several remotes: say which."), hint=", ".join(known))
    raise Usage(_("No remote is configured."), hint="git remote add origin URL")


def url(repository: GitDir, remote: str) -> str:
    """The address that a remote is pushed to."""
    config = repository.config()
    return config.get(f"remote.{remote}.pushurl") or config.get(f"remote.{remote}.url", "")


def push(repository: GitDir, remote: str, *refspecs: str, check: bool = True) -> Outcome:
    """Send branches to a remote, all or none; EnvironmentFault says why not, unless `check` is off."""
    options = ["--porcelain", "--no-verify", "--no-signed", "--recurse-submodules=no"]
    options += ["--receive-pack=git-receive-pack", *(["--atomic"] if len(refspecs) > 1 else [])]
    return run(repository, ["push", *options, "--end-of-options", remote, *refspecs], check=check)


def fetch(
    repository: GitDir, remote: str, *refspecs: str, prune: bool = False, check: bool = True
) -> Outcome:
    """Get branches from a remote, as configured for it where none are named.

    `prune`: what was fetched once and is not there any more goes.
    """
    options = ["--quiet", "--no-recurse-submodules", "--no-write-fetch-head", "--no-auto-maintenance"]
    options += ["--upload-pack=git-upload-pack", "--no-tags", *(["--prune"] if prune else [])]
    return run(repository, ["fetch", *options, "--end-of-options", remote, *refspecs], check=check)


def run(repository: GitDir, arguments: Sequence[str], *, check: bool = True) -> Outcome:
    """Start a git that may use the network, and wait; what it says is in the outcome."""
    env = {name: os.environ[name] for name in _OWN if name in os.environ}
    env["GIT_ALLOW_PROTOCOL"] = PROTOCOLS
    if sys.stdin is not None and sys.stdin.isatty():
        env["GIT_TERMINAL_PROMPT"] = "1"
    words = [*_reaching(repository), *arguments]
    outcome = gitprocess.end(gitprocess.start(repository.root, words, env=env))
    if check and outcome.code != 0:
        raise _fault(repository, outcome)
    return outcome


def _reaching(repository: GitDir) -> list[str]:
    """The person's own way to other machines as options; the repository's configuration has no say in it."""
    listed = repository.run("config", "--list", "--show-scope", "-z").decode("utf-8", "surrogateescape")
    fields = listed.split("\0")
    single = {"core.sshcommand": "ssh", "core.askpass": ""}
    helpers = []
    for scope, entry in zip(fields[0::2], fields[1::2], strict=False):
        name, _line, value = entry.partition("\n")
        if scope not in _TRUSTED:
            if name.startswith("credential.") and name.endswith(".helper"):
                helpers.append(f"{name}=")  # a more specific name would outlive the general one
            continue
        if name in single:
            single[name] = value
        elif name.startswith("credential.") and not name.endswith(".username"):
            helpers.append(f"{name}={value}")
    given = [f"{name}={value}" for name, value in single.items()]
    return [part for one in (*given, *helpers) for part in ("-c", one)]


def _fault(repository: GitDir, outcome: Outcome) -> EnvironmentFault:
    """Why the other side was not reached, or did not take it, in git's words."""
    said = (outcome.err + b"\n" + outcome.out).decode("utf-8", "replace").splitlines()
    told = [line.removeprefix("remote: ").strip() for line in said if line.startswith("remote: ")]
    refused = [line.split("\t")[-1] for line in said if line.startswith("!\t")]
    if not refused:
        return gitprocess.fault(repository.root, outcome)
    why = "; ".join([*refused, *(line for line in told if line)])[:400]
    return EnvironmentFault(_("The remote did not take it: {why}").format(why=why))
