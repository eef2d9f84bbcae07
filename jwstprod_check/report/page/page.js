"use strict";
(async () => {
  // The files are compressed in the page: a line for the row of each, and a line for its own page.
  const packed = Uint8Array.from(atob(document.getElementById("data").textContent), (c) => c.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const lines = (await new Response(stream).text()).split("\n");
  lines.pop();
  const {manuals, omitted} = JSON.parse(lines.pop());
  for (let at = 0; at < lines.length; at += 2) fileList.add(JSON.parse(lines[at]), lines[at + 1]);
  fileList.update(manuals, omitted);
  fileList.fromAddress();
  fileList.listen();
  document.documentElement.dataset.ready = "yes";
})();
