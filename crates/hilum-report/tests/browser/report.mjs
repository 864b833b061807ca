// Works the report in a real browser. Run by hand, never by `cargo test`:
//
//     cargo run -p hilum-report --example trial -- FOLDER
//     npm install playwright-core        (in any folder; downloads no browser)
//     CHROMIUM=/usr/bin/chromium node crates/hilum-report/tests/browser/report.mjs FOLDER/report.html
//
// With npm's folder elsewhere, give its path: PLAYWRIGHT=.../node_modules/playwright-core/index.mjs
import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";

const from = process.env.PLAYWRIGHT ? pathToFileURL(process.env.PLAYWRIGHT).href : "playwright-core";
const { chromium } = await import(from);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});
const page = await browser.newPage({ viewport: { width: 1300, height: 820 } });
const complaints = [];
page.on("console", (message) => complaints.push(message.text()));
page.on("pageerror", (error) => complaints.push(error.message));
page.on("request", (request) => /^(data|file):/.test(request.url()) || complaints.push(request.url()));
await page.goto(pathToFileURL(process.argv[2]).href);

const column = (n) => page.$$eval("table.scans tbody tr:not([hidden])", (rows, n) => rows.map((r) => r.cells[n].textContent), n);
const name = () => page.textContent("#viewer-name");
const all = (await column(0)).length;

// Sorting: by click, by keyboard; scans without a value stay last; the wall follows.
const ratio = page.locator("thead th button", { hasText: "Dense / lung" });
await ratio.click();
const values = (await column(3)).filter(Boolean).map(Number);
assert.deepEqual(values, values.toSorted((a, b) => b - a));
assert.equal(await page.$eval("thead th:nth-child(4)", (head) => head.ariaSort), "descending");
await ratio.press("Enter");
assert.deepEqual((await column(3)).filter(Boolean).map(Number), values.toReversed());
assert.equal((await column(3)).at(-1), "");
assert.equal(await page.textContent(".wall .scan h3 a"), (await column(0))[0]);

// Filter: text, class, status, nothing left, all again.
await page.fill("#find", "covid thick");
assert.ok((await column(0)).every((id) => id.startsWith("covid")) && (await column(0)).length < all);
await page.fill("#find", "");
await page.locator("fieldset[data-by=status] label").first().click();
assert.ok(!(await column(2)).includes("measured"));
await page.fill("#find", "no such scan");
assert.ok(await page.isVisible("#no-match"));
await page.click("#reset");
assert.equal((await column(0)).length, all);

// The enlarged view: opened by row, stepped by arrows, masks by key, closed by Escape.
await page.locator("table.scans tbody tr td").nth(1).click();
const names = await column(0);
assert.equal(await name(), names[0]);
await page.keyboard.press("ArrowRight");
assert.equal(await name(), names[1]);
await page.keyboard.press("ArrowLeft");
await page.keyboard.press("ArrowLeft");
assert.equal(await name(), names.at(-1));
await page.keyboard.press("m");
assert.equal(await page.$eval("html", (html) => html.className), "no-masks");
await page.keyboard.press("m");
await page.keyboard.press("Escape");
assert.equal(await page.$eval("#viewer", (viewer) => viewer.open), false);

// A dot lights its scan everywhere and opens it.
const dot = page.locator("#figures .dot").first();
await dot.hover();
assert.deepEqual(await page.$$eval(".hot", (hot) => hot.map((e) => e.tagName)), ["circle", "circle", "ARTICLE", "TR"]);
assert.ok(await page.isVisible("#tip"));
await dot.click();
assert.equal(await name(), "healthy_001");
await page.click("#close");

// On a telephone nothing is wider than the screen.
await page.setViewportSize({ width: 420, height: 860 });
assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 420);
assert.deepEqual(complaints, []);
await browser.close();
console.log("the report works in the browser");
