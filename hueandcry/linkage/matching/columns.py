"""Which column of somebody's list holds what: recognised by its name, in the languages of the alliance's lists.

A column whose name says that it is a label (``cluster``, ``truth``, ``group``, ...) is never recognised, so it is never
compared. Names are compared word by word, without case, accents and separators: ``Vorname_Opfer`` holds a given name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

# Trait or part of one, and the words by which columns of it go. English, German, French, Spanish, Portuguese, Italian,
# Dutch, Polish, Czech, Swedish, Danish/Norwegian, Finnish, Romanian, Hungarian, Turkish. Longer phrases win.
WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "full": (
            "full name", "fullname", "name", "complete name", "victim", "person", "customer name",
            "first and surname", "vollstandiger name", "nom complet", "nombre completo", "nombre y apellidos",
            "nome completo", "nome e cognome", "volledige naam", "naam", "imie i nazwisko", "cele jmeno", "namn",
            "navn", "nimi", "ad soyad", "nume complet", "nev", "adi soyadi",
        ),
        "given": (
            "given name", "givenname", "given", "first name", "firstname", "first", "forename", "forenames",
            "fname", "christian name", "vorname", "rufname", "prenom", "nombre", "nombres", "nome", "voornaam",
            "imie", "jmeno", "fornamn", "fornavn", "etunimi", "prenume", "keresztnev", "ad", "adi",
        ),
        "middle": (
            "middle name", "middlename", "middle", "zweiter vorname", "deuxieme prenom", "segundo nombre",
        ),
        "surname": (
            "surname", "last name", "lastname", "last", "lname", "family name", "familyname", "nachname",
            "familienname", "zuname", "nom", "nom de famille", "apellido", "apellidos", "primer apellido",
            "sobrenome", "apelido", "cognome", "achternaam", "nazwisko", "prijmeni", "efternamn", "efternavn",
            "etternavn", "sukunimi", "nume", "nume de familie", "vezeteknev", "soyad", "soyadi",
        ),
        "born": (
            "dob", "birth date", "birthdate", "date of birth", "birthday", "born", "d o b", "geburtsdatum",
            "geboren", "geb datum", "gebdat", "date de naissance", "naissance", "fecha de nacimiento",
            "fecha nacimiento", "data de nascimento", "data nascimento", "data di nascita", "geboortedatum",
            "data urodzenia", "datum narozeni", "fodelsedatum", "fodselsdato", "syntymaaika", "data nasterii",
            "szuletesi datum", "dogum tarihi", "birth", "year of birth", "birth year", "geburtsjahr",
        ),
        "place": (
            "town", "city", "place", "suburb", "locality", "village", "municipality", "residence", "ort", "wohnort",
            "stadt", "ville", "commune", "ciudad", "localidad", "poblacion", "cidade", "citta", "comune",
            "woonplaats", "plaats", "stad", "miasto", "miejscowosc", "mesto", "by", "kaupunki", "oras",
            "localitate", "varos", "sehir", "birth place", "birthplace", "place of birth", "geburtsort",
            "lieu de naissance", "lugar de nacimiento", "luogo di nascita",
        ),
        "postcode": (
            "postcode", "post code", "postal code", "postalcode", "zip", "zip code", "zipcode", "plz",
            "postleitzahl", "code postal", "codigo postal", "cp", "cap", "cep", "kod pocztowy", "psc", "postnummer",
            "postinumero", "cod postal", "iranyitoszam", "posta kodu",
        ),
        "street": (
            "address", "street", "street address", "street name", "road", "address 1", "address 2", "address 3",
            "address line", "address line 1", "address line 2", "addr", "adresse", "anschrift", "strasse", "rue",
            "direccion", "calle", "domicilio", "endereco", "rua", "morada", "indirizzo", "via", "adres", "straat",
            "ulica", "adresa", "ulice", "adress", "gata", "gade", "vei", "osoite", "katu", "strada", "cim", "utca",
            "sokak",
        ),
        "house": (
            "house number", "street number", "house no", "street no", "housenumber", "building number",
            "hausnummer", "hausnr", "numero de rue", "numero calle", "numero civico", "huisnummer", "nr domu",
            "cislo popisne",
        ),
        "region": (
            "state", "region", "province", "county", "department", "bundesland", "departement", "provincia",
            "estado", "regione", "provincie", "wojewodztwo", "kraj", "lan", "fylke", "maakunta", "judet", "megye",
        ),
        "country": (
            "country", "land", "pays", "pais", "paese", "panstwo", "stat", "maa", "tara", "orszag", "ulke",
        ),
        "email": (
            "email", "e mail", "mail", "email address", "e mail address", "mail address", "courriel", "correo",
            "correo electronico", "posta elettronica", "eposta", "e post", "epost", "sahkoposti",
        ),
        "phone": (
            "phone", "telephone", "tel", "mobile", "cell", "phone number", "telephone number", "mobile number",
            "telefon", "telefonnummer", "handy", "portable", "telefono", "movil", "celular", "telefone",
            "telemovel", "cellulare", "telefoon", "telefoonnummer", "mobiel", "komorka", "mobil", "puhelin",
        ),
        "national": (
            "national id", "national number", "national identity number", "identity number", "id number",
            "soc sec id", "ssn", "social security number", "social security", "passport", "passport number",
            "tax id", "nino", "personal number", "personal identity number", "steuernummer",
            "sozialversicherungsnummer", "ausweisnummer", "numero de securite sociale", "nir", "dni", "nie", "nif",
            "cpf", "codice fiscale", "bsn", "pesel", "rodne cislo", "personnummer", "cpr", "fodselsnummer",
            "henkilotunnus", "cnp", "szemelyi szam", "tc kimlik no",
        ),
        "sex": (
            "sex", "gender", "geschlecht", "sexe", "sexo", "genero", "sesso", "geslacht", "plec", "pohlavi", "kon",
        ),
        "work": (
            "occupation", "profession", "job", "job title", "beruf", "metier", "profesion", "ocupacion",
            "profissao", "professione", "beroep", "zawod", "povolani", "yrke",
        ),
    }
)  # fmt: skip
# Words that say that a column holds somebody's answer or a piece of machinery, not a trait.
LABELS = frozenset({
    "cluster", "clusters", "label", "labels", "truth", "true", "gold", "entity", "group", "groupid", "match",
    "matched", "matches", "duplicate", "duplicates", "dup", "dedupe", "dedup", "class", "target", "score", "fold",
    "split", "pair", "link", "linked", "canonical", "master",
})  # fmt: skip
IDS = (
    "unique_id", "id", "rec_id", "record_id", "recid", "recordid", "row_id", "rowid", "uid", "uuid", "key",
    "case_id", "victim_id", "person_id", "customer_id",
)  # fmt: skip
# Words that say whose trait it is, not which.
WHOSE = frozenset({
    "victim", "victims", "person", "persons", "customer", "client", "contact", "complainant", "applicant", "holder",
    "reporter", "injured", "party", "opfer", "kunde", "kundin", "geschadigter", "victime", "plaignant", "victima",
    "cliente", "vittima", "slachtoffer", "ofiara", "offer", "ofre", "uhri",
})  # fmt: skip
# In a longer name these words mean something else ("last updated", "company name", "job by"): whole names only.
WHOLE = frozenset({
    "name", "first", "last", "given", "middle", "place", "person", "victim", "land", "stat", "by", "via", "cap",
    "cp", "cep", "ad", "adi", "nev", "nom", "nome", "nombre", "nume", "nie", "nir", "lan", "kon", "stad", "ort",
    "cim", "birth", "mail", "tel", "cell", "portable", "class", "state", "full", "estado", "stato",
})  # fmt: skip
# Parts of which several columns make one; of all others the best one counts.
JOINED = ("street", "middle")


def plain(name: str) -> str:
    """A column's name in small letters, without accents, words parted by one space: ``Vor-Name`` is ``vor name``."""
    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    bare = "".join(c for c in unicodedata.normalize("NFKD", split.replace("ß", "ss")) if not unicodedata.combining(c))
    bare = bare.replace("ł", "l").replace("Ł", "L").replace("ø", "o").replace("Ø", "O").replace("ı", "i")
    return " ".join(re.findall(r"[a-z]+|[0-9]+", bare.lower()))


