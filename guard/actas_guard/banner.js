// The element itself: follows the guard's stream, and stays on top of whatever the page shows.

const STREAM = "/actas/stream";
const GREY_MS = 5000;
const SPOKEN_LINES = 5;
const PUT_BACK_MS = 250;
const CLOSED = new Set(["SUSPENDED", "OFFBOARDED", "PROVISIONING"]);

const { live, live_text, live_line, over, over_text, over_line, button: ink, button_text } = SETTINGS.colours;
// Generic families alone: by any other name a page can bring a font of its own, an empty one too.
const FONT = "system-ui, sans-serif";
const sheet = new CSSStyleSheet();
// What is important here outranks what is important in the page's own styles, its animations included.
sheet.replaceSync(`
  :host { all: initial !important; display: block !important; position: fixed !important; inset: 0 0 auto 0 !important;
    z-index: 2147483647 !important; opacity: 1 !important; visibility: visible !important; overflow: visible !important;
    animation: none !important; transition: none !important; }
  .row { box-sizing: border-box; display: flex; align-items: center; gap: 8px; min-height: 40px; padding: 4px 16px;
    background: ${live}; color: ${live_text}; border-bottom: 1px solid ${live_line};
    font: 14px/1.3 ${FONT}; font-variant-numeric: tabular-nums; }
  .row.over { background: ${over}; color: ${over_text}; border-color: ${over_line}; }
  .words { flex: 1; min-width: 0; display: flex; gap: 6px; white-space: nowrap; }
  .row.over .words { white-space: normal; }
  .who, .reason { overflow: hidden; text-overflow: ellipsis; }
  .who { flex: none; max-width: 100%; }
  .why { flex: 1; min-width: 0; display: flex; gap: 6px; }
  .why > * { flex: none; }
  .why > .reason { flex: 0 1 auto; min-width: 4ch; }
  .reason:focus { overflow: visible; white-space: normal; }
  .last { font-weight: 700; }
  .problem { font-weight: 600; }
  .question { display: flex; align-items: center; gap: 8px; font-weight: 600; }
  [hidden] { display: none !important; }
  a { color: inherit; }
  button { font: 600 13px/1 ${FONT}; color: ${button_text}; background: ${ink}; border: 0;
    border-radius: 6px; min-height: 28px; padding: 0 14px; cursor: pointer; flex: none; }
  button.quiet { color: inherit; background: none; border: 1px solid currentColor; }
  button:disabled { opacity: .6; cursor: default; }
  button:focus-visible, a:focus-visible, .reason:focus-visible { outline: 2px solid ${live_text}; outline-offset: 2px; }
  .over a:focus-visible { outline-color: ${over_text}; }
  .spoken { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  @media (max-width: 720px) { .row { font-size: 12px; flex-wrap: wrap; }
    .words { flex: 1 1 200px; flex-direction: column; gap: 2px; } .who { white-space: normal; }
    .dash, .label { display: none; } .question { flex-wrap: wrap; } }
  @media (forced-colors: active) { .row { border-bottom: 2px solid; } button { border: 1px solid; } }
  @media print { :host { position: static !important; } button { display: none; } }
`);

const RULES = [...sheet.cssRules].map((rule) => rule.cssText).join();

class ActasBanner extends HTMLElement {
  static #active = null;
  #visits = new Map();
  // Out of reach of a page's stylesheets and slips. A page that means it gets in, and is not believed (`Sight`).
  #root = this.attachShadow({ mode: "closed" });
  #rows = element("div");
  #spoken = element("div", "spoken");
  #source = null;
  #timers = new Set();
  #endedUrl = null;
  #raisedAt = -Infinity;
  #putBackAt = -Infinity;
  #sight = new Sight(this, this.#root, () => this.#raise(), () => this.#speak(this.#words.unseen));

  constructor() {
    super();
    this.#root.adoptedStyleSheets = [sheet];
    this.#rows.setAttribute("role", "region");
    this.#spoken.setAttribute("role", "status");
    this.#spoken.setAttribute("aria-live", "polite");
    this.#root.append(this.#rows, this.#spoken);
    new ResizeObserver(() => this.#makeRoom()).observe(this.#rows);
  }

  get #words() {
    return wordsFor(this.isConnected ? this : document.documentElement);
  }

