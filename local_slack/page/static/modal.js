// The modal in front of the user: draws it, keeps what is typed in it, and submits or closes it.
"use strict";

const modal = document.getElementById("modal");
const SUGGEST_MS = 250;
const held = "[data-action]:not(button)";
let drawn = "";
const waiting = new Set();
let unsent = new Set();
let failed = new Map();

function keyOf(control) {
  return [control.closest("[data-block]").dataset.block, control.dataset.action, control.dataset.type].join("\n");
}

function viewId() {
  return modal.querySelector(".view")?.dataset.view || "";
}

function read(control) {
  if (control.tagName !== "FIELDSET") {
    return control.multiple ? [...control.selectedOptions].map((option) => option.value) : control.value;
  }
  const picked = [...control.querySelectorAll("input:checked")].map((box) => box.value);
  return control.dataset.type === "radio_buttons" ? picked[0] || "" : picked;
}

function write(control, value) {
  if (control.tagName === "FIELDSET") {
    control.querySelectorAll("input").forEach((box) => (box.checked = [value].flat().includes(box.value)));
  } else if (control.multiple) {
    [...control.options].forEach((option) => (option.selected = value.includes(option.value)));
  } else {
    control.value = value;
  }
}

// Everything entered, as the control API takes it: by block id and action id.
function entered() {
  const values = {};
  modal.querySelectorAll(held).forEach((control) => {
    const block = control.closest("[data-block]").dataset.block;
    values[block] = { ...values[block], [control.dataset.action]: read(control) };
  });
  return values;
}

// --- drawing -----------------------------------------------------------------------------------

function drawModal(html) {
  if (html === drawn) return;
  drawn = html;
  if (!html) {
    modal.close();
    modal.replaceChildren();
    return;
  }
  const before = viewId();
  const old = new Map([...modal.querySelectorAll(held)].map((control) => [keyOf(control), control]));
  const focus = focused();
  const scrolled = modal.querySelector(".body")?.scrollTop || 0;
  modal.innerHTML = html;
  if (!modal.open) modal.showModal();
  const same = viewId() === before;
  if (same) keepTyped(old);
  else [unsent, failed] = [new Set(), new Map()];
  showWaiting();
  showFailed();
  if (same) modal.querySelector(".body").scrollTop = scrolled;
  refocus(same, focus);
}

// What was typed and not sent yet stays, where block, action and kind of element stayed.
function keepTyped(old) {
  modal.querySelectorAll(held).forEach((control) => {
    const was = old.get(keyOf(control));
    if (!was || !unsent.has(keyOf(control))) return;
    if (was.closest(".lookup")) control.closest(".lookup").replaceWith(was.closest(".lookup"));
    else write(control, read(was));
  });
}

function focused() {
  const element = document.activeElement;
  const control = element.closest?.("#modal [data-action]");
  if (!control) return null;
  return { key: keyOf(control), value: element.value, start: element.selectionStart, end: element.selectionEnd };
}

// A new modal begins at its first field, a refused one at its first error; else the focus stays where it was.
function refocus(same, focus) {
  const wrong = modal.querySelector("[aria-invalid]");
  const again = focus && [...modal.querySelectorAll("[data-action]")].find((control) => keyOf(control) === focus.key);
  const first = modal.querySelector("[data-focus]") || modal.querySelector(`.input ${held}`);
  const last = modal.querySelector("footer button:last-of-type");
  const chosen = wrong || again || (!same && first) || last;
  const boxes = chosen.tagName === "FIELDSET" ? [...chosen.querySelectorAll("input")] : [chosen];
  (boxes.find((box) => focus && box.value === focus.value) || boxes[0])?.focus();
  if (chosen === again && typeof focus.start === "number") chosen.setSelectionRange?.(focus.start, focus.end);
}

function showWaiting() {
  const waits = waiting.has(viewId());
  const submit = modal.querySelector("button[type=submit]");
  modal.querySelector(".view")?.setAttribute("aria-busy", String(waits));
  if (!submit) return;
  submit.disabled = waits;
  submit.dataset.words ||= submit.textContent;
  submit.textContent = waits ? "Sending…" : submit.dataset.words;
}

function showFailed() {
  modal.querySelectorAll("[data-action]").forEach((control) => {
    const error = failed.get(keyOf(control));
    control.classList.toggle("failed", Boolean(error));
    control.title = error ? `Failed: ${error}` : "";
  });
}

function say(words) {
  const notice = modal.querySelector(".notice");
  if (notice) notice.textContent = words;
}

// --- doing -------------------------------------------------------------------------------------

// Sends what is entered with a request; what is typed meanwhile still counts as not sent.
async function sendEntered(path, body) {
  const sent = unsent;
  unsent = new Set();
  const reply = await post(path, { user: page.user, view_id: viewId(), values: entered(), ...body });
  if (!("id" in reply) && !("delivered" in reply)) {
    unsent = new Set([...sent, ...unsent]);
    say(reply.error);
  }
  return reply;
}

async function actInModal(control, value) {
  const key = keyOf(control);
  failed.delete(key);
  const chosen = value === undefined ? {} : { value };
  const reply = await sendEntered("/_control/click", { action_id: control.dataset.action, ...chosen });
  if (reply.id && reply.error) failed.set(key, reply.error);
  showFailed();
}

async function submitModal() {
  const view = viewId();
  if (waiting.has(view)) return;
  waiting.add(view);
  showWaiting();
  try {
    await sendEntered("/_control/submit", {});
  } finally {
    waiting.delete(view);
    showWaiting();
    refresh();
  }
}

async function closeModal(all) {
  await post("/_control/close", { user: page.user, view_id: viewId(), all });
  refresh();
}

async function suggest(query) {
  const select = query.closest(".lookup").querySelector("select");
  if (query.value.length < Number(query.closest(".lookup").dataset.least)) return;
  const asked = query.value;
  const body = { user: page.user, view_id: viewId(), action_id: select.dataset.action, query: asked };
  const offer = await post("/_control/suggest", body);
  if (query.value !== asked) return;
  if (offer.error) say(`The options could not be loaded (${offer.error}).`);
  const found = [...(offer.options || []), ...(offer.option_groups || []).flatMap((group) => group.options)];
  [...select.options].filter((option) => option.value && !option.selected).forEach((option) => option.remove());
  const kept = new Set([...select.options].map((option) => option.value));
  found.filter((option) => !kept.has(option.value)).forEach((option) => select.add(new Option(option.text.text, option.value)));
  if (!select.multiple) select.options[0].textContent = found.length ? `Choose (${found.length} found)` : "Nothing found";
}

modal.addEventListener("submit", (event) => {
  event.preventDefault();
  submitModal();
});
// Escape is ×; the modal goes when the local Slack says that it is closed.
modal.addEventListener("cancel", (event) => {
  event.preventDefault();
  closeModal(true);
});
modal.addEventListener("click", (event) => {
  const closer = event.target.closest("[data-close]");
  if (closer) closeModal(closer.dataset.close === "all");
});
modal.addEventListener("input", (event) => {
  const query = event.target.closest("[data-query]");
  if (query) {
    clearTimeout(query.timer);
    query.timer = setTimeout(() => suggest(query), SUGGEST_MS);
    return;
  }
  const control = event.target.closest(held);
  if (control) unsent.add(keyOf(control));
});
