"""The seal of the rules: who may change them, over which files, and what shows when somebody else did."""

from __future__ import annotations

import contextlib
import copy
import hashlib
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from complaintctl import schema, seal, signing, yamlfile
from complaintctl.errors import BadData
from complaintctl.history import Repository
from tests import keys
from tests.shop import Shop

pytestmark = keys.needs_openssh
OLD_LIMIT, NEW_LIMIT = 'limit: "50.00"', 'limit: "5000.00"'


def rules(shop: Shop, commit: str = "HEAD") -> seal.Rules:
    """The rules of a register at a commit."""
    repository = Repository.find(shop.folder)
    files, own = seal.files_of(repository, repository.resolve(commit))

    def document(path: str) -> Any:
        return yamlfile.read_document(shop.git("show", f"{commit}:{path}").encode(), path)[0]

    settings = document("policies/register.yaml")
    policy = document(f"policies/{settings['policy']}.yaml")
    repository.close()
    return seal.Rules(files, own, settings, document("policies/staff.yaml")["staff"], policy)


def last(shop: Shop) -> list[str]:
    """What is wrong with the newest change of the rules."""
    return seal.faults(rules(shop, "HEAD~1"), rules(shop))


def commit(shop: Shop, who: str = "Ann Lee <boss@shop.example>") -> None:
    """What a person commits by hand, under whichever name."""
    shop.git("add", "-A")
    shop.git(
        "-c",
        "user.name=x",
        "-c",
        "user.email=x@shop.example",
        "commit",
        "-q",
        "-m",
        "register: x",
        "--author",
        who,
    )


def edit(shop: Shop, path: str, old: str, new: str) -> None:
    file = shop.folder / path
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return keys.signing_shop(tmp_path / "shop")


# -- switching on, and what every change brings


def test_switching_on_seals_the_rules_in_the_same_commit(shop):
    changed = shop.git("show", "--name-only", "--format=", "HEAD").split()
    assert changed == ["policies/register.yaml", "policies/seal.yaml"]
    assert last(shop) == []
    own = seal.read((shop.folder / "policies" / "seal.yaml").read_bytes())
    assert (own.by, own.previous) == ("boss", ())


def test_the_seal_covers_every_file_of_the_rules_but_itself(shop):
    covered = rules(shop).files
    listed = shop.git("ls-files", "policies", "schemas", ".gitattributes").split()
    assert sorted(covered) == sorted(set(listed) - {seal.PATH})
    for path, digest in covered.items():
        assert digest == hashlib.sha256((shop.folder / path).read_bytes()).hexdigest()
    assert not seal.covers("cases/2026/11/C-20261116-7K3MQ4.yaml")
    assert not seal.covers("README.md")


@pytest.mark.parametrize(
    "words",
    [
        ("staff", "add", "he.fang", "--name", "何芳", "--email", "he.fang@shop.example", "--role", "clerk"),
        ("staff", "edit", "li.na", "--role", "head"),
        ("staff", "retire", "wu.lei"),
        ("calendar", "update", "2030"),
        ("policy", "use", "general"),
    ],
)
def test_every_verb_that_changes_the_rules_seals_them(shop, words):
    shop.do("boss", *words)
    assert seal.PATH in shop.git("show", "--name-only", "--format=", "HEAD").split()
    assert last(shop) == []
    assert "seal" not in shop.run("", "check").out


def test_a_new_version_of_the_rules_is_sealed(shop):
    edit(shop, "policies/supermarket.yaml", OLD_LIMIT, 'limit: "60.00"')
    shop.do("boss", "policy", "save", "--reason", "a little more")
    assert last(shop) == []


def test_without_signing_nothing_is_sealed(tmp_path):
    shop = Shop.make(tmp_path / "shop")
    shop.do("boss", "staff", "edit", "li.na", "--role", "head")
    assert not (shop.folder / seal.PATH).exists()
    assert last(shop) == []


def test_a_case_is_recorded_without_touching_the_seal(shop):
    before = (shop.folder / seal.PATH).read_bytes()
    shop.new()
    assert (shop.folder / seal.PATH).read_bytes() == before
    assert last(shop) == []


def test_a_dry_run_signs_nothing(shop):
    before = shop.snapshot()
    shop.do("boss", "staff", "retire", "wu.lei", "--dry-run")
    assert shop.snapshot() == before


