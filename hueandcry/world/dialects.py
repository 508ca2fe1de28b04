"""How members write: words for a crime in several vocabularies and languages, and the tables of banks and police."""

from __future__ import annotations

from typing import NamedTuple

COLUMNS = (
    "id",
    "occurred",
    "reported",
    "country",
    "sector",
    "size",
    "type",
    "loss",
    "currency",
    "iban",
    "phone",
    "domain",
    "url",
    "ip",
    "email",
    "wallet",
    "hash",
    "handle",
    "area",
    "reference",
    "status",
)


class Dialect(NamedTuple):
    """One way to write a table. ``headers`` stand in the order of COLUMNS; "-" leaves the column out."""

    name: str
    languages: tuple[str, ...]
    delimiter: str
    encoding: str
    day: str  # strftime
    decimal: str
    headers: tuple[str, ...]
    corrected: str
    withdrawn: str


def _headers(text: str) -> tuple[str, ...]:
    return tuple(text.strip().split("|"))


DIALECTS = (
    Dialect(
        "bank-en",
        ("en",),
        ",",
        "utf-8",
        "%Y-%m-%d",
        ".",
        _headers(
            "case_id|date_of_fraud|date_reported|victim_country|victim_sector|victim_size|fraud_type|amount|currency|"
            "beneficiary_iban|phone|domain|url|ip_address|email|wallet|sha256|handle|victim_postcode|payment_or_crime_reference|status"
        ),
        "corrected",
        "withdrawn",
    ),
    Dialect(
        "bank-de",
        ("de",),
        ";",
        "cp1252",
        "%d.%m.%Y",
        ",",
        _headers(
            "Fallnummer|Tatdatum|Meldedatum|Land|Branche|Größe|Deliktsart|Schaden|Währung|"
            "Empfänger-IBAN|Telefon|Domain|URL|IP-Adresse|E-Mail|Wallet|SHA-256|Telegram|"
            "PLZ|Zahlungsreferenz / Tagebuchnummer|Status"
        ),
        "berichtigt",
        "zurückgezogen",
    ),
    Dialect(
        "bank-fr",
        ("fr",),
        ";",
        "utf-8-sig",
        "%d/%m/%Y",
        ",",
        _headers(
            "Référence|Date des faits|Date de signalement|Pays|Secteur|Taille|Type de fraude|Montant|Devise|"
            "IBAN bénéficiaire|Téléphone|Domaine|URL|Adresse IP|Courriel|Portefeuille|SHA256|Telegram|"
            "Code postal|Référence du paiement ou de la plainte|Statut"
        ),
        "corrigé",
        "retiré",
    ),
    Dialect(
        "bank-pl",
        ("pl",),
        "\t",
        "utf-8",
        "%Y-%m-%d",
        ",",
        _headers(
            "Numer sprawy|Data zdarzenia|Data zgłoszenia|Kraj|Branża|Wielkość|Rodzaj|Kwota|Waluta|"
            "Rachunek IBAN|Telefon|Domena|URL|Adres IP|E-mail|Portfel|SHA256|Telegram|"
            "Kod pocztowy|Numer płatności lub zawiadomienia|Status"
        ),
        "poprawione",
        "wycofane",
    ),
    Dialect(
        "bank-es",
        ("es", "pt"),
        ";",
        "utf-8",
        "%d/%m/%Y",
        ",",
        _headers(
            "Expediente|Fecha de los hechos|Fecha de denuncia|País|Sector|Tamaño|Tipo de fraude|Importe|Moneda|"
            "IBAN destino|Teléfono|Dominio|URL|Dirección IP|Correo|Monedero|SHA256|Telegram|"
            "Código postal|Referencia de pago o atestado|Estado"
        ),
        "corregido",
        "retirado",
    ),
    Dialect(
        "bank-it",
        ("it",),
        ";",
        "utf-8",
        "%d/%m/%Y",
        ",",
        _headers(
            "Pratica|Data del fatto|Data segnalazione|Paese|Settore|Dimensione|Tipo di frode|Importo|Valuta|"
            "IBAN beneficiario|Telefono|Dominio|URL|Indirizzo IP|Email|Portafoglio|SHA256|Telegram|"
            "CAP|Riferimento pagamento o denuncia|Stato"
        ),
        "corretto",
        "ritirato",
    ),
    Dialect(
        "bank-nl",
        ("nl",),
        ";",
        "utf-8",
        "%d-%m-%Y",
        ",",
        _headers(
            "Zaaknummer|Pleegdatum|Meldingsdatum|Land|Branche|Omvang|Soort fraude|Bedrag|Valuta|"
            "Begunstigde IBAN|Telefoon|Domein|URL|IP-adres|E-mail|Wallet|SHA256|Telegram|"
            "Postcode|Betalings- of aangiftenummer|Status"
        ),
        "gecorrigeerd",
        "ingetrokken",
    ),
)

