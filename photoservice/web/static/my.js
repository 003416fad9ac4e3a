/* What all pages of one's own pictures do beyond paper: the session's token goes with every change, what a change did is
   said, a failure is said and nothing is lost, being offline is shown. Every page works without it.

   For a page's own script: twincheck.say(text, {bad, action: {words, run}}), twincheck.send(path, fields). */
"use strict";

const twincheck = (() => {
  const csrf = document.querySelector("meta[name=csrf]")?.content ?? "";
  const part = (name) => document.querySelector(`[data-part="${name}"]`);
  const says = part("says");

  const say = (text, { bad = false, action = null } = {}) => {
    const said = document.createElement("div");
    said.className = bad ? "said bad" : "said";
    said.append(Object.assign(document.createElement("span"), { textContent: text }));
    const end = () => said.remove();
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = action ? action.words : says.dataset.close;
    button.addEventListener("click", () => (end(), action?.run()));
    said.append(button);
    says.replaceChildren(said);
    if (!bad && !action) setTimeout(end, 9000);
  };

  /* A form sent from a script: resolves to the response, or says that it failed and resolves to null. */
  const send = async (path, fields = {}) => {
    const body = fields instanceof URLSearchParams ? fields : new URLSearchParams(fields);
    try {
      const response = await fetch(path, {
        method: "POST", body, headers: { "X-CSRF-Token": csrf, Accept: "text/html, application/json", "HX-Request": "true" },
      });
      const elsewhere = response.headers.get("HX-Redirect");
      if (elsewhere) location.assign(elsewhere);
      if (response.ok) return response;
    } catch {
      /* no network: said below */
    }
    say(says.dataset.failed, { bad: true });
    return null;
  };

  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.verb !== "get") event.detail.headers["X-CSRF-Token"] = csrf;
  });
  for (const trouble of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(trouble, () => say(says.dataset.failed, { bad: true }));
  }
  /* HX-Trigger: {"says": "..."} of an answer. */
  document.addEventListener("says", (event) => say(event.detail.value));

  /* Whoever can press it at all can press it once too often. */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || form.hasAttribute("data-hx-post") || form.hasAttribute("hx-post")) return;
    if (form.dataset.sent && !event.defaultPrevented) return event.preventDefault();
    form.dataset.sent = "yes";
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });

  /* Moments by the reader's own clock, in Western digits as everywhere. A phone takes long to make its first such clock. */
  const times = document.querySelectorAll("time[datetime*=T]");
  if (times.length) {
    const tongue = document.documentElement.lang.replace(/^en$/, "en-GB");
    const clock = new Intl.DateTimeFormat(`${tongue}-u-nu-latn`, { dateStyle: "long", timeStyle: "short" });
    for (const time of times) time.textContent = clock.format(new Date(time.dateTime));
  }

  const offline = part("offline");
  const tellLine = () => { offline.hidden = navigator.onLine; };
  window.addEventListener("online", tellLine);
  window.addEventListener("offline", tellLine);
  tellLine();

  /* Without a network the page that says so is shown; it and its style are fetched now. */
  const worker = document.querySelector("meta[name=worker]")?.content;
  if (worker && csrf && "serviceWorker" in navigator) {
    addEventListener("load", () => navigator.serviceWorker.register(worker, { scope: "/my" }).catch(() => {}), { once: true });
  }

  /* <button data-opens="id"> shows a dialog; anything with data-closes in it shuts it. */
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    const dialog = opener && document.getElementById(opener.dataset.opens);
    if (dialog?.showModal) {
      event.preventDefault();
      dialog.showModal();
    }
    if (event.target.closest("[data-closes]")) event.target.closest("dialog")?.close();
    if (event.target.matches?.("dialog")) event.target.close();
  });

  /* One key stands for one thing on the page that names it, unless somebody types or something lies over the page. */
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable], dialog[open]")) return;
    if (document.querySelector("dialog[open], .pswp")) return;
    document.querySelector(`[data-key="${CSS.escape(event.key)}"]`)?.click();
  });

  return { csrf, part, say, send };
})();
