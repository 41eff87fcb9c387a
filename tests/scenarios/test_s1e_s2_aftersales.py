"""The after-sales procedures (S1e, S2) played through the command line: dealers, batches, safety, agreements."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.shop import Ran, Shop, checks, clock, made_once, rules

PEOPLE = (
    ("li.na", "李娜", "clerk", "sales"),
    ("chen.jie", "陈杰", "clerk", "after-sales"),
    ("sun.min", "孙敏", "head", "after-sales"),
    ("wu.lei", "吴磊", "head", "inspection"),
    ("zhao.wei", "赵伟", "clerk", "warehouse"),
    ("he.xin", "何欣", "clerk", "marketing"),
    ("qian.li", "钱丽", "head", "service-team"),
)
OIL = (
    "--channel", "hotline", "--customer", "王女士", "--phone", "13800001234", "--product", "oil 15W-40", "--batch", "D2609",
    "--price", "480.00", "--purchased-on", "2026-11-02", "--complaint", "牛奶未到保质期 it uses too much oil",
)  # fmt: skip
RULED_OUT = ("course=two litres in a week", "ours=ours", "before=no-matter", "end-user=is-the-user")
BELOW = (
    *RULED_OUT,
    "test=below: too volatile",
    "use=proper",
    "degree=light",
    "evidence-against-allegation=agrees",
)
UNSAFE = (
    "people=nobody hurt, stopped", "stop=not shipped", "test=unsafe", "reach=one batch", "authority=reported",
    "evidence-against-allegation=agrees",
)  # fmt: skip
FOUND = ("--findings", "too volatile", "--verdict", "founded", "--cause", "quality.making")
BATCH = ("--category", "quality.failed", "--flag", "batch-defect")


@made_once
def handed(folder: Path, category: str, *words: str, flags: tuple[str, ...] = ()) -> tuple[Shop, str]:
    """A firm of one's own and a case that chen.jie has in hand; `words` for `new` besides the usual ones."""
    shop = Shop.make(folder / "shop", "aftersales", PEOPLE)
    case = shop.new(*OIL, *words)
    shop.do("li.na", "classify", case, "--category", category, *(w for one in flags for w in ("--flag", one)))
    shop.wait(minutes=1).do("li.na", "assign", case, "--to", "chen.jie")
    return shop.wait(minutes=1), case


@made_once
def found(
    folder: Path, cause: str = "quality.making", category: str = "quality.failed", *words: str
) -> tuple[Shop, str]:
    """A firm and a founded case whose cause is known."""
    shop, case = handed(folder, category, *words)
    confirmed(shop, case)
    made = BELOW if category.startswith("quality") else ()
    shop.do("chen.jie", "investigate", case, *checks(*made), "--findings", "so", "--verdict", "founded", "--cause",
            cause)  # fmt: skip
    return shop.wait(minutes=1), case


@pytest.fixture
def firm(tmp_path: Path) -> Shop:
    """A firm with seven people and its owner."""
    return Shop.make(tmp_path / "shop", "aftersales", PEOPLE)


def confirmed(shop: Shop, case: str) -> None:
    shop.wait(minutes=1).do(
        "chen.jie", "contact", case, "--by", "phone", "--confirms", "--note", "said back; she agrees"
    )


def offer(shop: Shop, case: str, remedy: str, *said: str, code: int = 0) -> Ran:
    """Propose a remedy as a dry run; it must end with an exit code."""
    kind = remedy.partition("=")[0]
    dated = {"repair", "exchange", "goods-in-kind", "recall"}
    day = ("--expected", f"{kind}=2026-12-24") if kind in dated else ()
    words = [word for one in said for word in (("--confirm", one) if "=" not in one else ("--cost", one))]
    task = ("--task", "marketing: see to it", "--task-who", "1=he.xin", "--task-due", "1=2026-12-24")
    ran = shop.run(
        "chen.jie", "propose", case, "--remedy", remedy, *words, *day, *task, "--reason", "r", "--dry-run"
    )
    assert ran.code == code, (remedy, said, ran)
    return ran


def paper(shop: Shop, case: str, name: str = "agreement.txt") -> None:
    """Put a file on record as evidence."""
    file = shop.folder.parent / name
    file.write_text(name, encoding="utf-8")
    shop.do("chen.jie", "evidence", "add", case, str(file), "--kind", "document", "--note", name)


def owed(shop: Shop, case: str) -> set[tuple[str, str]]:
    return {(one["name"], one["to"]) for one in shop.show(case)["owed"]}


