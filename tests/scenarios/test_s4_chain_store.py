"""The chain store's process (S4) played through the command line: seven steps, five disciplines, 5/3/5 business days."""

from __future__ import annotations

import functools
import shutil
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.shop import Shop, checks, clock, kept_folder, rules, run

MORNING = "2026-11-16T10:00:00+01:00"  # a Monday
PEOPLE = (
    ("rosa.gil", "Rosa Gil", "clerk", "customer-service", "investigator"),
    ("luis.mora", "Luis Mora", "head", "customer-service", "investigator"),
    ("ana.prado", "Ana Prado", "head", "goods", ""),
    ("ivan.rey", "Iván Rey", "clerk", "sales", ""),
    ("eva.sanz", "Eva Sanz", "head", "sales", ""),
    ("pau.coll", "Pau Coll", "clerk", "quality", "quality-inspector"),
    ("marta.leon", "Marta León", "manager", "store-management", ""),
)
MIXER = (
    "--channel", "desk", "--customer", "Carmen Ruiz", "--phone", "600111222", "--product", "Batidora BX-3", "--price",
    "49.90", "--purchased-on", "2026-11-02", "--complaint", "dejó de funcionar", "--demand", "exchange",
)  # fmt: skip
GOODS = (
    "customer=segundo uso",
    "purchase=ours",
    "inspection=faulty",
    "evidence-against-allegation=confirmed",
)
SERVICE = ("customer=de palabra", "staff=by-word", "papers=ninguno", "evidence-against-allegation=confirmed")
TASK = ("--task", "goods: una batidora nueva", "--task-who", "1=ana.prado", "--task-due", "1=2026-11-20")


def began(folder: Path, *words: str) -> Shop:
    """A register of the chain in Spain, with the owner only."""
    made = run("--now", MORNING, "init", str(folder), "--policy", "chain-store", "--name", "Tienda", "--country", "ES",
               "--timezone", "Europe/Madrid", "--currency", "EUR", "--owner", "boss:Ann Lee <boss@shop.example>",
               *words)  # fmt: skip
    assert made.code == 0, made
    shop = Shop(folder)
    shop.now = datetime.fromisoformat(MORNING)
    return shop


@functools.cache
def _store() -> Path:
    """The register of a store with its people, made once; tests get copies."""
    folder = kept_folder() / "shop"
    shop = began(folder, "--subdivision", "MD", "--language", "en")
    for ident, name, role, department, duty in PEOPLE:
        duties = ("--duty", duty) if duty else ()
        shop.do("boss", "staff", "add", ident, "--name", name, "--email", f"{ident}@shop.example", "--role", role,
                "--department", department, *duties)  # fmt: skip
    return folder


def at_work(folder: Path, made: Path | None = None) -> Shop:
    """A copy of a register, on Monday morning."""
    shutil.copytree(made or _store(), folder / "shop")
    shop = Shop(folder / "shop")
    shop.now = datetime.fromisoformat(MORNING)
    return shop


@pytest.fixture
def store(tmp_path: Path) -> Shop:
    """A store with seven people and its owner."""
    return at_work(tmp_path)


def paper(shop: Shop, case: str, name: str, *words: str) -> None:
    """Put a signed paper on file."""
    file = shop.folder.parent / name
    file.write_text(f"{case}: hoja final de tratamiento, firmada", encoding="utf-8")
    shop.do("rosa.gil", "evidence", "add", case, str(file), "--kind", "document", *words)


def registered(shop: Shop, category: str = "product.defect", *words: str, who: str = "rosa.gil") -> str:
    """A complaint that customer service accepted and classified."""
    case = shop.new(*MIXER, *words, who=who)
    shop.do("rosa.gil", "classify", case, "--category", category)
    return case


def founded(shop: Shop, case: str, *words: str) -> None:
    """The whole questionnaire about goods, and a verdict."""
    shop.do("rosa.gil", "investigate", case, *checks(*GOODS), "--findings", "bobina en cortocircuito", "--verdict",
            "founded", "--cause", "goods.manufacture", *words)  # fmt: skip


