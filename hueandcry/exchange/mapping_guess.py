"""A first guess at what a table's columns are: by their names in six languages, and by the shapes of their values."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import islice

from hueandcry.exchange import dates, money, observables, table
from hueandcry.exchange.countries import alpha_2
from hueandcry.exchange.drafts import Role
from hueandcry.exchange.folded import folded
from hueandcry.exchange.mapping import MANY, TARGETS, Column, Mapping

SAMPLES = 3  # values shown to a person for each column
_MAX_SAMPLE = 80  # characters of each
_SURE, _LIKELY, _MAYBE = 0.95, 0.8, 0.6

# Names of columns -> target, in English, French, German, Spanish, Polish, Portuguese; folded as ``_plain`` folds. The
# first that stands as whole words in a column's name wins, so the longer and more telling ones come first.
NAMES: tuple[tuple[str, str], ...] = (
    (
        "occurred_to",
        "end date|date end|ended|date de fin|fin|enddatum|ende|fecha fin|fecha de fin|data zakonczenia|koniec|"
        "data de fim|data fim|fim",
    ),
    (
        "reported_at",
        "reported at|reported on|date reported|report date|reported|created|date de signalement|date du signalement|"
        "meldedatum|gemeldet am|erstellt|fecha de denuncia|fecha denuncia|fecha de reporte|data zgloszenia|zgloszono|"
        "data da denuncia|data da participacao|data do registo|data de registo",
    ),
    (
        "version",
        "last modified|modified|updated|last update|mis a jour|geandert|geaendert|actualizado|zmodyfikowano|atualizado",
    ),
    (
        "occurred_from",
        "start date|date start|occurred|incident date|date of incident|event date|date|datum|vorfallsdatum|tatzeit|"
        "date de l incident|date des faits|date de debut|fecha|fecha del incidente|fecha inicio|data|"
        "data zdarzenia|data incydentu|data do incidente|data da ocorrencia|data de inicio",
    ),
    ("loss_currency", "currency|devise|monnaie|waehrung|wahrung|moneda|divisa|waluta|moeda"),
    (
        "loss_amount",
        "loss|amount|amount lost|damage|montant|perte|prejudice|betrag|schaden|schadenssumme|verlust|importe|monto|"
        "perdida|cantidad|kwota|strata|szkoda|montante|prejuizo|quantia",
    ),
    ("victim_country", "victim country|receiver country|country|pays|land|pais|kraj|panstwo"),
    (
        "victim_sector",
        "victim sector|sector|industry|branch|secteur|branche|wirtschaftszweig|sector de actividad|sektor|branza|"
        "setor|setor de atividade|ramo de atividade",
    ),
    ("victim_size", "company size|organisation size|organization size|size|taille|unternehmensgrosse|tamano|wielkosc"),
    (
        "victim_area",
        "victim postcode|victim postal code|victim zip|victim area|postcode|post code|postal code|zip code|zip|plz|"
        "postleitzahl|code postal|codigo postal|cod postal|cp|cap|kod pocztowy|postnummer|postcode slachtoffer",
    ),
    (
        "victim_reference",
        "crime reference number|crime reference|crime number|shared reference|payment reference|end to end reference|"
        "end to end id|transaction reference|police reference|reference de paiement|reference du paiement|"
        "reference du virement|numero de plainte|zahlungsreferenz|ende zu ende referenz|tagebuchnummer|"
        "polizeiliches aktenzeichen|referencia de pago|referencia del pago|numero de atestado|numero de denuncia|"
        "referencja platnosci|numer referencyjny platnosci|numer zawiadomienia|riferimento del pagamento|"
        "riferimento pagamento|numero di denuncia|betalingskenmerk|aangiftenummer|referencia do pagamento",
    ),
    (
        "title",
        "title|subject|name|titre|objet|titel|betreff|bezeichnung|titulo|asunto|assunto|nombre|tytul|temat|nazwa",
    ),
    (
        "account",
        "description|summary|details|what happened|account|notes|comment|comments|narrative|recit|beschreibung|"
        "sachverhalt|bemerkung|kommentar|descripcion|detalles|resumen|relato|comentario|opis|szczegoly|uwagi|"
        "descricao|detalhes|resumo|observacoes",
    ),
    ("technique", "technique|techniques|mitre technique|attack technique|attck"),
    ("tlp", "tlp|traffic light protocol"),
    ("pap", "pap"),
    (
        "label",
        "type|category|incident type|crime type|class|classification|label|labels|tag|tags|categorie|type d incident|"
        "kategorie|art|deliktsart|tipo|categoria|tipo de incidente|tipo de fraude|typ|kategoria|rodzaj",
    ),
    ("language", "language|langue|sprache|idioma|jezyk"),
    (
        "key",
        "incident id|case number|case id|case no|case nr|fall nr|reference|reference number|ticket|numero de dossier|"
        "reference dossier|aktenzeichen|vorgangsnummer|fallnummer|numero de caso|expediente|referencia|numer sprawy|"
        "sygnatura|numero do processo|numero de processo",
    ),
)
# Names of columns -> type of observable
OBSERVABLE_NAMES: tuple[tuple[str, str], ...] = (
    ("ip", "ip|ip address|ip addresses|adresse ip|ip adresse|direccion ip|endereco ip|adres ip|src ip|dst ip|ioc ip"),
    ("url", "url|urls|link|website|web site|site web|webseite|sitio web|pagina web|strona|strona www|phishing url"),
    ("domain-name", "domain|domains|domain name|domaine|nom de domaine|dominio|domena|fqdn"),
    (
        "email-addr",
        "email|e mail|mail|email address|courriel|adresse email|correo|correo electronico|adres e mail|"
        "correio eletronico",
    ),
    (
        "phone-number",
        "phone|telephone|phone number|mobile|telefon|telefonnummer|telefono|numero de telefono|numer telefonu|"
        "telefone|telemovel",
    ),
    (
        "iban",
        "iban|account number|bank account|compte bancaire|numero de compte|konto|kontonummer|bankverbindung|cuenta|"
        "cuenta bancaria|numero de cuenta|numer konta|rachunek|conta|conta bancaria|numero de conta",
    ),
    ("hash", "hash|md5|sha1|sha 1|sha256|sha 256|file hash|hachage|dateihash"),
    (
        "wallet",
        "wallet|btc|bitcoin|bitcoin address|crypto address|wallet address|portefeuille|"
        "krypto adresse|billetera|portfel|carteira",
    ),
    ("vulnerability", "cve|vulnerability|vulnerabilite|schwachstelle|vulnerabilidad|podatnosc"),
    ("file-name", "filename|file name|nom de fichier|dateiname|nombre de archivo|nazwa pliku"),
    (
        "user-account",
        "username|user name|account name|handle|profile|pseudo|benutzername|usuario|utilizador|uzytkownik",
    ),
    ("", "ioc|indicator|observable|indicateur|indikator|indicador|wskaznik|value|wert|valeur|valor|wartosc"),
)
# Words in a column's name that say whose value it is
VICTIM = frozenset(
    (
        "victim",
        "victime",
        "opfer",
        "geschadigter",
        "victima",
        "ofiara",
        "vitima",
        "lesado",
        "reporter",
        "complainant",
        "plaignant",
    )
)
MULE = frozenset(("mule", "beneficiary", "payee", "beneficiaire", "empfanger", "mula", "beneficiario", "odbiorca"))


def guess(raw: bytes) -> Mapping:
    """Guess a mapping from a file's first rows, with a confidence and sample values for each column.

    Raises ``Unreadable`` where there is no table.
    """
    opened = table.open_table(raw)
    rows = [row.cells for row in islice(opened.rows, 200) if not row.problem]
    headless = _has_no_header(opened.first_cells)
    if headless:
        rows.insert(0, opened.first_cells)
    header = [f"column {n}" for n in range(1, len(opened.header) + 1)] if headless else opened.header
    columns = [
        _column(name, [row[index].strip() for row in rows if index < len(row) and row[index].strip()])
        for index, name in enumerate(header)
    ]
    order = dates.order_of(value for row in rows for value in row)
    return Mapping(
        columns=_each_once(columns),
        delimiter=opened.delimiter,
        header=not headless,
        dates="" if order == "iso" else order,
    )


def _has_no_header(cells: Sequence[str]) -> bool:
    """Tell a first row of values from one of names: no column is called 203.0.113.7 or 2025-03-04."""
    return any(_shape([cell.strip()])[0] not in ("", "victim_country") for cell in cells if cell.strip())


def _column(name: str, values: list[str]) -> Column:
    plain = _plain(name)
    column = Column(
        name=name, confidence=0.0, samples=tuple(value[:_MAX_SAMPLE] for value in dict.fromkeys(values))[:SAMPLES]
    )
    column.list = _separator(values)
    items = [item.strip() for value in values for item in (value.split(column.list) if column.list else [value])]
    by_value, kind = _shape(items)
    by_name, named = _by_name(plain)
    own = plain.replace(" ", "_")  # whoever calls a column as we do means what we mean
    if own in TARGETS and own not in ("observable", "ignore") and _agrees(own, by_value, values):
        column.target, column.confidence = own, _SURE
    elif not named and by_name == "observable" and not by_value and _agrees("loss_amount", "", values) and values:
        column.target, column.confidence = "loss_amount", _MAYBE  # "valor" is an amount as often as a value
    elif by_value == "observable" or by_name == "observable":
        _as_observable(column, plain, by_value, kind, by_name, named)
    elif by_name and (by_value == by_name or _agrees(by_name, by_value, values)):
        column.target, column.confidence = by_name, _SURE if by_value else _LIKELY
    elif by_value in ("occurred_from", "victim_country"):
        column.target, column.confidence = by_value, _MAYBE
    if column.target not in MANY or column.target in ("account", "ignore"):
        column.list = ""
    return column


def _as_observable(column: Column, plain: str, by_value: str, kind: str, by_name: str, named: str) -> None:
    agree = by_value == by_name == "observable"
    if by_name not in ("observable", ""):
        return  # a name such as "description" outweighs what a few of its values look like
    if by_name == "observable" and by_value not in ("observable", ""):
        return  # a column called "ip" that holds dates is neither
    column.target = "observable"
    column.type = named or kind
    column.confidence = _SURE if agree else _LIKELY
    column.role = _role(plain, column.type)


def _role(plain: str, kind: str) -> Role:
    words = plain.split()
    if any(word in VICTIM for word in words):
        return "victim"
    if any(word in MULE for word in words) or (kind == "iban"):
        return "mule"
    return "unknown" if kind in ("file-name", "vulnerability") else "attacker"


def _agrees(target: str, by_value: str, values: list[str]) -> bool:
    """Keep a name from turning a column into what its values cannot be."""
    if target in ("occurred_from", "occurred_to", "reported_at", "version"):
        return by_value == "occurred_from" or not values or _share(values, _is_day) > 0.5
    if target == "loss_amount":
        return not values or _share(values, _is_amount) > 0.5
    if target == "key":
        return len(set(values)) == len(values)
    return True


def _shape(values: list[str]) -> tuple[str, str]:
    """Name what most of the values look like, as (target, type of observable)."""
    if not values:
        return "", ""
    if _share(values, _is_day) >= 0.8:
        return "occurred_from", ""
    kinds = [observables.guess(value) for value in values[:100]]
    found = [value.type for value in kinds if value.valid and value.type not in ("text", "file-name", "port")]
    if len(found) >= 0.8 * len(kinds):
        usual = max(set(found), key=found.count)
        return "observable", usual if found.count(usual) >= 0.9 * len(found) else ""
    if _share(values, lambda value: bool(alpha_2(value))) >= 0.8:
        return "victim_country", ""
    if _share(values, _is_money) >= 0.8:
        return "loss_amount", ""
    return "", ""


def _by_name(plain: str) -> tuple[str, str]:
    """Find a column's name, or the longest known name in it, as whole words."""
    best, answer = 0, ("", "")
    padded = f" {plain} "
    for names, kind in [*((n, (t, "")) for t, n in NAMES), *((n, ("observable", t)) for t, n in OBSERVABLE_NAMES)]:
        for name in names.split("|"):
            if len(name) > best and f" {name} " in padded:
                best, answer = len(name), kind
    return answer


