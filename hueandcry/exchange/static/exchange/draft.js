// What was typed into a form outlives a sign-in that stands between: kept in this tab, for this person, until a receipt
// shows. Without scripts the browser's way back keeps it.
const form = document.querySelector("form[data-draft]");
const key = document.querySelector("[data-draft]")?.dataset.draft;
const kept = () => JSON.parse(sessionStorage.getItem(key) ?? "null");
const fields = () => [...form.elements].filter((each) => each.name && !["hidden", "submit", "file", "password"].includes(each.type));

function keep() {
  const told = fields().filter((each) => each.type !== "radio" || each.checked);
  sessionStorage.setItem(key, JSON.stringify(told.map((each) => [each.name, each.type === "checkbox" ? each.checked : each.value])));
}

function fill(told) {
  for (const [name, value] of told) {
    const field = form.elements.namedItem(name);
    if (field && field.type === "checkbox") field.checked = value;
    else if (field) field.value = value;
  }
  document.querySelector("[data-draft-said]").hidden = false;
}

if (form) {
  if (!fields().some((each) => each.tagName === "TEXTAREA" && each.value) && kept()) fill(kept());
  form.addEventListener("submit", keep);
} else if (key) sessionStorage.removeItem(key);