def test_each_seal_names_the_ones_before_it(shop):
    names = []
    for who in ("li.na", "zhao.wei", "chen.jie"):
        names.insert(0, hashlib.sha256((shop.folder / seal.PATH).read_bytes()).hexdigest())
        shop.do("boss", "staff", "edit", who, "--name", "x")
        assert seal.read((shop.folder / seal.PATH).read_bytes()).previous == tuple(names)


def test_several_changes_may_arrive_as_one(shop):
    """A pull request with two changes of the rules, squashed: the seal of the last one holds."""
    start = shop.git("rev-parse", "HEAD").strip()
    shop.do("boss", "staff", "edit", "li.na", "--name", "x")
    shop.do("boss", "staff", "edit", "zhao.wei", "--name", "y")
    shop.git("reset", "-q", "--soft", start)
    commit(shop, "Forge <noreply@forge.example>")
    assert last(shop) == []


# -- switching it on and off, and keys


def test_it_cannot_be_switched_on_before_somebody_has_a_key(tmp_path):
    shop = Shop.make(tmp_path / "shop")
    refused = shop.refuse(1, "boss", "policy", "signing", "approvals")
    assert "staff edit ID --key" in refused.err


def test_whoever_switches_it_on_must_be_able_to_sign(tmp_path, monkeypatch):  # D13
    shop = Shop.make(tmp_path / "shop")
    file = keys.give(shop, "boss")["boss"]
    file.unlink()
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    assert "SSH agent" in shop.refuse(5, "boss", "policy", "signing", "approvals").err


def test_a_clerk_cannot_switch_it(shop):
    shop.refuse(1, "li.na", "policy", "signing", "off")


def test_switching_off_is_sealed_and_afterwards_nothing_is(shop):
    shop.do("boss", "policy", "signing", "off")
    assert last(shop) == []
    shop.do("boss", "staff", "edit", "li.na", "--name", "x")
    assert seal.PATH not in shop.git("show", "--name-only", "--format=", "HEAD").split()
    assert last(shop) == []
    shop.do("boss", "policy", "signing", "approvals", "--from", "100")
    assert last(shop) == []
    assert shop.run("", "policy", "signing").out.startswith("signing: approvals from 100.00 on\n")


def test_switching_to_what_it_is_already_changes_nothing(shop):
    before = shop.snapshot()
    assert "already" in shop.run("boss", "policy", "signing", "approvals").err
    assert shop.snapshot() == before


@pytest.mark.parametrize("amount", ["ten", "-1", "1.234", "1e3", ""])
def test_an_amount_that_is_none_is_refused(shop, amount):
    shop.refuse(2, "boss", "policy", "signing", "approvals", "--from", amount)


def test_an_amount_goes_with_switching_on_only(shop):
    shop.refuse(2, "boss", "policy", "signing", "off", "--from", "1.00")
    shop.refuse(2, "boss", "policy", "signing", "--from", "1.00")


def test_how_it_is_shown_names_whose_keys_there_are(shop):
    found = shop.run("", "policy", "signing", "--json").json
    assert (found["signing"], found["from"]) == ("approvals", None)
    assert found["keys"]["boss"].startswith("SHA256:")
    assert found["keys"]["li.na"] is None


def test_the_last_key_that_can_seal_cannot_go(shop):
    for words in (("edit", "boss", "--no-key"), ("edit", "boss", "--role", "head"), ("retire", "boss")):
        shop.refuse(1, "boss", "staff", *words)


def test_a_new_key_is_sealed_with_the_old_one_and_the_next_change_with_the_new(shop):
    new = keys.make("boss2")
    shop.do("boss", "staff", "edit", "boss", "--key", keys.public(new))
    assert last(shop) == []
    (Path(new).parent / "boss").unlink()
    shop.do("boss", "staff", "edit", "li.na", "--name", "x")
    assert last(shop) == []


def test_two_people_cannot_have_one_key(shop):
    half = next(p["key"] for p in rules(shop).staff if p["id"] == "sun.min").split()
    for text in (" ".join(half), f"{half[0]} {half[1]} another remark"):
        assert "somebody else has it" in shop.refuse(2, "boss", "staff", "edit", "li.na", "--key", text).err


