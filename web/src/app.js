"use strict";
// The page: takes files, hands them to the worker, shows what it finds. All text of a file is set as text.
(() => {
  const byId = (id) => document.getElementById(id);
  const {make, drawn} = fileList;
  const choices = byId("choices"), verdict = byId("verdict"), progress = byId("progress");
  let worker = null, ready = false, run = 0, waiting = null, chosen = null, headers = null, turn = 0;

  // -- Files: what is dropped or chosen. Those of folders are `found`, and the checker says which of them are products.

  const nothing = () => ({named: [], found: [], troubles: []});

  const walk = async (entry, into, path) => {
    try {
      if (entry.isFile) {
        into.found.push({path, file: await new Promise((good, bad) => entry.file(good, bad))});
        return;
      }
      const list = entry.createReader();
      for (;;) {
        const entries = await new Promise((good, bad) => list.readEntries(good, bad));
        if (!entries.length) break;
        for (const one of entries) await walk(one, into, `${path}/${one.name}`);
      }
    } catch (error) {
      into.troubles.push({path, reason: error.message || error.name});
    }
  };

  const dropped = async (transfer) => {
    const into = nothing();
    // The list of items is empty once this function has paused.
    const items = [...transfer.items].filter((item) => item.kind === "file");
    const entries = items.map((item) => [item.webkitGetAsEntry?.(), item.getAsFile()]);
    for (const [entry, file] of entries) {
      if (entry?.isDirectory) await walk(entry, into, entry.name);
      else if (file) into.named.push({path: file.name, file});
    }
    return into;
  };

  const picked = (input) => {
    const into = nothing();
    for (const file of input.files) {
      if (file.webkitRelativePath) into.found.push({path: file.webkitRelativePath, file});
      else into.named.push({path: file.name, file});
    }
    // The same files can be chosen again.
    input.value = "";
    return into;
  };

  // -- The worker.

  const start = () => {
    ready = false;
    worker = new Worker("worker.js", {type: "module"});
    worker.addEventListener("message", ({data}) => ANSWERS[data.kind](data));
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      ANSWERS.fault({during: ready ? "run" : "load", id: run, reason: event.message || "the worker cannot be loaded"});
    });
  };

  const check = (files) => {
    if (!files.named.length && !files.found.length && !files.troubles.length) {
      show("error", ["Nothing to check"], "What was dropped is no file and no folder with files.");
      return;
    }
    chosen = files;
    run += 1;
    headers = null;
    fileList.clear();
    document.body.classList.remove("single");
    document.body.classList.add("used");
    byId("overview").replaceChildren();
    byId("actions").hidden = true;
    const count = files.named.length + files.found.length;
    show("busy", [ready ? "Checking\u2026" : "Loading the checker\u2026"], `${count.toLocaleString("en")} ${count === 1 ? "file" : "files"}`);
    const values = new FormData(choices);
    const options = {product: values.get("product") || null, profile: values.get("profile") || null, strict: values.get("strict") === "yes"};
    waiting = {kind: "run", id: run, choices: options, ...files};
    send();
  };

  const send = () => {
    if (!ready || !waiting) return;
    worker.postMessage(waiting);
    waiting = null;
  };

  const ANSWERS = {
    ready: ({choices: text}) => {
      const {version, products, profiles} = JSON.parse(text);
      const fill = (name, options) => {
        const field = choices.elements[name];
        field.replaceChildren(field.options[0], ...options);
      };
      fill("product", products.map(([name, title]) => new Option(`${name}: ${title}`, name)));
      fill("profile", profiles.map((name) => new Option(name, name)));
      byId("version").textContent = version;
      ready = true;
      document.documentElement.dataset.ready = "yes";
      if (waiting) send();
      else if (!chosen) show("busy", ["Ready"], "Drop files anywhere on this page.");
    },

    checked: ({id, files, overview, done, total}) => {
      if (id !== run) return;
      const manuals = {};
      for (const text of files) {
        const one = JSON.parse(text);
        fileList.add(one.row, one.page);
        Object.assign(manuals, one.manuals);
      }
      const all = done === total, {state, single, title, heading, lines, parts} = JSON.parse(overview);
      if (fileList.count || all) fileList.update(manuals);
      progress.hidden = all;
      progress.firstElementChild.max = total;
      progress.firstElementChild.value = done;
      progress.lastElementChild.textContent = `${done.toLocaleString("en")} of ${total.toLocaleString("en")} files`;
      if (!all) return;
      byId("actions").hidden = false;
      document.body.classList.toggle("single", single);
      byId("overview").replaceChildren(...parts.map(drawn));
      document.title = `${title} \u2013 jwstprod`;
      show(state, heading, ...lines);
      if (single) fileList.open(0);
      verdict.scrollIntoView({block: "nearest"});
      document.documentElement.dataset.checked = String(id);
    },

    headers: (answer) => {
      if (answer.id === run && answer.turn === turn && headers?.index === answer.index) headers.fill(answer);
    },

    report: ({text}) => {
      const link = make("a");
      link.href = URL.createObjectURL(new Blob([text], {type: "application/json"}));
      link.download = "jwstprod.json";
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    },

    // Whatever was found before it, a check that stopped is no verdict.
    fault: ({during, id, reason}) => {
      if (during === "headers") {
        if (headers) headers.fail(reason);
        return;
      }
      if (during !== "load" && id !== run) return;
      const title = during === "load" ? "The checker cannot be loaded" : "The check stopped before its end";
      show("error", [title], `${reason}. Nothing can be said of files that are not listed below; reload the page to try again.`);
      document.title = `${title} \u2013 jwstprod`;
      progress.hidden = true;
      worker.terminate();
      if (during !== "load") start();
    },
  };

  const show = (state, nodes, ...lines) => {
    verdict.className = `verdict v-${state}`;
    byId("verdict-title").replaceChildren(...nodes.map(drawn));
    byId("verdict-text").replaceChildren(...lines.map((line) => make("p", "", line)));
    verdict.setAttribute("aria-busy", String(state === "busy" && Boolean(chosen)));
  };

  // -- The headers of the file that is open.

  const panel = (file, detail) => {
    const box = make("section", "headers"), table = make("table"), body = make("tbody");
    const form = make("form"), hdu = make("select"), words = make("input"), count = make("output"), cards = make("pre");
    const field = (text, input) => {
      const label = make("label", "", `${text} `);
      label.append(input);
      return label;
    };
    words.type = "search";
    words.placeholder = "keyword, value, comment";
    words.spellcheck = false;
    cards.tabIndex = 0;
    cards.setAttribute("role", "region");
    cards.setAttribute("aria-label", "Cards");
    count.setAttribute("aria-live", "polite");
    const head = make("tr");
    for (const [className, name] of [["n", "HDU"], ["", "Name"], ["", "Data"]]) head.append(make("th", className, name));
    table.append(make("thead"), body);
    table.firstChild.append(head);
    form.append(field("Cards of", hdu), field("Search", words), count);
    const scroll = make("div", "scroll");
    scroll.tabIndex = 0;
    scroll.setAttribute("role", "region");
    scroll.setAttribute("aria-label", "HDUs");
    scroll.append(table);
    box.append(make("h2", "", "HDUs and header cards"), scroll, form, cards);
    box.hidden = true;
    detail.append(box);
    let names = null;
    const ask = () => {
      turn += 1;
      worker.postMessage({kind: "headers", id: run, index: file.index, hdu: Number(hdu.value || -1), words: words.value, turn});
    };
    const list = (hdus) => {
      names = new Map(hdus.map(([index, name]) => [index, name]));
      hdu.replaceChildren(new Option("all HDUs", "-1"), ...hdus.map(([index, name]) => new Option(`${index} ${name}`, index)));
      body.replaceChildren(...hdus.map(([index, name, data]) => {
        const row = make("tr"), cell = make("td"), button = make("button", "link", name);
        button.type = "button";
        button.title = `Show the cards of HDU ${index}`;
        button.addEventListener("click", () => { hdu.value = String(index); words.value = ""; ask(); form.scrollIntoView({block: "nearest"}); });
        cell.append(button);
        row.append(make("td", "n", String(index)), cell, make("td", "", data));
        return row;
      }));
    };
    headers = {
      index: file.index,
      fill: (answer) => {
        if (!names) list(JSON.parse(answer.hdus));
        if (!names.size) return;
        const {count: found, cards: lines} = JSON.parse(answer.cards);
        let last = hdu.value === "-1" ? null : Number(hdu.value);
        const nodes = [];
        for (const [index, card] of lines) {
          if (index !== last) nodes.push(make("b", "", `${index} ${names.get(index)}`), "\n");
          last = index;
          nodes.push(`${card}\n`);
        }
        cards.replaceChildren(...nodes);
        const more = found > lines.length ? `, the first ${lines.length.toLocaleString("en")} are shown` : "";
        count.textContent = `${found.toLocaleString("en")} ${found === 1 ? "card" : "cards"}${more}`;
        box.hidden = false;
      },
      fail: (reason) => {
        box.hidden = false;
        cards.textContent = `The headers cannot be read: ${reason}`;
      },
    };
    hdu.addEventListener("change", ask);
    words.addEventListener("input", ask);
    form.addEventListener("submit", (event) => event.preventDefault());
    ask();
  };

  // -- The page works without a network once its service worker has kept it; files are loaded through it, each once.

  const kept = async () => {
    const container = navigator.serviceWorker, note = byId("offline");
    if (!container) {
      note.textContent = "\u2013 this browser keeps no copy of the page from this address for use without a network";
      return;
    }
    try {
      const registration = await container.register("sw.js");
      const fresh = registration.installing;
      if (fresh && !registration.active) {
        await new Promise((resolve) => {
          container.addEventListener("controllerchange", resolve, {once: true});
          fresh.addEventListener("statechange", () => { if (fresh.state === "redundant") resolve(); });
        });
      }
      const newer = () => { note.textContent = "\u2013 a newer version is used once all tabs of this page are closed"; };
      if (registration.waiting) newer();
      else if (registration.active) {
        registration.addEventListener("updatefound", () => {
          const next = registration.installing;
          next.addEventListener("statechange", () => { if (next.state === "installed") newer(); });
        });
        note.textContent = "\u2013 kept for use without a network";
      }
    } catch {
      note.textContent = "\u2013 the page cannot be kept for use without a network";
    }
  };

  // -- Events.

  for (const [button, input] of [["pick-files", "files"], ["pick-folder", "folder"]]) {
    byId(button).addEventListener("click", () => byId(input).click());
    byId(input).addEventListener("change", () => check(picked(byId(input))));
  }
  byId("pick-folder").hidden = !("webkitdirectory" in byId("folder"));
  let depth = 0;
  const over = (by) => {
    depth = Math.max(0, depth + by);
    document.body.classList.toggle("over", depth > 0);
  };
  document.addEventListener("dragenter", (event) => { event.preventDefault(); over(1); });
  document.addEventListener("dragleave", () => over(-1));
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", async (event) => {
    event.preventDefault();
    over(-Infinity);
    check(await dropped(event.dataTransfer));
  });
  choices.addEventListener("change", () => { if (chosen) check(chosen); });
  choices.addEventListener("submit", (event) => event.preventDefault());
  byId("save").addEventListener("click", () => worker.postMessage({kind: "save", id: run}));
  fileList.onOpen = panel;
  fileList.listen();
  kept().then(start);
})();
