// A nurse's day in the demonstration's console, and a judgement of every page: node nurse_day.mjs CONSOLE SECRET RECOVERY ADMINISTRATOR_SECRET SECOND_SECRET INVITATION
import { Browser, codeOf, must } from "./judge.mjs";

const [site, secret, recovery, administratorSecret, secondSecret, invitation] = process.argv.slice(2);
const EMAIL = "naoko@mihon.example";
const PASSWORD = "mihon-kenko-call";

const browser = await Browser.start();
try {
  const cookies = await logIn();
  for (const language of ["ja", "en"]) await everyPage(language, cookies);
  for (const language of ["ja", "en"]) await transferAndFile(language, cookies);
  for (const width of [1280, 320]) await withoutScript(width);
  await byKeyboard(cookies);
  await twoCentres(cookies);
  await administrator();
  await invited();
  await slowedDown();
  await statusPage();
} finally {
  await browser.end();
  for (const name of browser.judged) console.log(`judged ${name}`);
  for (const finding of browser.findings) console.log(`finding ${finding}`);
}

async function credentials(page, password, email = EMAIL) {
  await page.fill("#email", email);
  await page.fill("#password", password);
  await page.click("main form button");
}

// Wrong first, then right.
async function logIn() {
  const reader = await browser.reader();
  const { page } = reader;
  await page.goto(`${site}/today`);
  must(page.url().includes("/console/log-in?next="), "who isn't logged in is led to the log-in");
  await reader.judge("log-in ja");
  await credentials(page, "wrong password");
  await reader.judge("log-in wrong ja");
  must((await page.inputValue("#email")) === EMAIL, "the address is kept after a wrong password");
  must((await page.title()).startsWith("エラー"), "the title says that there is an error");
  await credentials(page, PASSWORD);
  await reader.judge("second-factor ja");
  await page.fill("#code", "000000");
  await page.click("main form button");
  await reader.judge("second-factor wrong ja");
  await page.fill("#code", codeOf(secret));
  await page.click("main form button");
  await page.waitForURL(`${site}/today`);
  const cookies = await reader.cookies();
  await reader.close();
  return cookies;
}

// Where somebody guesses, the page asks for the password and a code at once. Nobody has this address, so nobody waits.
async function slowedDown() {
  for (const language of ["ja", "en"]) {
    const reader = await browser.reader();
    const { page } = reader;
    await page.goto(`${site}/language/${language}?back=/console/log-in`);
    for (let tries = 0; tries < 6; tries++) await credentials(page, "wrong password", `nobody.${language}@mihon.example`);
    await reader.judge(`log-in slowed ${language}`);
    must((await page.locator("#code").count()) === 1, "a code can be given beside the password");
    await page.fill("#password", "wrong password");
    await page.fill("#code", "000000");
    await page.click("main form button");
    await reader.judge(`log-in both wrong ${language}`);
    await reader.close();
  }
}

// Today until nobody has taken a line of these.
async function todayWith(page, section) {
  for (;;) {
    await page.goto(`${site}/today`);
    if (await page.locator(`${section} .c-action form button`).count()) return;
    await page.waitForTimeout(500);
  }
}

// The transfers, and what can be done with a person's data. Another function walks an offer to its end.
async function transferAndFile(language, cookies) {
  const reader = await browser.reader({ cookies });
  const { page } = reader;
  await page.goto(`${site}/language/${language}?back=/console/transfers`);
  await reader.judge(`transfers ${language}`);
  await page.goto(`${site}/patients`);
  const person = await page.locator("tbody th a").first().getAttribute("href");
  await page.goto(`${new URL(site).origin}${person}/transfer`);
  await reader.judge(`transfer ${language}`);
  await page.goto(`${new URL(site).origin}${person}/disclosure`);
  await reader.judge(`disclosure ${language}`);
  const file = page.waitForEvent("download");
  await page.click("form.record-form button.solid");
  must((await file).suggestedFilename() === "disclosure.json", "the file's name tells nothing about the person");
  await reader.close();
}

