// Reads the demonstration's page again every two seconds until somebody stops it. Without script, the link does.
"use strict";
const PAUSE_MS = 2000;
let stopped = false;

const button = document.createElement("button");
button.id = "stop";
button.type = "button";
const label = () => {
  button.textContent = stopped ? "自動更新に戻す" : "自動更新を止める";
};
label();
button.addEventListener("click", () => {
  stopped = !stopped;
  label();
});
document.querySelector("#again").replaceWith(button);

async function update() {
  if (stopped || document.hidden) return;
  const response = await fetch("/", { cache: "no-store" });
  if (!response.ok) return;
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const id of ["now", "figures", "bar", "slots", "centres"]) {
    const part = fresh.getElementById(id);
    if (part) document.getElementById(id).replaceWith(part);
  }
}

const again = () => update().catch(() => {}).finally(() => setTimeout(again, PAUSE_MS));
setTimeout(again, PAUSE_MS);
