"""Front desks write treatments as they like; what may be another drug is not guessed."""

import pytest

from service.eligibility.treatment_names import treatment_named


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("spravato", "spravato"),
        ("SPRAVATO 84 mg", "spravato"),
        ("Esketamine (nasal)", "spravato"),
        ("esketamina", "spravato"),
        ("iv-ketamine", "iv-ketamine"),
        ("IV Ketamine", "iv-ketamine"),
        ("Ketamine I.V. infusion", "iv-ketamine"),
        ("infusión de ketamina", "iv-ketamine"),
        ("Ketamina intravenosa", "iv-ketamine"),
        ("IV", "iv-ketamine"),
        ("ketamine IM", "im-ketamine"),
        ("inyección intramuscular de ketamina", "im-ketamine"),
        ("ketamine troches", "oral-ketamine"),
        ("ketamina oral", "oral-ketamine"),
    ],
)
def test_a_name_in_either_language(text: str, slug: str) -> None:
    assert treatment_named(text) == slug


@pytest.mark.parametrize(
    "text", ["ketamine", "ketamina", "IV antibiotics", "TMS", "IV or IM ketamine", "esketamine IV", "-", "oral consult"]
)
def test_what_may_be_another_is_no_name(text: str) -> None:
    with pytest.raises(ValueError, match="no treatment"):
        treatment_named(text)