@functools.cache
def _on_the_road(state: str) -> tuple[Path, str]:
    """A register whose case has come so far along the seven steps; each made once."""
    folder = kept_folder()
    if state == "assigned":
        shop = at_work(folder)
        case = registered(shop)
        founded(shop, case, "--responsible", "goods")
        shop.do("rosa.gil", "assign", case, "--to", "ana.prado", "--task", "solución en tres días hábiles")
        return folder / "shop", case
    states = ("assigned", "approved", "agreed", "fulfilled", "satisfied")
    made, case = _on_the_road(states[states.index(state) - 1])
    shop = at_work(folder, made).wait(hours=states.index(state))
    if state == "approved":
        shop.do(
            "ana.prado",
            "propose",
            case,
            "--remedy",
            "exchange",
            "--confirm",
            "inspected",
            "--reason",
            "r",
            *TASK,
        )
        shop.do("marta.leon", "approve", case)
    elif state == "agreed":
        paper(shop, case, "final.txt", "--collected-by", "rosa.gil")
        shop.do("rosa.gil", "respond", case, "--agreed", "--agreement", "final.txt")
    elif state == "fulfilled":
        shop.do("rosa.gil", "contact", case, "--told", "manager-makes-understood", "--by", "desk")
        shop.wait(minutes=5).do("ana.prado", "fulfil", case, "--acknowledge", "2")
        shop.do("ana.prado", "fulfil", case, "--all")
    else:
        shop.do("marta.leon", "contact", case, "--party", "department:goods", "--by", "desk", "--note", "ok")
        shop.wait(days=1).do("rosa.gil", "follow-up", case, "--satisfaction", "4", "--method", "visit")
    return folder / "shop", case


def on_the_road(folder: Path, state: str) -> tuple[Shop, str]:
    """A store of one's own with a case in a state, some hours or (satisfied) a day later."""
    made, case = _on_the_road(state)
    shop = at_work(folder, made)
    shop.wait(hours=8, days=2 if state == "satisfied" else 0)
    return shop, case


CLOSE = ("--lesson", "muestreo por serie", "--dispose", "goods/responsible: reclamar al proveedor")

# ── The register: Spain, euros, Spanish first ───────────────────────────────────────────────────────


def test_the_rules_are_written_in_spanish_first_and_count_in_euros(store: Shop) -> None:
    # S4-1: the procedure is a Spanish one
    policy = rules(store)
    assert (policy["languages"][0], policy["authority"]["currency"]) == ("es", "EUR")
    assert next(iter(policy["label"])) == "es"
    settings = (store.folder / "policies" / "register.yaml").read_text(encoding="utf-8")
    assert "EUR" in settings
    assert "Europe/Madrid" in settings


@pytest.mark.parametrize(
    ("region", "received", "due"),
    [
        (
            "MD",
            "2026-10-30",
            "2026-11-10",
        ),  # All Saints is a Sunday: Madrid and Andalusia take the Monday off
        ("AN", "2026-10-30", "2026-11-10"),
        ("CT", "2026-10-30", "2026-11-07"),
        ("CT", "2026-09-10", "2026-09-19"),  # 11 September is a day off in Catalonia only
        ("MD", "2026-09-10", "2026-09-18"),
        ("MD", "2026-04-30", "2026-05-09"),  # 1 May everywhere
    ],
)
def test_business_days_are_those_of_the_region(tmp_path: Path, region: str, received: str, due: str) -> None:
    # S4-1: five business days after the day itself, until midnight
    shop = began(tmp_path / "shop", "--subdivision", region)
    shop.now = datetime.fromisoformat(f"{received}T09:00:00").replace(tzinfo=ZoneInfo("Europe/Madrid"))
    case = shop.show(shop.new("--channel", "desk", "--complaint", "no funciona", who="boss"))
    assert clock(case, "reply")["due"].startswith(f"{due}T00:00:00")


# ── 1 and 2: accepted, investigated, before there is a department ───────────────────────────────────


def test_whoever_accepts_promises_an_answer_within_five_business_days(store: Shop) -> None:
    # S4-1
    ran = store.run("rosa.gil", "new", *MIXER)
    assert "2026-11-23" in ran.err
    case = store.show(ran.out.strip())
    assert clock(case, "reply")["due"] == "2026-11-24T00:00:00+01:00"
    assert rules(store)["deadlines"]["reply"]["promise"] is True