def test_what_is_no_key_is_refused(shop):
    for text in ("ssh-ed25519 AAAA", "ssh-dss AAAAB3NzaC1kc3M="):
        assert "--key" in shop.refuse(2, "boss", "staff", "edit", "li.na", "--key", text).err


def test_the_new_rules_are_not_put_in_force_where_nobody_could_seal_any_more(tmp_path):
    """The top role of other rules may be another one: without a key there, nobody could change rules again."""
    shop = keys.signing_shop(tmp_path / "shop")
    manager = "    - role: manager                     # no limit\n"
    edit(shop, "policies/supermarket.yaml", manager, manager + "    - role: owner\n")
    edit(
        shop,
        "policies/supermarket.yaml",
        "\nroles:\n",
        '\nroles:\n  owner:\n    label: {en: "owner", zh-CN: "业主", es: "dueño"}\n',
    )
    refused = shop.run("boss", "policy", "save", "--reason", "an owner above the manager")
    assert refused.code == 1, refused
    assert "would have a key" in refused.err


# -- what shows


def test_a_change_by_hand_has_no_seal(shop):  # G6
    edit(shop, "policies/supermarket.yaml", OLD_LIMIT, NEW_LIMIT)
    commit(shop)
    assert last(shop)[-1] == "the seal is not by the key of boss over these files"


@pytest.mark.parametrize(
    "path", ["schemas/case.schema.json", ".gitattributes", "policies/new.yaml", "policies/past/x-1.yaml"]
)
def test_every_file_under_the_seal_is_watched(shop, path):
    file = shop.folder / path
    file.parent.mkdir(exist_ok=True)
    file.write_text((file.read_text() if file.exists() else "") + "\n# more\n")
    commit(shop)
    assert "over these files" in " ".join(last(shop))


def test_a_file_that_is_taken_away_shows(shop):
    (shop.folder / "schemas" / "case.schema.json").unlink()
    commit(shop)
    assert "over these files" in " ".join(last(shop))


def test_a_seal_that_is_taken_away_shows(shop):
    (shop.folder / seal.PATH).unlink()
    commit(shop)
    assert last(shop) == ["the rules were changed without a seal"]


def test_a_clerk_who_seals_with_a_key_of_their_own_shows(shop):  # G2, G6
    keys.give(shop, "li.na")
    edit(shop, "policies/supermarket.yaml", OLD_LIMIT, NEW_LIMIT)
    _seal_by_hand(shop, by="boss", key="li.na")
    commit(shop)
    assert last(shop) == ["the seal is not by the key of boss over these files"]


def test_a_clerk_who_seals_in_their_own_name_shows(shop):
    keys.give(shop, "li.na")
    edit(shop, "policies/supermarket.yaml", OLD_LIMIT, NEW_LIMIT)
    _seal_by_hand(shop, by="li.na", key="li.na")
    commit(shop)
    assert last(shop) == ["li.na may not change the rules"]


def test_nobody_becomes_manager_by_the_change_that_needs_one(shop):  # G6
    """Who may change rules is read from the state before: a clerk who makes themselves manager is still a clerk."""
    keys.give(shop, "li.na")
    text = (shop.folder / "policies" / "staff.yaml").read_text()
    start = text.index("li.na")
    (shop.folder / "policies" / "staff.yaml").write_text(
        text[:start] + text[start:].replace("clerk", "manager", 1)
    )
    _seal_by_hand(shop, by="li.na", key="li.na")
    commit(shop)
    assert rules(shop).staff[1]["role"] == "manager"
    assert last(shop) == ["li.na may not change the rules"]


def test_switching_off_by_hand_shows(shop):
    edit(shop, "policies/register.yaml", "approvals", "off")
    commit(shop)
    assert last(shop) != []


def test_old_rules_cannot_be_brought_back_with_their_old_seal(shop):
    """Both are genuine; but the seal does not follow the one that is in force."""
    shop.do("boss", "staff", "edit", "sun.min", "--role", "clerk")
    shop.git("checkout", "-q", "HEAD~1", "--", "policies")
    commit(shop)
    (why,) = last(shop)
    assert "does not follow" in why


