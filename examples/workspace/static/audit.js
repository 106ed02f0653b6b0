// Keeps the record on the page true while somebody comes, goes or works: each event of the guard's stream fetches it anew.
const record = document.getElementById("record");
let fetching = null;
let again = false;

async function refresh() {
  if (fetching) {
    again = true;
    return;
  }
  fetching = fetch(`/audit/live${location.search}`, { redirect: "error" });
  try {
    const answer = await fetching;
    if (answer.ok) record.innerHTML = await answer.text();
    else location.reload(); // no longer allowed, or the workspace is closed: the page itself says why
  } catch {
    // The network is away; the stream reconnects by itself and the next event tries again.
  } finally {
    fetching = null;
    if (again) {
      again = false;
      void refresh();
    }
  }
}

const stream = new EventSource("/actas/stream");
stream.addEventListener("message", refresh);
stream.addEventListener("open", refresh);