async function everyPage(language, cookies) {
  const reader = await browser.reader({ cookies });
  const { page } = reader;
  await page.goto(`${site}/language/${language}?back=/console/today`);
  await todayWith(page, "section.red");
  await reader.judge(`today ${language}`);
  const counted = Number(await page.locator(".counts .red b").innerText());
  await page.click(".counts .red a");
  await reader.judge(`today red ${language}`);
  must((await page.locator("section.red tbody tr").count()) >= counted, "a count is that of its list");
  await page.locator("section.red .c-action form button").first().click();
  await reader.judge(`taken ${language}`);
  must((await page.locator(".banner.ok").count()) === 1, "it is said that the line was taken");
  const alert = page.url().split("?")[0];
  await page.fill("#note", "見本のメモ <script>alert(1)</script>");
  await page.click("form.close button");
  await reader.judge(`close wrong ${language}`);
  must((await page.inputValue("#note")).includes("<script>"), "what was typed is kept beside an error");
  await page.locator("input[name=reason]").first().check();
  await page.click("form.close button");
  must(page.url().includes("/today"), "after closing, Today is shown");
  await reader.judge(`today closed ${language}`);
  await page.goto(alert);
  await reader.judge(`close again ${language}`);
  must((await page.locator("form.close").count()) === 0, "what is closed can't be closed again");
  await page.goto(`${site}/account`);
  await reader.judge(`account ${language}`);
  await page.goto(`${site}/patients/nowhere`);
  await reader.judge(`missing ${language}`);
  await patients(reader, language);
  await calls(reader, language);
  await lists(reader, language);
  await rounds(reader, language);
  await reader.close();
}

// A nurse offers somebody to the second health centre, whose nurse accepts; and answers the offer that came from there.
async function twoCentres(cookies) {
  const own = await browser.reader({ cookies });
  const other = await browser.reader();
  const { origin } = new URL(site);
  await own.page.goto(`${site}/language/ja?back=/console/patients`);
  const person = await own.page.locator("tbody th a").nth(7).getAttribute("href");
  await own.page.goto(origin + person);
  await own.page.click(`a[href='${person}/transfer']`);
  await own.page.selectOption("#to", { index: 1 });
  await own.page.locator("input[name=reason]").first().check();
  await own.page.fill("#note", "見本: 引っ越しました。");
  await own.page.click(".record-form button.solid");
  await own.judge("transfer offered ja");
  const transfer = own.page.url().split("?")[0];
  await other.page.goto(site);
  await credentials(other.page, PASSWORD, "midori@mihon.example");
  await other.page.fill("#code", codeOf(secondSecret));
  await other.page.click("main form button");
  await other.page.waitForURL(/today/);
  await other.judge("today second centre ja");
  const answer = await other.page.goto(origin + person);
  must(answer.status() === 404, "who is another health centre's isn't found");
  await other.judge("person of another centre ja");
  for (const language of ["en", "ja"]) {
    await other.page.goto(`${site}/language/${language}?back=${new URL(transfer).pathname}`);
    await other.judge(`transfer received ${language}`);
  }
  await other.page.click("button[value=accept]");
  await other.judge("transfer accepted ja");
  const gone = await own.page.goto(origin + person);
  must(gone.status() === 404, "who was accepted is the other health centre's");
  await own.page.goto(`${site}/today`);
  must((await own.page.locator(".transfer-lines tbody tr").count()) === 2, "the acceptance and the other offer are on Today");
  await own.judge("today transfers ja");
  await own.close();
  await other.close();
}

// Search, a person, a change that shows its effect first.
async function patients(reader, language) {
  const { page } = reader;
  await page.goto(`${site}/patients`);
  await reader.judge(`patients ${language}`);
  await page.fill("#text", "ミホン");
  await page.click("form.search button");
  must(!decodeURIComponent(page.url()).includes("ミホン"), "what is searched for isn't in the address");
  await page.fill("#text", "1000001");
  await page.click("form.search button");
  await reader.judge(`patients found ${language}`);
  must((await page.locator("table.people tbody tr").count()) === 1, "an ID finds one person");
  await page.locator("table.people tbody a").first().click();
  await reader.judge(`person ${language}`);
  const person = page.url();
  await page.goto(`${person}/change`);
  await reader.judge(`change ${language}`);
  await page.locator("input[name=call_times], #call_times").first().fill(language === "ja" ? "930" : "１０：１５");
  await page.locator("button[value=preview]").click();
  await reader.judge(`change previewed ${language}`);
  must((await page.locator("section.effect").count()) === 1, "the effect is said before saving");
  await page.locator("button[value=save]").click();
  must((await page.locator(".banner.ok").count()) === 1, "it is said that the change was saved");
  await reader.judge(`person changed ${language}`);
  await page.goto(`${person}/stop`);
  await reader.judge(`stop ${language}`);
  await page.goto(`${site}/patients/new`);
  await reader.judge(`register ${language}`);
  await page.locator("form.record-form button").first().click();
  await reader.judge(`register wrong ${language}`);
}

