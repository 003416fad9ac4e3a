/* A download leaves the page where it is, so its button may be pressed again after a while. */
"use strict";

for (const form of document.querySelectorAll("form[data-part=take]")) {
  form.addEventListener("submit", () => setTimeout(() => delete form.dataset.sent, 4000));
}
