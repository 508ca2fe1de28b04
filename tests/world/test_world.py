"""The simulated alliance: the same for a seed, true to itself, well formed and of the size it claims."""

from __future__ import annotations

import csv
import email
import email.policy
import hashlib
import io
import json
import random
from collections import Counter
from datetime import date
from functools import cache
from typing import Any

import phonenumbers
import pytest
from schwifty import IBAN
from stdnum import iban as stdnum_iban

from hueandcry.exchange import table, victims, wallets
from hueandcry.exchange.classification import LABELS as CLASSES
from hueandcry.exchange.classification import classify
from hueandcry.exchange.drafts import ObjectDraft, Options, Refusal, ReportDraft
from hueandcry.exchange.handling import CEILING
from hueandcry.exchange.regions import EU, FIVE_EYES
from hueandcry.world import means, reporters, simulation, tables
from hueandcry.world.countries import COUNTRIES, PER_EURO
from hueandcry.world.crimes import SPECIALITIES
from hueandcry.world.dialects import COLUMNS, DIALECTS, LABELS
from hueandcry.world.operations import Workshop
from hueandcry.world.organisations import Size, lands_of, organisations, people
from hueandcry.world.reporters import Account
from hueandcry.world.simulation import Truth, World, WorldFile

Files = list[tuple[WorldFile, list[Truth]]]


@cache
def small(seed: int = 1) -> tuple[World, Files]:
    world = simulation.generate(seed, "small")
    return world, list(simulation.stream(world))


def digest(files: Files) -> str:
    return hashlib.sha256(b"".join(repr(file).encode() for file, _ in files)).hexdigest()


# -- the same for a seed -------------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    again = list(simulation.stream(simulation.generate(1, "small")))
    assert digest(again) == digest(small()[1])
    assert digest(small(2)[1]) != digest(small()[1])


def test_files_and_truth_are_the_two_halves_of_the_stream() -> None:
    world, both = small()
    assert list(simulation.files(world)) == [file for file, _ in both]
    assert list(simulation.truth(world)) == [line for _, lines in both for line in lines]


def test_the_bytes_do_not_hang_on_the_order_of_hashes() -> None:
    """Strings hash differently in each process, so another process must come to the same digest."""
    import os
    import subprocess
    import sys

    code = (
        "import hashlib; from hueandcry.world import simulation as s;"
        "print(hashlib.sha256(b''.join(repr(f).encode() for f in s.files(s.generate(1, 'small')))).hexdigest())"
    )
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True, text=True)
        assert done.stdout.strip() == digest(small()[1])


# -- size and mix --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_number_of_reports_is_near_the_aim(seed: int) -> None:
    lines = [line for _, found in small(seed)[1] for line in found]
    assert 450 < len(lines) < 780


def test_the_mix_of_tlp_is_near_the_aim() -> None:
    told: Counter[str] = Counter()
    for file, lines in small()[1]:
        told[file.handling["tlp"]] += len(lines)
    for tlp, share in simulation.TLP.items():
        assert told[tlp] / told.total() == pytest.approx(share, abs=0.03)


def test_every_format_is_written_and_days_lie_inside_the_two_years() -> None:
    world, both = small()
    assert {file.format for file, _ in both} == {"csv", "stix", "misp", "text", "eml"}
    days = [file.received_at.date() for file, _ in both]
    assert days == sorted(days)
    assert world.start <= days[0] and days[-1] < world.until == date(2026, 11, 15)


def test_recipients_keep_within_the_ceiling_of_tlp_and_exist() -> None:
    world, both = small()
    known = {
        "everyone": {""},
        "alliance": {""},
        "circle": {circle.slug for circle in world.circles},
        "organisation": {organisation.slug for organisation in world.organisations},
        "person": {person.email for person in world.people},
    }
    for file, _ in both:
        for kind, name in file.handling["recipients"]:
            assert kind in CEILING[file.handling["tlp"]]
            assert name in known[kind]
        assert file.organisation_slug in known["organisation"]
        assert file.person_email in known["person"]


