// The colours that were chosen, before the first frame: a script that the pages wait for. Where storage is refused, the
// system's hold.
try {
  const theme = localStorage.getItem("whichpod.theme");
  if (theme) document.documentElement.dataset.theme = theme;
} catch {}