# ── The doors ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("channel", ["hotline", "chat", "email", "social", "box", "office", "fax"])
def test_a_complaint_comes_in_by_every_channel(firm: Shop, channel: str) -> None:
    # S2-1
    case = firm.new("--channel", channel, "--complaint", "it leaks")
    assert firm.show(case)["intake"]["channel"] == channel


def test_hours_and_promised_times_are_published(firm: Shop) -> None:
    # S2-2, W18: the hotline has its hours, the chat is manned day and night
    notice = firm.do("", "policy", "show", "aftersales", "--public")
    assert "08:30" in notice
    assert "day and night" in notice
    channels = rules(firm)["channels"]
    assert all("promise" in one for one in channels.values())
    assert [name for name, one in channels.items() if "hours" not in one] == ["chat"]


def test_what_comes_in_after_hours_is_answered_first_thing(firm: Shop) -> None:
    # S2-2: Friday 22:10; the office opens again on Monday at 08:30
    firm.wait(days=4, hours=12, minutes=10)
    case = firm.new("--channel", "email", "--complaint", "the cap leaks")
    assert clock(firm.show(case), "first-answer-mail")["due"] == "2026-11-23T12:30:00+08:00"


def test_the_chat_answers_at_three_in_the_morning(firm: Shop) -> None:
    # W18, S2-9: what is left unanswered beyond its channel's time shows
    firm.wait(hours=17)
    case = firm.new("--channel", "chat", "--complaint", "it leaks")
    assert clock(firm.show(case), "first-answer-chat")["due"] == "2026-11-17T03:10:00+08:00"
    missed = firm.wait(minutes=11).run("", "due", "--json")
    assert (missed.code, [one["name"] for one in missed.json if one["state"] == "missed"]) == (
        7,
        ["first-answer-chat"],
    )


def test_a_channel_out_of_order_is_a_case_of_its_own(tmp_path: Path) -> None:
    # S2-9, W18: it goes to the service team, and its closing says how it is prevented
    shop, case = handed(tmp_path, "service.channel")
    assert shop.show(case)["assignments"][-1]["department"] == "service-team"
    confirmed(shop, case)
    shop.do("chen.jie", "investigate", case, *checks("course=an hour", "people=one was ill", "channel=out-of-order"),
            "--findings", "one line", "--verdict", "founded", "--cause", "service.channel")  # fmt: skip
    shop.do("chen.jie", "propose", case, "--remedy", "apology", "--reason", "sorry")
    shop.do("sun.min", "approve", case)
    shop.do("chen.jie", "respond", case, "--agreed")
    shop.do("chen.jie", "fulfil", case, "--all")
    shop.do("chen.jie", "follow-up", case, "--satisfaction", "4")
    assert "A defect of a batch, safety or a channel out" in shop.refuse(1, "chen.jie", "close", case).err
    shop.do("chen.jie", "improve", case, "--measure", "a second line", "--owner", "sun.min", "--due", "2026-12-15",
            "--kind", "channels")  # fmt: skip
    shop.do("chen.jie", "close", case, "--prevention", "a second line")


# ── Step 1 and 2: the form, the facts ───────────────────────────────────────────────────────────────


def test_the_form_holds_firm_dealer_user_and_product(firm: Shop) -> None:
    # S1e-1, S1e-8, S1e-9, S1e-10, S2-3, W19, W20, N18, N19
    case = firm.new(
        *OIL, "--company", "Shunda", "--address", "Road 18", "--customer-type", "dealer", "--end-user", "He's garage",
        "--specification", "18 L", "--produced-on", "2026-09-12", "--in-use-since", "2026-10-20", "--symptoms", "blue smoke",
        "--used-before", "brand A", "--earlier-condition", "no smoke", "--recent-use", "300 km a day", "--style", "can",
        "--colour", "red", "--size", "18 L", "--place", "branch 2", "--demand", "goods-in-kind=480.00", "--demand-text", "help to open a branch",
    )  # fmt: skip
    form = firm.show(case)
    assert form["customer"].items() >= {
        "company": "Shunda", "address": "Road 18", "type": "dealer", "end_user": "He's garage", "phone": "13800001234",
    }.items()  # fmt: skip
    assert form["about"].items() >= {
        "specification": "18 L", "produced_on": "2026-09-12", "batch": "D2609", "in_use_since": "2026-10-20",
        "symptoms": "blue smoke", "used_before": "brand A", "earlier_condition": "no smoke", "recent_use": "300 km a day",
        "style": "can", "colour": "red", "size": "18 L", "place": "branch 2",
    }.items()  # fmt: skip
    assert form["demand"]["text"] == "help to open a branch"
    assert {"dealer", "end-user"} <= set(rules(firm)["vocabulary"]["customer_types"])
    firm.refuse(2, "li.na", "new", *OIL, "--customer-type", "member")