# -- truth ---------------------------------------------------------------------------------------------------------


def keys_in(file: WorldFile) -> list[str]:
    """The reports' keys as they stand in a file, read with nothing of ours."""
    if file.format == "csv":
        form = next(d for d in DIALECTS if d.headers[0] in file.raw.decode(d.encoding, "replace").split("\n")[0])
        rows = list(csv.reader(io.StringIO(file.raw.decode(form.encoding), newline=""), delimiter=form.delimiter))
        assert {len(row) for row in rows} == {len(COLUMNS)}
        return [row[0] for row in rows[1:]]
    if file.format == "stix":
        bundle = json.loads(file.raw)
        ids = [item["id"] for item in bundle["objects"]]
        assert len(ids) == len(set(ids))
        refs = {ref for o in bundle["objects"] for key in ("source_ref", "target_ref") if (ref := o.get(key))}
        assert refs <= set(ids)
        return [ident for ident in ids if ident.startswith(("incident--", "report--"))]
    if file.format == "misp":
        return [item["Event"]["uuid"] for item in json.loads(file.raw)]
    prefix = "text" if file.format == "text" else "email"
    return [f"{prefix}:{hashlib.sha256(file.raw).hexdigest()}"]


def test_truth_names_every_report_in_the_files_once_and_nothing_else() -> None:
    told: set[str] = set()
    again = 0
    for file, lines in small()[1]:
        keys = keys_in(file)
        new = [key for key in keys if key not in told]
        assert new == [line.key for line in lines]
        assert all(line.file == file.name and line.reporter == file.organisation_slug for line in lines)
        told.update(keys)
        again += len(keys) - len(new)
    assert 0.005 < again / len(told) < 0.06  # corrections and withdrawals


def test_reports_of_one_crime_come_from_different_reporters_and_agree_on_the_operation() -> None:
    world, both = small()
    crimes: dict[str, list[Truth]] = {}
    for _, lines in both:
        for line in lines:
            crimes.setdefault(line.crime, []).append(line)
    assert sum(len(found) > 1 for found in crimes.values()) > 50
    operations = {operation.id for operation in world.operations} | {""}
    for found in crimes.values():
        assert len({line.reporter for line in found}) == len(found)
        assert len({line.operation for line in found}) == 1
        assert found[0].operation in operations


def test_crimes_of_an_operation_share_means_and_lone_ones_share_none() -> None:
    world, _ = small()
    shop = Workshop(world.seed, world.start, lands_of("small"))
    busy = next(o for o in world.operations if o.speciality == "phishing")
    together = [shop.commit(day, busy, 0) for day in range(60)]
    alone = [shop.commit(day, None, 0) for day in range(60)]
    reused = Counter(v for crime in together for v in crime.values)
    assert max(reused.values()) > 4
    assert max(Counter(v for crime in alone for v in crime.values).values()) == 1


def test_some_means_outlive_a_takedown_and_others_do_not() -> None:
    world, _ = small()
    shop = Workshop(world.seed, world.start, lands_of("small"))
    kept = next(o for o in simulation.generate(1, "demo").operations if o.speciality == "phishing" and "iban" in o.kept)
    before, after = ({v for day in range(80) for v in shop.commit(day, kept, phase).values} for phase in (0, 1))
    shared = {v.kind for v in before & after}
    assert "iban" in shared
    assert shared <= set(kept.kept)


def test_operations_rest_after_a_takedown_and_come_back_weaker() -> None:
    operation = next(o for o in simulation.generate(1, "demo").operations if len(o.phases) > 1 and o.phases[0].end > 0)
    first, second = operation.phases[:2]
    assert operation.activity(first.end)[1] == 0
    assert operation.activity(second.start)[0] == 1
    assert second.strength < first.strength


# -- values --------------------------------------------------------------------------------------------------------