_ORDER = (
    "phishing",
    "business-email-compromise",
    "ransomware",
    "investment-fraud",
    "tech-support-scam",
    "ddos-extortion",
    "account-takeover",
    "mule-recruitment",
    "online-shop-fraud",
    "infostealer",
)


def _words(text: str) -> dict[str, str]:
    return dict(zip(_ORDER, text.strip().split("|"), strict=True))


# The word a member has for each speciality, by its vocabulary. Some are coarse, as in life.
LABELS: dict[str, dict[str, str]] = {
    "en": _words(
        "Phishing|Business e-mail compromise|Ransomware|Investment fraud|Tech support scam|DDoS extortion|"
        "Account takeover|Money mule|Online shopping fraud|Infostealer"
    ),
    "de": _words(
        "Phishing|Rechnungsbetrug|Verschlüsselungstrojaner|Anlagebetrug|Betrug|DDoS|Kontoübernahme|Geldesel|"
        "Warenbetrug|Schadsoftware"
    ),
    "fr": _words(
        "Hameçonnage|Fraude au président|Rançongiciel|Escroquerie|Arnaque au support technique|Déni de service|"
        "Piratage de compte|Blanchiment|Fraude|Logiciel malveillant"
    ),
    "pl": _words(
        "Phishing|Oszustwo|Ransomware|Oszustwo inwestycyjne|Oszustwo|Atak DDoS|Przejęcie konta|Muł finansowy|"
        "Oszustwo|Złośliwe oprogramowanie"
    ),
    "es": _words(
        "Phishing|Fraude al CEO|Ransomware|Fraude de inversión|Estafa|Denegación de servicio|Robo de cuenta|"
        "Blanqueo|Estafa|Software malicioso"
    ),
    "it": _words("Phishing|Truffa del CEO|Ransomware|Truffa|Truffa|DDoS|Conto compromesso|Riciclaggio|Truffa|Malware"),
    "nl": _words(
        "Phishing|CEO fraude|Gijzelsoftware|Oplichting|Bankhelpdeskfraude|DDoS|Account takeover|Geldezel|"
        "Oplichting|Malware"
    ),
    "rsit": _words(
        'rsit:fraud="phishing"|rsit:fraud="masquerade"|rsit:malicious-code="infected-system"|'
        'rsit:fraud="masquerade"|rsit:fraud="masquerade"|rsit:availability="ddos"|'
        'rsit:intrusions="unprivileged-account-compromise"|rsit:fraud="unauthorised-use-of-resources"|'
        'rsit:fraud="masquerade"|rsit:malicious-code="infected-system"'
    ),
    "europol": _words(
        'europol-incident:information-gathering="phishing"|europol-incident:fraud="illegitimate-use-name"|'
        'europol-incident:malware="infection"|europol-incident:fraud="illegitimate-use-name"|'
        'europol-incident:fraud="illegitimate-use-name"|europol-incident:availability="dos-ddos"|'
        'europol-incident:intrusion="compromising-account"|europol-incident:fraud="illegitimate-use-resources"|'
        'europol-incident:fraud="illegitimate-use-name"|europol-incident:malware="infection"'
    ),
    "common": _words(
        'common-taxonomy:information-gathering="phishing"|common-taxonomy:fraud="false-representation"|'
        'common-taxonomy:malware="infection"|common-taxonomy:fraud="false-representation"|'
        'common-taxonomy:fraud="false-representation"|common-taxonomy:availability="dos-ddos"|'
        'common-taxonomy:intrusion="account-compromise"|common-taxonomy:fraud="resources-misuse"|'
        'common-taxonomy:fraud="false-representation"|common-taxonomy:malware="infection"'
    ),
    "veris": _words(
        'veris:action:social:variety="Phishing"|veris:action:social:variety="Pretexting"|'
        'veris:action:malware:variety="Ransomware"|veris:action:social:variety="Scam"|'
        'veris:action:social:variety="Scam"|veris:action:hacking:variety="DoS"|'
        'veris:action:hacking:variety="Use of stolen creds"|veris:action:social:variety="Scam"|'
        'veris:action:social:variety="Scam"|veris:action:malware:variety="Spyware/Keylogger"'
    ),
}
TAGS = ("rsit", "europol", "common", "veris")

