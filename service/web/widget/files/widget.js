// <outlay-estimate>: what treatment may cost, on a clinic's own page. No dependency, cookie, storage or third party.
// The service puts the words of both languages and the looks of widget.css in the two places marked below.

const WORDS = /* words */ {};
const STYLE = /* style */ "";

const SERVICE = new URL(".", import.meta.url);
const PATIENCE_MS = 15_000;
const SHOWN = 8;
// About how much comes with the choices: the form keeps its room for it.
const TREATMENTS = 4;
const NOTICE_LETTERS = 260;
const SAFE_LINKS = new Set(["http:", "https:", "mailto:", "tel:"]);
/** Three months of nobody's, to show where an answer will stand. */
const EXAMPLE = [[34, 100], [22, 70], [46, 62]].map(([low_cents, high_cents]) => ({ low_cents, high_cents }));
const SVG = "http://www.w3.org/2000/svg";

// A constructed sheet is no inline style: it works under `style-src 'none'`, in a document and in a shadow root.
const sheet = new CSSStyleSheet();
sheet.replaceSync(STYLE);

let instances = 0;

/** An element with its attributes, listeners (`on…`) and children; what is null or false is left out. */
function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const whole = (cents) => `$${cents.toLocaleString("en-US")}`;

/** Whole dollars around a range; an amount that is known, to the cent. */
function ends({ low_cents: low, high_cents: high }) {
  if (low === high) return [low % 100 ? `$${(low / 100).toLocaleString("en-US", { minimumFractionDigits: 2 })}` : whole(low / 100)];
  return [whole(Math.floor(low / 100)), whole(Math.ceil(high / 100))];
}

const same = (one, other) => one.low_cents === other.low_cents && one.high_cents === other.high_cents;

/** The words of a name without accents, marks and capitals. */
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^a-z0-9]+/g, " ").trim();

/** Whether a word is another, or begins it, but for one slip in five letters or more. */
function slips(typed, word) {
  if (word.startsWith(typed)) return true;
  if (typed.length < 5) return false;
  const near = [word.slice(0, typed.length - 1), word.slice(0, typed.length), word.slice(0, typed.length + 1)];
  return near.some((other) => {
    let [i, a, b] = [0, typed.length, other.length];
    while (i < a && typed[i] === other[i]) i += 1;
    while (a > i && b > i && typed[a - 1] === other[b - 1]) [a, b] = [a - 1, b - 1];
    const swapped = a - i === 2 && b - i === 2 && typed[i] === other[i + 1] && typed[i + 1] === other[i];
    return Math.max(a, b) - i <= 1 || swapped;
  });
}

/** How well a name fits what was typed: 0 begins with it, 1 a word does, 2 contains it, 3 with a slip; none is null. */
function fit(typed, name) {
  const words = plain(name);
  const close = words.replaceAll(" ", "");
  if (words.startsWith(typed) || close.startsWith(typed.replaceAll(" ", ""))) return 0;
  if (` ${words}`.includes(` ${typed}`)) return 1;
  if (typed.length > 2 && words.includes(typed)) return 2;
  const parts = words.split(" ");
  return typed.split(" ").every((part) => parts.some((word) => slips(part, word))) ? 3 : null;
}

/** The payers that what was typed may mean, the best first, each with the other name that led to it. */
function suggestions(payers, text) {
  const typed = plain(text);
  if (!typed) return payers.map((payer) => ({ payer, also: null }));
  const hits = payers.flatMap((payer, place) => {
    const names = [payer.label, ...payer.known_as].map((name, nth) => ({ name, nth, rank: fit(typed, name) }));
    const [best] = names.filter(({ rank }) => rank !== null).sort((a, b) => a.rank - b.rank || a.nth - b.nth);
    return best ? [{ payer, place, rank: best.rank, also: best.nth ? best.name : null }] : [];
  });
  return hits.sort((a, b) => a.rank - b.rank || Boolean(a.also) - Boolean(b.also) || a.place - b.place).slice(0, SHOWN);
}

