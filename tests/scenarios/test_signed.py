"""Approvals that carry a signature: they survive every way of merging, and nobody can pose as somebody else."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from complaintctl import signing, sshkeys
from tests import keys
from tests.shop import Shop

pytestmark = keys.needs_openssh
# A program that makes its standard input the terminal that it is controlled by, and becomes another.
OWN_TERMINAL = """
import fcntl, os, sys, termios
os.setsid()
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""
FORGE = ("-c", "user.name=web-flow", "-c", "user.email=noreply@forge.example")


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return keys.signing_shop(tmp_path / "shop")


def decision(shop: Shop, case: str, number: int = 1) -> Any:
    return shop.show(case)["proposals"][number - 1].get("decision")


def findings(shop: Shop) -> list[tuple[str, str]]:
    """What verify finds in the whole history: rule and message."""
    ran = shop.run("", "verify", "--full", "--json")
    assert ran.code in {0, 7}, ran
    found = [(one["rule"], one["message"]) for one in json.loads(ran.out)["findings"]]
    assert (ran.code == 7) is bool(found)
    return found


def edited(shop: Shop, case: str, change: Any, who: str = "sun.min") -> None:
    """What somebody with an editor and git makes of a case: changed, canonical, committed under a name."""
    from complaintctl.yamlfile import emit_case, read_case

    file = next(shop.folder.rglob(f"{case}.yaml"))
    data = read_case(file.read_bytes(), file.name)
    change(data)
    file.write_bytes(emit_case(data))
    mail = f"{who}@shop.example"
    shop.git("-c", f"user.name={who}", "-c", f"user.email={mail}", "commit", "-q", "-a", "-m", f"{case}: approve",
             "--date", shop.now.isoformat())  # fmt: skip


# -- a day with signatures


def test_an_approval_is_signed_and_the_trail_holds(shop: Shop) -> None:
    case = shop.proposed()
    shop.do("sun.min", "approve", case, "--note", "同意")
    assert re.fullmatch(r"[A-Za-z0-9+/=]+", decision(shop, case)["signature"])
    shop.do("li.na", "respond", case, "--agreed")
    shop.do("li.na", "fulfil", case, "--all")
    assert findings(shop) == []
    assert shop.run("", "check").code == 0


def test_a_return_is_signed_too_and_so_is_the_next_round(shop: Shop) -> None:
    case = shop.proposed()
    shop.do("sun.min", "approve", case, "--return", "which batch?")
    shop.wait(minutes=5).do(
        "zhao.wei", "propose", case, "--remedy", "refund=12.90", "--reason", "batch 20261110A"
    )
    shop.wait(minutes=5).do("sun.min", "approve", case)
    first, second = decision(shop, case, 1), decision(shop, case, 2)
    assert first["signature"] != second["signature"]
    assert findings(shop) == []


def test_the_same_approval_again_says_so_and_changes_nothing(shop: Shop) -> None:
    case = shop.proposed()
    shop.do("sun.min", "approve", case)
    before = shop.snapshot()
    again = shop.run("sun.min", "approve", case)
    assert again.code == 0
    assert "already" in again.err
    assert shop.snapshot() == before


def test_what_is_settled_at_the_desk_is_signed_too(shop: Shop) -> None:
    case = shop.new()
    shop.do(
        "boss",
        "settle",
        case,
        "--category",
        "goods.spoiled",
        "--remedy",
        "refund=12.90",
        "--reason",
        "spoiled",
    )
    assert "signature" in decision(shop, case)
    assert findings(shop) == []


def test_from_an_amount_on_only_what_costs_as_much_is_signed(tmp_path: Path) -> None:
    shop = keys.signing_shop(tmp_path / "shop", "--from", "12.91")
    small = shop.proposed()
    shop.do("sun.min", "approve", small)
    assert "signature" not in decision(shop, small)
    shop.do("boss", "policy", "signing", "approvals", "--from", "12.90")
    large = shop.proposed()
    shop.do("sun.min", "approve", large)
    assert "signature" in decision(shop, large)
    assert findings(shop) == []


