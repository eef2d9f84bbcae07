// Checks files in a thread of its own: reads their header blocks in slices, and posts what the page shows.
import {loadPyodide} from "./pyodide.mjs";
import {reasonOf, startEngine} from "./engine.js";

// What is large is stored compressed, so that it is small from any server.
const packed = async (name, type) => {
  const answer = await download(new URL(name, import.meta.url));
  if (!answer.ok) throw new Error(`${name} cannot be loaded (${answer.status})`);
  return new Response(answer.body.pipeThrough(new DecompressionStream("gzip")), {headers: {"content-type": type}});
};
const download = self.fetch.bind(self);
const STORED = {"pyodide.asm.wasm": ["python.bin", "application/wasm"], "python_stdlib.zip": ["library.bin", "application/zip"]};
self.fetch = (address, options) => {
  const stored = STORED[String(address).split("/").pop()];
  return stored ? packed(...stored) : download(address, options);
};

// Nothing can be asked for once the checker is loaded.
const closeNetwork = () => {
  for (const name of ["fetch", "XMLHttpRequest", "WebSocket", "WebSocketStream", "EventSource", "WebTransport", "importScripts"])
    Object.defineProperty(self, name, {value: undefined, configurable: false, writable: false});
};

const BUSY = 40;
const pause = () => new Promise((resolve) => setTimeout(resolve));
const reader = new FileReaderSync();

// A slice of a file, or the reason for which it cannot be read.
const readerOf = (file) => (start, end) => {
  try {
    return new Uint8Array(reader.readAsArrayBuffer(file.slice(start, end)));
  } catch (error) {
    return error.message || error.name;
  }
};

let checker, run = null, number = 0, files = [], headers = null, headersOf = -1;

const begin = async ({id, choices, named, found, troubles}) => {
  number = id;
  run?.destroy();
  headers?.destroy();
  [run, files, headers, headersOf] = [checker.Run(JSON.stringify(choices), named.length + found.length > 1), [], null, -1];
  const mine = run;
  for (const {path, reason} of troubles) mine.trouble(path, reason);
  const paths = JSON.parse(mine.choose(named.map((one) => one.path), found.map((one) => one.path)));
  const below = new Map(found.map((one) => [one.path, one.file]));
  files = paths.map((path, at) => ({path, file: at < named.length ? named[at].file : below.get(path)}));
  let checked = [], since = performance.now();
  const post = (done) => {
    const all = done === files.length;
    if (all) mine.finish();
    self.postMessage({kind: "checked", id, files: checked, overview: mine.overview(), done, total: files.length});
    [checked, since] = [[], performance.now()];
  };
  for (const [at, {path, file}] of files.entries()) {
    checked.push(mine.check(path, file.size, readerOf(file)));
    if (performance.now() - since < BUSY || at === files.length - 1) continue;
    post(at + 1);
    await pause();
    if (number !== id) return;
  }
  post(files.length);
};

const look = ({id, index, hdu, words, turn}) => {
  if (id !== number) return;
  if (headersOf !== index) {
    headers?.destroy();
    headers = null;
    const {path, file} = files[index];
    headers = checker.Headers(path, file.size, readerOf(file));
    headersOf = index;
  }
  self.postMessage({kind: "headers", id, index, turn, hdus: headers.hdus(), cards: headers.cards(hdu, words)});
};

const TASKS = {
  run: begin,
  headers: look,
  save: ({id}) => { if (id === number) self.postMessage({kind: "report", text: run.report()}); },
};

self.addEventListener("message", async ({data}) => {
  try {
    await TASKS[data.kind](data);
  } catch (error) {
    self.postMessage({kind: "fault", during: data.kind, id: data.id, reason: reasonOf(error)});
  }
});

try {
  const packages = packed("packages.bin", "application/zip").then((answer) => answer.arrayBuffer());
  checker = await startEngine(loadPyodide, new URL(".", import.meta.url).href, packages);
  closeNetwork();
  self.postMessage({kind: "ready", choices: checker.choices()});
} catch (error) {
  self.postMessage({kind: "fault", during: "load", reason: reasonOf(error)});
}
