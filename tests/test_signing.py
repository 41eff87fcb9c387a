"""Signed decisions: the bytes, the signature, the key, and what is refused."""

from __future__ import annotations

import copy
import json
import os
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from complaintctl import authority, signing, sshkeys
from complaintctl.errors import EnvironmentFault, Refused
from complaintctl.sshkeys import Purse
from tests import keys
from tests.keys import needs_openssh

NAMESPACE = "complaintctl-test@v1"
SHA = "9f" * 32
NOTHING = Decimal(0)  # was granted to the customer in other cases
ON = {"signing": "approvals"}


def case(**more: Any) -> Any:
    """A case with one decision; the proposal is changed by `more`."""
    proposal = {
        "remedies": [{"kind": "refund", "amount": "12.90", "cost": "12.90"}],
        "reason": "spoiled before its date",
        "by": "zhao.wei",
        "at": "2026-11-16T11:00:00+08:00",
        "decision": {
            "outcome": "approved", "role": "head", "limit": "500.00", "digest": "00" * 32, "via": "cli",
            "note": "牛奶", "by": "sun.min", "at": "2026-11-16T12:00:00+08:00",
        },
        **more,
    }  # fmt: skip
    return {"id": "C-20261116-7K3MQ4", "currency": "CNY", "proposals": [proposal]}


def staff(key: str | None) -> list[Any]:
    person = {"id": "sun.min", "name": "Sun", "emails": ["s@x.example"], "role": "head", "active": True}
    return [person if key is None else {**person, "key": key}]


# -- what is signed


def test_the_bytes_are_one_line_of_json_with_sorted_keys_and_text_only():
    data = signing.decision_bytes(case(), 1, SHA)
    said = json.loads(data)
    assert json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode() == data
    assert all(isinstance(value, str) for value in said.values())
    assert said["type"] == "approval"
    assert (said["case"], said["round"], said["proposal"], said["policy"]) == (
        "C-20261116-7K3MQ4",
        "1",
        "1",
        SHA,
    )


def test_the_digest_in_the_bytes_is_computed_and_not_the_one_that_the_decision_carries():
    found = json.loads(signing.decision_bytes(case(), 1, SHA))["digest"]
    one = case()["proposals"][0]
    assert found == authority.digest("C-20261116-7K3MQ4", 1, one, "CNY", SHA)
    assert found != "00" * 32


def test_a_note_is_signed_as_it_is_written():
    assert "牛奶".encode() in signing.decision_bytes(case(), 1, SHA)


def _changed(path: str, value: Any) -> Any:
    """The case of these tests with one value changed, given by its place in the proposal."""
    found = case()
    node: Any = found["proposals"][0]
    *way, last = path.split(".")
    for part in way:
        node = node[int(part)] if part.isdigit() else node[part]
    node[last] = value
    return found


