// One operator inside: a row with the words, the time left and, for whoever may end it, a button.

const LEAVE = "/actas/leave";
const END = "/actas/end";
const LAST_MINUTE_MS = 60_000;

class Visit {
  constructor(banner, words, speak) {
    this.own = banner.own;
    this.id = banner.session;
    this.name = banner.operatorName;
    this.tenant = banner.tenantName;
    this.words = words;
    this.speak = speak;
    this.row = element("div", "row");
    this.told = element("div", "words");
    this.mode = element("span", "mode");
    this.left = element("span", "left");
    this.left.setAttribute("role", "timer");
    this.left.setAttribute("aria-label", words.time_left);
    this.#write(banner);
    if (this.own) this.#addStop();
    else if (banner.mayEnd) this.#addEnd();
    const minutes = Math.max(1, Math.round(banner.remainingMs / 60_000));
    const began = said(words.began, { operator: this.name, tenant: this.tenant, reason: banner.reason });
    speak(`${began} ${saidOf(words, words.minutes_left, minutes)}`);
    this.update(banner);
  }

  #write(banner) {
    const { words } = this;
    const [sign, reason] = [element("span", "", "▲"), element("bdi", "reason", banner.reason)];
    const [tenant, operator] = [element("b", "", this.tenant), element("b", "", this.name)];
    const [who, why] = [element("span", "who"), element("span", "why")];
    const dash = () => element("span", "dash", "—");
    sign.setAttribute("aria-hidden", "true");
    reason.tabIndex = 0; // where it is cut off, it opens on focus
    operator.title = banner.operatorEmail;
    who.append(sign, " ", ...filled(words.impersonating, { tenant }, "label"), " — ");
    who.append(...filled(words.operator, { operator }, "label"));
    why.append(dash(), ...filled(words.reason, { reason }, "label"), element("span", "", "—"), this.mode);
    why.append(element("span", "", "—"), this.left);
    this.told.append(who, why);
    this.row.append(this.told);
  }

  update(banner) {
    this.mode.textContent = banner.mode === "READ_WRITE" ? this.words.read_write : this.words.read_only;
    this.endsAt = performance.now() + banner.remainingMs;
    this.tick();
  }

  tick() {
    if (this.over) return;
    const ms = this.endsAt - performance.now();
    const last = ms <= LAST_MINUTE_MS;
    this.left.textContent = clock(ms);
    this.left.classList.toggle("last", last);
    if (last && !this.warned) this.speak(said(this.words.last_minute, { operator: this.name }));
    this.warned = last;
  }

  // Whether the row still says who is where: a page can reach into it.
  get whole() {
    const text = this.told.textContent;
    return text.includes(this.name) && text.includes(this.tenant) && this.row.contains(this.told);
  }

  // What an operator must be able to read at every width.
  get essentials() {
    return [this.told, ...this.told.querySelectorAll("b, .reason"), this.mode, this.left];
  }

  end(at, viewer, auditHref) {
    this.over = true;
    this.row.classList.add("over");
    const log = element(auditHref ? "a" : "span", "", this.words.audit_log);
    if (auditHref) log.href = auditHref;
    const text = viewer === "MEMBER" ? this.words.left : this.words.left_for_admins;
    const parts = { operator: this.name, time: new Date(at).toISOString().slice(11, 16), log: this.words.audit_log };
    const nodes = { operator: element("bdi", "", this.name), time: element("span", "", parts.time), log };
    const line = element("span", "line");
    line.append(...filled(text, nodes));
    this.told.replaceChildren(line);
    this.row.replaceChildren(this.told);
    this.speak(said(text, parts));
  }

  #addStop() {
    const { words } = this;
    const problem = element("span", "problem");
    const stop = (this.stop = button(words.stop, async () => {
      stop.disabled = true;
      stop.textContent = words.stopping;
      try {
        const answer = await ask(LEAVE);
        leaveTo((await answer.json()).endedUrl);
      } catch {
        this.#fail(problem, words.not_stopped);
        stop.disabled = false;
        stop.textContent = words.stop;
      }
    }));
    this.row.append(problem, stop);
  }

  // For the tenant's admin, who is asked once more; the stream then tells of the end, here as everywhere.
  #addEnd() {
    const { words } = this;
    const [problem, question] = [element("span", "problem"), element("span", "question")];
    const end = button(words.end, () => choose(true));
    const yes = button(words.end_yes, async () => {
      problem.textContent = "";
      yes.disabled = no.disabled = true;
      yes.textContent = words.ending;
      try {
        await ask(`${END}?session=${encodeURIComponent(this.id)}`);
      } catch {
        this.#fail(problem, words.not_ended);
        yes.textContent = words.end_yes;
        yes.disabled = no.disabled = false;
        choose(false);
      }
    });
    const no = button(words.end_no, () => choose(false), "quiet");
    const choose = (asking) => {
      end.hidden = asking;
      question.hidden = !asking;
      (asking ? no : end).focus();
    };
    question.hidden = true;
    question.setAttribute("role", "group");
    const asked = said(words.end_question, { operator: this.name });
    question.setAttribute("aria-label", asked);
    question.append(element("span", "", asked), yes, no);
    question.addEventListener("keydown", (event) => {
      if (event.key === "Escape") choose(false);
    });
    this.row.append(problem, question, end);
  }

  #fail(problem, text) {
    problem.textContent = text;
    this.speak(text);
  }
}
