"""Forges: where a remote's pull requests are opened, told from its address alone."""

from __future__ import annotations

import re
from urllib.parse import quote

from complaintctl.tuples import NamedTuple

KINDS = ("github", "gitlab", "gitea", "forgejo", "bitbucket", "bitbucket-server")
_NAMED = {  # a part of a host name -> the kind of forge
    "github": "github", "gitlab": "gitlab", "gitea": "gitea", "forgejo": "gitea", "codeberg": "gitea",
    "bitbucket": "bitbucket-server",
}  # fmt: skip
_HOSTS = {  # hosts that answer ssh in the place of another
    "ssh.github.com": "github.com",
    "altssh.gitlab.com": "gitlab.com",
    "altssh.bitbucket.org": "bitbucket.org",
}
_URL = re.compile(
    r"(?P<scheme>https?|ssh|git\+ssh|git)://(?:[^/@]*@)?(?P<host>[^/:@]+)(?::(?P<port>[0-9]+))?/+(?P<path>[^@]+)"
)
_SCP = re.compile(r"(?:[^/@:]+@)?(?P<host>[^/:@]{2,}):(?!//)/*(?P<path>[^@]+)")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")


class Place(NamedTuple):
    """A repository on a host: what pages of it begin with."""

    base: str  # https://host or http://host:3000, never with a name or password
    host: str
    path: str  # owner/name, perhaps with groups before


def place(remote: str) -> Place | None:
    """Where a remote's address leads; None for a path, a file or what is no address.

    Takes ``https://host/owner/name.git``, ``ssh://git@host:22/owner/name`` and
    ``git@host:owner/name.git``.  Of ssh only the host is taken over: its port
    says nothing about the pages.
    """
    if not remote.isprintable() or " " in remote:
        return None
    found = _URL.fullmatch(remote) or _SCP.fullmatch(remote)
    if found is None:
        return None
    parts = found.groupdict()
    path = parts["path"].strip("/").removesuffix(".git").strip("/")
    host = parts["host"].lower()
    if "/" not in path or not _HOST.fullmatch(host):
        return None
    host = _HOSTS.get(host, host)
    scheme, port = parts.get("scheme") or "ssh", parts.get("port")
    if scheme not in {"http", "https"}:
        scheme, port = "https", None
    return Place(f"{scheme}://{host}" + (f":{port}" if port else ""), host, path)


def kind_of(host: str) -> str | None:
    """Which forge a host name speaks of: github.com, gitlab.shop.example, …; None where it does not."""
    if host == "bitbucket.org":
        return "bitbucket"
    for label in host.split("."):
        for part in label.split("-"):
            if part in _NAMED:
                return _NAMED[part]
    return None


def address(remote: str, branch: str, base: str, kind: str | None = None) -> str | None:
    """The page on which a pull request of a branch into another one is opened; None where there is none.

    `remote`: the remote's URL; `kind`: one of `KINDS`, where the host's name does not say it.
    """
    where = place(remote)
    forge = kind or (kind_of(where.host) if where else None)
    if where is None or forge not in KINDS:
        return None
    page = f"{where.base}/{quote(where.path)}"
    source, target = quote(branch), quote(base)
    if forge == "github":
        return f"{page}/compare/{target}...{source}?expand=1"
    if forge in {"gitea", "forgejo"}:
        return f"{page}/compare/{target}...{source}"
    whole, into = quote(branch, safe=""), quote(base, safe="")
    if forge == "gitlab":
        wanted = f"merge_request%5Bsource_branch%5D={whole}&merge_request%5Btarget_branch%5D={into}"
        return f"{page}/-/merge_requests/new?{wanted}"
    if forge == "bitbucket":
        return f"{page}/pull-requests/new?source={whole}&dest={into}"
    project, _slash, name = where.path.removeprefix("scm/").rpartition("/")
    owner = f"users/{project[1:]}" if project.startswith("~") else f"projects/{project}"
    heads = quote("refs/heads/", safe="")
    wanted = f"create&sourceBranch={heads}{whole}&targetBranch={heads}{into}"
    return f"{where.base}/{quote(owner)}/repos/{quote(name)}/pull-requests?{wanted}"
