"""The price list on a day, with what was just saved."""

from typing import Annotated

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from payers.catalogue.clinic import ClinicLayer, ClinicRow
from service.web.console.access import may, takes
from service.web.console.desk import Desk
from service.web.console.prices import adding, changing
from service.web.console.prices.form import day_of
from service.web.console.prices.listing import by_payer, by_quarter, by_site
from service.web.console.prices.saving import HERE, layer_on_file
from service.web.console.prices.telling import News, Teller, of_ended, of_saved, teller

RowId = Annotated[str, QueryParameter(max_length=200)]


@get(HERE, guards=[takes("estimates:read")])
async def price_list(
    desk: NamedDependency[Desk],
    as_of: Annotated[str, QueryParameter(max_length=40)] = "",
    saved: RowId = "",
    ended: RowId = "",
) -> Response[str]:
    """What holds on a day, today unless another is asked for; `saved` and `ended` are rows that just were."""
    layer, tell, speak = await layer_on_file(desk), teller(desk), desk.visit.speak
    asked = day_of(as_of) if as_of else desk.today
    wrong = {} if asked else {"as_of": speak("prices.wrong_date", field=speak("prices.as_of"))}
    day = asked or desk.today
    return desk.visit.show(
        "prices.html",
        status=422 if wrong else 200,
        on=day,
        as_of=as_of or day.isoformat(),
        wrong=wrong,
        today=desk.today,
        empty=not any(layer.rows()) and not layer.medicare_fees,
        sites=by_site(layer, day),
        payers=by_payer(layer.rates, day),
        rules=layer.rules,
        fees=by_quarter(layer.medicare_fees),
        tell=tell,
        news=_news(layer, saved, ended, tell),
        may_edit=may(desk.key, "catalogue:write"),
    )


PAGES = (price_list, *adding.PAGES, *changing.PAGES)


def _news(layer: ClinicLayer, saved: str, ended: str, tell: Teller) -> News | None:
    for _, row in layer.rows():
        if row.id == (saved or ended) and isinstance(row, ClinicRow):
            return of_saved(row, layer, tell) if saved else of_ended(row, layer, tell)
    return None