CHANGES = {
    "amount": ("remedies.0.amount", "129.00"),
    "cost": ("remedies.0.cost", "1.00"),
    "kind": ("remedies.0.kind", "voucher"),
    "reason": ("reason", "goodwill"),
    "proposer": ("by", "chen.jie"),
    "time of the proposal": ("at", "2026-11-16T11:00:01+08:00"),
    "round": ("round", 2),
    "outcome": ("decision.outcome", "returned"),
    "role": ("decision.role", "manager"),
    "limit": ("decision.limit", "5000.00"),
    "note": ("decision.note", "another"),
    "person": ("decision.by", "wu.lei"),
    "time": ("decision.at", "2026-11-16T12:00:01+08:00"),
    "alone": ("decision.alone", True),
    "via": ("decision.via", "review"),
    "recorded by": ("decision.recorded_by", "li.na"),
    "claimed": ("decision.claimed", True),
    "tasks": ("tasks", [{"department": "goods", "what": "call the supplier"}]),
    "exception": ("exception", "regular customer"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_every_part_of_the_decision_and_of_what_it_decides_is_signed(what):
    assert signing.decision_bytes(_changed(*CHANGES[what]), 1, SHA) != signing.decision_bytes(case(), 1, SHA)


def test_what_happens_after_the_decision_is_not_signed():
    later = case(answer={"outcome": "agreed", "by": "li.na", "at": "2026-11-17T09:00:00+08:00"})
    later["proposals"][0]["remedies"][0]["done"] = {"by": "li.na", "at": "2026-11-17T10:00:00+08:00"}
    assert signing.decision_bytes(later, 1, SHA) == signing.decision_bytes(case(), 1, SHA)


def test_another_case_another_place_and_other_rules_are_other_bytes():
    other = {**case(), "id": "C-20261116-AAAAAA"}
    again = case()
    again["proposals"].append(copy.deepcopy(again["proposals"][0]))
    found = {
        signing.decision_bytes(case(), 1, SHA),
        signing.decision_bytes(other, 1, SHA),
        signing.decision_bytes(again, 2, SHA),
        signing.decision_bytes(case(), 1, "8e" * 32),
    }
    assert len(found) == 4


# -- where it is asked for


@pytest.mark.parametrize(
    ("wish", "cost", "wanted"),
    [
        ({"signing": "off"}, "9999", False),
        ({"signing": "none"}, "9999", False),
        ({}, "9999", False),
        (ON, "0", True),
        ({**ON, "signing_from": "100.00"}, "99.99", False),
        ({**ON, "signing_from": "100.00"}, "100.00", True),
        ({**ON, "signing_from": "100.00"}, "100", True),
        ({**ON, "signing_from": "nonsense"}, "0.01", True),
        ({"signing": "off", "signing_from": "1.00"}, "9999", False),
    ],
)
def test_where_a_decision_must_be_signed(wish, cost, wanted):
    assert signing.required(wish, Decimal(cost)) is wanted


# -- keys


@needs_openssh
@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
def test_keys_of_every_kind_sign_and_prove(kind):
    half = keys.public(keys.make("mine", kind=kind))
    signature = sshkeys.sign(b"what it says", NAMESPACE, half)
    assert "\n" not in signature
    assert len(signature) <= sshkeys.MOST
    assert sshkeys.verify(b"what it says", signature, NAMESPACE, [half])


@needs_openssh
def test_a_signature_proves_nothing_but_what_was_signed_where_by_whom():  # G3, G4
    mine, other = keys.public(keys.make("mine")), keys.public(keys.make("other"))
    signature = sshkeys.sign(b"twelve", NAMESPACE, mine)
    proved = [
        sshkeys.verify(b"thirteen", signature, NAMESPACE, [mine]),
        sshkeys.verify(b"twelve", signature, "git", [mine]),
        sshkeys.verify(b"twelve", signature, NAMESPACE + "0", [mine]),
        sshkeys.verify(b"twelve", signature, NAMESPACE, [other]),
        sshkeys.verify(b"twelve", signature, NAMESPACE, []),
        sshkeys.verify(b"twelve", signature[:-8] + "AAAAAAA=", NAMESPACE, [mine]),
    ]
    assert proved == [False] * 6
    assert sshkeys.verify(b"twelve", signature, NAMESPACE, [other, mine])


@needs_openssh
def test_a_signature_that_git_made_is_none_of_ours():  # G3: other namespace
    key = keys.make("mine")
    made = subprocess.run(
        ["ssh-keygen", "-q", "-Y", "sign", "-f", str(key), "-n", "git"],
        input=b"twelve",
        capture_output=True,
        check=True,
    ).stdout.decode()
    signature = "".join(made.split("\n")[1:-2])
    assert sshkeys.verify(b"twelve", signature, "git", [keys.public(key)])
    assert not sshkeys.verify(b"twelve", signature, NAMESPACE, [keys.public(key)])


@needs_openssh
@pytest.mark.parametrize(
    "junk",
    [
        "",
        "Good",
        "AAAA",
        "A" * 300,
        "A" * 5000,
        "-----BEGIN SSH SIGNATURE-----",
        "U1NI\nU0lH",
        "U1NIU0lH" * 20,
    ],
)
def test_what_is_no_signature_proves_nothing(junk):
    assert not sshkeys.verify(b"twelve", junk, NAMESPACE, [keys.public(keys.make("mine"))])


@needs_openssh
def test_what_ssh_keygen_prints_counts_for_nothing(tmp_path, monkeypatch):
    """A program that says Good and fails is believed by its exit code alone."""
    half = keys.public(keys.make("mine"))
    signature = sshkeys.sign(b"twelve", NAMESPACE, half)
    fake = tmp_path / "bin" / "ssh-keygen"
    fake.parent.mkdir()
    fake.write_text('#!/bin/sh\necho "Good signature for signer"\nexit 1\n')
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}:{os.environ['PATH']}")
    assert not sshkeys.verify(b"twelve", signature, NAMESPACE, [half], remember=False)


@pytest.mark.parametrize(
    "text",
    [
        "", "ssh-ed25519", "ssh-ed25519 AAAA", "ssh-ed25519 !!!!", "nonsense AAAAC3NzaC1lZDI1NTE5AAAAIA",
        "ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIHks7GNyoX98A6wa267MiCwSBMhGBtiQnJdGMPhi5im6",  # an ed25519 key inside
        'cert-authority,namespaces="*" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHks7GNyoX98A6wa267MiCwSBMhGBtiQnJdGMPhi5im6',
        "* ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHks7GNyoX98A6wa267MiCwSBMhGBtiQnJdGMPhi5im6",
        "ssh-ed25519-cert-v01@openssh.com AAAAIHNzaC1lZDI1NTE5LWNlcnQtdjAxQG9wZW5zc2guY29t",
        "ssh-dss AAAAB3NzaC1kc3M=",
    ],
)  # fmt: skip
def test_what_is_no_plain_public_key_is_none(text):
    assert sshkeys.public(text) is None
    assert sshkeys.fingerprint(text) == ""
    assert not sshkeys.verify(b"", "A" * 100, NAMESPACE, [text])


@needs_openssh
def test_a_fingerprint_is_what_ssh_keygen_tells():
    key = keys.make("mine")
    told = subprocess.run(
        ["ssh-keygen", "-l", "-f", str(key)], capture_output=True, check=True, text=True
    ).stdout
    assert sshkeys.fingerprint(keys.public(key)) == told.split()[1]


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_text_is_a_key_or_none(text):
    assert sshkeys.public(text) is None or sshkeys.fingerprint(text).startswith("SHA256:")


# -- where the private half is


@needs_openssh
def test_the_key_is_found_in_the_ssh_folder_by_its_public_half():
    keys.make("another")
    half = keys.public(keys.make("work"))
    assert sshkeys.verify(b"x", sshkeys.sign(b"x", NAMESPACE, half), NAMESPACE, [half])


@needs_openssh
@pytest.mark.parametrize("how", ["option", "variable", "configured", "beside"])
def test_a_key_elsewhere_is_named(how, tmp_path, monkeypatch):
    key = keys.make("mine", folder=tmp_path / "stick")
    half = keys.public(key)
    if how == "variable":
        monkeypatch.setenv(sshkeys.VARIABLE, str(key))
    if how == "beside":  # the public half is not there: ssh-keygen tells whose key it is
        key.with_name("mine.pub").unlink()
    configured = str(key) if how in {"configured", "beside"} else None
    purse = Purse(given=str(key) if how == "option" else None, configured=configured)
    assert sshkeys.verify(b"x", sshkeys.sign(b"x", NAMESPACE, half, purse), NAMESPACE, [half])


@needs_openssh
def test_an_agent_signs_where_only_the_public_half_is_here(tmp_path, monkeypatch):
    key = keys.make("mine", folder=tmp_path / "away")
    half = keys.public(key)
    socket = tmp_path / "agent"
    agent = subprocess.Popen(["ssh-agent", "-D", "-a", str(socket)], stdout=subprocess.DEVNULL)
    try:
        monkeypatch.setenv("SSH_AUTH_SOCK", str(socket))
        for _attempt in range(100):
            added = subprocess.run(["ssh-add", "-q", str(key)], check=False, capture_output=True)
            if added.returncode == 0:
                break
        key.unlink()
        purse = Purse(configured=f"key::{half}")
        assert sshkeys.verify(b"x", sshkeys.sign(b"x", NAMESPACE, half, purse), NAMESPACE, [half])
    finally:
        agent.terminate()
        agent.wait()


@needs_openssh
def test_a_key_that_is_nowhere_is_a_fault_of_the_environment(tmp_path, monkeypatch):  # D13
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    half = keys.public(keys.make("mine", folder=tmp_path))
    with pytest.raises(EnvironmentFault, match=r"neither in ~/\.ssh nor in an SSH agent") as found:
        sshkeys.sign(b"x", NAMESPACE, half)
    assert "ssh-add" in found.value.hint


@needs_openssh
def test_a_named_file_that_is_not_there_is_said(tmp_path):
    half = keys.public(keys.make("mine"))
    with pytest.raises(EnvironmentFault, match="is not there"):
        sshkeys.sign(b"x", NAMESPACE, half, Purse(given=str(tmp_path / "nothing")))


@needs_openssh
def test_a_passphrase_that_nobody_can_give_is_a_fault_and_nothing_waits(monkeypatch):  # D13
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    half = keys.public(keys.make("mine", passphrase="four words"))
    with pytest.raises(EnvironmentFault, match="passphrase") as found:
        sshkeys.sign(b"x", NAMESPACE, half)
    assert "ssh-add" in found.value.hint


@needs_openssh
def test_another_key_than_the_one_in_the_staff_file_is_refused():
    half, other = keys.public(keys.make("mine")), keys.make("other")
    with pytest.raises(Refused, match=r"another key than the one in staff\.yaml"):
        sshkeys.sign(b"x", NAMESPACE, half, Purse(given=str(other)))


@needs_openssh
def test_a_key_that_others_can_read_is_not_used(monkeypatch):
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    key = keys.make("mine")
    key.chmod(0o644)
    with pytest.raises(EnvironmentFault):
        sshkeys.sign(b"x", NAMESPACE, keys.public(key))


def test_without_openssh_it_says_what_to_install(monkeypatch, tmp_path):  # D15
    monkeypatch.setenv("PATH", str(tmp_path))
    half = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHks7GNyoX98A6wa267MiCwSBMhGBtiQnJdGMPhi5im6"
    with pytest.raises(EnvironmentFault, match="ssh-keygen was not found") as found:
        sshkeys.verify(b"x", "A" * 100, NAMESPACE, [half])
    assert "OpenSSH" in found.value.hint


@needs_openssh
def test_an_openssh_that_is_too_old_is_named(monkeypatch, tmp_path):  # D15
    half = keys.public(keys.make("mine"))
    for name, text in (("ssh-keygen", "exit 1"), ("ssh", 'echo "OpenSSH_7.9p1, OpenSSL 1.1" >&2')):
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    sshkeys.too_old.cache_clear()
    with pytest.raises(EnvironmentFault, match=r"OpenSSH 7\.9 is too old"):
        sshkeys.verify(b"x", "A" * 100, NAMESPACE, [half])
    sshkeys.too_old.cache_clear()


@needs_openssh
def test_a_program_in_the_register_is_not_taken_for_ssh_keygen(monkeypatch, tmp_path):  # T7
    half = keys.public(keys.make("mine"))
    fake = tmp_path / "ssh-keygen"
    fake.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\nexit 0\n")
    fake.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f".:{os.environ['PATH']}")
    assert not sshkeys.verify(b"x", "A" * 100, NAMESPACE, [half])
    assert not (tmp_path / "ran").exists()


