// The supervisor page's one module: what happens is shown as it happens, and everything has a key.
//
// Nothing here makes markup from text. New parts of a page come from the server's own pages, read by a parser that runs
// no script, and single words are set as text.

const body = document.body;
const page = body.dataset.page;
const run = body.dataset.run;
const formToken = document.querySelector("input[name=form_token]")?.value ?? "";
const byID = (id) => document.getElementById(id);
const title = document.title;

document.documentElement.classList.add("has-script");

/** The page at an address, as a document of its own; null where it can't be had. */
async function fetched(address) {
  try {
    const answer = await fetch(address, {
      credentials: "same-origin", headers: { "X-Warrant-Form-Token": formToken }, redirect: "error",
    });
    if (!answer.ok) return null;
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    return null;
  }
}

/** Calls `work` soon, at most once in `pause` milliseconds, however often it is asked to, and never twice at a time. */
function paced(pause, work) {
  let timer = null;
  let isBusy = false;
  let isWanted = false;
  let last = -Infinity;
  async function begin() {
    timer = null;
    isBusy = true;
    isWanted = false;
    last = performance.now();
    try {
      await work();
    } finally {
      isBusy = false;
      if (isWanted) ask();
    }
  }
  function ask() {
    isWanted = true;
    if (timer !== null || isBusy) return;
    timer = setTimeout(begin, Math.max(30, last + pause - performance.now()));
  }
  return ask;
}

/** Whether a person is at work in a part of the page, so that it must stay as it is. */
function isInUse(part) {
  if (part.contains(document.activeElement) && document.activeElement !== body) return true;
  if (part.querySelector("details[data-src][open]")) return true;
  for (const field of part.querySelectorAll("input, textarea, select")) {
    if (field.type === "checkbox" ? field.checked !== field.defaultChecked : "defaultValue" in field
      && field.type !== "hidden" && field.value !== field.defaultValue) return true;
  }
  return false;
}

/** Puts the new form of a part in its place. The part that has the focus keeps it where it has the same link. */
function replace(old, fresh) {
  if (old.isEqualNode(fresh)) return old;
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  const href = focused?.getAttribute("href");
  const isOpen = [...old.querySelectorAll("details")].map((part) => part.open);
  const node = document.adoptNode(fresh);
  old.replaceWith(node);
  node.querySelectorAll("details").forEach((part, index) => { if (isOpen[index]) part.open = true; });
  if (href) [...node.querySelectorAll("a")].find((link) => link.getAttribute("href") === href)?.focus({ preventScroll: true });
  return node;
}

/** Brings the parts of the page that have a name up to date with another copy of the page. */
function renewRegions(copy, names) {
  for (const name of names) {
    const old = document.querySelector(`[data-region="${name}"]`);
    const fresh = copy.querySelector(`[data-region="${name}"]`);
    if (old && fresh && !isInUse(old)) replace(old, fresh);
  }
}

// What waits, in the bar, in the title and to be heard.

function showWaiting(count) {
  for (const part of document.querySelectorAll("[data-live=waiting]")) {
    part.textContent = String(count);
    part.dataset.count = String(count);
  }
  document.title = count > 0 ? `(${count}) ${title}` : title;
}

const countWaiting = paced(300, async () => {
  try {
    const answer = await fetch("/api/session", { credentials: "same-origin" });
    if (answer.ok) showWaiting((await answer.json()).waiting);
  } catch {
    // The next event asks again.
  }
});

const askingKinds = new Set([
  "approvalRequested", "approvalRecorded", "runFinished", "runCancelled", "runParked", "runResumed", "runStarted",
]);

// The page of runs: rows change where they are; new runs are announced and shown when asked for.

const renewRuns = paced(700, async () => {
  const copy = await fetched(location.href);
  if (!copy) return;
  renewRegions(copy, ["waiting"]);
  const list = document.querySelector("[data-list=runs]");
  const fresh = copy.querySelector("[data-list=runs]");
  const line = byID("arrivals");
  const known = new Map([...(list?.children ?? [])].map((row) => [row.dataset.key, row]));
  let arrivals = 0;
  for (const row of [...(fresh?.children ?? [])]) {
    const old = known.get(row.dataset.key);
    if (old) replace(old, row); else arrivals += 1;
  }
  if (arrivals === 0) {
    line.replaceChildren();
    return;
  }
  const link = document.createElement("a");
  link.href = location.href;
  link.textContent = arrivals === 1 ? "1 new run: show it" : `${arrivals} new runs: show them`;
  line.replaceChildren(link);
});

// The page of one run.

const stepList = byID("steps");
const tail = byID("tail");
const rowLimit = 600;
const changedSteps = new Set();

function words(kind) {
  return kind.replace(/[A-Z]/g, (letter) => " " + letter.toLowerCase());
}

