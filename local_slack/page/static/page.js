// Keeps the page up to date and carries what a person does to the control API.
"use strict";

const page = document.body.dataset;
const lists = { channel: document.getElementById("messages"), thread: document.getElementById("replies") };
const threadPanel = document.getElementById("thread");
const state = document.getElementById("state");
const POLL_MS = 600;
const PAGE_OF_MESSAGES = 100;
let shown = PAGE_OF_MESSAGES;
let version = "";
let polling = false;
let again = false;

// --- drawing -----------------------------------------------------------------------------------

function drawList(list, html) {
  // A channel follows what is new at its end; Home begins at its top.
  const wasAtEnd = !page.home && list.scrollHeight - list.scrollTop - list.clientHeight < 60;
  const fromEnd = list.scrollHeight - list.scrollTop;
  const first = list.firstElementChild;
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  const known = new Map([...list.children].map((child) => [child.dataset.key, child]));
  const wanted = [...fresh.content.children].map((next) => {
    // An unchanged message stays the same element, so that an open menu or a focus is kept.
    const old = next.dataset.key && known.get(next.dataset.key);
    if (old && old.source === next.outerHTML) return old;
    next.source = next.outerHTML;
    return next;
  });
  wanted.forEach((child, place) => {
    if (list.children[place] !== child) list.insertBefore(child, list.children[place] || null);
  });
  while (list.children.length > wanted.length) list.lastElementChild.remove();
  if (wasAtEnd) list.scrollTop = list.scrollHeight;
  // What was read stays in sight when older messages appear above it.
  else if (first?.isConnected && list.firstElementChild !== first) list.scrollTop = list.scrollHeight - fromEnd;
}

// Whoever asks while an answer is under way gets another one: that answer may be to an older question.
async function refresh() {
  again = polling;
  if (polling) return;
  polling = true;
  const thread = page.thread;
  try {
    const query = new URLSearchParams({ channel: page.channel, user: page.user, thread: page.thread, shown, version });
    if (page.home) query.set("home", "");
    const reply = await fetch(`/_page/messages?${query}`);
    state.textContent = "";
    const fresh = reply.status === 200 ? await reply.json() : null;
    if (fresh && thread === page.thread) {
      version = String(fresh.version);
      drawList(lists.channel, fresh.channel);
      drawList(lists.thread, fresh.thread);
      threadPanel.hidden = !(page.thread && fresh.thread.trim());
      drawModal(fresh.modal);
    }
  } catch {
    state.textContent = "Not connected, trying again…";
  } finally {
    polling = false;
  }
  if (again) refresh();
}

function openThread(ts) {
  page.thread = ts;
  version = "";
  const query = new URLSearchParams(location.search);
  if (ts) query.set("thread", ts);
  else query.delete("thread");
  history.replaceState(null, "", `?${query}`);
  threadPanel.hidden = !ts;
  refresh();
}

// --- doing -------------------------------------------------------------------------------------

async function post(path, body) {
  const reply = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  return reply.json();
}

function confirmed(words) {
  const dialog = document.getElementById("confirm");
  document.getElementById("confirm-title").textContent = words.title;
  // Drawn and escaped by the server, as all mrkdwn is.
  document.getElementById("confirm-text").innerHTML = words.html;
  document.getElementById("confirm-no").textContent = words.deny;
  const yes = document.getElementById("confirm-yes");
  yes.textContent = words.confirm;
  yes.className = `btn ${words.style}`;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

async function act(element, value) {
  const words = element.dataset.confirm;
  if (words && !(await confirmed(JSON.parse(words)))) return;
  if (element.dataset.url) window.open(element.dataset.url, "_blank", "noopener");
  element.setAttribute("aria-busy", "true");
  if (modal.contains(element)) await actInModal(element, value);
  else if (element.closest(".home")) await actInHome(element, value);
  else await actInMessage(element, value);
  element.removeAttribute("aria-busy");
  refresh();
}

async function actInHome(element, value) {
  const body = { user: page.user, view_id: element.closest(".home").dataset.home, action_id: element.dataset.action };
  if (value !== undefined) body.value = value;
  showOutcome(element, await post("/_control/click", body));
}

async function actInMessage(element, value) {
  const body = {
    user: page.user,
    channel: page.channel,
    message_ts: element.closest(".message").dataset.ts,
    action_id: element.dataset.action,
  };
  if (value !== undefined) body.value = value;
  showOutcome(element, await post("/_control/click", body));
}

async function useShortcut(button) {
  const message_ts = button.closest(".message").dataset.ts;
  const body = { user: page.user, channel: page.channel, message_ts, callback_id: button.dataset.shortcut };
  await post("/_control/shortcut", body);
  refresh();
}

function showOutcome(element, delivery) {
  element.classList.toggle("failed", Boolean(delivery.error));
  element.title = delivery.error ? `Failed: ${delivery.error}` : "";
}

lists.channel.addEventListener("scroll", () => {
  if (page.home || lists.channel.scrollTop > 40 || lists.channel.children.length < shown) return;
  shown += PAGE_OF_MESSAGES;
  version = "";
  refresh();
});

document.addEventListener("click", (event) => {
  event.target.closest(".unfold")?.parentElement.classList.remove("folded");
  const opener = event.target.closest(".open-thread");
  if (opener) return openThread(opener.dataset.thread);
  const shortcut = event.target.closest("button[data-shortcut]");
  if (shortcut) useShortcut(shortcut);
  const button = event.target.closest("button[data-action]");
  if (button) {
    button.closest("details")?.removeAttribute("open");
    act(button, button.dataset.value);
  }
  document.querySelectorAll("details.overflow[open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.removeAttribute("open");
  });
});

document.addEventListener("change", (event) => {
  const holder = event.target.closest("select[data-action], input[data-action], fieldset[data-action]");
  // A line of text speaks when Enter is pressed or as it is typed, and silent inputs only when submitted.
  if (!holder || "silent" in holder.dataset || "when" in holder.dataset) return;
  const picked = [read(holder)].flat().join(",");
  if (picked || holder.tagName === "FIELDSET") act(holder, picked);
});

document.addEventListener("keydown", (event) => {
  const line = event.target.closest("[data-when~=on_enter_pressed]:not([data-silent])");
  if (!line || event.key !== "Enter" || line.tagName === "TEXTAREA") return;
  event.preventDefault();
  act(line, line.value);
});

document.addEventListener("input", (event) => {
  const line = event.target.closest("[data-when~=on_character_entered]:not([data-silent])");
  if (line) act(line, line.value);
});

function becomeUser(name) {
  const query = new URLSearchParams(location.search);
  if (!page.dm) query.set("channel", page.channel);
  query.delete("thread");
  query.set("user", name);
  location.search = query;
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-switch]")) becomeUser(event.target.value);
});
document.getElementById("close-thread").addEventListener("click", () => openThread(""));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && page.thread && !document.querySelector("dialog[open]")) openThread("");
});

if (page.home) post("/_control/home", { user: page.user });
else if (page.dm) post("/_control/home", { user: page.user, tab: "messages" });
refresh();
setInterval(refresh, POLL_MS);
