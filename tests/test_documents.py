"""The register's own files: read strictly, once, and never half."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from complaintctl import documents
from complaintctl.documents import Documents, Parsed, kind_of, load, parse
from complaintctl.errors import BadData, RegisterState

PROJECT = Path(__file__).resolve().parent.parent
SHOP = (PROJECT / "policies" / "supermarket.yaml").read_bytes()
REGISTER = b"""format: "1"
name: "Corner Shop"
language: en
timezone: "Asia/Shanghai"
country: CN
currency: CNY
branch: main
policy: supermarket
signing: none
evidence_limit: 10485760
"""
STAFF = b"""format: "1"
staff:
  - id: boss
    name: "Ann Lee"
    emails:
      - "boss@shop.example"
    role: manager
    active: true
"""


class Memory:
    """A shelf in memory, which counts what is kept and asked for."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], Parsed] = {}
        self.asked: list[str] = []

    def found(self, files):
        known = [self.kept[one] for one in files.items() if one in self.kept]
        return [one._replace(content="") if one.name else one for one in known]

    def content(self, path, blob):
        self.asked.append(path)
        return self.kept[path, blob].content

    def keep(self, parsed):
        self.kept |= {(one.path, one.blob): one for one in parsed}


def loaded(files: dict[str, bytes], shelf: Memory | None = None) -> Documents:
    """The documents of files with these contents; a blob's id is its content."""
    return load(
        {path: data.hex() for path, data in files.items()},
        lambda blobs: [(blob, bytes.fromhex(blob)) for blob in blobs],
        shelf or Memory(),
    )


@pytest.fixture(scope="module")
def shop() -> Documents:
    """A register with the shipped supermarket policy."""
    return loaded({
        "policies/register.yaml": REGISTER,
        "policies/staff.yaml": STAFF,
        "policies/supermarket.yaml": SHOP,
        "policies/notes.txt": b"\xff",
    })  # fmt: skip


def text_of(fault: BadData) -> str:
    return " ".join([fault.message, *map(str, fault.problems)])


def test_what_the_register_says_is_at_hand(shop):
    assert (shop.settings["timezone"], shop.zone.key) == ("Asia/Shanghai", "Asia/Shanghai")
    assert [person["id"] for person in shop.staff] == ["boss"]
    assert shop.calendar is None
    assert shop.in_force == ("supermarket", "1")
    assert "policies/notes.txt" not in shop.blobs


def test_a_policy_is_known_by_the_fingerprint_of_its_bytes(shop):
    policy, sha256 = shop.policy("supermarket", "1")
    assert sha256 == hashlib.sha256(SHOP).hexdigest()
    pin = {"name": "supermarket", "version": "1", "sha256": sha256}
    assert shop.policy_for(pin)[0] is policy  # the same object: what is worked out for it is kept
    assert shop.fingerprinted(sha256[:16])[0] is policy
    assert policy["authority"]["ladder"][0]["role"] == "clerk"


def test_a_pin_with_another_fingerprint_is_refused(shop):
    with pytest.raises(BadData, match="other content") as told:
        shop.policy_for({"name": "supermarket", "version": "1", "sha256": "0" * 64})
    assert told.value.exit_code == 3


def test_a_policy_that_is_missing_is_never_no_limit(shop):  # B9
    with pytest.raises(BadData, match="supermarket 7"):
        shop.policy("supermarket", "7")
    with pytest.raises(BadData, match="bakery 1"):
        shop.policy_for({"name": "bakery", "version": "1", "sha256": "0" * 64})


def test_a_past_version_is_found_beside_the_one_in_force():
    newer = SHOP.replace(b'version: "1"', b'version: "2"', 1)
    found = loaded({
        "policies/register.yaml": REGISTER,
        "policies/supermarket.yaml": newer,
        "policies/past/supermarket-1.yaml": SHOP,
    })  # fmt: skip
    assert found.in_force == ("supermarket", "2")
    assert sorted(found.policies) == [("supermarket", "1"), ("supermarket", "2")]
    assert found.policy("supermarket", "1")[1] == hashlib.sha256(SHOP).hexdigest()


@pytest.mark.parametrize("path", ["policies/bakery.yaml", "policies/past/supermarket-2.yaml"])
def test_a_policy_whose_file_name_says_something_else_is_refused(path):
    found = loaded({path: SHOP})
    assert found.policies == {}
    with pytest.raises(BadData, match="file name"):
        found.policy(*("bakery", "1") if "bakery" in path else ("supermarket", "2"))