def test_the_questionnaire_comes_before_the_department(store: Shop) -> None:
    # S4-12, N34
    case = registered(store)
    refused = store.refuse(1, "rosa.gil", "assign", case, "--to", "ana.prado")
    assert "The responsible department is determined" in refused.err
    words = ("--findings", "f", "--verdict", "founded", "--cause", "goods.manufacture")
    assert (
        "A verdict follows the whole questionnaire"
        in store.refuse(1, "rosa.gil", "investigate", case, *words).err
    )
    assert (
        "asked for” comes before it"
        in store.refuse(1, "pau.coll", "investigate", case, "--check", GOODS[2]).err
    )
    founded(store, case)
    assert store.show(case)["state"] == "investigated"
    store.do("rosa.gil", "assign", case, "--to", "ana.prado")
    assert store.show(case)["state"] == "assigned"


def test_customer_service_investigates_and_quality_inspects_not_the_department_concerned(store: Shop) -> None:
    # S4-12, S4-3, W7, M10
    case = registered(store)
    refused = store.refuse(1, "ivan.rey", "investigate", case, "--check", GOODS[0])
    assert "customer service" in refused.err
    store.do("rosa.gil", "investigate", case, *checks(*GOODS[:2]))
    store.do("rosa.gil", "investigate", case, "--check", GOODS[2])
    shown = next(one for one in store.show(case)["playbook"]["checks"] if one["name"] == "inspection")
    assert shown["executor"] == ["quality-inspector"]
    assert "rosa.gil" in store.do("", "show", case)
    store.do("pau.coll", "investigate", case, "--check", GOODS[2])
    again = next(one for one in store.show(case)["playbook"]["checks"] if one["name"] == "inspection")
    assert again != shown


def test_nobody_investigates_themselves(store: Shop) -> None:
    # M10
    case = registered(store, "service.attitude", "--against", "rosa.gil")
    assert (
        "Nobody looks into a complaint against"
        in store.refuse(1, "rosa.gil", "investigate", case, "--check", SERVICE[0]).err
    )
    store.do("luis.mora", "investigate", case, "--check", SERVICE[0])


def test_what_is_not_true_goes_back_to_the_customer_with_the_findings(store: Shop) -> None:
    # S4-4, S4-8
    case = registered(store)
    store.do("rosa.gil", "investigate", case, *checks(*GOODS[:2], "inspection=misuse", "evidence-against-allegation=not-confirmed"),
             "--findings", "calentado en vacío", "--verdict", "unfounded", "--cause", "goods.misuse")  # fmt: skip
    store.do("rosa.gil", "assign", case, "--to", "rosa.gil", "--department", "customer-service")
    assert (
        "not granted"
        in store.refuse(1, "rosa.gil", "propose", case, "--remedy", "exchange", "--reason", "r").err
    )
    store.do("rosa.gil", "propose", case, "--remedy", "explanation", "--reason", "no procede")
    store.refuse(1, "ivan.rey", "approve", case)
    store.do("luis.mora", "approve", case)
    store.do("rosa.gil", "respond", case, "--agreed")
    store.do("rosa.gil", "close", case)
    assert store.show(case)["closures"][0]["outcome"] == "explained"


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        (("--verdict", "founded", "--cause", "goods.manufacture"), "A verdict comes with what was found"),
        (("--findings", "f", "--verdict", "founded"), "What is upheld is analysed: it has a cause"),
    ],
)
def test_what_is_true_is_established_and_analysed(store: Shop, words: tuple[str, ...], rule: str) -> None:
    # S4-4, S4-12
    case = registered(store)
    store.do("rosa.gil", "investigate", case, *checks(*GOODS))
    assert rule in store.refuse(1, "rosa.gil", "investigate", case, *words).err


def test_customer_service_has_the_two_days_that_the_department_leaves_it(store: Shop) -> None:
    # S4-1, S4-2, S4-12: 5 business days less 3
    case = registered(store)
    assert clock(store.show(case), "questionnaire")["due"] == "2026-11-19T00:00:00+01:00"
    founded(store, case)
    # four hours of the desk's service
    assert clock(store.show(case), "hand-over")["due"] == "2026-11-16T14:00:00+01:00"


