"""Every file of a register against its schema and against the rules; all problems at once, none twice."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from complaintctl import forms, schema, seal, yamlfile
from complaintctl.casefaults import Known, case_problems
from complaintctl.errors import BadData, Problem, printable
from complaintctl.evidence import media_type
from complaintctl.i18n import _
from complaintctl.policyproblems import policy_doubts, policy_problems
from complaintctl.staffing import staff_problems
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

    from complaintctl.case import Case
    from complaintctl.casefaults import Loose
    from complaintctl.history import Repository
    from complaintctl.policy import Policy

Lines = Mapping[tuple[Any, ...], int]
_CASES, _POLICIES = "cases", "policies"
_DOCUMENTS = {"register": "register", "staff": "staff", "calendar": "calendar"}


class Found(NamedTuple):
    """A problem: bad data (3), a rule that is broken (7), or a doubt, which is no fault."""

    kind: str  # data, rule or doubt
    problem: Problem


class Result(NamedTuple):
    """What a check found in how many files."""

    files: int
    found: list[Found]

    @property
    def exit_code(self) -> int:
        """3 when any file is bad data, 7 when only rules are broken, else 0."""
        kinds = {one.kind for one in self.found} - {"doubt"}
        return 3 if "data" in kinds else 7 if kinds else 0


def folder(
    repository: Repository,
    start: Path,
    paths: Iterable[Path],
    progress: Callable[[int, int], None] | None = None,
) -> Result:
    """Check the files of a register's folder (or only those under `paths`)."""
    root = repository.root
    found: list[Found] = []
    known = _documents(repository, found)
    wanted = [(start / path).resolve() for path in paths]
    files = [
        path
        for path in _files(root)
        if not wanted or any(path == one or one in path.parents for one in wanted)
    ]
    kept = {path for path in files if path.parts[len(root.parts)] == _POLICIES}
    if wanted:
        found = [one for one in found if (root / one.problem.file) in kept]
    cases = [path for path in files if path not in kept]
    read = forms.Reader().read
    for number, path in enumerate(cases, 1):
        found += _case_file(path, root, known, read)
        if progress and number % 500 == 0:
            progress(number, len(cases))
    if not wanted and not known.settings.get("sample"):  # a sample is made anew, and its cases with it
        found += _deleted(repository)
    found += [
        Found("data", Problem(str(path.relative_to(root)), 0, "$", _("does not exist")))
        for path in wanted
        if not path.exists() and path.is_relative_to(root)
    ]
    return Result(
        len(files), sorted(found, key=lambda one: (one.problem.file, one.problem.line, one.problem.path))
    )


def _deleted(repository: Repository) -> Iterator[Found]:
    """Cases that were committed once and are no more: nothing that was complained of goes away."""
    head = repository.head()
    if head is None:
        return
    names = repository.run(
        "log", "--diff-filter=D", "--no-renames", "--format=", "--name-only", "-z", head, "--", "cases"
    )
    for name in sorted(set(names.decode("utf-8", "replace").replace("\n", "").split("\0"))):
        if name.endswith(".yaml") and not (repository.root / name).exists():
            message = _(
                "was committed and is gone: git log --diff-filter=D -- FILE tells when; git restore it"
            )
            yield Found("rule", Problem(name, 0, "$", message))


def _files(root: Path) -> Iterator[Path]:
    """Policy documents, then all that lies under cases/ and is not evidence of a case."""
    yield from _policy_files(root)
    for month in sorted((root / _CASES).glob("*/*")):
        if month.is_dir() and not month.is_symlink():
            yield from (path for path in sorted(month.iterdir()) if path.name != ".gitkeep")
        elif month.name != ".gitkeep":
            yield month
    yield from (
        path for path in sorted((root / _CASES).glob("*")) if path.is_file() and path.name != "README.md"
    )


def _policy_files(root: Path) -> list[Path]:
    """What lies under policies/: the documents in force, then the earlier versions."""
    folder = root / _POLICIES
    return [*sorted(folder.glob("*.yaml")), *sorted((folder / "past").glob("*.yaml"))]


def _documents(repository: Repository, found: list[Found]) -> Known:
    root = repository.root
    settings: Mapping[str, Any] = {}
    staff: Any = None
    policies: dict[tuple[str, str], tuple[Policy, str]] = {}
    for path in _policy_files(root):
        name = path.relative_to(root).as_posix()
        if name == seal.PATH:
            found += _seal(path, name)
            continue
        kind = _DOCUMENTS.get(path.stem, "policy") if path.parent.name != "past" else "policy"
        document, lines, problems = _read(path, name, kind)
        found += problems
        if document is None:
            continue
        if kind == "register":
            settings = document
        elif kind == "staff":
            staff = (document, lines)
        elif kind == "policy":
            if path.parent.name != "past":  # nobody can mend what was in force once
                found += [Found("rule", p) for p in policy_problems(document, name, lines)]
                found += [Found("doubt", p) for p in policy_doubts(document, name, lines)]
            policies[document["name"], document["version"]] = (
                document,
                hashlib.sha256(path.read_bytes()).hexdigest(),
            )
    found += _unsaved(repository, policies)
    people = staff[0]["staff"] if staff else []
    known = Known(settings, people, policies)
    if known.policy and staff:
        found += [Found("rule", p) for p in staff_problems(staff[0], staff[1], known.policy)]
    if settings and known.policy is None:
        found.append(
            Found(
                "data",
                Problem("policies/register.yaml", 0, "$.policy", _("the policy in force is not there")),
            )
        )
    return known


def _seal(path: Path, name: str) -> Iterator[Found]:
    """Whether the seal of the rules can be read; whether it is right, the history tells (`verify`)."""
    try:
        seal.read(path.read_bytes())
    except BadData as bad:
        yield Found("data", Problem(name, 0, "$", bad.message))
    except OSError as error:
        yield Found("data", Problem(name, 0, "$", _("cannot be read: {why}").format(why=error.strerror)))