@pytest.mark.parametrize(
    "content",
    [b"", b"a: &x 1\nb: *x\n", b"name: supermarket\n", SHOP.replace(b"ladder:", b"lader:", 1), b"\xff\xfe"],
)
def test_a_broken_policy_in_force_is_told_with_its_problems(content):  # B8, B9
    found = loaded({"policies/register.yaml": REGISTER, "policies/supermarket.yaml": content})
    for ask in (lambda: found.in_force, lambda: found.policy("supermarket", "1")):
        with pytest.raises(BadData) as told:
            ask()
        assert told.value.problems
        assert told.value.problems[0].file == "policies/supermarket.yaml"


def test_a_policy_in_force_that_is_not_there_is_bad_data():
    with pytest.raises(BadData, match=r"policies/supermarket\.yaml"):
        loaded({"policies/register.yaml": REGISTER}).in_force  # noqa: B018  (the property raises)


def test_a_folder_without_settings_is_no_register():
    with pytest.raises(RegisterState):
        loaded({"policies/staff.yaml": STAFF}).settings  # noqa: B018


def test_broken_settings_staff_and_calendar_are_bad_data():
    found = loaded({
        "policies/register.yaml": REGISTER + b"surprise: 1\n",
        "policies/staff.yaml": STAFF.replace(b"role", b"rolle"),
        "policies/calendar.yaml": b"[]\n",
    })  # fmt: skip
    for name in ("settings", "staff", "calendar", "zone", "work_calendar"):
        with pytest.raises(BadData):
            getattr(found, name)


def test_a_register_without_staff_is_bad_data():
    with pytest.raises(BadData, match=r"staff\.yaml"):
        loaded({"policies/register.yaml": REGISTER}).staff  # noqa: B018


def test_a_time_zone_that_is_not_known_is_bad_data():
    odd = REGISTER.replace(b"Asia/Shanghai", b"Mars/Olympus")
    with pytest.raises(BadData, match="time zone"):
        loaded({"policies/register.yaml": odd}).zone  # noqa: B018


def test_a_file_is_parsed_once_and_a_policy_is_decoded_when_asked_for(monkeypatch):
    files = {"policies/register.yaml": REGISTER, "policies/supermarket.yaml": SHOP}
    shelf = Memory()
    loaded(files, shelf)
    monkeypatch.setattr(documents, "parse", None)
    again = loaded(files, shelf)
    assert again.in_force == ("supermarket", "1")
    assert shelf.asked == []
    again.policy("supermarket", "1")
    again.policy("supermarket", "1")
    assert shelf.asked == ["policies/supermarket.yaml"]


def test_what_is_wrong_with_a_file_is_remembered_like_what_is_right():
    files = {"policies/register.yaml": b"format: 1\n"}
    shelf = Memory()
    with pytest.raises(BadData) as first:
        loaded(files, shelf).settings  # noqa: B018
    with pytest.raises(BadData) as second:
        loaded(files, shelf).settings  # noqa: B018
    assert text_of(first.value) == text_of(second.value)
    assert first.value.problems == second.value.problems


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("policies/register.yaml", "register"),
        ("policies/staff.yaml", "staff"),
        ("policies/calendar.yaml", "calendar"),
        ("policies/chain-store.yaml", "policy"),
        ("policies/past/chain-store-12.yaml", "policy"),
        ("policies/README.md", None),
        ("policies/other/bakery.yaml", None),
        ("policies/.yaml", None),
        ("policies/A.yaml", None),
    ],
)
def test_only_certain_names_are_documents(path, kind):
    assert kind_of(path) == kind


def test_parsing_never_raises_for_what_a_file_holds():
    for content in (b"", b"\x00", b"[" * 20000, b"- a\n", b"\xef\xbb\xbfa: 1\n"):
        found = parse("policies/staff.yaml", "0" * 40, content)
        assert (found.name, "message" in found.content) == (None, True)


@pytest.mark.parametrize("place", ["/usr/share/zoneinfo", "/nowhere", ""], ids=["there", "missing", "empty"])
def test_a_zone_is_found_wherever_the_system_keeps_them(place: str, tmp_path: Path) -> None:
    code = (
        "import os; from complaintctl import documents; "
        f"documents._ZONES = {place or str(tmp_path)!r}; "
        "print(documents.zone_of('Asia/Shanghai'), 'PYTHONTZPATH' in os.environ)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "Asia/Shanghai False\n"


@pytest.mark.parametrize("name", ["Asia/Nowhere", "../etc/passwd", "", "/etc/localtime"])
def test_a_zone_that_is_not_known_is_told(name: str) -> None:
    with pytest.raises((KeyError, ValueError, OSError)):
        documents.zone_of(name)