def test_a_seal_of_another_register_does_not_fit(shop, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(shop.folder, other)
    twin = Shop(other)
    twin.do("boss", "staff", "edit", "li.na", "--name", "x")
    edit(shop, "policies/supermarket.yaml", OLD_LIMIT, NEW_LIMIT)
    shutil.copy(other / seal.PATH, shop.folder / seal.PATH)
    commit(shop)
    assert last(shop) == ["the seal is not by the key of boss over these files"]


def test_the_seal_of_an_approval_is_none(shop):
    """What was signed in another namespace seals nothing."""
    edit(shop, "policies/supermarket.yaml", OLD_LIMIT, NEW_LIMIT)
    _seal_by_hand(shop, by="boss", key="boss", namespace=signing.APPROVAL)
    commit(shop)
    assert last(shop) == ["the seal is not by the key of boss over these files"]


def test_the_first_commit_of_a_register_that_signs_is_judged_by_itself(shop):
    now = rules(shop)
    assert seal.faults(None, now) == []
    assert seal.faults(None, now._replace(seal=None)) == ["the rules were changed without a seal"]
    assert seal.faults(None, now._replace(files={**now.files, "policies/x.yaml": "00" * 32})) != []


def _seal_by_hand(shop: Shop, *, by: str, key: str, namespace: str = seal.RULES) -> None:
    """What somebody makes who knows how a seal is made."""
    from complaintctl import sshkeys

    old = (shop.folder / seal.PATH).read_bytes()
    files = {
        path: hashlib.sha256((shop.folder / path).read_bytes()).hexdigest()
        for path in (str(file.relative_to(shop.folder)) for file in shop.folder.rglob("*") if file.is_file())
        if seal.covers(path)
    }
    previous = (hashlib.sha256(old).hexdigest(), *seal.read(old).previous)
    made = seal.Seal(by, "2026-11-16T10:00:00+08:00", previous, "")
    half = next(p["key"] for p in rules(shop).staff if p["id"] == key)
    signature = sshkeys.sign(seal.content(made, files), namespace, half)
    (shop.folder / seal.PATH).write_bytes(seal.spelled(made._replace(signature=signature)))


# -- the file itself


def test_a_seal_reads_back_as_it_was_written():
    for previous in ((), ("ab" * 32,), ("ab" * 32, "cd" * 32)):
        made = seal.Seal("boss", "2026-11-16T10:00:00+08:00", previous, "U1NIU0lH")
        assert seal.read(seal.spelled(made)) == made
        document, _lines = yamlfile.read_document(seal.spelled(made), seal.PATH)  # other tools can read it
        assert document == {**made._asdict(), "previous": list(previous)}


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data + b"x: y\n",
        lambda data: data.replace(b'by: "boss"', b"by: boss"),
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: data.replace(b"signature:", b'by: "li.na"\nsignature:'),
        lambda data: data.replace(b"# The seal", b"# the seal"),
        lambda data: b"\xff" + data,
        lambda data: data.replace(b"[]", b"*x"),
    ],
)
def test_a_seal_in_any_other_spelling_is_refused(damage, tmp_path):
    made = seal.spelled(seal.Seal("boss", "2026-11-16T10:00:00+08:00", (), "U1NIU0lH"))
    with pytest.raises(BadData):
        seal.read(damage(made))


def test_check_names_a_broken_seal(shop):
    (shop.folder / seal.PATH).write_text("by: boss\n")
    ran = shop.run("", "check")
    assert ran.code == 3
    assert "policies/seal.yaml" in ran.out + ran.err


def test_a_broken_seal_is_replaced_by_the_next_change(shop):
    (shop.folder / seal.PATH).write_text("by: boss\n")
    commit(shop)
    assert len(last(shop)) == 1
    shop.do("boss", "staff", "edit", "li.na", "--name", "x")
    assert last(shop) == []


def test_the_settings_of_signing_fit_their_schema(shop):
    data: dict[str, Any] = copy.deepcopy(dict(rules(shop).settings))
    assert schema.valid("register", {**data, "signing_from": "100.00"})
    assert not schema.valid("register", {**data, "signing_from": "-1"})
    assert not schema.valid("register", {**data, "signing": "sometimes"})


@given(st.binary(max_size=400))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_a_seal_or_refused(data):
    with contextlib.suppress(BadData):
        assert seal.spelled(seal.read(data)) == data
