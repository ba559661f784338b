// Somebody signs up to the demonstration's portal, in every language, and every page is judged: node portal.mjs PORTAL SPOOL ID BIRTH_DATE
import { readdirSync, readFileSync } from "node:fs";

import { Browser, must } from "./judge.mjs";

const [site, spool, id, birthDate] = process.argv.slice(2);
const LANGUAGES = ["ja", "ja-easy", "en", "zh-Hans", "zh-Hant", "ko", "es", "pt"];
const PASSWORD = "mihon no pasuwado";

const browser = await Browser.start();
try {
  const cookies = await signUp();
  for (const language of LANGUAGES) await everyPage(language, cookies);
  await reported(cookies);
  for (const width of [1280, 320]) await withoutScript(width);
  await byKeyboard();
  await passkey();
} finally {
  await browser.end();
  for (const name of browser.judged) console.log(`judged ${name}`);
  for (const finding of browser.findings) console.log(`finding ${finding}`);
}

// The code that was sent to an address, once the message is there.
async function codeFor(address) {
  for (let tries = 0; tries < 300; tries += 1) {
    const files = readdirSync(spool).filter((name) => name.endsWith(".txt"));
    const texts = files.map((name) => readFileSync(`${spool}/${name}`, "utf8"));
    const text = texts.find((text) => text.startsWith(`To: ${address}\n`));
    if (text) return text.match(/[0-9]{6}/)[0];
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`nothing was sent to ${address}`);
}

function press(page, index = 0) {
  return page.locator("main form button:visible").nth(index).click();
}

async function askForCode(page, address) {
  await page.goto(`${site}/register`);
  await page.fill("#email", address);
  await press(page);
  await page.waitForURL(`${site}/code`);
}

async function addPerson(page, birth, hersysId) {
  await page.fill("#family_name", "見本");
  await page.fill("#given_name", "花子");
  await page.fill("#birth_date", birth);
  await page.fill("#hersys_id", hersysId);
  await press(page);
}

async function signUp() {
  const address = "hanako@mihon.example";
  const reader = await browser.reader();
  const { page } = reader;
  await askForCode(page, address);
  await page.fill("#code", "12345");
  await press(page);
  await reader.judge("code wrong ja");
  await page.fill("#code", await codeFor(address));
  await press(page);
  await reader.judge("how to log in ja");
  await page.fill("#password", "short");
  await press(page);
  await reader.judge("password short ja");
  await page.fill("#password", PASSWORD);
  await press(page);
  await page.waitForURL(`${site}/people/add`);
  await reader.judge("person add ja");
  await addPerson(page, "昭和65年1月1日", "12");
  await reader.judge("person wrong ja");
  must((await page.inputValue("#birth_date")) === "昭和65年1月1日", "what was typed is kept");
  await addPerson(page, "1980-04-02", id);
  await reader.judge("person confirm ja");
  await press(page);
  await reader.judge("person mismatch ja");
  await addPerson(page, birthDate, id);
  await press(page);
  await page.waitForURL(`${site}?done=added`);
  await reader.judge("home added ja");
  await page.goto(`${site}/people/add`);
  await addPerson(page, birthDate, String(Number(id) + 1));
  await press(page);
  await page.waitForURL(`${site}?done=added`);
  must((await page.locator("#person option").count()) === 2, "the person is chosen from two");
  const cookies = await reader.cookies();
  await reader.close();
  return cookies;
}

async function everyPage(language, cookies) {
  const stranger = await browser.reader();
  await stranger.page.goto(`${site}?language=${language}`);
  await stranger.judge(`welcome ${language}`);
  const open = ["help", "help/centre", "help/messages", "help/accessibility", "verify"];
  for (const name of ["register", "log-in", "nothing", ...open]) {
    await stranger.page.goto(`${site}/${name}`);
    await stranger.judge(`${name} ${language}`);
  }
  await stranger.page.goto(`${site}/log-in`);
  await stranger.page.fill("#email", "hanako@mihon.example");
  await press(stranger.page);
  await stranger.judge(`log-in wrong ${language}`);
  await stranger.close();
  const member = await browser.reader({ cookies });
  await member.page.goto(`${site}?language=${language}`);
  await member.judge(`home ${language}`);
  const own = ["report?view=one", "report?view=all", "report/urgent", "history", "survey", "notices", "certificate", "certificate/print"];
  const account = ["people", "people/add", "account", "account/password", "account/address", "account/delete"];
  for (const name of [...own, ...account]) {
    await member.page.goto(`${site}/${name}`);
    await member.judge(`${name} ${language}`);
  }
  await member.close();
}

// Answers what the page asks. Returns whether nothing is asked any more.
async function answered(page) {
  if (page.url().includes("/done")) return true;
  for (const [field, value] of [["#body_temperature", "37.4"], ["#spo2", "97"]]) {
    if (await page.locator(field).count()) await page.fill(field, value);
  }
  // A question that follows from another one is asked alone if that was answered by phone.
  const asksFirst = (await page.locator("input[name=breathlessness]").count()) > 0;
  const skipped = asksFirst ? ":not([name=breathlessness_severe])" : "";
  const no = page.locator(`form.report input[type=radio][value=no]${skipped}`);
  for (const choice of await no.all()) await choice.check();
  await Promise.all([page.waitForNavigation(), page.locator("form.report button.solid").click()]);
  return page.url().includes("/done");
}