def test_nobody_stays_below_the_amount_by_slices(tmp_path: Path) -> None:
    # S0-15: the same sum that is held against the limits
    shop = keys.signing_shop(tmp_path / "shop", "--from", "20.00")
    first, second = shop.proposed(), shop.proposed()
    shop.do("sun.min", "approve", first)
    assert "signature" not in decision(shop, first)
    shop.do("sun.min", "approve", second)  # 12.90 to the same customer, twice
    assert "signature" in decision(shop, second)
    assert findings(shop) == []
    later = shop.wait(days=60).proposed()
    shop.do("sun.min", "approve", later)  # the window is over
    assert "signature" not in decision(shop, later)
    assert findings(shop) == []


def test_a_slice_that_leaves_its_signature_out_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = keys.signing_shop(tmp_path / "shop", "--from", "20.00")
    first, second = shop.proposed(), shop.proposed()
    shop.do("sun.min", "approve", first)
    base = shop.git("rev-parse", "HEAD").strip()
    with monkeypatch.context() as patch:
        patch.setattr("complaintctl.signing.weight", lambda *_any: Decimal(0))
        shop.do("sun.min", "approve", second)
    assert "signature" not in decision(shop, second)
    assert [rule for rule, _message in findings(shop)] == ["signature"]
    ranged = shop.run("", "check", "--range", f"{base}..HEAD", "--format", "json")
    assert (ranged.code, "asks for a signature of sun.min" in ranged.out) == (7, True)


def test_a_slice_in_a_branch_counts_what_was_granted_here_since(tmp_path: Path) -> None:
    shop = keys.signing_shop(tmp_path / "shop", "--from", "20.00")
    first, second = shop.investigated(), shop.proposed()
    shop.do("zhao.wei", "propose", first, "--remedy", "refund=12.90", "--reason", "sour", "--branch")
    shop.do("sun.min", "approve", second)
    shop.wait(minutes=5).do("sun.min", "review", first, "--approve")
    shop.do("sun.min", "review", first, "--merge")
    assert ("signature" in decision(shop, first), "signature" in decision(shop, second)) == (True, False)
    assert findings(shop) == []


