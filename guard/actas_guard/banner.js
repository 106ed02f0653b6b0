// <actas-banner>: who of the platform is inside this workspace, told to everyone in it for as long as it lasts.
// It needs no framework, no inline script and no inline style, and puts itself back where a page takes it away.

const STREAM = "/actas/stream";
const LEAVE = "/actas/leave";
const GREY_MS = 5000;
const LAST_MINUTE_MS = 60_000;
const SPOKEN_LINES = 5;
const CLOSED = new Set(["SUSPENDED", "OFFBOARDED", "PROVISIONING"]);

const sheet = new CSSStyleSheet();
sheet.replaceSync(`
  :host { all: initial !important; display: block !important; position: fixed !important; inset: 0 0 auto 0 !important;
    z-index: 2147483647 !important; opacity: 1 !important; visibility: visible !important; }
  .row { box-sizing: border-box; display: flex; align-items: center; gap: 8px; min-height: 40px; padding: 4px 16px;
    background: #f2b233; color: #231a05; border-bottom: 1px solid #b98512;
    font: 14px/1.3 Inter, system-ui, sans-serif; font-variant-numeric: tabular-nums; }
  .row.over { background: #d9d6d0; color: #33302b; border-color: #b5b1a9; }
  .words { flex: 1; min-width: 0; display: flex; gap: 6px; white-space: nowrap; }
  .who, .reason { overflow: hidden; text-overflow: ellipsis; }
  .who { flex: none; max-width: 100%; }
  .why { flex: 1; min-width: 0; display: flex; gap: 6px; }
  .why > * { flex: none; }
  .why > .reason { flex: 0 1 auto; min-width: 4ch; }
  .reason:focus { overflow: visible; white-space: normal; }
  .last { font-weight: 700; }
  .problem { font-weight: 600; }
  a { color: inherit; }
  button { font: 600 13px/1 Inter, system-ui, sans-serif; color: #fffdf7; background: #231a05; border: 0;
    border-radius: 6px; min-height: 28px; padding: 0 14px; cursor: pointer; }
  button:disabled { opacity: .6; cursor: default; }
  button:focus-visible, a:focus-visible, .reason:focus-visible { outline: 2px solid #231a05; outline-offset: 2px; }
  .spoken { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  @media (max-width: 720px) { .row { font-size: 12px; } .words { flex-direction: column; gap: 2px; }
    .dash, .label { display: none; } }
  @media print { :host { position: static !important; } button { display: none; } }
`);

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function clock(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const two = (number) => String(number).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

class Visit {
  // One operator inside: a row with the words, the time left and, for the operator, Stop.
  constructor(banner, speak) {
    this.own = banner.own;
    this.name = banner.operatorName;
    this.speak = speak;
    this.row = element("div", "row");
    this.words = element("div", "words");
    this.reason = element("span", "reason", banner.reason);
    this.reason.tabIndex = 0;
    this.mode = element("span", "mode");
    this.left = element("span", "left");
    const [sign, operator] = [element("span", "", "▲"), element("b", "", banner.operatorName)];
    sign.setAttribute("aria-hidden", "true");
    operator.title = banner.operatorEmail;
    const [who, why, dash] = [element("span", "who"), element("span", "why"), element("span", "dash", "—")];
    const label = (text) => element("span", "label", text);
    who.append(sign, label(" Impersonating"), " ", element("b", "", banner.tenantName), " — ", label("Operator: "), operator);
    why.append(dash, label("Reason:"), this.reason, element("span", "", "—"), this.mode);
    why.append(element("span", "", "—"), this.left);
    this.words.append(who, why);
    this.row.append(this.words);
    if (this.own) this.#addStop();
    speak(`Operator ${this.name} is inside ${banner.tenantName}. Reason: ${banner.reason}.`);
    this.update(banner);
  }

  update(banner) {
    this.mode.textContent = banner.mode === "READ_WRITE" ? "read and write" : "read only";
    this.endsAt = performance.now() + banner.remainingMs;
    this.tick();
  }

  tick() {
    if (this.over) return;
    const ms = this.endsAt - performance.now();
    const last = ms <= LAST_MINUTE_MS;
    this.left.textContent = clock(ms);
    this.left.classList.toggle("last", last);
    if (last && !this.warned) this.speak(`Less than a minute is left for ${this.name}.`);
    this.warned = last;
  }

  end(at, auditHref) {
    this.over = true;
    this.row.classList.add("over");
    const words = `${this.name} left at ${new Date(at).toISOString().slice(11, 16)} UTC. The record is in your `;
    const log = element(auditHref ? "a" : "span", "", "audit log");
    if (auditHref) log.href = auditHref;
    this.words.replaceChildren(element("span", "", words), log, document.createTextNode("."));
    this.row.querySelector("button")?.remove();
    this.speak(`${words}audit log.`);
  }

  #addStop() {
    const button = element("button", "", "Stop");
    const problem = element("span", "problem");
    button.type = "button";
    button.addEventListener("click", async () => {
      button.disabled = true;
      button.textContent = "Stopping…";
      try {
        const headers = { "x-actas-csrf": "1", accept: "application/json" };
        const answer = await fetch(LEAVE, { method: "POST", headers, credentials: "same-origin" });
        const body = await answer.json();
        if (!answer.ok) throw new Error(body.detail);
        location.assign(body.endedUrl);
      } catch {
        problem.textContent = "Not stopped: try again, or stop it from the console.";
        this.speak(problem.textContent);
        button.disabled = false;
        button.textContent = "Stop";
      }
    });
    this.row.append(problem, button);
  }
}