def test_the_recorder_signs_and_after_sales_gets_the_form(firm: Shop) -> None:
    # S1e-2
    case = firm.new(*OIL)
    assert "recorded by li.na" in firm.do("", "show", case)
    assert ("form-passed-on", "department:after-sales") in owed(firm, case)
    firm.do("li.na", "contact", case, "--by", "sheet", "--told", "form-passed-on")
    assert ("form-passed-on", "department:after-sales") not in owed(firm, case)
    assert clock(firm.show(case), "pass-on")["due"] == "2026-11-16T14:00:00+08:00"


@pytest.mark.parametrize("method", ["phone", "fax", "visit"])
def test_the_customer_is_spoken_with_by_telephone_fax_or_visit(tmp_path: Path, method: str) -> None:
    # N20, S1e-1
    shop, case = handed(tmp_path, "quality.failed")
    shop.do("chen.jie", "contact", case, "--by", method, "--note", "since when?")
    assert shop.show(case)["contacts"][-1]["method"] == method


def test_no_verdict_before_the_customer_confirmed_the_facts(tmp_path: Path) -> None:
    # S1e-11, N21, S1e-3
    shop, case = handed(tmp_path, "quality.failed")
    assert clock(shop.show(case), "confirm-facts")["state"] == "waiting"
    shop.do("chen.jie", "contact", case, "--by", "phone", "--note", "heard her out")
    words = ("investigate", case, *checks(*BELOW), *FOUND)
    assert "Before a verdict the facts have been said" in shop.refuse(1, "chen.jie", *words).err
    confirmed(shop, case)
    shop.do("chen.jie", *words)
    assert clock(shop.show(case), "confirm-facts")["state"] == "met"


def test_the_end_user_is_asked_before_a_verdict(tmp_path: Path) -> None:
    # S1e-10, N19, N22
    shop, case = handed(tmp_path, "quality.failed", "--customer-type", "dealer", "--end-user", "He's garage")
    confirmed(shop, case)
    told = shop.run("chen.jie", "investigate", case, *checks(*RULED_OUT[:3])).err
    assert "end-user" in told
    shop.refuse(1, "chen.jie", "investigate", case, *checks("test=below"))
    shop.refuse(1, "chen.jie", "investigate", case, *FOUND)
    shop.do("chen.jie", "investigate", case, *checks("end-user=same: at the garage", *BELOW[4:]), *FOUND)


def test_what_was_so_before_with_another_brand_ends_the_list(tmp_path: Path) -> None:
    # S1e-1, W19
    shop, case = handed(
        tmp_path, "quality.performance", "--used-before", "brand A", "--earlier-condition", "rust"
    )
    confirmed(shop, case)
    shop.do("chen.jie", "investigate", case, *checks(*RULED_OUT[:2], "before=from-before: rust"), "--findings", "rust",
            "--verdict", "unfounded", "--cause", "use.earlier-condition")  # fmt: skip
    assert "came about in use" in offer(shop, case, "exchange", "damage-light", code=1).err
    offer(shop, case, "explanation")


def test_one_settles_what_one_is_sure_of_and_nothing_else(firm: Shop) -> None:
    # S1e-3, M9: no conclusion and no light promise when unsure; it is no ban on settling at once
    case = firm.new(*OIL)
    words = ("settle", case, "--category", "service.attitude", "--reason", "sorry")
    firm.refuse(1, "li.na", *words, "--remedy", "extra-service=50.00", "--flag", "unauthorised-promise")
    firm.do("li.na", *words, "--remedy", "extra-service=50.00", "--remedy", "apology")
    unsure = firm.new(*OIL)
    firm.do("li.na", "classify", unsure, "--category", "service.attitude")
    firm.do("li.na", "assign", unsure, "--to", "chen.jie")
    firm.refuse(1, "chen.jie", "propose", unsure, "--remedy", "apology", "--reason", "at once")