# -- what was proved before


@needs_openssh
def test_what_was_proved_is_remembered_outside_of_the_register_and_only_that(monkeypatch):
    half = keys.public(keys.make("mine"))
    signature = sshkeys.sign(b"twelve", NAMESPACE, half)
    assert sshkeys.verify(b"twelve", signature, NAMESPACE, [half])
    file = Path(os.environ["HOME"]) / ".local" / "state" / "complaintctl" / "signatures"
    assert len(file.read_text().split()) == 1
    assert file.stat().st_mode & 0o077 == 0
    assert not sshkeys.verify(b"eleven", signature, NAMESPACE, [half])
    assert len(file.read_text().split()) == 1
    asked = []
    run = sshkeys._run
    monkeypatch.setattr(sshkeys, "_run", lambda *words, **more: asked.append(1) or run(*words, **more))
    assert sshkeys.verify(b"twelve", signature, NAMESPACE, [half])
    assert asked == []
    assert sshkeys.verify(b"twelve", signature, NAMESPACE, [half], remember=False)
    assert asked == [1]


@needs_openssh
def test_without_a_place_to_remember_it_is_proved_each_time(monkeypatch, tmp_path):
    half = keys.public(keys.make("mine"))
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    signature = sshkeys.sign(b"twelve", NAMESPACE, half)
    assert sshkeys.verify(b"twelve", signature, NAMESPACE, [half])


