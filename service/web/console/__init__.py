"""The staff console: pages rendered on the server, for people who answer patients.

How a page is added, say `/console/worklist`:

1. **Handlers** in `worklist.py`: Litestar functions whose guards say what they take (`takes("eligibility:read")`) and
   that get `desk: NamedDependency[Desk]` (the visit, the catalogue, the day, the wiring, the key of who asks) or, on
   pages without a sign-in, `visit: NamedDependency[Visit]`. They call the functions that the API's handlers call and
   answer `desk.visit.show("worklist.html", ...)`. A POST that changed something answers `goes_to(desk.visit, address)`.
   Query parameters are declared; none holds anything of a person.
   Put the handlers into `PAGES` of `router.py`, which has the session and the form's token checked before them.
2. **A template** in `templates/` that extends `base.html` and is built of `parts.html` (there as `ui`): `ui.field`,
   `ui.choice`, `ui.area`, `ui.wrongs`, `ui.tag`, `ui.cents`, `ui.sources`, `ui.empty`, `ui.progress`, `ui.table`,
   `ui.filters`, `ui.more`. Every form that sends begins with `{{ ui.token() }}`. In templates
   `t("worklist.title", count=3)` tells words, `money`, `amount`, `ends`, `day` print what the domain holds, `visit` and
   `lang` are there. No script and no style inside: the policy forbids both.
3. **Words** in `words/worklist.en.toml` and `.es.toml`, with the same keys and braces (a test compares them).
4. **A menu entry** in `navigation.py`, its name in `words/menu.*.toml`.
5. **Looks** are the classes of `static/console.css`: `head` for a page's name and what begins from it, `panel`, `row`,
   `columns`, `fields`, `facts`, `tag`, `notice`, `fold`, `empty`. What only one page has stands in a sheet of its own
   beside it, named in the template's block `head`.
6. **Wrong input** is answered with status 422 and the same template: what was typed as the fields' values, `wrong` as
   sentences by the field's name. `ui.wrongs(wrong)` at the top gets the focus and is announced; each field tells its
   own.
7. **Without script** everything works. htmx only swaps parts: a handler answers the part when `visit.partial`.
   `hx-on`, `hx-vars`, `js:` values and filters in triggers are off, because they evaluate code.

A refusal that is raised (`Refused`, a database that is away, a fault) becomes a page in the same dress (`failures.py`).
"""
