// What Lighthouse says of a page, and how many bytes it takes. CHROME_PATH names the browser.
import { createRequire } from "node:module";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const installed = createRequire(new URL("../../target/lighthouse/", import.meta.url));
const { chromium } = installed("playwright-core");
const { default: lighthouse, desktopConfig } = await import(pathToFileURL(installed.resolve("lighthouse")).href);

const PORT = Number(process.env.LIGHTHOUSE_PORT ?? 9515);
const CATEGORIES = ["performance", "accessibility", "best-practices"];

// Does something with a browser that Lighthouse can use. It opens its own tab, which has the cookies of the profile alone.
export async function withBrowser(then) {
  const profile = mkdtempSync(join(tmpdir(), "kenkocall-lighthouse-"));
  const browser = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROME_PATH ?? "/usr/bin/chromium",
    args: ["--no-sandbox", `--remote-debugging-port=${PORT}`],
  });
  try {
    await then(browser);
  } finally {
    await browser.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

// What is transferred for a page: the page alone, and with all that it loads, without the cache.
export async function bytes(page, name, address) {
  const devices = await page.context().newCDPSession(page);
  await devices.send("Network.enable");
  await devices.send("Network.setCacheDisabled", { cacheDisabled: true });
  const kinds = new Map();
  const sizes = new Map();
  devices.on("Network.responseReceived", ({ requestId, type }) => kinds.set(requestId, type));
  devices.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => sizes.set(requestId, encodedDataLength));
  await page.goto(address, { waitUntil: "load" });
  await page.waitForTimeout(500);
  const sum = (wanted) => [...sizes].reduce((all, [id, size]) => all + (wanted(kinds.get(id)) ? size : 0), 0);
  const kilobytes = (size) => (size / 1_000).toFixed(1);
  console.log(`${name}: page ${kilobytes(sum((kind) => kind === "Document"))} kB, all ${kilobytes(sum(() => true))} kB`);
  await devices.detach();
}

export async function measure(name, address, form) {
  const flags = { port: PORT, output: "json", onlyCategories: CATEGORIES, disableStorageReset: true };
  const { lhr } = await lighthouse(address, flags, form === "desktop" ? desktopConfig : undefined);
  if (lhr.finalDisplayedUrl !== address) throw new Error(`${lhr.finalDisplayedUrl} was measured instead of ${address}`);
  const scores = CATEGORIES.map((category) => `${category} ${Math.round(lhr.categories[category].score * 100)}`);
  console.log(`${name}, ${form}: ${scores.join(", ")}`);
  for (const category of CATEGORIES) {
    for (const { id, weight } of lhr.categories[category].auditRefs) {
      const audit = lhr.audits[id];
      if (weight > 0 && audit.score !== null && audit.score < 0.9) {
        console.log(`  ${category}: ${audit.title} ${audit.displayValue ?? ""}`);
        for (const item of (audit.details?.items ?? []).slice(0, 3)) {
          console.log(`    ${(item.node?.snippet ?? item.url ?? item.description ?? "").slice(0, 160)}`);
        }
      }
    }
  }
}