// A list is uploaded, seen as a dry run and imported. Then some people are changed at once, and changed back.
async function lists(reader, language) {
  const { page } = reader;
  await page.goto(`${site}/patients/imports`);
  await reader.judge(`imports ${language}`);
  const id = language === "ja" ? "3000001" : "3000002";
  const list = `HER-SYS ID,生年月日,姓,名\n${id},昭和23年4月12日,見本,新子\n12,1980-04-01,見本,誤\n`;
  await page.setInputFiles("#file", { name: "mihon.csv", mimeType: "text/csv", buffer: Buffer.from(list) });
  await page.click("form.upload-form button");
  await page.waitForURL("**/patients/imports/*");
  await reader.judge(`dry run ${language}`);
  must((await page.locator(".upload-rows tbody tr").count()) === 1, "the faulty row is shown first");
  await page.locator(".upload-tabs a").nth(2).click();
  await reader.judge(`dry run new ${language}`);
  await page.click(".upload-actions button.solid");
  must((await page.locator(".banner.ok").count()) === 1, "it is said that the list was imported");
  await reader.judge(`imported ${language}`);
  await page.goto(`${site}/patients`);
  await page.locator(".bulk-tick input").first().check();
  await page.fill("#times", language === "ja" ? "18:30" : "18:45");
  await page.click(".bulk-bar button");
  await page.waitForURL("**/patients/bulk/*");
  await reader.judge(`bulk previewed ${language}`);
  await page.locator("section.effect form button").click();
  must((await page.locator(".banner.ok").count()) === 1, "it is said how many were changed");
  await reader.judge(`bulk changed ${language}`);
  await page.locator("form[action$='/undo'] button").click();
  await reader.judge(`bulk undone ${language}`);
}

async function calls(reader, language) {
  const { page } = reader;
  await page.goto(`${site}/calls`);
  await reader.judge(`calls ${language}`);
  await page.locator("[aria-labelledby=log] tbody th a").first().click();
  await reader.judge(`call ${language}`);
  await page.goto(`${site}/calls/unknown`);
  await reader.judge(`calls unknown ${language}`);
}

// An administrator sees the settings with their effect, colleagues and the trail.
async function administrator() {
  const reader = await browser.reader();
  const { page } = reader;
  await page.goto(site);
  await credentials(page, PASSWORD, "kenji@mihon.example");
  await page.fill("#code", codeOf(administratorSecret));
  await page.click("main form button");
  await page.waitForURL(`${site}/today`);
  for (const language of ["ja", "en"]) {
    await page.goto(`${site}/language/${language}?back=/console/settings`);
    await reader.judge(`settings ${language}`);
    const groups = await page.locator("main a[href*='/settings/']").evaluateAll((links) => links.map((link) => link.href));
    for (const group of new Set(groups.filter((href) => !href.includes("/history")))) {
      await page.goto(group);
      await reader.judge(`${new URL(group).pathname.split("/").slice(2).join(" ")} ${language}`);
    }
    for (const part of ["settings/history", "rota", "rota/change", "staff", "staff/invite", "audit", "patients/retention", "patients/columns"]) {
      await page.goto(`${site}/${part}`);
      await reader.judge(`${part.replace("/", " ")} ${language}`);
    }
    await furtherPages(reader, language);
  }
  await reader.close();
}