def test_how_one_speaks_is_shown_at_the_step(firm: Shop) -> None:
    # S1e-3, M9, N22: hear out, say back, ask what is wanted besides money; when unsure, consult
    said = {step: [] for step in ("new", "contact", "investigate", "propose", "respond")}
    for one in rules(firm)["conduct"]:
        for step in set(said) & set(one["steps"]):
            said[step].append(one["label"]["en"])
    assert "whole course" in said["new"][0]
    assert any("besides money" in one for one in said["contact"])
    assert any(
        one.startswith("When you are not sure") and "settle at once" in one for one in said["investigate"]
    )
    assert any("How serious" in one and "actual user" in one for one in said["investigate"])
    assert any("steps" in one for one in said["respond"])


def test_a_promise_without_authority_names_who_gave_it(tmp_path: Path) -> None:
    # S1e-3, M9
    shop, case = handed(tmp_path, "service.attitude", flags=("unauthorised-promise",))
    confirmed(shop, case)
    shop.upheld("chen.jie", case, "service.promise", "so")
    plan = ("propose", case, "--remedy", "apology", "--reason", "sorry")
    assert "A promise without authority: it is written" in shop.refuse(1, "chen.jie", *plan).err


def test_a_verdict_comes_with_findings_and_a_cause(tmp_path: Path) -> None:
    # S1e-3, S1e-4
    shop, case = handed(tmp_path, "service.attitude")
    confirmed(shop, case)
    words = ("investigate", case, "--verdict", "founded")
    assert (
        "A verdict comes with what was found"
        in shop.refuse(1, "chen.jie", *words, "--cause", "service.slow").err
    )
    assert (
        "A complaint that is upheld has a cause"
        in shop.refuse(1, "chen.jie", *words, "--findings", "slow").err
    )
    shop.do("chen.jie", *words, "--findings", "slow", "--cause", "service.slow")


# ── Assessment: where it goes, how grave it is ──────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("category", "department"),
    [("quality.failed", "inspection"), ("quality.packing", "warehouse"), ("service.attitude", "service-team"),
     ("service.after-sales", "after-sales"), ("support.dealer", "sales")],
)  # fmt: skip
def test_the_type_decides_the_department(tmp_path: Path, category: str, department: str) -> None:
    # S2-5, N25; and it may go straight to a person
    shop, case = handed(tmp_path, category)
    assert (
        shop.show(case)["assignments"][-1].items()
        >= {"department": department, "handler": "chen.jie"}.items()
    )


def test_quality_involves_inspection_and_production(tmp_path: Path) -> None:
    # S2-5, N25
    shop, case = found(tmp_path)
    assert ("production-hears", "department:production") in owed(shop, case)


def test_faulty_material_is_told_to_the_supplier(tmp_path: Path) -> None:
    shop, case = found(tmp_path, "quality.material")
    assert ("supplier-hears", "supplier") in owed(shop, case)


def test_how_to_use_it_is_light_and_answered(firm: Shop) -> None:
    # S2-4
    case = firm.new("--channel", "chat", "--kind", "enquiry", "--complaint", "which oil?")
    firm.do("li.na", "classify", case, "--category", "support.how-to")
    assert (firm.show(case)["classification"]["severity"], firm.show(case)["level"]) == ("minor", 3)
    firm.do("li.na", "contact", case, "--by", "chat", "--note", "5W-30")
    firm.do("li.na", "close", case)


def test_product_safety_is_an_emergency_at_once(firm: Shop) -> None:
    # S2-4: severe, urgent, with its own clocks around the clock, and everybody concerned hears of it
    firm.wait(hours=17)  # three in the morning
    case = firm.new("--channel", "chat", "--product", "brake fluid", "--complaint", "the pedal is soft")
    told = firm.run("chen.jie", "classify", case, "--category", "safety.risk", "--flag", "product-safety")
    assert "EMERGENCY" in told.err
    form = firm.show(case)
    assert (form["level"], form["level_reason"]) == (1, "safety of the product")
    assert clock(form, "emergency-start")["due"] == "2026-11-17T04:00:00+08:00"
    assert clock(form, "emergency-word")["due"] == "2026-11-17T05:00:00+08:00"
    assert clock(form, "emergency-finding")["due"] == "2026-11-18T03:00:00+08:00"
    assert {to for name, to in owed(firm, case) if name == "emergency"} == {
        "department:inspection", "department:production", "department:warehouse", "role:manager",
    }  # fmt: skip
    assert firm.wait(hours=1).run("", "due").code == 7
    firm.refuse(1, "boss", "settle", case, "--remedy", "apology", "--reason", "sorry")


def test_the_flag_alone_makes_any_case_an_emergency(tmp_path: Path) -> None:
    # S2-4
    shop, case = handed(tmp_path, "quality.failed", flags=("product-safety",))
    form = shop.show(case)
    assert form["level"] == 1
    assert {"emergency-start", "emergency-word"} <= {one["name"] for one in form["deadlines"]}
    assert "investigate" not in {one["name"] for one in form["deadlines"]}


