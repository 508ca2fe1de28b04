"""Files of IATI that the tests begin from, written for them: valid in every way, and one of 1.x."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

DATA = Path(__file__).parents[4] / "shared" / "data" / "iati"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason=f"{DATA} is not here: IATI's schemas, lists and samples")
NOW = datetime(2026, 6, 1, tzinfo=UTC)

ACTIVITY = """<?xml version="1.0" encoding="UTF-8"?>
<iati-activities version="2.03" generated-datetime="2026-05-01T10:00:00Z">
  <iati-activity xml:lang="en" default-currency="EUR" last-updated-datetime="2026-05-01T10:00:00Z" humanitarian="0">
    <iati-identifier>XM-HAC-NCAP-KE</iati-identifier>
    <reporting-org ref="XM-HAC" type="40"><narrative>The alliance</narrative></reporting-org>
    <title>
      <narrative>Courts that can read a disk</narrative>
      <narrative xml:lang="fr">Des tribunaux qui savent lire un disque</narrative>
    </title>
    <description type="1"><narrative>Training and a laboratory.</narrative></description>
    <participating-org role="1" ref="XM-FUND" type="10"/>
    <participating-org role="4"><narrative>National police &amp; prosecutors</narrative></participating-org>
    <other-identifier ref="KE-1" type="A1"/>
    <activity-status code="2"/>
    <activity-date type="1" iso-date="2025-01-01"/>
    <activity-date type="2" iso-date="2025-02-01"/>
    <activity-date type="3" iso-date="2027-12-31"/>
    <activity-scope code="4"/>
    <recipient-country code="KE" percentage="60"/>
    <recipient-country code="MZ" percentage="40"/>
    <sector vocabulary="1" code="15130" percentage="75.5"/>
    <sector vocabulary="1" code="15110" percentage="24.5"/>
    <sector vocabulary="99" vocabulary-uri="https://example.org/aspects" code="4.3.a">
      <narrative>Law</narrative></sector>
    <tag vocabulary="99" vocabulary-uri="https://example.org/tags" code="ncap"><narrative>Plan</narrative></tag>
    <policy-marker vocabulary="1" code="2" significance="1"/>
    <collaboration-type code="4"/>
    <default-flow-type code="10"/>
    <default-finance-type code="110"/>
    <default-aid-type code="C01"/>
    <default-tied-status code="5"/>
    <budget type="1" status="2">
      <period-start iso-date="2025-01-01"/><period-end iso-date="2025-12-31"/>
      <value value-date="2025-01-01">100000.50</value>
    </budget>
    <planned-disbursement type="1">
      <period-start iso-date="2026-01-01"/><period-end iso-date="2026-06-30"/>
      <value currency="JPY" value-date="2026-01-01">5000</value>
      <receiver-org ref="KE-POL"/>
    </planned-disbursement>
    <transaction ref="T1">
      <transaction-type code="3"/>
      <transaction-date iso-date="2025-03-01"/>
      <value currency="KWD" value-date="2025-03-01">12.345</value>
      <description><narrative>First payment</narrative></description>
      <provider-org ref="XM-HAC"/>
      <receiver-org><narrative>The police</narrative></receiver-org>
    </transaction>
    <document-link url="https://example.org/plan.pdf" format="application/pdf">
      <title><narrative>Plan</narrative></title><category code="A02"/><language code="en"/>
      <document-date iso-date="2025-01-15"/>
    </document-link>
    <related-activity ref="XM-HAC-NCAP" type="1"/>
    <conditions attached="1"><condition type="2"><narrative>A report each year</narrative></condition></conditions>
    <result type="2">
      <title><narrative>Files are read</narrative></title>
      <indicator measure="1" ascending="1">
        <title><narrative>Officers who can</narrative></title>
        <baseline year="2024" value="3"><comment><narrative>Counted</narrative></comment></baseline>
        <period>
          <period-start iso-date="2025-01-01"/><period-end iso-date="2025-12-31"/>
          <target value="20"><dimension name="sex" value="all"/></target>
          <actual value="18"><comment><narrative>Two have left</narrative></comment></actual>
        </period>
      </indicator>
    </result>
  </iati-activity>
</iati-activities>
"""

ORGANISATION = """<?xml version="1.0" encoding="UTF-8"?>
<iati-organisations version="2.03">
  <iati-organisation xml:lang="en" default-currency="EUR">
    <organisation-identifier>XM-HAC</organisation-identifier>
    <name><narrative>The alliance</narrative></name>
    <reporting-org ref="XM-HAC" type="40"><narrative>The alliance</narrative></reporting-org>
    <total-budget status="2">
      <period-start iso-date="2026-01-01"/><period-end iso-date="2026-12-31"/>
      <value value-date="2026-01-01">2500000</value>
      <budget-line ref="1"><value value-date="2026-01-01">5.00</value><narrative>Staff</narrative></budget-line>
    </total-budget>
    <recipient-country-budget status="1">
      <recipient-country code="KE"/>
      <period-start iso-date="2026-01-01"/><period-end iso-date="2026-12-31"/>
      <value value-date="2026-01-01">100000</value>
      <budget-line><value value-date="2026-05-01">10</value><narrative>Travel</narrative></budget-line>
    </recipient-country-budget>
    <document-link url="https://example.org/report" format="text/html">
      <title><narrative>Report</narrative></title><category code="B01"/><recipient-country code="KE"/>
    </document-link>
  </iati-organisation>
</iati-organisations>
"""

OLD = """<?xml version="1.0"?>
<iati-activities version="1.05" generated-datetime="2014-01-01T00:00:00Z">
  <iati-activity default-currency="GBP" xml:lang="en" hierarchy="1">
    <reporting-org ref="GB-1" type="10">A ministry</reporting-org>
    <iati-identifier>GB-1-200</iati-identifier>
    <title>Courts</title>
    <title xml:lang="fr">Tribunaux</title>
    <description type="1">Training</description>
    <description type="1" xml:lang="fr">Formation</description>
    <activity-status code="2">Implementation</activity-status>
    <activity-date type="start-planned" iso-date="2012-01-01">January</activity-date>
    <activity-date type="end-planned">2014-12-31</activity-date>
    <participating-org role="Funding" ref="GB-1" type="10">A ministry</participating-org>
    <participating-org role="Implementing">Police</participating-org>
    <recipient-country code="KE">Kenya</recipient-country>
    <sector vocabulary="DAC" code="15130" percentage="100">Legal development</sector>
    <sector vocabulary="RO" code="law">Law</sector>
    <policy-marker vocabulary="DAC" code="2" significance="0">Environment</policy-marker>
    <default-finance-type code="110">Grant</default-finance-type>
    <default-tied-status code="5">Untied</default-tied-status>
    <budget type="original">
      <period-start iso-date="2012-01-01"/><period-end iso-date="2012-12-31"/><value>500</value>
    </budget>
    <transaction>
      <value value-date="2012-02-01">100.50</value>
      <transaction-type code="D">Disbursement</transaction-type>
      <transaction-date iso-date="2012-02-01"/>
      <description>First</description>
      <receiver-org ref="KE-1">Police</receiver-org>
    </transaction>
    <activity-website>https://example.org/courts</activity-website>
    <document-link url="https://example.org/a" format="text/html" language="en">
      <title>A plan</title><category code="A02">Plan</category>
    </document-link>
    <result type="1"><title>Output</title>
      <indicator measure="1"><title>People</title>
        <period><period-start iso-date="2012-01-01"/><period-end iso-date="2012-12-31"/>
          <target value="3">Three</target><actual value="2"/></period>
      </indicator>
    </result>
  </iati-activity>
</iati-activities>
"""
