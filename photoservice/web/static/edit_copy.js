/* Select all of the pictures an edit may be copied to, or none. */
"use strict";

(() => {
  const all = document.querySelector('[data-part="all"]');
  if (!all) return;
  const boxes = () => [...document.querySelectorAll('input[name="image"]')];
  all.hidden = false;
  all.addEventListener("click", () => {
    const isOn = boxes().some((box) => !box.checked);
    for (const box of boxes()) box.checked = isOn;
  });
})();