def test_an_emergency_is_contained_and_told_before_anything_is_concluded(tmp_path: Path) -> None:
    # S2-4
    shop, case = handed(tmp_path, "safety.risk", flags=("product-safety",))
    confirmed(shop, case)
    words = (
        "investigate",
        case,
        *checks(*UNSAFE),
        "--findings",
        "water",
        "--verdict",
        "founded",
        "--cause",
        "safety.making",
    )
    assert "Safety of the product: before anything is" in shop.refuse(1, "chen.jie", *words).err
    shop.do("chen.jie", *words, "--containment", "nothing leaves the house")
    plan = ("propose", case, "--remedy", "refund=480.00", "--confirm", "stopped-using", "--reason", "unsafe")
    assert "emergency" in shop.refuse(1, "chen.jie", *plan).err
    shop.do("chen.jie", "contact", case, "--by", "phone", "--told", "emergency")
    assert "Safety, an injury or a lawsuit: evidence is" in shop.refuse(1, "chen.jie", *plan).err
    paper(shop, case, "test.txt")
    shop.do("chen.jie", *plan)
    shop.refuse(1, "sun.min", "approve", case)
    shop.do("boss", "approve", case)


@pytest.mark.parametrize(
    ("words", "level", "reason"),
    [
        (("--flag", "injury"), 1, "somebody was hurt"),
        (("--flag", "media"), 1, "in the media or before a court"),
        (("--flag", "lawsuit"), 1, "in the media or before a court"),
        (("--flag", "batch-defect"), 2, "defect of a batch"),
        (("--severity", "severe"), 2, "severe"),
        ((), 3, "3 ordinary"),
    ],
)
def test_each_grade_has_its_level(firm: Shop, words: tuple[str, ...], level: int, reason: str) -> None:
    # S2-4, S2-6
    case = firm.new(*OIL)
    firm.do("li.na", "classify", case, "--category", "service.attitude", *words)
    assert (firm.show(case)["level"], firm.show(case)["level_reason"]) == (level, reason)


def test_who_is_not_satisfied_and_calls_again_is_raised(tmp_path: Path) -> None:
    # S1e-7
    shop, case = handed(tmp_path, "quality.failed")
    levels = []
    for call in ("still nothing", "nothing yet"):
        shop.wait(minutes=1).do("chen.jie", "contact", case, "--by", "phone", "--incoming", "--note", call)
        levels.append(shop.show(case)["level"])
    assert levels == [3, 2]


@pytest.mark.parametrize(("liability", "level"), [("ours", 2), ("not-ours", 3)])
def test_what_stays_open_for_half_a_month_is_raised_unless_it_is_not_ours(
    firm: Shop, liability: str, level: int
) -> None:
    # S1e-7
    case = firm.new(*OIL)
    firm.do("li.na", "classify", case, "--category", "quality.failed", "--liability", liability)
    assert firm.wait(days=14, hours=23).show(case)["level"] == 3
    assert firm.wait(hours=1).show(case)["level"] == level


def test_the_department_concerned_looks_into_it_but_never_the_person(tmp_path: Path) -> None:
    # S2-5, M10
    shop, case = handed(tmp_path, "service.attitude", "--against", "qian.li")
    assert (
        "Nobody looks into a complaint against"
        in shop.refuse(1, "qian.li", "investigate", case, *checks("course=heard")).err
    )
    shop.do("chen.jie", "investigate", case, *checks("course=heard"))


# ── Defects of a batch ──────────────────────────────────────────────────────────────────────────────


