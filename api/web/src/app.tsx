import { useEffect, useState, useSyncExternalStore } from "react";
import { Link, useRoute } from "./lib/router";
import { session } from "./lib/session";
import { applyTheme, nextTheme, savedTheme } from "./lib/theme";
import { Icon } from "./ui/icons";
import { ConnectionBadge, Empty } from "./ui/parts";
import { AutomationView } from "./views/automation";
import { BatchView } from "./views/batch";
import { FailedView } from "./views/failed";
import { HomeView } from "./views/home";
import { JobView } from "./views/job";
import { LaunchView } from "./views/launch";
import { SignInView } from "./views/sign_in";

const themeWords = { auto: "System", light: "Light", dark: "Dark" } as const;

function ThemeButton() {
  const [theme, setTheme] = useState(savedTheme);
  return (
    <button
      type="button"
      className="icon-button"
      title={`Colours: ${themeWords[theme]}`}
      aria-label={`Colours: ${themeWords[theme]}. Change`}
      onClick={() => {
        const next = nextTheme(theme);
        applyTheme(next);
        setTheme(next);
      }}
    >
      <Icon name="theme" />
    </button>
  );
}

function Page() {
  const route = useRoute();
  switch (route.name) {
    case "home":
      return <HomeView />;
    case "batch":
      return <BatchView key={route.id} id={route.id} />;
    case "job":
      return <JobView key={route.id} id={route.id} />;
    case "launch":
      return <LaunchView />;
    case "automation":
      return <AutomationView />;
    case "failed":
      return <FailedView />;
    case "unknown":
      return (
        <Empty title="There is no such page">
          <Link className="button" data-look="plain" href="/">
            To the overview
          </Link>
        </Empty>
      );
  }
}

const titles = {
  home: "Overview",
  batch: "Batch",
  job: "Job",
  launch: "New forecast",
  automation: "Automation",
  failed: "Failed jobs",
  unknown: "Not found",
} as const;

export function App() {
  const route = useRoute();
  const isAsked = useSyncExternalStore(session.subscribe, session.isAsked);
  useEffect(() => {
    document.title = `${titles[route.name]} · Trainyard`;
  }, [route.name]);
  return (
    <>
      <a className="skip" href="#main">
        Skip to content
      </a>
      <header className="top">
        <Link className="brand" href="/">
          <img src="/favicon.svg" width="22" height="22" alt="" />
          Trainyard
        </Link>
        <nav aria-label="Main">
          <Link href="/" aria-current={route.name === "home" ? "page" : undefined}>
            Overview
          </Link>
          <Link href="/automation" aria-current={route.name === "automation" ? "page" : undefined}>
            Automation
          </Link>
          <Link href="/failed" aria-current={route.name === "failed" ? "page" : undefined}>
            Failed jobs
          </Link>
        </nav>
        <div className="top-end">
          <ConnectionBadge />
          <ThemeButton />
          <Link className="button" data-look="primary" href="/launch">
            <Icon name="plus" />
            New forecast
          </Link>
        </div>
      </header>
      <main id="main" tabIndex={-1}>
        {isAsked ? <SignInView /> : <Page />}
      </main>
    </>
  );
}
