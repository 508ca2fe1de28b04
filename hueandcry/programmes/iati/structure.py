"""Whether a file has the structure of IATI 2.03: the tables made out of the schemas, of activities and organisations.

Activities: IATI 2.03, "activity standard", table in ``capacity/register/iati_form.csv``. Organisations: IATI 2.03,
"organisation standard", ``organisation_form.csv`` here. The schemas ask for an order everywhere; so does this.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from hueandcry.capacity.register import iati_form
from hueandcry.capacity.register.iati_form import Forms, Problem
from hueandcry.capacity.register.iati_xml import ROOTS, Node
from hueandcry.programmes.iati.finding import Finding
from hueandcry.programmes.iati.place import At


@cache
def forms(root: str) -> Forms:
    """The table for a file with this root."""
    if root == "iati-activities":
        return iati_form.forms()
    return iati_form.table((files(__package__) / "organisation_form.csv").read_text(encoding="utf-8"))


def of_record(record: At, root: Node) -> Iterator[Finding]:
    """What is wrong in one activity or organisation; what stands beside them has no place there."""
    if record.node.tag != ROOTS[root.tag]:
        yield Finding(f"{record}", "element", f'"{root.tag}" cannot hold "{record.node.tag[:60]}"')
        return
    for problem in iati_form.problems(record.node, forms(root.tag), record.node.tag):
        yield _found(problem, record.path)


def of_root(root: Node, records: int) -> Iterator[Finding]:
    """What is wrong with the root itself, once the file is read to its end."""
    for problem in iati_form.of_itself(root, forms(root.tag)[root.tag], counted=False):
        if problem.rule != "order":
            yield _found(problem, f"/{root.tag}")
    inside = [each for each in root.strangers if 0 <= each.position < records]
    if inside:
        yield Finding(f"line {inside[0].line}: /{root.tag}", "order",
                      f'an element of another namespace stands before "{ROOTS[root.tag]}"')  # fmt: skip
    if not records:
        yield Finding(f"line {root.line}: /{root.tag}", "element", f'"{root.tag}" lacks "{ROOTS[root.tag]}"')


def _found(problem: Problem, path: str) -> Finding:
    return Finding(f"line {problem.line}: {path}{problem.path}", problem.rule, problem.reason)