def test_a_defect_of_a_batch_is_counted_and_delimited_before_a_plan(tmp_path: Path) -> None:
    # S2-6, W27
    shop, case = handed(tmp_path, "quality.failed", flags=("batch-defect",))
    confirmed(shop, case)
    words = ("investigate", case, *checks(*RULED_OUT, "test=batch", *BELOW[5:]), "--findings", "all of it", "--verdict",
             "founded", "--cause", "quality.specification")  # fmt: skip
    assert "Defect of a batch: those affected are counted" in shop.refuse(1, "chen.jie", *words).err
    shop.do("chen.jie", "classify", case, *BATCH, "--affected", "40")
    assert "Defect of a batch: those affected are counted" in shop.refuse(1, "chen.jie", *words).err
    shop.do(
        "chen.jie", "classify", case, *BATCH, "--affected", "40", "--affected-range", "D2609, sold in October"
    )
    shop.do("chen.jie", *words)
    given = shop.show(case)["classification"]
    assert (given["affected"], given["affected_range"]) == (40, "D2609, sold in October")
    recall = ("propose", case, "--remedy", "recall=900.00", "--expected", "recall=2026-12-01", "--reason", "all of it",
              "--confirm", "defect-common")  # fmt: skip
    assert "What the warehouse ships and marketing sends" in shop.refuse(1, "chen.jie", *recall).err
    shop.do(
        "chen.jie",
        *recall,
        "--task",
        "warehouse: fetch them",
        "--task-who",
        "1=zhao.wei",
        "--task-due",
        "1=2026-12-01",
    )
    shop.refuse(1, "sun.min", "approve", case)  # W22: a recall is the manager's
    shop.do("boss", "approve", case)


def test_a_flag_that_is_set_later_still_asks_for_the_count(tmp_path: Path) -> None:
    # S2-6, W27
    shop, case = found(tmp_path)
    shop.do("chen.jie", "classify", case, *BATCH)
    assert (
        "Defect of a batch: those affected are counted"
        in offer(shop, case, "exchange", "defect-common", code=1).err
    )
    shop.do("chen.jie", "classify", case, *BATCH, "--affected", "40", "--affected-range", "D2609")
    offer(shop, case, "exchange", "defect-common")


@pytest.mark.parametrize(("affected", "level"), [("49", 2), ("50", 1)])
def test_how_many_it_touches_raises_the_level(firm: Shop, affected: str, level: int) -> None:
    # S2-6, W27
    case = firm.new(*OIL)
    firm.do("li.na", "classify", case, *BATCH, "--affected", affected)
    assert firm.show(case)["level"] == level
    assert {to for name, to in owed(firm, case) if name == "batch-heads"} >= {"department:warehouse"}


def test_three_customers_with_one_batch_are_a_warning_before_anybody_says_so(firm: Shop) -> None:
    # S2-6
    cases = []
    for last in "123":
        cases.append(firm.new("--channel", "hotline", "--customer", "C", "--phone", f"1390000000{last}", "--batch", "d2609 ",
                              "--complaint", "it smokes"))  # fmt: skip
        firm.do("li.na", "classify", cases[-1], "--category", "quality.failed")
        assert firm.show(cases[0])["level"] == (2 if last == "3" else 3)
    firm.do("li.na", "link", cases[1], "--to", cases[0], "--kind", "same-batch")
    assert firm.show(cases[1])["links"][0].items() >= {"case": cases[0], "kind": "same-batch"}.items()


def test_cases_of_the_same_batch_are_listed_and_told_of(firm: Shop) -> None:
    # S2-6
    first = firm.new(*OIL)
    firm.new("--channel", "hotline", "--batch", "OTHER", "--complaint", "it leaks")
    again = firm.run("li.na", "new", *OIL)
    assert first in again.err
    second = again.out.strip()
    listed = firm.run("", "list", "--batch", "D2609", "--json").json
    assert {one["id"] for one in listed} == {first, second}
    assert firm.show(second)["same_batch"] == [first]
    firm.do("li.na", "link", second, "--to", first, "--kind", "same-batch")
    assert f"link {second}" not in firm.do("", "show", second)


# ── Solutions ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("degree", "granted", "denied"),
    [
        ("damage-light", ("repair", "discount=96.00", "goods-in-kind=96.00"), ("exchange", "discount=96.01")),
        (
            "damage-heavy",
            ("repair", "exchange", "goods-in-kind=240.00"),
            ("refund=480.00", "goods-in-kind=240.01"),
        ),
        ("damage-total", ("exchange", "refund=480.00", "goods-in-kind=480.00"), ("repair", "refund=480.01")),
    ],
)
def test_solutions_go_by_the_degree_of_damage(
    tmp_path: Path, degree: str, granted: tuple[str, ...], denied: tuple[str, ...]
) -> None:
    # S2-10, N23, S2-7, W21
    shop, case = found(tmp_path)
    for remedy in granted:
        offer(shop, case, remedy, code=1)
        offer(shop, case, remedy, degree)
    for remedy in denied:
        offer(shop, case, remedy, degree, code=1)


def test_individual_means_that_more_is_an_exception_with_a_name(tmp_path: Path) -> None:
    # S2-10, N23
    shop, case = found(tmp_path)
    plan = ("propose", case, "--remedy", "discount=90.00", "--reason", "her work stood still")
    shop.refuse(1, "chen.jie", *plan)
    shop.do("chen.jie", *plan, "--exception", "a customer of ten years")
    shop.refuse(1, "li.na", "approve", case)  # within her limit, but an exception
    shop.do("sun.min", "approve", case)