@pytest.mark.parametrize(
    ("category", "cause", "words", "code"),
    [
        ("product.defect", "goods.manufacture", ("--remedy", "repair"), 1),
        ("product.defect", "goods.manufacture", ("--remedy", "repair", "--confirm", "inspected"), 0),
        (
            "product.defect",
            "goods.manufacture",
            ("--remedy", "repair", "--confirm", "inspected", "--confirm", "misused"),
            1,
        ),
        ("product.not-as-described", "goods.description", ("--remedy", "exchange"), 1),
        (
            "product.not-as-described",
            "goods.description",
            ("--remedy", "exchange", "--confirm", "receipt-seen"),
            0,
        ),
        (
            "product.delivery",
            "goods.storage",
            ("--remedy", "redelivery", "--expected", "redelivery=2026-11-18"),
            0,
        ),
        ("product.delivery", "goods.storage", ("--remedy", "redelivery"), 2),
    ],
)
def test_who_is_entitled_to_what_about_goods(
    store: Shop, category: str, cause: str, words: tuple[str, ...], code: int
) -> None:
    # S4-3: the quality inspection is what a remedy rests on
    case = registered(store, category)
    store.do(
        "rosa.gil",
        "investigate",
        case,
        *checks(*GOODS),
        "--findings",
        "f",
        "--verdict",
        "founded",
        "--cause",
        cause,
    )
    store.do("rosa.gil", "assign", case, "--to", "ana.prado")
    ran = store.run("ana.prado", "propose", case, *words, "--reason", "r", *TASK, "--dry-run")
    assert ran.code == code, ran


# ── 3 to 5: hand-over sheet, solution, opinion form, carrying out ───────────────────────────────────


def test_the_department_answers_the_hand_over_sheet_within_three_business_days(tmp_path: Path) -> None:
    # S4-2, N33
    shop, case = on_the_road(tmp_path, "assigned")
    shown = shop.show(case)
    assert shown["assignments"][0]["task"] == "solución en tres días hábiles"
    assert clock(shown, "department-answer")["due"] == "2026-11-20T00:00:00+01:00"
    [owed] = shown["owed"]
    assert (owed["name"], owed["to"]) == ("sheet-handed-over", "department:goods")
    shop.wait(days=4)
    assert clock(shop.show(case), "department-answer")["state"] == "missed"
    assert shop.run("", "due").code == 7


def test_nothing_is_told_or_answered_before_the_final_determination_and_it_is_the_managers(
    tmp_path: Path,
) -> None:
    # S4-5, S4-11, N32
    shop, case = on_the_road(tmp_path, "assigned")
    shop.do(
        "ana.prado", "propose", case, "--remedy", "exchange", "--confirm", "inspected", "--reason", "r", *TASK
    )
    assert shop.refuse(1, "rosa.gil", "respond", case, "--agreed").err
    refused = shop.refuse(1, "luis.mora", "approve", case)
    assert "store manager" in refused.err
    assert clock(shop.show(case), "decide")["due"] == "2026-11-18T00:00:00+01:00"
    shop.do("marta.leon", "approve", case)
    shown = shop.show(case)
    assert shown["proposals"][0]["decision"]["by"] == "marta.leon"
    assert clock(shown, "reply")["state"] == "met"
    # four hours while the desk is looked after
    assert clock(shown, "tell-decision")["due"] == "2026-11-17T10:00:00+01:00"


def test_a_complaint_is_not_settled_by_word_but_a_question_may_be(store: Shop) -> None:
    # S4-5, S4-9
    case = store.new(*MIXER, who="ivan.rey")
    words = ("--category", "price", "--remedy", "apology", "--reason", "perdón")
    store.refuse(1, "marta.leon", "settle", case, *words)
    question = store.new(
        "--channel", "phone", "--kind", "help", "--complaint", "¿cómo se monta?", who="ivan.rey"
    )
    store.do("ivan.rey", "settle", question, *words)


def test_nothing_is_carried_out_without_the_final_written_form(tmp_path: Path) -> None:
    # S4-9, S4-5, W8
    shop, case = on_the_road(tmp_path, "approved")
    assert (
        "Disciplines 2 and 5: only the final written"
        in shop.refuse(1, "rosa.gil", "respond", case, "--agreed").err
    )
    assert shop.run("ana.prado", "fulfil", case, "--all").code == 1
    paper(shop, case, "final.txt", "--collected-by", "rosa.gil")
    shop.do("rosa.gil", "respond", case, "--agreed", "--agreement", "final.txt")
    assert shop.show(case)["state"] == "agreed"


