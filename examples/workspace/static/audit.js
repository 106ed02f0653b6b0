// Keeps the record on the page true while somebody comes, goes or changes: each state that the guard tells fetches it anew.
const record = document.getElementById("record");
let stream = null;
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
    if (answer.ok) record.innerHTML = await answer.text();
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

// A hidden tab keeps no connection open: browsers have few for each host. Each new stream begins with the state.
function follow() {
  stream?.close();
  stream = document.visibilityState === "hidden" ? null : new EventSource("/actas/stream");
  stream?.addEventListener("message", refresh);
}

document.addEventListener("visibilitychange", follow);
addEventListener("pagehide", () => stream?.close());
addEventListener("pageshow", follow);
