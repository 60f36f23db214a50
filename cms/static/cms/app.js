/* Everything here is a convenience: each page does its work without it. */
(function () {
  "use strict";
  var root = document.documentElement;
  root.classList.add("js");

  function each(selector, work) {
    Array.prototype.forEach.call(document.querySelectorAll(selector), work);
  }

  /* Move to the error summary, so that a screen reader starts there. */
  var summary = document.querySelector("[data-error-summary]");
  if (summary) summary.focus();

  /* Characters left, announced only when typing pauses. */
  each("[data-count]", function (box) {
    var limit = parseInt(box.getAttribute("data-count"), 10);
    var note = document.getElementById(box.id + "-count");
    if (!limit || !note) return;
    var form = new Intl.NumberFormat(root.lang || undefined);
    var said = note.cloneNode(false);
    said.id = "";
    said.className = "govuk-visually-hidden";
    said.setAttribute("aria-live", "polite");
    note.parentNode.insertBefore(said, note.nextSibling);
    var timer;
    function show() {
      // The server counts code points, with a line break as one.
      var left = limit - Array.from(box.value).length;
      var kind = left < 0 ? "over" : "left";
      var words = note.getAttribute("data-" + kind + (Math.abs(left) === 1 ? "-one" : ""));
      note.textContent = words.replace("%s", form.format(Math.abs(left)));
      note.classList.toggle("govuk-error-message", left < 0);
      clearTimeout(timer);
      timer = setTimeout(function () {
        said.textContent = note.textContent;
      }, 1000);
    }
    box.addEventListener("input", show);
    show();
  });

  /* The count of signatures, asked for only while somebody is looking. */
  each("[data-live]", function (block) {
    var number = block.querySelector("[data-live-number]");
    var bar = block.querySelector("progress");
    var form = new Intl.NumberFormat(root.lang || undefined);
    var wait = 10000;
    var timer;
    function next() {
      clearTimeout(timer);
      if (!document.hidden) timer = setTimeout(ask, wait);
    }
    function ask() {
      fetch(block.getAttribute("data-live"), { credentials: "omit" })
        .then(function (answer) {
          if (!answer.ok) throw answer.status;
          return answer.json();
        })
        .then(function (data) {
          if (typeof data.signature_count !== "number") throw 0;
          number.textContent = form.format(data.signature_count);
          if (bar) bar.value = Math.min(bar.max, data.signature_count);
          wait = 10000;
          next();
        })
        .catch(function () {
          // A site in trouble is asked less and less often.
          wait = Math.min(wait * 2, 600000);
          next();
        });
    }
    document.addEventListener("visibilitychange", next);
    next();
  });

  /* The device's own way to share, or a copied link. */
  each("[data-share]", function (item) {
    var button = item.querySelector("button");
    var address = item.getAttribute("data-share");
    var canShare = item.hasAttribute("data-native");
    if (canShare ? !navigator.share : !navigator.clipboard) return;
    item.hidden = false;
    button.addEventListener("click", function () {
      if (canShare) {
        navigator.share({ title: item.getAttribute("data-title"), url: address }).catch(function () {});
      } else {
        navigator.clipboard.writeText(address).then(function () {
          button.textContent = button.getAttribute("data-done");
        });
      }
    });
  });

  /* A second click while the first is under way would send the form twice. */
  each("form[method=post]", function (form) {
    var sent = 0;
    form.addEventListener("submit", function (event) {
      var now = Date.now();
      if (now - sent < 2000) event.preventDefault();
      sent = now;
    });
  });
})();
