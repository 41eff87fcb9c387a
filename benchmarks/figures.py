"""The figures: what each command is measured on and against, and its budget."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import make_trail
from bench import Bench, Line

COUNTED = """
import sys
from complaintctl import cli, gitprocess
cli.main()
print(gitprocess.started, file=sys.stderr)
"""
FEW = 3  # pairs, where one of them takes half a minute
SMALL, MIDDLE = 100, 10_000
TRAILS = (1_000, 10_000)  # cases of the registers that have a commit for every step


def program(bench: Bench, size: int) -> None:
    """What asks for no case: help, and the completion of an id."""
    folder = bench.register(size)
    bench.verb(folder, "list", "--json", "--limit", "1")
    completing = {
        "_COMPLAINTCTL_COMPLETE": "bash_complete",
        "COMP_WORDS": "complaintctl show C-202611",
        "COMP_CWORD": "2",
    }
    floor, helped, completed = bench.pairs(
        bench.f1, lambda: bench.verb(folder, "--help"), lambda: bench.verb(folder, **completing)
    )
    bench.add("`--help`", None, floor, helped, 1.3, "F1")
    bench.add("completion of an id", size, floor, completed, 1.3, "F1")


def steps(bench: Bench, sizes: list[int]) -> None:
    """`new` and `classify`, each on a new case."""
    least: dict[str, float] = {}
    for size in sizes:
        with bench.scratch(size) as folder:
            identity: list[str] = []

            def new(folder: Path = folder) -> float:
                return bench.verb(folder, "new", "--channel", "desk", "--complaint", "benchmark")

            def classify(folder: Path = folder, identity: list[str] = identity) -> float:
                identity[:] = [bench.output(folder, "list", "--state", "received", "--sort", "received",
                                            "--format", "csv").splitlines()[-1].split(",")[0]]  # fmt: skip
                words = ["--category", "goods.spoiled", "--severity", "minor"]
                return bench.verb(folder, "classify", identity[0], *words)

            floor, created, classified = bench.pairs(bench.f2, new, classify)
        budget = 2.0 if size <= MIDDLE else 3.0
        for what, values in (("`new`", created), ("`classify`", classified)):
            figure = bench.add(what, size, floor, values, budget, "F2")
            least.setdefault(what, figure)
            if size == MIDDLE and SMALL in sizes:
                growth = Line(f"{what}: {MIDDLE} against {SMALL} cases", size, figure / least[what], 1.25,
                              f"{what} at {SMALL}", len(values))  # fmt: skip
                bench.lines.append(growth)


def reads(bench: Bench, size: int) -> None:
    """Looking at one case, at lists and at deadlines, with an index that is up to date."""
    folder = bench.register(size)
    case = json.loads(bench.output(folder, "list", "--json", "--limit", "1"))[0]["id"]
    asked: list[tuple[str, tuple[str, ...], float | None]] = [
        ("`show --json`", ("show", case, "--json"), 1.6),
        ("`show`", ("show", case), 1.6),
        ("`list --json --limit 50`", ("list", "--json", "--limit", "50"), 1.6 if size <= MIDDLE else 1.8),
        ("`list --limit 50`, a table", ("list", "--limit", "50"), 3.0),
        ("`due --json`", ("due", "--json"), None),
    ]
    measured = [lambda words=words: bench.verb(folder, *words, code=None) for _what, words, _budget in asked]
    floor, *found = bench.pairs(bench.f1, *measured)
    for (what, _words, budget), values in zip(asked, found, strict=True):
        bench.add(what, size, floor, values, budget, "F1")


def dump(bench: Bench, size: int) -> None:
    """All cases as JSON, against writing the same rows."""
    folder = bench.register(size)
    rows = json.loads(bench.output(folder, "list", "--all", "--json"))

    def dumps(indent: int | None = None) -> float:
        begun = time.process_time()
        json.dumps(rows, ensure_ascii=False, indent=indent)
        return time.process_time() - begun

    runs = min(bench.runs, 7)
    floor, indented, listed = bench.pairs(
        dumps, lambda: dumps(2), lambda: bench.verb(folder, "list", "--all", "--json"), runs=runs
    )
    bench.add("`list --all --json`", size, floor, listed, 4.0, "json.dumps of the rows")
    bench.add("the same", size, indented, listed, None, "json.dumps(indent=2) of the rows")


def reports(bench: Bench, size: int) -> None:
    """The weekly report at a commit that is new to the index, and again; what a moved HEAD adds to a read.

    The first commits are a case of today, which changes nothing of a week that is over: what is measured
    is that its report is kept.  `after_steps` measures the counting.
    """
    with bench.scratch(size) as folder:
        old = bench.git(folder, "rev-parse", "HEAD")
        bench.verb(folder, "new", "--channel", "desk", "--complaint", "benchmark")
        new = bench.git(folder, "rev-parse", "HEAD")
        weekly = ("report", "weekly", "--format", "json")
        bench.verb(folder, *weekly)
        listing = ("list", "--json", "--limit", "50")
        turn = 0

        def moved() -> float:
            nonlocal turn
            turn += 1
            bench.git(folder, "update-ref", "refs/heads/main", new if turn % 2 else old)
            return bench.verb(folder, *listing)

        floor, after, still, first, again = bench.pairs(
            bench.f1,
            moved,
            lambda: bench.verb(folder, *listing),
            lambda: bench.verb(folder, *weekly),
            lambda: bench.verb(folder, *weekly),
        )
        bench.git(folder, "update-ref", "refs/heads/main", old)
    budget = 2.3 if size > MIDDLE else None
    bench.add("`report weekly --format json`, first time at a commit", size, floor, first, budget, "F1")
    bench.add("`report weekly --format json`, asked again", size, floor, again, budget, "F1")
    added = [one - other for one, other in zip(after, still, strict=True)]
    bench.add("what a moved HEAD adds to `list`", size, floor, added, 0.6, "F1")


def after_steps(bench: Bench, size: int) -> None:
    """The weekly report after steps on cases that were received before the week ended.

    The first is a word to the customer, of today: the week's report does not see it
    and is kept.  The second says anew what a case is: the report is counted anew.
    """
    with bench.scratch(size) as folder:
        oldest = ("list", "--json", "--sort", "received", "--limit", "1")
        case = json.loads(bench.output(folder, *oldest))[0]["id"]
        other = json.loads(bench.output(folder, *oldest, "--state", "classified"))[0]["id"]
        weekly = ("report", "weekly", "--format", "json")
        bench.verb(folder, *weekly)
        turn = 0

        def after_a_word() -> float:
            nonlocal turn
            turn += 1
            bench.verb(folder, "contact", case, "--by", "phone", "--note", f"benchmark {turn}")
            return bench.verb(folder, *weekly)

        def after_a_change() -> float:
            severity = "minor" if turn % 2 else "moderate"
            bench.verb(folder, "classify", other, "--category", "service.attitude", "--severity", severity)
            return bench.verb(folder, *weekly)

        floor, kept, anew = bench.pairs(bench.f1, after_a_word, after_a_change)
    budget = 2.3 if size > MIDDLE else None
    what = "`report weekly` after a step on an older case"
    bench.add(f"{what} that the week does not see", size, floor, kept, budget, "F1")
    bench.add(f"{what} that changes the week: counted anew", size, floor, anew, budget, "F1")


def pages(bench: Bench, size: int) -> None:
    """The weekly page against the same week as JSON: counted anew (a new volume each time), and kept."""
    folder = bench.register(size)
    turn = 0

    def anew(form: str) -> Callable[[], float]:
        def measured() -> float:
            nonlocal turn
            turn += 1
            volume = str(time.time_ns() // 1000 + turn)
            return bench.verb(folder, "report", "weekly", "--volume", volume, "--format", form)

        return measured

    weekly = ("report", "weekly", "--format")
    floor, page = bench.pairs(anew("json"), anew("html"))
    bench.add("`report weekly --format html`, counted anew", size, floor, page, None, "the same in JSON")
    floor, page = bench.pairs(
        lambda: bench.verb(folder, *weekly, "json"), lambda: bench.verb(folder, *weekly, "html")
    )
    bench.add("`report weekly --format html`, asked again", size, floor, page, None, "the same in JSON")


def cold(bench: Bench, size: int) -> None:
    """Making the index from nothing, against reading the same blobs with git alone."""
    folder = bench.register(size)
    tree = bench.git(folder, "ls-tree", "-r", "HEAD", "cases").splitlines()
    names = bench.home / "blobs"
    names.write_text("".join(f"{line.split()[2]}\n" for line in tree), encoding="ascii")

    def read() -> float:
        words = f'git cat-file --batch --buffer < "{names}"'
        return bench.cpu(["sh", "-c", words], folder)

    def index() -> float:
        for file in (folder / ".git" / "complaintctl").glob("index.sqlite*"):
            file.unlink()
        return bench.verb(folder, "list", "--json", "--limit", "1")

    floor, built, first, dumped = bench.pairs(
        read,
        index,
        lambda: bench.verb(folder, "report", "weekly", "--format", "json"),
        lambda: bench.verb(folder, "list", "--all", "--json"),
        runs=FEW if size > MIDDLE else min(bench.runs, 7),
    )
    bench.add("cold index", size, floor, built, 6.0, "git cat-file --batch")
    bench.add("the first report after that", size, floor, first, None, "git cat-file --batch")
    bench.add("the first `list --all --json` after that", size, floor, dumped, None, "git cat-file --batch")


def checking(bench: Bench, size: int) -> None:
    """`check` of all files, against json.loads of what they hold."""
    from complaintctl.yamlfile import read_case

    folder = bench.register(size)
    texts = [
        json.dumps(read_case(path.read_bytes(), path.name), ensure_ascii=False)
        for path in folder.glob("cases/*/*/*.yaml")
    ]

    def loads() -> float:
        begun = time.process_time()
        for text in texts:
            json.loads(text)
        return time.process_time() - begun

    runs = min(bench.runs, 7)
    floor, checked = bench.pairs(loads, lambda: bench.verb(folder, "check", code=None), runs=runs)
    bench.add("`check`", size, floor, checked, 25.0, "json.loads of the same content")


def verifying(bench: Bench, cases: int) -> None:
    """`verify` of a history with a commit for every step, against git's own check of the same objects.

    All of it, and what is new after a step where the rest was verified before.
    """
    steps = cases * make_trail.STEPS_OF_A_CASE
    folder = bench.cache / f"trail-{steps}"
    if not (folder / "policies").is_dir():
        print(f"making a register of {steps} steps", file=sys.stderr, flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        make_trail.make(steps, folder)

    def fsck() -> float:
        return bench.cpu(["git", "fsck", "--no-dangling", "--no-progress"], folder)

    runs = FEW if cases >= MIDDLE else min(bench.runs, 7)
    floor, whole = bench.pairs(fsck, lambda: bench.verb(folder, "verify", "--full"), runs=runs)
    bench.add(f"`verify --full` of {steps:,} steps", cases, floor, whole, 2.5, "git fsck")
    head = bench.git(folder, "rev-parse", "HEAD")
    bench.verb(folder, "list", "--json", "--limit", "1")
    turn = 0

    def after_a_step() -> float:
        nonlocal turn
        turn += 1
        case = bench.output(folder, "list", "--all", "--json", "--limit", "1")
        words = ("contact", json.loads(case)[0]["id"], "--by", "phone", "--note", f"benchmark {turn}")
        bench.verb(folder, "--as", "li.na", *words)
        return bench.verb(folder, "verify")

    try:
        floor, new = bench.pairs(bench.f1, after_a_step)
    finally:
        bench.git(folder, "reset", "--quiet", "--hard", head)
    bench.add(f"`verify` after a step on top of {steps:,} verified ones", cases, floor, new, None, "F1")


def processes(bench: Bench, size: int) -> None:
    """How many git processes a step and a warm read start."""
    with bench.scratch(size) as folder:

        def started(*words: str) -> int:
            done = subprocess.run(
                [sys.executable, "-c", COUNTED, *words],
                cwd=folder, env=bench.environment, check=True, capture_output=True, text=True,
            )  # fmt: skip
            return int(done.stderr.split()[-1])

        started("list", "--json", "--limit", "50")
        read = started("list", "--json", "--limit", "50")
        step = started("new", "--channel", "desk", "--complaint", "benchmark")
    bench.lines.append(Line("git processes of `new`", size, step, 6, "count", 1))
    bench.lines.append(Line("git processes of `list`, HEAD unmoved", size, read, 0, "count", 1))


def measure(bench: Bench, sizes: list[int]) -> None:
    """All figures, for all sizes."""
    program(bench, sizes[-1])
    steps(bench, sizes)
    for size in sizes:
        if size >= MIDDLE or len(sizes) == 1:
            reads(bench, size)
            reports(bench, size)
            after_steps(bench, size)
            pages(bench, size)
    dump(bench, sizes[-1])
    cold(bench, sizes[-1])
    checking(bench, min(sizes[-1], MIDDLE))
    for cases in TRAILS if sizes[-1] >= MIDDLE else ():
        verifying(bench, cases)
    processes(bench, sizes[-1])