// A report on one page, and what it leaves: the end, the history with its chart, and the health survey with a mistake.
async function reported(cookies) {
  const member = await browser.reader({ cookies });
  const { page } = member;
  await page.goto(`${site}/report?view=all&language=ja`);
  // The demonstration may have called meanwhile: what was answered by phone isn't asked again.
  if (page.url().includes("/done")) {
    await Promise.all([page.waitForNavigation(), page.locator('form[action$="/again"] button').click()]);
  }
  // A call may answer between the page and the answers, which are then asked for again.
  for (let tries = 0; tries < 5 && !(await answered(page)); tries += 1) {
    await page.goto(`${site}/report?view=all&language=ja`);
  }
  await page.waitForURL(`${site}/report/done`);
  for (const language of LANGUAGES) {
    for (const name of ["report/done", "history"]) {
      await page.goto(`${site}/${name}?language=${language}`);
      await member.judge(`${name} with a report ${language}`);
    }
  }
  must((await page.locator("svg.chart circle").count()) > 0, "the chart has the temperature");
  await page.goto(`${site}/survey?language=ja`);
  await page.fill("#height", "17");
  await page.check("#illnesses-none");
  await page.locator("#survey button.solid").click();
  await member.judge("survey wrong ja");
  must(await page.isChecked("#illnesses-none"), "what was chosen is kept");
  await page.fill("#height", "165");
  await page.locator("#survey button.solid").click();
  await page.waitForURL(`${site}?done=survey`);
  must((await page.locator('a[href$="/survey"]').count()) === 0, "the survey is asked once");
  await member.judge("home after the survey ja");
  await member.close();
}

// Sign-up to home without script, in Korean.
async function withoutScript(width) {
  const address = `korean${width}@mihon.example`;
  const reader = await browser.reader({ script: false, width });
  const { page } = reader;
  await page.goto(`${site}?language=ko`);
  await askForCode(page, address);
  await page.fill("#code", await codeFor(address));
  await press(page);
  await press(page, 1);
  await page.waitForURL(`${site}/people/add`);
  await addPerson(page, "1980/4/1", String(Number(id) + (width === 320 ? 2 : 3)));
  await press(page);
  await page.waitForURL(`${site}?done=added`);
  await reader.judge(`home without script at ${width}`);
  must((await page.getAttribute("html", "lang")) === "ko", "the language is kept");
  await reader.close();
}

// The key Enter sends the form, and no language.
async function byKeyboard() {
  const reader = await browser.reader();
  const { page } = reader;
  await page.goto(`${site}/register`);
  await page.fill("#email", "not an address");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#email-error");
  must((await page.getAttribute("html", "lang")) === "ja", "Enter chooses no language");
  await page.goto(`${site}/register`);
  await page.keyboard.press("Tab");
  const first = await page.evaluate("document.activeElement.className");
  must(first === "skip", "the first stop leads to the content");
  await page.fill("#email", "kept@mihon.example");
  await page.locator(".languages summary").click({ timeout: 1000 }).catch(() => undefined);
  await page.locator('.languages button[value="pt"]').click();
  await page.waitForSelector('html[lang="pt"]');
  must((await page.inputValue("#email")) === "kept@mihon.example", "another language keeps what was typed");
  await reader.close();
}

// Chromium's virtual device makes a passkey at the end of a sign-up, and logs in by it after it has refused once.
async function passkey() {
  const address = "passkey@mihon.example";
  const reader = await browser.reader();
  const { page } = reader;
  const devices = await page.context().newCDPSession(page);
  await devices.send("WebAuthn.enable");
  const { authenticatorId } = await devices.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  await askForCode(page, address);
  await page.fill("#code", await codeFor(address));
  await press(page);
  await page.waitForSelector("form[data-passkey]:not([hidden])");
  await reader.judge("passkey at the sign-up ja");
  await page.click("#passkey");
  await page.waitForURL(`${site}/people/add`);
  await page.goto(`${site}/account`);
  must((await page.locator('input[name="passkey"]').count()) === 1, "the passkey is listed");
  await reader.judge("passkey listed ja");
  await page.click("header form button");
  await page.waitForURL(`${site}/log-in?out=1`);
  await devices.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false });
  await page.click("#passkey");
  await page.waitForSelector("[data-failed]:not([hidden])");
  await reader.judge("passkey refused ja");
  await devices.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: true });
  await page.click("#passkey");
  await page.waitForSelector("header form button");
  await page.goto(`${site}/account`);
  await page.locator('input[name="passkey"] ~ button').click();
  await page.waitForURL(`${site}/account?done=passkey-removed`);
  await reader.judge("passkey removed ja");
  await page.click("header form button");
  await page.waitForURL(`${site}/log-in?out=1`);
  await page.click("#passkey");
  await page.waitForSelector("#passkey-error, .banner.err");
  await reader.judge("passkey of nobody ja");
  await reader.close();
}