function showInTail(entry) {
  if (!tail) return;
  const line = document.createElement("li");
  for (const text of [entry.time.slice(11, 19), words(entry.kind), entry.step]) {
    const part = document.createElement("bdi");
    part.textContent = text;
    line.append(part);
  }
  line.dataset.sequence = String(entry.sequence);
  tail.prepend(line);
  while (tail.children.length > 6) tail.lastElementChild.remove();
  tail.closest("section").hidden = false;
}

const renewSteps = paced(400, async () => {
  if (!stepList || changedSteps.size === 0) return;
  const offset = Number(stepList.dataset.offset);
  const rows = [...stepList.children];
  const place = new Map(rows.map((row, index) => [row.dataset.key, index]));
  // New steps come behind the last row, so the row before them is asked for again with them.
  let first = Math.max(0, rows.length - 1);
  for (const step of changedSteps) first = Math.min(first, place.get(step) ?? first);
  changedSteps.clear();
  const isNewest = stepList.dataset.newest === "true";
  const room = isNewest ? rowLimit : rows.length;
  const count = Math.min(room, rowLimit) - first;
  if (count <= 0) {
    byID("later").hidden = false;
    return;
  }
  const portion = Math.min(count, 200);
  const copy = await fetched(`${stepList.dataset.href}?from=${offset + first}&count=${portion}`);
  if (!copy) return;
  const fresh = [...copy.querySelectorAll("li[data-key]")];
  // There may be more behind.
  if (fresh.length === portion && portion < count) {
    changedSteps.add(fresh.at(-1).dataset.key);
    renewSteps();
  }
  for (const row of fresh) {
    const index = place.get(row.dataset.key);
    if (index === undefined) {
      if (stepList.children.length >= rowLimit) {
        byID("later").hidden = false;
        break;
      }
      row.classList.add("new");
      stepList.append(document.adoptNode(row));
    } else if (rows[index].dataset.last !== row.dataset.last) {
      if (rows[index].querySelector("details[data-src][open]")) await renewOpened(rows[index], row);
      else replace(rows[index], row);
    }
  }
  const shown = byID("steps-shown");
  if (shown && isNewest) {
    const last = offset + stepList.children.length;
    stepList.dataset.count = String(Math.max(last, Number(stepList.dataset.count)));
    shown.textContent = `Steps ${offset + 1} to ${last} of ${stepList.dataset.count}`;
  }
});

/** A row whose details are open: its line changes, the details are loaded again in place. */
async function renewOpened(row, fresh) {
  for (const name of [".step-line", ".step-more"]) {
    const old = row.querySelector(name);
    const part = fresh.querySelector(name);
    if (old && part) replace(old, part);
  }
  row.className = fresh.className;
  row.dataset.last = fresh.dataset.last;
  const details = row.querySelector("details[data-src]");
  if (!isInUse(details.querySelector("[data-into]"))) await load(details);
}

const renewRun = paced(1500, async () => {
  // All but the timeline, which has its own way.
  const copy = await fetched(`${location.pathname}?from=0&count=1`);
  if (copy) renewRegions(copy, ["facts", "questions", "figures"]);
});

/** Fills details with the part of another page that they stand for. */
async function load(details) {
  const into = details.querySelector("[data-into]");
  if (!into.hasChildNodes()) into.textContent = "Loading";
  const part = (await fetched(details.dataset.src))?.getElementById("step");
  if (!part) {
    into.textContent = "It can't be loaded now; the link above shows it.";
    return;
  }
  // The same names may stand in another row's details.
  for (const named of [part, ...part.querySelectorAll("[id], [aria-labelledby]")]) {
    named.removeAttribute("id");
    named.removeAttribute("aria-labelledby");
  }
  into.replaceChildren(document.adoptNode(part));
}

document.addEventListener("toggle", (event) => {
  const details = event.target;
  if (details.matches?.("details[data-src]") && details.open && !details.dataset.loaded) {
    details.dataset.loaded = "yes";
    load(details);
  }
}, true);

// The page of questions: what is shown stays; the list beside it changes.

// An answer is meant for the question that was seen, not for the one that has just come under the hand.
const glance = 700;
let shownAt = performance.now();

function showAgain(copy) {
  renewRegions(copy, ["shown"]);
  shownAt = performance.now();
}

