// The estimate page with a script: suggestions for the payer, the chart, keys, sliders, copying and dropping.

const $ = (id) => document.getElementById(id);
const announce = (sentence) => ($("announcer").textContent = sentence);

// Payers are suggested as one types (WAI-ARIA Authoring Practices, editable combobox with list autocomplete).
class Suggestions {
  constructor(box) {
    this.box = box;
    this.input = box.querySelector("input");
    this.list = document.createElement("ul");
    this.list.id = "payer-list";
    this.list.role = "listbox";
    this.list.hidden = true;
    this.list.setAttribute("aria-label", box.querySelector("label").textContent);
    box.append(this.list);
    for (const [name, value] of [
      ["role", "combobox"],
      ["aria-autocomplete", "list"],
      ["aria-expanded", "false"],
      ["aria-controls", this.list.id],
    ]) {
      this.input.setAttribute(name, value);
    }
    this.input.addEventListener("input", () => this.later());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => this.close());
    this.list.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      const option = event.target.closest("li");
      if (option) this.take(option);
    });
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), 120);
  }

  async look() {
    const typed = this.input.value.trim();
    this.asked?.abort();
    if (!typed) return this.close();
    this.asked = new AbortController();
    const where = new URLSearchParams({ q: typed, lang: document.documentElement.lang });
    if ($("state")?.value) where.set("state", $("state").value);
    try {
      const answer = await fetch(`/v1/payers?${where}`, { signal: this.asked.signal });
      const { items = [] } = answer.ok ? await answer.json() : {};
      if (document.activeElement === this.input) this.show(items.slice(0, 8));
    } catch (error) {
      if (error.name !== "AbortError") this.close();
    }
  }

  show(payers) {
    this.list.replaceChildren(
      ...payers.map((payer, number) => {
        const option = document.createElement("li");
        option.role = "option";
        option.id = `payer-${number}`;
        option.dataset.name = payer.name;
        option.setAttribute("aria-selected", "false");
        option.append(payer.name);
        if (payer.why && !payer.why.endsWith(payer.name)) {
          const why = document.createElement("small");
          why.textContent = payer.why;
          option.append(why);
        }
        return option;
      }),
    );
    this.list.hidden = !payers.length;
    this.input.setAttribute("aria-expanded", String(payers.length > 0));
    this.input.removeAttribute("aria-activedescendant");
    announce(payers.length ? `${payers.length} ${this.box.dataset.found}` : this.box.dataset.empty);
  }

  close() {
    clearTimeout(this.timer);
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  move(step) {
    const options = [...this.list.children];
    const before = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    const next = before < 0 ? (step > 0 ? 0 : options.length - 1) : (before + step + options.length) % options.length;
    options.forEach((option, number) => option.setAttribute("aria-selected", String(number === next)));
    options[next].scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", options[next].id);
  }

  take(option) {
    this.input.value = option.dataset.name;
    this.close();
  }

  key(event) {
    if (this.list.hidden) {
      if (event.key === "ArrowDown") this.look();
      return;
    }
    const chosen = this.list.querySelector("[aria-selected='true']");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      this.move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Escape") {
      event.preventDefault();
      this.close();
    } else if (chosen && (event.key === "Enter" || event.key === "Tab")) {
      if (event.key === "Enter") event.preventDefault();
      this.take(chosen);
    }
  }
}

const dollars = (cents) =>
  `$${(cents / 100).toLocaleString("en-US", { minimumFractionDigits: cents % 100 ? 2 : 0, maximumFractionDigits: 2 })}`;

