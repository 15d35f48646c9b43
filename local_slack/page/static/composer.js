// The lines to type in: messages and commands in a channel, messages in a thread.
"use strict";

const line = document.getElementById("line");
const hint = document.getElementById("hint");
const replyLine = document.getElementById("reply-line");
const replyHint = document.getElementById("reply-hint");
const typed = [];
let recalled = 0;

function isCommand(text) {
  return text.split(/\s/)[0] === page.command;
}

// What this Slack refuses is said below the line; a delivery that failed is a note in the channel.
async function send(text) {
  const where = { user: page.user, channel: page.channel, text };
  if (isCommand(text)) {
    const delivery = await post("/_control/command", where);
    return delivery.id ? "" : delivery.error;
  }
  if (text.startsWith("/")) return `There is no command ${text.split(/\s/)[0]} here; there is ${page.command}.`;
  return (await post("/_control/message", where)).error || "";
}

document.getElementById("composer").addEventListener("submit", async (event) => {
  event.preventDefault();
  const text = line.value.trim();
  if (!text) return;
  hint.textContent = "";
  typed.push(text);
  recalled = typed.length;
  line.value = "";
  hint.textContent = await send(text);
  lists.channel.scrollTop = lists.channel.scrollHeight;
  refresh();
});

document.getElementById("reply").addEventListener("submit", async (event) => {
  event.preventDefault();
  const text = replyLine.value.trim();
  if (!text) return;
  if (text.startsWith("/")) {
    replyHint.textContent = "Slash commands do not work in threads.";
    return;
  }
  replyLine.value = "";
  const answer = await post("/_control/message", {
    user: page.user,
    channel: page.channel,
    text,
    thread_ts: page.thread,
  });
  replyHint.textContent = answer.error || "";
  refresh();
});

line.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
  event.preventDefault();
  recalled = Math.min(Math.max(recalled + (event.key === "ArrowUp" ? -1 : 1), 0), typed.length);
  line.value = typed[recalled] || "";
});
