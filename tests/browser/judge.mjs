// A browser, and what every page is judged by: axe-core at two widths, html-validate, nothing that scrolls sideways,
// and no error that the browser reports.

import { readFileSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { createHmac } from "node:crypto";

const installed = createRequire(new URL("../../target/browser/", import.meta.url));
const { chromium } = installed("playwright-core");
const { HtmlValidate } = installed("html-validate");
const axe = readFileSync(installed.resolve("axe-core/axe.min.js"), "utf8");

// WCAG 2.2 level AA, and what axe calls best practices.
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const WIDTHS = [1280, 320];

const html = new HtmlValidate({
  extends: ["html-validate:recommended"],
  rules: {
    // Matters of taste.
    "doctype-style": "off",
    "long-title": "off",
    "no-trailing-whitespace": "off",
    "void-style": "off",
    "no-raw-characters": "off",
    // Numbers are marked where they must not break.
    "tel-non-breaking": "off",
    // Forms without `novalidate` are checked by the server alone.
    "no-implicit-button-type": "off",
  },
});

export class Browser {
  static async start() {
    const browser = new Browser();
    browser.chromium = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: ["--no-sandbox"],
    });
    browser.findings = [];
    browser.judged = new Set();
    return browser;
  }

  async end() {
    await this.chromium.close();
  }

  // Somebody with a browser of their own.
  async reader({ script = true, width = 1280, cookies } = {}) {
    const context = await this.chromium.newContext({
      javaScriptEnabled: script,
      viewport: { width, height: width > 500 ? 800 : 640 },
      locale: "ja-JP",
      timezoneId: "Asia/Tokyo",
      storageState: cookies,
    });
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    return new Reader(this, page, script);
  }

  found(where, what) {
    this.findings.push(`${where}: ${what}`);
  }
}

class Reader {
  constructor(browser, page, script) {
    this.browser = browser;
    this.page = page;
    this.script = script;
    this.documents = new Map();
    page.on("response", (response) => {
      const isDocument = response.request().resourceType() === "document";
      // An answer that leads elsewhere has no text.
      if (isDocument) this.documents.set(response.url(), response.text().catch(() => undefined));
    });
    page.on("pageerror", (error) => browser.found(page.url(), `script failed: ${error.message}`));
    page.on("console", (message) => {
      // A page that isn't there is said to be so by the browser, too.
      if (message.type() === "error" && !message.text().includes("the server responded with a status of")) {
        browser.found(page.url(), message.text());
      }
    });
  }

  async cookies() {
    return this.page.context().storageState();
  }

  async close() {
    await this.page.context().close();
  }

  // What is wrong with the page as it stands, under a name.
  async judge(name) {
    const { page, browser } = this;
    browser.judged.add(name);
    const before = page.viewportSize();
    for (const width of this.script ? WIDTHS : [before.width]) {
      await page.setViewportSize({ width, height: width > 500 ? 800 : 640 });
      const where = `${name} at ${width} px`;
      if (process.env.KENKOCALL_PICTURES) {
        mkdirSync(process.env.KENKOCALL_PICTURES, { recursive: true });
        const file = `${process.env.KENKOCALL_PICTURES}/${name.replaceAll(/[^a-z0-9]+/g, "-")}-${width}`;
        await page.screenshot({ path: `${file}.png` });
        await page.screenshot({ path: `${file}-whole.png`, fullPage: true });
      }
      if (!this.script) continue;
      const [over, violations] = await page.evaluate(`(async () => {
        ${axe};
        const wide = document.documentElement;
        const found = await axe.run({ runOnly: { type: "tag", values: ${JSON.stringify(RULES)} } });
        return [
          wide.scrollWidth - wide.clientWidth,
          found.violations.map((rule) => rule.id + ": " + rule.nodes.map((node) => node.html).slice(0, 3).join(" ")),
        ];
      })()`);
      if (over > 0) browser.found(where, `scrolls sideways by ${over} px`);
      for (const violation of violations) browser.found(where, violation);
    }
    await page.setViewportSize(before);
    const document = await this.documents.get(page.url().split("#")[0]);
    if (!document) browser.found(name, "no document was received");
    const report = await html.validateString(document ?? "");
    for (const message of report.results.flatMap((result) => result.messages)) {
      browser.found(name, `${message.ruleId} in line ${message.line}: ${message.message}`);
    }
  }
}

// The code of an authenticator. Source: RFC 6238 with SHA-1, 30 s, six digits.
export function codeOf(secret, now = Date.now()) {
  const bits = [...secret.replaceAll(/[\s=]/g, "").toUpperCase()]
    .map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0"))
    .join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(now / 30_000)));
  const hash = createHmac("sha1", key).update(counter).digest();
  const at = hash[19] & 15;
  return String((hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

// A step of a scenario: what must hold, in words.
export function must(holds, what) {
  if (!holds) throw new Error(`it doesn't hold that ${what}`);
}