def valid(kind: str, value: str) -> bool:
    if kind == "iban":
        return IBAN(value, validate_bban=True).is_valid and bool(stdnum_iban.validate(value))
    if kind == "phone":
        return phonenumbers.is_valid_number(phonenumbers.parse(value))
    if kind == "btc":
        return (wallets.base58check(value) or wallets.bech32(value) or ("",))[0] == "btc-address"
    if kind == "eth":
        found = wallets.ethereum(value)
        return found is not None and found[0] == "eth-address"
    if kind == "trx":
        return (wallets.base58check(value) or ("",))[0] == "trx-address"
    raise AssertionError(kind)


@pytest.mark.parametrize("kind", ["iban", "phone", "btc", "eth", "trx"])
def test_values_are_valid_under_their_checksums(kind: str) -> None:
    for number in range(60):
        country = COUNTRIES[number % len(COUNTRIES)].code
        value = means.make(kind, f"test/{kind}/{number}", country)
        assert valid(kind, value), value
        assert means.make(kind, f"test/{kind}/{number}", country) == value


def test_addresses_are_public_and_domains_have_real_suffixes() -> None:
    import ipaddress

    from hueandcry.exchange.names import has_known_suffix

    for number in range(200):
        assert ipaddress.ip_address(means.make("ipv4", f"t/{number}", "PT")).is_global
        assert has_known_suffix(means.make("domain", f"t/{number}", COUNTRIES[number % len(COUNTRIES)].code))


def test_reports_hold_typing_errors_and_values_that_mean_nothing() -> None:
    told = b"\n".join(file.raw for file, _ in small()[1])
    assert any(noise.value.encode() in told for noise in means.NOISE[:6])
    hosts = [means.make("ipv4", f"1/shared-host/{number}", "") for number in range(means.SHARED_HOSTS)]
    assert sum(told.count(host.encode()) > 0 for host in hosts) > 3


# -- who is in it --------------------------------------------------------------------------------------------------


def test_the_countries_are_the_union_the_five_eyes_and_ten_more() -> None:
    groups = {group: {c.code for c in COUNTRIES if c.group == group} for group in ("eu", "five-eyes", "need")}
    assert (groups["eu"], groups["five-eyes"], len(groups["need"])) == (set(EU), set(FIVE_EYES), 10)
    assert {c.currency for c in COUNTRIES} <= set(PER_EURO)


@pytest.mark.parametrize("size", ["small", "demo", "large"])
def test_organisations_have_names_of_their_own_and_a_person_each(size: Size) -> None:
    members = organisations(1, size)
    assert len({o.name for o in members}) == len({o.slug for o in members}) == len(members)
    assert {o.kind for o in members} == {
        "business", "law-enforcement", "government", "cert", "academia", "non-profit",
    }  # fmt: skip
    assert sum(o.secretariat for o in members) == 1
    persons = people(1, members)
    assert len({p.email for p in persons}) == len(persons)
    assert {p.organisation for p in persons} == {o.slug for o in members}
    assert all(p.email.endswith(".example") for p in persons)


def test_there_is_an_account_for_each_kind_of_user() -> None:
    world, _ = small()
    assert [p.role for p in world.people if p.role] == [
        "analyst", "police-analyst", "policy-maker", "reporter", "trainer", "capacity-officer", "funder",
        "secretary", "dpo", "integrator", "administrator", "investigator", "examiner", "treasurer", "assessor",
        "learner",
    ]  # fmt: skip
    known = {
        "administrator",
        "analyst",
        "reporter",
        "reader",
        "secretary",
        "dpo",
        "integrator",
        "officer",
        "assessor",
        "trainer",
        "examiner",
        "treasurer",
        "board",
    }
    assert all(p.roles and set(p.roles) <= known for p in world.people)