def test_a_long_repair_brings_a_substitute_or_expedited_service(tmp_path: Path) -> None:
    # S2-8
    shop, case = found(tmp_path)
    for remedy in ("substitute=50.00", "expedited=50.00"):
        offer(shop, case, remedy, code=1)
        offer(shop, case, remedy, "repair-takes-long")


def test_a_service_failure_brings_apology_extra_service_or_money(tmp_path: Path) -> None:
    # S2-7
    shop, case = found(tmp_path, "service.attitude", "service.attitude")
    for remedy in ("apology", "extra-service=100.00", "compensation=100.00", "gift=50.00"):
        offer(shop, case, remedy)
    offer(shop, case, "compensation=200.01", code=1)
    offer(shop, case, "public-apology", code=1)


def test_a_public_apology_is_for_what_is_in_the_media_and_is_the_managers(tmp_path: Path) -> None:
    # S2-7, W22
    shop, case = handed(tmp_path, "service.attitude", flags=("media",))
    confirmed(shop, case)
    shop.upheld("chen.jie", case, "service.attitude", "rude")
    shop.do("chen.jie", "propose", case, "--remedy", "public-apology", "--reason", "it spreads", "--task",
            "marketing: publish", "--task-who", "1=he.xin", "--task-due", "1=2026-11-17")  # fmt: skip
    shop.refuse(1, "sun.min", "approve", case)
    shop.do("boss", "approve", case)


def test_a_dealer_may_want_something_else_than_money(tmp_path: Path) -> None:
    # S1e-9, N18
    words = ("--customer-type", "dealer", "--demand-text", "help to open a branch")
    shop, case = found(tmp_path, "service.slow", "service.after-sales", *words)
    assert shop.show(case)["demand"]["text"] == "help to open a branch"
    offer(shop, case, "dealer-support=500.00", code=1)
    offer(shop, case, "dealer-support=500.00", "dealer-in-good-standing")


def test_an_end_user_gets_no_support_for_dealers(tmp_path: Path) -> None:
    # S1e-10, N18, N19
    shop, case = found(tmp_path, "service.slow", "service.after-sales", "--customer-type", "end-user")
    offer(shop, case, "dealer-support=500.00", "dealer-in-good-standing", code=1)


def test_a_remedy_has_its_steps_and_its_day(tmp_path: Path) -> None:
    # S2-11, N24
    shop, case = found(tmp_path)
    plan = (
        "propose",
        case,
        "--remedy",
        "repair",
        "--cost",
        "repair=90.00",
        "--confirm",
        "damage-heavy",
        "--reason",
        "r",
    )
    ran = shop.run("chen.jie", *plan)
    assert (ran.code != 0, "--expected" in ran.err) == (True, True)
    shop.do(
        "chen.jie",
        *plan,
        "--expected",
        "repair=2026-11-20",
        "--how",
        "repair=fetched, new bearing, tested, brought back",
    )
    [remedy] = shop.show(case)["proposals"][-1]["remedies"]
    assert remedy["how"].endswith("brought back")
    shop.do("sun.min", "approve", case)
    paper(shop, case)
    shop.do("chen.jie", "respond", case, "--agreed", "--agreement", "agreement.txt")
    assert clock(shop.show(case), "expected")["due"] == "2026-11-21T00:00:00+08:00"
    assert not [one for one in shop.show(case)["deadlines"] if one["name"] == "carry-out"]
    assert clock(shop.wait(days=5).show(case), "expected")["state"] == "missed"


def test_objections_lead_to_another_plan(tmp_path: Path) -> None:
    # S2-11, N24
    shop, case = found(tmp_path)
    plan = ("propose", case, "--remedy", "discount=90.00", "--confirm", "damage-light", "--reason", "r")
    shop.do("chen.jie", *plan)
    shop.do("li.na", "approve", case)
    shop.wait(minutes=1).do("chen.jie", "respond", case, "--declined", "--reason", "too little")
    shop.do(
        "chen.jie",
        "propose",
        case,
        "--remedy",
        "discount=95.00",
        "--confirm",
        "damage-light",
        "--reason",
        "r",
    )
    shop.refuse(1, "li.na", "approve", case)  # one step up
    shop.do("sun.min", "approve", case)


# ── The seven steps ─────────────────────────────────────────────────────────────────────────────────


