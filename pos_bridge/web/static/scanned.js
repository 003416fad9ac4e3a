// A scanner ends what it reads with Enter: in a form of several fields that means the next one.
"use strict";
for (const form of document.querySelectorAll("form[data-scanned]")) {
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.tagName !== "INPUT") return;
    event.preventDefault();
    const fields = [...form.querySelectorAll("input.code")];
    const next = fields[fields.indexOf(event.target) + 1];
    (next || form.querySelector("button:not([disabled])")).focus();
  });
}
