export type Theme = "auto" | "light" | "dark";

const key = "trainyard-theme";

export function savedTheme(): Theme {
  try {
    const saved = window.localStorage.getItem(key);
    return saved === "light" || saved === "dark" ? saved : "auto";
  } catch {
    return "auto";
  }
}

export function applyTheme(theme: Theme) {
  if (theme === "auto") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
  try {
    window.localStorage.setItem(key, theme);
  } catch {
    // Not kept for the next visit; still applied to this one.
  }
}

export function nextTheme(theme: Theme): Theme {
  return theme === "auto" ? "light" : theme === "light" ? "dark" : "auto";
}
