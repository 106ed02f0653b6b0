// For single-page products under the carrier TAB: sends the tab's half of the session with every request to this host.
// Load it as a plain script before the product's own: <script src="/actas/tab.js"></script>. Without a session in this
// tab it changes nothing. Programs that do not use fetch or XMLHttpRequest ask actasTab.authorization() for the header.

(() => {
  const KEY = "actas.session";
  const RETRY_MS = 1000;
  const plainFetch = window.fetch.bind(window);

  const authorization = () => {
    const half = sessionStorage.getItem(KEY);
    return half ? `Bearer ${half}` : null;
  };
  const ours = (url) => new URL(url, document.baseURI).origin === location.origin;

  // The half goes once the end is on its way to be shown, so that the tab is nobody's afterwards.
  const leave = (endedUrl) => {
    sessionStorage.removeItem(KEY);
    location.assign(endedUrl);
  };

  async function over(answer) {
    if (answer.status !== 401 || !answer.headers.get("content-type")?.startsWith("application/problem+json")) return;
    const problem = await answer.clone().json().catch(() => ({}));
    if (problem.code === "SESSION_ENDED" && problem.endedUrl?.startsWith("/actas/")) leave(problem.endedUrl);
  }

  window.fetch = async (input, init) => {
    const value = authorization();
    const request = new Request(input, init);
    if (!value || !ours(request.url)) return plainFetch(input, init);
    const headers = new Headers(request.headers);
    headers.set("authorization", value);
    const answer = await plainFetch(new Request(request, { headers }));
    await over(answer);
    return answer;
  };

  const { open, send, setRequestHeader } = XMLHttpRequest.prototype;
  const targets = new WeakMap();
  XMLHttpRequest.prototype.open = function (method, url, ...rest) {
    targets.set(this, url);
    return open.call(this, method, url, ...rest);
  };
  XMLHttpRequest.prototype.setRequestHeader = function (name, value) {
    // Two values in one header are none: in this tab the session's own wins, as its cookie would.
    if (String(name).toLowerCase() === "authorization" && authorization() && ours(targets.get(this))) return;
    setRequestHeader.call(this, name, value);
  };
  XMLHttpRequest.prototype.send = function (body) {
    const value = authorization();
    if (value && ours(targets.get(this))) setRequestHeader.call(this, "authorization", value);
    return send.call(this, body);
  };

  // What EventSource does, which cannot send a header: one stream that comes back by itself until it is closed.
  class Stream extends EventTarget {
    readyState = 0;
    #stop = new AbortController();

    constructor(url) {
      super();
      this.#follow(url);
    }

    close() {
      this.readyState = 2;
      this.#stop.abort();
    }

    async #follow(url) {
      while (this.readyState !== 2) {
        try {
          const answer = await window.fetch(url, { headers: { accept: "text/event-stream" }, signal: this.#stop.signal });
          if (!answer.ok || !answer.headers.get("content-type")?.startsWith("text/event-stream")) {
            this.readyState = 2;
          } else {
            this.readyState = 1;
            await this.#read(answer.body.pipeThrough(new TextDecoderStream()).getReader());
            this.readyState = 0;
          }
        } catch {
          if (this.readyState !== 2) this.readyState = 0;
        }
        if (this.#stop.signal.aborted) return;
        this.dispatchEvent(new Event("error"));
        if (this.readyState !== 2) await new Promise((done) => setTimeout(done, RETRY_MS));
      }
    }

    async #read(reader) {
      let text = "";
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        const events = (text + value).split("\n\n");
        text = events.pop();
        for (const event of events) this.#tell(event);
      }
    }

    #tell(event) {
      const lines = event.split("\n").filter((line) => line.startsWith("data:"));
      if (!lines.length) return;
      const data = lines.map((line) => line.slice(5).trimStart()).join("\n");
      const session = JSON.parse(data).session;
      if (session?.over) return leave(session.endedUrl);
      this.dispatchEvent(new MessageEvent("message", { data }));
    }
  }

  window.actasTab = Object.freeze({ authorization, leave, Stream });
})();
