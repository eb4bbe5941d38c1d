"""A good-faith estimate in FHIR R4, as the guide Da Vinci Patient Cost Transparency (PCT) 2.0.1 shapes it.

One bundle of type collection: a summary first, a predetermination Claim for each provider, and whom they refer to.
Source: the guide's profiles davinci-pct-gfe-bundle, -gfe-summary, -gfe-professional, -organization, -practitioner and
-coverage, in HL7/davinci-pct on GitHub.
"""

from collections.abc import Iterator, Sequence
from datetime import date

import msgspec

from payers.good_faith.content import ChargeLine, GoodFaithEstimate, ProviderCharges, ServiceCode
from payers.good_faith.pct_elements import (
    IDENTIFIER_TYPE,
    PCT,
    TERMINOLOGY,
    URI,
    Json,
    absent,
    concept,
    extension,
    filled,
    money,
    period,
    refer,
    resource,
    urn,
)
from payers.good_faith.pct_parties import (
    coverage_at,
    patient,
    patient_at,
    provider,
    provider_at,
    self_pay_coverage,
)
from payers.good_faith.words import say

CPT = "http://www.ama-assn.org/go/cpt"
HCPCS = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
NDC = "http://hl7.org/fhir/sid/ndc"
ICD_10_CM = "http://hl7.org/fhir/sid/icd-10-cm"
TAXONOMY = "http://nucc.org/provider-taxonomy"
PLACE_OF_SERVICE = "https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set"
ESTIMATE_SUMMARY = "http://hl7.org/fhir/us/davinci-pct/CodeSystem/PCTEstimateTypeSummaryCSTemporaryTrialUse"

_ENCODER = msgspec.json.Encoder(decimal_format="number")


def encode(bundle: Json) -> bytes:
    """The bundle as FHIR JSON, amounts to the cent."""
    return _ENCODER.encode(bundle)


def bundle(estimate: GoodFaithEstimate, issued_at: str) -> Json:
    """The estimate as a bundle; `issued_at` is the instant of issue in ISO 8601 with its zone."""
    resources = [
        _summary(estimate),
        *(_claim(estimate, charges) for charges in estimate.providers),
        patient(estimate),
        self_pay_coverage(estimate),
        *(provider(estimate, charges.provider) for charges in estimate.providers),
    ]
    return resource(
        "Bundle",
        urn(estimate.id, "bundle"),
        f"{PCT}davinci-pct-gfe-bundle",
        language=estimate.lang,
        identifier={"system": URI, "value": f"urn:uuid:{estimate.id}"},
        type="collection",
        timestamp=issued_at,
        entry=[{"fullUrl": f"urn:uuid:{each['id']}", "resource": each} for each in resources],
    )


def _summary(estimate: GoodFaithEstimate) -> Json:
    """The whole estimate in one total; the providers stand on claims of their own."""
    return resource(
        "Claim",
        urn(estimate.id, "summary"),
        f"{PCT}davinci-pct-gfe-summary",
        extension=list(_disclaimers(estimate)),
        type=concept(ESTIMATE_SUMMARY, "estimate-summary", "Estimate Summary"),
        billablePeriod=period(estimate.dates) if estimate.dates else None,
        provider={"extension": absent("not-applicable")},
        **_common(estimate),
        total=money(estimate.total_cents),
    )


def _claim(estimate: GoodFaithEstimate, charges: ProviderCharges) -> Json:
    """What one provider is expected to bill."""
    at = urn(estimate.id, f"claim/{charges.provider.npi}")
    days = [on for line in charges.lines for on in line.dates]
    return resource(
        "Claim",
        at,
        f"{PCT}davinci-pct-gfe-professional",
        extension=[_linking(estimate, days), *_disclaimers(estimate)],
        identifier=[{"type": concept(IDENTIFIER_TYPE, "PLAC", "Placer Identifier"), "system": URI, "value": at}],
        type=concept(f"{TERMINOLOGY}claim-type", "professional", "Professional"),
        provider={"extension": [_taxonomy(charges)], **refer(provider_at(estimate, charges.provider))},
        **_common(estimate),
        related=_related(estimate),
        item=[_item(estimate, line, sequence) for sequence, line in enumerate(charges.lines, start=1)],
        total=money(charges.total_cents),
    )


