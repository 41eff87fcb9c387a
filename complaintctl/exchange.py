"""Two clones of a register made one: fetch, join, record what was approved by merging, push.

Until the branch moves nothing has happened; it moves once, to a commit that has
both histories.  Where two people's steps contradict each other it does not move:
what contradicts what is told, and `resolve` takes an answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complaintctl import SHORT, approvals, counterpart, joining, recording, remotes
from complaintctl.errors import Already, Refused, RegisterState
from complaintctl.findings import Finding
from complaintctl.i18n import _, ngettext
from complaintctl.seen import Seen
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from complaintctl.joining import Choice, Clash
    from complaintctl.register import Register

    Tell = Callable[[str], None]

TRIES = 5  # how often somebody else may be faster with pushing
CLASH = "refs/complaintctl/theirs"  # what the other side has, while it clashes with what is here


class Recorded(NamedTuple):
    """A decision that was made by merging and is recorded now."""

    case: str
    by: str
    merge: str


class Synced(NamedTuple):
    """What an exchange did."""

    remote: str
    before: str  # commit of this side
    after: str
    brought: int  # commits of the other side that were new here
    sent: int  # commits of this side that were new there
    united: tuple[str, ...] = ()  # cases that both sides had changed
    recorded: tuple[Recorded, ...] = ()
    waiting: tuple[tuple[str, str], ...] = ()  # cases whose merge proves no approval, and why
    clashes: tuple[Clash, ...] = ()
    findings: tuple[Finding, ...] = ()  # what is wrong with what came in; it is here now all the same
    differing: Mapping[str, str] = {}  # checkpoints that are others there, as `Seen.differing`

    @property
    def exit_code(self) -> int:
        """1: not joined; of what came in, 3: a case cannot be read, 7: something else is wrong; else 0."""
        if self.clashes:
            return 1
        return (3 if any(one.rule == "form" for one in self.findings) else 7) if self.findings else 0


def sync(
    register: Register, remote: str = "", *, restore: bool = False, tell: Tell = lambda _text: None
) -> Synced:
    """Exchange steps with a remote (by default the branch's, else origin).

    `restore`: put back what the remote has lost, instead of refusing.  Nothing is
    sent where something clashes.  Raises Rewound, Refused where the remote refuses,
    EnvironmentFault where it cannot be reached, RegisterState as every step does.
    """
    repository = register.repository
    branch = str(register.documents.settings["branch"])
    name = remotes.chosen(repository, remote, branch)
    _require_whole(register)
    with recording.writing(register):
        pass  # refuse before anything goes over the network
    before = register.head
    done, seen, why = Synced(name, before, before, 0, 0), set(), ""
    for _attempt in range(TRIES):
        tell(_("fetching from {remote}").format(remote=name))
        theirs, differing = counterpart.fetch(register, name, branch, restore=restore)
        done = done._replace(differing={**done.differing, **differing})
        done = _bring(register, name, theirs, done, tell)
        if done.clashes:
            return done
        done = _record(register, done)
        if register.head == theirs:
            return done
        tell(_("pushing to {remote}").format(remote=name))
        seen.add(theirs)
        why = counterpart.push(register, name, branch)
        if not why:
            return done._replace(sent=counterpart.count(register, theirs, register.head))
    message = _("Others keep pushing to {remote}: {tries} times somebody was faster.")
    if len(seen) == 1:  # nobody did: a lock that was left over there, say
        message = _("{remote} did not take it: {why}")
    raise Refused(
        message.format(remote=name, tries=TRIES, why=why),
        hint=_("what was fetched is joined here; run complaintctl sync again"),
    )


def _require_whole(register: Register) -> None:
    """Refuse a clone without its whole history: nothing could be judged again."""
    if (register.repository.common_dir / "shallow").exists():
        raise RegisterState(
            _("This clone has no whole history (it is shallow)."), hint="git fetch --unshallow"
        )


# -- joining


def _bring(register: Register, remote: str, theirs: str, done: Synced, tell: Tell) -> Synced:
    """Move this side's branch on so that it has the other side's steps too."""
    memory = Seen.of(register.repository)
    with recording.writing(register):
        if not theirs or register.repository.contains(theirs, register.head):
            memory.note_clash("", "")
            return done
        brought = counterpart.count(register, register.head, theirs)
        target, united = theirs, done.united
        if not register.repository.contains(register.head, theirs):
            tell(ngettext("joining {count} commit", "joining {count} commits", brought).format(count=brought))
            joined = joining.join(register, theirs, subject(remote, brought), choices(memory))
            if joined.clashes:
                _note_clash(register, memory, remote, theirs)
                return done._replace(
                    brought=done.brought + brought, clashes=joined.clashes, united=joined.united
                )
            target, united = joined.commit, (*united, *joined.united)
        _require_readable(register, target)
        findings = (*done.findings, *_wrong(register, theirs))
        register.repository.advance(
            target,
            base=register.head,
            branch=register.documents.settings["branch"],
            committer=register.identity,
        )
        memory.note_clash("", "")
        register.load()
    return done._replace(
        after=register.head, brought=done.brought + brought, united=united, findings=findings
    )


def _wrong(register: Register, theirs: str) -> Iterator[Finding]:
    """What is wrong with the commits that another side has and this one has not, each judged as ever.

    They are history there, and whoever does not take them gets no step of anybody any more;
    so they are taken, and told.
    """
    from complaintctl import judging, walking

    repository = register.repository
    new = set(repository.run("rev-list", theirs, f"^{register.head}").decode().split())
    base = next(iter(walking.bases(repository, register.head, theirs)), "")
    try:
        for commit, found in judging.history(repository, base, theirs, index=register.index):
            yield from found if commit.id in new else ()
    except walking.Damaged as damage:
        yield Finding(theirs, "", "object", damage.message)


def _require_readable(register: Register, target: str) -> None:
    """Refuse to move on to rules that nobody could work by, as long as those here are in order."""
    from complaintctl.world import World

    broken = World.at_documents(register.repository, target).broken
    if broken and not World.at_documents(register.repository, register.head).broken:
        raise RegisterState(
            _("The other side's rules cannot be used: {why}").format(why=broken),
            hint=_("nothing was joined; ask who changed them: git log {commit} -- policies").format(
                commit=target[:SHORT]
            ),
        )


def merge(register: Register, commit: str, what: str) -> str:
    """Join a commit (the tip of a proposal's branch) into the register's branch; the merge that was made.

    `what` is the subject of its message.  It approves nothing by itself.  Refused, in
    words, where steps contradict each other; RegisterState as every step raises it.
    """
    with recording.writing(register):
        if register.repository.contains(commit, register.head):
            return register.head
        joined = joining.join(register, commit, what, ours_first=True)
        if joined.clashes:
            told = [
                f"{clash.case or clash.path}: {one.message}"
                for clash in joined.clashes
                for one in clash.found
            ]
            raise Refused("; ".join(told))
        _require_readable(register, joined.commit)
        register.repository.advance(
            joined.commit,
            base=register.head,
            branch=register.documents.settings["branch"],
            committer=register.identity,
        )
        register.load()
    return register.head


def subject(remote: str, count: int) -> str:
    """The first line of the message of a merge."""
    return f"sync: {count} commit{'' if count == 1 else 's'} of {remote}"


def choices(memory: Seen) -> dict[str, Choice]:
    """What was said about clashes, by path."""
    found: dict[str, Choice] = {}
    for path, one in memory.choices.items():
        try:
            found[path] = joining.Choice(**one)
        except TypeError:
            continue  # another release's
    return found


def _note_clash(register: Register, memory: Seen, remote: str, theirs: str) -> None:
    """Keep what the other side says, so that `resolve` can look at it without the remote."""
    register.repository.write(["update-ref", CLASH, theirs], {})
    memory.note_clash(remote, theirs)


def clashing(register: Register, *, everything: bool = False) -> tuple[str, str, tuple[Clash, ...]]:
    """The remote whose steps clash with those here, its commit, and what clashes still; empty: none.

    `everything`: with what was chosen about already.
    """
    memory = Seen.of(register.repository)
    remote, theirs = memory.clash
    if not theirs or register.repository.objects([theirs])[0] is None:
        return "", "", ()
    if register.repository.contains(theirs, register.head):
        return "", "", ()
    return remote, theirs, joining.look(register, theirs, {} if everything else choices(memory))


def choose(register: Register, clash: Clash, take: str, reason: str) -> None:
    """Keep in mind which side keeps what it did; the next exchange goes by it.

    `Already` where they said so before; Refused where it is not for the one who acts to give up what would
    be given up.
    """
    memory = Seen.of(register.repository)
    said = choices(memory).get(clash.path)
    if said and said[:2] == (take, reason) and said.by == register.actor["id"] and said[4:] == clash[3:]:
        raise Already(
            _("This was said already. Now: complaintctl sync {remote}").format(remote=memory.clash[0])
        )
    choice = joining.Choice(take, reason, register.actor["id"], register.at, clash.ours, clash.theirs)
    left = joining.look(register, memory.clash[1], {clash.path: choice})
    if any(one.path == clash.path for one in left):
        raise Refused(
            _("{what} cannot be resolved so: {why}.").format(
                what=clash.path, why=clash.found[0].message.rstrip(".")
            ),
            hint=_("put the file right with git on one of the sides, then complaintctl sync"),
        )
    memory.note_choice(clash.path, choice._asdict())


# -- what was approved by merging


def _record(register: Register, done: Synced) -> Synced:
    """Record the decisions that were made by merging the branch of a proposal."""
    memory = Seen.of(register.repository)
    recorded, waiting = list(done.recorded), list(done.waiting)
    for one in approvals.found(register, memory.looked):

        def change(case: Any, _context: Any, one: approvals.Merged = one) -> Any:
            return approvals.decided(register, one, case)

        try:
            outcome = recording.record(register, "approve", one.case, change)
        except Refused as refusal:
            waiting.append((one.case, refusal.message))
        else:
            by = outcome.case["proposals"][one.number - 1]["decision"]["by"]
            recorded.append(Recorded(one.case, by, one.commit.id))
    memory.note_looked(register.head)
    return done._replace(after=register.head, recorded=tuple(recorded), waiting=tuple(waiting))