# -- judging one decision


def signed_case(half: str, **more: Any) -> Any:
    """The case of these tests with a right signature."""
    found = case(**more)
    decision = found["proposals"][0]["decision"]
    decision["signature"] = sshkeys.sign(signing.decision_bytes(found, 1, SHA), signing.APPROVAL, half)
    return found


@needs_openssh
def test_a_right_signature_has_no_fault():
    half = keys.public(keys.make("mine"))
    assert signing.fault(signed_case(half), 1, ON, staff(half), SHA, NOTHING) == ""


@needs_openssh
@pytest.mark.parametrize("what", CHANGES)
def test_whatever_is_changed_after_signing_is_found(what):  # G4
    half = keys.public(keys.make("mine"))
    changed = _changed(*CHANGES[what])
    decision = changed["proposals"][0]["decision"]
    decision["signature"] = signed_case(half)["proposals"][0]["decision"]["signature"]
    people = [*staff(half), {**staff(half)[0], "id": "wu.lei"}]  # even if both had the same key
    assert "over this decision" in signing.fault(changed, 1, ON, people, SHA, NOTHING)


@needs_openssh
def test_a_signature_under_other_rules_is_found():
    half = keys.public(keys.make("mine"))
    assert "over this decision" in signing.fault(signed_case(half), 1, ON, staff(half), "8e" * 32, NOTHING)


