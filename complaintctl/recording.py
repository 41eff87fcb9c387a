"""How a step gets into git: judged under the lock by what is committed, then committed as one change.

`record`, `create`, `adopt` and `edit_documents` are the only ways in which a
register changes.  When one of them returns, the step is in git and on disk;
when one raises, nothing was recorded.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from complaintctl import proposals, readiness, schema, times, workflow
from complaintctl.casefiles import path_of
from complaintctl.documents import REGISTER
from complaintctl.errors import BadData, RegisterState, Usage
from complaintctl.i18n import _
from complaintctl.objects import Edit, Person
from complaintctl.steps.intake import new_id
from complaintctl.tuples import NamedTuple
from complaintctl.yamlfile import emit_case, read_case, read_case_loosely

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from complaintctl.case import Case
    from complaintctl.register import Register

    Change = Callable[[Case, workflow.Context], Case]

FORMAT = "1"  # of a register that this release writes
AHEAD = 366  # days without a step after which a clock is doubted
BEHIND = 1  # days before the last step, of whichever case, from which it is
_DAY = 86400  # seconds


class Outcome(NamedTuple):
    """What a recorded step did. `commit` is empty after a dry run."""

    case: Case
    before: str | None  # the state before; None for a new case
    commit: str


def context(register: Register, case: Case | None) -> workflow.Context:
    """What a step on a case (None: a new one) is judged by."""
    return workflow.Context(
        policy=register.policy,
        pin=register.pin,
        pinned=register.pinned(case) if case is not None else register.policy,
        actor=register.actor,
        staff=register.staff,
        at=register.at,
        level=register.level_of(case)[0] if case is not None else None,
        customer_cost=register.spent(case) if case is not None else Decimal(0),
        currency=register.documents.settings["currency"],
        language=register.language,
        missed=register.missed(case) if case is not None else False,
    )


def record(
    register: Register,
    verb: str,
    case_id: str,
    change: Change,
    *,
    files: Sequence[Edit] | Callable[[Case, Case], Sequence[Edit]] = (),
    dry_run: bool = False,
) -> Outcome:
    """Make a step on a case, with further `files` in the same commit (evidence).

    Which files may depend on the case as it was and as it becomes.  A decision
    may be made on the branch of its proposal too, where that is checked out.
    """
    branch = _branch(register, verb, case_id)
    with writing(register, branch):
        proposals.require_free(register, verb, case_id)
        before = register.committed(case_id)
        path, _blob = register.locate(case_id)
        case = read_case(before, path)
        after = change(case, context(register, case))
        proposals.require_ground(register, verb, case, after)
        more = files(case, after) if callable(files) else files
        edits = [Edit(path, before, case_bytes(after, path)), *more]
        return _commit(register, verb, case, after, edits, dry_run, branch)


def _branch(register: Register, verb: str, case_id: str) -> str:
    """The branch that a step is written to: the register's; a decision to that of its proposal, if there."""
    here = register.repository.branch() or ""
    known = proposals.named(here) if verb == "approve" else None
    if known is not None and known[0] == case_id:
        return here
    return str(register.documents.settings["branch"])


def record_apart(
    register: Register,
    verb: str,
    case_id: str,
    change: Change,
    branch: str,
    *,
    old: str,
    dry_run: bool = False,
) -> Outcome:
    """Make a step as a commit on a branch that is not checked out; nothing else changes, not even a file.

    The commit follows on the one that the register is open at.  `old` is the newest
    commit of the branch, empty for a branch that begins with this step; RegisterState
    when the branch is not there.
    """
    repository = register.repository
    with repository.lock():
        repository.recover()
        _require_register(register)
        before = register.committed(case_id)
        path, _blob = register.locate(case_id)
        case = read_case(before, path)
        after = change(case, context(register, case))
        edit = Edit(path, before, case_bytes(after, path))
        _warn_of_clock(register)
        actor = register.actor
        author = Person(actor["name"], actor["emails"][0])
        commit = repository.commit_apart(
            [edit],
            message=_message(actor["id"], _subject(verb, case, after), {"Case": case_id, "Step": verb}),
            author=author,
            author_time=register.at,
            committer=register.identity or author,
            base=register.head,
            branch=branch,
            old=old,
            dry_run=dry_run,
        )
    return Outcome(after, case["state"], commit)