def test_who_disagrees_sends_it_back_to_the_department_and_one_step_up(tmp_path: Path) -> None:
    # S4-6
    shop, case = on_the_road(tmp_path, "approved")
    shop.do("rosa.gil", "respond", case, "--declined", "--reason", "quiere el dinero")
    shown = shop.show(case)
    assert (shown["state"], shown["accountable"]["department"]) == ("declined", "goods")
    shop.do(
        "ana.prado",
        "propose",
        case,
        "--remedy",
        "refund=49.90",
        "--confirm",
        "inspected",
        "--reason",
        "r",
        *TASK,
    )
    assert "marta.leon" in shop.refuse(1, "marta.leon", "approve", case).err
    shop.do("boss", "approve", case)


def test_who_agrees_gets_it_carried_out_within_days(tmp_path: Path) -> None:
    # S4-6
    shop, case = on_the_road(tmp_path, "agreed")
    agreed = clock(shop.show(case), "carry-out")
    assert (agreed["due"], agreed["state"]) == ("2026-11-24T00:00:00+01:00", "waiting")


def test_the_solution_says_who_does_what_by_when(tmp_path: Path) -> None:
    # S4-10, N31
    shop, case = on_the_road(tmp_path, "assigned")
    words = ("propose", case, "--remedy", "exchange", "--confirm", "inspected", "--reason", "r")
    assert "Discipline 3: the solution says who does" in shop.refuse(1, "ana.prado", *words).err
    assert "Discipline 3: the solution says who does" in shop.refuse(1, "ana.prado", *words, *TASK[:4]).err
    shop.do("ana.prado", *words, *TASK)


def test_the_manager_makes_sure_that_the_decision_is_understood(tmp_path: Path) -> None:
    # S4-10, N31, discipline 3: the manager hears of it, whoever gets a task says that it is understood
    shop, case = on_the_road(tmp_path, "agreed")
    assert "manager-makes-understood" in shop.refuse(1, "ana.prado", "fulfil", case, "--all").err
    shop.do(
        "marta.leon", "contact", case, "--party", "department:goods", "--by", "desk", "--note", "explicado"
    )
    assert (
        "Discipline 3: whoever gets a task confirms"
        in shop.refuse(1, "ana.prado", "fulfil", case, "--all").err
    )
    assert shop.run("ivan.rey", "fulfil", case, "--acknowledge", "2").code == 1
    shop.do("ana.prado", "fulfil", case, "--acknowledge", "2")
    shop.do("ana.prado", "fulfil", case, "--all")


def test_the_manager_supervises_the_result_before_the_first_visit(tmp_path: Path) -> None:
    # S4-11, N32, discipline 4
    shop, case = on_the_road(tmp_path, "fulfilled")
    assert ("manager-supervises", "role:manager") in {
        (one["name"], one["to"]) for one in shop.show(case)["owed"]
    }
    words = ("follow-up", case, "--satisfaction", "4", "--method", "visit")
    assert "manager-supervises" in shop.refuse(1, "rosa.gil", *words).err
    shop.do(
        "marta.leon", "contact", case, "--party", "department:goods", "--by", "desk", "--note", "comprobado"
    )
    shop.do("rosa.gil", *words)


# ── 6 and 7: visit, survey back, accepted only when satisfied ───────────────────────────────────────


def test_the_first_visit_is_due_within_five_business_days_of_carrying_out(tmp_path: Path) -> None:
    # S4-7
    shop, case = on_the_road(tmp_path, "fulfilled")
    assert clock(shop.show(case), "first-visit")["due"] == "2026-11-24T00:00:00+01:00"
    shop.wait(days=8)
    assert clock(shop.show(case), "first-visit")["state"] == "missed"


def test_the_survey_goes_back_to_the_department_before_it_is_filed(tmp_path: Path) -> None:
    # S4-7
    shop, case = on_the_road(tmp_path, "satisfied")
    refused = shop.refuse(1, "rosa.gil", "close", case, *CLOSE)
    assert "survey-back" in refused.err
    shop.do("rosa.gil", "contact", case, "--told", "survey-back", "--by", "sheet")
    shop.do("rosa.gil", "close", case, *CLOSE)
    assert "accepted: customer satisfied" in shop.do("", "show", case)  # N35