const renewQuestions = paced(300, async () => {
  const shown = document.querySelector("[data-region=shown]");
  const number = shown.dataset.question;
  const copy = await fetched(number ? `/questions/${number}` : "/questions");
  const current = copy ?? await fetched("/questions");
  if (!current) return;
  const list = document.querySelector("[data-list=asked]");
  const fresh = current.querySelector("[data-list=asked]");
  const known = new Map([...list.children].map((row) => [row.dataset.key, row]));
  const waiting = new Set();
  for (const row of [...fresh.children]) {
    waiting.add(row.dataset.key);
    if (!known.has(row.dataset.key)) {
      row.classList.add("new");
      row.querySelector("a")?.removeAttribute("aria-current");
      list.append(document.adoptNode(row));
    }
  }
  for (const [key, row] of known) {
    if (!waiting.has(key)) row.querySelector("a")?.classList.add("gone");
  }
  showWaiting(waiting.size);
  if (!number) {
    if (waiting.size > 0) showAgain(current);
    const now = current.querySelector("[data-region=shown]")?.dataset.question;
    if (now) list.querySelector(`[data-key="${CSS.escape(now)}"] a`)?.setAttribute("aria-current", "true");
  } else if (!waiting.has(number)) {
    for (const button of shown.querySelectorAll("#answers button")) button.disabled = true;
    const line = byID("arrivals");
    const link = document.createElement("a");
    link.href = "/questions";
    link.textContent = "Show what waits";
    line.replaceChildren("This question does not wait any more: it was answered, or its run ended. ", link);
    line.classList.add("notice");
  } else {
    // A run that is worked on can't be answered for, and can be again when it parks.
    const wasBusy = !shown.querySelector("#answers");
    const isBusy = !current.querySelector("#answers");
    if (isBusy !== wasBusy) showAgain(current);
  }
});

// A process that lets go of a run writes nothing then: while a question can't be answered, it is looked at again.
if (page === "questions") {
  setInterval(() => {
    const shown = document.querySelector("[data-region=shown]");
    if (shown?.dataset.question && !byID("answers")) renewQuestions();
  }, 2000);
}

// What happens is heard by one of the open pages and passed on to the others: a browser keeps few connections to one
// server, and a stream a page would soon take all of them.

const line = byID("live");
let known = Number(body.dataset.last);

function setLive(state, text) {
  if (line.dataset.state === state) return;
  line.dataset.state = state;
  line.textContent = text;
}

function take(entry) {
  if (entry.sequence <= known) return;
  known = entry.sequence;
  const asks = askingKinds.has(entry.kind);
  if (asks && page !== "questions") countWaiting();
  if (page === "runs") {
    renewRuns();
  } else if (page === "questions") {
    if (asks || entry.kind === "callDecided") renewQuestions();
  } else if (page === "run" && entry.run === run) {
    showInTail(entry);
    if (entry.step) changedSteps.add(entry.step);
    renewSteps();
    renewRun();
  }
}

function renewAll() {
  countWaiting();
  if (page === "runs") renewRuns();
  if (page === "questions") renewQuestions();
  if (page === "run" && stepList) {
    for (const row of stepList.children) changedSteps.add(row.dataset.key);
    changedSteps.add("");
    renewSteps();
    renewRun();
  }
}

const channel = new BroadcastChannel("warrant");
const recent = [];
let source = null;
let stopLeading = null;
let isInLine = false;

/** Says something to all pages, this one too. */
function say(message) {
  channel.postMessage(message);
  hear(message);
}

function hear(message) {
  switch (message.type) {
    case "entry": take(message.entry); break;
    case "state": setLive(message.state, message.text); break;
    case "reset":
      known = Math.max(known, message.last);
      renewAll();
      break;
    // A page that has come, or lost its leader, asks for what it may have missed.
    case "ask":
      if (!stopLeading) break;
      channel.postMessage({ type: "state", state: line.dataset.state, text: line.textContent });
      for (const entry of recent) if (entry.sequence > message.after) channel.postMessage({ type: "entry", entry });
      break;
    case "led": if (!stopLeading) channel.postMessage({ type: "ask", after: known }); break;
  }
}

function open() {
  source = new EventSource(`/api/events?after=${known}`);
  source.addEventListener("open", () => say({ type: "state", state: "live", text: "live" }));
  source.addEventListener("error", () => {
    say({ type: "state", state: "lost", text: "connection lost, trying again" });
    // A refusal ends the stream for good; the server may be another one by now.
    if (source.readyState === EventSource.CLOSED) setTimeout(() => { if (stopLeading) open(); }, 3000);
  });
  source.addEventListener("entry", (event) => {
    const entry = JSON.parse(event.data);
    recent.push(entry);
    if (recent.length > 500) recent.shift();
    say({ type: "entry", entry });
  });
  source.addEventListener("reset", (event) => {
    recent.length = 0;
    say({ type: "reset", last: JSON.parse(event.data).last ?? 0 });
  });
  source.addEventListener("end", () => {
    source.close();
    say({ type: "state", state: "lost", text: "the server has ended" });
  });
}

