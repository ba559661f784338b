// Asks before a page is left whose answers were typed and aren't saved. Sending a form isn't leaving it, nor is the end
// of the log-in, which keeps what was typed.
(() => {
  "use strict";
  const form = document.querySelector("form[data-leaving]");
  if (!form) return;
  const given = () => JSON.stringify([...new FormData(form)].filter(([name]) => name !== "token"));
  // What is shown after a mistake or another log-in isn't saved either.
  const before = form.hasAttribute("data-unsaved") ? null : given();
  let isSent = false;
  document.addEventListener("submit", (event) => { isSent = isSent || event.target.closest("main") !== null; });
  window.addEventListener("pageshow", () => { isSent = false; });
  window.addEventListener("beforeunload", (event) => {
    if (isSent || given() === before) return;
    event.preventDefault();
    event.returnValue = form.dataset.leaving;
  });
})();

// Keeps open pages up to date: the number of red alerts that nobody has taken, in the red strip, in the title and as a
// sound; a link to what is new; and since when a page isn't up to date. One tab holds the stream for all tabs. Pages
// are complete without it.
(() => {
  "use strict";
  const live = document.getElementById("live");
  if (!live || !navigator.locks || !window.EventSource) return;
  const words = live.dataset;
  const channel = new BroadcastChannel("kenko-live");
  const strip = document.getElementById("red-strip");
  const shown = Number(words.at);
  const base = document.title.startsWith(words.title.replace("#", words.red))
    ? document.title.slice(words.title.replace("#", words.red).length)
    : document.title;
  let red = Number(words.red);
  let since = Number(words.since) || null;
  let heard = Date.now();
  let holds = false;
  let asks = false;
  let sound = null;
  let isLocked = words.locked === "1";

  const minutes = (from) => Math.max(0, Math.floor((Date.now() - from) / 60000));
  const clock = (at) => new Date(at).toLocaleTimeString("ja-JP", { hour: "numeric", minute: "2-digit", timeZone: words.zone });
  const waits = () => words.waits.replace("#", minutes(since)).replace("@", clock(since));
  const sentence = () => words.strip.replace("#", red) + (since ? " " + waits() : "");

  function draw() {
    document.title = (red > 0 ? words.title.replace("#", red) : "") + base;
    if (strip) {
      strip.hidden = red === 0;
      strip.querySelector("span").textContent = sentence();
    }
    const late = Date.now() - heard > 40000;
    for (const place of document.querySelectorAll("[data-live-state]")) {
      const at = new Date(heard).toTimeString().slice(0, 5);
      place.textContent = late ? words.lost.replace("#", at) : asks ? words.asks.replace("#", at) : words.updates;
      place.classList.toggle("stale", late || asks);
    }
  }

  // Two short tones. Browsers allow a sound once the page was touched.
  function ring() {
    if (words.sound !== "on" || !holds) return;
    sound = sound || new AudioContext();
    sound.resume().then(() => {
      for (const [tone, start] of [[880, 0], [660, 0.25], [880, 0.5]]) {
        const oscillator = sound.createOscillator();
        const volume = sound.createGain();
        volume.gain.value = 0.2;
        oscillator.frequency.value = tone;
        oscillator.connect(volume).connect(sound.destination);
        oscillator.start(sound.currentTime + start);
        oscillator.stop(sound.currentTime + start + 0.2);
      }
    });
  }

  // What was typed is sent, where the server keeps it for after the next log-in; elsewhere it stays, unseen.
  function lock() {
    if (isLocked) return;
    isLocked = true;
    const changed = (field) => field.type === "radio" ? field.checked !== field.defaultChecked : field.value !== field.defaultValue;
    const typed = [...document.querySelectorAll("main form")].filter((form) =>
      [...form.querySelectorAll("textarea, input:not([type=hidden])")].some(changed));
    const kept = typed.find((form) => form.hasAttribute("data-kept"));
    if (kept) return kept.requestSubmit();
    if (typed.length === 0) return window.location.assign(words.logIn);
    document.querySelector("main").hidden = true;
    document.getElementById("locked").hidden = false;
  }

  function show(pulse) {
    heard = Date.now();
    const more = pulse.red > red;
    red = pulse.red;
    since = pulse.since;
    draw();
    if (more) {
      document.getElementById("red-news").textContent = sentence();
      ring();
    }
    const fresh = pulse.newest.filter((at) => at > shown).length;
    const link = document.getElementById("live-new");
    if (link) {
      link.hidden = fresh === 0;
      link.textContent = words.fresh.replace("#", fresh);
    }
    if (pulse.locked) lock();
  }

  function told(message) {
    if (message.pulse) {
      asks = Boolean(message.asks);
      show(message.pulse);
    }
    if (message.ended && !isLocked) window.location.assign(words.logIn);
  }

  channel.onmessage = (event) => told(event.data);
  navigator.locks.request("kenko-live", () => new Promise(() => {
    holds = true;
    const tell = (message) => { channel.postMessage(message); told(message); };
    // Somebody opened more streams with this log-in: this page asks once in a while, and tries a stream later.
    const ask = async () => {
      try {
        const answer = await fetch(words.stream + "?once=1", { cache: "no-store", redirect: "error" });
        if (answer.ok) tell({ pulse: await answer.json(), asks: true });
      } catch {
        // The page says since when it hasn't heard anything.
      }
    };
    const askForAWhile = (times) => {
      if (times === 0) return open();
      ask().finally(() => setTimeout(() => askForAWhile(times - 1), 30000));
    };
    const open = () => {
      const source = new EventSource(words.stream);
      source.addEventListener("pulse", (event) => tell({ pulse: JSON.parse(event.data) }));
      source.addEventListener("ended", () => { source.close(); tell({ ended: true }); });
      source.addEventListener("replaced", () => { source.close(); askForAWhile(20); });
      source.onerror = () => {
        if (source.readyState === EventSource.CLOSED) setTimeout(open, 5000);
      };
    };
    open();
  }));
  setInterval(draw, 10000);
  draw();
})();

// Shows how far an import or a change of many people has come, and the whole page once it is done.
(() => {
  "use strict";
  if (!document.querySelector("[data-progress]")) return;
  const again = () => setTimeout(look, 2000);
  const look = async () => {
    try {
      const answer = await fetch(location.pathname + "?progress=1", { cache: "no-store", redirect: "error" });
      if (!answer.ok) return again();
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const [shown, next] = [document, page].map((one) => one.querySelector("[data-progress]"));
      if (!next) return location.replace(location.pathname);
      // Only what differs, so that a screen reader says it once.
      if (shown.textContent !== next.textContent) shown.replaceChildren(...next.childNodes);
    } catch {
      // The network fails, or nobody is logged in any more: the page stays as it is.
    }
    again();
  };
  again();
})();