class OutlayEstimate extends HTMLElement {
  static observedAttributes = ["lang", "theme", "treatments", "state", "site", "cta", "cta-href"];

  #id = `ol-${(instances += 1)}`;
  #root = null;
  #options = null;
  #choice = { treatment: null, payer: null, typed: "", plan_type: "", deductible: "unknown" };
  #asked = null;
  #answers = new Map();
  #turn = 0;
  #part = {};

  connectedCallback() {
    this.#root ??= this.hasAttribute("shadow") ? this.attachShadow({ mode: "open" }) : this;
    const place = this.#root === this ? this.getRootNode() : this.#root;
    if (!place.adoptedStyleSheets.includes(sheet)) place.adoptedStyleSheets = [...place.adoptedStyleSheets, sheet];
    this.#start();
  }

  attributeChangedCallback(name, before, now) {
    if (!this.#root || before === now) return;
    if (name === "theme") this.#part.frame.parentElement.dataset.theme = now ?? "";
    else this.#start();
  }

  get #lang() {
    const told = this.getAttribute("lang") || this.parentElement?.closest("[lang]")?.lang || "";
    return told.toLowerCase().startsWith("es") ? "es" : "en";
  }

  /** The widget's own word of that key, with its places filled in. */
  #say(key, values = {}) {
    return WORDS[this.#lang][key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  }

  #count(key, n) {
    return this.#say(n === 1 ? `${key}_one` : key, { n });
  }

