// Keeps the record on the page true: each state that the guard tells fetches it anew, and while somebody is inside a slow
// beat does too, for what they do there.
const BEAT_MS = 10_000;
const record = document.getElementById("record");
let stream = null;
let shown = null;
let beat = null;
let fetching = false;
let again = false;

async function refresh() {
  if (fetching) {
    again = true;
    return;
  }
  fetching = true;
  try {
    const answer = await fetch(`/audit/live${location.search}`, { redirect: "error" });
    if (answer.ok) show(await answer.text());
    else location.reload(); // no longer allowed, or the workspace is closed: the page itself says why
  } catch {
    // The network is away, or the sign-in is over; the next state, or the next click, tells.
  }
  fetching = false;
  if (again) {
    again = false;
    void refresh();
  }
}

function show(html) {
  if (html !== shown) record.innerHTML = html; // made by our own server, every value escaped
  shown = html;
  clearTimeout(beat);
  if (stream && record.querySelector(".inside li")) beat = setTimeout(refresh, BEAT_MS);
}

// A hidden tab keeps no connection open: browsers have few for each host. Each new stream begins with the state.
function follow() {
  stream?.close();
  stream = document.visibilityState === "hidden" ? null : new EventSource("/actas/stream");
  stream?.addEventListener("message", refresh);
}

document.addEventListener("visibilitychange", follow);
addEventListener("pagehide", () => stream?.close());
addEventListener("pageshow", follow);
