"""The NICE framework of NIST (SP 800-181), as NIST publishes it in its Cybersecurity and Privacy Reference Tool. Pure.

Source: the JSON of CPRT, "elements" and "relationships". Work roles are roles; tasks, knowledge and skill statements
are what they want; every relationship is kept, also the four whose ends are no element of the file.
"""

from __future__ import annotations

from typing import Any

import orjson

from hueandcry.academy.frameworks.model import MOST_BYTES, ROLE, BadFramework, Element, Framework, Relation, checked

KINDS = {"work_role": ROLE, "competency_area": "area", "opm_code": "occupation"}


def is_nice(content: bytes) -> bool:
    """Whether a file looks like one of NIST's, so that the other reader need not be asked."""
    return b'"element_identifier"' in content and b'"relationships"' in content


def read(content: bytes) -> Framework:
    """The framework in a file of NIST's. Raises BadFramework."""
    if len(content) > MOST_BYTES:
        raise BadFramework(f"The file has more than {MOST_BYTES:,} bytes.")
    try:
        told = orjson.loads(content)
        [document] = told["documents"]
        elements = tuple(_element(each) for each in told["elements"])
        relations = tuple(Relation(each["source_element_identifier"], each["dest_element_identifier"])
                          for each in told["relationships"])  # fmt: skip
        source = f"{document['doc_identifier']}, {document['website']}"
        return checked(Framework("nice", document["version"], document["name"], source, "en",
                                 _groups(elements), elements, relations))  # fmt: skip
    except orjson.JSONDecodeError as error:
        raise BadFramework(f"The file is no JSON: {error}.") from None
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadFramework(f"The file is not laid out as NIST's are: {error!r}.") from None


def _element(told: dict[str, Any]) -> Element:
    kind = KINDS.get(told["element_type"], told["element_type"])
    code, title = told["element_identifier"], told["title"].strip()
    # a work role says its category by its code: OG-WRL-001 is of OG
    group = code.partition("-")[0] if kind == ROLE else kind
    return Element(code, kind, title, told["text"].strip(), group)


def _groups(elements: tuple[Element, ...]) -> dict[str, str]:
    made = {each.code: each.title.capitalize() for each in elements if each.kind == "category"}
    return made | {"task": "Tasks", "knowledge": "Knowledge", "skill": "Skills"}