def test_each_label_a_member_uses_leads_to_a_class_of_the_truth() -> None:
    truths = {s.code: {cls for cls, _ in s.classes} for s in SPECIALITIES}
    assert all(set(s.classes) <= set(CLASSES) for s in SPECIALITIES)
    for words in LABELS.values():
        for code, label in words.items():
            assert {cls for cls, _ in classify([label]).classes} & truths[code], (code, label)


def test_mails_parse_and_tell_who_sent_them() -> None:
    mails = [file for file, _ in small()[1] if file.format == "eml"]
    assert mails
    for file in mails:
        message = email.message_from_bytes(file.raw, policy=email.policy.default)
        assert file.person_email in str(message["From"])
        assert not message.defects
        body = message.get_body()
        assert body is not None and len(body.get_content()) > 40


def test_each_table_is_read_whole_with_the_mapping_its_sender_saved() -> None:
    world, both = small()
    homes = {organisation.slug: organisation for organisation in world.organisations}
    observed: Counter[str] = Counter()
    for file, lines in both:
        if file.format != "csv":
            continue
        mapping = tables.mapping(homes[file.organisation_slug])
        drafts = list(table.read(file.raw, Options(filename=file.name, mapping=mapping)))
        assert not [draft for draft in drafts if isinstance(draft, Refusal)]
        reports = {draft.key: draft for draft in drafts if isinstance(draft, ReportDraft)}
        assert {f"row:{mapping['name']}:{line.key}" for line in lines} <= set(reports)
        assert all(report.classes and report.occurred_from and report.reported_at for report in reports.values())
        observed.update(o.type for draft in drafts if isinstance(draft, ObjectDraft) for o in draft.observations)
        assert any(report.loss_amount for report in reports.values()) or len(reports) < 20
    assert {"iban", "domain-name", "ipv4-addr", "phone-number", "email-addr", "btc-address"} <= set(observed)


def test_words_that_a_table_cannot_encode_do_not_occur() -> None:
    for file, _ in small()[1]:
        assert file.format != "csv" or b"?" not in file.raw.split(b"\n")[0]


# -- the victim's area and reference, and noise -----------------------------------------------------------------------


def accounts_of(seed: int, noise: float = 1.0) -> list[Account]:
    """Every account told in a small world, before any format."""
    told: list[Account] = []
    genuine = reporters.account

    def kept(*args: Any, **more: Any) -> Account:
        told.append(genuine(*args, **more))
        return told[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reporters, "account", kept)
        for _ in simulation.stream(simulation.generate(seed, "small", noise=noise)):
            pass
    return told


def shares(told: list[Account]) -> dict[str, float]:
    """How many of the accounts leave out or get wrong each thing."""
    right = {v for a in told for v in a.crime.values}
    values = [v for a in told for v in a.values if v.role != "noise"]
    return {
        "day": sum(a.occurred != a.crime.day for a in told) / len(told),
        "country": sum(not a.country for a in told) / len(told),
        "loss": sum(not a.loss for a in told if a.crime.loss) / sum(a.crime.loss > 0 for a in told),
        "typo": sum(v not in right for v in values) / len(values),
        "left out": 1 - len(values) / sum(len(a.crime.values) for a in told),
        "area": sum(not a.area for a in told) / len(told),
    }


def test_noise_multiplies_what_is_wrong_or_left_out_and_leaves_the_truth_as_it_is() -> None:
    plain, double, none = (accounts_of(1, noise) for noise in (1.0, 2.0, 0.0))
    assert [a.crime for a in plain] == [a.crime for a in double] == [a.crime for a in none]
    assert [a.reporter for a in plain] == [a.reporter for a in double]
    once, twice, never = shares(plain), shares(double), shares(none)
    for what in ("day", "country", "loss", "typo", "left out", "area"):
        assert once[what] < twice[what] < 2.6 * once[what], what
    assert never["day"] == never["country"] == never["loss"] == never["typo"] == 0
    with pytest.raises(ValueError, match="odds"):
        simulation.generate(1, "small", noise=-1)


def desk_of(account: Account) -> str:
    return "victim" if account.reporter.desk == "shop" else account.reporter.desk