  #text({ low_cents, high_cents }) {
    return ends({ low_cents, high_cents }).join(` ${this.#say("to")} `);
  }

  /** A range to be seen with a dash and heard with a word. */
  #range(range) {
    const [low, high] = ends(range);
    if (!high) return low;
    return [low, h("span", { "aria-hidden": "true" }, " – "), h("span", { class: "ol-sr" }, ` ${this.#say("to")} `), high];
  }

  async #get(what, told) {
    const url = new URL(`widget/v1/${what}`, SERVICE);
    for (const [name, value] of Object.entries({ ...told, lang: this.#lang })) if (value) url.searchParams.set(name, value);
    const response = await fetch(url, {
      credentials: "omit",
      referrerPolicy: "no-referrer",
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const answer = await response.json();
    if (!response.ok) throw Object.assign(new Error(answer.type), { reason: response.status === 422 ? answer.detail : null });
    return answer;
  }

  // From the first paint to the form.

  async #start() {
    const turn = (this.#turn += 1);
    this.#frame();
    try {
      const options = await this.#get("options", { state: this.getAttribute("state") });
      if (turn !== this.#turn) return;
      this.#options = options;
    } catch {
      if (turn === this.#turn) this.#unavailable();
      return;
    }
    this.#form();
    if (this.#asked) await this.#ask();
  }

  get #offered() {
    const known = this.#options.treatments;
    const offered = this.#wanted.flatMap((wish) => known.filter(({ value }) => value === wish));
    return offered.length ? offered : known;
  }

  get #wanted() {
    return (this.getAttribute("treatments") ?? "").split(/[\s,]+/).filter(Boolean);
  }

  #frame() {
    const form = h("form", { class: "ol-form", novalidate: true, "aria-labelledby": `${this.#id}-title`, onsubmit: (event) => this.#submit(event) },
      h("div", { class: "ol-top" },
        h("h2", { class: "ol-title", id: `${this.#id}-title` }, this.#say("title")),
        h("button", { class: "ol-quiet ol-other", type: "button", lang: this.#lang === "es" ? "en" : "es", onclick: () => this.#speakOther() }, this.#say("other_language"))),
      h("p", { class: "ol-lead" }, this.#say("lead")));
    const answer = h("section", { class: "ol-answer ol-resting", "aria-label": this.#say("empty") }, this.#resting());
    const foot = h("div", { class: "ol-foot" }, h("p", {}, this.#say("privacy")), h("p", {}, h("span", { class: "ol-ghost", "aria-hidden": "true" }, "n ".repeat(NOTICE_LETTERS / 2))));
    const status = h("p", { class: "ol-sr", role: "status" });
    const frame = h("div", { class: "ol-frame" }, form, answer);
    const offered = this.#wanted.length || TREATMENTS;
    form.append(
      offered > 1 ? this.#ghostField("treatment", h("div", { class: "ol-cards ol-treatment" }, Array.from({ length: offered }, () => ghost(48)))) : "",
      this.#ghostField("payer", h("p", { class: "ol-hint" }, this.#say("payer_hint")), ghost(48)),
      ghost(48));
    this.#root.replaceChildren(h("div", { class: "ol", lang: this.#lang, "data-theme": this.getAttribute("theme") ?? "" }, frame, foot, status));
    this.#part = { frame, form, answer, foot, status };
    if (this.#asked) this.#wait(false);
  }

  #ghostField(name, ...parts) {
    return h("div", { class: "ol-field" }, h("p", { class: "ol-label" }, this.#say(name)), parts);
  }

  #resting() {
    return [
      ...EXAMPLE.map((range) => bar(range, 100)),
      h("p", { class: "ol-head" }, this.#say("empty")),
      h("ul", { class: "ol-points" }, ["empty_course", "empty_months", "empty_ask"].map((key) => h("li", {}, this.#say(key)))),
    ];
  }

  #unavailable() {
    const { form, frame, answer, foot } = this.#part;
    form.replaceChildren(form.firstChild, ...this.#apology("offline", () => this.#start()));
    frame.classList.add("ol-down");
    answer.remove();
    foot.lastChild.remove();
    this.#announce(this.#say("offline"));
  }

  #apology(key, again, reason = null) {
    return [
      h("p", { class: "ol-head" }, this.#say(key)),
      h("p", {}, reason ?? this.#say(`${key}_hint`)),
      h("div", { class: "ol-actions" }, h("button", { class: "ol-button", type: "button", onclick: again }, this.#say("again")), this.#callToAction()),
    ];
  }

  #speakOther() {
    this.lang = this.#lang === "es" ? "en" : "es";
    this.#root.querySelector(".ol-other").focus();
  }

  #announce(text) {
    this.#part.status.textContent = text;
  }

  #callToAction() {
    const href = this.getAttribute("cta-href");
    if (!href || !URL.canParse(href, document.baseURI) || !SAFE_LINKS.has(new URL(href, document.baseURI).protocol)) return null;
    return h("a", { class: "ol-button ol-cta", href }, this.getAttribute("cta") || this.#say("cta"));
  }

  // The form: treatment, who pays, and of the plan only what may matter.

  #form() {
    const { form, foot } = this.#part;
    const offered = this.#offered;
    if (!offered.some(({ value }) => value === this.#choice.treatment)) this.#choice.treatment = offered[0].value;
    const kind = h("div", { class: "ol-field" });
    const met = this.#choices("deductible", this.#options.deductibles, this.#say("deductible_hint"));
    this.#part.kind = kind;
    this.#part.met = met;
    [...form.children].slice(2).forEach((element) => element.remove());
    form.append(
      ...(offered.length > 1 ? [this.#choices("treatment", offered)] : []),
      this.#combobox(), kind, met,
      h("button", { class: "ol-button", type: "submit" }, this.#say("ask")));
    foot.replaceChildren(
      h("p", {}, this.#say("privacy")),
      h("p", {}, h("strong", {}, `${this.#say("gfe")}. `), this.#options.good_faith_estimate));
    this.#suit();
  }

  #choices(name, several, hint = null) {
    const id = `${this.#id}-${name}`;
    return h("fieldset", { class: "ol-field", "aria-describedby": hint && `${id}-hint` },
      h("legend", { class: "ol-label" }, this.#say(name)),
      hint && h("p", { class: "ol-hint", id: `${id}-hint` }, hint),
      h("div", { class: `ol-cards ol-${name}` }, several.map(({ value, label }) =>
        h("label", { class: "ol-card" },
          h("input", { type: "radio", name: id, value, checked: this.#choice[name] === value, onchange: () => { this.#choice[name] = value; } }),
          label))));
  }

  /** Shows the questions about the plan that the payer chosen leaves open. */
  #suit() {
    const { kind, met } = this.#part;
    const payer = this.#payer;
    const id = `${this.#id}-kind`;
    met.hidden = !payer?.deductible;
    kind.hidden = !payer?.plan_types.length;
    if (kind.hidden) return;
    const names = new Map(this.#options.plan_types.map((each) => [each.value, each.label]));
    const types = [["", this.#say("any_plan")], ...payer.plan_types.map((value) => [value, names.get(value)])];
    kind.replaceChildren(
      h("label", { class: "ol-label", for: id }, this.#say("plan_type")),
      h("select", { class: "ol-input", id, onchange: ({ target }) => { this.#choice.plan_type = target.value; } },
        types.map(([value, label]) => h("option", { value, selected: value === this.#choice.plan_type }, label))));
  }

  get #payer() {
    return this.#options.payers.find(({ value }) => value === this.#choice.payer);
  }

  /** Combobox with list autocomplete and manual selection, after the pattern of the ARIA Authoring Practices. */
  #combobox() {
    const id = `${this.#id}-payer`;
    const input = h("input", {
      class: "ol-input", id, type: "text", role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-required": "true",
      "aria-controls": `${id}-list`, "aria-describedby": `${id}-hint ${id}-wrong`,
      autocomplete: "off", autocapitalize: "none", spellcheck: "false", placeholder: this.#say("payer_choose"),
    });
    const list = h("ul", { class: "ol-list", id: `${id}-list`, role: "listbox", "aria-label": this.#say("payer"), hidden: true });
    const clear = h("button", { class: "ol-clear", type: "button", tabindex: "-1", "aria-label": this.#say("clear"), hidden: true }, "×");
    const wrong = h("p", { id: `${id}-wrong`, hidden: true, class: "ol-wrong" });
    let found = [];
    let active = -1;

    const point = (place) => {
      active = place;
      [...list.children].forEach((option, nth) => option.setAttribute("aria-selected", String(nth === place)));
      if (place < 0) input.removeAttribute("aria-activedescendant");
      else {
        input.setAttribute("aria-activedescendant", `${id}-${place}`);
        list.children[place].scrollIntoView({ block: "nearest" });
      }
    };
    const close = () => {
      list.hidden = true;
      input.setAttribute("aria-expanded", "false");
      point(-1);
    };
    const open = (text) => {
      found = suggestions(this.#options.payers, text);
      list.replaceChildren(...found.map(({ payer, also }, nth) =>
        h("li", { class: "ol-option", id: `${id}-${nth}`, role: "option", "aria-selected": "false", onmousedown: (event) => { event.preventDefault(); choose(nth); } },
          payer.label, also && h("small", {}, this.#say("payer_also", { name: also })))));
      list.hidden = !found.length;
      input.setAttribute("aria-expanded", String(!list.hidden));
      point(-1);
      this.#announce(found.length === 1 ? this.#say("found_one") : found.length ? this.#say("found", { n: found.length }) : this.#say("payer_unknown"));
    };
    const settle = (payer) => {
      this.#choice.payer = payer?.value ?? null;
      this.#choice.plan_type = "";
      clear.hidden = !input.value;
      complain(null);
      this.#suit();
    };
    const choose = (nth) => {
      input.value = this.#choice.typed = found[nth].payer.label;
      settle(found[nth].payer);
      close();
      this.#announce(input.value);
    };
    const complain = (text) => {
      wrong.textContent = text ?? "";
      wrong.hidden = !text;
      input.toggleAttribute("aria-invalid", false);
      if (text) input.setAttribute("aria-invalid", "true");
    };

    input.addEventListener("input", () => {
      this.#choice.typed = input.value;
      settle(null);
      open(input.value);
      if (!found.length) complain(this.#say("payer_unknown"));
    });
    input.addEventListener("click", () => { if (list.hidden) open(this.#choice.payer ? "" : input.value); });
    input.addEventListener("blur", () => {
      const exact = this.#options.payers.find(({ label, known_as }) => input.value && [label, ...known_as].some((name) => plain(name) === plain(input.value)));
      if (exact && !this.#choice.payer) settle(exact);
      close();
    });
    input.addEventListener("keydown", (event) => {
      const last = found.length - 1;
      const moves = { ArrowDown: active >= last ? 0 : active + 1, ArrowUp: active <= 0 ? last : active - 1 };
      if (event.key in moves) {
        event.preventDefault();
        if (list.hidden) {
          open(this.#choice.payer ? "" : input.value);
          if (found.length) point(event.key === "ArrowUp" ? found.length - 1 : 0);
        } else if (found.length) point(moves[event.key]);
      } else if (event.key === "Enter" && active >= 0) {
        event.preventDefault();
        choose(active);
      } else if (event.key === "Escape" && !list.hidden) {
        event.preventDefault();
        close();
      } else if (event.key === "Tab" && active >= 0) choose(active);
    });
    clear.addEventListener("click", () => {
      input.value = this.#choice.typed = "";
      settle(null);
      input.focus();
    });

    input.value = this.#choice.typed = this.#payer?.label ?? this.#choice.typed;
    clear.hidden = !input.value;
    this.#part.complain = (text) => { complain(text); input.focus(); };
    return h("div", { class: "ol-field" },
      h("label", { class: "ol-label", for: id }, this.#say("payer")),
      h("p", { class: "ol-hint", id: `${id}-hint` }, this.#say("payer_hint")),
      h("div", { class: "ol-combo" }, input, clear, list),
      wrong);
  }

  // The question and its answer.

  async #submit(event) {
    event.preventDefault();
    if (!this.#options) return;
    if (!this.#payer) {
      const text = this.#say(this.#choice.typed && !suggestions(this.#options.payers, this.#choice.typed).length ? "payer_unknown" : "payer_missing");
      this.#part.complain(text);
      return;
    }
    await this.#ask({ moveFocus: true });
  }

  async #ask({ moveFocus = false } = {}) {
    const turn = (this.#turn += 1);
    const { payer, treatment, plan_type, deductible } = this.#choice;
    this.#asked = {
      payer, plan_type,
      deductible: this.#payer?.deductible ? deductible : "",
      state: this.getAttribute("state"), site: this.getAttribute("site"),
    };
    this.#wait(moveFocus);
    const told = await Promise.all(this.#offered.map(async ({ value }) => {
      try {
        return [value, await this.#get("estimate", { ...this.#asked, treatment: value })];
      } catch (fault) {
        return [value, fault];
      }
    }));
    if (turn !== this.#turn) return;
    this.#answers = new Map(told);
    this.#show(treatment);
  }

  #wait(moveFocus) {
    const { answer } = this.#part;
    const name = h("h3", { class: "ol-name", id: `${this.#id}-name`, tabindex: "-1" }, this.#say("asking"));
    answer.className = "ol-answer";
    answer.style.minBlockSize = "";
    answer.setAttribute("aria-busy", "true");
    answer.removeAttribute("aria-label");
    answer.setAttribute("aria-labelledby", name.id);
    answer.replaceChildren(name, ...[52, 190, 200, 110, 190].map(ghost));
    this.#part.name = name;
    if (moveFocus) this.#lead();
  }

  /** Focus on the answer's name, and the answer into view where it is not. */
  #lead() {
    const { answer, name } = this.#part;
    name.focus({ preventScroll: true });
    const { top } = answer.getBoundingClientRect();
    if (top < 0 || top > innerHeight / 2) {
      const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
      answer.scrollIntoView({ block: "start", behavior: still ? "auto" : "smooth" });
    }
  }

  #show(treatment) {
    const { answer, name } = this.#part;
    const told = this.#answers.get(treatment);
    // Down to the window's edge at least, as while it was awaited: what is in sight below stays where it is.
    answer.style.minBlockSize = `${Math.max(0, innerHeight - answer.getBoundingClientRect().top)}px`;
    answer.removeAttribute("aria-busy");
    if (told instanceof Error) {
      const [title, ...rest] = this.#apology("failed", () => this.#ask({ moveFocus: true }), told.reason);
      name.textContent = title.textContent;
      this.#fill(rest);
      this.#announce(told.reason ?? title.textContent);
      return;
    }
    const alone = told.coverage.status === "self-pay";
    name.textContent = this.#say(alone ? "answer_alone" : "answer", { treatment: told.treatment.name, payer: told.payer.name });
    this.#fill([this.#saying(told), this.#figures(told), this.#months(told), this.#beside(treatment), this.#more(told), this.#end(told)]);
    this.#announce(this.#say("ready", { answer: name.textContent, course: this.#text(told.usual.course), sessions: this.#count("sessions", told.sessions) }));
  }

  /** Puts the parts below the answer's name, which stays where it is and keeps the focus. */
  #fill(parts) {
    const { answer, name } = this.#part;
    [...answer.children].slice(1).forEach((part) => part.remove());
    name.after(...parts.filter(Boolean));
  }

  #saying({ coverage }) {
    const read = coverage.verified_on && new Intl.DateTimeFormat(`${this.#lang}-US`, { dateStyle: "long", timeZone: "UTC" }).format(new Date(coverage.verified_on));
    return h("div", { class: "ol-says" },
      h("p", { class: "ol-status", "data-status": coverage.status }, this.#say(coverage.status)),
      coverage.status !== "self-pay" && h("p", {}, coverage.sentence, " ",
        h("span", { class: "ol-hint" }, [read && this.#say("checked", { date: read }), coverage.stale && this.#say("stale")].filter(Boolean).join(" "))));
  }

  #figures({ usual, course, sessions }) {
    const figure = (label, range, more = "") =>
      h("div", { class: `ol-figure ${more}` }, h("dt", {}, label), h("dd", {}, this.#range(range)));
    const alike = same(usual.first_session, usual.typical_session);
    return h("dl", { class: "ol-figures" },
      figure(`${this.#say("course")}, ${this.#count("sessions", sessions)}`, usual.course, "ol-whole"),
      alike ? figure(this.#say("each_session"), usual.typical_session) : [figure(this.#say("first_session"), usual.first_session), figure(this.#say("most_sessions"), usual.typical_session)],
      !same(usual.course, course) && h("div", { class: "ol-note" }, h("dt", { class: "ol-sr" }, this.#say("assumed")), h("dd", {}, this.#say("usual", { low: ends(course)[0], high: ends(course).at(-1) }))));
  }

  #months({ months }) {
    const most = Math.max(...months.map((month) => month.patient_pays.high_cents), 1);
    return h("div", { class: "ol-part" },
      h("div", { class: "ol-row" }, h("h4", { class: "ol-head" }, this.#say("months")), h("p", { class: "ol-key", "aria-hidden": "true" }, h("span", {}, this.#say("at_least")), h("span", {}, this.#say("up_to")))),
      h("table", { class: "ol-table ol-months" },
        h("thead", { class: "ol-sr" }, h("tr", {}, h("th", { scope: "col" }, this.#say("month")), h("th", { scope: "col" }, this.#say("you_pay")))),
        h("tbody", {}, months.map((month) => h("tr", {},
          h("th", { scope: "row" }, month.label, h("small", {}, this.#count("sessions", month.sessions))),
          h("td", {}, this.#range(month.patient_pays), bar(month.patient_pays, most), month.new_plan_year && h("small", { class: "ol-hint" }, this.#say("new_year"))))))));
  }

  #beside(treatment) {
    const others = this.#offered.filter(({ value }) => value !== treatment);
    if (!others.length) return null;
    return h("div", { class: "ol-part" },
      h("h4", { class: "ol-head" }, this.#say("beside")),
      h("table", { class: "ol-table" },
        h("thead", {}, h("tr", {}, ["treatment", "each_session", "course"].map((key) => h("th", { scope: "col" }, this.#say(key))))),
        h("tbody", {}, others.map(({ value, label }) => this.#besideRow(value, label)))));
  }

  #besideRow(value, label) {
    const told = this.#answers.get(value);
    if (told instanceof Error) return h("tr", {}, h("th", { scope: "row" }, label), h("td", { colspan: "2" }, this.#say("unknown")));
    const see = () => {
      this.#show(value);
      this.#lead();
    };
    return h("tr", {},
      h("th", { scope: "row" }, h("button", { class: "ol-quiet", type: "button", "aria-label": this.#say("see", { treatment: label }), onclick: see }, label), h("small", {}, this.#say(told.coverage.status))),
      h("td", {}, this.#range(told.usual.typical_session)),
      h("td", {}, this.#range(told.usual.course), h("small", { class: "ol-sr" }, ` (${this.#count("sessions", told.sessions)})`)));
  }

  #more(told) {
    const points = (several) => h("ul", { class: "ol-points" }, several.map((each) => h("li", {}, each)));
    const fold = (key, n, hint, list) => n > 0 && h("details", { class: "ol-more" }, h("summary", {}, `${this.#say(key)} (${n})`), h("div", { class: "ol-part" }, hint && h("p", { class: "ol-hint" }, this.#say(hint)), list));
    const notices = [...told.milestones, ...told.notices.filter((each) => each !== told.good_faith_estimate)];
    return h("div", { class: "ol-mores" },
      fold("narrows", told.narrowing.length, "narrows_hint", h("ul", { class: "ol-worth" }, told.narrowing.map(({ question, ask, worth_cents }) =>
        h("li", {}, h("span", {}, question), h("small", {}, this.#say(`from_${ask}`)), h("b", {}, whole(Math.round(worth_cents / 100))))))),
      fold("ask_insurer", told.ask_insurer.length, "ask_hint", points(told.ask_insurer)),
      fold("assumed", told.assumptions.length, null, points(told.assumptions)),
      fold("notices", notices.length, null, points(notices)));
  }

  #end({ disclaimer }) {
    return h("div", { class: "ol-end" }, this.#callToAction(), h("p", { class: "ol-small" }, disclaimer));
  }
}

function ghost(height) {
  const element = h("div", { class: "ol-ghost", "aria-hidden": "true" });
  element.style.blockSize = `${height}px`;
  return element;
}

/** What is paid at least and at most, as lengths beside the months' largest amount. The text beside it says the same. */
function bar({ low_cents, high_cents }, most) {
  const svg = document.createElementNS(SVG, "svg");
  const rect = (part, cents) => {
    const element = document.createElementNS(SVG, "rect");
    for (const [name, value] of Object.entries({ class: part, width: (100 * cents) / most, height: 1 })) element.setAttribute(name, value);
    return element;
  };
  for (const [name, value] of Object.entries({ class: "ol-bar", viewBox: "0 0 100 1", preserveAspectRatio: "none", "aria-hidden": "true" })) svg.setAttribute(name, value);
  svg.append(rect("ol-most", high_cents), rect("ol-least", low_cents));
  return svg;
}

if (!customElements.get("outlay-estimate")) customElements.define("outlay-estimate", OutlayEstimate);
