"""SSH keys to sign with: made for one test, in the home of that test."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.shop import Shop

needs_openssh = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="OpenSSH is not installed")


def make(name: str, *, passphrase: str = "", kind: str = "ed25519", folder: Path | None = None) -> Path:
    """A private key, in ``~/.ssh`` unless a folder is named; the public half lies beside it."""
    place = folder or Path(os.environ["HOME"]) / ".ssh"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = place / name
    subprocess.run(
        ["ssh-keygen", "-q", "-t", kind, "-N", passphrase, "-C", f"{name}@laptop", "-f", str(file)],
        check=True,
    )
    return file


def public(file: Path) -> str:
    """The public half of a key, as a `.pub` file has it."""
    return file.with_name(file.name + ".pub").read_text().strip()


def give(shop: Shop, *people: str) -> dict[str, Path]:
    """A key for each of these people, entered in staff.yaml by the owner."""
    files = {}
    for who in people:
        files[who] = make(who)
        shop.do("boss", "staff", "edit", who, "--key", public(files[who]))
    return files


def signing_shop(folder: Path, *words: str) -> Shop:
    """A shop whose owner, a head and the vice president have keys, and where decisions must be signed."""
    shop = Shop.make(folder)
    give(shop, "boss", "sun.min", "qian.li")
    shop.do("boss", "policy", "signing", "approvals", *words)
    return shop