def test_a_dry_run_needs_the_key_in_the_staff_file_and_no_private_key(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = shop.proposed()
    monkeypatch.setenv("HOME", "/nonexistent")
    shop.do("sun.min", "approve", case, "--dry-run")
    shop.do("boss", "staff", "list")


def test_whoever_has_no_key_cannot_decide(shop: Shop) -> None:
    case = shop.proposed()
    shop.do("zhao.wei", "escalate", case, "--reason", "called twice today")
    head = shop.run("wu.lei", "approve", case)
    vice = shop.do("qian.li", "approve", case)
    assert head.code == 1
    assert "approved" in vice


def test_a_decision_whose_key_is_missing_is_not_recorded(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:  # D13
    case = shop.proposed()
    (Path(os.environ["HOME"]) / ".ssh" / "sun.min").unlink()
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    refused = shop.refuse(5, "sun.min", "approve", case)
    assert "ssh-add" in refused.err


def test_a_passphrase_that_cannot_be_asked_for_records_nothing(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:  # D13
    case = shop.proposed()
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    key = Path(os.environ["HOME"]) / ".ssh" / "sun.min"
    subprocess.run(
        ["ssh-keygen", "-q", "-p", "-P", "", "-N", "four words", "-f", str(key)],
        check=True,
        capture_output=True,
    )
    shop.refuse(5, "sun.min", "approve", case)
    shop.refuse(5, "sun.min", "approve", case, "--key", str(key))


@pytest.mark.parametrize("how", ["option", "variable", "git"])
def test_a_key_kept_elsewhere_can_be_named(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    home = Path(os.environ["HOME"]) / ".ssh"
    stick = tmp_path / "stick"
    stick.mkdir()
    for name in ("sun.min", "sun.min.pub"):
        (home / name).rename(stick / name)
    case = shop.proposed()
    more = []
    if how == "option":
        more = ["--key", str(stick / "sun.min")]
    elif how == "variable":
        monkeypatch.setenv("COMPLAINTCTL_KEY", str(stick / "sun.min"))
    else:
        shop.git("config", "--global", "user.signingkey", str(stick / "sun.min"))
    shop.do("sun.min", "approve", case, *more)
    assert findings(shop) == []


# -- merge, squash, rebase: the merge is transport, the signed record is the authority (G10)


@pytest.fixture
def decided(shop: Shop) -> tuple[Shop, str, str]:
    """A proposal in a branch of its own, approved there; and main, which went on meanwhile."""
    case = shop.investigated()
    shop.wait(minutes=5).propose_apart(case)
    branch = f"proposal/{case}-1"
    shop.git("switch", "-q", branch)
    shop.wait(minutes=5).do("sun.min", "approve", case)
    shop.git("switch", "-q", "main")
    shop.wait(minutes=5).new(
        "--channel", "phone", "--complaint", "no trolley was free", "--kind", "complaint"
    )
    return shop, case, branch


def _merge(shop: Shop, branch: str) -> None:
    shop.git(*FORGE, "merge", "-q", "--no-ff", "-m", "Merge pull request #1", branch)


def _squash(shop: Shop, branch: str) -> None:
    shop.git(*FORGE, "merge", "-q", "--squash", branch)
    shop.git(*FORGE, "commit", "-q", "-m", "refund (#1)", "--author", "Zhao Wei <zhao.wei@shop.example>")


def _rebase(shop: Shop, branch: str) -> None:
    shop.git(*FORGE, "rebase", "-q", "main", branch)
    shop.git("switch", "-q", "main")
    shop.git("merge", "-q", "--ff-only", branch)


def _cherry_pick(shop: Shop, branch: str) -> None:
    shop.git(*FORGE, "cherry-pick", f"main..{branch}")


@pytest.mark.parametrize("way", [_merge, _squash, _rebase, _cherry_pick])
def test_a_signed_approval_survives(decided: tuple[Shop, str, str], way: Any) -> None:  # G10
    shop, case, branch = decided
    way(shop, branch)
    found = decision(shop, case)
    assert found["by"] == "sun.min"
    assert shop.show(case)["state"] == "approved"
    assert findings(shop) == []
    shop.wait(minutes=5).do("li.na", "respond", case, "--agreed")
    assert findings(shop) == []


@pytest.mark.parametrize("way", [_merge, _squash, _rebase])
def test_an_amount_changed_on_the_way_is_found(decided: tuple[Shop, str, str], way: Any) -> None:  # G4
    shop, case, branch = decided
    shop.git("switch", "-q", branch)
    edited(shop, case, lambda data: data["proposals"][0]["remedies"][0].update(amount="12.80", cost="12.80"))
    shop.git("switch", "-q", "main")
    way(shop, branch)
    found = findings(shop)
    assert {"edited", "signature", "digest", "illegal-step"} & {rule for rule, _message in found}


def test_a_change_of_staff_squashed_by_the_forge_is_still_sealed(shop: Shop) -> None:
    start = shop.git("rev-parse", "HEAD").strip()
    shop.do("boss", "staff", "retire", "wu.lei")
    shop.do("boss", "staff", "edit", "chen.jie", "--role", "head")
    shop.git("reset", "-q", "--soft", start)
    shop.git(*FORGE, "commit", "-q", "-m", "staff (#2)")
    assert findings(shop) == []


def test_beside_the_seal_nothing_is_changed_by_nobody(shop: Shop) -> None:
    """What steers the checks of a forge is not under the seal: there the author has to be somebody who may."""
    shop.do("boss", "staff", "retire", "wu.lei")
    (shop.folder / "CODEOWNERS").write_text("* @li.na\n")
    shop.git("add", "CODEOWNERS")
    shop.git(*FORGE, "commit", "-q", "--amend", "-m", "staff (#2)", "--reset-author")
    assert [rule for rule, _message in findings(shop)] == ["rules"]


# -- a clerk posing as the manager (G2, G3)


def test_a_clerk_with_their_own_key_is_not_the_head(shop: Shop) -> None:
    case = shop.proposed()
    own = keys.make("li.na")
    refused = shop.refuse(1, "sun.min", "approve", case, "--key", str(own))
    assert "another key than the one in staff.yaml" in refused.err


def test_a_clerk_with_another_program_leaves_no_signature(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = shop.proposed()
    with monkeypatch.context() as patch:
        patch.setattr(signing, "required", lambda *_about, **_asked: False)
        shop.do("sun.min", "approve", case)
    assert ("signature", "this register asks for a signature of sun.min; there is none") in findings(shop)


def test_a_clerk_who_signs_for_the_head_is_found(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    case = shop.proposed()
    own = keys.public(keys.make("li.na"))
    with monkeypatch.context() as patch:
        patch.setattr(signing, "key_of", lambda _who, **_asked: own)
        shop.do("sun.min", "approve", case)
    assert ("signature", "the signature is not by the key of sun.min over this decision") in findings(shop)


def test_a_clerk_who_enters_their_key_for_the_head_is_found(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:  # G6
    """The key and the approval that needs it, in one push: both are judged by what was there before."""
    case = shop.proposed()
    own = keys.public(keys.make("li.na"))
    staff = shop.folder / "policies" / "staff.yaml"
    old = next(p["key"] for p in shop.run("", "staff", "list", "--json").json if p["id"] == "sun.min")
    staff.write_text(staff.read_text().replace(old, own))
    shop.git(
        "-c", "user.name=boss", "-c", "user.email=boss@shop.example", "commit", "-q", "-a", "-m", "staff: key"
    )
    shop.do("sun.min", "approve", case)
    found = findings(shop)
    assert ("signature", "the seal is not by the key of boss over these files") in found


def test_the_decision_that_a_name_in_a_merge_makes_is_none_here(shop: Shop) -> None:
    """Whoever merges by hand under the head's name has brought a proposal, not a decision."""
    case = shop.investigated()
    shop.wait(minutes=5).propose_apart(case)
    shop.new("--channel", "phone", "--complaint", "no trolley was free", "--kind", "complaint")
    shop.git("-c", "user.name=Sun", "-c", "user.email=sun.min@shop.example", "merge", "-q", "--no-ff", "-m", "approved",
             f"proposal/{case}-1")  # fmt: skip
    assert shop.show(case)["state"] == "proposed"
    merge = shop.git("rev-parse", "HEAD").strip()

    def claim(data: Any) -> None:
        data["proposals"][0]["decision"] = {
            "outcome": "approved", "role": "head", "limit": "500.00", "digest": "00" * 32, "via": f"merge {merge}",
            "claimed": True, "recorded_by": "li.na", "by": "sun.min", "at": shop.now.isoformat(),
        }  # fmt: skip
        data["state"] = "approved"

    edited(shop, case, claim, "li.na")
    assert findings(shop) != []


# -- a signature somewhere else (G4)


def signed_pair(shop: Shop) -> tuple[str, str]:
    """Two cases that wait for a decision; the first one is approved."""
    one, other = shop.proposed(), shop.proposed()
    shop.do("sun.min", "approve", one)
    return one, other


def test_a_signature_copied_to_another_case_proves_nothing(shop: Shop) -> None:
    one, other = signed_pair(shop)
    from complaintctl import authority

    made = decision(shop, one)
    sha256 = _sha256(shop)

    def copied(data: Any) -> None:
        proposal = data["proposals"][0]
        digest = authority.digest(data["id"], 1, proposal, data["currency"], sha256)
        proposal["decision"] = {**made, "digest": digest}
        data["state"] = "approved"

    edited(shop, other, copied)
    assert findings(shop) == [("signature", "the signature is not by the key of sun.min over this decision")]


def _sha256(shop: Shop) -> str:
    import hashlib

    return hashlib.sha256((shop.folder / "policies" / "supermarket.yaml").read_bytes()).hexdigest()


def test_a_signature_copied_to_another_proposal_of_the_case_proves_nothing(shop: Shop) -> None:
    case = shop.proposed()
    shop.do("sun.min", "approve", case, "--return", "which batch?")
    shop.wait(minutes=5).do(
        "zhao.wei", "propose", case, "--remedy", "refund=12.90", "--reason", "spoiled before its date"
    )
    made = decision(shop, case, 1)
    shop.wait(minutes=5)
    from complaintctl import authority

    sha256 = _sha256(shop)

    def copied(data: Any) -> None:
        proposal = data["proposals"][1]
        digest = authority.digest(data["id"], 1, proposal, data["currency"], sha256)
        proposal["decision"] = {**made, "digest": digest, "at": shop.now.isoformat()}
        data["state"] = "returned"

    edited(shop, case, copied)
    assert findings(shop) == [("signature", "the signature is not by the key of sun.min over this decision")]


def test_a_signature_claimed_for_another_person_proves_nothing(shop: Shop) -> None:
    case = shop.proposed()
    shop.do("sun.min", "approve", case)
    made = decision(shop, case)
    shop.git("reset", "-q", "--hard", "HEAD~1")

    def claimed(data: Any) -> None:
        data["proposals"][0]["decision"] = {
            **made,
            "by": "qian.li",
            "role": "vice-president",
            "limit": "5000.00",
        }
        data["state"] = "approved"

    edited(shop, case, claimed, "qian.li")
    assert findings(shop) == [("signature", "the signature is not by the key of qian.li over this decision")]


def test_a_signature_in_another_namespace_proves_nothing(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:  # G3
    """A key that signs commits, tags or files signs no decision by that."""
    case = shop.proposed()
    with monkeypatch.context() as patch:
        patch.setattr(signing, "APPROVAL", "git")
        shop.do("sun.min", "approve", case)
    assert findings(shop) == [("signature", "the signature is not by the key of sun.min over this decision")]


# -- a key is retired by an event


def test_what_was_signed_before_a_key_changed_stays_proved(shop: Shop) -> None:
    case = shop.proposed()
    shop.do("sun.min", "approve", case)
    shop.do("boss", "staff", "edit", "sun.min", "--key", keys.public(keys.make("sun.min.2")))
    shop.do("boss", "staff", "retire", "sun.min")
    assert findings(shop) == []


def test_a_key_that_was_replaced_signs_nothing_any_more(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even a decision that is dated before: what counts is what stood in the register then."""
    case = shop.proposed()
    old = keys.public(Path(os.environ["HOME"]) / ".ssh" / "sun.min")
    shop.do("boss", "staff", "edit", "sun.min", "--key", keys.public(keys.make("sun.min.2")))
    with monkeypatch.context() as patch:
        patch.setattr(signing, "key_of", lambda _who, **_asked: old)
        shop.do("sun.min", "approve", case)
    assert findings(shop) == [("signature", "the signature is not by the key of sun.min over this decision")]


def test_a_key_without_a_successor_is_taken_out(shop: Shop) -> None:
    case = shop.proposed()
    shop.do("boss", "staff", "edit", "sun.min", "--no-key")
    refused = shop.refuse(1, "sun.min", "approve", case)
    assert "staff edit sun.min --key" in refused.err


def test_a_key_retired_on_main_signs_nothing_on_an_old_branch(decided: tuple[Shop, str, str]) -> None:
    """Whoever stole a key cannot go back to where it was good."""
    shop, _case, branch = decided
    shop.do("boss", "staff", "edit", "sun.min", "--key", keys.public(keys.make("sun.min.2")))
    _merge(shop, branch)
    assert ("signature", "the signature is not by the key of sun.min over this decision") in findings(shop)


def test_what_was_proved_is_proved_again_when_it_is_asked_for(shop: Shop) -> None:
    case = shop.proposed()
    shop.do("sun.min", "approve", case)
    file = Path(os.environ["HOME"]) / ".local" / "state" / "complaintctl" / "signatures"
    assert findings(shop) == []
    assert file.exists()
    sshkeys.forget()
    assert not file.exists()
    assert findings(shop) == []


# -- with the other verbs


def test_review_signs_on_the_branch_of_the_proposal(shop: Shop) -> None:
    case = shop.investigated()
    shop.wait(minutes=5).propose_apart(case)
    shop.wait(minutes=5).do("sun.min", "review", case, "--approve", "--note", "同意")
    shop.wait(minutes=5).do("sun.min", "review", case, "--merge")
    found = decision(shop, case)
    assert (found["via"], found["note"]) == ("review", "同意")
    assert "signature" in found
    assert findings(shop) == []


def test_a_merge_on_the_other_laptop_is_no_decision_here(shop: Shop, tmp_path: Path) -> None:
    """sync leaves the case as it is, and says what to do."""
    remote = tmp_path / "remote.git"
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(remote)], check=True)
    shop.git("remote", "add", "origin", str(remote))
    case = shop.investigated()
    shop.wait(minutes=5).propose_apart(case)
    shop.wait(minutes=5).new(
        "--channel", "phone", "--complaint", "no trolley was free", "--kind", "complaint"
    )
    shop.do("zhao.wei", "sync")
    shop.git("-c", "user.name=Sun", "-c", "user.email=sun.min@shop.example", "merge", "-q", "--no-ff", "-m", "approved",
             f"proposal/{case}-1")  # fmt: skip
    ran = shop.wait(minutes=5).run("zhao.wei", "sync")
    assert ran.code == 0, ran
    assert shop.show(case)["state"] == "proposed"
    assert f"approve {case}" in ran.out + ran.err
    shop.do("sun.min", "approve", case)
    shop.do("zhao.wei", "sync")
    assert findings(shop) == []


def test_what_is_shown_says_that_a_decision_carries_a_signature(shop: Shop) -> None:
    case = shop.proposed()
    shop.do("sun.min", "approve", case)
    assert "carries a signature" in shop.do("", "show", case) + shop.do("", "report", "case", case)


# -- on a terminal


@pytest.mark.skipif(os.name == "nt", reason="a terminal of another kind")
@pytest.mark.parametrize(("typed", "code"), [("four words", 0), ("five words", 5)])
def test_a_passphrase_is_asked_for_on_a_terminal(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, typed: str, code: int
) -> None:
    """ssh-keygen asks, not this program; where the answer is wrong, nothing is recorded."""
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    monkeypatch.delenv("DISPLAY", raising=False)
    key = Path(os.environ["HOME"]) / ".ssh" / "sun.min"
    words = ["ssh-keygen", "-q", "-p", "-P", "", "-N", "four words", "-f", str(key)]
    subprocess.run(words, check=True, capture_output=True)
    case = shop.proposed()
    before = shop.snapshot()
    ended, said = _at_a_terminal(shop, [("Approve this", "y"), ("passphrase", typed)], "approve", case)
    assert ended == code, said
    if code:
        assert shop.snapshot() == before
    else:
        assert "signature" in decision(shop, case)
        assert findings(shop) == []


def _at_a_terminal(shop: Shop, answers: list[tuple[str, str]], *words: str) -> tuple[int, str]:
    """A command line on a terminal of its own, its questions answered one after the other."""
    import pty

    here, there = pty.openpty()
    head = ["-C", str(shop.folder), "--as", "sun.min", "--now", shop.now.isoformat()]
    process = subprocess.Popen(
        [sys.executable, "-c", OWN_TERMINAL, sys.executable, "-m", "complaintctl", *head, *words],
        stdin=there,
        stdout=there,
        stderr=there,
        env={**os.environ, "PYTHONPATH": str(Path(signing.__file__).parent.parent)},
    )
    os.close(there)
    said = b""
    for question, answer in answers:
        said = _read_until(here, said, question.encode())
        said = _read_until(here, said, b":")  # the end of the question
        os.write(here, f"{answer}\n".encode())
    try:
        while piece := os.read(here, 4096):
            said += piece
    except OSError:  # nobody is at the other end any more
        pass
    os.close(here)
    return process.wait(), said.decode("utf-8", "replace")


def _read_until(terminal: int, said: bytes, wanted: bytes) -> bytes:
    """What comes after a word, of what was said and is being said."""
    while wanted not in said:
        said += os.read(terminal, 4096)
    return said[said.index(wanted) + len(wanted) :]