/** Takes part; the page that has the lock listens for all. */
function join() {
  channel.onmessage = (event) => hear(event.data);
  channel.postMessage({ type: "ask", after: known });
  if (isInLine) return;
  isInLine = true;
  navigator.locks.request("events", () => new Promise((leave) => {
    stopLeading = () => {
      stopLeading = null;
      isInLine = false;
      source.close();
      leave();
    };
    open();
    channel.postMessage({ type: "led" });
  }));
}

if (line) {
  window.addEventListener("pagehide", () => stopLeading?.());
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    join();
    renewAll();
  });
  join();
}
if (line) showWaiting(Number(document.querySelector("[data-live=waiting]")?.dataset.count ?? 0));

// A form is sent once. The buttons come back where the page does.

document.addEventListener("submit", (event) => {
  const form = event.target;
  // The button that Enter on a box presses sends nothing.
  if ((event.submitter?.formMethod || form.method) !== "post") return;
  if (form.closest("#answers") && performance.now() - shownAt < glance) {
    event.preventDefault();
    byID("arrivals").textContent = "Nothing was sent: the question had only just come. Look at it and press again.";
    return;
  }
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  // One answer is sent, whichever of the question's forms it is in.
  for (const other of document.querySelectorAll("#answers form")) other.dataset.sent = "yes";
});
window.addEventListener("pageshow", (event) => {
  if (event.persisted) shownAt = performance.now();
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// A denial needs a reason, and several at once as well, but an approval of several needs none.

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("#alike button");
  if (button) byID("reason-alike").required = button.value === "deny";
});

// Enter on a box would press the form's first button.

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches?.("#answers input[type=checkbox]")) event.preventDefault();
});

// Keys.

const dialog = byID("keys");
const keySwitch = byID("keys-on");
const places = { q: "questions", r: "runs", w: "workflows", f: "feedback", e: "evaluations", j: "journal" };
let isGoing = false;

function areKeysOn() {
  try {
    return localStorage.getItem("keys") !== "off";
  } catch {
    return true;
  }
}

if (keySwitch) {
  keySwitch.checked = areKeysOn();
  keySwitch.addEventListener("change", () => {
    try {
      localStorage.setItem("keys", keySwitch.checked ? "on" : "off");
    } catch {
      // Then it holds for this page alone.
    }
  });
  byID("keys-button").addEventListener("click", () => dialog.showModal());
}

function focusOn(element) {
  if (!element) return false;
  for (let part = element.closest("details"); part; part = part.parentElement?.closest("details")) part.open = true;
  element.focus();
  element.scrollIntoView({ block: "nearest" });
  return true;
}

/** To the next or previous question, or the next or previous row. */
function move(by) {
  const link = document.querySelector(by > 0 ? "a[rel=next]" : "a[rel=prev]");
  const rows = [...document.querySelectorAll("[data-item]")].filter((row) => row.querySelector("a, summary"));
  if (rows.length === 0) {
    link?.click();
    return Boolean(link);
  }
  const now = rows.findIndex((row) => row.contains(document.activeElement));
  const then = now < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, now + by));
  const target = rows[then].querySelector("a, summary");
  target.focus();
  target.scrollIntoView({ block: "nearest" });
  return true;
}

function press(key) {
  if (isGoing) {
    isGoing = false;
    const link = document.querySelector(`.bar nav a[data-key="${places[key] ?? ""}"]`);
    link?.click();
    return Boolean(link);
  }
  switch (key) {
    case "g": isGoing = true; return true;
    case "j": case "n": return move(1);
    case "k": case "p": return move(-1);
    case "a": return focusOn(byID("approve"));
    case "e": return focusOn(byID("edited"));
    case "v": return focusOn(document.querySelector("#endorse input"));
    case "d": return focusOn(byID("reason"));
    case "s": return focusOn(document.querySelector("#alike input[type=checkbox]"));
    case "x": return focusOn(document.querySelector("#answers button[value=did_not_happen]"));
    case "l": return focusOn(document.querySelector("form[action='/links'] button"));
    case "z": return focusOn(document.querySelector("form[action='/sessions/end'] button"));
    case "o": {
      const details = document.activeElement?.closest("[data-item]")?.querySelector("details");
      if (details) details.open = !details.open;
      return Boolean(details);
    }
    case "/": return focusOn(document.querySelector("input[type=search]"));
    case "?": dialog?.showModal(); return Boolean(dialog);
    default: return false;
  }
}

// Whoever does something else has forgotten the first key.
document.addEventListener("pointerdown", () => { isGoing = false; });

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || dialog?.open || !areKeysOn()) return;
  const target = event.target;
  if (target.matches?.("input:not([type=checkbox]), textarea, select")) {
    if (event.key === "Escape") target.blur();
    return;
  }
  if (press(event.key)) event.preventDefault();
});
