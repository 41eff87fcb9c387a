"""Where a pull request is opened, told from a remote's address."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaintctl import forges

BRANCH = "proposal/C-20261122-7K3MQ4-1"
GITHUB = f"https://github.com/shop/register/compare/main...{BRANCH}?expand=1"
GITLAB = (
    "/-/merge_requests/new?merge_request%5Bsource_branch%5D=proposal%2FC-20261122-7K3MQ4-1"
    "&merge_request%5Btarget_branch%5D=main"
)
SERVER = (
    "/projects/SHOP/repos/register/pull-requests?create"
    "&sourceBranch=refs%2Fheads%2Fproposal%2FC-20261122-7K3MQ4-1&targetBranch=refs%2Fheads%2Fmain"
)
CLOUD = (
    "https://bitbucket.org/shop/register/pull-requests/new?source=proposal%2FC-20261122-7K3MQ4-1&dest=main"
)


@pytest.mark.parametrize(
    ("remote", "expected"),
    [
        ("https://github.com/shop/register.git", GITHUB),
        ("https://github.com/shop/register", GITHUB),
        ("https://github.com/shop/register/", GITHUB),
        ("https://clerk:ghp_secret@github.com/shop/register.git", GITHUB),
        ("git@github.com:shop/register.git", GITHUB),
        ("github.com:shop/register.git", GITHUB),
        ("ssh://git@github.com/shop/register.git", GITHUB),
        ("ssh://git@ssh.github.com:443/shop/register.git", GITHUB),
        ("GIT@GitHub.com:shop/register.git", GITHUB),
        (
            "https://github.shop.example/shop/register.git",
            GITHUB.replace("github.com", "github.shop.example"),
        ),
        ("git@gitlab.com:group/sub/register.git", f"https://gitlab.com/group/sub/register{GITLAB}"),
        ("https://gitlab.shop.example:8443/a/b.git", f"https://gitlab.shop.example:8443/a/b{GITLAB}"),
        ("ssh://git@my-gitlab.example:2222/a/b.git", f"https://my-gitlab.example/a/b{GITLAB}"),
        (
            "https://codeberg.org/shop/register.git",
            f"https://codeberg.org/shop/register/compare/main...{BRANCH}",
        ),
        ("http://gitea.local:3000/a/b", f"http://gitea.local:3000/a/b/compare/main...{BRANCH}"),
        ("git@forgejo.shop.example:a/b.git", f"https://forgejo.shop.example/a/b/compare/main...{BRANCH}"),
        ("git@bitbucket.org:shop/register.git", CLOUD),
        ("https://clerk@bitbucket.org/shop/register.git", CLOUD),
        (
            "ssh://git@bitbucket.shop.example:7999/SHOP/register.git",
            f"https://bitbucket.shop.example{SERVER}",
        ),
        ("https://bitbucket.shop.example/scm/SHOP/register.git", f"https://bitbucket.shop.example{SERVER}"),
    ],
)
def test_the_page_that_opens_a_pull_request(remote, expected):
    assert forges.address(remote, BRANCH, "main") == expected


@pytest.mark.parametrize(
    "remote",
    [
        "/srv/register.git", "../register.git", "file:///srv/register.git", r"C:\shop\register.git",
        "C:/shop/register.git", "git@git.shop.example:a/b.git", "https://git.shop.example/a/b.git", "", ":",
        "https://", "https://github.com", "https://github.com/shop", "ext::sh -c true github.com/a/b",
        "git@github.com:a/b.git\n", "https://github.com/a/b c",
    ],
)  # fmt: skip
def test_what_is_no_known_forge_has_no_such_page(remote):
    assert forges.address(remote, BRANCH, "main") is None


def test_the_kind_of_a_host_of_ones_own_can_be_said():
    remote = "git@git.shop.example:a/b.git"
    assert forges.address(remote, BRANCH, "main", "gitlab") == f"https://git.shop.example/a/b{GITLAB}"
    assert forges.address(remote, BRANCH, "main", "github") == (
        f"https://git.shop.example/a/b/compare/main...{BRANCH}?expand=1"
    )
    assert forges.address(remote, BRANCH, "main", "cvs") is None
    assert forges.address("/srv/register.git", BRANCH, "main", "gitlab") is None


def test_a_personal_project_of_a_bitbucket_server():
    found = forges.address("ssh://git@bitbucket.example:7999/~ann/register.git", BRANCH, "main")
    assert found
    assert found.startswith("https://bitbucket.example/users/ann/repos/register/pull-requests?create&")


def test_branches_with_signs_of_their_own_stay_one_branch():
    found = forges.address("git@gitlab.com:a/b.git", "proposal/x&y=#1", "main")
    assert found
    assert parse_qs(urlsplit(found).query) == {
        "merge_request[source_branch]": ["proposal/x&y=#1"],
        "merge_request[target_branch]": ["main"],
    }


@given(
    st.sampled_from(["https://{}@github.com/a/b", "ssh://{}@github.com/a/b", "{}@github.com:a/b"]), st.text()
)
def test_no_name_or_password_is_ever_printed(form, secret):
    found = forges.address(form.format(f"u:{secret}S3CRET"), BRANCH, "main")
    assert found is None or "S3CRET" not in found


@given(st.text(), st.sampled_from([None, *forges.KINDS]))
def test_no_address_is_too_strange(remote, kind):
    found = forges.address(remote, BRANCH, "main", kind)
    assert found is None or found.startswith(("https://", "http://"))
    assert found is None or found.isprintable()
