// The report reads whole without this script; it adds the enlarged view, filter, sorting, highlighting and the theme switch.
"use strict";
(() => {
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const FIRST_CARDS = 60;
  const colourOf = (card) => card.className.match(/k\d/)[0];

  const cards = all(".scan");
  const body = one("table.scans tbody");
  const rows = all("tr", body);
  const marks = new Map(); // scan -> every element that stands for it
  for (const element of all("[data-scan]")) {
    const scan = Number(element.dataset.scan);
    if (!marks.has(scan)) marks.set(scan, []);
    marks.get(scan).push(element);
  }
  let order = cards.map((_, scan) => scan); // as sorted
  let shown = order; // sorted and filtered
  let showAll = false;

  // --- highlighting -------------------------------------------------------------------------------------------------
  const tip = one("#tip");
  let hot = null;

  function highlight(scan) {
    if (scan === hot) return;
    for (const element of marks.get(hot) ?? []) element.classList.remove("hot");
    hot = scan;
    for (const element of marks.get(scan) ?? []) element.classList.add("hot");
  }

  function showTip(dot) {
    const card = cards[Number(dot.dataset.scan)];
    const words = document.createElement("p");
    words.textContent = [...one("h3", card).children].map((part) => part.textContent).join(", ");
    const picture = one(".picture", card).cloneNode(true);
    tip.className = colourOf(card);
    tip.replaceChildren(picture, words);
    tip.hidden = false;
    const at = dot.getBoundingClientRect();
    const box = tip.getBoundingClientRect();
    const left = Math.min(Math.max(8, at.left + at.width / 2 - box.width / 2), innerWidth - box.width - 8);
    const above = at.top - box.height - 10;
    tip.style.left = `${left}px`;
    tip.style.top = `${above > 8 ? above : at.bottom + 10}px`;
  }

  for (const title of all(".dot title")) title.remove(); // the picture tip replaces the browser's own
  document.addEventListener("pointerover", (event) => {
    const element = event.target.closest?.("[data-scan]");
    highlight(element ? Number(element.dataset.scan) : null);
    if (element?.classList.contains("dot")) showTip(element);
    else tip.hidden = true;
  });

  // --- masks --------------------------------------------------------------------------------------------------------
  function toggleMasks() {
    const off = document.documentElement.classList.toggle("no-masks");
    for (const button of all(".masks[aria-pressed]")) button.setAttribute("aria-pressed", String(!off));
  }
  for (const button of all(".masks[aria-pressed]")) button.addEventListener("click", toggleMasks);

  // --- the enlarged view --------------------------------------------------------------------------------------------
  const viewer = one("#viewer");
  let current = null;

  function open(scan) {
    const card = cards[scan];
    if (!card) return;
    current = scan;
    highlight(scan);
    tip.hidden = true;
    const link = one("h3 a", card);
    one("#viewer-name").textContent = link.textContent;
    const place = shown.indexOf(scan);
    one(".where", viewer).textContent = place < 0 ? "" : `${place + 1} of ${shown.length}`;
    const view = one(".view", viewer);
    view.replaceChildren(...[...one(".picture", card).children].map((part) => part.cloneNode(true)));
    view.className = `view ${colourOf(card)}`;
    if (one("img", view)) {
      for (const [side, letter] of [["right", "R"], ["left", "L"]]) {
        const label = document.createElement("span");
        label.className = `side-of ${side}`;
        label.textContent = letter;
        label.title = `the patient's ${side}`;
        view.append(label);
      }
    }
    const facts = one(".facts", card).cloneNode(true);
    facts.hidden = false;
    one(".side", viewer).replaceChildren(facts);
    one(".side", viewer).scrollTop = 0;
    if (!viewer.open) viewer.showModal();
  }

  function step(by) {
    const list = shown.includes(current) ? shown : order;
    open(list[(list.indexOf(current) + by + list.length) % list.length]);
  }

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open]") ?? event.target.closest(".dot, table.scans tbody tr");
    if (!opener || event.target.closest("#tip")) return;
    event.preventDefault();
    open(Number(opener.dataset.open ?? opener.dataset.scan));
  });
  for (const button of all("[data-step]", viewer)) {
    button.addEventListener("click", () => step(Number(button.dataset.step)));
  }
  one("#close").addEventListener("click", () => viewer.close());
  viewer.addEventListener("click", (event) => {
    if (event.target === viewer) viewer.close(); // the backdrop
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input[type=search]")) return;
    if (event.key === "m") toggleMasks();
    if (!viewer.open) return;
    if (event.key === "ArrowLeft") step(-1);
    if (event.key === "ArrowRight") step(1);
  });

  // --- filter -------------------------------------------------------------------------------------------------------
  const form = one("form.filter");
  const find = one("#find");
  const onlyWarned = one("#only-warned");
  const chosen = (by) => new Set(all(`[data-by=${by}] input:checked`, form).map((input) => input.value));

  function apply() {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    const classes = one("[data-by=class]", form) && chosen("class");
    const statuses = chosen("status");
    const fits = cards.map(({ dataset }) =>
      words.every((word) => dataset.find.includes(word)) &&
      (!classes || classes.has(dataset.class)) &&
      statuses.has(dataset.status) &&
      (!onlyWarned?.checked || dataset.warned === "true"));
    shown = order.filter((scan) => fits[scan]);
    const visible = new Set(showAll ? shown : shown.slice(0, FIRST_CARDS));
    cards.forEach((card, scan) => { card.hidden = !visible.has(scan); });
    rows.forEach((row, scan) => { row.hidden = !fits[scan]; });
    for (const dot of all(".dot")) dot.classList.toggle("dim", !fits[Number(dot.dataset.scan)]);
    one("output", form).textContent = `${shown.length} of ${cards.length}`;
    const more = one("#more");
    more.hidden = visible.size === shown.length;
    more.textContent = `Show all ${shown.length} scans`;
    one("#no-match").hidden = shown.length > 0 || cards.length === 0;
  }

  function reset() {
    find.value = "";
    for (const input of all("input[type=checkbox]", form)) input.checked = input !== onlyWarned;
    apply();
  }

  form.hidden = cards.length === 0;
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  one("#reset").addEventListener("click", reset);
  one("#more").addEventListener("click", () => { showAll = true; apply(); });
  for (const link of all("a[data-find]")) {
    link.addEventListener("click", () => { reset(); find.value = link.dataset.find; apply(); });
  }

  // --- sorting ------------------------------------------------------------------------------------------------------
  const heads = all("table.scans thead th");
  const inOrder = new Intl.Collator(undefined, { numeric: true }).compare;

  function sortBy(column, direction) {
    const value = (scan) => {
      const cell = rows[scan].cells[column];
      if ("v" in cell.dataset) return Number(cell.dataset.v);
      return cell.classList.contains("num") ? null : cell.textContent;
    };
    const values = cards.map((_, scan) => value(scan));
    order = cards.map((_, scan) => scan).sort((a, b) => {
      const [x, y] = [values[a], values[b]];
      if (x === null || y === null) return (x === null) - (y === null) || a - b; // unmeasured last, both ways
      return direction * (typeof x === "number" ? x - y : inOrder(x, y)) || a - b;
    });
    body.append(...order.map((scan) => rows[scan]));
    one(".wall").append(...order.map((scan) => cards[scan]));
    heads.forEach((head, i) => head.setAttribute("aria-sort", i !== column ? "none" : direction > 0 ? "ascending" : "descending"));
    apply();
  }

  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    head.setAttribute("aria-sort", "none");
    button.addEventListener("click", () => {
      // Numbers start with the largest: that is what one looks for first.
      const first = head.classList.contains("num") ? "descending" : "ascending";
      const next = head.getAttribute("aria-sort") === "none" ? first
        : head.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
      sortBy(column, next === "ascending" ? 1 : -1);
    });
  });

  // --- theme and copying --------------------------------------------------------------------------------------------
  const theme = one("#theme");
  const prefersDark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (document.documentElement.dataset.theme ?? (prefersDark.matches ? "dark" : "light")) === "dark";
  const nameTheme = () => { theme.textContent = isDark() ? "Light" : "Dark"; };
  theme.hidden = false;
  theme.addEventListener("click", () => {
    document.documentElement.dataset.theme = isDark() ? "light" : "dark";
    nameTheme();
  });
  prefersDark.addEventListener("change", nameTheme);
  nameTheme();

  const copy = one("#copy");
  copy.hidden = !navigator.clipboard;
  copy.addEventListener("click", async () => {
    const paragraphs = all("#methods-text p").map((p) => p.textContent);
    await navigator.clipboard.writeText(paragraphs.join("\n\n"));
    copy.textContent = "Copied";
  });

  apply();
})();