class ActasBanner extends HTMLElement {
  static #active = null;
  #visits = new Map();
  #rows = element("div");
  #spoken = element("div", "spoken");
  #source = null;
  #timers = new Set();
  #leaving = false;

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet];
    this.#rows.setAttribute("role", "region");
    this.#rows.setAttribute("aria-label", "Impersonation");
    this.#spoken.setAttribute("role", "status");
    this.#spoken.setAttribute("aria-live", "polite");
    root.append(this.#rows, this.#spoken);
    new ResizeObserver(() => this.#makeRoom()).observe(this.#rows);
  }

  connectedCallback() {
    if (ActasBanner.#active && ActasBanner.#active !== this) return;
    if (!ActasBanner.#active) {
      ActasBanner.#active = this;
      setInterval(() => this.#visits.forEach((visit) => visit.tick()), 1000);
      // A hidden tab keeps no connection open: browsers have few for each host.
      document.addEventListener("visibilitychange", () => this.#follow());
      addEventListener("pageshow", () => this.#follow());
      addEventListener("pagehide", () => this.#close());
    }
    this.#follow();
    this.#makeRoom();
  }

  disconnectedCallback() {
    if (ActasBanner.#active !== this) return;
    queueMicrotask(() => {
      if (!this.isConnected) (document.body ?? document.documentElement).prepend(this);
    });
  }

  #follow() {
    if (document.visibilityState === "hidden") return this.#close();
    if (this.#source && this.#source.readyState !== EventSource.CLOSED) return undefined;
    this.#source = new EventSource(STREAM);
    this.#source.addEventListener("message", (event) => this.#take(JSON.parse(event.data)));
    this.#source.addEventListener("error", () => {
      // A lost connection comes back by itself; an answer that is no stream (a workspace closed or starting) does not.
      if (this.#source?.readyState === EventSource.CLOSED) this.#later(() => this.#follow(), 1000 + Math.random() * 2000);
    });
    return undefined;
  }

  #close() {
    this.#source?.close();
    this.#source = null;
  }

  #take(state) {
    if (state.session?.over) {
      if (!this.#leaving) location.assign(state.session.endedUrl);
      this.#leaving = true;
      return;
    }
    if (CLOSED.has(state.tenant.status) && !state.session) {
      // The workspace was closed to its own people: what takes its place says so, and where to turn to.
      if (!this.#leaving) location.replace(location.pathname + location.search);
      this.#leaving = true;
      return;
    }
    // While the product has lost touch with its console nobody knows who left; what was shown stays.
    if (state.stale) return;
    const now = new Map(state.banners.map((banner) => [banner.session, banner]));
    for (const [id, banner] of now) {
      if (this.#visits.has(id)) this.#visits.get(id).update(banner);
      else this.#add(id, banner);
    }
    for (const [id, visit] of this.#visits) if (!now.has(id) && !visit.over) this.#end(id, visit, state);
  }

  #add(id, banner) {
    const visit = new Visit(banner, (words) => this.#speak(words));
    this.#visits.set(id, visit);
    this.#rows.append(visit.row);
  }

  #end(id, visit, state) {
    const left = state.left.find((ended) => ended.session === id);
    visit.end(left?.at ?? state.at, this.getAttribute("audit-href"));
    this.#later(() => {
      visit.row.remove();
      this.#visits.delete(id);
    }, GREY_MS);
  }

  #speak(words) {
    // Added, not replaced: what comes in one go is all heard.
    this.#spoken.append(element("p", "", words));
    while (this.#spoken.childElementCount > SPOKEN_LINES) this.#spoken.firstElementChild.remove();
  }

  #later(work, ms) {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      work();
    }, ms);
    this.#timers.add(timer);
  }

  // Push the page down rather than cover it; a product with a fixed header of its own uses the property.
  #makeRoom() {
    const height = `${this.#rows.offsetHeight}px`;
    const page = document.documentElement.style;
    page.setProperty("--actas-banner-height", height);
    page.setProperty("padding-top", height, "important");
    page.setProperty("scroll-padding-top", height);
  }
}

if (!customElements.get("actas-banner")) customElements.define("actas-banner", ActasBanner);
