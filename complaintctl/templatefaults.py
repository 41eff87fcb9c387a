"""What is wrong with a template of a letter: every name, part, word and tag is looked at before it is used.

What is found here would be found at the desk otherwise, by the clerk, with the customer waiting.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from complaintctl.i18n import _
from complaintctl.templating import FILTERS, FLAG, LOOP, NUMBER, TEXT, environment, tidied
from complaintctl.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jinja2 import nodes

    from complaintctl.templating import Shape

_OF_LISTS = ("join", "length")


class Fault(NamedTuple):
    """What is wrong in which line of a template."""

    line: int
    message: str

    def __str__(self) -> str:
        return _("line {line}: {what}").format(line=self.line, what=self.message)


def faults(source: str, values: Mapping[str, Shape]) -> list[Fault]:
    """Everything that keeps a template from being filled in with `values` (name -> shape), in its order."""
    from jinja2 import TemplateSyntaxError

    judge = _Judge()
    try:
        tree = environment().parse(tidied(source))
        judge.below(tree, dict(values))
    except TemplateSyntaxError as error:
        return [
            Fault(error.lineno, _("no template; Jinja says, in English: “{why}”").format(why=error.message))
        ]
    except RecursionError:
        return [Fault(1, _("nested too deeply"))]
    return list(dict.fromkeys(judge.found)) or _tried(tree, values)


def _tried(tree: nodes.Template, values: Mapping[str, Shape]) -> list[Fault]:
    """What filling in finds: with everything there is, and with as little as there can be."""
    from jinja2 import TemplateError

    try:
        template = environment().from_string(tree)
        for full in (True, False):
            template.render(example(dict(values), full=full))
    except (TemplateError, TypeError, ValueError, LookupError, SyntaxError, RecursionError) as error:
        return [Fault(1, _("cannot be filled in: {why}").format(why=str(error) or type(error).__name__))]
    return []


def example(shape: Shape, *, full: bool, name: str = "…") -> Any:
    """A value of a shape: with everything there (`full`), or with nothing that may be missing."""
    if isinstance(shape, dict):
        return {key: example(part, full=full, name=key) for key, part in shape.items()}
    if isinstance(shape, list):
        return [example(shape[0], full=True, name=name) for _number in range(2 if full else 0)]
    if isinstance(shape, tuple):
        return shape[0] if full else shape[-1]
    return {TEXT: name if full else "", NUMBER: 2 if full else 0, FLAG: full}[shape]


class _Judge:
    """Goes through a template, knowing the shape of every name in reach."""

    def __init__(self) -> None:
        self.found: list[Fault] = []

    def fault(self, node: nodes.Node, message: str) -> None:
        self.found.append(Fault(node.lineno, message))

    def below(self, node: nodes.Node, known: dict[str, Shape]) -> None:
        for child in node.iter_child_nodes():
            self.statement(child, known)

    def statement(self, node: nodes.Node, known: dict[str, Shape]) -> None:
        from jinja2 import nodes

        if isinstance(node, nodes.Output):
            for part in node.nodes:
                if not isinstance(part, nodes.TemplateData):
                    self.printed(part, known)
        elif isinstance(node, nodes.If):
            self.shape(node.test, known)
            for child in (*node.body, *node.elif_, *node.else_):
                self.statement(child, known)
        elif isinstance(node, nodes.For):
            self.loop(node, known)
        else:
            self.fault(node, _not_here(node))

    def loop(self, node: nodes.For, known: dict[str, Shape]) -> None:
        from jinja2 import nodes

        over = self.shape(node.iter, known)
        if not isinstance(node.target, nodes.Name) or node.test or node.recursive or node.else_:
            self.fault(node, _("a list is gone through like {% for one in promises %}, and no other way"))
        elif "loop" in known:
            self.fault(node, _("a list inside a list: go through one after the other"))
        elif not isinstance(over, list):
            if over is not None:
                self.fault(node, _("only a list can be gone through"))
        else:
            within = {**known, node.target.name: over[0], "loop": LOOP}
            for child in node.body:
                self.statement(child, within)

    def printed(self, node: nodes.Node, known: dict[str, Shape]) -> None:
        shape = self.shape(node, known)
        if isinstance(shape, dict):
            self.fault(node, _("name one of its parts: {names}").format(names=", ".join(shape)))
        elif isinstance(shape, list):
            self.fault(node, _("a list: go through it with {% for … %}, or join it"))
        elif shape == FLAG:
            self.fault(node, _("is only yes or no: ask for it with {% if … %}"))

    def shape(self, node: nodes.Node, known: dict[str, Shape]) -> Shape:
        """The shape of an expression; None where a fault was found that makes it unknown."""
        asked = getattr(self, f"of_{type(node).__name__.lower()}", None)
        if asked is None:
            self.fault(node, _not_here(node))
            return None
        return asked(node, known)

    def of_name(self, node: nodes.Name, known: dict[str, Shape]) -> Shape:
        if node.name not in known:
            message = _("there is no value {name}; there are: {names}")
            names = ", ".join(sorted(set(known) - {"loop"}))
            self.fault(node, message.format(name=node.name, names=names))
        return known.get(node.name)

    def of_const(self, node: nodes.Const, _known: dict[str, Shape]) -> Shape:
        return NUMBER if isinstance(node.value, int | float) else TEXT

    def of_or(self, node: nodes.BinExpr, known: dict[str, Shape]) -> Shape:
        found = [self.shape(node.left, known), self.shape(node.right, known)]
        return TEXT if all(_is_word(one) for one in found) else found[0]

    of_and = of_or

    def of_not(self, node: nodes.Not, known: dict[str, Shape]) -> Shape:
        self.shape(node.node, known)
        return FLAG

    def of_condexpr(self, node: nodes.CondExpr, known: dict[str, Shape]) -> Shape:
        """``a if asked else b``: whatever is printed of either must be printable."""
        self.shape(node.test, known)
        for one in (node.expr1, node.expr2):
            if one is not None:
                self.printed(one, known)
        return TEXT

    def of_concat(self, node: nodes.Concat, known: dict[str, Shape]) -> Shape:
        for one in node.nodes:
            self.printed(one, known)
        return TEXT

    def of_getattr(self, node: nodes.Getattr, known: dict[str, Shape]) -> Shape:
        whole = self.shape(node.node, known)
        if whole is None:
            return None
        if not isinstance(whole, dict):
            self.fault(node, _("{part} of something that has no parts").format(part=node.attr))
            return None
        if node.attr not in whole:
            message = _("there is no part {name}; there are: {names}")
            self.fault(node, message.format(name=node.attr, names=", ".join(whole)))
        return whole.get(node.attr)

    def of_filter(self, node: nodes.Filter, known: dict[str, Shape]) -> Shape:
        from jinja2 import nodes

        over = self.shape(node.node, known) if node.node is not None else None
        plain = all(isinstance(one, nodes.Const) for one in node.args)
        if node.name not in FILTERS or node.kwargs or len(node.args) > (node.name == "join") or not plain:
            self.fault(node, _("letters have these filters: {names}").format(names=", ".join(FILTERS)))
            return None
        if over is not None and isinstance(over, list) is not (node.name in _OF_LISTS):
            self.fault(node, _("the filter {name} does not go with this value").format(name=node.name))
            return None
        if node.name == "join" and over is not None and over[0] != TEXT:
            self.fault(node, _("only a list of texts can be joined"))
        return NUMBER if node.name == "length" else TEXT

    def of_compare(self, node: nodes.Compare, known: dict[str, Shape]) -> Shape:
        """A comparison with words or numbers; a word that the value can never be is a slip."""
        from jinja2 import nodes

        left = self.shape(node.expr, known)
        for operand in node.ops:
            right = self.shape(operand.expr, known)
            constant = operand.expr.value if isinstance(operand.expr, nodes.Const) else None
            if operand.op not in {"eq", "ne"} and not (left == NUMBER == right):
                self.fault(node, _("only numbers are larger or smaller; a word is == or != another"))
            elif isinstance(left, tuple) and constant is not None and constant not in left:
                words = ", ".join(one for one in left if one)
                self.fault(node, _("can only be one of: {words}").format(words=words))
        return FLAG


def _is_word(shape: Shape) -> bool:
    return shape == TEXT or isinstance(shape, tuple)


def _not_here(node: nodes.Node) -> str:
    message = _("letters have no {what}: they name values, ask {{% if %}} and go through lists {{% for %}}")
    return message.format(what=type(node).__name__.lower())
