// What the console does better with a script. Without it every form and link works all the same.

const scripted = document.documentElement.classList;
scripted.add("scripted");

// The menu folds on a phone and is open where there is room.
const menu = document.querySelector(".menu");
const roomy = matchMedia("(min-width: 60rem)");
const unfold = () => menu && (menu.open = roomy.matches);
roomy.addEventListener("change", unfold);
unfold();

// What went wrong gets the focus, on a new page as in a part of one; where a part says so, another place does.
function settle(place) {
  const wrong = place.querySelector("[data-focus]");
  if (wrong) {
    wrong.focus();
  }
}

settle(document);
document.addEventListener("htmx:afterSettle", (event) => settle(event.detail.elt));

// A link in a summary of faults leads into the field, as a label does.
document.addEventListener("click", (event) => {
  const link = event.target.closest(".summary a[href^='#']");
  const field = link && document.getElementById(link.hash.slice(1));
  if (field) {
    event.preventDefault();
    field.focus();
  }
});

// A button copies the text that it names; where the browser forbids that, the text is selected, to be copied by hand.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const place = document.getElementById(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(place.textContent);
    document.getElementById("announcer").textContent = button.dataset.copied;
  } catch {
    getSelection().selectAllChildren(place);
  }
});

// What is shown once is gone when one comes back to the page, even to one that the browser kept in memory.
addEventListener("pagehide", () => document.querySelectorAll("[data-once]").forEach((place) => place.replaceChildren()));

// A part that cannot be had leaves the page as it is, with all that was typed, and says so above it.
function fail(html, text) {
  const place = document.getElementById("failure");
  if (html) {
    place.innerHTML = html;
  } else {
    const told = document.createElement("div");
    told.className = "summary";
    told.role = "alert";
    told.tabIndex = -1;
    told.dataset.focus = "";
    told.textContent = text;
    place.replaceChildren(told);
  }
  settle(place);
}
// What the page asks by itself again and again fails in silence: nobody's focus is taken for it.
const asked = (event) => !event.detail.elt.matches("[hx-trigger^='every']");
document.addEventListener("htmx:responseError", (event) => asked(event) && fail(event.detail.xhr.responseText));
document.addEventListener(
  "htmx:sendError",
  (event) => asked(event) && fail("", document.getElementById("failure").dataset.unreached),
);
document.addEventListener("htmx:beforeSend", () => document.getElementById("failure").replaceChildren());
