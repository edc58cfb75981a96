// The room, live. The page works without this file; with it, what others say appears by itself.
// The socket only listens: messages are sent over HTTP, and gaps are filled from the API by `seq`. While the socket or live itself
// rests, the page asks by `seq` every few seconds: what others say then comes a little later, and nothing is lost.
const list = document.getElementById("said");
const form = document.getElementById("say");
const badge = document.getElementById("live");
const words = document.getElementById("words").dataset;
const room = Number(list.dataset.room);
const me = Number(list.dataset.me);
const language = document.documentElement.lang;
const api = `/api/v1/rooms/${room}/messages/`;
const local = language === "ar" ? "ar-u-nu-arab" : language; // the digits that the rest of the page has
const parts = new Intl.DateTimeFormat(local, { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "UTC" });
const number = new Intl.NumberFormat(local);
const tongues = new Intl.DisplayNames([language], { type: "language" });
let last = Number(list.dataset.last);
let pause = 500;
let filling = null;
let wanted = false;

const csrf = () => form?.querySelector("[name=csrfmiddlewaretoken]").value ?? "";

// One comes in where one left off: at what is new, else at the end.
if (!location.hash && !location.search) (list.querySelector(".fresh") ?? document.getElementById("end")).scrollIntoView({ block: list.querySelector(".fresh") ? "start" : "end" });

const nearEnd = () => window.innerHeight + window.scrollY > document.body.scrollHeight - 240;

// A day and an hour as the page's own messages have them: 2 Nov 2026, 14:05 UTC.
function moment(at) {
  const { day, month, year, hour, minute } = Object.fromEntries(parts.formatToParts(new Date(at)).map(({ type, value }) => [type, value]));
  return `${day}${language === "fr" && day === "1" ? "er" : ""} ${month} ${year}${language === "ar" ? "،" : ","} ${hour}:${minute}\u00a0UTC`;
}

function fill(row, message) {
  row.id = `m${message.seq}`;
  row.dataset.seq = message.seq;
  row.querySelector(".who").textContent = words[message.author.office] || message.author.label;
  const at = row.querySelector("time");
  at.dateTime = message.posted_at;
  at.textContent = moment(message.posted_at) + (message.edited_at ? ` · ${words.changed}` : "");
  const tag = row.querySelector(".tag");
  if (message.source_language) {
    tag.hidden = false;
    try { tag.textContent = tongues.of(message.source_language); } catch { tag.textContent = message.source_language; }
  }
  const answered = row.querySelector(".answered");
  if (message.reply_to && !message.removed) {
    answered.href = `#m${message.reply_to}`;
    answered.textContent = numbered(answered.textContent, message.reply_to);
  } else {
    answered.remove();
  }
  const said = row.querySelector(".said");
  said.lang = message.source_language || "und";
  said.textContent = message.removed ? words.removed : message.text;
  said.classList.toggle("soft", message.removed);
  const under = row.querySelector(".under");
  const more = under.querySelector(".more");
  under.replaceChildren(...message.reactions.map((reaction) => {
    const sign = document.createElement("button");
    sign.className = "sign";
    sign.type = "button";
    sign.textContent = `${reaction.sign} ${number.format(reaction.count)}`;
    sign.setAttribute("aria-pressed", String(reaction.people.includes(me)));
    sign.addEventListener("click", () => react(message.seq, reaction.sign, !reaction.people.includes(me)));
    return sign;
  }));
  if (!message.removed) under.append(aimed(more, message));
}

