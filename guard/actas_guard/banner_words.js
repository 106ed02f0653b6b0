// <actas-banner>: who of the platform is inside this workspace, told to everyone in it for as long as it lasts.
// It needs no framework, no inline script and no inline style, and puts itself back where a page takes it away.
// This part: its words, in the language of the page; SETTINGS stands before it.

function wordsFor(place) {
  const page = (place.closest("[lang]")?.lang || document.documentElement.lang || "").toLowerCase();
  const base = (tag) => tag.toLowerCase().split("-")[0];
  const exact = SETTINGS.texts.find((words) => words.language.toLowerCase() === page);
  return exact ?? SETTINGS.texts.find((words) => base(words.language) === base(page)) ?? SETTINGS.texts[0];
}

function said(text, parts) {
  return text.replace(/\{(\w+)\}/g, (_, name) => parts[name]);
}

function saidOf(words, forms, count) {
  const form = new Intl.PluralRules(words.language).select(count);
  return said(forms[form] ?? forms.other, { count: new Intl.NumberFormat(words.language).format(count) });
}

// The text as nodes: what stands between the places, and at each place the node for it.
function filled(text, nodes, className) {
  const pieces = text.split(/(\{\w+\})/).filter((piece) => piece !== "");
  return pieces.map((piece) => nodes[piece.slice(1, -1)] ?? element("span", className, piece));
}

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function button(text, onClick, className) {
  const made = element("button", className, text);
  made.type = "button";
  made.addEventListener("click", onClick);
  return made;
}

function clock(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const two = (number) => String(number).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

// A page is left once: a click and the stream may both know where to.
let leaving = false;
addEventListener("pageshow", () => (leaving = false)); // it came back from the browser's memory

function leaveBy(leave) {
  if (!leaving) leave();
  leaving = true;
}

// Where the session lives in this tab alone (`tab.js`), its half goes with it.
function leaveTo(url) {
  leaveBy(() => (window.actasTab ? window.actasTab.leave(url) : location.assign(url)));
}

// Asks the guard for a change. Throws unless it was made.
async function ask(path, headers, signal) {
  const all = { "x-actas-csrf": "1", accept: "application/json", ...headers };
  const answer = await fetch(path, { method: "POST", headers: all, credentials: "same-origin", signal });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer;
}
