// Whether the operator's banner can be seen on this page, told to the guard: without it changes are refused.

const SEEN = "/actas/seen";
const ANSWER_MS = 4000;
const AT_LEAST_PX = 20;
// A dialog lies above the banner for the moment that it takes to come back on top.
const BEARABLE_MS = 500;
// Chromium tells what covers, fades or moves an element; elsewhere three points of it are tried.
const TELLS_COVER = "isVisible" in IntersectionObserverEntry.prototype;

const SHOWN = { opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true };

function rgb(hex) {
  return `rgb(${[1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)).join(", ")})`;
}

// The observer answers for the row alone; its words can be hidden, or painted in the row's own colour, one by one.
function isShown(part) {
  const { color, backgroundColor, opacity } = getComputedStyle(part);
  if (part.checkVisibility?.(SHOWN) === false || opacity !== "1") return false;
  if (matchMedia("(forced-colors: active)").matches) return true;
  const ground = part.className === "row" ? rgb(SETTINGS.colours.live) : "rgba(0, 0, 0, 0)";
  return color === rgb(SETTINGS.colours.live_text) && backgroundColor === ground;
}

class Sight {
  #host;
  #root;
  #onLost;
  #onHidden;
  #lostAt = null;
  #visit = null;
  #observer = null;
  #uncovered = null;
  #told = null;
  #toldAt = -Infinity;
  #telling = false;

  constructor(host, root, onLost, onHidden) {
    this.#host = host;
    this.#root = root;
    this.#onLost = onLost;
    this.#onHidden = onHidden;
  }

  // A page in somebody's frame proves nothing: who frames it can cover it.
  watch(visit) {
    if (!SETTINGS.beatSeconds || window.top !== window || this.#visit === visit) return;
    this.forget();
    this.#visit = visit;
    if (TELLS_COVER) {
      const options = { threshold: [0, 1], trackVisibility: true, delay: 100 };
      this.#observer = new IntersectionObserver((entries) => {
        const last = entries.at(-1);
        this.#uncovered = last.isVisible && last.intersectionRatio > 0.99;
        this.look();
      }, options);
      this.#observer.observe(visit.row);
    }
    this.look();
  }

  forget() {
    this.#observer?.disconnect();
    this.#visit = this.#observer = this.#uncovered = this.#told = this.#lostAt = null;
  }

  // Looks, and tells the guard what is new, or in time what still holds.
  look() {
    if (!this.#visit || this.#visit.over || document.visibilityState === "hidden") return;
    const seen = this.#seen();
    if (seen === null) return;
    const now = performance.now();
    if (seen) this.#lostAt = null;
    else if (this.#isBearable(now)) return;
    const due = now - this.#toldAt >= SETTINGS.beatSeconds * 1000;
    if ((seen !== this.#told || due) && !this.#telling) this.#tell(seen);
  }

  #isBearable(now) {
    this.#onLost();
    if (this.#lostAt === null) {
      this.#lostAt = now;
      setTimeout(() => this.look(), BEARABLE_MS);
    }
    return now - this.#lostAt < BEARABLE_MS;
  }

  #seen() {
    const { row } = this.#visit;
    if (!this.#host.isConnected || !this.#root.contains(row) || !this.#visit.whole) return false;
    if (!this.#isStyledByUsAlone() || ![row, ...this.#visit.essentials].every(isShown)) return false;
    if (![...this.#visit.essentials, this.#visit.stop].every(isLegible)) return false;
    const box = row.getBoundingClientRect();
    const inView = box.top >= 0 && box.bottom <= innerHeight && box.left >= 0 && box.width >= innerWidth * 0.9;
    if (!inView || box.height < AT_LEAST_PX) return false;
    return TELLS_COVER ? this.#uncovered : this.#hit(box);
  }

  #isStyledByUsAlone() {
    const [first, ...others] = this.#root.adoptedStyleSheets;
    if (first !== sheet || sheet.disabled || others.length || this.#root.querySelector("style, link, [style]")) return false;
    if (this.#root.getAnimations?.().length) return false; // nothing in the banner moves
    return [...sheet.cssRules].map((rule) => rule.cssText).join() === RULES;
  }

  #hit(box) {
    if (document.querySelector(":modal")) return true; // what a modal dialog makes inert cannot be hit, but is seen
    const middle = box.top + box.height / 2;
    return [0.05, 0.5, 0.95].every(
      (part) => document.elementFromPoint(box.left + box.width * part, middle) === this.#host,
    );
  }

  async #tell(seen) {
    this.#telling = true;
    if (!seen && this.#told !== false) this.#onHidden();
    try {
      await ask(SEEN, { "x-actas-seen": seen ? "yes" : "no" }, AbortSignal.timeout(ANSWER_MS));
      this.#told = seen;
      this.#toldAt = performance.now();
    } catch {
      // The next look tries again.
    } finally {
      this.#telling = false;
    }
  }
}
