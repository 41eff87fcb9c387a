"""Make a register whose history has a commit for every step: ``make_trail.py STEPS FOLDER [--seed N]``.

Cases take the long road, eleven steps or so each, many at a time; every step is
made by the program's own functions and committed by whoever made it, through
``git fast-import``.  The same arguments give the same files.
"""

from __future__ import annotations

import argparse
import hashlib
import heapq
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, NamedTuple

import make_register
from make_register import DAY, HOUR, NOW, PROJECT

sys.path.insert(0, str(PROJECT))

from complaintctl import alike, times
from complaintctl.errors import Refused
from complaintctl.steps import closing, contacts, handling, intake, solution, tasks
from complaintctl.workflow import Context
from complaintctl.yamlfile import emit_case, read_document

STEPS_OF_A_CASE = 11
DECIDERS = ("vice-president", "manager")

Step = Callable[[Any, Context], Any]


class Turn(NamedTuple):
    """The next step of a case, in order of time."""

    at: int
    number: int
    step: int


class Trail:
    """Cases on their way; `rng` is the only source of chance."""

    def __init__(self, rng: random.Random, count: int) -> None:
        self.rng = rng
        documents = make_register.documents()
        data = documents["policies/supermarket.yaml"]
        self.policy: Any = read_document(data, "supermarket")[0]
        self.pin = {
            "name": "supermarket",
            "version": self.policy["version"],
            "sha256": hashlib.sha256(data).hexdigest(),
        }
        self.staff: list[Any] = read_document(documents["policies/staff.yaml"], "staff")[0]["staff"]
        self.people = {person["id"]: person for person in self.staff}
        self.maker = make_register.Maker(rng, count, self.pin["sha256"])
        self.cases: dict[str, Any] = {}
        self.known: dict[int, dict[str, Any]] = {}
        self.others = alike.Others(self.cases.get, lambda _case: self.policy)

    def begin(self, number: int, received: int) -> None:
        """Draw what a case is about."""
        rng = self.rng
        category = rng.choice(list(make_register.STORIES))
        department = {"goods": "goods", "price": "marketing"}.get(category.split(".", maxsplit=1)[0], "store")
        self.known[number] = {
            "received": received,
            "category": category,
            "department": department,
            "price": f"{rng.randrange(300, 20000) / 100:.2f}",
            "owner": rng.choice(make_register.CLERKS["customer-service"]),
            "handler": rng.choice(make_register.CLERKS[department]),
        }

    def road(self, number: int) -> list[tuple[str, Step]]:
        """Who makes which step, in order."""
        one = self.known[number]
        owner, handler, price = one["owner"], one["handler"], one["price"]
        rng = self.rng
        said = contacts.Said("phone", make_register.NOTES[0])
        return [
            (owner, lambda case, context: handling.classify(
                case, context, category=one["category"], severity="minor", urgency="normal")),
            (owner, lambda case, context: handling.assign(
                case, context, to=handler, department=one["department"])),
            (owner, lambda case, context: contacts.contact(case, context, said)),
            (handler, lambda case, context: handling.investigate(
                case, context, findings=rng.choice(make_register.FINDINGS), verdict="founded",
                cause=one["category"], checks=[{"name": "batch", "outcome": "已核对同批次商品。"}],
                statements=[{"who": "customer", "method": "phone", "text": "情况如投诉所述。"}])),
            (handler, lambda case, context: solution.propose(
                case, context, plan=[("refund", price, None)], reason="按规定办理。",
                exception="照顾老顾客。")),
            (make_register.HEADS[one["department"]], solution.approve),
            (owner, lambda case, context: solution.respond(case, context, agreed=True)),
            (owner, lambda case, context: tasks.fulfil(
                case, context, voucher=f"{rng.randrange(10**8):08d}")),
            (owner, lambda case, context: closing.follow_up(
                case, context, satisfaction=rng.choice((4, 5)), method="phone")),
            (owner, lambda case, context: closing.close(
                case, context, lesson=rng.choice(make_register.LESSONS), prevention="列入每周检查。",
                disposition="已按制度处理。")),
        ]  # fmt: skip

    def context(self, case: Any, who: str, at: int) -> Context:
        """What a step is judged by."""
        level, spent = None, Decimal(0)
        if case is not None:
            level = self.others.level(case, self.policy, at)
            since = at - times.length(self.policy["authority"]["window"]).seconds
            spent = self.others.spent(case["customer"]["id"], since, case["id"])
        instant = make_register._time(at)
        people: Any = self.people[who], self.staff
        return Context(self.policy, self.pin, self.policy, *people, instant, level, spent, "CNY", "en")  # type: ignore[arg-type]

    def make(self, turn: Turn) -> tuple[str, Any]:
        """Make one step: who made it, and the case as it is then."""
        one = self.known[turn.number]
        if turn.step == 0:
            who, case = one["owner"], self._new(one, turn.at)
        else:
            who, step = self.road(turn.number)[turn.step - 1]
            before = self.cases[one["id"]]
            try:
                case = step(before, self.context(before, who, turn.at))
            except Refused:
                if step is not solution.approve:
                    raise
                who, case = self._higher(before, turn.at)
        one["id"] = case["id"]
        self.cases[case["id"]] = case
        self.others.changed([case["id"]])
        return who, case

    def _higher(self, case: Any, at: int) -> tuple[str, Any]:
        """The decision of whoever stands high enough."""
        for role in DECIDERS:
            who = make_register.TOP[role]
            try:
                return who, solution.approve(case, self.context(case, who, at))
            except Refused:
                continue
        raise SystemExit(f"nobody may decide on {case['id']}")

    def _new(self, one: dict[str, Any], at: int) -> Any:
        day = make_register._time(at)[:10].replace("-", "")
        case_id = intake.new_id(f"C-{day}-", self.rng.choice, self.cases.__contains__)
        customer = dict(self.rng.choice(self.maker.customers))
        return intake.register_case(
            self.context(None, one["owner"], at),
            case_id=case_id,
            customer_id=customer.pop("id"),
            channel=self.rng.choice(make_register.CHANNELS),
            complaint=make_register.STORIES[one["category"]],
            form="spoken",
            received_at=make_register._time(one["received"]),
            customer=customer,  # type: ignore[arg-type]
            about={
                "product": self.rng.choice(make_register.PRODUCTS),
                "batch": make_register._time(one["received"] - 9 * DAY)[:10].replace("-", "") + "A",
                "price": one["price"],
                "purchased_on": make_register._time(one["received"])[:10],
                "receipt": f"{self.rng.randrange(10**12):012d}",
            },
            demand=("refund", one["price"], None),
        )