def names_its_case(account: Account) -> bool:
    return victims.reference(account.reference) == victims.reference(account.crime.reference)


def test_a_case_has_one_number_and_each_desk_writes_it_as_often_as_it_holds_it() -> None:
    told = [a for seed in (1, 2, 3, 4) for a in accounts_of(seed)]
    numbers = {(a.crime.id, a.crime.day): a.crime.reference for a in told}
    assert all(victims.reference(number) for number in numbers.values())
    for desk, holds in reporters.HOLDS.items():
        mine = [a for a in told if desk_of(a) == desk]
        if len(mine) > 100:  # 0.1: three standard errors of a share there, and numbers mistyped
            right = sum(map(names_its_case, mine)) / len(mine)
            assert right == pytest.approx(holds * reporters.WRITES_REFERENCE, abs=0.1), desk
    assert {desk_of(a) for a in told} == set(reporters.HOLDS)
    others = [a for a in told if a.reference and not names_its_case(a)]
    assert 0.01 < len(others) / len(told) < 0.1  # mistyped, or a number of their own
    both = [(a, b) for a in told for b in told if a.crime is b.crime and a.number < b.number]
    shared = sum(names_its_case(a) and names_its_case(b) for a, b in both) / len(both)
    assert 0.3 < shared < 0.65  # independent desks: about 0.7 times 0.7


def test_without_noise_everybody_names_the_case_and_with_more_fewer_do() -> None:
    plain, double, none = (accounts_of(1, noise) for noise in (1.0, 2.0, 0.0))
    assert all(a.reference and names_its_case(a) for a in none)
    assert sum(map(names_its_case, double)) < 0.9 * sum(map(names_its_case, plain))


def told_sum(account: Account) -> int:
    return round(account.crime.loss * PER_EURO[account.currency])


def test_who_copies_a_statement_names_the_sum_and_who_never_saw_one_seldom() -> None:
    told = [a for seed in (1, 2, 3, 4) for a in accounts_of(seed) if a.crime.loss >= 5_000]
    by = {desk: [a for a in told if desk_of(a) == desk] for desk in reporters.HOLDS}
    copied = [a for desk in ("bank", "police") for a in by[desk]]
    exact = sum(a.loss == told_sum(a) for a in copied if a.loss) / sum(a.loss > 0 for a in copied)
    assert 0.82 < exact < 0.95
    assert sum(not a.loss for a in copied) / len(copied) < 0.15
    distant = [a for desk in ("cert", "hoster", "government") for a in by[desk]]
    assert 0.4 < sum(not a.loss for a in distant) / len(distant) < 0.8
    memory = [a for desk in ("victim", "cert", "hoster", "government") for a in by[desk] if a.loss]
    assert 0.3 < sum(a.loss != told_sum(a) for a in memory) / len(memory) < 0.7


def test_a_miskeyed_sum_is_near_in_digits_and_never_nothing() -> None:
    rng = random.Random(1)  # noqa: S311  a test wants the same each time
    for amount in (1, 7, 10, 42, 900, 38_214):
        wrong = {reporters._miskeyed(rng, amount) for _ in range(60)}
        assert all(number > 0 and abs(len(str(number)) - len(str(amount))) <= 1 for number in wrong), amount
        assert len(wrong) > 1 or amount < 10


def test_areas_are_written_partly_and_now_and_then_another_close_by() -> None:
    told = [a for seed in (1, 2, 3) for a in accounts_of(seed) if a.crime.victim.postal]
    known = [a for a in told if a.area]
    assert {a.reporter.desk for a in known} >= {"bank", "police", "cert"}
    assert "hoster" not in {a.reporter.desk for a in known}
    pairs = [[victims.area(code, a.country) for code in (a.area, a.crime.victim.postal)] for a in known if a.country]
    assert all(true for _said, true in pairs)
    assert 0.7 < sum(said == true for said, true in pairs) / len(pairs) < 0.95