@needs_openssh
def test_a_key_that_is_not_there_any_more_proves_nothing():
    half, new = keys.public(keys.make("mine")), keys.public(keys.make("new"))
    found = signed_case(half)
    gone = [{**staff(half)[0], "active": False}]
    assert "has left" in signing.fault(found, 1, ON, gone, SHA, NOTHING)
    assert "has left" in signing.fault(found, 1, ON, [], SHA, NOTHING)
    assert "names no key" in signing.fault(found, 1, ON, staff(None), SHA, NOTHING)
    assert "over this decision" in signing.fault(found, 1, ON, staff(new), SHA, NOTHING)


def test_a_decision_without_a_signature_is_found_where_one_is_asked_for():
    assert "there is none" in signing.fault(case(), 1, ON, staff(None), SHA, NOTHING)
    assert signing.fault(case(), 1, {"signing": "off"}, staff(None), SHA, NOTHING) == ""
    claimed = _changed("decision.claimed", True)
    assert "a name in a merge is none" in signing.fault(claimed, 1, ON, staff(None), SHA, NOTHING)


@needs_openssh
def test_a_wrong_signature_is_found_even_where_none_is_asked_for():
    half = keys.public(keys.make("mine"))
    found = signed_case(half)
    found["proposals"][0]["decision"]["note"] = "another"
    assert "over this decision" in signing.fault(found, 1, {"signing": "off"}, staff(half), SHA, NOTHING)


def test_whoever_has_no_key_is_told_how_to_enter_one():
    with pytest.raises(Refused, match=r"staff\.yaml names no key of sun\.min") as found:
        signing.signed(case(), 1, ON, staff(None)[0], SHA, lambda *_about: "", NOTHING)
    assert "staff edit sun.min --key" in found.value.hint


def test_signing_leaves_the_case_that_came_in_as_it_was():
    before = case()
    after = signing.signed(
        before, 1, ON, staff("ssh-ed25519 AAAA")[0], SHA, lambda *_about: "signature", NOTHING
    )
    assert "signature" not in before["proposals"][0]["decision"]
    assert after["proposals"][0]["decision"]["signature"] == "signature"
    assert (
        signing.signed(before, 1, {"signing": "off"}, staff(None)[0], SHA, lambda *_about: "x", NOTHING)
        is before
    )
