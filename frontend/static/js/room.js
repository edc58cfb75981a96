// The room, live. The page works without this file; with it, what others say appears by itself.
// The socket only listens: messages are sent over HTTP, and gaps are filled from the API by `seq`.
const list = document.getElementById("said");
const form = document.getElementById("say");
const badge = document.getElementById("live");
const words = document.getElementById("words").dataset;
const room = Number(list.dataset.room);
const me = Number(list.dataset.me);
const language = document.documentElement.lang;
const api = `/api/v1/rooms/${room}/messages/`;
const time = new Intl.DateTimeFormat(language, { dateStyle: "short", timeStyle: "short" });
const tongues = new Intl.DisplayNames([language], { type: "language" });
let last = Number(list.dataset.last);
let pause = 500;
let filling = null;

const csrf = () => form?.querySelector("[name=csrfmiddlewaretoken]").value ?? "";
const nearEnd = () => window.innerHeight + window.scrollY > document.body.scrollHeight - 240;

function fill(row, message) {
  row.id = `m${message.seq}`;
  row.dataset.seq = message.seq;
  row.querySelector(".who").textContent = message.author.label;
  const at = row.querySelector("time");
  at.dateTime = message.posted_at;
  at.textContent = time.format(new Date(message.posted_at)) + (message.edited_at ? ` · ${words.changed}` : "");
  const tag = row.querySelector(".tag");
  if (message.source_language) {
    tag.hidden = false;
    try { tag.textContent = tongues.of(message.source_language); } catch { tag.textContent = message.source_language; }
  }
  const said = row.querySelector(".said");
  said.lang = message.source_language || "und";
  said.textContent = message.removed ? words.removed : message.text;
  said.classList.toggle("soft", message.removed);
  const under = row.querySelector(".under");
  under.replaceChildren(...message.reactions.map((reaction) => {
    const sign = document.createElement("button");
    sign.className = "sign";
    sign.type = "button";
    sign.textContent = `${reaction.sign} ${reaction.count}`;
    sign.setAttribute("aria-pressed", String(reaction.people.includes(me)));
    sign.addEventListener("click", () => react(message.seq, reaction.sign, !reaction.people.includes(me)));
    return sign;
  }));
  if (form && !message.removed) {
    const answer = document.createElement("a");
    answer.href = `?reply_to=${message.seq}#say`;
    answer.dataset.reply = message.seq;
    answer.textContent = words.answer;
    under.append(answer);
  }
}

function show(message) {
  let row = document.getElementById(`m${message.seq}`);
  if (row) {
    const fresh = document.getElementById("message").content.firstElementChild.cloneNode(true);
    fill(fresh, message);
    row.replaceWith(fresh);
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

// One fill at a time; what came meanwhile is asked for again by the next gap.
function catchUp() {
  filling ??= (async () => {
    for (;;) {
      const answer = await fetch(`${api}?after=${last}`, { headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      const { results } = await answer.json();
      results.forEach(show);
      if (results.length < 100) return;
    }
  })().finally(() => { filling = null; read(); });
  return filling;
}

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

function state(name) {
  live = name === "live";
  badge.textContent = badge.dataset[name];
  badge.className = `tag ${name === "live" ? "true" : "warn"}`;
}

let socket;
let live = false;
let slow = false;
let typingUntil = 0;
// While nothing comes by itself we ask, so that nobody misses a word for longer than this.
setInterval(() => { if (!live && !document.hidden) catchUp().catch(() => {}); }, 3000);
function listen() {
  socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/`);
  socket.addEventListener("open", () => socket.send(JSON.stringify({ watch: [room] })));
  socket.addEventListener("message", async ({ data }) => {
    const frame = JSON.parse(data);
    if (frame.event === "hello") {
      pause = 500;
      slow = false;
      // First the ear, then what was said meanwhile: nothing falls between the two.
      await catchUp();
      state(slow ? "slow" : "live");
    } else if (frame.event === "live.resting") {
      slow = true;
      state("slow");
    } else if (frame.room !== room) {
      return;
    } else if (frame.event === "room.left") {
      state("resting");
    } else if (frame.event === "person.typing") {
      showTyping(frame.data);
    } else if (frame.seq) {
      if (frame.event === "message.posted" && frame.seq > last + 1) await catchUp();
      show(frame.data);
      read();
    }
  });
  socket.addEventListener("close", (end) => {
    if (end.code === 4401) { state("resting"); return; }
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
      replyTo.value = "";
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
  list.addEventListener("click", (click) => {
    const answer = click.target.closest("[data-reply]");
    if (!answer) return;
    click.preventDefault();
    replyTo.value = answer.dataset.reply;
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

listen();
