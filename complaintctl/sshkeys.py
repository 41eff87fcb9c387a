"""SSH keys: signing bytes and proving signatures with ``ssh-keygen -Y``, and finding a person's key.

A signature is kept in one line, as the base64 text between the two lines of
dashes that ssh-keygen writes.  It is right when ssh-keygen ends with 0 for a
list of one signer in one namespace: no word that it prints counts, and neither
does the key that a signature itself names.
"""

from __future__ import annotations

import os
import re
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from complaintctl.errors import EnvironmentFault, Refused
from complaintctl.i18n import _
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from subprocess import CompletedProcess

VARIABLE = "COMPLAINTCTL_KEY"
MOST = 4000  # characters of a signature
_OLDEST = (8, 9)  # of OpenSSH
_SIGNER = "signer"  # the one principal of every list
_HEAD, _TAIL = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"
_PUBLIC = r"((?:ssh|ecdsa|sk)-[a-z0-9@.-]+) ([A-Za-z0-9+/]+={0,2})(?: [^\n]*)?"
_LINE = 70  # characters of the base64 text in a line, as ssh-keygen writes it
_FEWEST = 64  # bytes that a signature has at least


class Purse(NamedTuple):
    """Where a person may keep the private half of a key."""

    given: str | None = None  # a file named on the command line
    configured: str | None = (
        None  # git's user.signingkey: a file, or a public key whose other half an agent has
    )
    asks: bool = False  # whether ssh-keygen may ask for a passphrase, or to touch a key


# -- public keys


def public(text: str) -> tuple[str, bytes] | None:
    """Kind and content of a public key in one line, whatever its remark; None for what is none.

    Certificates and old DSA keys are none here: a signature is to lead to one key.
    """
    import base64
    import binascii

    match = re.fullmatch(_PUBLIC, text.strip())
    if match is None or "-cert-" in match[1] or match[1] == "ssh-dss":
        return None
    try:
        blob = base64.b64decode(match[2], validate=True)
    except (binascii.Error, ValueError):
        return None
    length = int.from_bytes(blob[:4], "big")
    return (match[1], blob) if blob[4 : 4 + length] == match[1].encode() else None


def fingerprint(text: str) -> str:
    """A public key as ssh-keygen names it: SHA256: and 43 letters; empty for what is no key."""
    import base64
    import hashlib

    found = public(text)
    if found is None:
        return ""
    return "SHA256:" + base64.b64encode(hashlib.sha256(found[1]).digest()).decode().rstrip("=")


# -- signing


def sign(data: bytes, namespace: str, key: str, purse: Purse | None = None) -> str:
    """The signature over bytes by the private half of a public key, in one line.

    EnvironmentFault where that half cannot be had or used (missing, no agent,
    wrong passphrase), Refused where the key that was found is another one.
    """
    purse = purse or Purse()
    with _folder() as folder:
        itself = folder / "key.pub"
        itself.write_text(_plain(key) + "\n", encoding="utf-8")
        file = _private(key, purse) or itself
        done = _run(
            ["-q", "-Y", "sign", "-f", str(file), "-n", namespace], data, asks=purse.asks, folder=folder
        )
        if done.returncode != 0:
            raise _unusable(done, key, None if file == itself else file)
    signature = "".join(done.stdout.decode("ascii", "replace").split("\n")[1:-2])
    if not verify(data, signature, namespace, [key], remember=False):
        raise Refused(
            _("{file} is another key than the one in staff.yaml ({key}).").format(
                file=file.name, key=fingerprint(key)
            ),
            hint=_("--key FILE, or {variable}: the key that staff.yaml names").format(variable=VARIABLE),
        )
    return signature


def _plain(key: str) -> str:
    """A public key without its remark."""
    return " ".join(key.split()[:2])