// The pages that no other walk comes to.
async function furtherPages(reader, language) {
  const { page } = reader;
  const { origin } = new URL(site);
  await page.goto(`${site}/patients?today=missing`);
  await page.click("main a[href*='/patients/filters?']");
  await reader.judge(`filters ${language}`);
  await page.fill("#name", `見本の条件 ${language}`);
  await page.locator("main form button.solid").first().click();
  await reader.judge(`filter saved ${language}`);
  await page.goto(`${site}/patients/filters`);
  await page.locator("main a[href*='/patients/filters/']").first().click();
  await reader.judge(`filter change ${language}`);
  await page.goto(`${site}/staff`);
  await page.locator("main a[href$='/deactivate']").first().click();
  await reader.judge(`deactivate ${language}`);
  const past = await page.goto(`${site}/settings/history`).then(() => page.locator("main a[href*='/settings/history/']"));
  if (await past.count()) {
    await past.first().click();
    await reader.judge(`settings undo ${language}`);
  }
  await page.goto(`${site}/patients`);
  const people = page.locator("tr", { has: page.locator("td.num b, .severity") }).locator("th a");
  const person = await people.or(page.locator("tbody th a")).first().getAttribute("href");
  await page.goto(`${origin}${person}/release`);
  await reader.judge(`release ${language}`);
  await page.goto(`${origin}${person}`);
  await page.locator("a[href$='/correct']").first().click();
  await reader.judge(`correct ${language}`);
  await page.goto(`${origin}${person}/calls`);
  const call = page.locator("main a[href*='/calls/']");
  if (await call.count()) {
    await call.first().click();
    await reader.judge(`call of a person ${language}`);
  }
}

async function withoutScript(width) {
  const reader = await browser.reader({ script: false, width });
  const { page } = reader;
  await page.goto(site);
  await credentials(page, PASSWORD);
  await page.locator("main a", { hasText: "回復コード" }).click();
  await page.fill("#code", recovery.split(" ")[width > 500 ? 0 : 1]);
  await page.click("main form button");
  await page.waitForURL(/today/);
  // A stop request has another form.
  await todayWith(page, "section.group:not(.stop-request)");
  await page.locator("section.group:not(.stop-request) .c-action form button").first().click();
  await page.locator("input[name=reason]").first().check();
  await page.fill("#note", "見本: 電話で確かめた");
  await page.click("form.close button");
  await reader.judge(`closed without script at ${width}`);
  must((await page.locator(".banner.ok").count()) === 1, "without script, a line is closed");
  await page.goto(`${site}/account`);
  await page.click("header form button");
  must(page.url().includes("/log-in"), "without script, one logs out");
  await page.goto(`${site}/today`);
  must(page.url().includes("/log-in"), "who has logged out sees nothing");
  await reader.close();
}

// The first stop leads to the content, and focus can be seen wherever it is.
async function byKeyboard(cookies) {
  const reader = await browser.reader({ cookies });
  const { page } = reader;
  await page.goto(`${site}/today`);
  await page.keyboard.press("Tab");
  must((await page.evaluate("document.activeElement.hash")) === "#main", "the first stop leads to the content");
  await page.keyboard.press("Enter");
  let stops = 0;
  for (; ; stops += 1) {
    await page.keyboard.press("Tab");
    const [outline, name] = await page.evaluate(`(() => {
      const style = getComputedStyle(document.activeElement);
      return [style.outlineStyle + style.boxShadow, document.activeElement.outerHTML.slice(0, 120)];
    })()`);
    // After the last stop, the browser's own.
    if (name.startsWith("<body")) break;
    must(outline !== "nonenone", `focus is seen on ${name}`);
  }
  must(stops >= 4, "the links of Today are reached");
  await reader.close();
}

// The demonstration's page for everybody.
async function statusPage() {
  const reader = await browser.reader();
  const { page } = reader;
  await page.goto(new URL("/", site).href);
  await reader.judge("status");
  const time = () => page.locator("time").innerText();
  const before = await time();
  while ((await time()) === before) await page.waitForTimeout(500);
  await page.click("#stop");
  await reader.judge("status stopped");
  await reader.close();
}

// Somebody of the help desk sets up an account, logs in, and sees figures alone.
async function invited() {
  const reader = await browser.reader();
  const { page } = reader;
  await page.goto(`${site}/invitation/${invitation}`);
  await reader.judge("invitation ja");
  await page.fill("#password", "short");
  await page.click("main form button");
  await reader.judge("invitation wrong ja");
  await page.fill("#password", PASSWORD);
  await page.fill("#again", PASSWORD);
  await page.click("main form button");
  await reader.judge("authenticator ja");
  const own = await page.innerText(".secret");
  await page.fill("#code", codeOf(own, Date.now() - 30_000));
  await page.click("main form button");
  await reader.judge("recovery codes ja");
  must((await page.locator(".codes li").count()) === 10, "there are ten recovery codes");
  await page.goto(site);
  await credentials(page, PASSWORD, "momoko@mihon.example");
  await page.fill("#code", codeOf(own));
  await page.click("main form button");
  for (const language of ["ja", "en"]) {
    await page.goto(`${site}/language/${language}?back=/console/figures`);
    await reader.judge(`figures ${language}`);
  }
  await page.goto(`${site}/today`);
  must((await page.locator(".lines").count()) === 0, "the help desk sees no person");
  await passkey(reader);
  await unlocking(reader);
  await reader.close();
}

