// A file form (works without scripts) that also takes several files dropped on it: each is posted by itself, with its
// own bar and its own outcome. The server answers {"url", "state"} or {"error": {"what", "kept", "do", "reference"}}.
const words = (form) => JSON.parse(document.getElementById(form.dataset.words).textContent);
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");

function size(bytes) {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
  const step = bytes > 0 ? Math.min(3, Math.floor(Math.log10(bytes) / 3)) : 0;
  const style = { style: "unit", unit: units[step], maximumFractionDigits: step ? 1 : 0 };
  return new Intl.NumberFormat(document.documentElement.lang || "en", style).format(bytes / 1000 ** step);
}

function line(file) {
  const item = document.createElement("li");
  item.className = "drop-file";
  const [name, weight, bar, said] = ["span", "span", "progress", "p"].map((tag) => item.appendChild(document.createElement(tag)));
  name.className = "name";
  name.textContent = file.name;
  weight.className = "soft num";
  weight.textContent = size(file.size);
  bar.max = 100;
  bar.value = 0;
  bar.setAttribute("aria-label", file.name);
  said.className = "said";
  return { item, bar, said };
}

function answer(request) {
  try {
    return JSON.parse(request.responseText);
  } catch {
    return {};
  }
}

function why(request, text) {
  if (request.responseURL.includes("/login/")) return { what: text.signed_out, kept: text.kept, do: text.sign_in };
  if (request.status === 413) return { what: text.too_large, kept: text.kept, do: text.in_parts };
  return { what: request.status ? fill(text.refused, { status: request.status }) : text.lost, kept: text.kept, do: text.again };
}

function send(form, file, shown, text) {
  return new Promise((done) => {
    const body = new FormData(form);
    const field = form.querySelector('input[type="file"]').name;
    body.delete(field);
    body.append(field, file, file.name);
    const request = new XMLHttpRequest();
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      shown.bar.value = total ? (100 * loaded) / total : 0;
      shown.said.textContent = loaded < total ? fill(text.sending, { done: size(loaded), total: size(total) }) : text.reading;
      if (loaded >= total) shown.bar.removeAttribute("value"); // sent; how long reading takes is not known
    });
    const end = () => {
      const { url, state, error } = answer(request);
      done(url ? { url, state } : { error: error ?? why(request, text) });
    };
    request.addEventListener("load", end);
    request.addEventListener("error", end);
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.send(body);
  });
}

function tell({ item, bar, said }, { url, error }, text) {
  bar.hidden = true;
  item.classList.add(url ? "done" : "failed");
  if (url) {
    const link = document.createElement("a");
    link.href = url;
    link.textContent = text.receipt;
    said.replaceChildren(link);
    return;
  }
  said.textContent = [error.what, error.kept, error.do].filter(Boolean).join(" ");
  if (error.reference) said.append(` ${text.reference} ${error.reference}`);
}

async function take(form, files) {
  if (!files.length) return;
  const text = words(form);
  const list = form.querySelector("[data-drop-files]");
  const shown = files.map((file) => line(file));
  list.append(...shown.map(({ item }) => item));
  form.setAttribute("aria-busy", "true");
  const outcomes = [];
  for (const [at, file] of files.entries()) { // one after the other: bars that tell the truth, a server that stays free
    const outcome = await send(form, file, shown[at], text);
    tell(shown[at], outcome, text);
    outcomes.push(outcome);
  }
  form.removeAttribute("aria-busy");
  form.querySelector('input[type="file"]').value = "";
  if (files.length === 1 && outcomes[0].url) location.assign(outcomes[0].url);
}

function watch(form) {
  form.dataset.watched = "";
  const zone = form.querySelector(".drop");
  const input = form.querySelector('input[type="file"]');
  let depth = 0; // dragenter and dragleave also fire for children
  const over = (event, by) => {
    event.preventDefault();
    depth += by;
    zone.classList.toggle("over", depth > 0);
  };
  zone.addEventListener("dragenter", (event) => over(event, 1));
  zone.addEventListener("dragleave", (event) => over(event, -1));
  zone.addEventListener("dragover", (event) => event.preventDefault());
  zone.addEventListener("drop", (event) => {
    over(event, -depth);
    take(form, [...event.dataTransfer.files]);
  });
  form.addEventListener("submit", (event) => {
    if (!input.files.length) return; // the browser says what is missing
    event.preventDefault();
    take(form, [...input.files]);
  });
}

export function watchDropZones(root) {
  for (const form of root.querySelectorAll("form[data-dropzone]:not([data-watched])")) watch(form);
}