# A shopkeeper's words, by language: subject, opening, then one sentence a kind of value. {v} is the value.
STORIES: dict[str, dict[str, str]] = {
    "en": {
        "subject": "We were cheated: {label}",
        "open": "Hello, on {day} this happened to us ({label}).",
        "loss": "We lost about {loss} {currency}.",
        "domain": "The page was {v}.",
        "url": "The link was {v}",
        "phone": "They rang from {v}.",
        "email": "The message came from {v}.",
        "iban": "We were told to pay to {v}.",
        "wallet": "They wanted the money sent to {v}.",
        "ipv4": "Our provider named the address {v}.",
        "sha256": "The file has the SHA-256 {v}.",
        "telegram": "On Telegram they are {v}.",
        "area": "Our postcode is {v}.",
        "country": "Country: {v}",
        "reference": "The case number is {v}.",
        "close": "Please tell others.",
    },
    "de": {
        "subject": "Meldung: {label}",
        "open": "Guten Tag, am {day} ist uns Folgendes passiert ({label}).",
        "loss": "Der Schaden beträgt etwa {loss} {currency}.",
        "domain": "Die Seite war {v}.",
        "url": "Der Link war {v}",
        "phone": "Der Anruf kam von {v}.",
        "email": "Die Nachricht kam von {v}.",
        "iban": "Zahlen sollten wir an {v}.",
        "wallet": "Das Geld sollte an {v} gehen.",
        "ipv4": "Unser Anbieter nennt die Adresse {v}.",
        "sha256": "Die Datei hat den SHA-256 {v}.",
        "telegram": "Bei Telegram heißen sie {v}.",
        "area": "Unsere Postleitzahl ist {v}.",
        "country": "Land: {v}",
        "reference": "Das Aktenzeichen der Anzeige ist {v}.",
        "close": "Bitte warnen Sie andere.",
    },
    "fr": {
        "subject": "Signalement : {label}",
        "open": "Bonjour, le {day} nous avons été victimes ({label}).",
        "loss": "Nous avons perdu environ {loss} {currency}.",
        "domain": "La page était {v}.",
        "url": "Le lien était {v}",
        "phone": "Ils ont appelé du {v}.",
        "email": "Le message venait de {v}.",
        "iban": "Il fallait payer sur {v}.",
        "wallet": "L'argent devait aller à {v}.",
        "ipv4": "Notre hébergeur indique l'adresse {v}.",
        "sha256": "Le fichier a le SHA-256 {v}.",
        "telegram": "Sur Telegram, c'est {v}.",
        "area": "Notre code postal est le {v}.",
        "country": "Pays : {v}",
        "reference": "Le numéro de dossier est {v}.",
        "close": "Merci de prévenir les autres.",
    },
    "es": {
        "subject": "Denuncia: {label}",
        "open": "Hola, el {day} nos pasó esto ({label}).",
        "loss": "Perdimos unos {loss} {currency}.",
        "domain": "La página era {v}.",
        "url": "El enlace era {v}",
        "phone": "Llamaron desde {v}.",
        "email": "El mensaje venía de {v}.",
        "iban": "Había que pagar a {v}.",
        "wallet": "El dinero debía ir a {v}.",
        "ipv4": "El proveedor indica la dirección {v}.",
        "sha256": "El fichero tiene el SHA-256 {v}.",
        "telegram": "En Telegram son {v}.",
        "area": "Nuestro código postal es {v}.",
        "country": "País: {v}",
        "reference": "El número de la denuncia es {v}.",
        "close": "Avisen a otros, por favor.",
    },
    "pl": {
        "subject": "Zgłoszenie: {label}",
        "open": "Dzień dobry, {day} spotkało nas to ({label}).",
        "loss": "Straciliśmy około {loss} {currency}.",
        "domain": "Strona to {v}.",
        "url": "Link to {v}",
        "phone": "Dzwonili z {v}.",
        "email": "Wiadomość przyszła od {v}.",
        "iban": "Kazano zapłacić na {v}.",
        "wallet": "Pieniądze miały iść na {v}.",
        "ipv4": "Dostawca podaje adres {v}.",
        "sha256": "Plik ma SHA-256 {v}.",
        "telegram": "W Telegramie to {v}.",
        "area": "Nasz kod pocztowy to {v}.",
        "country": "Kraj: {v}",
        "reference": "Numer sprawy to {v}.",
        "close": "Proszę ostrzec innych.",
    },
}


def dialect(language: str) -> Dialect:
    """The table of a language, the English one for those without."""
    return next((d for d in DIALECTS if language in d.languages), DIALECTS[0])


def vocabulary(language: str) -> dict[str, str]:
    """Plain words of a language, English for those without."""
    return LABELS.get(language, LABELS["en"])


def story(language: str) -> dict[str, str]:
    """Sentences of a language, English for those without."""
    return STORIES.get(language, STORIES["en"])
