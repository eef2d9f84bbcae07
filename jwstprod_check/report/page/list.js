"use strict";
// The list of files, its filters, and the page of a file: of the report, and of the page that checks files in the browser.
const fileList = (() => {
  const byId = (id) => document.getElementById(id);
  const ROW = 26;
  const MARKS = {ok: "\u2713", absent: "\u2013", ignored: "~", missing: "\u2717", error: "\u2717", warning: "!", present: "\u00b7"};
  const STATES = {conforming: "ok", nonconforming: "error", unverified: "warning", "left-out": "absent"};
  const VERDICTS = Object.keys(STATES);
  const SEVERITIES = ["error", "warning", "info", "not-checked"];
  const MAX_COLUMNS = 60;
  const form = byId("filters"), grid = byId("grid"), head = byId("head"), rows = byId("rows");
  const detail = byId("detail"), printed = byId("print"), narrow = matchMedia("(max-width: 40rem)");
  // In the order of the run, by which the address names them, and in the order of the list.
  let files = [], ordered = [], manuals = {}, omitted = 0;
  let shown = [], columns = [], places = new Map(), template = "", active = 0, opened = -1, drawnRows = null;
  let onOpen = () => {};

  const make = (name, className, text) => {
    const node = document.createElement(name);
    if (className) node.className = className;
    if (text !== undefined) node.textContent = text;
    return node;
  };

  // A node of markup as the program writes it: a text, or a name, attributes and children. No text becomes markup.
  const drawn = (node) => {
    if (typeof node === "string") return document.createTextNode(node);
    const [name, attributes, children] = node;
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children.map(drawn));
    return element;
  };

  // What fails comes first, then what has warnings.
  const urgency = (file) => {
    if (file.v === "conforming") return file.severities.includes("warning") ? 2 : 3;
    return {nonconforming: 0, unverified: 1}[file.v] ?? 4;
  };

  // The page of a file is text, and is read when the file is opened.
  const add = (file, page) => {
    file.index = files.length;
    file.page = page;
    file.codes = Object.keys(file.c);
    file.families = [...new Set(file.codes.map((code) => code.replace(/[0-9]+$/, "")))];
    file.severities = [...new Set(Object.values(file.c))];
    file.text = `${file.p} ${file.s} ${file.v} ${file.codes.join(" ")} ${file.t}`.toLowerCase();
    files.push(file);
  };

  // Show what was added; what is chosen, and the place in the list, stay.
  const update = (known, left = 0) => {
    manuals = {...manuals, ...known};
    omitted = left;
    ordered = [...files].sort((a, b) => urgency(a) - urgency(b) || a.index - b.index);
    fillFilters();
    byId("list").hidden = false;
    filter(true);
  };

  const clear = () => {
    close();
    files = [];
    ordered = [];
    manuals = {};
    form.reset();
    update({});
    byId("list").hidden = true;
    toAddress();
  };

  const state = () => {
    const values = {};
    for (const field of form.elements) if (field.name && field.value) values[field.name] = field.value;
    if (opened >= 0) values.file = String(opened);
    return values;
  };

  const toAddress = () => {
    const hash = new URLSearchParams(state()).toString();
    history.replaceState(null, "", hash ? `#${hash}` : location.pathname + location.search);
  };

  const fromAddress = () => {
    const values = new URLSearchParams(location.hash.slice(1));
    // A link to a file alone leaves the filters as they are.
    if (!(values.has("file") && [...values.keys()].length === 1)) {
      for (const field of form.elements) {
        if (!field.name) continue;
        const value = values.get(field.name) ?? "";
        if (field.options && value && ![...field.options].some((o) => o.value === value)) field.add(new Option(value, value));
        field.value = value;
      }
    }
    filter();
    const file = values.get("file");
    if (file !== null && files[Number(file)]) open(Number(file)); else close();
    const changed = [...values.keys()].some((key) => key !== "file");
    if (changed && file === null) byId("list").scrollIntoView();
  };

  const filter = (stay = false) => {
    const wanted = state();
    const words = (wanted.q ?? "").toLowerCase().split(/\s+/).filter(Boolean);
    shown = ordered.filter((file) =>
      (!wanted.verdict || file.v === wanted.verdict) &&
      (!wanted.product || file.s === wanted.product) &&
      (!wanted.code || wanted.code in file.c) &&
      (!wanted.severity || file.severities.includes(wanted.severity)) &&
      (!wanted.family || file.families.includes(wanted.family)) &&
      words.every((word) => file.text.includes(word)));
    active = stay ? Math.max(0, Math.min(active, shown.length - 1)) : 0;
    const also = omitted ? `; ${omitted.toLocaleString("en")} more that conform are not in the page` : "";
    byId("shown").textContent = `${shown.length.toLocaleString("en")} of ${files.length.toLocaleString("en")} files${also}`;
    layOut();
    if (!stay) grid.scrollTop = 0;
    draw();
  };

  // The columns of the matrix: the EXTNAMEs of the files that are shown, in the order in which files have them. A narrow
  // screen has room for none.
  const layOut = () => {
    const counts = new Map();
    for (const file of shown) for (const [name] of file.m) counts.set(name, (counts.get(name) ?? 0) + 1);
    columns = narrow.matches ? [] : [...counts.keys()];
    if (columns.length > MAX_COLUMNS) {
      const least = [...counts.values()].sort((a, b) => b - a)[MAX_COLUMNS - 1];
      columns = columns.filter((name) => counts.get(name) >= least).slice(0, MAX_COLUMNS);
    }
    places = new Map(columns.map((name, at) => [name, at + 5]));
    template = `2rem minmax(0, 1fr) 9rem 14rem ${columns.length ? `repeat(${columns.length}, 1.7rem)` : ""}`;
    if (narrow.matches) template = "2rem minmax(0, 1fr) 0 8rem";
    grid.style.setProperty("--least", narrow.matches ? "0" : `${53 + columns.length * 1.7}rem`);
    head.style.gridTemplateColumns = template;
    const names = ["", "File", "Product", "Findings"].map((name) => make("span", name.toLowerCase(), name));
    head.replaceChildren(...names, ...columns.map((name) => {
      const cell = make("span", "x", name);
      cell.title = name;
      return cell;
    }));
    for (const cell of head.children) cell.setAttribute("role", "columnheader");
    grid.setAttribute("aria-rowcount", String(shown.length + 1));
    grid.setAttribute("aria-colcount", String(columns.length + 4));
    rows.style.height = `${shown.length * ROW}px`;
    drawnRows = null;
  };

  const marked = (className, kind, title) => {
    const cell = make("span", `${className} m-${kind}`, MARKS[kind]);
    cell.title = title;
    cell.setAttribute("aria-label", title);
    return cell;
  };

  const rowOf = (at) => {
    const file = shown[at];
    const row = make("div", at === active ? "active" : "");
    row.setAttribute("role", "row");
    row.setAttribute("aria-rowindex", String(at + 2));
    row.id = `row-${at}`;
    row.style.top = `${at * ROW}px`;
    row.style.gridTemplateColumns = template;
    const path = make("span", "path");
    path.append(make("bdi", "", file.p));
    path.title = file.p;
    const codes = make("span", "codes");
    for (const [code, severity] of Object.entries(file.c).sort((a, b) => SEVERITIES.indexOf(a[1]) - SEVERITIES.indexOf(b[1])))
      codes.append(make("span", `m-${severity}`, code), " ");
    row.append(marked("", STATES[file.v], file.v), path, make("span", "product", file.s), codes);
    for (const [name, kind, count] of file.m) {
      const place = places.get(name);
      if (place === undefined) continue;
      const cell = marked("x", kind, `${name}: ${kind}${count > 1 ? `, ${count} HDUs` : ""}`);
      cell.style.gridColumn = String(place);
      cell.setAttribute("aria-colindex", String(place));
      row.append(cell);
    }
    for (const cell of row.children) cell.setAttribute("role", "gridcell");
    return row;
  };

  // Rows in view, and some around them.
  const draw = () => {
    const first = Math.max(0, Math.floor(grid.scrollTop / ROW) - 10);
    const last = Math.min(shown.length, first + Math.ceil(grid.clientHeight / ROW) + 20);
    if (drawnRows && drawnRows[0] === first && drawnRows[1] === last && drawnRows[2] === active) return;
    drawnRows = [first, last, active];
    const made = [];
    for (let at = first; at < last; at++) made.push(rowOf(at));
    rows.replaceChildren(...made);
    if (shown.length) grid.setAttribute("aria-activedescendant", `row-${active}`);
    else grid.removeAttribute("aria-activedescendant");
  };

  const moveTo = (at) => {
    active = Math.max(0, Math.min(shown.length - 1, at));
    const top = active * ROW, room = grid.clientHeight - head.offsetHeight - ROW;
    if (top < grid.scrollTop) grid.scrollTop = top;
    else if (top > grid.scrollTop + room) grid.scrollTop = top - room;
    draw();
  };

  const manualOf = (code) => {
    const manual = manuals[code];
    if (!manual) return null;
    const box = make("details");
    box.append(make("summary", "", `Manual of ${code}`), make("p", "", manual.text));
    return box;
  };

  const pageOf = (file) => JSON.parse(file.page).map(drawn);

  const open = (index) => {
    opened = index;
    const file = files[index];
    const button = make("button", "close", "Close");
    button.type = "button";
    button.addEventListener("click", () => { close(); toAddress(); grid.focus(); });
    detail.replaceChildren(button, ...pageOf(file));
    for (const item of detail.querySelectorAll("b[data-code]")) {
      const manual = manualOf(item.dataset.code);
      if (manual) item.parentElement.append(manual);
    }
    onOpen(file, detail);
    detail.hidden = false;
    detail.scrollTop = 0;
    const at = shown.indexOf(file);
    if (at >= 0) moveTo(at);
    if (!single()) detail.focus();
  };

  // Whether one file is all that is shown, in the place of the list.
  const single = () => document.body.classList.contains("single");

  const close = () => {
    opened = -1;
    detail.hidden = true;
    detail.replaceChildren();
  };

  const fillFilters = () => {
    const fill = (name, list, order) => {
      const counts = new Map();
      for (const value of list) counts.set(value, (counts.get(value) ?? 0) + 1);
      const values = order ? order.filter((v) => counts.has(v)) : [...counts.keys()].sort();
      const field = form.elements[name], chosen = field.value;
      if (chosen && !values.includes(chosen)) values.push(chosen);
      const options = values.map((v) => new Option(`${v} (${(counts.get(v) ?? 0).toLocaleString("en")})`, v));
      field.replaceChildren(new Option("any", ""), ...options);
      field.value = chosen;
    };
    fill("verdict", files.map((f) => f.v), VERDICTS);
    fill("product", files.map((f) => f.s));
    fill("family", files.flatMap((f) => f.families));
    fill("code", files.flatMap((f) => f.codes));
    fill("severity", files.flatMap((f) => f.severities), SEVERITIES);
  };

  const onKey = (event) => {
    const page = Math.max(1, Math.floor(grid.clientHeight / ROW) - 2);
    const moves = {ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity};
    if (event.key in moves) moveTo(active + moves[event.key]);
    else if (event.key === "Enter" && shown[active]) { open(shown[active].index); toAddress(); }
    else return;
    event.preventDefault();
  };

  // What is printed is every file that is shown with all that was found, and the tables of those that fail.
  const fillPrint = () => {
    const parts = shown.map((file) => {
      const part = make("article");
      part.append(...pageOf(file));
      if (urgency(file) > 1) for (const node of part.querySelectorAll("table, dl.solved, details")) node.remove();
      return part;
    });
    printed.replaceChildren(make("h2", "", byId("shown").textContent), ...parts);
  };

  const listen = () => {
    form.addEventListener("input", () => { filter(); toAddress(); });
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => setTimeout(() => { filter(); toAddress(); }));
    grid.addEventListener("scroll", draw, {passive: true});
    grid.addEventListener("keydown", onKey);
    rows.addEventListener("click", (event) => {
      const row = event.target.closest("[role=row]");
      if (row) { active = Number(row.id.slice(4)); open(shown[active].index); toAddress(); }
    });
    narrow.addEventListener("change", () => { layOut(); draw(); });
    window.addEventListener("resize", draw);
    window.addEventListener("hashchange", fromAddress);
    window.addEventListener("beforeprint", fillPrint);
    window.addEventListener("afterprint", () => printed.replaceChildren());
    document.addEventListener("keydown", (event) => {
      const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
      if (event.key === "Escape" && opened >= 0 && !single()) { close(); toAddress(); grid.focus(); }
      else if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
        event.preventDefault();
        form.elements.q.focus();
      }
    });
  };

  return {
    add, update, clear, listen, fromAddress, open, make, drawn,
    set onOpen(action) { onOpen = action; },
    get count() { return files.length; },
  };
})();