// Chromium's virtual device adds a passkey and logs in by it, after it has refused once.
async function passkey(reader) {
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
  await page.goto(`${site}/language/ja?back=/console/account`);
  await page.click("main a[href$='/account/passkeys']");
  await reader.judge("passkeys ja");
  await page.fill("#name", "窓口のパソコン");
  await page.click("form[data-passkey] button");
  await page.waitForURL(`${site}/account/passkeys?changed=1`);
  must((await page.locator(".passkey-list li").count()) === 1, "the passkey is listed");
  await reader.judge("passkeys added ja");
  await page.goto(`${site}/language/en?back=/console/account/passkeys`);
  await reader.judge("passkeys added en");
  await page.goto(`${site}/language/ja?back=/console/account`);
  await page.click("header form button");
  await credentials(page, PASSWORD, "momoko@mihon.example");
  await reader.judge("second-factor passkey ja");
  await devices.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false });
  await page.click("#passkey");
  await page.waitForSelector("[data-failed]:not([hidden])");
  await reader.judge("second-factor passkey refused ja");
  await devices.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: true });
  await page.click("#passkey");
  await page.waitForURL(`${site}/figures`);
}

// The help desk issues a code, and a nurse sets up a new authenticator by it. Where to turn, beside it.
async function unlocking(reader) {
  const { page } = reader;
  for (const language of ["ja", "en"]) {
    await page.goto(`${site}/language/${language}?back=/console/where-to-turn`);
    await reader.judge(`where-to-turn ${language}`);
    await page.fill("#place", "どこにもない市");
    await page.click("form.turn-search button");
    await reader.judge(`where-to-turn nothing ${language}`);
    await page.goto(`${site}/staff`);
    await reader.judge(`staff of the help desk ${language}`);
    await page.locator("tr", { hasText: EMAIL }).locator("a[href$='/unlock']").click();
    await reader.judge(`unlock ${language}`);
  }
  await page.goto(`${site}/language/ja?back=${new URL(page.url()).pathname}`);
  await page.click("main form button");
  await reader.judge("unlock issued ja");
  const code = await page.innerText(".unlock-code");
  const nurse = await browser.reader();
  await nurse.page.goto(site);
  await credentials(nurse.page, PASSWORD);
  await nurse.page.click("main a[href$='/log-in/unlock']");
  await nurse.judge("unlock code ja");
  await nurse.page.fill("#code", "0000-0000-0000-0000");
  await nurse.page.click("main form button");
  await nurse.judge("unlock code wrong ja");
  await nurse.page.fill("#code", code);
  await nurse.page.click("main form button");
  await nurse.page.waitForSelector(".qr");
  await nurse.judge("unlock authenticator ja");
  await nurse.page.fill("#code", codeOf(await nurse.page.innerText(".secret")));
  await nurse.page.click("main form button");
  await nurse.judge("unlock done ja");
  must((await nurse.page.locator(".codes li").count()) === 10, "there are ten new recovery codes");
  await nurse.close();
}

// A round to its first person, a form with a mistake, a person's other pages, and the handover.
async function rounds(reader, language) {
  const { page } = reader;
  await page.goto(`${site}/round`);
  await reader.judge(`round ${language}`);
  await page.click("form[action$='/round/next'] button");
  await reader.judge(`round person ${language}`);
  must((await page.locator("a[href^='tel:']").count()) >= 1, "the number can be dialled");
  await page.fill("#body_temperature", "52");
  await page.click("button[value=save]");
  await reader.judge(`round wrong ${language}`);
  must((await page.inputValue("#body_temperature")) === "52", "what was typed is kept beside an error");
  const person = page.url().split("/report")[0];
  await page.click("button[value=not-reached]");
  await page.goto(`${person}/calls`);
  await reader.judge(`person calls ${language}`);
  await page.goto(`${person}/diagnosis`);
  await reader.judge(`diagnosis ${language}`);
  await page.goto(`${site}/handover`);
  await reader.judge(`handover ${language}`);
}