@pytest.mark.parametrize(("mark", "outcome"), [(4, "satisfied"), (5, "very-satisfied")])
def test_it_is_accepted_only_when_satisfied_or_very_satisfied(
    tmp_path: Path, mark: int, outcome: str
) -> None:
    # S4-8, N35
    shop, case = on_the_road(tmp_path, "satisfied")
    shop.do("rosa.gil", "contact", case, "--told", "survey-back", "--by", "sheet")
    shop.do("rosa.gil", "follow-up", case, "--satisfaction", "3", "--method", "phone")
    shop.wait(minutes=1).do("rosa.gil", "contact", case, "--told", "survey-back", "--by", "sheet")
    assert shop.run("rosa.gil", "close", case, *CLOSE).code == 1
    assert shop.show(case)["state"] == "dissatisfied"
    shop.do("rosa.gil", "follow-up", case, "--satisfaction", str(mark), "--method", "visit")
    shop.wait(minutes=1).run("rosa.gil", "contact", case, "--told", "survey-back", "--by", "sheet")
    shop.do("rosa.gil", "close", case, *CLOSE)
    assert shop.show(case)["closures"][0]["outcome"] == outcome


def test_a_dissatisfied_customer_is_not_filed_away_even_with_a_final_answer(tmp_path: Path) -> None:
    # S4-8: first the case goes up
    shop, case = on_the_road(tmp_path, "satisfied")
    shop.do("rosa.gil", "follow-up", case, "--satisfaction", "2", "--method", "phone")
    shop.wait(minutes=1).run("rosa.gil", "contact", case, "--told", "survey-back", "--by", "sheet")
    words = ("close", case, "--outcome", "final-response-declined", "--reason", "no acepta", *CLOSE)
    assert shop.run("rosa.gil", *words).code == 1
    assert "A dissatisfied customer is not filed away" in shop.run("boss", *words).err
    shop.do("rosa.gil", "escalate", case, "--reason", "sigue insatisfecha")
    assert "A dissatisfied customer is not filed away" not in shop.run("boss", *words).err


# ── The disciplines about truth and promises ────────────────────────────────────────────────────────


def test_whoever_collects_evidence_answers_for_it_and_bears_the_loss(tmp_path: Path) -> None:
    # S4-3, W7, discipline 1
    shop = at_work(tmp_path)
    case = registered(shop)
    paper(shop, case, "foto.txt")
    words = (*checks(*GOODS), "--findings", "f", "--verdict", "founded", "--cause", "goods.manufacture")
    assert (
        "Discipline 1: each piece of evidence has"
        in shop.refuse(1, "rosa.gil", "investigate", case, *words).err
    )
    paper(shop, case, "foto.txt", "--collected-by", "pau.coll")
    founded(shop, case, "--loss", "80.00", "--responsible", "pau.coll")
    shown = shop.show(case)
    assert (shown["evidence"][0]["collected_by"], shown["investigations"][-1]["loss"]) == (
        "pau.coll",
        "80.00",
    )


def test_a_serious_deviation_is_decided_on_with_what_they_bear(tmp_path: Path) -> None:
    # S4-3, W7
    shop, case = on_the_road(tmp_path, "satisfied")
    shop.do("rosa.gil", "contact", case, "--told", "survey-back", "--by", "sheet")
    assert (
        "It is decided on whoever was responsible"
        in shop.refuse(1, "rosa.gil", "close", case, "--lesson", "l").err
    )
    assert "What was upheld leaves a lesson" in shop.refuse(1, "rosa.gil", "close", case, *CLOSE[2:]).err
    shop.do("rosa.gil", "close", case, *CLOSE, "--dispose", "pau.coll/evidence/80.00: informe inexacto")
    found = shop.show(case)["closures"][0]["dispositions"]
    assert {"who": "pau.coll", "part": "evidence", "what": "informe inexacto", "bears": "80.00"} in found


