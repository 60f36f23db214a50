/* Titles below the search box while somebody types. Without this the page finds the same when the form is sent. */
(function () {
  "use strict";
  var script = document.currentScript;
  var address = script.getAttribute("data-suggestions");
  var found = script.getAttribute("data-found");
  var box = document.querySelector("form[role=search] input[type=search]");
  if (!box || !window.fetch) return;

  var list = document.createElement("ul");
  list.id = box.id + "-suggestions";
  list.className = "app-suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", document.querySelector("label[for=" + box.id + "]").textContent);
  list.hidden = true;
  var said = document.createElement("div");
  said.className = "govuk-visually-hidden";
  said.setAttribute("aria-live", "polite");
  var holder = box.parentNode;
  holder.classList.add("app-search--suggests");
  holder.appendChild(list);
  holder.appendChild(said);
  box.setAttribute("role", "combobox");
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-controls", list.id);
  box.setAttribute("aria-expanded", "false");

  var timer, asked, chosen;

  function close() {
    list.hidden = true;
    chosen = -1;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  }

  function show(titles) {
    list.textContent = "";
    titles.forEach(function (one, number) {
      var item = document.createElement("li");
      item.id = list.id + "-" + number;
      item.setAttribute("role", "option");
      item.setAttribute("dir", "auto");
      item.setAttribute("aria-selected", "false");
      item.textContent = one.title;
      item.addEventListener("mousedown", function (event) {
        event.preventDefault();
        window.location.assign(one.url);
      });
      item.go = one.url;
      list.appendChild(item);
    });
    close();
    if (!titles.length) return;
    list.hidden = false;
    box.setAttribute("aria-expanded", "true");
    said.textContent = found.replace("%s", titles.length);
  }

  function choose(number) {
    var items = list.children;
    if (chosen >= 0) items[chosen].setAttribute("aria-selected", "false");
    chosen = (number + items.length + 1) % (items.length + 1);
    if (chosen === items.length) chosen = -1;
    if (chosen < 0) return box.removeAttribute("aria-activedescendant");
    items[chosen].setAttribute("aria-selected", "true");
    items[chosen].scrollIntoView({ block: "nearest" });
    box.setAttribute("aria-activedescendant", items[chosen].id);
  }

  function ask() {
    var text = box.value.trim();
    if (text.length < 2) return close();
    asked = text;
    fetch(address + "?q=" + encodeURIComponent(text), { credentials: "omit" })
      .then(function (answer) {
        return answer.ok ? answer.json() : { suggestions: [] };
      })
      .then(function (data) {
        if (asked === text && document.activeElement === box) show(data.suggestions);
      })
      .catch(close);
  }

  box.addEventListener("input", function () {
    clearTimeout(timer);
    timer = setTimeout(ask, 150);
  });
  box.addEventListener("blur", close);
  box.addEventListener("keydown", function (event) {
    if (list.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(chosen + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter" && chosen >= 0) {
      event.preventDefault();
      window.location.assign(list.children[chosen].go);
    } else if (event.key === "Escape") {
      event.preventDefault();
      close();
    }
  });
})();