def recognised(columns: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """For each trait or part that is there, the columns that hold it, best first.

    A column serves one trait: the one whose longest phrase is in its name. Labels and ids serve none.
    """
    found: dict[str, list[tuple[int, int, str]]] = {}
    for place, column in enumerate(columns):
        hit = _trait(plain(column))
        if hit is not None and column.lower() not in IDS:
            trait, fit = hit
            found.setdefault(trait, []).append((-fit, place, column))
    return {trait: tuple(column for _, _, column in sorted(hits)) for trait, hits in found.items()}


def _trait(name: str) -> tuple[str, int] | None:
    """The trait of a column, and how much of its name says so (in hundredths)."""
    words = name.split()
    if LABELS.intersection(words):
        return None
    name = " ".join(word for word in words if word not in WHOSE) or name
    best: tuple[int, str] | None = None
    for trait, phrases in WORDS.items():
        for phrase in phrases:
            held = phrase == name or (phrase not in WHOLE and f" {phrase} " in f" {name} ")
            if held and (best is None or len(phrase) > best[0]):
                best = (len(phrase), trait)
    return None if best is None else (best[1], 100 * best[0] // len(name))


def id_column(columns: Sequence[str]) -> str | None:
    """The column that names each record, by the names that such columns go by; None where there is none."""
    by_name = {"_".join(plain(column).split()): column for column in reversed(columns)}
    return next((by_name[name] for name in IDS if name in by_name), None)