def adopt(
    register: Register,
    case_id: str,
    change: Callable[[Case, Case, workflow.Context], Case],
    *,
    dry_run: bool = False,
) -> Outcome:
    """Record what somebody changed in the file by hand: `change` gets the case as committed and as edited."""
    with writing(register):
        committed = register.committed(case_id)
        path, _blob = register.locate(case_id)
        seen = register.work_tree(path)
        if seen is None:
            raise RegisterState(
                _("{path} is gone.").format(path=path), hint=f"git restore --staged --worktree {path}"
            )
        case = _last_readable(register, path, committed)
        edited, lines = read_case_loosely(seen, path)
        schema.check("case", edited, lines, path)
        after = change(case, edited, context(register, case))
        proposals.require_ground(register, "amend", case, after)
        edit = Edit(path, committed, case_bytes(after, path), seen)
        return _commit(register, "amend", case, after, [edit], dry_run)


def create(
    register: Register,
    build: Callable[[str, str, workflow.Context], Case],
    *,
    phone: str | None = None,
    email: str | None = None,
    customer_id: str | None = None,
    dry_run: bool = False,
) -> tuple[Outcome, list[str]]:
    """Record a new case; with it the open cases that the same customer has.

    `build` gets the case id, the customer's id and the context.  Ids are drawn
    at random and checked against those that are there.
    """
    with writing(register):
        index, day = register.index, times.day_of(register.now, register.zone)
        case_id = new_id(f"C-{day:%Y%m%d}-", draw, lambda ident: index.entry(ident) is not None)
        known = _known_customer(register, phone, email, customer_id)
        person = known or new_id("P-", draw, index.has_customer)
        also_open = index.open_of(person) if known else []
        case = build(case_id, person, context(register, None))
        edit = Edit(path_of(case_id), None, case_bytes(case, path_of(case_id)))
        return _commit(register, "new", None, case, [edit], dry_run), also_open


def draw(letters: str) -> str:
    """One of 32 letters, each as likely as the others; `secrets` would load OpenSSL for it."""
    return letters[os.urandom(1)[0] % 32]


def _known_customer(
    register: Register, phone: str | None, email: str | None, customer_id: str | None
) -> str | None:
    """The customer who was here before: by number or, matched at intake, by telephone or e-mail."""
    matched = register.index.customer_of(phone, email)
    if customer_id is None:
        return matched
    if not register.index.has_customer(customer_id):
        raise Usage(_("No case has the customer {customer}.").format(customer=customer_id))
    if matched not in {None, customer_id}:
        raise Usage(
            _("This telephone number or e-mail address is that of {customer}.").format(customer=matched),
            hint=f"--customer-id {matched}",
        )
    return customer_id


def edit_documents(
    register: Register, build: Callable[[], tuple[Sequence[Edit], str]], *, dry_run: bool = False
) -> str:
    """Commit a change of staff, policies, calendar or schemas, made under the lock by `build`.

    `build` gives the edits and the subject of the commit; no edits, no commit.
    Where the register asks for signatures, the actor seals the rules in the same commit.
    Returns the commit id, empty where there is none.
    """
    with writing(register):
        edits, subject = build()
        if not edits:
            return ""
        if not dry_run:
            edits = [*edits, *_seal(register, edits)]
        commit = _write(register, edits, subject, {"Step": "register"}, dry_run)
    if commit:
        register.load()
    return commit


def _seal(register: Register, edits: Sequence[Edit]) -> list[Edit]:
    """The seal over the rules as these edits leave them, where it is asked for before or after them."""
    settings = register.documents.settings
    changed = next((edit.new for edit in edits if edit.path == REGISTER), None)
    if settings["signing"] != "approvals" and changed is None:
        return []
    from complaintctl import seal
    from complaintctl.yamlfile import read_document

    after = read_document(changed, REGISTER)[0] if changed is not None else settings
    if not seal.wanted(settings, after) or not any(seal.covers(edit.path) for edit in edits):
        return []
    actor, at = register.actor, register.at
    return [seal.renewed(register.repository, register.head, edits, actor, at, register.sign)]


