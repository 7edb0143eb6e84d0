import { forgetEverything } from "./cache";

// Whether the server asks who this is. Its cookie is out of reach of scripts: what is known here is
// only that an answer was refused for want of it.

let isAsked = false;
const listeners = new Set<() => void>();

export const session = {
  isAsked: () => isAsked,
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  refused() {
    if (isAsked) return;
    isAsked = true;
    for (const listener of listeners) listener();
  },
  // Why not, or undefined when the server let this one in: then the page starts anew.
  async signIn(credential: string): Promise<string | undefined> {
    let answer: Response;
    try {
      answer = await fetch("/api/v2/session", {
        method: "POST",
        headers: { Authorization: `Bearer ${credential}` },
      });
    } catch {
      return "The server cannot be reached.";
    }
    if (answer.ok) {
      forgetEverything();
      window.location.reload();
      return undefined;
    }
    const problem = (await answer.json().catch(() => ({}))) as { detail?: string };
    return problem.detail ?? `The server answered with status ${answer.status}.`;
  },
};