  connectedCallback() {
    if (ActasBanner.#active && ActasBanner.#active !== this) return;
    if (!ActasBanner.#active) {
      ActasBanner.#active = this;
      setInterval(() => this.#tick(), 1000);
      // A hidden tab keeps no connection open: browsers have few for each host.
      document.addEventListener("visibilitychange", () => this.#follow());
      addEventListener("pageshow", () => this.#follow());
      addEventListener("pagehide", () => this.#close());
      // A dialog or popover that opens lies above those that are open.
      const above = (event) => event.target !== this && event.newState !== "closed" && this.#raise();
      document.addEventListener("toggle", above, true);
      document.addEventListener("fullscreenchange", above, true);
    }
    const words = this.#words;
    this.#rows.setAttribute("aria-label", words.region);
    for (const part of [this.#rows, this.#spoken]) [part.lang, part.dir] = [words.language, words.direction];
    this.#raise();
    this.#follow();
    this.#makeRoom();
    this.#sight.look();
  }

  disconnectedCallback() {
    if (ActasBanner.#active !== this) return;
    const back = () => {
      if (this.isConnected) return;
      this.#putBackAt = performance.now();
      (document.body ?? document.documentElement).prepend(this);
    };
    // A page that takes it away each time is not fought without end: nobody changes anything there.
    const again = performance.now() - this.#putBackAt < PUT_BACK_MS;
    if (again) this.#later(back, PUT_BACK_MS);
    else queueMicrotask(back);
    this.#sight.look();
  }

  #tick() {
    for (const visit of this.#visits.values()) visit.tick();
    this.#sight.look();
  }

  // Into the browser's top layer, above all that is in it by now.
  #raise() {
    if (!this.showPopover || !this.isConnected || performance.now() - this.#raisedAt < PUT_BACK_MS) return;
    this.#raisedAt = performance.now();
    const focused = this.#root.activeElement;
    if (this.getAttribute("popover") !== "manual") this.setAttribute("popover", "manual");
    if (this.matches(":popover-open")) this.hidePopover();
    this.showPopover();
    focused?.focus();
  }

  #follow() {
    if (document.visibilityState === "hidden") return this.#close();
    this.#sight.look();
    if (this.#source && this.#source.readyState !== EventSource.CLOSED) return undefined;
    const Source = window.actasTab?.authorization() ? window.actasTab.Stream : EventSource;
    this.#source = new Source(STREAM);
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
    if (state.session?.over) return leaveTo(state.session.endedUrl);
    if (CLOSED.has(state.tenant.status) && !state.session) {
      // The workspace was closed to its own people: what takes its place says so, and where to turn to.
      return leaveBy(() => location.replace(location.pathname + location.search));
    }
    // While the product has lost touch with its console nobody knows who left; what was shown stays.
    if (state.stale) return undefined;
    this.#endedUrl = state.session?.endedUrl ?? this.#endedUrl;
    const now = new Map(state.banners.map((banner) => [banner.session, banner]));
    for (const [id, banner] of now) {
      if (this.#visits.has(id)) this.#visits.get(id).update(banner);
      else this.#add(id, banner);
    }
    for (const [id, visit] of this.#visits) if (!now.has(id) && !visit.over) this.#end(id, visit, state);
    return undefined;
  }

  #add(id, banner) {
    const visit = new Visit(banner, this.#words, (words) => this.#speak(words));
    this.#visits.set(id, visit);
    this.#rows.append(visit.row);
    if (visit.own) this.#sight.watch(visit);
  }

  #end(id, visit, state) {
    // Another tab was shown the end, and this browser is somebody else's by now: nothing goes on here unsaid.
    if (visit.own) return leaveTo(this.#endedUrl);
    const left = state.left.find((ended) => ended.session === id);
    visit.end(left?.at ?? state.at, state.viewer, this.getAttribute("audit-href"));
    this.#later(() => {
      visit.row.remove();
      this.#visits.delete(id);
    }, GREY_MS);
    return undefined;
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
// A page that forgot the element has one all the same.
if (!document.querySelector("actas-banner")) {
  (document.body ?? document.documentElement).prepend(document.createElement("actas-banner"));
}