def test_an_unwritten_promise_falls_on_whoever_promised(tmp_path: Path) -> None:
    # S4-9, S4-5, W8, discipline 5
    shop = at_work(tmp_path)
    case = registered(shop, "service.promise", "--against", "ivan.rey")
    shop.do("rosa.gil", "classify", case, "--category", "service.promise", "--flag", "unauthorised-promise")
    assert shop.show(case)["level"] == 2
    words = (
        *checks(*SERVICE),
        "--findings",
        "de palabra",
        "--verdict",
        "founded",
        "--cause",
        "service.promise",
    )
    assert (
        "Discipline 5: whoever promised without a"
        in shop.refuse(1, "rosa.gil", "investigate", case, *words).err
    )
    shop.do("rosa.gil", "investigate", case, *words, "--promised-by", "ivan.rey", "--loss", "15.00")
    shop.do("rosa.gil", "assign", case, "--to", "eva.sanz")
    # the store is bound only by what is written
    offer = ("propose", case, "--remedy", "discount=15.00", "--reason", "r", "--task", "sales: vale", "--task-who",
             "1=eva.sanz", "--task-due", "1=2026-11-20")  # fmt: skip
    assert "promise-in-writing" in shop.refuse(1, "eva.sanz", *offer).err
    shop.do("eva.sanz", *offer, "--exception", "gesto de la tienda")
    shop.do("marta.leon", "approve", case)
    paper(shop, case, "final.txt", "--collected-by", "rosa.gil")
    shop.do("rosa.gil", "respond", case, "--agreed", "--agreement", "final.txt")
    shop.wait(minutes=1).do(
        "marta.leon", "contact", case, "--party", "department:sales", "--by", "desk", "--note", "x"
    )
    shop.do("eva.sanz", "fulfil", case, "--acknowledge", "2")
    shop.do("eva.sanz", "fulfil", case, "--all")
    shop.wait(minutes=1).do(
        "marta.leon", "contact", case, "--party", "department:sales", "--by", "desk", "--note", "y"
    )
    shop.do("rosa.gil", "follow-up", case, "--satisfaction", "5", "--method", "visit")
    shop.wait(minutes=1).do("rosa.gil", "contact", case, "--told", "survey-back", "--by", "sheet")
    close = ("close", case, "--lesson", "l", "--dispose", "sales/responsible: aviso")
    assert '--dispose "ivan.rey/promise' in shop.refuse(1, "rosa.gil", *close).err
    shop.do("rosa.gil", *close, "--dispose", "ivan.rey/promise/15.00: asume la rebaja")
    assert shop.show(case)["closures"][0]["dispositions"][1]["bears"] == "15.00"


def test_the_five_disciplines_are_shown_at_their_steps(store: Shop) -> None:
    # S4-3, S4-5, S4-9, S4-10, S4-11
    said = {one["label"]["en"].partition(":")[0]: one["steps"] for one in rules(store)["conduct"]}
    found = {number: said[f"Discipline {number}"] for number in range(1, 6)}
    assert "evidence" in found[1]
    assert {"propose", "contact"} <= set(found[2])
    assert found[3] == ["fulfil"]
    assert "approve" in found[4]
    assert {"new", "respond"} <= set(found[5])


def test_departments_and_the_managers_place_are_those_of_a_store(store: Shop) -> None:
    # W13, S4-11
    policy = rules(store)
    assert {key for key, one in policy["departments"].items() if not one.get("outside")} == {
        "customer-service", "sales", "goods", "warehouse", "quality", "store-management",
    }  # fmt: skip
    assert policy["departments"]["store-management"]["head"] == "manager"
    assert policy["investigates_first"] is True


def test_one_person_alone_goes_all_seven_steps(tmp_path: Path) -> None:
    # S4-1 to S4-8
    shop = began(tmp_path / "shop", "--subdivision", "MD")
    case = shop.new(*MIXER, who="boss")
    shop.do("boss", "classify", case, "--category", "product.defect")
    shop.do("boss", "investigate", case, *checks(*GOODS), "--findings", "f", "--verdict", "founded", "--cause",
            "goods.manufacture")  # fmt: skip
    shop.do("boss", "assign", case, "--to", "boss")
    shop.do("boss", "propose", case, "--remedy", "exchange", "--confirm", "inspected", "--reason", "r", "--task",
            "goods: una nueva", "--task-who", "1=boss", "--task-due", "1=2026-11-20")  # fmt: skip
    shop.do("boss", "approve", case)
    file = tmp_path / "final.txt"
    file.write_text("firmada", encoding="utf-8")
    shop.do("boss", "evidence", "add", case, str(file), "--kind", "document", "--collected-by", "boss")
    shop.do("boss", "respond", case, "--agreed", "--agreement", "final.txt")
    shop.do("boss", "fulfil", case, "--acknowledge", "2")
    shop.do("boss", "fulfil", case, "--all")
    shop.do("boss", "follow-up", case, "--satisfaction", "5", "--method", "visit")
    shop.run("boss", "contact", case, "--told", "survey-back", "--by", "sheet")
    shop.do("boss", "close", case, "--lesson", "l", "--dispose", "goods/responsible: nada")
    assert shop.show(case)["closures"][0]["outcome"] == "very-satisfied"
