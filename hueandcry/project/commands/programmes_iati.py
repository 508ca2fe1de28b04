"""``hueandcry programmes iati``: files of IATI checked and converted, without a database."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hueandcry.project.commands.no_table import NoTable

if TYPE_CHECKING:
    from hueandcry.programmes.iati.check import Answer

SHOWN = 50  # errors that are shown in words


@click.group()
def iati() -> None:
    """Files of the International Aid Transparency Initiative (IATI 2.03)."""


@iati.command()
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option(
    "--as", "version", type=click.Choice(["2.03"]), help="Hold codes and rules against it, whatever it tells."
)
@click.option("--json", "as_json", is_flag=True, help="The answer as one JSON object.")
def check(file: Path, version: str | None, as_json: bool) -> None:
    """Check FILE, of activities or of organisations, against IATI 2.03: structure, codes, the standard's rules.

    Ends with 0 where it is valid (warnings do not count), with 1 where it is not, with 2 where it cannot be opened.
    "-" reads from standard input.
    """
    from hueandcry.programmes.iati.check import check as checked

    answer = checked(_content(file), now=datetime.now(UTC), version=version or "")
    click.echo(_json(answer.told()) if as_json else _words(file, answer))
    click.get_current_context().exit(0 if answer.valid else 1)


@iati.command()
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Where the file of 2.03 goes.")
@click.option("--json", "as_json", is_flag=True, help="What was changed and what is still wrong, as one JSON object.")
def convert(file: Path, output: Path | None, as_json: bool) -> None:
    """Make a file of 2.03 out of FILE, a file of IATI 1.x, and tell what is lost and what the source lacks.

    Without -o the new file goes to standard output and the account to standard error; with --json the account goes to
    standard output. Ends with 0 where the new file is valid, with 1 where the source lacks too much for that, with 2
    where FILE cannot be read.
    """
    from hueandcry.exchange.drafts import Unreadable
    from hueandcry.programmes.iati.check import check as checked
    from hueandcry.programmes.iati.convert import convert as converted
    from hueandcry.programmes.iati.xml import text

    try:
        made = converted(_content(file))
    except Unreadable as error:
        raise NoTable(f"{file}: {error}") from error
    content = text(made.root)
    answer = checked(content, now=datetime.now(UTC))
    account = {
        "from": made.version,
        "to": "2.03",
        "changes": [each._asdict() for each in made.changes],
        "valid": answer.valid,
        "remaining": [each.told() | {"why": REMAINS} for each in answer.errors],
        "warnings": [each.told() for each in answer.warnings],
    }
    if output:
        _written(output, content)
    elif not as_json:
        click.echo(content, nl=False)
    told = _json(account) if as_json else _account(account)
    click.echo(told, err=not as_json and output is None)
    click.get_current_context().exit(0 if answer.valid else 1)


REMAINS = "the source has it so: nothing is made up, and what stands in the way of a rule is not taken out"


def _content(file: Path) -> bytes:
    from hueandcry.capacity.register.iati_xml import MOST_BYTES

    try:
        with click.open_file(str(file), "rb") as opened:
            return bytes(opened.read(MOST_BYTES + 1))
    except OSError as error:
        raise NoTable(f"{file}: {error.strerror or error}") from error


def _written(output: Path, content: bytes) -> None:
    try:
        output.write_bytes(content)
    except OSError as error:
        raise NoTable(f"{output}: {error.strerror or error}") from error


def _json(told: dict[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False, allow_nan=False)


def _words(file: Path, answer: Answer) -> str:
    what = "organisations" if answer.kind == "iati-organisations" else "activities"
    said = f"IATI {answer.version[:20]}" if answer.version else "a file of no told version"
    lines = [f"{file}: {said}, {answer.records:,} {what}: {'valid' if answer.valid else 'not valid'}"]
    lines += answer.notes
    lines += [f"{each.place}\n    {each.message} [{each.rule}]" for each in answer.errors[:SHOWN]]
    lines += [f"{each.place}\n    warning: {each.message} [{each.rule}]" for each in answer.warnings[:SHOWN]]
    more = max(len(answer.errors) - SHOWN, 0) + max(len(answer.warnings) - SHOWN, 0)
    return "\n".join([*lines, *([f"And {more:,} more, which --json tells."] if more else [])])


def _account(account: dict[str, Any]) -> str:
    lost = [each for each in account["changes"] if each["kind"] == "lost"]
    taken = [each for each in account["changes"] if each["kind"] == "taken"]
    lines = [f"From IATI {account['from']} to 2.03: {len(taken):,} said in other words or places, {len(lost):,} lost."]
    lines += [f"Lost: {each['place']}: {each['what']}: {each['why']}" for each in lost[:SHOWN]]
    if account["remaining"]:
        lines.append(f"The new file is not valid yet; {REMAINS}:")
    lines += [f"{each['place']}: {each['message']} [{each['rule']}]" for each in account["remaining"][:SHOWN]]
    more = max(len(lost) - SHOWN, 0) + max(len(account["remaining"]) - SHOWN, 0)
    return "\n".join([*lines, *([f"And {more:,} more, which --json tells."] if more else [])])