def steps(count: int, seed: int) -> Iterator[tuple[int, str, Any]]:
    """Instant, person and case of so many steps, in order of time."""
    rng = random.Random(seed)
    cases = max(count // STEPS_OF_A_CASE, 1)
    trail = Trail(rng, cases)
    start = NOW - make_register.YEARS * 365 * DAY
    waiting: list[Turn] = []
    for number, received in enumerate(sorted(rng.randrange(start, NOW - 30 * DAY) for _one in range(cases))):
        trail.begin(number, received)
        waiting.append(Turn(received + 300, number, 0))
    heapq.heapify(waiting)
    while waiting:
        turn = heapq.heappop(waiting)
        who, case = trail.make(turn)
        yield turn.at, who, case
        if turn.step + 1 < STEPS_OF_A_CASE:
            later = turn.at + 60 + int(rng.expovariate(1 / (6 * HOUR)))
            heapq.heappush(waiting, Turn(later, turn.number, turn.step + 1))


def make(count: int, folder: Path, seed: int = 1) -> None:
    """Make the register in a folder that is not there yet, packed, without a work tree."""
    git = ["git", "-C", str(folder)]
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run([*git, "init", "--quiet", "--initial-branch=main"], check=True)
    files = make_register.documents()
    with subprocess.Popen([*git, "fast-import", "--quiet", "--done"], stdin=subprocess.PIPE) as importer:
        assert importer.stdin is not None
        _commit(importer.stdin, "lin.xue", NOW - make_register.YEARS * 365 * DAY, "register: init")
        for path, data in files.items():
            make_register._file(importer.stdin, path, data)
        for at, who, case in steps(count, seed):
            _commit(importer.stdin, who, at, f"{case['id']}: step")
            path = f"cases/{case['id'][2:6]}/{case['id'][6:8]}/{case['id']}.yaml"
            make_register._file(importer.stdin, path, emit_case(case))
        importer.stdin.write(b"done\n")
    if importer.returncode:
        raise SystemExit(importer.returncode)
    for words in (["repack", "-a", "-d", "--quiet"], ["reset", "--quiet", "--hard", "main"]):
        subprocess.run([*git, *words], check=True)


def _commit(stream: IO[bytes], who: str, at: int, message: str) -> None:
    person = f"{who} <{who}@shop.example> {at} +0800"
    text = f"author {person}\ncommitter {person}\ndata {len(message.encode())}\n{message}\n"
    stream.write(b"commit refs/heads/main\n" + text.encode())


def main() -> None:
    parser = argparse.ArgumentParser(description="Make a register with a commit for every step.")
    parser.add_argument("count", type=int, metavar="STEPS")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    make(given.count, given.folder, given.seed)


if __name__ == "__main__":
    main()
