"""Tables in words: what people read has names, what programs read keeps its ids."""

from __future__ import annotations

from complaintctl import worded
from complaintctl.report.tables import Column, Table, filled

NAMES = {
    ("categories", "goods.spoiled"): "商品变质", ("states", "received"): "已受理", ("levels", "1"): "一级",
    ("deadlines", "reply"): "答复", ("departments", "goods"): "商品部", ("departments", "store"): "门店",
}  # fmt: skip


def name_of(kind: str, ident: str) -> str:
    return NAMES.get((kind, ident), ident)


def told(table: Table) -> tuple[list[str], list[list[object]]]:
    """Headings and cells of a table in words."""
    made = worded.table(table, name_of)
    return [column.label for column in made.columns], [
        [row[column.key] for column in made.columns] for row in made.rows
    ]


def test_an_id_and_its_words_become_one_column_under_the_heading_of_the_id() -> None:
    columns = [Column("category", "类别"), Column("label", "名称"), Column("n", "件数", "count")]
    table = filled("category", "", columns, [["goods.spoiled", "商品变质", 2], [None, "–", 1]])
    assert told(table) == (["类别", "件数"], [["商品变质", 2], ["–", 1]])


def test_the_counted_table_stays_as_it_was() -> None:
    columns = [Column("state", "state"), Column("label", "in words")]
    table = filled("ageing", "", columns, [["received", "已受理"]])
    before = [dict(row) for row in table.rows]
    worded.table(table, name_of)
    assert table.rows == before
    assert [column.key for column in table.columns] == ["state", "label"]


def test_ids_that_stand_alone_have_their_names_and_staff_stay_ids() -> None:
    keys = ("case", "category", "level", "state", "handler", "clock")
    row = ["C-20261116-7K3MQ4", "goods.spoiled", 1, "received", "li.na", "reply"]
    table = filled("late", "", [Column(key, key) for key in keys], [row])
    assert told(table)[1] == [["C-20261116-7K3MQ4", "商品变质", "一级", "已受理", "li.na", "答复"]]


def test_several_departments_in_a_cell_are_named_one_by_one() -> None:
    table = filled("causes", "", [Column("departments", "departments")], [["goods store"], [None], [""]])
    assert told(table)[1] == [["商品部, 门店"], [None], [""]]


def test_a_class_is_told_as_a_part_of_the_valid_complaints() -> None:
    keys = ("validity", "class", "label")
    rows = [["valid", None, "valid complaints"], ["valid", "goods", "goods"], ["valid", "", "not classified"]]
    table = filled("validity", "", [Column(key, key) for key in keys], rows)
    assert told(table) == (["validity"], [["valid complaints"], ["· goods"], ["· not classified"]])


def test_two_ids_with_words_in_one_table_each_become_one_column() -> None:
    keys = ("department", "department_label", "lesson", "cause", "label")
    table = filled(
        "lessons", "", [Column(key, key) for key in keys], [["goods", "商品部", "x", "goods.spoiled", "变质"]]
    )
    assert told(table) == (["department", "lesson", "cause"], [["商品部", "x", "变质"]])
