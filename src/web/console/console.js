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
  let sound = null;
  let isLocked = words.locked === "1";

  const minutes = (from) => Math.max(0, Math.floor((Date.now() - from) / 60000));
  const sentence = () => words.strip.replace("#", red) + (since ? " " + words.waits.replace("#", minutes(since)) : "");

  function draw() {
    document.title = (red > 0 ? words.title.replace("#", red) : "") + base;
    if (strip) {
      strip.hidden = red === 0;
      strip.querySelector("span").textContent = sentence();
    }
    const late = Date.now() - heard > 40000;
    for (const place of document.querySelectorAll("[data-live-state]")) {
      place.textContent = late ? words.lost.replace("#", new Date(heard).toTimeString().slice(0, 5)) : words.updates;
      place.classList.toggle("stale", late);
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
    if (message.pulse) show(message.pulse);
    if (message.ended && !isLocked) window.location.assign(words.logIn);
  }

  channel.onmessage = (event) => told(event.data);
  navigator.locks.request("kenko-live", () => new Promise(() => {
    holds = true;
    const tell = (message) => { channel.postMessage(message); told(message); };
    const open = () => {
      const source = new EventSource(words.stream);
      source.addEventListener("pulse", (event) => tell({ pulse: JSON.parse(event.data) }));
      source.addEventListener("ended", () => { source.close(); tell({ ended: true }); });
      source.onerror = () => {
        if (source.readyState === EventSource.CLOSED) setTimeout(open, 5000);
      };
    };
    open();
  }));
  setInterval(draw, 10000);
  draw();
})();
