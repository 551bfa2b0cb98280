// Opens a report in Chromium and checks what a reader needs of it, on a desktop
// and on a phone: no message on the console, no request, every figure visible,
// no page wider than the screen, tables that sort, and nothing that axe-core
// finds. Prints a JSON list of what is wrong, one sentence each.
//
//   node check.mjs CHROMIUM REPORT [FOLDER FOR SCREENSHOTS AND PDF]
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { join } from "node:path";
import { readFileSync } from "node:fs";
import puppeteer from "puppeteer-core";

const [chromium, file, pictures] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const address = pathToFileURL(file).href;
const wrong = [];

// The report forbids scripts that are not its own, so that axe is run past its
// policy, on a page of its own.
async function open(browser, width, bypass) {
  const page = await browser.newPage();
  await page.setBypassCSP(bypass);
  await page.setViewport({ width, height: 900, isMobile: width < 600, hasTouch: width < 600 });
  page.on("console", (m) => wrong.push(`${width} px: console: ${m.text()}`));
  page.on("pageerror", (e) => wrong.push(`${width} px: error: ${e.message}`));
  page.on("request", (r) => {
    if (r.url() !== address && !r.url().startsWith("data:")) wrong.push(`${width} px: request of ${r.url()}`);
  });
  await page.goto(address, { waitUntil: "load" });
  return page;
}

async function look(browser, width) {
  const page = await open(browser, width, false);
  if (pictures) {
    await page.screenshot({ path: join(pictures, `first-${width}.png`) });
    await page.screenshot({ path: join(pictures, `page-${width}.png`), clip: { x: 0, y: 0, width, height: 9000 }, captureBeyondViewport: true });
  }
  const found = await page.evaluate(() => {
    const found = [];
    const root = document.documentElement;
    if (root.scrollWidth > root.clientWidth) found.push(`the page is ${root.scrollWidth} px wide`);
    const figures = [...document.querySelectorAll("figure")];
    if (figures.length === 0) found.push("no figure");
    for (const f of figures) {
      const svg = f.querySelector("svg");
      const box = svg?.getBoundingClientRect();
      if (!svg || box.width < 100 || box.height < 50 || !svg.checkVisibility()) found.push(`${f.id} is not visible`);
      if (!svg?.querySelector("text")) found.push(`${f.id} has no text`);
      if (!f.querySelector("a[download][href^='data:']")) found.push(`${f.id} has no values to download`);
    }
    const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
    for (const id of ids.filter((id, i) => ids.indexOf(id) !== i)) found.push(`the id ${id} occurs twice`);
    for (const a of document.querySelectorAll("a[href^='#']")) {
      if (!document.getElementById(a.getAttribute("href").slice(1))) found.push(`${a.getAttribute("href")} leads nowhere`);
    }
    return found;
  });
  found.push(...await sorts(page));
  wrong.push(...found.map((f) => `${width} px: ${f}`));
  await page.close();

  const tested = await open(browser, width, true);
  await tested.evaluate(axe);
  const { violations } = await tested.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  for (const v of violations) wrong.push(`${width} px: axe: ${v.id}: ${v.help}, such as ${v.nodes[0].html.slice(0, 200)} (${v.nodes.length})`);
  await tested.close();
}

// The first head of every table sorts by keyboard, every head by a press of its
// button: up, then down.
async function sorts(page) {
  const found = [];
  for (const table of await page.$$("table.sortable")) {
    const button = await table.$("thead th button");
    if (!button) {
      found.push("a table has no buttons");
      continue;
    }
    await button.focus();
    await page.keyboard.press("Enter");
    if (await button.evaluate((b) => b.closest("th").getAttribute("aria-sort")) !== "ascending") found.push("a table does not sort by keyboard");
    await button.evaluate((b) => b.closest("th").removeAttribute("aria-sort"));
  }
  return found.concat(await page.evaluate(() => {
    const found = [];
    for (const button of document.querySelectorAll("table.sortable thead th button")) {
      const head = button.closest("th"), table = button.closest("table");
      for (const [want, sign] of [["ascending", 1], ["descending", -1]]) {
        button.click();
        const name = `${table.id}, ${button.textContent}, ${want}`;
        const texts = [...table.tBodies[0].rows].map((r) => r.cells[head.cellIndex].textContent.trim());
        const filled = texts.filter((t) => t !== "");
        const numbers = filled.map((t) => Number(t.replaceAll(",", "")));
        if (head.getAttribute("aria-sort") !== want) found.push(`${name}: aria-sort is ${head.getAttribute("aria-sort")}`);
        if (texts.slice(filled.length).some((t) => t !== "")) found.push(`${name}: an empty cell is not last`);
        if (!numbers.some(Number.isNaN) && numbers.some((n, i) => i > 0 && sign * (n - numbers[i - 1]) < 0)) found.push(`${name}: not sorted`);
      }
    }
    return found;
  }));
}

const browser = await puppeteer.launch({ executablePath: chromium, args: ["--no-sandbox", "--disable-gpu"] });
try {
  for (const width of [1280, 390]) await look(browser, width);
  if (pictures) {
    const page = await open(browser, 1280, false);
    await page.pdf({ path: join(pictures, "report.pdf"), preferCSSPageSize: true, printBackground: true });
  }
} finally {
  await browser.close();
}
console.log(JSON.stringify(wrong, null, 1));
