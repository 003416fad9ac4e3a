/* The order of one's groups by dragging; the buttons on each do the same. */
"use strict";

(() => {
  const list = document.querySelector("[data-part=groups]");
  if (!list) return;
  let dragged = null;
  const mark = (over) => {
    for (const one of list.children) one.classList.toggle("before", one === over && one !== dragged);
  };
  const steps = () => {
    const groups = [...list.children];
    groups.forEach((group, n) => {
      const [earlier, later] = group.querySelectorAll("[name=step]");
      if (earlier) [earlier.disabled, later.disabled] = [n === 0, n === groups.length - 1];
    });
  };

  list.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("[data-group]");
    if (!dragged) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.dataset.group);
    dragged.classList.add("dragged");
  });
  list.addEventListener("dragover", (event) => {
    if (!dragged) return;
    event.preventDefault();
    mark(event.target.closest("[data-group]"));
  });
  list.addEventListener("dragend", () => {
    dragged?.classList.remove("dragged");
    mark(null);
    dragged = null;
  });
  list.addEventListener("drop", async (event) => {
    const over = event.target.closest("[data-group]");
    if (!dragged || over === dragged) return;
    event.preventDefault();
    const moved = dragged;
    const sent = await twincheck.send(`/my/groups/${moved.dataset.group}/place`, { before: over?.dataset.group ?? "" });
    if (!sent) return;
    list.insertBefore(moved, over);
    steps();
    twincheck.say(list.dataset.placed);
  });
})();