def _each_once(columns: list[Column]) -> tuple[Column, ...]:
    """Leave a target that can stand once to the column that is surest of it; the others are ignored."""
    for target in {column.target for column in columns} - MANY:
        rivals = sorted((c for c in columns if c.target == target), key=lambda c: -c.confidence)
        for column in rivals[1:]:
            column.target, column.confidence = "ignore", 0.0
    return tuple(columns)


def _separator(values: list[str]) -> str:
    """Find what parts several values in a cell; never a sign that a single value may hold."""
    if values and _share(values, lambda value: value.startswith("[") and value.endswith("]")) >= 0.8:
        return "python"
    for sign in (";", "|", "\n"):
        if _share(values, lambda value, sign=sign: sign in value) > 0.05:  # type: ignore[misc]
            return sign
    return ""


def _share(values: Sequence[str], holds: Callable[[str], bool]) -> float:
    return sum(1 for value in values[:100] if holds(value)) / max(1, len(values[:100]))


def _is_day(value: str) -> bool:
    if len(value) < 6:
        return False
    try:
        dates.read(value, "day-first")
    except ValueError:
        return False
    return True


def _is_amount(value: str) -> bool:
    try:
        money.read(value)
    except ValueError:
        return False
    return True


def _is_money(value: str) -> bool:
    """Tell an amount that names its currency: a bare number may be anything."""
    try:
        return bool(money.read(value).currency)
    except ValueError:
        return False


def _plain(name: str) -> str:
    kept = folded(name.replace("ł", "l").replace("Ł", "L"))
    return " ".join(re.split(r"[\W_]+", kept)).strip()