def _last_readable(register: Register, path: str, committed: bytes) -> Case:
    """The case as committed; where somebody committed it by hand in another spelling, as it was before."""
    try:
        return read_case(committed, path)
    except BadData:
        for entry in register.repository.log(path)[1:]:
            version = register.repository.read(entry.commit, [path])[path]
            try:
                if version is not None:
                    return read_case(version.data, path)
            except BadData:
                continue
        raise


@contextmanager
def writing(register: Register, branch: str = "") -> Iterator[None]:
    """The lock, the newest commit, and a register in which something may be written.

    `branch`: the one that must be checked out, where that is not the register's.
    """
    repository = register.repository
    with repository.lock():
        repository.recover()
        _require_register(register)
        wanted = branch or register.documents.settings["branch"]
        readiness.require_state(repository, wanted, repository.head() or "")
        if repository.head() != register.head:
            register.load()
            _require_register(register)
        yield


def _require_register(register: Register) -> None:
    """Refuse the sample register, and one of a format that this release does not write."""
    settings = register.documents.settings
    if settings["format"] != FORMAT:
        raise BadData(
            _("This register has the format {found}; this release writes {known}.").format(
                found=settings["format"], known=FORMAT
            ),
            hint=_("use a newer complaintctl; reading works with this one"),
        )
    if settings.get("sample"):
        raise RegisterState(
            _("This is the sample register; it is for reading."),
            hint=_("complaintctl demo, or complaintctl init DIR for one of your own"),
        )


def case_bytes(case: Case, path: str) -> bytes:
    """The canonical bytes of a valid case, read back before anybody relies on them."""
    problems = schema.problems("case", case, {}, path) if not schema.fits("case", case) else []
    if problems:
        wrong = (f"{one.path.removeprefix('$.')}: {one.message}" for one in problems)
        raise Usage("; ".join(wrong) + ".", hint="complaintctl help formats")
    data = emit_case(case)
    if read_case(data, path) != case:
        raise BadData(_("{path} would not read back as it was written.").format(path=path))
    return data


def _commit(
    register: Register,
    verb: str,
    before: Case | None,
    after: Case,
    edits: Sequence[Edit],
    dry_run: bool,
    branch: str = "",
) -> Outcome:
    state = before["state"] if before else None
    old = register.head
    _warn_of_clock(register)
    subject = _subject(verb, before, after)
    new = _write(register, edits, subject, {"Case": after["id"], "Step": verb}, dry_run, branch)
    if new:
        blob = register.repository.object_id(edits[0].new or b"")
        register.index.record(old, new, edits[0].path, blob, after)
        register.repository.maintain(new)
    return Outcome(after, state, new)


def _warn_of_clock(register: Register) -> None:
    """Say so when a step is dated far from when the last one was committed: a clock may be wrong.

    Who says the time with the step (``--now``) may well mean a day that is past.
    """
    ahead = (register.now - register.repository.commit_time(register.head)) / _DAY
    if ahead > AHEAD:
        said = _("this step is dated {days} days after the last one in the register; is the clock right?")
    elif ahead < -BEHIND and register.settings.now is None:
        said = _("this step is dated {days} days before the last one in the register; is the clock right?")
    else:
        return
    register.repository.warnings.append(said.format(days=abs(round(ahead))))


def _subject(verb: str, before: Case | None, after: Case) -> str:
    change = f"{before['state']} → {after['state']}" if before else after["state"]
    return f"{after['id']}: {verb} ({change})"


def _message(actor: str, subject: str, trailers: Mapping[str, Any]) -> str:
    """A commit message: ids only, nothing of a customer."""
    lines = [f"{name}: {value}" for name, value in {**trailers, "By": actor}.items()]
    return "\n".join([subject, "", *lines, ""])


def _write(
    register: Register,
    edits: Sequence[Edit],
    subject: str,
    trailers: Mapping[str, Any],
    dry_run: bool,
    branch: str = "",
) -> str:
    """Commit files as the actor; the commit id, or '' after a dry run."""
    actor = register.actor
    author = Person(actor["name"], actor["emails"][0])
    commit = register.repository.commit(
        edits,
        message=_message(actor["id"], subject, trailers),
        author=author,
        author_time=register.at,
        committer=register.identity or author,
        base=register.head,
        branch=branch or register.documents.settings["branch"],
        dry_run=dry_run,
    )
    if commit:
        register.head = commit
    return commit
