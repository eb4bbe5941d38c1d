"""The few words around an estimate at the terminal, in the languages that an estimate speaks."""

from payers.catalogue.model import Frozen
from payers.estimate.question import Language


class Labels(Frozen):
    """One language. `{...}` is filled in; a line break keeps the heading of an amount as narrow as the amount."""

    asked: str
    also: str
    range: str
    typical: str
    first_session: str
    usual_session: str
    course: str
    whole_course: str
    sessions: str
    day: str
    phase: str
    pays: str
    deductible_left: str
    maximum_left: str
    plan_years: str
    starts: str
    on_the_way: str
    usually_on_the_way: str
    worlds: str
    ask_next: str
    ask: str
    worth: str
    assumed: str
    notices: str
    reasons: str
    amounts: str
    from_session: str
    checked: str
    sources: str
    verified: str
    age: str
    stale: str
    confidence: str
    requirements: str
    price_list: str
    with_services: str
    catalogue: str


LABELS: dict[Language, Labels] = {
    "en": Labels(
        asked="asked as",
        also="Also behind this name",
        range="Range",
        typical="Typical",
        first_session="First\nsession",
        usual_session="Usual\nsession",
        course="Course\nof {count}",
        whole_course="Whole\ncourse",
        sessions="Sessions",
        day="Date",
        phase="Phase",
        pays="Patient\npays",
        deductible_left="Deductible\nleft",
        maximum_left="Maximum\nleft",
        plan_years="By plan year",
        starts="Starts",
        on_the_way="On the way",
        usually_on_the_way="What usually happens when",
        worlds="What if",
        ask_next="Ask next",
        ask="Question",
        worth="Worth up to",
        assumed="typical",
        notices="Notices",
        reasons="Why",
        amounts="Where each amount comes from",
        from_session="From session {number} on",
        checked="checked on {on}",
        sources="Sources",
        verified="Coverage verified on {on}",
        age="age in days: {days}",
        stale="PAST ITS REVIEW DATE",
        confidence="confidence {level}",
        requirements="The payer asks for",
        price_list="Beside the sessions",
        with_services="Sessions, services and membership together: {amount}",
        catalogue="Catalogue {version}, as of {on}",
    ),
    "es": Labels(
        asked="preguntado como",
        also="También tras este nombre",
        range="Rango",
        typical="Típico",
        first_session="Primera\nsesión",
        usual_session="Sesión\nhabitual",
        course="Ciclo\nde {count}",
        whole_course="Ciclo\nentero",
        sessions="Sesiones",
        day="Fecha",
        phase="Fase",
        pays="Paga el\npaciente",
        deductible_left="Deducible\nrestante",
        maximum_left="Máximo\nrestante",
        plan_years="Por año del plan",
        starts="Empieza",
        on_the_way="En el camino",
        usually_on_the_way="Qué suele pasar y cuándo",
        worlds="Y si",
        ask_next="Preguntar después",
        ask="Pregunta",
        worth="Vale hasta",
        assumed="típico",
        notices="Avisos",
        reasons="Por qué",
        amounts="De dónde sale cada monto",
        from_session="Desde la sesión {number}",
        checked="comprobado el {on}",
        sources="Fuentes",
        verified="Cobertura verificada el {on}",
        age="antigüedad en días: {days}",
        stale="REVISIÓN VENCIDA",
        confidence="confianza {level}",
        requirements="El seguro pide",
        price_list="Además de las sesiones",
        with_services="Sesiones, servicios y membresía en total: {amount}",
        catalogue="Catálogo {version}, al {on}",
    ),
}
