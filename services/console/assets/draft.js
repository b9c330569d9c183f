// Drop a file anywhere on the form: it is chosen and checked. Without this script the form works all the same.
"use strict";
const form = document.getElementById("draft-form");
const input = document.getElementById("draft-file");
for (const kind of ["dragenter", "dragover"]) {
  form.addEventListener(kind, (event) => { event.preventDefault(); form.classList.add("over"); });
}
form.addEventListener("dragleave", (event) => { if (!form.contains(event.relatedTarget)) form.classList.remove("over"); });
form.addEventListener("drop", (event) => {
  form.classList.remove("over");
  if (event.dataTransfer.files.length === 0) return;
  event.preventDefault();
  input.files = event.dataTransfer.files;
  form.requestSubmit();
});
