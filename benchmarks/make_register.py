"""Make a register of many cases for measuring: ``make_register.py COUNT FOLDER [--seed N]``.

The same arguments give the same files.  The cases lie over five years before
the end of 2026-11-22, about one in a hundred is open, and all are in the one
spelling of the program.  The register is committed through ``git fast-import``.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import IO, Any

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from complaintctl import authority  # noqa: E402
from complaintctl.yamlfile import emit_case  # noqa: E402

ZONE = timezone(timedelta(hours=8))
NOW = int(datetime(2026, 11, 22, 22, tzinfo=ZONE).timestamp())
YEARS = 5
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
HOUR, DAY = 3600, 86400
CASES_IN_A_COMMIT = 500

REGISTER = """format: "1"
name: "示例超市"
language: zh-CN
timezone: "Asia/Shanghai"
country: CN
currency: CNY
branch: main
policy: supermarket
signing: none
evidence_limit: 10485760
"""
CLERKS = {
    "customer-service": ("li.na", "wang.fang"),
    "goods": ("zhao.wei", "liu.yang"),
    "store": ("chen.jie", "yang.lin"),
    "marketing": ("huang.min", "wu.hao"),
}
HEADS = {
    "customer-service": "sun.min",
    "goods": "zhou.bo",
    "store": "xu.jing",
    "marketing": "ma.chao",
}
TOP = {"vice-president": "guo.tao", "manager": "lin.xue"}

PRODUCTS = ["鲜牛奶 1L", "全麦吐司 450g", "草莓酸奶 200g", "冷冻水饺 1kg", "散装苹果", "电热水壶 1.7L",
            "三文鱼柳 200g", "鸡蛋 30枚", "婴儿湿巾 80片", "橄榄油 750ml", "速溶咖啡 100g", "挂面 1kg",
            "洗衣液 3kg", "保温杯 500ml", "豆腐 350g", "榴莲", "五花肉 500g", "车厘子 1kg",
            "纸尿裤 L码", "矿泉水 12瓶"]  # fmt: skip
CHANNELS = ("phone", "desk", "desk", "box", "web", "social", "email", "chat", "app")
STORIES = {
    "goods.expired": "购买时未注意,回家后发现商品已过保质期,要求退货。",
    "goods.spoiled": "未到保质期已变质,打开后有异味,孩子食用后不适。",
    "goods.failed": "使用不到一个月就不能正常工作,说明书上的方法都试过了。",
    "goods.label": "包装上的净含量与货架标签不一致,怀疑标签贴错。",
    "service.attitude": "询问商品位置时店员态度冷淡,言语不当,要求道歉。",
    "service.after-sales": "报修两次无人回电,承诺的上门时间也没有人来。",
    "service.environment": "生鲜区地面湿滑,没有警示牌,老人差点滑倒。",
    "price.wrong": "结账价格高于货架标价,收银员说以系统为准。",
    "price.promotion-missing": "海报上的促销商品到店后没有货,店员说已经售完。",
    "price.unclear-terms": "满减规则写得不清楚,结账时才知道不能同时使用。",
    "shopping.queue": "周末只开了两个收银台,排队四十分钟。",
    "shopping.packing": "重物压在鸡蛋上面,到家后碎了一半。",
    "shopping.trolley": "购物车轮子卡住,差点撞到孩子。",
}
FINDINGS = ["冷柜温度异常,当日记录缺失。", "调取监控,情况与顾客所述基本一致。", "货架标签更换不及时。",
            "抽查同批次十二件,未见同样问题。", "班次交接未说明,责任在当班人员。"]  # fmt: skip
NOTES = ["已电话告知顾客处理进展,顾客表示理解。", "请顾客保留商品与小票,等候回复。", "告知顾客预计答复时间。",
         "顾客来电询问进度,已说明情况。"]  # fmt: skip
LESSONS = [
    "冷柜每日两次测温并签字。",
    "促销前一日核对库存与海报。",
    "换价签与系统同步,专人复核。",
    "高峰时段增开收银台。",
]
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗"


class Maker:
    """Cases one after the other, each in some state; `rng` is the only source of chance."""

    def __init__(self, rng: random.Random, count: int, policy_sha256: str) -> None:
        self.rng = rng
        self.pin = {"name": "supermarket", "version": "1", "sha256": policy_sha256}
        self.customers = [self._customer() for _number in range(max(count * 2 // 3, 1))]

    def _customer(self) -> dict[str, str]:
        rng = self.rng
        found = {"id": "P-" + self._letters(), "name": rng.choice(SURNAMES) + rng.choice(("女士", "先生"))}
        if rng.random() < 0.9:
            found["phone"] = f"1{rng.randrange(3, 10)}{rng.randrange(10**9):09d}"
        if rng.random() < 0.1:
            found["email"] = f"{found['id'][2:].lower()}@example.com"
        return found

    def _letters(self) -> str:
        return "".join(self.rng.choices(ALPHABET, k=6))

    def case(self, received: int, *, is_open: bool) -> dict[str, Any]:
        """A case received at an instant, closed as a rule, else stopped somewhere on its way."""
        rng = self.rng
        self.now = received
        category = rng.choice(list(STORIES))
        department = {"goods": "goods", "price": "marketing"}.get(category.split(".", maxsplit=1)[0], "store")
        price = f"{rng.randrange(300, 20000) / 100:.2f}"
        owner = rng.choice(CLERKS["customer-service"])
        case: dict[str, Any] = {
            "id": f"C-{_time(received)[:10].replace('-', '')}-{self._letters()}",
            "state": "received",
            "policy": self.pin,
            "kind": rng.choices(("complaint", "help", "enquiry", "venting"), (88, 5, 5, 2))[0],
            "currency": "CNY",
            "intake": {
                "received_at": _time(received),
                "registered_at": self.later(0.01),
                "by": owner,
                "channel": rng.choice(CHANNELS),
                "form": rng.choice(("spoken", "written")),
                "moment": rng.choice(("during", "after")),
            },
            "contacts": [],
            "customer": rng.choice(self.customers),
            "about": {
                "product": rng.choice(PRODUCTS),
                "batch": f"{_time(received - 9 * DAY)[:10].replace('-', '')}{rng.choice('ABC')}",
                "price": price,
                "purchased_on": _time(received - rng.randrange(6) * DAY)[:10],
                "receipt": f"{rng.randrange(10**12):012d}",
                "place": rng.choice(("一楼生鲜区", "二楼日用品区", "收银台", "服务台")),
            },
            "complaint": STORIES[category],
            "demand": {"remedy": "refund", "amount": price},
        }  # fmt: skip
        self.walk(case, category, department, price, owner, rng.randrange(12) if is_open else 99)
        case["contacts"] or case.pop("contacts")
        return case

    def walk(
        self, case: dict[str, Any], category: str, department: str, price: str, owner: str, steps: int
    ) -> None:
        """Take the case so many steps along its road."""
        rng = self.rng
        handler = rng.choice(CLERKS[department])
        if rng.random() < 0.4:
            case["contacts"].append(self.contact(owner))
        if rng.random() < 0.03:
            case["holds"] = [{"for": "supplier", "reason": "等待供应商答复。", **self.sign(owner)}]
            if steps > 2:
                case["holds"][0] |= {"resumed_by": owner, "resumed_at": self.later(30)}
        if steps == 0:
            return
        case["state"] = "classified"
        severe = rng.random() < 0.08
        case["classification"] = {
            "category": category,
            "severity": "severe" if severe else rng.choice(("minor", "moderate")),
            "urgency": "urgent" if severe else "normal",
            "liability": rng.choice(("ours", "not-ours", "supplier", "unclear")),
            **({"flags": ["food-safety"]} if severe and category.startswith("goods") else {}),
            "departments": [department],
            **self.sign(owner),
        }
        if case["kind"] != "complaint" and steps > 1:
            self.close(case, owner, "answered")
        elif rng.random() < 0.02 and steps > 11:
            self.close(case, owner, rng.choice(("withdrawn", "no-contact", "entered-in-error")))
        elif steps > 1:
            self.handle(case, category, department, handler, price, owner, steps)

    def handle(
        self,
        case: dict[str, Any],
        category: str,
        department: str,
        handler: str,
        price: str,
        owner: str,
        steps: int,
    ) -> None:
        """From the assignment to the closing."""
        rng = self.rng
        case["state"] = "assigned"
        case["assignments"] = [{"department": department, "handler": handler, **self.sign(owner)}]
        if steps == 2:
            return
        case["state"] = "investigated"
        founded = rng.random() < 0.8
        case["investigations"] = [{
            "checks": [{"name": "batch", "outcome": "已核对同批次商品。"}],
            "statements": [{"who": "customer", "method": "phone", "text": "情况如投诉所述。"}],
            "findings": rng.choice(FINDINGS),
            "verdict": "founded" if founded else "unfounded",
            "cause": category,
            **self.sign(handler, 20),
        }]  # fmt: skip
        if steps == 3:
            return
        refund = {"kind": "refund", "amount": price, "cost": price, "rule": "food"}
        proposal: dict[str, Any] = {
            "remedies": [refund] if founded else [{"kind": "explanation", "cost": "0.00"}],
            "reason": "按规定办理。" if founded else "经查不成立,向顾客说明。",
            **self.sign(handler, 5),
        }
        case["proposals"] = [proposal]
        self.decide(case, proposal, department, owner, steps)

    def decide(
        self, case: dict[str, Any], proposal: dict[str, Any], department: str, owner: str, steps: int
    ) -> None:
        """From the proposal to the closing."""
        case["state"] = "proposed"
        if steps == 4:
            return
        case["state"] = "approved"
        role = "head" if case["classification"]["severity"] != "severe" else "vice-president"
        sha256 = case["policy"]["sha256"]
        proposal["decision"] = {
            "outcome": "approved",
            "role": role,
            "limit": "500.00" if role == "head" else "5000.00",
            "digest": authority.digest(case["id"], 1, proposal, case["currency"], sha256),  # type: ignore[arg-type]
            "via": "cli",
            **self.sign(HEADS[department] if role == "head" else TOP[role], 6),
        }
        if steps == 5:
            return
        if steps == 6:
            case["state"] = "declined"
            proposal["answer"] = {"outcome": "declined", "reason": "顾客要求更多。", **self.sign(owner)}
            return
        case["state"] = "agreed"
        proposal["answer"] = {"outcome": "agreed", **self.sign(owner, 8)}
        if steps > 7:
            self.fulfil(case, proposal["remedies"], department, owner, steps)

    def fulfil(
        self, case: dict[str, Any], remedies: list[dict[str, Any]], department: str, owner: str, steps: int
    ) -> None:
        """From the agreed proposal to the closing."""
        rng = self.rng
        case["state"] = "fulfilled"
        for remedy in remedies:
            remedy["done"] = {"voucher": f"{rng.randrange(10**8):08d}", **self.sign(owner, 10)}
        if steps == 8:
            return
        rating = rng.choices((5, 4, 3), (55, 42, 3) if steps > 11 else (40, 40, 20))[0]
        rating = max(rating, 4) if steps > 11 else rating
        case["follow_ups"] = [{"satisfaction": rating, "method": "phone", **self.sign(owner, 48)}]
        case["state"] = "satisfied" if rating > 3 else "dissatisfied"
        if steps > 11:
            self.close(case, owner, "very-satisfied" if rating == 5 else "satisfied")
            if rng.random() < 0.01:
                lesson = rng.choice(LESSONS)
                due = (datetime.fromtimestamp(self.now, UTC).date() + timedelta(days=30)).isoformat()
                case["improvements"] = [
                    {"measure": lesson, "owner": HEADS[department], "due": due, **self.sign(owner)}
                ]

    def close(self, case: dict[str, Any], owner: str, outcome: str) -> None:
        closure: dict[str, Any] = {"outcome": outcome}
        if outcome in {"satisfied", "very-satisfied"}:
            closure |= {"lesson": self.rng.choice(LESSONS), "prevention": "列入每周检查。"}
        elif outcome != "answered":
            closure["reason"] = "与顾客确认。"
        case["closures"] = [closure | self.sign(owner, 24)]
        case["state"] = "closed"

    def contact(self, by: str) -> dict[str, Any]:
        note = self.rng.choice(NOTES)
        return {"party": "customer", "direction": "out", "method": "phone", "note": note, **self.sign(by)}

    def sign(self, by: str, hours: float = 2) -> dict[str, str]:
        return {"by": by, "at": self.later(hours)}

    def later(self, hours: float) -> str:
        """An instant after the last one, about so many hours, but never after the end."""
        self.now = min(self.now + 60 + int(self.rng.expovariate(1 / (hours * HOUR))), NOW)
        return _time(self.now)


def _time(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, ZONE).isoformat(timespec="seconds")


def staff() -> str:
    """``staff.yaml``: clerks and a head in every department, and the two at the top."""
    people = [(one, "clerk", where) for where, ones in CLERKS.items() for one in ones]
    people += [(one, "head", where) for where, one in HEADS.items()]
    people += [(one, role, "") for role, one in TOP.items()]
    lines = ['format: "1"', "staff:"]
    for one, role, where in people:
        lines += [f"  - id: {one}", f'    name: "{one}"', "    emails:", f'      - "{one}@shop.example"']
        lines += [f"    department: {where}"] if where else []
        lines += [f"    role: {role}", "    active: true"]
    return "\n".join(lines) + "\n"


def calendar() -> str:
    """``calendar.yaml``: the fixed holidays of each year, enough for measuring."""
    lines = ['format: "1"', "country: CN", "weekend: [sat, sun]", "years:"]
    for year in range(2021, 2028):
        days = [date(year, 1, 1), date(year, 5, 1), *(date(year, 10, day) for day in range(1, 8))]
        lines += [f'  "{year}":', '    source: "benchmark"', "    published: true", "    days_off:"]
        lines += [f'      "{day}": "holiday"' for day in days]
    return "\n".join(lines) + "\n"


def documents() -> dict[str, bytes]:
    """The files of a register that are no cases."""
    policy = PROJECT / "policies" / "supermarket.yaml"
    found = {
        ".gitattributes": b"*.yaml text eol=lf\ncases/*/*/*/* -text\n",
        "policies/register.yaml": REGISTER.encode(),
        "policies/staff.yaml": staff().encode(),
        "policies/calendar.yaml": calendar().encode(),
        "policies/supermarket.yaml": policy.read_bytes(),
    }
    return found | {
        f"schemas/{one.name}": one.read_bytes() for one in sorted((PROJECT / "schemas").glob("*.json"))
    }


def cases(count: int, seed: int, policy_sha256: str) -> Iterator[tuple[str, bytes]]:
    """Path and bytes of so many cases, in the order in which they came in."""
    rng = random.Random(seed)
    start = NOW - YEARS * 365 * DAY
    received = sorted(rng.randrange(start, NOW) for _number in range(count))
    maker, seen = Maker(rng, count, policy_sha256), set()
    recent = count - max(count * 3 // 100, 1)
    for number, instant in enumerate(received):
        case = maker.case(instant, is_open=number >= recent and rng.random() < 1 / 3)
        ident = case["id"]
        if ident not in seen:
            seen.add(ident)
            yield f"cases/{ident[2:6]}/{ident[6:8]}/{ident}.yaml", emit_case(case)  # type: ignore[arg-type]


def make(count: int, folder: Path, seed: int = 1, *, checkout: bool = True) -> None:
    """Make the register in a folder that is not there yet, or is empty."""
    git = ["git", "-C", str(folder)]
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run([*git, "init", "--quiet", "--initial-branch=main"], check=True)
    subprocess.run([*git, "config", "user.name", "li.na"], check=True)
    subprocess.run([*git, "config", "user.email", "li.na@shop.example"], check=True)
    files = documents()
    policy_sha256 = hashlib.sha256(files["policies/supermarket.yaml"]).hexdigest()
    with subprocess.Popen([*git, "fast-import", "--quiet", "--done"], stdin=subprocess.PIPE) as importer:
        assert importer.stdin is not None
        _commit(importer.stdin, "register: init")
        for path, data in files.items():
            _file(importer.stdin, path, data)
        for number, (path, data) in enumerate(cases(count, seed, policy_sha256)):
            if number % CASES_IN_A_COMMIT == 0:
                _commit(importer.stdin, f"cases from {number}")
            _file(importer.stdin, path, data)
        importer.stdin.write(b"done\n")
    if importer.returncode:
        raise SystemExit(importer.returncode)
    if checkout:
        subprocess.run([*git, "reset", "--quiet", "--hard", "main"], check=True)


def _commit(stream: IO[bytes], message: str) -> None:
    text = message.encode()
    who = f"committer li.na <li.na@shop.example> {NOW} +0800".encode()
    stream.write(b"commit refs/heads/main\n%s\ndata %d\n%s\n" % (who, len(text), text))


def _file(stream: IO[bytes], path: str, data: bytes) -> None:
    stream.write(b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(data), data))


def main() -> None:
    parser = argparse.ArgumentParser(description="Make a register of many cases for measuring.")
    parser.add_argument("count", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-checkout", action="store_true", help="leave the work tree empty")
    given = parser.parse_args()
    make(given.count, given.folder, given.seed, checkout=not given.no_checkout)


if __name__ == "__main__":
    main()
