// What HTML cannot do: select all rows at once, and show how far an upload is. Pages work without it.
"use strict";
document.documentElement.classList.add("script");

function wire() {
  for (const all of document.querySelectorAll(".select-all")) {
    const boxes = [...all.form.querySelectorAll("input[name=id]")];
    const tell = () => {
      const picked = boxes.filter((box) => box.checked).length;
      all.checked = picked > 0 && picked === boxes.length;
      all.indeterminate = picked > 0 && picked < boxes.length;
    };
    all.addEventListener("change", () => { boxes.forEach((box) => { box.checked = all.checked; }); });
    boxes.forEach((box) => box.addEventListener("change", tell));
  }

  for (const form of document.querySelectorAll("form[data-upload]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const bar = form.querySelector("progress"), said = form.querySelector("[role=status]");
      const button = form.querySelector("button[type=submit]"), call = new XMLHttpRequest();
      const again = (text) => { button.disabled = false; bar.hidden = true; said.textContent = text; };
      button.disabled = true;
      bar.hidden = false;
      call.upload.addEventListener("progress", (sent) => {
        if (!sent.lengthComputable) return;
        const share = Math.floor(100 * sent.loaded / sent.total);
        bar.value = share;
        said.textContent = share < 100 ? form.dataset.sending.replace("{n}", share) : form.dataset.storing;
      });
      call.addEventListener("load", () => {
        if (call.status < 400) { location.assign(call.responseURL); return; }
        const page = new DOMParser().parseFromString(call.responseText, "text/html");
        document.title = page.title;
        document.body.replaceWith(page.body);
        wire();
        (document.querySelector("[role=alert]") || document.getElementById("main")).focus();
      });
      call.addEventListener("error", () => again(form.dataset.failed));
      call.open("POST", form.action);
      call.setRequestHeader("Accept", "text/html");
      call.send(new FormData(form));
    });
  }
}

wire();
