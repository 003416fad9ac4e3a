/* What the pages do beyond paper: read a receipt's code out of the address, group symbols as they are typed, say at
   once that one does not fit, send a form only once. Every page works without it. Text is only ever set as text. */
"use strict";

(() => {
  const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  const page = document.querySelector("main").dataset.page;
  const part = (name) => document.querySelector(`[data-part="${name}"]`);

  /* Spaces and hyphens go, capitals come; I and L are read as 1, O as 0 (photocore/crockford.py). */
  const normalise = (text) =>
    text.replace(/[\s\u00a0\u2010-\u2014-]/g, "").toUpperCase().replace(/[IL]/g, "1").replace(/O/g, "0");

  const grouped = (code) => code.replace(/(.{4})(?=.)/g, "$1-");

  /* The check symbol is the rest's value mod 37; it says that a symbol was mistyped and nothing about any package. */
  const fits = (code) => {
    let rest = 0;
    for (const symbol of code.slice(0, -1)) {
      const value = ALPHABET.indexOf(symbol);
      if (value < 0) return false;
      rest = (rest * 32 + value) % 37;
    }
    return ALPHABET[rest] === code.slice(-1);
  };

  const watchCode = (input) => {
    const typo = document.getElementById("code-typo").firstElementChild;
    const symbols = Number(input.dataset.symbols);
    const check = (isDone) => {
      const code = normalise(input.value);
      const isWhole = code.length >= symbols || (isDone && code.length > 0);
      typo.hidden = !isWhole || (code.length === symbols && fits(code));
    };
    input.addEventListener("input", () => {
      if (input.selectionStart === input.value.length) input.value = grouped(normalise(input.value));
      check(false);
    });
    input.addEventListener("change", () => check(true));
  };

  const sendOnce = (form) => {
    const button = form.querySelector("button");
    const words = button.textContent;
    form.addEventListener("submit", (event) => {
      if (button.getAttribute("aria-disabled")) return event.preventDefault();
      button.setAttribute("aria-disabled", "true");
      button.textContent = button.dataset.busy;
    });
    window.addEventListener("pageshow", () => {
      button.removeAttribute("aria-disabled");
      button.textContent = words;
    });
  };

  /* A label's link names its piece: fill that in. */
  const fillRoll = (input) => {
    const found = /^\/01\/(\d{8,14})\/21\/([^/]+)$/.exec(location.pathname);
    if (!found || input.value) return;
    try {
      input.value = `(01)${found[1].padStart(14, "0")}(21)${decodeURIComponent(found[2])}`;
    } catch {
      /* an escape that is none: leave the field empty */
    }
  };

  const show = (names) => {
    for (const name of ["seen", "intro", "reading", "form", "open", "again", "switch"]) {
      const found = part(name);
      if (found) found.hidden = !names.includes(name);
    }
    for (const trouble of document.querySelectorAll("[data-trouble]")) {
      trouble.hidden = !names.includes(trouble.dataset.trouble);
    }
  };

  const make = (kind, text, attributes = {}) => {
    const made = document.createElement(kind);
    if (text) made.textContent = text;
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    return made;
  };

  /* One picture of a contact sheet: its placeholder is there at once, the picture comes over it when it is near. The
     large one has a tab of its own: the way back to this page would ask for the code again. */
  const cellOf = (picture) => {
    const cell = picture.large ? make("a", "", { class: "cell", href: picture.large, target: "_blank", rel: "noopener" }) : make("span", "", { class: "cell" });
    if (picture.placeholder) cell.append(make("img", "", { class: "faint", src: picture.placeholder, alt: "" }));
    if (picture.small) {
      const { small: src, name: alt, width, height } = picture;
      cell.append(make("img", "", { loading: "lazy", src, alt, width, height }));
    }
    if (picture.note) cell.append(make("span", picture.note, { class: "state", dir: "auto" }));
    return cell;
  };

  const showSheets = (sheets) => {
    part("sheets").hidden = sheets.length === 0;
    document.querySelector('[data-fill="sheets"]').replaceChildren(...sheets.map((sheet) => {
      const strip = make("ul", "", { class: "strip", dir: "ltr", role: "list" });
      strip.append(...sheet.pictures.map((picture) => {
        const line = make("li");
        line.append(cellOf(picture), make("span", picture.frame, { class: "number" }));
        return line;
      }));
      const [section, text, code] = [make("section", "", { class: "sheet" }), make("p", sheet.text, { class: "quiet" }), make("p", "", { class: "quiet" })];
      code.append(make("code", sheet.code, { dir: "ltr" }));
      section.append(make("h3", sheet.heading), text, strip, code);
      return section;
    }));
  };

  /* A time that no store's clock told, by the reader's own; in Western digits as everywhere. */
  const sayTimes = () => {
    const tongue = document.documentElement.lang.replace(/^en$/, "en-GB");
    const clock = new Intl.DateTimeFormat(`${tongue}-u-nu-latn`, { dateStyle: "long", timeStyle: "short" });
    for (const time of document.querySelectorAll("time[datetime]")) time.textContent = clock.format(new Date(time.dateTime));
  };

  const tell = (told) => {
    const field = (name) => document.querySelector(`[data-fill="${name}"]`);
    for (const name of ["heading", "text", "do"]) field(name).textContent = told[name];
    field("tone").className = `mark ${told.tone}`;
    field("rows").replaceChildren(...told.rows.map((row) => {
      const [line, name, value] = ["div", "dt", "dd"].map((kind) => document.createElement(kind));
      const text = document.createElement(row.is_code ? "code" : row.at ? "time" : "bdi");
      if (row.is_code) text.dir = "ltr";
      if (row.at) text.dateTime = row.at;
      name.textContent = row.name;
      text.textContent = row.value;
      value.append(text);
      line.append(name, value);
      return line;
    }));
    sayTimes();
    showSheets(told.sheets);
    show(["seen", "open", "again", "switch"]);
    document.title = `${told.heading} · Twincheck`;
    part("seen").focus({ preventScroll: true });
  };

  const wait = (seconds) => {
    const [unit, n] = seconds > 5400 ? ["hour", Math.ceil(seconds / 3600)] : ["minute", Math.ceil(seconds / 60)];
    const said = new Intl.NumberFormat(`${document.documentElement.lang}-u-nu-latn`, { style: "unit", unit, unitDisplay: "long" });
    document.querySelector("[data-wait]").textContent = said.format(n);
  };

  let shown = ""; // the code this page was opened by: in memory alone, in no link

  /* The other language asks again by the same code. It goes along in the fragment, which no browser sends, and the
     page that comes takes it out; the entry in the history is replaced, so that none keeps it. */
  const keepCode = (link) => {
    link.addEventListener("click", (event) => {
      if (!shown || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      location.replace(`${link.href}#${shown}`);
    });
  };

  /* On to one's own pictures by the same code: it is put into the form as it is sent, and stands in no page before. */
  const openBy = (form) => {
    form.addEventListener("submit", () => {
      if (shown) form.elements.access_code.value = shown;
    });
    window.addEventListener("pagehide", () => {
      if (shown) form.elements.access_code.value = "";
    });
  };

  const lookUp = async (code) => {
    shown = code;
    show(["reading"]);
    let trouble = "offline";
    try {
      const answer = await fetch(`/registrations/lookup?lang=${document.documentElement.lang}`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ access_code: code }),
        cache: "no-store",
      });
      if (answer.ok) return tell((await answer.json()).told);
      if (answer.status === 403) trouble = "refused";
      if (answer.status === 429) {
        trouble = "throttled";
        wait(Number(answer.headers.get("Retry-After")) || 3600);
      }
    } catch {
      /* no connection: said below */
    }
    if (trouble !== "offline") shown = ""; // asking again would only count as one more wrong try
    document.getElementById("code").value = grouped(code);
    show([trouble, "form", "switch"]);
  };

  /* The code goes out of the address bar, the history and every later screenshot before anything else happens. */
  const readFragment = () => {
    const fragment = location.hash.slice(1);
    if (!fragment || document.getElementById(fragment)) return; // the link to the content is no code
    const code = normalise(fragment.replace(/%20/g, ""));
    history.replaceState(null, "", location.pathname + location.search);
    lookUp(code);
  };

  sayTimes();
  for (const input of document.querySelectorAll("input.code")) watchCode(input);
  for (const form of document.querySelectorAll("form[data-once]")) sendOnce(form);
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
  if (page === "package") fillRoll(document.getElementById("roll"));
  if (page === "receipt") {
    for (const link of document.querySelectorAll(".languages a")) keepCode(link);
    openBy(part("open"));
    readFragment();
    window.addEventListener("hashchange", readFragment);
  }
})();
