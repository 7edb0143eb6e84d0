import { useState, type FormEvent } from "react";
import { session } from "../lib/session";
import { Button } from "../ui/parts";

// Stands in for every page while the server does not know who this is.
export function SignInView() {
  const [credential, setCredential] = useState("");
  const [refusal, setRefusal] = useState<string>();
  const [isSending, setSending] = useState(false);

  async function submit(event: FormEvent) {
    event.preventDefault();
    setSending(true);
    setRefusal(await session.signIn(credential.trim()));
    setSending(false);
  }

  return (
    <form className="card stack" onSubmit={submit}>
      <h1>Sign in</h1>
      <div className="field" data-invalid={refusal !== undefined || undefined}>
        <label htmlFor="credential">API key or token</label>
        <input
          id="credential"
          type="password"
          autoComplete="current-password"
          aria-describedby="credential-note"
          aria-invalid={refusal !== undefined}
          value={credential}
          onChange={(event) => setCredential(event.target.value)}
        />
        <p
          id="credential-note"
          className={refusal ? "field-error" : "field-help"}
          role={refusal && "alert"}
        >
          {refusal ?? "An admin makes one with: trainyard keys create"}
        </p>
      </div>
      <div className="form-end">
        <Button type="submit" look="primary" disabled={isSending || credential.trim() === ""}>
          Sign in
        </Button>
      </div>
    </form>
  );
}