def test_the_ordinary_road_to_a_satisfied_customer(tmp_path: Path) -> None:
    # S1e-4, S1e-5, S1e-6, S1e-7, W21
    shop, case = handed(
        tmp_path, "quality.performance", "--customer-type", "dealer", "--end-user", "He's garage"
    )
    confirmed(shop, case)
    shop.do("chen.jie", "investigate", case, *checks(*BELOW), *FOUND)
    plan = ("propose", case, "--remedy", "goods-in-kind=90.00", "--expected", "goods-in-kind=2026-11-19", "--remedy",
            "gift=50.00", "--confirm", "damage-light", "--reason", "topped up")  # fmt: skip
    assert "What the warehouse ships and marketing sends" in shop.refuse(1, "chen.jie", *plan).err
    shop.do("chen.jie", *plan, "--task", "warehouse: ship the oil", "--task-who", "1=zhao.wei", "--task-due",
            "1=2026-11-18", "--task", "marketing: send the gift", "--task-who", "2=he.xin", "--task-due", "2=2026-11-18")  # fmt: skip
    shop.refuse(1, "chen.jie", "approve", case)  # S1e-4: the leader, never oneself
    shop.refuse(1, "chen.jie", "respond", case, "--agreed")  # nor is the customer answered before
    shop.do("sun.min", "approve", case)
    assert clock(shop.show(case), "answer")["due"].startswith("2026-11-16T14:")  # S1e-4: then at once
    assert (
        "The customer confirms the plan and signs the"
        in shop.refuse(1, "chen.jie", "respond", case, "--agreed").err
    )  # S1e-5
    paper(shop, case)
    shop.do("chen.jie", "respond", case, "--agreed", "--agreement", "agreement.txt")
    assert {("warehouse-ships", "department:warehouse"), ("marketing-sends", "department:marketing")} <= owed(
        shop, case
    )
    for name in ("warehouse-ships", "marketing-sends"):
        shop.do("chen.jie", "contact", case, "--by", "sheet", "--told", name)
    assert not {name for name, _to in owed(shop, case)} & {"warehouse-ships", "marketing-sends"}
    shop.do("zhao.wei", "fulfil", case, "--task", "1", "--task", "3", "--voucher", "K-1")
    assert shop.show(case)["state"] == "agreed"  # S1e-6: the gift has not been sent yet
    shop.do("he.xin", "fulfil", case, "--task", "2", "--task", "4")
    shop.do("chen.jie", "follow-up", case, "--satisfaction", "3")
    shop.refuse(1, "chen.jie", "close", case, "--lesson", "test each can")  # S1e-7
    shop.do("chen.jie", "propose", case, "--remedy", "explanation", "--reason", "how long it takes")
    shop.do("sun.min", "approve", case)
    shop.do("chen.jie", "respond", case, "--agreed")  # what costs nothing needs no paper
    shop.do("chen.jie", "fulfil", case, "--all")
    shop.do("chen.jie", "follow-up", case, "--satisfaction", "4", "--method", "visit")
    assert "What was upheld and not light leaves a lesson" in shop.refuse(1, "chen.jie", "close", case).err
    shop.do("chen.jie", "close", case, "--lesson", "test each can")
    assert shop.show(case)["closures"][0]["outcome"] == "satisfied"


def test_departments_of_the_house_are_those_that_the_procedure_names(firm: Shop) -> None:
    # W13
    inside = {name for name, one in rules(firm)["departments"].items() if not one.get("outside")}
    assert inside == {
        "after-sales", "sales", "production", "inspection", "warehouse", "marketing", "service-team", "management",
    }  # fmt: skip


def test_one_person_alone_goes_the_whole_way(tmp_path: Path) -> None:
    # S1e-4: `init` gives rules that work at once; deciding on one's own is recorded as such
    shop = Shop.make(tmp_path / "shop", "aftersales", alone=True)
    case = shop.new(*OIL, who="boss")
    shop.do("boss", "classify", case, "--category", "quality.failed")
    shop.do("boss", "assign", case, "--to", "boss")
    shop.do("boss", "contact", case, "--by", "phone", "--confirms", "--note", "said back")
    shop.do("boss", "investigate", case, *checks(*BELOW), *FOUND)
    shop.do(
        "boss", "propose", case, "--remedy", "discount=90.00", "--confirm", "damage-light", "--reason", "r"
    )
    shop.do("boss", "approve", case)
    assert shop.show(case)["proposals"][0]["decision"]["alone"] is True
    assert shop.run("", "check").code == 0
