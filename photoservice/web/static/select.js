/* Selecting pictures: ranges with shift, all of a page, dragging onto a group; what is selected stays so on the other
   pages of the same roll or group. The form under the sheet does everything without this, too. */
"use strict";

(() => {
  const form = document.getElementById("selection");
  if (!form) return;
  const MOST = 2500;
  const part = (name) => form.querySelector(`[data-part="${name}"]`);
  const [chosen, none, page, clear, moving] = ["chosen", "none", "page", "clear", "moving"].map(part);
  const all = form.elements.all;
  const key = `twincheck.selected ${form.dataset.of}`;
  const did = document.querySelector("[data-part=did]");

  const recall = () => {
    try {
      return JSON.parse(sessionStorage.getItem(key)) ?? [];
    } catch {
      return [];
    }
  };
  const keep = () => {
    try {
      sessionStorage.setItem(key, JSON.stringify([...selected]));
    } catch {
      /* private windows keep nothing: then what is ticked is of this page */
    }
  };
  const boxes = () => [...document.querySelectorAll("input[name=image][form=selection]")];
  const selected = new Set(did?.dataset.done ? [] : recall());
  let last = null;

  /* Choosing: a touch of a picture ticks it instead of opening it. Where nothing hovers, the boxes are shown only then. */
  const main = document.getElementById("content");
  const choose = document.querySelector("[data-part=choose]");
  const hovers = matchMedia("(hover: hover)");
  let wants = false;

  const show = () => {
    const count = selected.size;
    const hasAny = count > 0 || all.checked;
    const isChoosing = wants || (hasAny && !hovers.matches);
    const isAwake = hasAny || isChoosing;
    main.classList.toggle("choosing", isChoosing);
    choose?.setAttribute("aria-pressed", String(isChoosing));
    chosen.hidden = !count || all.checked;
    chosen.textContent = chosen.dataset.says.replace("#", count);
    none.hidden = hasAny;
    page.hidden = all.checked || boxes().every((box) => box.checked);
    clear.hidden = !isAwake;
    all.closest("label").hidden = !all.checked && boxes().length >= Number(form.dataset.count);
    form.classList.toggle("awake", isAwake);
    form.classList.toggle("idle", !hasAny);
    if (!hasAny) moving.open = false;
  };
  const tick = (box, is) => {
    box.checked = is;
    if (is) selected.add(box.value);
    else selected.delete(box.value);
  };
  const changed = () => (keep(), show());
  const restore = () => {
    for (const box of boxes()) box.checked = selected.has(box.value);
    show();
  };

  document.addEventListener("click", (event) => {
    const box = event.target.closest?.("input[name=image][form=selection]");
    if (!box) return;
    const list = boxes();
    const range = event.shiftKey && last ? [list.indexOf(last), list.indexOf(box)].sort((a, b) => a - b) : null;
    for (const one of range && range[0] >= 0 ? list.slice(range[0], range[1] + 1) : [box]) tick(one, box.checked);
    last = box;
    changed();
  });
  document.addEventListener("click", (event) => {
    const cell = event.target.closest?.(".strip li[data-image] .cell");
    const box = cell && main.classList.contains("choosing") && cell.parentElement.querySelector("input[form=selection]");
    if (!box || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    box.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, shiftKey: event.shiftKey }));
  }, true);
  if (choose) {
    main.classList.add("chooses");
    choose.hidden = false;
    choose.addEventListener("click", () => {
      if (wants || main.classList.contains("choosing")) return drop();
      wants = true;
      show();
    });
  }
  all.addEventListener("change", show);
  page.addEventListener("click", () => {
    for (const box of boxes()) tick(box, true);
    changed();
    chosen.closest("form").querySelector("summary").focus();
  });
  const drop = () => {
    all.checked = wants = false;
    selected.clear();
    restore();
    keep();
  };
  clear.addEventListener("click", () => {
    drop();
    (choose ?? page).focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && moving.open) {
      moving.open = false;
      moving.querySelector("summary").focus();
    }
  });
  document.addEventListener("click", (event) => {
    if (moving.open && !moving.contains(event.target)) moving.open = false;
  });

  /* What is selected on other pages goes along. */
  form.addEventListener("submit", (event) => {
    for (const old of form.querySelectorAll("input[data-elsewhere]")) old.remove();
    if (all.checked) return;
    if (selected.size > MOST) {
      event.preventDefault();
      setTimeout(() => delete form.dataset.sent);
      twincheck.say(chosen.dataset.many, { bad: true });
      return;
    }
    const here = new Set(boxes().map((box) => box.value));
    for (const image of selected) {
      if (here.has(image)) continue;
      const field = Object.assign(document.createElement("input"), { type: "hidden", name: "image", value: image });
      field.dataset.elsewhere = "yes";
      form.append(field);
    }
  });

  /* Pictures are dragged onto a group: the same form, pressed by dropping. */
  const into = form.querySelector(".into");
  const asked = into?.textContent;
  const targetOf = (event) => event.target.closest?.("[data-part=targets] button");
  document.addEventListener("dragstart", (event) => {
    const cell = event.target.closest?.(".strip li[data-image]");
    const box = cell?.querySelector("input[name=image][form=selection]");
    if (!box || !into) return;
    if (!box.checked && !all.checked) {
      for (const one of boxes()) tick(one, false);
      selected.clear();
      tick(box, true);
      changed();
    }
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", cell.dataset.frame ?? "");
    for (const one of boxes()) one.closest("li").classList.toggle("dragged", one.checked);
    setTimeout(() => {
      into.textContent = into.dataset.drop;
      form.classList.add("dropping", "awake");
      form.classList.remove("idle");
      moving.open = true;
    });
  });
  document.addEventListener("dragend", () => {
    if (!form.classList.contains("dropping")) return;
    form.classList.remove("dropping");
    into.textContent = asked;
    moving.open = false;
    for (const cell of document.querySelectorAll(".strip li.dragged")) cell.classList.remove("dragged");
    show();
  });
  for (const name of ["dragenter", "dragover"]) {
    form.addEventListener(name, (event) => {
      const target = form.classList.contains("dropping") && targetOf(event);
      for (const over of form.querySelectorAll("button.over")) if (over !== target) over.classList.remove("over");
      if (!target) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "move";
      target.classList.add("over");
    });
  }
  form.addEventListener("drop", (event) => {
    const target = targetOf(event);
    if (!target) return;
    event.preventDefault();
    form.requestSubmit(target);
  });

  /* Back where one was: the address names a picture, and pages are asked for until it is there. What was done is told
     there as well when its place is out of sight. */
  const at = /^#p-/.test(location.hash) ? location.hash.slice(1) : "";
  let asks = at && did ? 25 : 0;
  const seek = () => {
    const place = asks && document.getElementById(at);
    const more = asks && !place && document.querySelector(".more [hx-get]");
    if (place) {
      place.scrollIntoView({ block: "center" });
      if (did.getBoundingClientRect().top < 0) tellHere();
    }
    asks = more ? asks - 1 : 0;
    if (asks) more.click();
  };
  const tellHere = () => {
    const link = did.querySelector("a");
    const action = link && { words: link.textContent, run: () => link.click() };
    did.removeAttribute("role");
    twincheck.say((did.querySelector("bdi") ?? did.querySelector("p")).textContent, { bad: !did.dataset.done, action });
  };

  /* What was done is told once: a reload does not repeat it. */
  if (did) {
    const address = new URL(location.href);
    for (const name of ["did", "n", "to"]) address.searchParams.delete(name);
    history.replaceState(history.state, "", address);
    if (did.dataset.done) keep();
  }
  document.addEventListener("htmx:afterSettle", () => (restore(), seek()));
  window.addEventListener("pageshow", restore);
  restore();
  addEventListener("load", seek);
})();