def _unsaved(repository: Repository, policies: dict[tuple[str, str], tuple[Policy, str]]) -> Iterator[Found]:
    """Rules that were changed under the version they had: cases go by the committed ones meanwhile."""
    head = repository.head()
    if head is None:
        return
    paths = [f"policies/{name}.yaml" for name, _version in policies]
    committed = repository.read(head, sorted(set(paths)))
    for path, version in committed.items():
        if version is None:
            continue
        sha256 = hashlib.sha256(version.data).hexdigest()
        try:
            document, _lines = yamlfile.read_document(version.data, path)
        except BadData:
            continue
        key = (document.get("name", ""), document.get("version", ""))
        if key in policies and policies[key][1] != sha256:
            policies[key] = (document, sha256)
            message = _("was changed under an unchanged version: complaintctl policy save --reason …")
            yield Found("rule", Problem(path, 0, "$.version", message))


def _read(path: Path, name: str, kind: str) -> tuple[Any, Lines, list[Found]]:
    try:
        document, lines = yamlfile.read_document(path.read_bytes(), name)
        schema.check(kind, document, lines, name)
    except BadData as bad:
        return None, {}, _bad(bad, name, kind)
    except OSError as error:
        return (
            None,
            {},
            [Found("data", Problem(name, 0, "$", _("cannot be read: {why}").format(why=error.strerror)))],
        )
    return document, lines, []


def _bad(bad: BadData, name: str, kind: str) -> list[Found]:
    """What the reader found and, where it could read on, what the schema says of the rest."""
    problems = list(bad.problems) or [Problem(name, 0, "$", bad.message)]
    if bad.understood is not None:
        said = {one.path for one in problems}
        more = schema.problems(kind, *bad.understood, name)
        problems += [one for one in more if one.path not in said]
    return [Found("data", one) for one in problems]


def _line(lines: Lines, path: str) -> int:
    """The line of the nearest part of a JSON path that is known."""
    parts: list[Any] = [
        int(part[1:-1]) if part.startswith("[") and part[1:-1].isdecimal() else part
        for part in path.removeprefix("$").replace("[", ".[").strip(".").split(".")
    ]
    while parts:
        if tuple(parts) in lines:
            return lines[tuple(parts)]
        parts.pop()
    return 0


def _case_file(path: Path, root: Path, known: Known, read: Callable[[bytes, str], Case]) -> Iterator[Found]:
    name = path.relative_to(root).as_posix()
    if path.is_dir():
        if not path.with_suffix(".yaml").is_file() and not (path.parent / f"{path.name}.yaml").is_file():
            yield Found("data", Problem(name, 0, "$", _("evidence without its case")))
        return
    if path.is_symlink() or path.suffix != ".yaml":
        yield Found("data", Problem(name, 0, "$", _("is no case file; a case is a regular file ID.yaml")))
        return
    try:
        data = path.read_bytes()
        lines: Lines = {}
        try:
            case = read(data, name)
        except BadData:
            case, lines = yamlfile.read_case_loosely(data, name)
            schema.check("case", case, lines, name)
            yield Found(
                "data",
                Problem(
                    name,
                    0,
                    "$",
                    _(
                        "is not in canonical form: `complaintctl amend {case} --reason …` records a hand edit"
                    ).format(case=path.stem),
                ),
            )
        schema.check("case", case, lines, name)
    except BadData as bad:
        yield from _bad(bad, name, "case")
        return
    except OSError as error:
        yield Found("data", Problem(name, 0, "$", _("cannot be read: {why}").format(why=error.strerror)))
        return
    found = [*case_problems(case, known), *_placed(case, path, root), *_evidence(case, path)]
    if found and not lines:
        _same, lines = yamlfile.read_case_loosely(data, name)
    for kind, at, message in found:
        yield Found(kind, Problem(name, _line(lines, at), f"$.{at}", message))


def _placed(case: Case, path: Path, root: Path) -> Iterator[Loose]:
    ident = case["id"]
    if path.relative_to(root).as_posix() != f"cases/{ident[2:6]}/{ident[6:8]}/{ident}.yaml":
        yield "data", "id", _("a case lies at cases/YEAR/MONTH/ID.yaml for life")


def _evidence(case: Case, path: Path) -> Iterator[Loose]:
    """Evidence is there, whole and what it says it is; nothing else lies beside it (S0-12)."""
    beside = path.with_suffix("")
    named = set()
    for number, entry in enumerate(case.get("evidence", ())):
        named.add(entry["file"])
        file = beside / entry["file"]
        where = f"evidence[{number}]"
        if file.is_symlink() or not file.is_file():
            yield "data", f"{where}.file", _("the evidence file is not there")
            continue
        data = file.read_bytes()
        if hashlib.sha256(data).hexdigest() != entry["sha256"]:
            yield "data", f"{where}.sha256", _("the evidence file was changed: its SHA-256 is another")
        if len(data) != entry["size"]:
            yield "data", f"{where}.size", _("the evidence file has another size")
        if media_type(data)[0] != entry["type"]:
            yield "data", f"{where}.type", _("the evidence file is of another type")
        if not entry["sha256"].startswith(entry["file"].split(".")[0]):
            yield (
                "data",
                f"{where}.file",
                _("an evidence file is named by the first 16 digits of its SHA-256"),
            )
    if beside.is_dir():
        for file in beside.iterdir():
            if file.name not in named:
                yield (
                    "data",
                    "evidence",
                    _("{file} lies beside the case, but the case does not name it").format(
                        file=printable(file.name)
                    ),
                )
