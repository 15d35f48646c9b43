// Links to messages of this workspace: there is no such site, so the page goes to the message's thread by itself.
"use strict";

const PERMALINK = new RegExp(
  `^https://${page.domain}\\.slack\\.com/archives/(\\w+)/p(\\d+)(\\d{6})(?:\\?thread_ts=([\\d.]+))?`,
);

function showMessage(channel, thread) {
  if (channel === page.channel) return openThread(thread);
  const query = new URLSearchParams(location.search);
  query.set("channel", channel);
  query.set("thread", thread);
  location.search = query;
}

document.addEventListener("click", async (event) => {
  const found = event.target.closest("a[href]")?.href.match(PERMALINK);
  if (!found) return;
  event.preventDefault();
  const [, channel, seconds, micros, root] = found;
  // The thread lies behind the modal that names it.
  if (modal.open) await closeModal(true);
  showMessage(channel, root || `${seconds}.${micros}`);
});