def _common(estimate: GoodFaithEstimate) -> Json:
    """What every claim of the estimate says alike."""
    return {
        "language": estimate.lang,
        "status": "active",
        "use": "predetermination",
        "patient": refer(patient_at(estimate)),
        "created": estimate.issued_on.isoformat(),
        "priority": concept(f"{TERMINOLOGY}processpriority", "normal"),
        "diagnosis": [
            {
                "sequence": sequence,
                "diagnosisCodeableConcept": {**concept(ICD_10_CM, each.code), "text": each.text},
                "type": [concept(f"{TERMINOLOGY}diagnosistype", "principal" if sequence == 1 else "secondary")],
            }
            for sequence, each in enumerate(estimate.diagnoses, start=1)
        ],
        "insurance": [{"sequence": 1, "focal": True, "coverage": refer(coverage_at(estimate))}],
    }


def _disclaimers(estimate: GoodFaithEstimate) -> Iterator[Json]:
    """All that is said beside the numbers: the law's words, what is missing from them, what they are lower for."""
    lang, separate = estimate.lang, estimate.separate_services
    texts = [each.text for each in estimate.disclaimers]
    texts.append(" ".join((separate.disclaimer, ", ".join(separate.services) or say(lang, "heading", "none-separate"))))
    texts += [each.sentence for each in estimate.not_included]
    if estimate.reductions:
        texts.append(f"{say(lang, 'heading', 'reductions')}: {', '.join(estimate.reductions)}")
    yield from (extension("gfeDisclaimer", valueString=text) for text in texts)


def _linking(estimate: GoodFaithEstimate, days: Sequence[date]) -> Json:
    """What ties the claims of one estimate together, and the days that are planned."""
    linked = {"url": "linkingIdentifier", "valueIdentifier": {"system": URI, "value": f"urn:uuid:{estimate.id}"}}
    planned = [{"url": "plannedPeriodOfService", "valuePeriod": period(days)}] if days else []
    return extension("gfeServiceLinkingInfo", extension=[linked, *planned])


def _taxonomy(charges: ProviderCharges) -> Json:
    """The kind of provider, which the profile asks for; nobody has to know it for the estimate itself."""
    known = charges.provider.taxonomy
    told = concept(TAXONOMY, known) if known else {"extension": absent("unknown")}
    return extension("providerTaxonomy", valueCodeableConcept=told)


def _related(estimate: GoodFaithEstimate) -> list[Json]:
    """The estimate that this one replaces."""
    if estimate.replaces is None:
        return []
    relationship = concept(f"{TERMINOLOGY}ex-relatedclaimrelationship", "prior", "Prior Claim")
    before = {"system": URI, "value": f"urn:uuid:{estimate.replaces.id}"}
    return [{"relationship": relationship, "reference": before}]


def _item(estimate: GoodFaithEstimate, line: ChargeLine, sequence: int) -> Json:
    """One line with one charge. Its first code names it; the others stand below, and the numbers of its drugs."""
    known = {each.code: position for position, each in enumerate(estimate.diagnoses, start=1)}
    control = f"{estimate.id}-{sequence}"
    told = {
        "extension": [
            extension("serviceDescription", valueString=line.description),
            extension("gfeBillingProviderLineItemCtrlNum", valueIdentifier={"value": control}),
        ],
        "sequence": sequence,
        "diagnosisSequence": [known[code] for code in line.diagnoses],
        "productOrService": _product(line.codes[0]) if line.codes else {"text": line.description},
        **_serviced(line.dates),
        "locationCodeableConcept": concept(PLACE_OF_SERVICE, line.place_of_service)
        if line.place_of_service
        else {"extension": absent("not-applicable")},
        "quantity": {"value": line.quantity},
        "unitPrice": money(line.each_cents),
        "net": money(line.total_cents),
        "detail": [{"sequence": place, **each} for place, each in enumerate(_details(line), start=1)],
    }
    return filled(told)


def _details(line: ChargeLine) -> Iterator[Json]:
    for each in line.codes[1:]:
        quantity = {} if each.units is None else {"quantity": {"value": each.units}}
        yield {"productOrService": _product(each), **quantity}
    for each in line.codes:
        if each.ndc:
            yield {"productOrService": concept(NDC, each.ndc)}


def _product(code: ServiceCode) -> Json:
    """A procedure of the American Medical Association starts with a digit, one of CMS with a letter."""
    return {**concept(CPT if code.code[0].isdigit() else HCPCS, code.code), "text": code.label}


def _serviced(days: Sequence[date]) -> Json:
    if not days:
        return {"_servicedDate": {"extension": absent("unknown")}}
    return {"servicedDate": days[0].isoformat()} if len(days) == 1 else {"servicedPeriod": period(days)}