// What one may do with a message: the page brings it aimed at none.
function aimed(more, message) {
  for (const one of more.querySelectorAll("a, form")) {
    const name = one.localName === "a" ? "href" : "action";
    const about = one.matches(".report") ? message.id : message.seq;
    one.setAttribute(name, one.getAttribute(name).replace(/([=/])0(?=[/#])/, `$1${about}`));
    if (one.dataset.reply) one.dataset.reply = message.seq;
  }
  more.querySelector(message.author.id === me ? ".report" : ".own").remove();
  return more;
}

// "in answer to no. 7", with the page's digits.
const numbered = (words, seq) => words.replace("#", number.format(seq));

function show(message) {
  let row = document.getElementById(`m${message.seq}`);
  if (row) {
    const fresh = document.getElementById("message").content.firstElementChild.cloneNode(true);
    fill(fresh, message);
    if (looks(fresh) !== looks(row)) row.replaceWith(fresh);
    return;
  }
  if (message.seq <= last && list.querySelector("[data-seq]") && message.seq < Number(list.querySelector("[data-seq]").dataset.seq)) return;
  const stay = nearEnd();
  row = document.getElementById("message").content.firstElementChild.cloneNode(true);
  fill(row, message);
  const after = [...list.querySelectorAll("[data-seq]")].find((other) => Number(other.dataset.seq) > message.seq);
  list.insertBefore(row, after ?? null);
  document.getElementById("silence")?.remove();
  last = Math.max(last, message.seq);
  if (stay) row.scrollIntoView({ block: "end" });
}

// What a reader would notice of a message, so that a row that says the same is not read aloud again.
function looks(row) {
  const signs = [...row.querySelectorAll(".sign[aria-pressed], .under > form .sign")];
  const said = [...row.querySelector(".said").childNodes].map((part) => (part.nodeName === "BR" ? "\n" : part.textContent)).join("");
  return JSON.stringify([said.replace(/\r\n?/g, "\n"), signs.map((sign) => [sign.textContent, sign.getAttribute("aria-pressed") === "true"])]);
}

// How many of the newest messages stand on the page, without a gap.
function newest() {
  let count = 0;
  for (const row of [...list.querySelectorAll("[data-seq]")].reverse()) {
    if (Number(row.dataset.seq) !== last - count) break;
    count += 1;
  }
  return count;
}

// Fetches what is missing, and with `back` also what may have been changed of the newest on the page. One at a time; who asks while
// an answer is on its way gets one that was asked for afterwards. True, when nothing is missing any more.
function catchUp(back = false) {
  wanted = { back: back || wanted.back };
  filling ??= (async () => {
    let whole = true;
    while (wanted) {
      let after = wanted.back ? last - Math.min(newest(), 50) : last;
      wanted = false;
      for (let more = true; more;) {
        try {
          const answer = await fetch(`${api}?after=${after}`, { headers: { Accept: "application/json" } });
          whole = answer.ok;
          if ([401, 403, 404].includes(answer.status)) state("ended");
          const { results } = answer.ok ? await answer.json() : { results: [] };
          results.forEach(show);
          more = results.length >= 100;
          after = last;
        } catch {
          whole = more = false;
        }
      }
    }
    return whole;
  })().finally(() => { filling = null; read(); });
  return filling;
}

// While we are not live, ask now and then; a page that nobody looks at asks when somebody does.
const EVERY = 3000;
let asking;
function ask() {
  clearTimeout(asking);
  asking = setTimeout(async () => {
    if (!document.hidden) await catchUp();
    if (badge.dataset.state !== "live" && badge.dataset.state !== "ended") ask();
  }, EVERY * (0.8 + Math.random() * 0.4));
}
document.addEventListener("visibilitychange", () => { if (!document.hidden && badge.dataset.state !== "live") catchUp(); });

let marked = 0;
function read() {
  if (document.hidden || last <= marked) return;
  marked = last;
  send(`/api/v1/rooms/${room}/read/`, { seq: last }).catch(() => {});
}
document.addEventListener("visibilitychange", read);

function send(address, body, method = "POST") {
  return fetch(address, {
    method,
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrf() },
    body: JSON.stringify(body),
  });
}

async function react(seq, sign, on) {
  const answer = await send(`${api}${seq}/reactions/`, { sign }, on ? "POST" : "DELETE");
  if (answer.ok) show(await answer.json());
}

// live, again (connecting), resting (connected, but what others say may not come), ended (we may not hear this room any more).
function state(name) {
  if (badge.dataset.state === name) return;
  badge.dataset.state = name;
  badge.textContent = badge.dataset[name];
  badge.className = `tag ${name === "live" ? "true" : "warn"}`;
  if (name === "live" || name === "ended") clearTimeout(asking);
  else ask();
}

let socket;
let typingUntil = 0;
let heard = false; // this socket hears the room
let rests = false; // and does not hear everything
async function level() {
  const whole = await catchUp(true);
  if (badge.dataset.state === "ended" || socket.readyState !== WebSocket.OPEN) return;
  if (rests) state("resting");
  else if (heard && whole) state("live");
  else if (heard) setTimeout(level, EVERY);  // the socket is well, the API is not yet
}

function listen() {
  heard = rests = false;
  socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/`);
  socket.addEventListener("open", () => socket.send(JSON.stringify({ watch: [room] })));
  socket.addEventListener("message", async ({ data }) => {
    const frame = JSON.parse(data);
    if (frame.event === "hello") {
      // At first, and again when live is back after a rest: then whatever was said meanwhile is fetched.
      pause = 500;
      rests = false;
      if (heard) await level();
    } else if (frame.event === "live.resting") {
      rests = true;
      state("resting");
    } else if (frame.room !== room) {
      return;
    } else if (frame.event === "room.left") {
      state("ended");
    } else if (frame.event === "person.typing") {
      showTyping(frame.data);
    } else if (frame.event === "person.present" && !heard) {
      // First the ear, then what was said before: nothing falls between the two.
      heard = true;
      await level();
    } else if (frame.seq) {
      if (frame.event === "message.posted" && frame.seq > last + 1) await catchUp();
      show(frame.data);
      read();
    }
  });
  socket.addEventListener("close", (end) => {
    if (badge.dataset.state === "ended") return;
    if (end.code === 4401) { state("ended"); return; }
    state("again");
    setTimeout(listen, pause * (0.7 + Math.random() * 0.6));
    pause = Math.min(pause * 2, 10000);
  });
}

const typing = document.getElementById("typing");
let quiet;
function showTyping(data) {
  const people = (data.people ?? [data.person]).map((who) => (typeof who === "object" ? who.id : who));
  if (!people.some((id) => id !== me)) return;
  typing.textContent = typing.dataset.one;
  clearTimeout(quiet);
  quiet = setTimeout(() => { typing.textContent = ""; }, 3000);
}

if (form) {
  const field = form.querySelector("textarea");
  const nonce = form.querySelector("[name=nonce]");
  const replyTo = form.querySelector("[name=reply_to]");
  field.addEventListener("input", () => {
    if (socket?.readyState === WebSocket.OPEN && Date.now() > typingUntil) {
      typingUntil = Date.now() + 2000;
      socket.send(JSON.stringify({ typing: room }));
    }
  });
  field.addEventListener("keydown", (press) => {
    if (press.key === "Enter" && (press.ctrlKey || press.metaKey)) form.requestSubmit();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = field.value;
    if (!text.trim()) return;
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      const body = { text, nonce: nonce.value };
      if (replyTo.value) body.reply_to = Number(replyTo.value);
      const answer = await send(api, body);
      const said = await answer.json();
      if (!answer.ok) throw new Error(said.detail);
      if (said.seq > last + 1) await catchUp();
      show(said);
      field.value = "";
      answerTo("");
      nonce.value = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
      refused("");
    } catch (error) {
      // The words stay in the field, and the same nonce goes out again: nothing is said twice.
      refused(error instanceof TypeError || !error.message ? words.failed : error.message);
    } finally {
      button.disabled = false;
      field.focus();
    }
  });
  // Which message one answers is said above the field, and can be taken back.
  const answering = document.getElementById("answering");
  const answerTo = (seq) => {
    const said = answering.querySelector("[data-words]");
    replyTo.value = seq;
    answering.hidden = !seq;
    said.textContent = numbered(said.dataset.words, seq);
  };
  list.addEventListener("click", (click) => {
    const asked = click.target.closest("[data-reply]");
    if (!asked) return;
    click.preventDefault();
    asked.closest("details").open = false;
    answerTo(asked.dataset.reply);
    field.focus();
  });
  answering.querySelector("a").addEventListener("click", (click) => {
    click.preventDefault();
    answerTo("");
    field.focus();
  });
}

function refused(sentence) {
  let box = form.querySelector(".problem");
  if (!box) {
    box = document.createElement("div");
    box.className = "problem";
    box.setAttribute("role", "alert");
    form.prepend(box);
  }
  box.hidden = !sentence;
  box.textContent = sentence;
}

ask();
listen();