// The picture of the table: bars of who pays, and on the right-hand scale what is left of the limits.
function draw(canvas) {
  const told = JSON.parse(canvas.dataset.chart);
  const names = JSON.parse(canvas.dataset.labels);
  const style = getComputedStyle(document.documentElement);
  const color = (name) => style.getPropertyValue(`--${name}`).trim();
  const bar = (label, data, name) => ({ label, data, backgroundColor: color(name), stack: "who", yAxisID: "y", order: 2 });
  const line = (label, data, name, dash) => ({
    type: "line",
    label,
    data,
    yAxisID: "left",
    order: 1,
    stepped: "middle",
    borderColor: color(name),
    backgroundColor: color(name),
    borderWidth: 2,
    borderDash: dash,
    pointRadius: 0,
    pointHitRadius: 12,
  });
  const limits = [
    line(names[4], told.deductible_left_cents, "deductible", []),
    line(names[5], told.maximum_left_cents, "maximum", [6, 4]),
  ].filter((each) => each.data.some((cents) => cents));
  const scale = (position, more) => ({
    position,
    beginAtZero: true,
    ticks: { color: color("soft"), callback: (cents) => dollars(cents), maxTicksLimit: 6 },
    grid: { color: color("line") },
    border: { display: false },
    ...more,
  });
  canvas.chart = new Chart(canvas, {
    type: "bar",
    data: {
      labels: told.sessions,
      datasets: [
        bar(names[0], told.patient_cents, "patient"),
        bar(names[1], told.open_cents, "patient-open"),
        bar(names[2], told.plan_cents, "plan"),
        bar(names[3], told.others_cents, "others"),
        ...limits,
      ],
    },
    options: {
      animation: false,
      maintainAspectRatio: false,
      interaction: { mode: "index", intersect: false },
      scales: {
        x: { stacked: true, grid: { display: false }, ticks: { color: color("soft"), maxRotation: 0 } },
        y: scale("left", { stacked: true }),
        ...(limits.length ? { left: scale("right", { grid: { display: false } }) } : {}),
      },
      plugins: {
        legend: { display: false },
        tooltip: {
          filter: (item) => item.raw,
          callbacks: {
            title: ([item]) => (item ? `${canvas.dataset.session} ${item.label}` : ""),
            label: (item) => `${item.dataset.label}: ${dollars(item.raw)}`,
          },
        },
      },
    },
  });
}

function redraw() {
  for (const canvas of document.querySelectorAll("canvas[data-chart]")) {
    canvas.chart?.destroy();
    draw(canvas);
  }
}

function enhance(place) {
  const box = place.querySelector(".combobox");
  if (box && !box.querySelector("[role='listbox']")) new Suggestions(box);
  redraw();
  const told = place.matches?.("[data-announce]") ? place : place.querySelector("[data-announce]");
  if (told) announce(told.dataset.announce);
}

// After an answer the keyboard goes on with the next question, where the answer is in sight beside it; a finger and a
// narrow window, in which the answer stands below every question, see the answer first.
function goOn(target) {
  if (target.querySelector("[data-focus]") || !target.matches("#case[data-announce]")) return;
  const touch = matchMedia("(pointer: coarse)").matches;
  const question = target.querySelector(".next input, .next select");
  const pane = $("ask");
  const apart = getComputedStyle(pane).overflowY === "auto";
  scrollTo(0, 0);
  ((apart && !touch && question) || $("headline"))?.focus({ preventScroll: apart });
  // Beside the answer the form scrolls by itself, and the page stays where the answer begins.
  if (apart && question) pane.scrollTop = question.offsetTop - pane.clientHeight / 2;
  if (!apart) target.querySelector(".result").scrollIntoView();
}

let moved = false;
document.addEventListener("htmx:beforeRequest", (event) => (moved = event.detail.elt.matches("[hx-trigger^='change']")));
document.addEventListener("htmx:afterSettle", (event) => {
  const place = $("case");
  if (event.detail.target?.id !== "case" && event.detail.elt?.id !== "case") return;
  enhance(place);
  if (!moved) goOn(place);
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});

// Keys with Alt, so that no letter that somebody types or dictates does anything (WCAG 2.1.4).
document.addEventListener("keydown", (event) => {
  if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const place =
    event.code === "KeyQ"
      ? document.querySelector(".next input, .next select")
      : document.querySelector(`[data-key="${event.code}"]`);
  if (!place) return;
  event.preventDefault();
  if (place.matches("a, button")) place.click();
  else place.focus();
});

document.addEventListener("input", (event) => {
  const output = event.target.matches("input[type='range']") && event.target.parentElement.querySelector("output");
  if (!output) return;
  const value = Number(event.target.value);
  if (output.dataset.from) {
    const day = new Date(`${output.dataset.from}T00:00:00Z`);
    day.setUTCDate(day.getUTCDate() + value);
    output.value = day.toLocaleDateString(document.documentElement.lang, { dateStyle: "long", timeZone: "UTC" });
    event.target.setAttribute("aria-valuetext", output.value);
  } else {
    output.value = "dollars" in output.dataset ? dollars(value * 100) : value;
  }
});

// A file that is dropped or chosen is read here and goes into the field, where one can see it.
async function read(file, into) {
  into.value = await file.text();
  into.closest("details").open = true;
  into.focus();
}
document.addEventListener("change", (event) => {
  const place = event.target.matches(".drop input[type='file']") && event.target.closest(".drop");
  if (!place || !event.target.files[0]) return;
  read(event.target.files[0], $(place.dataset.drop));
  event.target.value = "";
});
for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    const place = event.target.closest?.(".drop");
    if (!place) return;
    event.preventDefault();
    place.classList.toggle("over", kind === "dragover");
    if (kind === "drop" && event.dataTransfer.files[0]) read(event.dataTransfer.files[0], $(place.dataset.drop));
  });
}

enhance(document);
