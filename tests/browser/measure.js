// Measures the page in the frame: what sticks out, which text is hard to read, what a link and the filter do.
"use strict";
onload = async () => {
  const frame = document.querySelector("iframe"), win = frame.contentWindow, doc = frame.contentDocument;
  const style = (element) => win.getComputedStyle(element);
  const channels = (color) => color.match(/[\d.]+/g).map(Number);
  const luminance = (color) => {
    const [r, g, b] = channels(color).map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const color = style(one).backgroundColor;
      if ((channels(color)[3] ?? 1) > 0) return color;
    }
  };
  const contrast = (element) => {
    const [low, high] = [luminance(style(element).color), luminance(ground(element))].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const seen = (element) => element.checkVisibility({ contentVisibilityAuto: true, visibilityProperty: true });
  const rows = (css) => [...doc.querySelectorAll(css)].filter(seen).length;
  const short = (element) => `${element.tagName} ${element.textContent.trim().slice(0, 40)}`;
  const texts = () => [...doc.body.querySelectorAll("*")].filter((element) => !element.closest("svg") && seen(element)
    && [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim()));

  const found = {
    width: doc.documentElement.scrollWidth,
    ground: style(doc.body).backgroundColor,
    outside: texts().filter((element) => !element.closest(".scroll, .hidden, .skip")
      && element.getBoundingClientRect().right > win.innerWidth + 1).map(short),
    questions: rows("details.question"),
    rows: rows(".question tbody tr"),
    isolated: [...doc.querySelectorAll("bdi")].every((element) => style(element).unicodeBidi === "isolate"),
    ran: win.ran ?? null,
    foreign: doc.querySelectorAll("script, img, iframe").length,
  };
  const drawn = () => new Promise((resolve) => setTimeout(resolve, 100));
  doc.querySelector("#show-partial")?.click();
  await drawn();
  found.partial = rows(".question tbody tr.partial");
  found.others = rows(".question tbody tr:not(.partial)");
  found.empty = [...doc.querySelectorAll("details.question, .pillar-group")].filter(seen)
    .filter((element) => ![...element.querySelectorAll("tr.partial")].some(seen)).length;
  doc.querySelector("#show-all").click();
  for (const details of doc.querySelectorAll("details")) details.open = true;
  await drawn();
  found.unreadable = texts().filter((element) => !element.closest(".hidden, .skip") && contrast(element) < 4.5)
    .map((element) => `${short(element)} ${contrast(element).toFixed(2)}`);
  for (const details of doc.querySelectorAll("details")) details.open = false;
  win.location.hash = "#SEC02-BP01";
  await drawn();
  found.linked = rows("#SEC02-BP01");
  document.querySelector("pre").textContent = JSON.stringify(found);
};