def _private(key: str, purse: Purse) -> Path | None:
    """The file to sign with; None: an agent may have the key."""
    named = purse.given or os.environ.get(VARIABLE)
    if named:
        file = Path(named).expanduser()
        if not file.is_file():
            raise EnvironmentFault(
                _("The key file {file} is not there.").format(file=named),
                hint=_("--key FILE, or {variable}: the private key").format(variable=VARIABLE),
            )
        return file.absolute()
    wanted = public(key)
    for file in _kept(purse.configured):
        half = _public_of(file)
        if half == wanted or (half is None and _told(file) == fingerprint(key)):
            return file
    return None


def _kept(configured: str | None) -> Iterator[Path]:
    """The key files that a person is known to have: the one git signs with, then those in ``~/.ssh``."""
    if configured and public(configured.removeprefix("key::")) is None:
        with suppress(OSError, RuntimeError):
            file = Path(configured).expanduser()
            if file.is_absolute() and file.is_file():
                yield file
    with suppress(OSError, RuntimeError):
        for half in sorted((Path.home() / ".ssh").glob("*.pub")):
            file = half.with_suffix("")
            if file.is_file():
                yield file


def _public_of(file: Path) -> tuple[str, bytes] | None:
    """The public half that lies in a file, or beside it; None where neither says."""
    for place in (file, file.with_name(file.name + ".pub")):
        with suppress(OSError, UnicodeDecodeError):
            if place.is_file() and place.stat().st_size < 20_000:
                found = public(place.read_text(encoding="utf-8"))
                if found:
                    return found
    return None


def _told(file: Path) -> str:
    """The fingerprint of a key file as ssh-keygen tells it, without the passphrase; empty where it cannot."""
    words = _run(["-l", "-f", str(file)], b"", folder=file.parent).stdout.split()
    return words[1].decode("ascii", "replace") if len(words) > 1 else ""


def _unusable(done: CompletedProcess[bytes], key: str, file: Path | None) -> EnvironmentFault:
    """Why ssh-keygen did not sign; the last thing it said is the reason."""
    too_old()
    said = [line.strip() for line in (done.stderr or b"").decode("utf-8", "replace").splitlines()]
    why = next((line for line in reversed(said) if line and "@@@" not in line), "ssh-keygen")
    if file is None:
        message = _("The private half of {key} was found neither in ~/.ssh nor in an SSH agent.")
        hint = _("{variable}=FILE, git config user.signingkey FILE, or ssh-add FILE")
        return EnvironmentFault(message.format(key=fingerprint(key)), hint=hint.format(variable=VARIABLE))
    return EnvironmentFault(
        _("{file} could not sign: {why}").format(file=file, why=why),
        hint=_("on a terminal the passphrase is asked for; elsewhere: ssh-add {file}").format(file=file),
    )


# -- proving


def verify(
    data: bytes, signature: str, namespace: str, keys: Sequence[str], *, remember: bool = True
) -> bool:
    """Whether a signature over bytes, in a namespace, is by one of these public keys.

    What was once proved is remembered by content in the person's own folder
    (never in the register's: another could have put it there), unless `remember` is off.
    EnvironmentFault where ssh-keygen is missing or too old.
    """
    halves = [_plain(key) for key in keys if public(key)]
    if not halves or not _is_signature(signature):
        return False
    name = _name(namespace, halves, signature, data)
    if remember and name in _proved():
        return True
    with _folder() as folder:
        signers, armoured = folder / "signers", folder / "signature"
        rows = (f'{_SIGNER} namespaces="{namespace}" {half}\n' for half in halves)
        signers.write_text("".join(rows), encoding="utf-8")
        armoured.write_text(armour(signature), encoding="ascii")
        words = ["-q", "-Y", "verify", "-f", str(signers), "-I", _SIGNER, "-n", namespace]
        right = _run([*words, "-s", str(armoured)], data, folder=folder).returncode == 0
    if not right:
        too_old()
    elif remember:
        _remember(name)
    return right


def armour(signature: str) -> str:
    """A signature as ssh-keygen reads it from a file."""
    lines = [signature[start : start + _LINE] for start in range(0, len(signature), _LINE)]
    return "\n".join([_HEAD, *lines, _TAIL, ""])


def _is_signature(text: str) -> bool:
    return _FEWEST <= len(text) <= MOST and re.fullmatch(r"[A-Za-z0-9+/]+={0,2}", text) is not None


# -- what was proved before


def _name(namespace: str, keys: Sequence[str], signature: str, data: bytes) -> str:
    """What a proof is remembered by: everything that it depends on, with its length before each part."""
    import hashlib

    digest = hashlib.sha256()
    for part in (namespace.encode(), "\n".join(keys).encode(), signature.encode(), data):
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def _memory() -> Path | None:
    """The file of what was proved; None where the person has no folder for such things."""
    state = os.environ.get("XDG_STATE_HOME") or ""
    try:
        home = Path(state) if Path(state).is_absolute() else Path.home() / ".local" / "state"
    except RuntimeError:
        return None
    return home / "complaintctl" / "signatures"


@cache
def _read(file: Path | None) -> set[str]:
    try:
        return set(file.read_text(encoding="ascii").split()) if file else set()
    except (OSError, UnicodeDecodeError):
        return set()


def _proved() -> set[str]:
    return _read(_memory())


def _remember(name: str) -> None:
    file = _memory()
    if file is None:
        return
    _read(file).add(name)
    with suppress(OSError):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, f"{name}\n".encode())
        finally:
            os.close(descriptor)


def forget() -> None:
    """Drop what was proved before: everything is proved again."""
    _read.cache_clear()
    file = _memory()
    if file is not None:
        with suppress(OSError):
            file.unlink()


# -- the program


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder of one's own that goes again."""
    import tempfile

    with tempfile.TemporaryDirectory(prefix="complaintctl-") as name:
        yield Path(name)


@cache
def _program(name: str, path: str) -> str:
    """The absolute name of a program of OpenSSH; a relative entry of PATH is passed over."""
    full = f"{name}.exe" if os.name == "nt" else name
    for folder in path.split(os.pathsep):
        candidate = Path(folder) / full
        if candidate.is_absolute() and candidate.is_file() and os.access(candidate, os.X_OK):
            return str(candidate)
    raise EnvironmentFault(
        _("{program} was not found on this machine.").format(program=name),
        hint=_("install OpenSSH 8.9 or newer"),
    )


def _run(words: Sequence[str], data: bytes, *, folder: Path, asks: bool = False) -> CompletedProcess[bytes]:
    """Run ssh-keygen on bytes; where it may not ask, it has no terminal to ask on."""
    import subprocess

    env = {**os.environ, "LC_ALL": "C"} | ({} if asks else {"SSH_ASKPASS_REQUIRE": "never"})
    try:
        return subprocess.run(
            [_program("ssh-keygen", os.environ.get("PATH", os.defpath)), *words],
            input=data,
            stdout=subprocess.PIPE,
            stderr=None if asks else subprocess.PIPE,
            cwd=folder,
            env=env,
            start_new_session=not asks,
            check=False,
        )
    except OSError as error:
        raise EnvironmentFault(
            _("ssh-keygen could not be started: {why}").format(why=error.strerror)
        ) from error


@cache
def too_old() -> None:
    """EnvironmentFault, naming the version, for an OpenSSH older than this program needs (D15)."""
    import subprocess

    try:
        program = _program("ssh", os.environ.get("PATH", os.defpath))
        said = subprocess.run([program, "-V"], capture_output=True, check=False).stderr
    except (OSError, EnvironmentFault):
        return
    match = re.search(rb"OpenSSH_(?:for_Windows_)?(\d+)\.(\d+)", said)
    if match and (int(match[1]), int(match[2])) < _OLDEST:
        raise EnvironmentFault(
            _("OpenSSH {found} is too old.").format(found=f"{int(match[1])}.{int(match[2])}"),
            hint=_("install OpenSSH 8.9 or newer"),
        )
